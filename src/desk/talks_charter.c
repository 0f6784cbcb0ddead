/*
 * From draft to force: the opener builds the charter from the answers, everybody checks it against
 * what was agreed to, signs it and posts it; it is in force when a proof and all lines are there.
 */
#include "talks.h"

#include <stdio.h>
#include <string.h>

#include "hex.h"
#include "talks_inner.h"
#include "wipe.h"

#define NOTE_MAX ((size_t)128 << 10)

/* ---- building ---- */

/* Pin the roster in an answer; its party must be invited, and none answers twice. */
static ch_err take_answer(ch_span *handle, const struct ch_home *h, ch_span invited,
    ch_span answer, struct ch_problem *why)
{
	ch_part part[4];
	const ch_part *roster;
	ch_roster r;
	ch_span code;
	size_t n = 0;
	ch_err e = ch_pack_parse(part, &n, CH_COUNT(part), answer, CH_PACK_ANSWER, h->exercise);

	roster = ch_pack_find(part, n, CH_LIT("roster"));
	if (e == CH_OK)
		e = roster ? ch_roster_open(&r, roster->bytes, NULL, NULL) : CH_E_FORMAT;
	if (e != CH_OK)
		return ch_problem_set(why, e, "an answer was altered, or is none; nothing was "
		    "signed; ask for it again");
	if (ch_invited_find(&code, invited, r.party) != CH_OK)
		return ch_problem_about(why, CH_E_CONFLICT, "there is an answer of ", r.party,
		    ", who was not invited; nothing was signed");
	*handle = r.party;
	return ch_party_keep(h, roster->bytes, (ch_span){ 0 }, true, why);
}

static ch_err put_party(struct ch_wr *w, const struct ch_home *h, ch_span handle, ch_span code,
    struct ch_problem *why)
{
	struct ch_roster_file r = { 0 };
	uint8_t small[256];
	struct ch_wr s = ch_wr_of(small, sizeof small);
	ch_item it = { 0 };
	ch_err e = ch_party_roster(&r, h, handle, 0, NULL);

	if (e == CH_E_ABSENT)
		return ch_problem_about(why, e, "the answer of ", handle, " is missing; nothing "
		    "was "
		    "signed; give all answers at once");
	if (e != CH_OK)
		return e;
	it.v[CH_CP_HANDLE] = handle;
	it.v[CH_CP_CODE] = code;
	it.v[CH_CP_TITLE] = r.roster.stmt.v[CH_ROSTER_TITLE];
	it.v[CH_CP_KEY] = r.roster.stmt.v[CH_ROSTER_PARTY_KEY];
	it.v[CH_CP_ROSTER] = ch_val_put_ref(&s, &(ch_ref){ r.version, r.hash });
	e = ch_stmt_put_item(w, CH_K_CHARTER, CH_CHARTER_PARTIES, &it);
	ch_roster_file_deinit(&r);
	return e;
}

typedef struct {
	ch_span handle, code;
} named;

/* Opener and invited, sorted by handle. */
static ch_err list_parties(named *out, size_t *n, const struct ch_talks *t, ch_span invited)
{
	struct ch_rd r = ch_rd_of(invited);
	ch_item self;
	ch_err e = ch_stmt_item(&self, &t->charter, CH_CHARTER_PARTIES, 0);

	*n = 0;
	if (e != CH_OK)
		return e;
	out[(*n)++] = (named){ self.v[CH_CP_HANDLE], self.v[CH_CP_CODE] };
	while (!ch_rd_at_end(&r) && *n < CH_TALKS_PARTIES_MAX) {
		named one;
		size_t at = *n;

		if (ch_invited_next(&one.handle, &one.code, &r) != CH_OK)
			break;
		for (; at > 0 && ch_span_cmp(one.handle, out[at - 1].handle) < 0; at--)
			out[at] = out[at - 1];
		out[at] = one;
		++*n;
	}
	return ch_rd_done(&r);
}

