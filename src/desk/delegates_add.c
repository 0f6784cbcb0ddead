/*
 * At the home that holds the party key: a request is judged against our newest roster, a roster is
 * signed, and every registry gets it. See delegates.h.
 */
#include "delegates_inner.h"

#include <string.h>

#include "party_draft.h"
#include "visit.h"
#include "wipe.h"

/* ---- rosters with one delegate changed ---- */

ch_err ch_delegate_item(ch_item *out, const ch_roster *r, uint32_t i)
{
	return ch_stmt_item(out, &r->stmt, CH_ROSTER_DELEGATES, i);
}

bool ch_delegate_same_keys(const ch_item *a, const ch_item *b)
{
	static const unsigned column[] = { CH_DEL_NAME, CH_DEL_KEY, CH_DEL_SIGN_IN, CH_DEL_COSIGN,
		CH_DEL_SEAL, CH_DEL_AUTH };

	for (size_t i = 0; i < CH_COUNT(column); i++)
		if (!ch_span_eq(a->v[column[i]], b->v[column[i]]))
			return false;
	return true;
}

ch_err ch_delegate_sign(const struct ch_home *h, const struct ch_roster_file *last, uint32_t at,
    const ch_item *changed, const struct ch_secret32 *seed, struct ch_problem *why)
{
	struct ch_party_draft *d = ch_party_draft_new(h, last);
	uint32_t n = at == last->roster.n ? at + 1 : last->roster.n;
	ch_err e = d ? CH_OK : CH_E_NOMEM;

	for (uint32_t i = 0; e == CH_OK && i < n; i++) {
		ch_item it = *changed;

		if (i != at)
			e = ch_delegate_item(&it, &last->roster, i);
		if (e == CH_OK)
			e = ch_stmt_put_item(&d->list, CH_K_ROSTER, CH_ROSTER_DELEGATES, &it);
	}
	if (e == CH_OK) {
		d->s.v[CH_ROSTER_DELEGATES] = ch_wr_span(&d->list);
		d->s.count[CH_ROSTER_DELEGATES] = n;
		e = ch_party_draft_sign(d, h, seed, why);
	}
	ch_party_draft_free(d);
	return e;
}

/* ---- every registry ---- */

static ch_err publish_at(struct ch_watch *w, struct ch_link *l, struct ch_home *h, ch_span origin,
    const ch_delegate_ears *ears, struct ch_problem *why)
{
	struct ch_problem mine = { 0 };
	ch_err e = ch_visit(w, l, h, origin, false, &mine);

	if (e == CH_OK)
		e = ch_party_publish(w, &mine);
	if (ears && ears->published)
		ears->published(ears->ctx, origin, e == CH_OK ? NULL : mine.text);
	if (e != CH_OK && why)
		*why = mine;
	return e;
}

/* One that is away for good must not keep the others from hearing that somebody is recalled. */
ch_err ch_delegates_publish(bool *some, struct ch_watch *w, struct ch_link *l, struct ch_home *h,
    const ch_delegate_ears *ears, struct ch_problem *why)
{
	struct ch_roster_file r = { 0 };
	ch_item it;
	ch_err first = CH_OK;
	ch_err e = ch_party_roster(&r, h, ch_span_str(h->handle), 0, why);
	uint32_t n = r.roster.stmt.count[CH_ROSTER_REGISTRIES];

	*some = e == CH_OK && n == 0;
	for (uint32_t i = 0; e == CH_OK && i < n; i++) {
		struct ch_problem mine = { 0 };
		ch_err at;

		e = ch_stmt_item(&it, &r.roster.stmt, CH_ROSTER_REGISTRIES, i);
		at = e == CH_OK ? publish_at(w, l, h, it.v[CH_REG_ORIGIN], ears, &mine) : e;
		*some |= at == CH_OK;
		if (at == CH_OK || first != CH_OK ||
		    (ears && !ears->strict && strcmp(mine.type, "not-enrolled") == 0))
			continue;
		first = at;
		if (why && why->text[0] == '\0')
			*why = mine;
	}
	ch_roster_file_deinit(&r);
	return e == CH_OK ? first : e;
}

/* ---- a request against our roster ---- */

void ch_delegate_add_deinit(struct ch_delegate_add *a)
{
	ch_buf_deinit(&a->bytes);
	*a = (struct ch_delegate_add){ 0 };
}

static ch_err read_request(struct ch_delegate_add *a, const struct ch_home *h, ch_span request,
    struct ch_problem *why)
{
	struct ch_diag diag = { 0 };
	ch_err e = ch_buf_put(&a->bytes, request);

	if (e == CH_OK)
		e = ch_request_open(&a->request, ch_buf_span(&a->bytes), &diag);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the file is no request to be a delegate, or was "
		    "altered on its way (%s); nothing was changed; ask for it again",
		    diag.what ? diag.what : ch_err_text(e));
	if (a->request.exercise != h->exercise)
		return ch_problem_set(why, CH_E_CONFLICT, h->exercise ? "the request is real, and "
		    "this home is one of an exercise; the two never mix" :
		    "the request is one of an exercise, and this home is real; the two never mix");
	if (!ch_span_eq(a->request.party, ch_span_str(h->handle)))
		return ch_problem_about(why, CH_E_CONFLICT, "the request is to be a delegate of ",
		    a->request.party, ", which is another party; nothing was changed");
	return CH_OK;
}

