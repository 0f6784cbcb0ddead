/* Rosters on file: rosters/<handle>/<version>.txt and <version>.proof.txt. See party.h. */
#include "party.h"

#include <stdio.h>
#include <string.h>

#include "dec.h"
#include "pack.h"
#include "text.h"
#include "words.h"

#define VERSIONS_MAX 20000

static ch_err roster_path(char out[CH_PATH_MAX], const struct ch_home *h, ch_span handle,
    const char *name)
{
	out[0] = '\0';
	if (!ch_text_is_handle(handle))
		return CH_E_FORMAT;
	return ch_home_path(out, h, "rosters/%.*s/%s", (int)handle.n, (const char *)handle.p,
	    name);
}

static ch_err version_path(char out[CH_PATH_MAX], const struct ch_home *h, ch_span handle,
    uint64_t version, const char *ending)
{
	char name[64];

	(void)snprintf(name, sizeof name, "%llu%s", (unsigned long long)version, ending);
	return roster_path(out, h, handle, name);
}

/* "12.txt" -> 12; 0 for every other name. */
static uint64_t version_of(const char *name)
{
	struct ch_rd r = ch_rd_of(ch_span_str(name));
	ch_span digits = ch_rd_until(&r, '.');
	uint64_t v = 0;

	if (!ch_span_eq(ch_rd_rest(&r), CH_LIT("txt")) ||
	    ch_dec_parse(&v, digits, UINT64_MAX) != CH_OK)
		return 0;
	return v;
}

