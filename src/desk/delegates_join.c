/*
 * Taking up a welcome. Everything in it is judged in memory first; the party key, whose words a
 * person compares, signed it as a whole. See delegates.h.
 */
#include "delegates_holdings.h"

#include <string.h>

#include "seal.h"
#include "wipe.h"

#define WELCOME_MAX (CH_PACK_MAX + CH_HOME_SEAL_OVER)

void ch_delegate_join_deinit(struct ch_delegate_join *j)
{
	ch_holdings_free(j->holds);
	ch_buf_deinit(&j->pack);
	ch_roster_file_deinit(&j->roster);
	*j = (struct ch_delegate_join){ 0 };
}

static ch_err say_altered(struct ch_problem *why, ch_err e)
{
	return ch_problem_set(why, e, "the file is no welcome, or was altered on its way; nothing "
	    "was changed; ask for it again");
}

/* ---- opening ---- */

static ch_err unseal(struct ch_buf *out, const struct ch_home *h, ch_span sealed,
    struct ch_problem *why)
{
	struct ch_file_key key = { 0 };
	struct ch_open_keys keys = { .file_key = &key };
	struct ch_wr w;
	uint8_t *at;
	ch_err e = sealed.n > WELCOME_MAX ? CH_E_LIMIT : ch_token_file_key(&key, h, sealed, why);

	if (e == CH_OK)
		e = ch_buf_reserve(&at, out, sealed.n);
	if (e == CH_OK) {
		w = ch_wr_of(at, sealed.n);
		e = ch_open_buffer(&w, NULL, sealed, &keys);
		if (e == CH_OK)
			ch_buf_commit(out, w.n);
	}
	ch_wipe(&key, sizeof key);
	if (e == CH_E_ABSENT)
		return ch_problem_set(why, e, "the welcome is sealed to another home than this "
		    "one; nothing was changed; ask for the one that was made for this home's "
		    "request");
	return e == CH_OK || e == CH_E_LOCKED || ch_err_is_fault(e) ? e : say_altered(why, e);
}

/* The two parts, and what the first says; its signature is judged once its key is known. */
static ch_err split(ch_note *note, ch_stmt *s, ch_span *holds, const struct ch_home *h, ch_span in,
    struct ch_problem *why)
{
	ch_pack_kind kind;
	bool exercise;
	ch_part part[2];
	const ch_part *w, *b;
	size_t n = 0;
	ch_err e = ch_pack_sniff(&kind, &exercise, in);

	if (e == CH_OK && kind == CH_PACK_WELCOME && exercise != h->exercise)
		return ch_problem_set(why, CH_E_CONFLICT, exercise ? "the welcome is one of an "
		    "exercise, and this home is real; the two never mix" :
		    "the welcome is real, and this home is one of an exercise; the two never mix");
	if (e == CH_OK)
		e = ch_pack_parse(part, &n, CH_COUNT(part), in, CH_PACK_WELCOME, h->exercise);
	w = ch_pack_find(part, n, CH_LIT("welcome"));
	b = ch_pack_find(part, n, CH_LIT("holdings"));
	if (e == CH_OK && (!w || !b))
		e = CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_note_parse(note, w->bytes, CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_stmt_parse_as(s, note->text, CH_K_WELCOME, h->exercise);
	if (e != CH_OK)
		return say_altered(why, e);
	*holds = b->bytes;
	return CH_OK;
}

/* ---- is it ours, and of whom ---- */

/* To this party and this home, and these holdings. */
static ch_err is_for_us(const ch_stmt *s, const struct ch_home *h, ch_span holds,
    struct ch_problem *why)
{
	uint8_t text[CH_VKEY_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_edsecret sec;
	ch_edkey pub;
	ch_hash sum, said = ch_val_hash(s->v[CH_WE_HOLDINGS]);
	ch_vkey own;

	if (!ch_span_eq(s->v[CH_WE_PARTY], ch_span_str(h->handle)))
		return ch_problem_about(why, CH_E_CONFLICT, "the welcome is to ", s->v[CH_WE_PARTY],
		    ", which is another party than this home's; nothing was changed");
	ch_home_statement_key(&pub, &sec, h);
	ch_wipe(&sec, sizeof sec);
	ch_vkey_make(&own, ch_span_str(h->delegate), CH_VKEY_ED25519, &pub);
	ch_vkey_put(&w, &own);
	ch_sha256(&sum, holds);
	if (w.err != CH_OK || !ch_span_eq(s->v[CH_WE_DELEGATE], ch_span_str(h->delegate)) ||
	    !ch_span_eq(s->v[CH_WE_KEY], ch_wr_span(&w)))
		return ch_problem_set(why, CH_E_CONFLICT, "the welcome is for another delegate "
		    "than "
		    "this home's; nothing was changed; ask for one made for this home's request");
	return ch_hash_eq(&sum, &said) ? CH_OK : say_altered(why, CH_E_AUTH);
}

/* A home that waits: the very keys that it asked with. One that is in: the party key it has. */
static ch_err as_asked(const struct ch_delegate_join *j, const ch_item *it, const struct ch_home *h,
    struct ch_problem *why)
{
	char words[CH_WORDS_LEN + 1];
	struct ch_roster_file own = { 0 };
	struct ch_buf request = { 0 };
	ch_request q;
	bool fits = false;
	ch_err e;

