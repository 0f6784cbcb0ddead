/*
 * Talks before there is a charter: draft, invitation, joining, answer. The draft is a charter with
 * its opener as the only party; the others and their codes stand in invited.txt until their keys
 * are known. An invitation is believed only after a person has compared the opener's words.
 */
#include "talks.h"

#include <stdio.h>
#include <string.h>

#include "pack_buf.h"
#include "talks_inner.h"
#include "text.h"
#include "value.h"

#define DRAFT_MAX CH_STMT_MAX
#define LETTER_MAX 4096u

/* ---- invited.txt ---- */

ch_err ch_invited_next(ch_span *handle, ch_span *code, struct ch_rd *r)
{
	*handle = ch_rd_until(r, ' ');
	*code = ch_rd_line1(r);
	ch_rd_need(r, ch_text_is_handle(*handle), CH_E_FORMAT);
	return r->err;
}

ch_err ch_invited_find(ch_span *code, ch_span invited, ch_span handle)
{
	struct ch_rd r = ch_rd_of(invited);
	ch_span h, c;

	*code = (ch_span){ 0 };
	while (!ch_rd_at_end(&r)) {
		ch_err e = ch_invited_next(&h, &c, &r);

		if (e != CH_OK)
			return e;
		if (ch_span_eq(h, handle)) {
			*code = c;
			return CH_OK;
		}
	}
	return r.err != CH_OK ? r.err : CH_E_ABSENT;
}

ch_err ch_invited_count(uint32_t *n, ch_span invited)
{
	struct ch_rd r = ch_rd_of(invited);
	ch_span h, c;

	*n = 0;
	while (!ch_rd_at_end(&r) && ch_invited_next(&h, &c, &r) == CH_OK)
		++*n;
	return ch_rd_done(&r);
}

static void put_invited(struct ch_wr *w, const ch_talks_ask *ask)
{
	for (size_t i = 0; i < ask->n; i++) {
		ch_wr_put(w, ask->with[i].handle);
		CH_WR_LIT(w, " ");
		ch_wr_put(w, ask->with[i].code);
		CH_WR_LIT(w, "\n");
	}
}

ch_err ch_talks_file(struct ch_buf *out, const struct ch_home *h, const char *talks,
    const char *name)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "talks/%s/%s", talks, name);

	return e == CH_OK ? ch_file_read(out, path) : e;
}

ch_err ch_talks_invited(struct ch_buf *out, const struct ch_home *h, const struct ch_talks *t)
{
	return ch_talks_file(out, h, t->name, "invited.txt");
}

/* ---- opening ---- */

static bool is_code(ch_span v)
{
	return ch_value_check(&(struct ch_field){ .key = "code", .type = CH_T_CODE }, v) == CH_OK;
}

static ch_err check_ask(const struct ch_home *h, const ch_talks_ask *ask, struct ch_problem *why)
{
	if (!ch_text_is_token(ask->name))
		return ch_problem_about(why, CH_E_FORMAT, "\"", ask->name, "\" is no name of "
		    "talks; it is made of a-z, 0-9, . and -");
	if (ask->n == 0)
		return ch_problem_set(why, CH_E_FORMAT, "talks need another party: --with "
		    "bravo.example");
	if (!is_code(ask->code))
		return ch_problem_set(why, CH_E_FORMAT, "our own code has 2 to 8 capital letters: "
		    "--code ALPHA");
	for (size_t i = 0; i < ask->n; i++) {
		if (!ch_text_is_handle(ask->with[i].handle) || !is_code(ask->with[i].code))
			return ch_problem_about(why, CH_E_FORMAT, "the party ",
			    ask->with[i].handle, " needs a handle and a code of 2 to 8 capital "
			    "letters: --codes bravo.example=BRAVO");
		if (ch_span_eq(ask->with[i].handle, ch_span_str(h->handle)))
			return ch_problem_set(why, CH_E_FORMAT, "our own party needs no "
			    "invitation");
		for (size_t j = 0; j < i; j++)
			if (ch_span_eq(ask->with[i].handle, ask->with[j].handle) ||
			    ch_span_eq(ask->with[i].code, ask->with[j].code))
				return ch_problem_about(why, CH_E_FORMAT, "the handle or code of ",
				    ask->with[i].handle, " stands twice");
		if (ch_span_eq(ask->with[i].code, ask->code))
			return ch_problem_about(why, CH_E_FORMAT, "the code of ",
			    ask->with[i].handle, " is our own");
	}
	return CH_OK;
}

