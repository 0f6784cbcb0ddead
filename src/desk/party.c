/*
 * Our own party: its keys, the first roster and every later one. A roster is written by copying
 * the fields of the last one and changing what changes, then signed by the party key alone.
 */
#include "party_draft.h"

#include <stdio.h>
#include <string.h>

#include "hex.h"
#include "pack.h"
#include "rng.h"
#include "text.h"
#include "wipe.h"

/* ---- a new one ---- */

static ch_err first_roster(const struct ch_home *h, const ch_party_new_ask *ask,
    const struct ch_secret32 *seed, struct ch_problem *why)
{
	struct ch_party_draft *d = ch_party_draft_new(h, NULL);
	ch_item it;
	ch_err e;

	if (!d)
		return CH_E_NOMEM;
	d->s.v[CH_ROSTER_PARTY] = ask->handle;
	d->s.v[CH_ROSTER_TITLE] = ask->title;
	d->s.v[CH_ROSTER_VERSION] = CH_LIT("1");
	d->s.v[CH_ROSTER_SUITE] = ask->classic ? CH_LIT("classic") : CH_LIT("hybrid");
	for (unsigned q = CH_ROSTER_Q_SEND; q <= CH_ROSTER_Q_ENROL; q++)
		d->s.v[q] = CH_LIT("1");
	e = ch_party_draft_own(&it, d, h, ask);
	it.v[CH_DEL_POWERS] = CH_LIT("send,sign-for,bind,disclose,speak,enrol,draft");
	if (e == CH_OK)
		e = ch_stmt_put_item(&d->list, CH_K_ROSTER, CH_ROSTER_DELEGATES, &it);
	d->s.v[CH_ROSTER_DELEGATES] = ch_wr_span(&d->list);
	d->s.count[CH_ROSTER_DELEGATES] = 1;
	if (e == CH_OK)
		e = ch_party_draft_sign(d, h, seed, why);
	ch_party_draft_free(d);
	return e;
}

ch_err ch_party_new(struct ch_home *h, const ch_party_new_ask *ask, ch_span pass,
    struct ch_problem *why)
{
	struct ch_secret32 party = { 0 };
	ch_err e = ch_party_make_home(h, ask, pass, why);

	if (e == CH_OK)
		e = ch_random(&party, sizeof party);
	if (e == CH_OK)
		e = ch_home_write_party_key(h, &party, pass, ask->work, why);
	if (e == CH_OK)
		e = first_roster(h, ask, &party, why);
	if (e == CH_OK)
		e = ch_home_write_text(h);
	ch_wipe(&party, sizeof party);
	if (e != CH_OK) {
		ch_home_close(h);
		ch_problem_set(why, e, "the party could not be made: %s", ch_err_text(e));
	}
	return e;
}

/* ---- later versions ---- */

static bool has_registry(const ch_stmt *s, ch_span origin)
{
	ch_item it;

	for (uint32_t i = 0; i < s->count[CH_ROSTER_REGISTRIES]; i++)
		if (ch_stmt_item(&it, s, CH_ROSTER_REGISTRIES, i) == CH_OK &&
		    ch_span_eq(it.v[CH_REG_ORIGIN], origin))
			return true;
	return false;
}

static ch_err add_registry(struct ch_party_draft *d, ch_span origin)
{
	uint8_t mailbox[16], hex[32];
	struct ch_wr w = ch_wr_of(hex, sizeof hex);
	ch_item it = { 0 };
	ch_err e = ch_random(mailbox, sizeof mailbox);

	if (e != CH_OK)
		return e;
	ch_hex_put(&w, ch_span_of(mailbox, sizeof mailbox));
	it.v[CH_REG_ORIGIN] = origin;
	it.v[CH_REG_MAILBOX] = ch_wr_span(&w);
	ch_wr_put(&d->list, d->s.v[CH_ROSTER_REGISTRIES]);
	e = ch_stmt_put_item(&d->list, CH_K_ROSTER, CH_ROSTER_REGISTRIES, &it);
	d->s.v[CH_ROSTER_REGISTRIES] = ch_wr_span(&d->list);
	d->s.count[CH_ROSTER_REGISTRIES]++;
	return e;
}

static const ch_age_recipient *seal_of(const ch_party_seal *want, const struct ch_home *h)
{
	return want->token ? &want->token->to : &h->keys.seal.recipient;
}

