/*
 * Another passphrase for a home. Two files are under it, and a disk replaces one at a time; so the
 * new party key first lies beside the old one under a name that says with which keys.age it goes:
 *
 *   keys.age.new, party-key.age.new   both sealed anew, and opened again to be sure
 *   party-key.age.<16 hex>            the second, named by the SHA-256 of keys.age.new
 *   keys.age                          replaced: from here on, and not before, the new one counts
 *   party-key.age                     replaced
 *
 * Whoever wants the party key looks under that name first. What a crash leaves is finished, or
 * taken away, by the next one who has the home's lock.
 */
#include <string.h>

#include "hex.h"
#include "home.h"
#include "wipe.h"

#define PARTY_KEY "party-key.age"
#define HEX       16u
#define KEYS_MAX  (CH_HOME_KEYS_TEXT + CH_HOME_SEAL_OVER)
#define NAMES_MAX 4096u

/* party-key.age.<16 hex> for the keys in this file. */
static ch_err name_for(char out[sizeof PARTY_KEY + 1 + HEX], const struct ch_home *h,
    const char *keys)
{
	uint8_t bytes[KEYS_MAX];
	char path[CH_PATH_MAX];
	struct ch_wr w = ch_wr_of(out, sizeof PARTY_KEY + HEX);
	ch_hash hash;
	size_t n = 0;
	ch_err e = ch_home_path(path, h, "%s", keys);

	memset(out, 0, sizeof PARTY_KEY + 1 + HEX);
	if (e == CH_OK)
		e = ch_file_read_into(bytes, &n, sizeof bytes, path);
	if (e != CH_OK)
		return e;
	ch_sha256(&hash, ch_span_of(bytes, n));
	CH_WR_LIT(&w, PARTY_KEY ".");
	ch_hex_put(&w, ch_span_of(hash.b, HEX / 2));
	return ch_wr_done(&w);
}

ch_err ch_home_party_key_path(char out[CH_PATH_MAX], const struct ch_home *h)
{
	char name[sizeof PARTY_KEY + 1 + HEX];
	uint64_t size;

	if (name_for(name, h, "keys.age") == CH_OK && ch_home_path(out, h, "%s", name) == CH_OK &&
	    ch_file_size(&size, out) == CH_OK)
		return CH_OK;
	return ch_home_path(out, h, PARTY_KEY);
}

static ch_err read_in(struct ch_buf *out, const struct ch_home *h, const char *name)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "%s", name);

	ch_buf_reset(out);
	return e == CH_OK ? ch_file_read(out, path) : e;
}

ch_err ch_home_read_sealed(struct ch_buf *keys, struct ch_buf *party, const struct ch_home *h)
{
	char name[sizeof PARTY_KEY + 1 + HEX], after[sizeof name];
	ch_err e = name_for(name, h, "keys.age");

	if (e == CH_OK)
		e = read_in(keys, h, "keys.age");
	if (e == CH_OK && (e = read_in(party, h, name)) == CH_E_ABSENT)
		e = read_in(party, h, PARTY_KEY);
	if (e == CH_OK || e == CH_E_ABSENT) /* the same keys.age all the while? */
		e = name_for(after, h, "keys.age");
	return e == CH_OK && strcmp(name, after) != 0 ? CH_E_CONFLICT : e;
}

static ch_err rename_in(const struct ch_home *h, const char *to, const char *from)
{
	char a[CH_PATH_MAX], b[CH_PATH_MAX];
	ch_err e = ch_home_path(a, h, "%s", to);

	if (e == CH_OK)
		e = ch_home_path(b, h, "%s", from);
	return e == CH_OK ? ch_file_rename(a, b) : e;
}

/* ---- after a crash ---- */

static bool is_left_over(const char *name)
{
	const size_t n = strlen(PARTY_KEY ".");

	return strcmp(name, "keys.age.new") == 0 || (strncmp(name, PARTY_KEY ".", n) == 0 &&
	    (strcmp(&name[n], "new") == 0 || strlen(&name[n]) == HEX));
}