/* The basis, and the usual ones beside it. */
static ch_span put_bases(struct ch_wr *w, ch_span basis)
{
	ch_span usual = CH_LIT("confidential,open,without-prejudice");
	struct ch_rd r;
	size_t from = w->n;

	ch_wr_put(w, usual);
	if (!ch_val_has(usual, basis)) {
		CH_WR_LIT(w, ",");
		ch_wr_put(w, basis);
	}
	r = ch_rd_of(ch_wr_span(w));
	(void)ch_rd_take(&r, from);
	return ch_rd_rest(&r);
}

static ch_err put_self(struct ch_wr *w, const struct ch_home *h, const ch_talks_ask *ask,
    struct ch_problem *why)
{
	struct ch_roster_file own = { 0 };
	uint8_t small[256];
	struct ch_wr s = ch_wr_of(small, sizeof small);
	ch_item it = { 0 };
	ch_err e = ch_party_roster(&own, h, ch_span_str(h->handle), 0, why);

	if (e != CH_OK)
		return e;
	it.v[CH_CP_HANDLE] = ch_span_str(h->handle);
	it.v[CH_CP_CODE] = ask->code;
	it.v[CH_CP_TITLE] = own.roster.stmt.v[CH_ROSTER_TITLE];
	it.v[CH_CP_KEY] = own.roster.stmt.v[CH_ROSTER_PARTY_KEY];
	it.v[CH_CP_ROSTER] = ch_val_put_ref(&s, &(ch_ref){ own.version, own.hash });
	e = ch_stmt_put_item(w, CH_K_CHARTER, CH_CHARTER_PARTIES, &it);
	ch_roster_file_deinit(&own);
	return e;
}

static void set_terms(ch_stmt *s, const struct ch_home *h, const ch_talks_ask *ask,
    struct ch_wr *small, int64_t now)
{
	ch_span basis = ask->basis.n ? ask->basis : CH_LIT("confidential");

	s->v[CH_CHARTER_PARTY] = ch_span_str(h->handle);
	s->v[CH_CHARTER_VERSION] = CH_LIT("1");
	s->v[CH_CHARTER_NAME] = ask->name;
	s->v[CH_CHARTER_TITLE] = ask->title;
	s->v[CH_CHARTER_TIME] = ch_val_put_when(small, now);
	s->v[CH_CHARTER_WORD_SET] = ask->word_set.n ? ask->word_set : CH_LIT("diplomacy");
	s->v[CH_CHARTER_LANGUAGES] = ask->languages;
	s->v[CH_CHARTER_MODE] = CH_LIT("signed");
	s->v[CH_CHARTER_BASIS] = basis;
	s->v[CH_CHARTER_BASES] = put_bases(small, basis);
	s->v[CH_CHARTER_PACKAGE] = CH_LIT("no");
	s->v[CH_CHARTER_CONFIRM] = ask->confirm.n ? ask->confirm : CH_LIT("by-consent");
	s->v[CH_CHARTER_LEVEL] = CH_LIT("officials");
	if (ask->answer_days > 0)
		s->v[CH_CHARTER_ANSWER_DAYS] = ch_val_put_dec(small, ask->answer_days);
	s->v[CH_CHARTER_LAPSE_DAYS] = ch_val_put_dec(small,
	    ask->lapse_days ? ask->lapse_days : 14);
	s->v[CH_CHARTER_OUTAGE_EXTENDS] = CH_LIT("yes");
}

static ch_err format_draft(struct ch_wr *out, const struct ch_home *h, const ch_talks_ask *ask,
    struct ch_problem *why)
{
	uint8_t small_b[1024], party_b[2048], reg_b[2048];
	struct ch_wr small = ch_wr_of(small_b, sizeof small_b);
	struct ch_wr party = ch_wr_of(party_b, sizeof party_b);
	struct ch_wr reg = ch_wr_of(reg_b, sizeof reg_b);
	ch_stmt s = { .kind = CH_K_CHARTER, .exercise = h->exercise };
	ch_item it = { 0 };
	int64_t now;
	ch_err e = ch_home_now(&now, h);