	if (h->waits) {
		e = ch_delegate_request(&request, words, h, why);
		if (e == CH_OK)
			e = ch_request_open(&q, ch_buf_span(&request), NULL);
		fits = e == CH_OK && ch_delegate_same_keys(it, &q.item);
	} else {
		e = ch_party_roster(&own, h, ch_span_str(h->handle), 0, why);
		fits = e == CH_OK && ch_edkey_eq(&own.roster.party_key.key,
		    &j->roster.roster.party_key.key);
	}
	if (e == CH_OK && !fits)
		e = ch_problem_set(why, CH_E_CONFLICT, h->waits ? "the roster in the welcome names "
		    "other keys than this home asked with: somebody stood in between; nothing was "
		    "changed; call whoever holds the party key" :
		    "the welcome is by another party key than the one that this home knows; "
		    "nothing was changed");
	ch_buf_deinit(&request);
	ch_roster_file_deinit(&own);
	return e;
}

/* The roster that the welcome names: by the key that signed the welcome, and we act in it. */
static ch_err judge_roster(struct ch_delegate_join *j, const ch_note *note, const ch_stmt *s,
    const struct ch_home *h, struct ch_problem *why)
{
	const ch_ref ref = ch_val_ref(s->v[CH_WE_ROSTER]);
	const ch_roster *r = &j->roster.roster;
	uint32_t at;
	ch_item it;
	ch_err e = CH_OK;

	if (ref.n != r->version || !ch_hash_eq(&ref.hash, &r->hash) || note->n != 1)
		e = CH_E_CONFLICT;
	if (e == CH_OK && ch_note_verify(note, &r->party_key) != CH_OK)
		e = CH_E_AUTH;
	if (e != CH_OK)
		return say_altered(why, e);
	e = ch_roster_find(&j->who, &at, r, ch_span_str(h->delegate));
	if (e == CH_OK)
		e = ch_delegate_item(&it, r, at);
	if (e != CH_OK)
		return say_altered(why, CH_E_CONFLICT);
	if (j->who.recalled)
		return ch_problem_set(why, CH_E_DENIED, "the welcome says that this home's "
		    "delegate was recalled; nothing was changed; ask whoever holds the party key");
	return as_asked(j, &it, h, why);
}

ch_err ch_delegate_join_read(struct ch_delegate_join *j, const struct ch_home *h,
    struct ch_problem *why)
{
	ch_span bytes = { 0 };
	ch_note note = { 0 };
	ch_stmt s = { 0 };
	ch_err e = split(&note, &s, &bytes, h, ch_buf_span(&j->pack), why);

	if (e == CH_OK)
		e = is_for_us(&s, h, bytes, why);
	if (e == CH_OK)
		e = ch_holdings_open(&j->holds, h, bytes, why);
	if (e == CH_OK)
		e = ch_holdings_newest(&j->roster, j->holds);
	if (e == CH_OK)
		e = judge_roster(j, &note, &s, h, why);
	if (e == CH_OK) {
		ch_party_words(j->words, j->roster.roster.stmt.v[CH_ROSTER_PARTY_KEY]);
		j->n_talks = j->holds->n_charters;
		j->n_registries = j->holds->n_registries;
		j->n_parties = j->holds->n_parties - 1;
	}
	return e;
}

ch_err ch_delegate_join_prepare(struct ch_delegate_join *j, const struct ch_home *h,
    ch_span welcome, struct ch_problem *why)
{
	ch_err e;

	CH_ASSERT(h->unlocked);
	*j = (struct ch_delegate_join){ .again = !h->waits };
	ch_buf_init(&j->pack, WELCOME_MAX);
	e = unseal(&j->pack, h, welcome, why);
	if (e == CH_OK)
		e = ch_delegate_join_read(j, h, why);
	if (e != CH_OK)
		ch_delegate_join_deinit(j);
	return e;
}

ch_err ch_delegate_join_finish(struct ch_delegate_join *j, struct ch_home *h,
    struct ch_problem *why)
{
	CH_ASSERT(h->unlocked && h->lock.held);
	return ch_holdings_install(j->holds, h, why);
}