static ch_err newest_version(uint64_t *out, const struct ch_home *h, ch_span handle)
{
	char dir[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = roster_path(dir, h, handle, "");

	*out = 0;
	if (e == CH_OK)
		e = ch_dir_list(&d, dir, VERSIONS_MAX);
	for (size_t i = 0; i < d.n; i++)
		if (version_of(d.names[i]) > *out)
			*out = version_of(d.names[i]);
	ch_dir_deinit(&d);
	return e == CH_OK && *out == 0 ? CH_E_ABSENT : e;
}

void ch_roster_file_deinit(struct ch_roster_file *r)
{
	ch_buf_deinit(&r->bytes);
	*r = (struct ch_roster_file){ 0 };
}

static ch_err open_bytes(struct ch_roster_file *r)
{
	ch_err e = ch_roster_open(&r->roster, ch_buf_span(&r->bytes), NULL, NULL);

	r->version = r->roster.version;
	r->hash = r->roster.hash;
	return e;
}

ch_err ch_party_roster(struct ch_roster_file *out, const struct ch_home *h, ch_span handle,
    uint64_t version, struct ch_problem *why)
{
	char path[CH_PATH_MAX] = "";
	ch_err e = CH_OK;

	*out = (struct ch_roster_file){ 0 };
	ch_buf_init(&out->bytes, CH_ROSTER_NOTE_MAX);
	if (version == 0)
		e = newest_version(&version, h, handle);
	if (e == CH_OK)
		e = version_path(path, h, handle, version, ".txt");
	if (e == CH_OK)
		e = ch_file_read(&out->bytes, path);
	if (e == CH_E_ABSENT)
		ch_problem_about(why, e, "there is no such roster of ", handle, " on file");
	if (e == CH_OK) {
		e = open_bytes(out);
		if (e == CH_OK && (!ch_span_eq(out->roster.party, handle) ||
		    out->version != version || out->roster.exercise != h->exercise))
			e = CH_E_CONFLICT;
		if (e != CH_OK)
			ch_problem_set(why, e, "%s is damaged; put it back from a backup, or fetch "
			    "it again", path);
	}
	if (e != CH_OK)
		ch_roster_file_deinit(out);
	return e;
}

ch_err ch_party_roster_proof(struct ch_buf *out, const struct ch_home *h, ch_span handle,
    uint64_t version)
{
	char path[CH_PATH_MAX];
	ch_err e = version_path(path, h, handle, version, ".proof.txt");

	return e == CH_OK ? ch_file_read(out, path) : e;
}

/* ---- keeping ---- */

static ch_err say_conflict(struct ch_problem *why, const struct ch_roster_file *r, const char *what)
{
	char text[256];

	(void)snprintf(text, sizeof text, " contradicts the one on file: %s; nothing was changed; "
	    "ask them by another way", what ? what : "other bytes under the same version");
	return ch_problem_about(why, CH_E_CONFLICT, "the roster of ", r->roster.party, text);
}

/* Against what is on file: 1 = the same is there already, 0 = it may be written. */
static ch_err fits_file(bool *there, const struct ch_home *h, const struct ch_roster_file *r,
    bool first, struct ch_problem *why)
{
	struct ch_roster_file old = { 0 };
	struct ch_diag diag = { 0 };
	uint64_t newest = 0;
	ch_err e = newest_version(&newest, h, r->roster.party);

	*there = false;
	if (e == CH_E_ABSENT)
		return first ? CH_OK : ch_problem_about(why, e, "the party ", r->roster.party,
		    " is not known here; join talks with it first");
	if (e != CH_OK)
		return e;
	e = ch_party_roster(&old, h, r->roster.party,
	    r->version <= newest ? r->version : newest, why);
	if (e != CH_OK)
		return e;
	if (r->version <= newest) {
		*there = ch_hash_eq(&old.hash, &r->hash);
		e = *there ? CH_OK : say_conflict(why, r, NULL);
	} else if (r->version > newest + 1) { /* what lies between is missing */
		e = ch_problem_about(why, CH_E_CONFLICT, "the roster of ", r->roster.party,
		    " is newer by several versions than the one on file here; nothing was "
		    "changed; run "
		    "chancery sync first, then repeat");
	} else if (ch_roster_follows(&r->roster, &old.roster, &diag) != CH_OK) {
		e = say_conflict(why, r, diag.what);
	}
	ch_roster_file_deinit(&old);
	return e;
}

static ch_err write_roster(const struct ch_home *h, const struct ch_roster_file *r, bool there,
    ch_span proof)
{
	char path[CH_PATH_MAX];
	ch_err e = roster_path(path, h, r->roster.party, "");

	if (e == CH_OK)
		e = ch_dir_make(path);
	if (e == CH_OK && !there) {
		e = version_path(path, h, r->roster.party, r->version, ".txt");
		if (e == CH_OK)
			e = ch_file_create(path, ch_buf_span(&r->bytes), 0600);
	}
	if (e == CH_OK && proof.n > 0) {
		e = version_path(path, h, r->roster.party, r->version, ".proof.txt");
		if (e == CH_OK)
			e = ch_file_write(path, proof, 0600);
	}
	return e;
}

ch_err ch_party_keep(const struct ch_home *h, ch_span note, ch_span proof, bool first,
    struct ch_problem *why)
{
	struct ch_roster_file r = { 0 };
	bool there = false;
	ch_err e;

	ch_buf_init(&r.bytes, CH_ROSTER_NOTE_MAX);
	e = ch_buf_put(&r.bytes, note);
	if (e == CH_OK)
		e = open_bytes(&r);
	if (e != CH_OK)
		ch_problem_set(why, e, "what should be a roster is none, or its signatures do not "
		    "hold; nothing was kept");
	if (e == CH_OK && r.roster.exercise != h->exercise)
		e = ch_problem_set(why, CH_E_CONFLICT, h->exercise ? "the roster is real, and "
		    "this home is one of an exercise; the two never mix" :
		    "the roster is one of an exercise, and this home is real; the two never mix");
	if (e == CH_OK)
		e = fits_file(&there, h, &r, first, why);
	if (e == CH_OK) {
		e = write_roster(h, &r, there, proof);
		if (e != CH_OK)
			ch_problem_set(why, e, "a roster could not be kept: %s", ch_err_text(e));
	}
	ch_roster_file_deinit(&r);
	return e;
}

/* ---- fetching ---- */

/* One version from the registry: CH_OK when it was kept, ABSENT when there is none. With `pin`
 * it must have this hash, and may be the first of its party. */
static ch_err fetch_one(struct ch_watch *w, ch_span handle, uint64_t version, const ch_hash *pin,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_part part[4];
	const ch_part *roster, *proof;
	struct ch_buf pack;
	ch_note note;
	ch_stmt s;
	ch_salt salt;
	ch_hash hash;
	uint64_t index;
	size_t n = 0;
	ch_span body;
	ch_err e = ch_path(path, "/v1/rosters/%.*s/%llu", (int)handle.n, (const char *)handle.p,
	    (unsigned long long)version);

	ch_buf_init(&pack, CH_PACK_MAX);
	if (e == CH_OK)
		e = ch_link_get(&body, w->link, path, why);
	if (e == CH_OK)
		e = ch_buf_put(&pack, body); /* the link's buffer is reused by the watch */
	if (e == CH_OK)
		e = ch_pack_parse(part, &n, CH_COUNT(part), ch_buf_span(&pack), CH_PACK_ANSWER,
		    w->home->exercise);
	roster = ch_pack_find(part, n, CH_LIT("roster"));
	proof = ch_pack_find(part, n, CH_LIT("roster.proof"));
	if (e == CH_OK && (!roster || !proof))
		e = ch_problem_set(why, CH_E_FORMAT, "the registry gave a roster without proof");
	CH_ASSERT(e != CH_OK || (roster && proof));
	if (e == CH_OK)
		e = ch_note_parse(&note, roster->bytes, CH_NOTE_TEXT_MAX_ROSTER);
	if (e == CH_OK)
		e = ch_watch_check_proof(&index, &salt, w, proof->bytes, note.text, why);
	if (e == CH_OK) {
		e = ch_stmt_parse_as(&s, note.text, CH_K_ROSTER, w->home->exercise);
		if (e == CH_OK && (!ch_span_eq(s.v[CH_ROSTER_PARTY], handle) ||
		    ch_val_dec(s.v[CH_ROSTER_VERSION]) != version))
			e = ch_problem_about(why, CH_E_AUTH, "the registry gives another roster "
			    "than the one of ", handle, " that was asked for; it was not kept");
	}
	if (e == CH_OK) {
		ch_stmt_hash(&hash, note.text);
		if (pin && !ch_hash_eq(&hash, pin))
			e = ch_problem_about(why, CH_E_AUTH, "the registry gives another roster "
			    "of ",
			    handle, " than the charter names; nothing was signed");
	}
	if (e == CH_OK)
		e = ch_party_keep(w->home, roster->bytes, proof->bytes, pin != NULL, why);
	ch_buf_deinit(&pack);
	return e;
}

ch_err ch_party_fetch_named(struct ch_watch *w, ch_span handle, const ch_ref *ref,
    struct ch_problem *why)
{
	struct ch_roster_file have = { 0 };
	ch_err e = ch_party_roster(&have, w->home, handle, ref->n, NULL);

	if (e == CH_OK && !ch_hash_eq(&have.hash, &ref->hash))
		e = ch_problem_about(why, CH_E_CONFLICT, "the charter names another roster of ",
		    handle, " than the one on file; nothing was signed");
	else if (e == CH_E_ABSENT)
		e = fetch_one(w, handle, ref->n, &ref->hash, why);
	ch_roster_file_deinit(&have);
	return e;
}

ch_err ch_party_fetch(struct ch_watch *w, ch_span handle, struct ch_problem *why)
{
	struct ch_problem mine = { 0 };
	struct ch_buf proof;
	uint64_t newest = 0;
	ch_err e = newest_version(&newest, w->home, handle);

	if (e != CH_OK)
		return ch_problem_about(why, e, "the party ", handle, " is not known here");
	ch_buf_init(&proof, CH_WATCH_PROOF_MAX);
	if (ch_party_roster_proof(&proof, w->home, handle, newest) != CH_OK && newest > 0) {
		e = fetch_one(w, handle, newest, NULL, &mine); /* its proof, if it was published */
		if (e == CH_E_ABSENT)
			e = CH_OK;
	}
	ch_buf_deinit(&proof);
	for (uint64_t v = newest + 1; e == CH_OK && v < newest + VERSIONS_MAX; v++) {
		mine = (struct ch_problem){ 0 };
		e = fetch_one(w, handle, v, NULL, &mine);
	}
	if (e == CH_E_ABSENT)
		return CH_OK;
	if (e != CH_OK && why && why->text[0] == '\0')
		*why = mine;
	return e;
}