	if (e == CH_OK)
		e = put_self(&party, h, ask, why);
	if (e != CH_OK)
		return e;
	set_terms(&s, h, ask, &small, now);
	it.v[CH_CR_ORIGIN] = ask->origin;
	it.v[CH_CR_VKEY] = ask->vkey;
	it.v[CH_CR_COSIGNER] = ask->cosigner;
	it.v[CH_CR_URL] = ask->url;
	e = ch_stmt_put_item(&reg, CH_K_CHARTER, CH_CHARTER_REGISTRIES, &it);
	s.v[CH_CHARTER_PARTIES] = ch_wr_span(&party);
	s.count[CH_CHARTER_PARTIES] = 1;
	s.v[CH_CHARTER_REGISTRIES] = ch_wr_span(&reg);
	s.count[CH_CHARTER_REGISTRIES] = 1;
	if (e == CH_OK)
		e = ch_stmt_format(out, &s);
	return e;
}

/* draft.txt last: talks without it are none. */
static ch_err write_draft(const struct ch_home *h, ch_span name, ch_span draft, ch_span invited,
    struct ch_problem *why)
{
	char dir[CH_PATH_MAX], path[CH_PATH_MAX];
	ch_err e = ch_home_path(dir, h, "talks/%.*s", (int)name.n, (const char *)name.p);

	if (e == CH_OK)
		e = ch_dir_make(dir);
	if (e == CH_OK)
		e = ch_path(path, "%s/invited.txt", dir);
	if (e == CH_OK)
		e = ch_file_write(path, invited, 0600);
	if (e == CH_OK)
		e = ch_path(path, "%s/draft.txt", dir);
	if (e == CH_OK)
		e = ch_file_create(path, draft, 0600);
	if (e != CH_OK)
		ch_problem_set(why, e, e == CH_E_CONFLICT ? "there are talks of that name already; "
		    "nothing was changed" : "the draft could not be written");
	return e;
}

ch_err ch_talks_open(const struct ch_home *h, const ch_talks_ask *ask, struct ch_problem *why)
{
	uint8_t *draft = ch_alloc(DRAFT_MAX);
	uint8_t invited[CH_TALKS_PARTIES_MAX * 64];
	struct ch_wr w = ch_wr_of(draft, draft ? DRAFT_MAX : 0);
	struct ch_wr inv = ch_wr_of(invited, sizeof invited);
	struct ch_buf old;
	char name[CH_TALKS_NAME_MAX + 1] = "";
	ch_err e = draft ? check_ask(h, ask, why) : CH_E_NOMEM;

	ch_buf_init(&old, DRAFT_MAX);
	if (e == CH_OK && ask->name.n <= CH_TALKS_NAME_MAX)
		memcpy(name, ask->name.p, ask->name.n);
	if (e == CH_OK && ch_talks_file(&old, h, name, "draft.txt") == CH_OK)
		e = ch_problem_set(why, CH_E_CONFLICT, "there are talks called %s already; nothing "
		    "was changed", name);
	ch_buf_deinit(&old);
	if (e == CH_OK)
		e = format_draft(&w, h, ask, why);
	put_invited(&inv, ask);
	if (e == CH_OK)
		e = ch_wr_done(&inv);
	if (e == CH_OK)
		e = write_draft(h, ask->name, ch_wr_span(&w), ch_wr_span(&inv), why);
	if (e != CH_OK)
		ch_problem_set(why, e, "a term is not spelled as it must be: a code has 2 to 8 "
		    "capital letters, words are lower-case");
	ch_free(draft, DRAFT_MAX);
	return e;
}

/* ---- inviting ---- */