static ch_err format_charter(struct ch_wr *text, const struct ch_home *h,
    const struct ch_talks *t, ch_span invited, struct ch_problem *why)
{
	uint8_t *list = ch_alloc(CH_STMT_MAX);
	struct ch_wr w = ch_wr_of(list, list ? CH_STMT_MAX : 0);
	named all[CH_TALKS_PARTIES_MAX];
	ch_stmt s = t->charter;
	size_t n = 0;
	ch_err e = list ? list_parties(all, &n, t, invited) : CH_E_NOMEM;

	for (size_t i = 0; e == CH_OK && i < n; i++)
		e = put_party(&w, h, all[i].handle, all[i].code, why);
	s.text = (ch_span){ 0 };
	s.v[CH_CHARTER_PARTIES] = ch_wr_span(&w);
	s.count[CH_CHARTER_PARTIES] = (uint32_t)n;
	if (e == CH_OK)
		e = ch_stmt_format(text, &s);
	ch_free(list, CH_STMT_MAX);
	return e;
}

ch_err ch_talks_build(struct ch_wr *text, const struct ch_home *h, const struct ch_talks *t,
    const ch_span *answers, size_t n, struct ch_problem *why)
{
	struct ch_buf invited;
	struct ch_diag diag = { 0 };
	ch_charter c;
	ch_span handle;
	ch_err e;

	if (t->state != CH_TALKS_DRAFT)
		return ch_problem_set(why, CH_E_CONFLICT, "the charter of %s is made by the party "
		    "that opened the talks, once", t->name);
	ch_buf_init(&invited, CH_STMT_MAX);
	e = ch_talks_file(&invited, h, t->name, "invited.txt");
	for (size_t i = 0; e == CH_OK && i < n; i++)
		e = take_answer(&handle, h, ch_buf_span(&invited), answers[i], why);
	if (e == CH_OK)
		e = format_charter(text, h, t, ch_buf_span(&invited), why);
	if (e == CH_OK) {
		e = ch_charter_parse(&c, ch_wr_span(text), &diag);
		if (e != CH_OK)
			ch_problem_set(why, e, "no charter can be made of this: %s",
			    diag.what ? diag.what : ch_err_text(e));
	}
	ch_buf_deinit(&invited);
	return e;
}

/* ---- checking a charter against the invitation ---- */

static ch_err check_party(const struct ch_home *h, const struct ch_talks *t, ch_span invited,
    const ch_item *party)
{
	struct ch_roster_file own = { 0 };
	ch_item opener;
	ch_span code;
	ch_err e;

	if (ch_span_eq(party->v[CH_CP_HANDLE], t->charter.v[CH_CHARTER_PARTY])) {
		e = ch_stmt_item(&opener, &t->charter, CH_CHARTER_PARTIES, 0);
		if (e == CH_OK && (!ch_span_eq(opener.v[CH_CP_KEY], party->v[CH_CP_KEY]) ||
		    !ch_span_eq(opener.v[CH_CP_CODE], party->v[CH_CP_CODE])))
			e = CH_E_AUTH;
		return e;
	}
	if (ch_invited_find(&code, invited, party->v[CH_CP_HANDLE]) != CH_OK ||
	    !ch_span_eq(code, party->v[CH_CP_CODE]))
		return CH_E_AUTH;
	if (!ch_span_eq(party->v[CH_CP_HANDLE], ch_span_str(h->handle)))
		return CH_OK;
	e = ch_party_roster(&own, h, ch_span_str(h->handle), 0, NULL);
	if (e == CH_OK && !ch_span_eq(own.roster.stmt.v[CH_ROSTER_PARTY_KEY],
	    party->v[CH_CP_KEY]))
		e = CH_E_AUTH;
	ch_roster_file_deinit(&own);
	return e;
}

static ch_err check_terms(const struct ch_home *h, const struct ch_talks *t, const ch_charter *c,
    struct ch_problem *why)
{
	struct ch_buf invited;
	ch_item party;
	uint32_t n = 0;
	const char *key = NULL;
	ch_err e;

