/* Recalling a delegate: a roster that says so, everywhere. See delegates.h. */
#include "delegates_inner.h"

#include <string.h>

#include "wipe.h"

void ch_delegate_recall_deinit(struct ch_delegate_recall *r)
{
	ch_roster_file_deinit(&r->roster);
	*r = (struct ch_delegate_recall){ 0 };
}

/* By name, by what stands behind the slash, or by person. */
static bool is_called(const ch_delegate *d, ch_span party, ch_span who)
{
	struct ch_rd r = ch_rd_of(d->name);

	(void)ch_rd_take(&r, party.n + 1);
	return ch_span_eq(d->name, who) || ch_span_eq(ch_rd_rest(&r), who) ||
	    ch_span_eq(d->person, who);
}

/* Among those who act; else one who was recalled, so that a broken run can be repeated. */
static ch_err find(struct ch_delegate_recall *r, ch_span who, struct ch_problem *why)
{
	const ch_roster *roster = &r->roster.roster;
	unsigned n = 0, n_recalled = 0;
	ch_delegate d, past = { 0 };

	for (uint32_t i = 0; i < roster->n; i++) {
		ch_roster_delegate(&d, roster, i);
		if (!is_called(&d, roster->party, who)) {
			r->n_left += !d.recalled;
		} else if (d.recalled) {
			past = d;
			n_recalled++;
		} else {
			r->who = d;
			n++;
		}
	}
	if (n > 1)
		return ch_problem_about(why, CH_E_CONFLICT, "several delegates of ours are ", who,
		    "; nothing was changed; give the name of one, as chancery delegate list has "
		    "it");
	if (n == 0 && n_recalled != 1)
		return ch_problem_about(why, CH_E_ABSENT, "our newest roster has no delegate ", who,
		    "; nothing was changed; chancery delegate list shows them");
	r->there = n == 0;
	if (r->there)
		r->who = past;
	return CH_OK;
}

/* Persons who would still have a power. */
static unsigned persons(const struct ch_delegate_recall *r, unsigned power, bool with)
{
	const ch_roster *roster = &r->roster.roster;
	ch_delegate a, b;
	unsigned n = 0;

	for (uint32_t i = 0; i < roster->n; i++) {
		bool again = false;

		ch_roster_delegate(&a, roster, i);
		if (a.recalled || !(a.powers >> power & 1) ||
		    (!with && ch_span_eq(a.name, r->who.name)))
			continue;
		for (uint32_t j = 0; j < i; j++) {
			ch_roster_delegate(&b, roster, j);
			again |= !b.recalled && b.powers >> power & 1 &&
			    (with || !ch_span_eq(b.name, r->who.name)) &&
			    ch_span_eq(a.person, b.person);
		}
		n += !again;
	}
	return n;
}

/* A party that nobody can act for is never what somebody wanted. */
static ch_err enough_left(const struct ch_delegate_recall *r, struct ch_problem *why)
{
	const ch_roster *roster = &r->roster.roster;

	for (unsigned p = 0; p < CH_POW_DRAFT; p++) {
		unsigned left = persons(r, p, false);

		if (left >= roster->quorum[p] || persons(r, p, true) < roster->quorum[p])
			continue;
		return ch_problem_set(why, CH_E_DENIED, "without that delegate %u of the persons "
		    "who may %s would be left, and %llu are needed for it; nothing was changed; "
		    "add another delegate with that power first", left,
		    ch_power_name((ch_power)p), (unsigned long long)roster->quorum[p]);
	}
	return CH_OK;
}

ch_err ch_delegate_recall_prepare(struct ch_delegate_recall *r, const struct ch_home *h,
    ch_span who, struct ch_problem *why)
{
	ch_err e;

	*r = (struct ch_delegate_recall){ 0 };
	e = ch_party_roster(&r->roster, h, ch_span_str(h->handle), 0, why);
	if (e == CH_OK)
		e = find(r, who, why);
	if (e == CH_OK && !r->there)
		e = enough_left(r, why);
	if (e == CH_OK) {
		r->version = r->roster.version + !r->there;
		r->self = ch_span_eq(r->who.name, ch_span_str(h->delegate));
	} else {
		ch_delegate_recall_deinit(r);
	}
	return e;
}

static ch_err sign(const struct ch_delegate_recall *r, const struct ch_home *h, ch_span pass,
    struct ch_problem *why)
{
	uint8_t when[CH_STMT_LINE_MAX];
	struct ch_wr w = ch_wr_of(when, sizeof when);
	struct ch_secret32 seed = { 0 };
	ch_delegate d;
	ch_item it;
	uint32_t at;
	int64_t now = 0;
	ch_err e = ch_roster_find(&d, &at, &r->roster.roster, r->who.name);

	if (e == CH_OK)
		e = ch_delegate_item(&it, &r->roster.roster, at);
	if (e == CH_OK)
		e = ch_home_now(&now, h);
	if (e == CH_OK)
		e = ch_home_party_key(&seed, h, pass, why);
	if (e == CH_OK) {
		it.v[CH_DEL_RECALLED] = ch_val_put_when(&w, now);
		e = ch_delegate_sign(h, &r->roster, at, &it, &seed, why);
	}
	ch_wipe(&seed, sizeof seed);
	return e;
}

ch_err ch_delegate_recall_finish(struct ch_delegate_recall *r, struct ch_home *h,
    struct ch_watch *w, struct ch_link *l, ch_span pass, const ch_delegate_ears *ears,
    struct ch_problem *why)
{
	struct ch_delegate_recall now;
	bool some = false;
	ch_err e = ch_delegate_recall_prepare(&now, h, r->who.name, why);

	CH_ASSERT(h->lock.held);
	if (e == CH_OK && !now.there) /* what was prepared may be an hour old */
		e = sign(&now, h, pass, why);
	if (e == CH_OK) {
		r->there = true;
		r->version = now.version;
		e = ch_delegates_publish(&some, w, l, h, ears, why);
	}
	ch_delegate_recall_deinit(&now);
	return e;
}