static ch_err write_letter(struct ch_buf *out, const struct ch_home *h, const struct ch_talks *t,
    ch_span handle, ch_span code)
{
	char text[LETTER_MAX], words[CH_WORDS_LEN + 1], key_words[CH_WORDS_LEN + 1];
	const ch_stmt *c = &t->charter;
	ch_item self, reg;
	int n;
	ch_err e = ch_talks_party(&self, t, ch_span_str(h->handle));

	if (e == CH_OK)
		e = ch_talks_registry(&reg, t);
	if (e != CH_OK)
		return e;
	ch_party_words(words, self.v[CH_CP_KEY]);
	ch_party_words(key_words, reg.v[CH_CR_VKEY]);
	n = snprintf(text, sizeof text,
	    "%s invites %.*s to talks in writing, called \"%s\".\n\n"
	    "The file beside this letter is the invitation. It holds the proposed terms, our "
	    "public\n"
	    "keys and the address of the registry. It holds no secret, and it binds nobody.\n\n"
	    "What to do\n"
	    "  1. Install chancery, start chancery desk, and make your party if there is none\n"
	    "     yet, with the handle %.*s. Then choose Take up an invitation.\n"
	    "     (By command: chancery party new, then chancery talks join FILE -o answer.txt)\n"
	    "  2. It shows words. Call us on a number that you know from elsewhere, and compare.\n"
	    "     Ours are:          %s\n"
	    "     The registry's:    %s\n"
	    "     Words that differ mean that somebody stands in between: do not go on.\n"
	    "  3. Send us the answer that comes of it. We make the charter; you read it and sign\n"
	    "     it. (By command: chancery talks sign --talks %s)\n\n"
	    "Your code in the numbers of papers will be %.*s; papers are %.*s unless they say\n"
	    "otherwise. You will see every term in plain words before you sign.\n",
	    h->handle, (int)handle.n, (const char *)handle.p, t->name, (int)handle.n,
	    (const char *)handle.p, words, key_words, t->name, (int)code.n, (const char *)code.p,
	    (int)c->v[CH_CHARTER_BASIS].n, (const char *)c->v[CH_CHARTER_BASIS].p);
	if (n < 0 || (size_t)n >= sizeof text)
		return CH_E_LIMIT;
	return ch_buf_put(out, ch_span_of(text, (size_t)n));
}

/* What an invitation is made of; all of it is freed at the end. */
struct papers {
	struct ch_buf invited, proof, card, url;
	struct ch_roster_file own;
};

static ch_err gather(struct papers *p, const struct ch_home *h, const struct ch_talks *t,
    struct ch_problem *why)
{
	ch_item reg;
	ch_err e = ch_talks_registry(&reg, t);

	*p = (struct papers){ 0 };
	ch_buf_init(&p->invited, DRAFT_MAX);
	ch_buf_init(&p->proof, CH_WATCH_PROOF_MAX);
	ch_buf_init(&p->card, CH_WATCH_NOTE_MAX);
	ch_buf_init(&p->url, CH_LINK_URL_MAX + 1);
	if (e == CH_OK)
		e = ch_talks_file(&p->invited, h, t->name, "invited.txt");
	if (e == CH_OK)
		e = ch_watch_card_file(&p->card, h, reg.v[CH_CR_ORIGIN]);
	if (e == CH_OK)
		e = ch_watch_url_file(&p->url, h, reg.v[CH_CR_ORIGIN]);
	if (e == CH_OK)
		e = ch_party_roster(&p->own, h, ch_span_str(h->handle), 0, why);
	if (e == CH_OK)
		(void)!ch_party_roster_proof(&p->proof, h, ch_span_str(h->handle), p->own.version);
	return e;
}

static void release(struct papers *p)
{
	ch_buf_deinit(&p->invited);
	ch_buf_deinit(&p->proof);
	ch_buf_deinit(&p->card);
	ch_buf_deinit(&p->url);
	ch_roster_file_deinit(&p->own);
}