ch_err ch_home_settle_pass(const struct ch_home *h)
{
	char name[sizeof PARTY_KEY + 1 + HEX] = "", path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = ch_dir_list(&d, h->dir, NAMES_MAX);

	for (size_t i = 0; e == CH_OK && i < d.n; i++) {
		if (!is_left_over(d.names[i]))
			continue;
		if (name[0] == '\0')
			e = name_for(name, h, "keys.age");
		if (e == CH_OK && strcmp(d.names[i], name) == 0)
			e = rename_in(h, PARTY_KEY, name);
		else if (e == CH_OK && (e = ch_home_path(path, h, "%s", d.names[i])) == CH_OK)
			e = ch_file_unlink(path);
	}
	ch_dir_deinit(&d);
	return e == CH_E_LIMIT ? CH_OK : e; /* a folder full of other things is not ours */
}

/* ---- the change ---- */

/* What was written opens with the new passphrase. */
static ch_err check(const struct ch_home *h, const char *file, ch_span pass, struct ch_problem *why)
{
	uint8_t text[CH_HOME_KEYS_TEXT];
	char path[CH_PATH_MAX];
	size_t n;
	ch_err e = ch_home_path(path, h, "%s", file);

	if (e == CH_OK)
		e = ch_home_open_pass(text, &n, sizeof text, path, pass, why);
	ch_wipe(text, sizeof text);
	return e;
}

/* *there: the party key is here, and in seed. */
static ch_err open_party_key(bool *there, struct ch_secret32 *seed, const struct ch_home *h,
    const ch_home_pass *ask, struct ch_problem *why)
{
	struct ch_problem quiet = { 0 };
	ch_err e = ch_home_party_key(seed, h, ask->party_now.n > 0 ? ask->party_now : ask->now,
	    &quiet);

	*there = e == CH_OK;
	if (e == CH_E_LOCKED)
		return ch_problem_set(why, e, "the party key here opens with another passphrase "
		    "than your other keys; nothing was changed; give that one too");
	if (e != CH_OK && e != CH_E_ABSENT)
		return ch_problem_set(why, e, "%s", quiet.text);
	return CH_OK;
}

static ch_err replace(const struct ch_home *h, bool party)
{
	char name[sizeof PARTY_KEY + 1 + HEX];
	ch_err e = CH_OK;

	if (party)
		e = name_for(name, h, "keys.age.new");
	if (e == CH_OK && party)
		e = rename_in(h, name, PARTY_KEY ".new");
	if (e == CH_OK)
		e = rename_in(h, "keys.age", "keys.age.new");
	if (e == CH_OK && party)
		e = rename_in(h, PARTY_KEY, name);
	return e;
}

ch_err ch_home_change_pass(bool *party_key_too, struct ch_home *h, const ch_home_pass *ask,
    struct ch_problem *why)
{
	struct ch_secret32 seed = { 0 };
	char keys[CH_PATH_MAX];
	unsigned work = CH_HOME_WORK;
	bool party = false;
	ch_err e = ch_home_path(keys, h, "keys.age");

	CH_ASSERT(h->lock.held);
	*party_key_too = false;
	if (e == CH_OK)
		e = ch_home_unlock(h, ask->now, why);
	if (e == CH_OK)
		e = open_party_key(&party, &seed, h, ask, why);
	if (e == CH_OK) {
		work = ch_home_work_of(keys);
		e = ch_home_write_keys_as(h, "keys.age.new", ask->fresh, work, why);
	}
	if (e == CH_OK)
		e = check(h, "keys.age.new", ask->fresh, why);
	if (e == CH_OK && party)
		e = ch_home_write_party_key_as(h, PARTY_KEY ".new", &seed, ask->fresh, work, why);
	if (e == CH_OK && party)
		e = check(h, PARTY_KEY ".new", ask->fresh, why);
	ch_wipe(&seed, sizeof seed);
	if (e == CH_OK && (e = replace(h, party)) != CH_OK)
		ch_problem_set(why, e, "the passphrase could not be changed whole (%s); either the "
		    "old one or the new one opens everything; mend that and repeat",
		    ch_err_text(e));
	if (e != CH_OK)
		(void)!ch_home_settle_pass(h);
	*party_key_too = e == CH_OK && party;
	return e;
}