	for (unsigned f = 0; f < CH_CHARTER_FIELDS; f++)
		if (f != CH_CHARTER_PARTIES && (!ch_span_eq(c->stmt.v[f], t->charter.v[f]) ||
		    c->stmt.count[f] != t->charter.count[f]))
			key = ch_kind_schema(CH_K_CHARTER)->field[f].key;
	if (key)
		return ch_problem_set(why, CH_E_AUTH, "the charter at the registry is not the one "
		    "you were invited to: `%s` differs; nothing was signed; ask who opened the "
		    "talks", key);
	ch_buf_init(&invited, CH_STMT_MAX);
	e = ch_talks_file(&invited, h, t->name, "invited.txt");
	if (e == CH_OK)
		e = ch_invited_count(&n, ch_buf_span(&invited));
	if (e == CH_OK && c->n != n + 1)
		e = CH_E_AUTH;
	for (uint32_t i = 0; e == CH_OK && i < c->n; i++) {
		e = ch_stmt_item(&party, &c->stmt, CH_CHARTER_PARTIES, i);
		if (e == CH_OK)
			e = check_party(h, t, ch_buf_span(&invited), &party);
	}
	ch_buf_deinit(&invited);
	if (e != CH_OK)
		ch_problem_set(why, e, "the parties of the charter at the registry are not those "
		    "of the invitation; nothing was signed; ask who opened the talks");
	return e;
}

/* ---- fetching ---- */

/* The pack at GET or of POST: the note, and the proof when it is in force. */
static ch_err split_answer(ch_span *charter, ch_span *proof, ch_span pack, bool exercise)
{
	ch_part part[4];
	const ch_part *c, *p;
	size_t n = 0;
	ch_err e = ch_pack_parse(part, &n, CH_COUNT(part), pack, CH_PACK_ANSWER, exercise);

	c = ch_pack_find(part, n, CH_LIT("charter"));
	p = ch_pack_find(part, n, CH_LIT("charter.proof"));
	*charter = c ? c->bytes : (ch_span){ 0 };
	*proof = p ? p->bytes : (ch_span){ 0 };
	return e == CH_OK && !c ? CH_E_FORMAT : e;
}

static ch_err get_charter(struct ch_buf *pack, struct ch_watch *w, ch_span id,
    struct ch_problem *why)
{
	char path[128];
	ch_span body;
	ch_err e = CH_OK;

	if (id.n != 64)
		return CH_E_FORMAT;
	(void)snprintf(path, sizeof path, "/v1/charters/%.64s", (const char *)id.p);
	e = ch_link_get(&body, w->link, path, why);
	ch_buf_reset(pack);
	return e == CH_OK ? ch_buf_put(pack, body) : e;
}