/* Somebody of that name is there: the same, or nobody we add. */
static ch_err meet(struct ch_delegate_add *a, const ch_roster *r, const ch_delegate *d,
    uint32_t at, unsigned powers, struct ch_problem *why)
{
	ch_item it;
	ch_err e = ch_delegate_item(&it, r, at);

	if (e == CH_OK && !ch_delegate_same_keys(&it, &a->request.item))
		return ch_problem_about(why, CH_E_CONFLICT, "our roster has a delegate ", d->name,
		    " with other keys; nothing was changed; ask for a request of a new home");
	if (e == CH_OK && d->recalled)
		return ch_problem_about(why, CH_E_DENIED, "", d->name, " was recalled, and that "
		    "stays; nothing was changed; a new home with a new request can be added");
	if (e == CH_OK && powers && powers != d->powers)
		return ch_problem_about(why, CH_E_CONFLICT, "", d->name, " is a delegate already, "
		    "with other powers; nothing was changed; repeat without --powers for the "
		    "welcome, or recall that delegate and add a new home");
	a->there = true;
	a->powers = d->powers;
	a->version = r->version;
	return e;
}

static ch_err against(struct ch_delegate_add *a, const struct ch_roster_file *last, unsigned powers,
    struct ch_problem *why)
{
	const ch_roster *r = &last->roster;
	ch_delegate d;
	uint32_t at;

	a->there = false;
	a->n_same = 0;
	if (a->request.hybrid != r->hybrid)
		return ch_problem_set(why, CH_E_CONFLICT, "the request is of the suite %s, and all "
		    "delegates of our party are of %s; nothing was changed; ask for a request "
		    "made with --suite %s", a->request.hybrid ? "hybrid" : "classic",
		    r->hybrid ? "hybrid" : "classic", r->hybrid ? "hybrid" : "classic");
	for (uint32_t i = 0; i < r->n; i++) {
		ch_roster_delegate(&d, r, i);
		a->n_same += !d.recalled && ch_span_eq(d.person, a->request.who.person) &&
		    !ch_span_eq(d.name, a->request.who.name);
	}
	if (ch_roster_find(&d, &at, r, a->request.who.name) == CH_OK)
		return meet(a, r, &d, at, powers, why);
	if (r->n == CH_ROSTER_DELEGATES_MAX)
		return ch_problem_set(why, CH_E_LIMIT, "our roster has %u delegates, recalled ones "
		    "with them, and that is the most; nothing was changed",
		    CH_ROSTER_DELEGATES_MAX);
	a->powers = powers ? powers : CH_DELEGATE_DAILY;
	a->version = r->version + 1;
	return CH_OK;
}

ch_err ch_delegate_add_prepare(struct ch_delegate_add *a, const struct ch_home *h, ch_span request,
    unsigned powers, struct ch_problem *why)
{
	struct ch_roster_file last = { 0 };
	ch_err e;

	*a = (struct ch_delegate_add){ 0 };
	ch_buf_init(&a->bytes, CH_ROSTER_NOTE_MAX);
	e = read_request(a, h, request, why);
	if (e == CH_OK)
		e = ch_party_roster(&last, h, ch_span_str(h->handle), 0, why);
	if (e == CH_OK)
		e = against(a, &last, powers, why);
	if (e == CH_OK)
		ch_party_words(a->words, a->request.item.v[CH_DEL_KEY]);
	else
		ch_delegate_add_deinit(a);
	ch_roster_file_deinit(&last);
	return e;
}

/* ---- adding ---- */

static ch_err sign_in(struct ch_delegate_add *a, const struct ch_home *h,
    const struct ch_roster_file *last, const struct ch_secret32 *seed, struct ch_problem *why)
{
	uint8_t words[128];
	struct ch_wr w = ch_wr_of(words, sizeof words);
	ch_item it = a->request.item;
	ch_err e;

	ch_powers_put(&w, a->powers, CH_LIT(","));
	e = ch_wr_done(&w);
	it.v[CH_DEL_POWERS] = ch_wr_span(&w);
	if (e == CH_OK)
		e = ch_delegate_sign(h, last, last->roster.n, &it, seed, why);
	a->there = e == CH_OK;
	return e;
}

ch_err ch_delegate_add_finish(struct ch_buf *welcome, struct ch_delegate_add *a, struct ch_home *h,
    struct ch_watch *w, struct ch_link *l, ch_span pass, const ch_delegate_ears *ears,
    struct ch_problem *why)
{
	struct ch_roster_file last = { 0 };
	struct ch_secret32 seed = { 0 };
	struct ch_problem away = { 0 };
	bool some = false;
	ch_err e = ch_party_roster(&last, h, ch_span_str(h->handle), 0, why);

	CH_ASSERT(h->unlocked && h->lock.held);
	if (e == CH_OK) /* what was prepared may be an hour old */
		e = against(a, &last, a->powers, why);
	if (e == CH_OK)
		e = ch_home_party_key(&seed, h, pass, why);
	if (e == CH_OK && !a->there)
		e = sign_in(a, h, &last, &seed, why);
	if (e == CH_OK)
		e = ch_delegates_publish(&some, w, l, h, ears, &away);
	if (e != CH_OK && away.text[0] && some && ears)
		e = CH_OK;
	else if (e != CH_OK && why && why->text[0] == '\0')
		*why = away;
	if (e == CH_OK)
		e = ch_delegate_welcome(welcome, h, &a->request.item, &seed, why);
	ch_wipe(&seed, sizeof seed);
	ch_roster_file_deinit(&last);
	return e;
}
