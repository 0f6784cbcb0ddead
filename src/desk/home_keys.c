/*
 * The secrets of a home as text, and short secrets under a passphrase (doc/formats/home.md).
 * All buffers are fixed and wiped; base64 because it is constant time, hex is not.
 */
#include "home.h"

#include <string.h>

#include "age_file.h"
#include "b64.h"
#include "dec.h"
#include "rng.h"
#include "seal.h"
#include "wipe.h"

#define SEALED_MAX (CH_HOME_KEYS_TEXT + CH_HOME_SEAL_OVER)
#define KEYS_TYPE "chancery/home-keys@v"
#define PARTY_KEY_TYPE "chancery/party-key@v1\n"

static void put_secret(struct ch_wr *w, const char *key, const struct ch_secret32 *s)
{
	ch_wr_str(w, key);
	ch_b64_put(w, ch_span_of(s->b, sizeof s->b), CH_B64_PADDED);
	CH_WR_LIT(w, "\n");
}

static void rd_secret(struct ch_secret32 *out, struct ch_rd *r, const char *key)
{
	ch_span v;

	ch_rd_lit(r, ch_span_str(key));
	v = ch_rd_line1(r);
	if (r->err == CH_OK && ch_b64_parse_n(out->b, sizeof out->b, v, CH_B64_PADDED) != CH_OK)
		ch_rd_fail(r, CH_E_FORMAT);
}

static void put_identity(struct ch_wr *w, const char *key, const struct ch_age_identity *id)
{
	ch_wr_str(w, key);
	ch_age_identity_put(w, id);
	CH_WR_LIT(w, "\n");
}

static void rd_identity(struct ch_age_identity *out, struct ch_rd *r, const char *key)
{
	ch_span v;

	ch_rd_lit(r, ch_span_str(key));
	v = ch_rd_line1(r);
	if (r->err == CH_OK && ch_age_identity_parse(out, v) != CH_OK)
		ch_rd_fail(r, CH_E_FORMAT);
}

static void put_count(struct ch_wr *w, const char *count, unsigned n)
{
	ch_wr_str(w, count);
	ch_dec_put(w, n);
	CH_WR_LIT(w, "\n");
}

static unsigned rd_count(struct ch_rd *r, const char *count, unsigned max)
{
	uint64_t n = 0;
	ch_span v;

	ch_rd_lit(r, ch_span_str(count));
	v = ch_rd_line1(r);
	if (r->err == CH_OK)
		r->err = ch_dec_parse(&n, v, max);
	return (unsigned)n;
}

/* ---- "seal …": ours or a plugin's ---- */

static void put_token(struct ch_wr *w, const struct ch_home_token *t)
{
	CH_WR_LIT(w, "seal ");
	ch_wr_put(w, ch_span_of(t->text, t->n));
	CH_WR_LIT(w, "\n");
}

static void rd_token(struct ch_home_keys *k, struct ch_rd *r)
{
	struct ch_home_token *t = &k->token[k->n_tokens];
	struct ch_age_identity none;
	ch_age_key_text is;
	struct ch_diag why;
	ch_span v;

	CH_RD_LIT(r, "seal ");
	v = ch_rd_line1(r);
	ch_rd_need(r, v.n <= sizeof t->text && k->n_tokens < CH_HOME_TOKENS_MAX, CH_E_LIMIT);
	if (r->err == CH_OK &&
	    (ch_age_identity_text(&is, &none, &why, v) != CH_OK || !is.plugin[0]))
		ch_rd_fail(r, CH_E_FORMAT);
	ch_age_identity_wipe(&none);
	if (r->err != CH_OK)
		return;
	memcpy(t->text, v.p, v.n);
	t->n = v.n;
	k->n_tokens++;
}

static bool next_is_token(const struct ch_rd *r)
{
	return ch_rd_starts(r, CH_LIT("seal AGE-PLUGIN-"));
}