/* One candidate of that name: CH_OK when it is ours to sign. */
static ch_err try_one(struct ch_buf *note, struct ch_watch *w, const struct ch_talks *t,
    ch_span id, struct ch_problem *why)
{
	struct ch_buf pack;
	ch_span charter, proof;
	ch_charter c;
	ch_note parsed;
	ch_err e;

	ch_buf_init(&pack, CH_PACK_MAX);
	e = get_charter(&pack, w, id, why);
	if (e == CH_OK)
		e = split_answer(&charter, &proof, ch_buf_span(&pack), w->home->exercise);
	if (e == CH_OK)
		e = ch_note_parse(&parsed, charter, CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_charter_parse(&c, parsed.text, NULL);
	if (e == CH_OK)
		e = check_terms(w->home, t, &c, why);
	if (e == CH_OK)
		e = ch_buf_put(note, charter);
	ch_buf_deinit(&pack);
	return e;
}

ch_err ch_talks_fetch(struct ch_buf *note, struct ch_watch *w, const struct ch_talks *t,
    struct ch_problem *why)
{
	struct ch_problem mine = { 0 };
	struct ch_link_list list;
	ch_span name = t->charter.v[CH_CHARTER_NAME];
	ch_err e = ch_link_get_list(&list, w->link, "/v1/charters", why);

	if (e != CH_OK)
		return e;
	e = CH_E_ABSENT;
	for (size_t i = 0; e != CH_OK && i < list.n; i++) {
		if (!ch_span_eq(ch_link_list_string(&list, i, "name"), name))
			continue;
		mine = (struct ch_problem){ 0 };
		e = try_one(note, w, t, ch_link_list_string(&list, i, "talks"), &mine);
	}
	ch_link_list_deinit(&list);
	if (e != CH_OK && why && mine.text[0] != '\0')
		*why = mine;
	if (e == CH_E_ABSENT)
		ch_problem_set(why, e, "the charter of %s is not at the registry yet; the party "
		    "that opened the talks makes it from the answers; try again later", t->name);
	return e;
}

/* ---- signing and force ---- */

struct bench {
	struct ch_roster_file file[CH_TALKS_PARTIES_MAX];
	const ch_roster *roster[CH_TALKS_PARTIES_MAX];
};

/* Whether all have signed, by the rosters the charter names; they are fetched when we lack one. */
static ch_err judge(bool *complete, struct ch_watch *w, const ch_charter *c, const ch_note *note,
    struct ch_problem *why)
{
	struct bench *b = ch_alloc(sizeof *b);
	ch_charter_signed is = { 0 };
	ch_charter_party p;
	ch_err e = b ? CH_OK : CH_E_NOMEM;

	for (uint32_t i = 0; e == CH_OK && i < c->n; i++) {
		ch_charter_party_at(&p, c, i);
		e = ch_party_fetch_named(w, p.handle, &p.roster, why);
		if (e == CH_OK)
			e = ch_party_roster(&b->file[i], w->home, p.handle, p.roster.n, why);
		b->roster[i] = &b->file[i].roster;
	}
	if (e == CH_OK) {
		e = ch_charter_judge(&is, c, note, b->roster);
		if (e != CH_OK)
			ch_problem_set(why, e, "a signature under the charter does not hold; it is "
			    "not taken in");
	}
	*complete = e == CH_OK && is.complete;
	for (uint32_t i = 0; b && i < c->n; i++)
		ch_roster_file_deinit(&b->file[i]);
	ch_free(b, b ? sizeof *b : 0);
	return e;
}

ch_err ch_talks_signed(ch_charter_signed *out, const struct ch_home *h, const struct ch_talks *t)
{
	struct bench *b = ch_alloc(sizeof *b);
	ch_charter_party p;
	ch_charter c;
	ch_err e = b ? CH_OK : CH_E_NOMEM;

	*out = (ch_charter_signed){ 0 };
	if (e == CH_OK)
		e = t->state < CH_TALKS_SIGNING ? CH_E_ABSENT
		    : ch_charter_parse(&c, t->note.text, NULL);
	for (uint32_t i = 0; e == CH_OK && i < c.n; i++) {
		ch_charter_party_at(&p, &c, i);
		e = ch_party_roster(&b->file[i], h, p.handle, p.roster.n, NULL);
		b->roster[i] = &b->file[i].roster;
	}
	if (e == CH_OK)
		e = ch_charter_judge(out, &c, &t->note, b->roster);
	for (uint32_t i = 0; b && i < CH_TALKS_PARTIES_MAX; i++)
		ch_roster_file_deinit(&b->file[i]);
	ch_free(b, b ? sizeof *b : 0);
	return e;
}

ch_err ch_talks_keep_charter(const struct ch_home *h, const char *name, ch_span charter,
    ch_span proof)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "talks/%s/charter.txt", name);

	if (e == CH_OK)
		e = ch_file_write(path, charter, 0600);
	if (e == CH_OK && proof.n > 0) {
		e = ch_home_path(path, h, "talks/%s/charter.proof.txt", name);
		if (e == CH_OK)
			e = ch_file_write(path, proof, 0600);
	}
	return e;
}

/* Take in what the registry answered: same text as ours, lines that hold, and a proof if all. */
static ch_err take_in(ch_talks_state *state, struct ch_watch *w, const char *name, ch_span text,
    ch_span pack, struct ch_problem *why)
{
	ch_span charter, proof;
	ch_charter c;
	ch_note note;
	ch_salt salt;
	uint64_t index;
	bool complete = false;
	ch_err e = split_answer(&charter, &proof, pack, w->home->exercise);

	if (e == CH_OK)
		e = ch_note_parse(&note, charter, CH_NOTE_TEXT_MAX);
	if (e == CH_OK && !ch_span_eq(note.text, text))
		e = CH_E_CONFLICT;
	if (e == CH_OK)
		e = ch_charter_parse(&c, note.text, NULL);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the registry answered with another charter than "
		    "ours; it is not taken in");
	e = judge(&complete, w, &c, &note, why);
	if (e == CH_OK && complete && proof.n > 0)
		e = ch_watch_check_proof(&index, &salt, w, proof, note.text, why);
	else
		proof = (ch_span){ 0 };
	if (e == CH_OK)
		e = ch_talks_keep_charter(w->home, name, charter, proof);
	if (e == CH_OK)
		*state = proof.n > 0 ? CH_TALKS_FORCE : CH_TALKS_SIGNING;
	return e;
}