ch_err ch_talks_invite(struct ch_buf *pack, struct ch_buf *letter, const struct ch_home *h,
    const struct ch_talks *t, ch_span handle, struct ch_problem *why)
{
	struct papers p;
	ch_part part[6];
	ch_span code;
	size_t n = 0;
	ch_err e;

	if (t->state != CH_TALKS_DRAFT)
		return ch_problem_set(why, CH_E_CONFLICT, "%s is no draft of ours; only who opened "
		    "talks invites to them, before the charter is made", t->name);
	e = gather(&p, h, t, why);
	if (e == CH_OK && ch_invited_find(&code, ch_buf_span(&p.invited), handle) != CH_OK)
		e = ch_problem_about(why, CH_E_ABSENT, "the draft does not name ", handle,
		    "; open the talks with --with");
	if (e == CH_OK) {
		part[n++] = (ch_part){ CH_LIT("charter"), ch_buf_span(&t->bytes) };
		part[n++] = (ch_part){ CH_LIT("invited"), ch_buf_span(&p.invited) };
		part[n++] = (ch_part){ CH_LIT("roster"), ch_buf_span(&p.own.bytes) };
		if (p.proof.n > 0)
			part[n++] = (ch_part){ CH_LIT("roster.proof"), ch_buf_span(&p.proof) };
		part[n++] = (ch_part){ CH_LIT("registry"), ch_buf_span(&p.card) };
		part[n++] = (ch_part){ CH_LIT("url"), ch_buf_span(&p.url) };
		e = ch_pack_put(pack, part, n, CH_PACK_INVITATION, h->exercise);
	}
	if (e == CH_OK)
		e = write_letter(letter, h, t, handle, code);
	if (e != CH_OK)
		ch_problem_set(why, e, "the invitation could not be made: %s", ch_err_text(e));
	release(&p);
	return e;
}

ch_err ch_talks_answer(struct ch_buf *pack, const struct ch_home *h, struct ch_problem *why)
{
	struct ch_roster_file own = { 0 };
	struct ch_buf proof;
	ch_part part[2];
	size_t n = 0;
	ch_err e = ch_party_roster(&own, h, ch_span_str(h->handle), 0, why);

	ch_buf_init(&proof, CH_WATCH_PROOF_MAX);
	if (e == CH_OK) {
		part[n++] = (ch_part){ CH_LIT("roster"), ch_buf_span(&own.bytes) };
		if (ch_party_roster_proof(&proof, h, ch_span_str(h->handle), own.version) == CH_OK)
			part[n++] = (ch_part){ CH_LIT("roster.proof"), ch_buf_span(&proof) };
		e = ch_pack_put(pack, part, n, CH_PACK_ANSWER, h->exercise);
	}
	ch_buf_deinit(&proof);
	ch_roster_file_deinit(&own);
	return e;
}

/* ---- joining ---- */

static ch_err split(struct ch_invitation *out, const struct ch_home *h, ch_span pack)
{
	ch_part part[8];
	const ch_part *p;
	size_t n = 0;
	ch_err e = ch_pack_parse(part, &n, CH_COUNT(part), pack, CH_PACK_INVITATION, h->exercise);
	struct { const char *name; ch_span *to; bool needed; } want[] = {
		{ "charter", &out->draft, true }, { "invited", &out->invited, true },
		{ "roster", &out->roster, true }, { "roster.proof", &out->roster_proof, false },
		{ "registry", &out->card, true }, { "url", &out->url, true },
	};

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(want); i++) {
		p = ch_pack_find(part, n, ch_span_str(want[i].name));
		if (p)
			*want[i].to = p->bytes;
		else if (want[i].needed)
			e = CH_E_FORMAT;
	}
	if (e == CH_OK) {
		struct ch_rd r = ch_rd_of(out->url);

		out->url = ch_rd_line1(&r);
		e = ch_rd_done(&r);
	}
	return e;
}

/* Terms, roster and card must speak of the same opener and the same registry. */
static ch_err check_invitation(struct ch_invitation *in, const struct ch_home *h,
    struct ch_problem *why)
{
	ch_watch_card card;
	ch_roster r;
	ch_item party, reg;
	uint32_t n;
	ch_err e = ch_stmt_parse_as(&in->charter, in->draft, CH_K_CHARTER, h->exercise);