/* The sealing key; then how many were before it, those of ours, and those in hardware. */
static void put_seals(struct ch_wr *w, const struct ch_home_keys *k)
{
	unsigned before = k->n_tokens - (k->by_token ? 1 : 0);

	if (k->by_token)
		put_token(w, &k->token[before]);
	else
		put_identity(w, "seal ", &k->seal);
	put_count(w, "retired ", k->n_retired + before);
	for (unsigned i = 0; i < k->n_retired; i++)
		put_identity(w, "seal ", &k->retired[i]);
	for (unsigned i = 0; i < before; i++)
		put_token(w, &k->token[i]);
}

static void rd_seals(struct ch_home_keys *k, struct ch_rd *r)
{
	struct ch_home_token now;
	unsigned n;

	k->by_token = next_is_token(r);
	if (k->by_token)
		rd_token(k, r);
	else
		rd_identity(&k->seal, r, "seal ");
	memcpy(&now, &k->token[0], sizeof now);
	k->n_tokens = 0;
	n = rd_count(r, "retired ", CH_HOME_RETIRED_MAX + CH_HOME_TOKENS_MAX);
	while (r->err == CH_OK && n > 0 && !next_is_token(r)) {
		ch_rd_need(r, k->n_retired < CH_HOME_RETIRED_MAX, CH_E_LIMIT);
		if (r->err == CH_OK)
			rd_identity(&k->retired[k->n_retired++], r, "seal ");
		n--;
	}
	while (r->err == CH_OK && n-- > 0)
		rd_token(k, r);
	ch_rd_need(r, !k->by_token || k->n_tokens < CH_HOME_TOKENS_MAX, CH_E_LIMIT);
	if (r->err == CH_OK && k->by_token)
		memcpy(&k->token[k->n_tokens++], &now, sizeof now);
	ch_wipe(&now, sizeof now);
}

ch_err ch_home_keys_format(struct ch_wr *w, const struct ch_home *h)
{
	const struct ch_home_keys *k = &h->keys;

	CH_ASSERT(k->n_retired <= CH_HOME_RETIRED_MAX && k->n_archives <= CH_HOME_ARCHIVES_MAX);
	CH_ASSERT(k->n_tokens <= CH_HOME_TOKENS_MAX && (!k->by_token || k->n_tokens > 0));
	CH_ASSERT(h->version >= 1 && (h->version > 1 || k->n_archives + k->n_tokens == 0));
	CH_WR_LIT(w, KEYS_TYPE);
	ch_dec_put(w, h->version);
	CH_WR_LIT(w, "\ndelegate ");
	ch_wr_str(w, h->delegate);
	CH_WR_LIT(w, "\n");
	put_secret(w, "statements ", &k->statement);
	put_secret(w, "sign-in ", &k->sign_in);
	put_secret(w, "cosign ", &k->cosign);
	put_secret(w, "auth ", &k->auth);
	put_identity(w, "archive ", &k->archive);
	if (h->version > 1)
		put_count(w, "archives ", k->n_archives);
	for (unsigned i = 0; i < k->n_archives; i++)
		put_identity(w, "archive ", &k->archives[i]);
	put_seals(w, k);
	return ch_wr_done(w);
}

ch_err ch_home_keys_parse(struct ch_home_keys *out, const struct ch_home *h, ch_span text)
{
	struct ch_rd r = ch_rd_of(text);
	ch_span v;
	bool first;
	ch_err e;

	ch_home_keys_wipe(out);
	CH_RD_LIT(&r, KEYS_TYPE);
	v = ch_rd_line1(&r);
	first = ch_span_eq(v, CH_LIT("1"));
	ch_rd_need(&r, first || ch_span_eq(v, CH_LIT("2")), CH_E_FORMAT);
	CH_RD_LIT(&r, "delegate ");
	v = ch_rd_line1(&r);
	ch_rd_need(&r, ch_span_eq(v, ch_span_str(h->delegate)), CH_E_CONFLICT);
	rd_secret(&out->statement, &r, "statements ");
	rd_secret(&out->sign_in, &r, "sign-in ");
	rd_secret(&out->cosign, &r, "cosign ");
	rd_secret(&out->auth, &r, "auth ");
	rd_identity(&out->archive, &r, "archive ");
	if (!first)
		out->n_archives = rd_count(&r, "archives ", CH_HOME_ARCHIVES_MAX);
	for (unsigned i = 0; i < out->n_archives; i++)
		rd_identity(&out->archives[i], &r, "archive ");
	rd_seals(out, &r);
	ch_rd_need(&r, !first || out->n_tokens == 0, CH_E_FORMAT);
	e = ch_rd_done(&r);
	if (e != CH_OK)
		ch_home_keys_wipe(out);
	return e;
}