static ch_err signed_pack(struct ch_buf *pack, const struct ch_home *h, ch_span text)
{
	uint8_t *note = ch_alloc(NOTE_MAX), *at;
	struct ch_wr w = ch_wr_of(note, note ? NOTE_MAX : 0), p;
	struct ch_edsecret sec;
	ch_edkey pub;
	ch_part part;
	ch_err e = note ? CH_OK : CH_E_NOMEM;

	ch_home_statement_key(&pub, &sec, h);
	ch_note_put_text(&w, text);
	ch_note_sign_line(&w, ch_span_str(h->delegate), text, &sec);
	ch_wipe(&sec, sizeof sec);
	if (e == CH_OK)
		e = ch_wr_done(&w);
	part = (ch_part){ CH_LIT("charter"), ch_wr_span(&w) };
	if (e == CH_OK)
		e = ch_buf_reserve(&at, pack, NOTE_MAX);
	if (e == CH_OK) {
		p = ch_wr_of(at, NOTE_MAX);
		e = ch_pack_format(&p, &part, 1, CH_PACK_SUBMISSION, h->exercise);
		if (e == CH_OK)
			ch_buf_commit(pack, p.n);
	}
	ch_free(note, NOTE_MAX);
	return e;
}

/* Our own line, on file before it is posted: what we signed is never unknown to us. */
static ch_err keep_own(const struct ch_home *h, const char *name, ch_span pack)
{
	ch_part part;
	char path[CH_PATH_MAX];
	uint64_t size;
	size_t n = 0;
	ch_err e = ch_pack_parse(&part, &n, 1, pack, CH_PACK_SUBMISSION, h->exercise);

	if (e == CH_OK)
		e = ch_home_path(path, h, "talks/%s/charter.txt", name);
	if (e == CH_OK && ch_file_size(&size, path) == CH_OK)
		return CH_OK;
	return e == CH_OK ? ch_file_create(path, part.bytes, 0600) : e;
}

ch_err ch_talks_sign(ch_talks_state *state, struct ch_watch *w, const char *name, ch_span text,
    struct ch_problem *why)
{
	struct ch_buf pack, answer;
	ch_span body;
	ch_err e;

	*state = CH_TALKS_DRAFT;
	if (!w->home->unlocked)
		return ch_problem_set(why, CH_E_LOCKED, "the home is locked");
	ch_buf_init(&pack, CH_PACK_MAX);
	ch_buf_init(&answer, CH_PACK_MAX);
	e = signed_pack(&pack, w->home, text);
	if (e == CH_OK)
		e = keep_own(w->home, name, ch_buf_span(&pack));
	if (e == CH_OK)
		e = ch_link_post(&body, w->link, "/v1/charters", ch_buf_span(&pack), why);
	if (e == CH_OK)
		e = ch_buf_put(&answer, body);
	if (e == CH_OK)
		e = take_in(state, w, name, text, ch_buf_span(&answer), why);
	if (e != CH_OK)
		ch_problem_set(why, e, "the charter could not be signed: %s", ch_err_text(e));
	ch_buf_deinit(&pack);
	ch_buf_deinit(&answer);
	return e;
}

ch_err ch_talks_refresh(ch_talks_state *state, struct ch_watch *w, const struct ch_talks *t,
    struct ch_problem *why)
{
	struct ch_buf pack;
	ch_err e;

	*state = t->state;
	if (t->state < CH_TALKS_SIGNING)
		return ch_problem_set(why, CH_E_ABSENT, "%s has no charter yet", t->name);
	ch_buf_init(&pack, CH_PACK_MAX);
	e = get_charter(&pack, w, ch_span_str(t->id_text), why);
	if (e == CH_OK)
		e = take_in(state, w, t->name, t->note.text, ch_buf_span(&pack), why);
	ch_buf_deinit(&pack);
	return e;
}

/* ---- talks that another home of our party entered ---- */

/* Our quorum stands under it, by the roster on file that it names: so a colleague compared the keys
 * of the others, and they are pinned on their word. */
