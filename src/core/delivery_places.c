/*
 * Places and times of one record, held against each other. See judge.h. A hash in one statement
 * shows that the other was made before it: whoever names it cannot stand below it, nor below a
 * checkpoint that the other one saw. All of it was signed by the registry, or is named by hash in
 * what it signed.
 */
#include "judge.h"

/* What each logged statement of the registry rests on, beside the submission. */
static const ch_fact *ch_judge_cause(const struct ch_judge *j, ch_step s)
{
	if (s == CH_STEP_HANDOVER && j->receipt_is_named)
		return &j->out->step[CH_STEP_RECEIPT];
	if (s == CH_STEP_ENDED && j->has_cause)
		return &j->out->step[j->cause];
	return &j->out->step[CH_STEP_SUBMITTED];
}

static bool ch_judge_is_after_handover(ch_step s)
{
	return s == CH_STEP_OPENED || s == CH_STEP_DEFECT || s == CH_STEP_KEY_MISSING;
}

/* ---- places ---- */

static void ch_judge_place(struct ch_judge *j, ch_step s)
{
	const ch_fact *f = &j->out->step[s], *cause = ch_judge_cause(j, s);
	const ch_fact *below = &j->out->step[ch_judge_is_after_handover(s) ? CH_STEP_HANDOVER :
	    CH_STEP_REGISTERED];

	if (!f->signed_ || !f->logged)
		return;
	if (below != f && below->signed_ && below->logged && below->index >= f->index)
		ch_judge_find(j, CH_FIND_PLACES_SWAPPED);
	if (f->seen > f->index || cause->seen > f->index ||
	    j->out->step[CH_STEP_SUBMITTED].seen > f->index)
		ch_judge_find(j, CH_FIND_BELOW_SEEN);
}

/* ---- times ---- */

static bool ch_judge_is_later(int64_t a, int64_t b)
{
	return a > b && a - b > CH_DELIVERY_SLACK;
}

static int64_t ch_judge_max(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The registry's own cosigner dated a tree in which the statement did not stand yet, whoever had
 * seen that tree: 0 when no such checkpoint is here. */
static int64_t ch_judge_before(const struct ch_judge *j, const ch_fact *f)
{
	struct ch_evidence_work *w = &j->work->ev;
	int64_t best = 0;

	for (size_t i = 0; i < j->ev->n && w->own_cosigner && f->logged; i++) {
		const ch_part *p = &j->ev->part[i];
		ch_checkpoint cp;
		uint64_t t;

		if (ch_part_is_checkpoint(p->name) &&
		    ch_checkpoint_open(&cp, &w->cp_note, p->bytes, &w->registry) == CH_OK &&
		    cp.size <= f->index &&
		    ch_cosignature_verify(&t, &w->cp_note, &w->cosigner) == CH_OK)
			best = ch_judge_max(best, (int64_t)t);
	}
	return best;
}

/* Not before: what was seen by the author, by who asked for it, or by the registry itself. */
static ch_times ch_judge_from(const struct ch_judge *j, ch_step s)
{
	ch_times out = j->out->step[s].after;

	out.t[CH_BY_REGISTRY] = ch_judge_max(out.t[CH_BY_REGISTRY],
	    ch_judge_before(j, &j->out->step[s]));

	for (unsigned i = 0; i < CH_BY_COUNT; i++)
		out.t[i] = ch_judge_max(out.t[i], ch_judge_max(ch_judge_cause(j, s)->after.t[i],
		    j->out->step[CH_STEP_SUBMITTED].after.t[i]));
	return out;
}

/* Of both sides the one that says less: no party alone, nor its wrong clock, brings it about. */
static int64_t ch_judge_both(const ch_times *t, bool least)
{
	int64_t a = t->t[CH_BY_AUTHOR], b = t->t[CH_BY_ADDRESSEE];

	if (!a || !b)
		return 0;
	return (a < b) == least ? a : b;
}

static bool ch_judge_is_outside(int64_t claimed, int64_t from, int64_t until)
{
	return (from && ch_judge_is_later(from, claimed)) ||
	    (until && ch_judge_is_later(claimed, until));
}

static void ch_judge_time(struct ch_judge *j, ch_step s)
{
	const ch_fact *f = &j->out->step[s];
	const ch_times from = ch_judge_from(j, s), *until = &f->before;
	int64_t lo = from.t[CH_BY_REGISTRY], hi = until->t[CH_BY_REGISTRY];

	if (!f->signed_)
		return;
	if (j->work->ev.own_cosigner && lo && hi && ch_judge_is_later(lo, hi))
		ch_judge_find(j, CH_FIND_COSIGNED_BACK);
	if (j->work->ev.own_cosigner && ch_judge_is_outside(f->claimed, lo, hi))
		ch_judge_find(j, CH_FIND_TIME_FALSE);
	if (ch_judge_is_outside(f->claimed, from.t[CH_BY_NEUTRAL], until->t[CH_BY_NEUTRAL]) ||
	    ch_judge_is_outside(f->claimed, from.t[CH_BY_WITNESS], until->t[CH_BY_WITNESS]) ||
	    ch_judge_is_outside(f->claimed, ch_judge_both(&from, true),
		ch_judge_both(until, false)))
		ch_judge_find(j, CH_FIND_TIME_DOUBTED);
}

void ch_judge_places(struct ch_judge *j)
{
	const ch_places *p = &j->work->ev.places;

	if (p->two_trees)
		ch_judge_find(j, CH_FIND_TWO_TREES);
	if (p->two_entries)
		ch_judge_find(j, CH_FIND_TWO_ENTRIES);
	for (unsigned i = 0; i < CH_STEP_COUNT; i++) {
		ch_step s = (ch_step)i;

		if (ch_step_is_registry(s) || ch_judge_is_after_handover(s))
			ch_judge_place(j, s);
		if (ch_step_is_registry(s))
			ch_judge_time(j, s);
	}
}