	if (e == CH_OK)
		e = ch_roster_open(&r, in->roster, NULL, NULL);
	if (e == CH_OK)
		e = ch_watch_read_card(&card, in->card, h->exercise, why);
	if (e == CH_OK)
		e = ch_invited_count(&n, in->invited);
	if (e == CH_OK)
		e = ch_stmt_item(&party, &in->charter, CH_CHARTER_PARTIES, 0);
	if (e == CH_OK)
		e = ch_stmt_item(&reg, &in->charter, CH_CHARTER_REGISTRIES, 0);
	if (e != CH_OK)
		return e;
	in->opener_key = r.party_key;
	if (in->charter.count[CH_CHARTER_PARTIES] != 1 ||
	    in->charter.count[CH_CHARTER_REGISTRIES] != 1 ||
	    !ch_span_eq(in->charter.v[CH_CHARTER_PARTY], r.party) ||
	    !ch_span_eq(party.v[CH_CP_HANDLE], r.party) ||
	    !ch_span_eq(party.v[CH_CP_KEY], r.stmt.v[CH_ROSTER_PARTY_KEY]) ||
	    !ch_span_eq(reg.v[CH_CR_ORIGIN], card.stmt.v[CH_RG_REGISTRY]) ||
	    !ch_span_eq(reg.v[CH_CR_VKEY], card.stmt.v[CH_RG_VKEY]) ||
	    !ch_span_eq(reg.v[CH_CR_COSIGNER], card.stmt.v[CH_RG_COSIGNER]) ||
	    !ch_span_eq(reg.v[CH_CR_URL], in->url) || r.exercise != h->exercise)
		return CH_E_CONFLICT;
	return CH_OK;
}

ch_err ch_invitation_read(struct ch_invitation *out, const struct ch_home *h, ch_span pack,
    struct ch_problem *why)
{
	ch_pack_kind kind;
	bool exercise;
	ch_err e;

	*out = (struct ch_invitation){ 0 };
	if (ch_pack_sniff(&kind, &exercise, pack) != CH_OK || kind != CH_PACK_INVITATION)
		return ch_problem_set(why, CH_E_FORMAT, "the file is no invitation; nothing was "
		    "changed");
	if (exercise != h->exercise)
		return ch_problem_set(why, CH_E_CONFLICT, exercise ? "the invitation is to an "
		    "exercise, and this home is real; the two never mix" :
		    "the invitation is to real talks, and this home is one of an exercise; the "
		    "two never mix");
	e = split(out, h, pack);
	if (e == CH_OK)
		e = check_invitation(out, h, why);
	if (e == CH_OK && ch_span_eq(out->charter.v[CH_CHARTER_PARTY], ch_span_str(h->handle)))
		e = ch_problem_set(why, CH_E_CONFLICT, "the invitation is our own");
	if (e == CH_OK) {
		e = ch_invited_find(&out->code, out->invited, ch_span_str(h->handle));
		if (e != CH_OK)
			ch_problem_set(why, e, "the invitation does not name %s", h->handle);
	}
	if (e != CH_OK) {
		*out = (struct ch_invitation){ 0 };
		ch_problem_set(why, e, "the invitation was altered, or does not fit together; "
		    "nothing was changed; ask for it again");
	}
	return e;
}

ch_err ch_talks_join(const struct ch_home *h, const struct ch_invitation *in,
    struct ch_problem *why)
{
	ch_span name = in->charter.v[CH_CHARTER_NAME];
	char text[CH_TALKS_NAME_MAX + 1] = "";
	struct ch_buf old;
	bool same = false;
	ch_err e = name.n <= CH_TALKS_NAME_MAX ? CH_OK : CH_E_LIMIT;

	ch_buf_init(&old, DRAFT_MAX);
	if (e == CH_OK) {
		memcpy(text, name.p, name.n);
		if (ch_talks_file(&old, h, text, "draft.txt") == CH_OK)
			same = ch_span_eq(ch_buf_span(&old), in->draft);
	}
	if (e == CH_OK && old.n > 0 && !same)
		e = ch_problem_set(why, CH_E_CONFLICT, "there are other talks called %s here; "
		    "nothing was changed; ask for another name", text);
	ch_buf_deinit(&old);
	if (e == CH_OK)
		e = ch_watch_pin(h, in->card, in->url, why);
	if (e == CH_OK)
		e = ch_party_keep(h, in->roster, (ch_span){ 0 }, true, why);
	if (e == CH_OK && !same)
		e = write_draft(h, name, in->draft, in->invited, why);
	return e;
}