static ch_err is_ours(struct ch_watch *w, const ch_charter *c, const ch_note *note)
{
	struct ch_roster_file own = { 0 };
	ch_span us = ch_span_str(w->home->handle);
	ch_signers who = { 0 };
	ch_charter_party p;
	ch_err e = ch_charter_find(&p, NULL, c, us);

	if (e == CH_OK)
		e = ch_party_roster(&own, w->home, us, p.roster.n, NULL);
	if (e == CH_OK && (!ch_hash_eq(&own.hash, &p.roster.hash) ||
	    !ch_edkey_eq(&own.roster.party_key.key, &p.key.key)))
		e = CH_E_AUTH;
	for (size_t i = 0, at; e == CH_OK && who.n == 0 && i < note->n; i++) {
		at = i;
		e = ch_roster_lines(&who, &at, note, &own.roster, CH_POW_BIND);
	}
	if (e == CH_OK && (who.n == 0 || who.n < own.roster.quorum[CH_POW_BIND]))
		e = CH_E_AUTH;
	ch_roster_file_deinit(&own);
	return e;
}

/* Whether this home took up the same invitation, and a colleague signed. */
static bool is_invited(const struct ch_home *h, const char *name, const ch_charter *c)
{
	struct ch_problem quiet = { 0 };
	struct ch_talks t = { 0 };
	bool is = ch_talks_load(&t, h, name, &quiet) == CH_OK && t.state == CH_TALKS_INVITED &&
	    check_terms(h, &t, c, &quiet) == CH_OK;

	ch_talks_deinit(&t);
	return is;
}

/* Its folder, under the name that all parties have for it. */
static ch_err new_folder(char name[CH_TALKS_NAME_MAX + 1], const struct ch_home *h,
    const ch_charter *c, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_span called = c->stmt.v[CH_CHARTER_NAME];
	ch_err e = called.n <= CH_TALKS_NAME_MAX ? CH_OK : CH_E_LIMIT, there;

	memset(name, 0, CH_TALKS_NAME_MAX + 1);
	if (e == CH_OK) {
		memcpy(name, called.p, called.n);
		e = ch_home_path(path, h, "talks/%s", name);
	}
	there = e == CH_OK ? ch_dir_list(&d, path, 1000) : CH_E_ABSENT;
	if (there != CH_E_ABSENT && (there != CH_OK || d.n > 0) && !is_invited(h, name, c))
		e = ch_problem_set(why, CH_E_CONFLICT, "another home of our party entered talks "
		    "called %s, and there are others of that name here; they are not taken in, and "
		    "nothing is lost: act for them in that home", name);
	ch_dir_deinit(&d);
	return e == CH_OK ? ch_dir_make(path) : e;
}

ch_err ch_talks_take(char name[CH_TALKS_NAME_MAX + 1], struct ch_watch *w, ch_span id,
    struct ch_problem *why)
{
	struct ch_buf pack;
	ch_talks_state state;
	ch_charter_registry reg;
	ch_span charter = { 0 }, proof = { 0 };
	ch_charter c;
	ch_note note;
	ch_hash want;
	ch_err e = ch_hex_parse(want.b, sizeof want.b, id);

	memset(name, 0, CH_TALKS_NAME_MAX + 1);
	ch_buf_init(&pack, CH_PACK_MAX);
	if (e == CH_OK)
		e = get_charter(&pack, w, id, why);
	if (e == CH_OK)
		e = split_answer(&charter, &proof, ch_buf_span(&pack), w->home->exercise);
	if (e == CH_OK)
		e = ch_note_parse(&note, charter, CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_charter_parse(&c, note.text, NULL);
	if (e == CH_OK && (proof.n == 0 || c.exercise != w->home->exercise ||
	    !ch_hash_eq(&c.talks, &want)))
		e = CH_E_AUTH;
	if (e == CH_OK)
		e = ch_charter_find_registry(&reg, &c, ch_span_str(w->link->origin));
	if (e == CH_OK)
		e = is_ours(w, &c, &note);
	if (e == CH_OK)
		e = new_folder(name, w->home, &c, why);
	if (e == CH_OK)
		e = take_in(&state, w, name, note.text, ch_buf_span(&pack), why);
	ch_buf_deinit(&pack);
	if (e != CH_OK)
		ch_problem_set(why, e, "the registry lists talks of ours that are not here, and "
		    "their charter does not hold (%s); they are not taken in", ch_err_text(e));
	return e;
}