/* All delegates, this home's with the sealing key that it has now. */
static ch_err put_new_seal(struct ch_party_draft *d, const struct ch_home *h,
    const ch_party_seal *want)
{
	size_t from = d->small.n;
	ch_err e = CH_OK;
	ch_span seal;

	ch_age_recipient_put(&d->small, seal_of(want, h));
	seal = ch_party_since(&d->small, from);
	for (uint32_t i = 0; e == CH_OK && i < d->s.count[CH_ROSTER_DELEGATES]; i++) {
		ch_item it;

		e = ch_stmt_item(&it, &d->s, CH_ROSTER_DELEGATES, i);
		if (ch_span_eq(it.v[CH_DEL_NAME], ch_span_str(h->delegate)))
			it.v[CH_DEL_SEAL] = seal;
		if (e == CH_OK)
			e = ch_stmt_put_item(&d->list, CH_K_ROSTER, CH_ROSTER_DELEGATES, &it);
	}
	d->s.v[CH_ROSTER_DELEGATES] = ch_wr_span(&d->list);
	d->s.v[CH_ROSTER_SUITE] = want->hybrid ? CH_LIT("hybrid") : CH_LIT("classic");
	return e;
}

/* What changes: one registry more, or the sealing key, or the dates alone. */
static ch_err next_roster(struct ch_home *h, const struct ch_roster_file *last, ch_span origin,
    const ch_party_seal *new_seal, const struct ch_secret32 *seed, struct ch_problem *why)
{
	struct ch_party_draft *d = ch_party_draft_new(h, last);
	ch_err e;

	CH_ASSERT(origin.n == 0 || !new_seal); /* the two would share d->list */
	if (!d)
		return CH_E_NOMEM;
	e = origin.n > 0 ? add_registry(d, origin) : CH_OK;
	if (e == CH_OK && new_seal)
		e = put_new_seal(d, h, new_seal);
	if (e == CH_OK)
		e = ch_party_draft_sign(d, h, seed, why);
	ch_party_draft_free(d);
	return e;
}

ch_err ch_party_renew(uint64_t *version, struct ch_home *h, ch_span origin, bool renew,
    ch_span pass, struct ch_problem *why)
{
	struct ch_roster_file last = { 0 };
	struct ch_secret32 seed = { 0 };
	ch_err e = ch_party_roster(&last, h, ch_span_str(h->handle), 0, why);

	*version = 0;
	if (e != CH_OK)
		return e;
	if (origin.n > 0 && has_registry(&last.roster.stmt, origin))
		origin = (ch_span){ 0 };
	if (origin.n > 0 || renew) {
		e = ch_home_party_key(&seed, h, pass, why);
		if (e == CH_OK)
			e = next_roster(h, &last, origin, NULL, &seed, why);
		*version = e == CH_OK ? last.version + 1 : 0;
	} else {
		*version = last.version;
	}
	ch_wipe(&seed, sizeof seed);
	ch_roster_file_deinit(&last);
	return e;
}

/* New keys come first: a roster that names them must never be without a home that has them. */
static ch_err change_seal(struct ch_home *h, const struct ch_roster_file *last,
    const ch_party_seal *want, ch_span pass, struct ch_problem *why)
{
	struct ch_secret32 seed = { 0 };
	ch_err e;

	if (last->roster.hybrid != want->hybrid && last->roster.n != 1)
		return ch_problem_set(why, CH_E_DENIED, "our roster has %zu delegates, and one "
		    "suite holds for all: each would need a new sealing key at once, which one "
		    "home cannot give; nothing was changed. Within the suite, roster renew works "
		    "as ever; for another suite make a new party with chancery party new --suite",
		    (size_t)last->roster.n);
	e = ch_home_party_key(&seed, h, pass, why);
	if (e == CH_OK)
		e = ch_home_renew(h, ch_party_age_type(want->hybrid),
		    want->token ? &want->token->key : NULL, pass, why);
	if (e == CH_OK)
		e = next_roster(h, last, (ch_span){ 0 }, want, &seed, why);
	ch_wipe(&seed, sizeof seed);
	return e;
}

/* Whether the roster names this key for us already. */
static bool is_there(const struct ch_roster_file *last, const struct ch_home *h,
    const ch_party_seal *want)
{
	ch_age_recipient now;
	ch_delegate d;

	if (last->roster.hybrid != want->hybrid || (!want->token && h->keys.by_token))
		return false;
	for (uint32_t i = 0; i < last->roster.n; i++) {
		ch_roster_delegate(&d, &last->roster, i);
		if (ch_span_eq(d.name, ch_span_str(h->delegate)))
			return ch_age_recipient_parse(&now, d.seal) == CH_OK &&
			    ch_age_recipient_eq(&now, seal_of(want, h));
	}
	return false;
}