void ch_home_keys_wipe(struct ch_home_keys *k)
{
	ch_wipe(k, sizeof *k);
}

static ch_err seal_pass(struct ch_wr *w, ch_span secret, ch_span pass, unsigned work)
{
	uint8_t salt[CH_AGE_SCRYPT_SALT];
	struct ch_seal_random random = { 0 };
	ch_err e = ch_random(salt, sizeof salt);

	if (e == CH_OK)
		e = ch_random(&random.file_key, sizeof random.file_key);
	if (e == CH_OK)
		e = ch_random(random.nonce, sizeof random.nonce);
	if (e == CH_OK)
		e = ch_seal_buffer_passphrase(w, secret, pass, salt, work, &random);
	ch_wipe(&random, sizeof random);
	return e;
}

ch_err ch_home_seal_pass(const char *path, ch_span secret, ch_span pass, unsigned work,
    struct ch_problem *why)
{
	uint8_t sealed[SEALED_MAX];
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed);
	ch_err e = work >= 1 && work <= CH_HOME_WORK_MAX ? CH_OK : CH_E_LIMIT;

	if (e != CH_OK)
		return ch_problem_set(why, e, "the work factor must lie between 1 and %u",
		    CH_HOME_WORK_MAX);
	e = seal_pass(&w, secret, pass, work);
	if (e == CH_OK)
		e = ch_file_write(path, ch_span_of(sealed, w.n), 0600);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s could not be written (%s); what was there before "
		    "is untouched", path, ch_err_text(e));
	return e;
}

static ch_err say_unopened(struct ch_problem *why, ch_err e, const char *path)
{
	switch (e) {
	case CH_E_ABSENT:
		return ch_problem_set(why, CH_E_LOCKED, "wrong passphrase for %s (or the file "
		    "was altered); nothing was changed; try again", path);
	case CH_E_LIMIT:
		return ch_problem_set(why, e, "%s asks for more work than is reasonable; it was "
		    "altered or is not ours", path);
	case CH_E_AUTH:
	case CH_E_FORMAT:
	case CH_E_TRUNCATED:
		return ch_problem_set(why, e, "%s is damaged; put it back from a backup", path);
	default:
		return ch_problem_set(why, e, "%s could not be opened: %s", path, ch_err_text(e));
	}
}

ch_err ch_home_open_pass(uint8_t *out, size_t *n, size_t cap, const char *path, ch_span pass,
    struct ch_problem *why)
{
	uint8_t sealed[SEALED_MAX];
	struct ch_wr w = ch_wr_of(out, cap);
	struct ch_open_keys keys = { .pass = pass, .max_log_n = CH_HOME_WORK_MAX };
	size_t n_sealed = 0;
	ch_err e;

	*n = 0;
	e = ch_file_read_into(sealed, &n_sealed, sizeof sealed, path);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s could not be read: %s", path, ch_err_text(e));
	e = ch_open_buffer(&w, NULL, ch_span_of(sealed, n_sealed), &keys);
	if (e == CH_OK)
		*n = w.n;
	else
		ch_wipe(out, cap);
	return e == CH_OK ? CH_OK : say_unopened(why, e, path);
}

ch_err ch_home_write_keys(const struct ch_home *h, ch_span pass, unsigned work,
    struct ch_problem *why)
{
	return ch_home_write_keys_as(h, "keys.age", pass, work, why);
}

ch_err ch_home_write_keys_as(const struct ch_home *h, const char *file, ch_span pass,
    unsigned work, struct ch_problem *why)
{
	uint8_t text[CH_HOME_KEYS_TEXT];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "%s", file);

	if (e == CH_OK)
		e = ch_home_keys_format(&w, h);
	if (e == CH_OK)
		e = ch_home_seal_pass(path, ch_span_of(text, w.n), pass, work, why);
	ch_wipe(text, sizeof text);
	return e;
}