ch_err ch_party_renew_seal(uint64_t *version, struct ch_home *h, const ch_party_seal *want,
    ch_span pass, struct ch_problem *why)
{
	struct ch_roster_file last = { 0 };
	ch_err e = ch_party_roster(&last, h, ch_span_str(h->handle), 0, why);

	*version = 0;
	if (e == CH_OK && is_there(&last, h, want))
		e = ch_party_renew(version, h, (ch_span){ 0 }, true, pass, why);
	else if (e == CH_OK && (e = change_seal(h, &last, want, pass, why)) == CH_OK)
		*version = last.version + 1;
	ch_roster_file_deinit(&last);
	return e;
}

/* ---- publishing ---- */

/* The newest version the registry holds; 0 for none. */
static ch_err published(uint64_t *out, struct ch_watch *w, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_part part[4];
	const ch_part *p;
	ch_note note;
	ch_stmt s;
	size_t n = 0;
	ch_span body;
	ch_err e = ch_path(path, "/v1/rosters/%s", w->home->handle);

	*out = 0;
	if (e == CH_OK)
		e = ch_link_get(&body, w->link, path, NULL);
	if (e == CH_E_ABSENT || e == CH_E_DENIED)
		return CH_OK;
	if (e != CH_OK)
		return ch_problem_set(why, e, "the registry at %s was not reached; nothing was "
		    "lost; repeat the command", w->link->url);
	e = ch_pack_parse(part, &n, CH_COUNT(part), body, CH_PACK_ANSWER, w->home->exercise);
	p = ch_pack_find(part, n, CH_LIT("roster"));
	if (e == CH_OK)
		e = p ? ch_note_parse(&note, p->bytes, CH_NOTE_TEXT_MAX_ROSTER) : CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_stmt_parse_as(&s, note.text, CH_K_ROSTER, w->home->exercise);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the registry gave something that is no roster");
	*out = ch_val_dec(s.v[CH_ROSTER_VERSION]);
	return CH_OK;
}

static ch_err post_one(struct ch_watch *w, const struct ch_roster_file *r, struct ch_problem *why)
{
	ch_part part[4];
	const ch_part *proof;
	struct ch_buf answer;
	ch_note note;
	ch_salt salt;
	uint64_t index;
	size_t n = 0;
	ch_span body;
	ch_err e = ch_link_post(&body, w->link, "/v1/rosters", ch_buf_span(&r->bytes), why);

	ch_buf_init(&answer, CH_PACK_MAX);
	if (e == CH_OK)
		e = ch_buf_put(&answer, body);
	if (e == CH_OK)
		e = ch_pack_parse(part, &n, CH_COUNT(part), ch_buf_span(&answer), CH_PACK_ANSWER,
		    w->home->exercise);
	proof = ch_pack_find(part, n, CH_LIT("roster.proof"));
	if (e == CH_OK && !proof)
		e = CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_note_parse(&note, ch_buf_span(&r->bytes), CH_NOTE_TEXT_MAX_ROSTER);
	if (e == CH_OK)
		e = ch_watch_check_proof(&index, &salt, w, proof->bytes, note.text, why);
	if (e == CH_OK)
		e = ch_party_keep(w->home, ch_buf_span(&r->bytes), proof->bytes, false, why);
	if (e != CH_OK)
		ch_problem_set(why, e, "roster version %llu could not be published: %s",
		    (unsigned long long)r->version, ch_err_text(e));
	ch_buf_deinit(&answer);
	return e;
}

ch_err ch_party_publish(struct ch_watch *w, struct ch_problem *why)
{
	struct ch_roster_file r = { 0 };
	uint64_t there = 0, newest = 0;
	ch_span us = ch_span_str(w->home->handle);
	ch_err e = published(&there, w, why);

	if (e == CH_OK)
		e = ch_party_roster(&r, w->home, us, 0, why);
	newest = r.version;
	ch_roster_file_deinit(&r);
	if (e == CH_OK && there > 0)
		e = ch_party_fetch(w, us, why); /* another delegate's home may be ahead */
	for (uint64_t v = there + 1; e == CH_OK && v <= newest; v++) {
		e = ch_party_roster(&r, w->home, us, v, why);
		if (e == CH_OK)
			e = post_one(w, &r, why);
		ch_roster_file_deinit(&r);
	}
	return e;
}