/* Between keys.age and archive.txt a renewal may have been cut off: an earlier key is fine too. */
static bool is_our_archive(const struct ch_home_keys *k, const ch_age_recipient *r)
{
	bool ours = ch_age_recipient_eq(&k->archive.recipient, r);

	for (unsigned i = 0; i < k->n_archives; i++)
		ours |= ch_age_recipient_eq(&k->archives[i].recipient, r);
	return ours;
}

ch_err ch_home_unlock(struct ch_home *h, ch_span pass, struct ch_problem *why)
{
	uint8_t text[CH_HOME_KEYS_TEXT];
	char path[CH_PATH_MAX];
	size_t n = 0;
	ch_err e = ch_home_path(path, h, "keys.age");

	h->unlocked = false;
	if (e == CH_OK)
		e = ch_home_open_pass(text, &n, sizeof text, path, pass, why);
	if (e == CH_OK) {
		e = ch_home_keys_parse(&h->keys, h, ch_span_of(text, n));
		if (e == CH_OK && !is_our_archive(&h->keys, &h->archive))
			e = CH_E_CONFLICT;
		if (e != CH_OK)
			ch_problem_set(why, e, "%s does not belong to this home; put the right "
			    "one back from a backup", path);
	}
	ch_wipe(text, sizeof text);
	if (e != CH_OK)
		ch_home_keys_wipe(&h->keys);
	h->unlocked = e == CH_OK;
	return e;
}

ch_err ch_home_write_party_key(const struct ch_home *h, const struct ch_secret32 *seed,
    ch_span pass, unsigned work, struct ch_problem *why)
{
	return ch_home_write_party_key_as(h, "party-key.age", seed, pass, work, why);
}

ch_err ch_home_write_party_key_as(const struct ch_home *h, const char *file,
    const struct ch_secret32 *seed, ch_span pass, unsigned work, struct ch_problem *why)
{
	uint8_t text[512];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "%s", file);

	CH_WR_LIT(&w, PARTY_KEY_TYPE "party ");
	ch_wr_str(&w, h->handle);
	CH_WR_LIT(&w, "\n");
	put_secret(&w, "key ", seed);
	if (e == CH_OK)
		e = ch_wr_done(&w);
	if (e == CH_OK)
		e = ch_home_seal_pass(path, ch_span_of(text, w.n), pass, work, why);
	ch_wipe(text, sizeof text);
	return e;
}

static ch_err party_key_parse(struct ch_secret32 *seed, const struct ch_home *h, ch_span text)
{
	struct ch_rd r = ch_rd_of(text);
	ch_span v;
	ch_err e;

	CH_RD_LIT(&r, PARTY_KEY_TYPE "party ");
	v = ch_rd_line1(&r);
	ch_rd_need(&r, ch_span_eq(v, ch_span_str(h->handle)), CH_E_CONFLICT);
	rd_secret(seed, &r, "key ");
	e = ch_rd_done(&r);
	if (e != CH_OK)
		ch_wipe(seed, sizeof *seed);
	return e;
}

ch_err ch_home_party_key(struct ch_secret32 *seed, const struct ch_home *h, ch_span pass,
    struct ch_problem *why)
{
	uint8_t text[512];
	char path[CH_PATH_MAX];
	uint64_t size;
	size_t n = 0;
	ch_err e = ch_home_party_key_path(path, h);

	ch_wipe(seed, sizeof *seed);
	if (e == CH_OK && ch_file_size(&size, path) == CH_E_ABSENT)
		return ch_problem_set(why, CH_E_ABSENT, "the party key (%s) is not here, and only "
		    "it signs rosters; bring it back for this one command", path);
	if (e == CH_OK)
		e = ch_home_open_pass(text, &n, sizeof text, path, pass, why);
	if (e == CH_OK) {
		e = party_key_parse(seed, h, ch_span_of(text, n));
		if (e != CH_OK)
			ch_problem_set(why, e, "%s is not this party's key", path);
	}
	ch_wipe(text, sizeof text);
	return e;
}
