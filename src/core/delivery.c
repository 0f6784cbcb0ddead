/*
 * The judge of a delivery record: see delivery.h. Trusts the keys of the trust file. What T signed
 * is held against what it named by hash; what a holder can alter never convicts anybody.
 */
#include "judge.h"

#include "pair.h"

void ch_judge_find(struct ch_judge *j, ch_finding f)
{
	j->out->findings |= (uint64_t)1 << f;
}

static ch_fact *ch_judge_fact(struct ch_judge *j, ch_step s)
{
	return &j->out->step[s];
}

/* A part that is there and is no statement of its kind spoils the whole record. */
static ch_err ch_judge_open(struct ch_judge *j, ch_step s, const char *name, ch_kind kind)
{
	ch_err e = ch_evidence_open(ch_judge_fact(j, s), &j->work->ev, j->ev, name, kind);

	if (e != CH_OK && e != CH_E_ABSENT && j->diag)
		*j->diag = (struct ch_diag){ name, 0 };
	return e;
}

static void ch_judge_seen(struct ch_judge *j, ch_step s, ch_span seen)
{
	ch_fact *f = ch_judge_fact(j, s);
	bool known;
	ch_err e = ch_evidence_seen(&f->after, &known, &j->work->ev, j->ev, seen);

	if (e == CH_OK)
		f->seen = ch_val_seen(seen).size;
	if (e == CH_E_AUTH)
		ch_fact_fail(f, "the checkpoint here is not the one it saw");
}

/* ---- statements of the registry ---- */

/* L_i stands at i = serial, and directly behind the place that its author knew. */
static void ch_judge_pair(struct ch_judge *j, ch_span value)
{
	ch_ref place = ch_val_ref(value), known = ch_val_ref(j->work->l.v[CH_L_PAIR]);
	const ch_delivery *d = j->out;
	bool follows = known.n + 1 == d->serial;

	if (place.n != d->serial || known.n >= d->serial ||
	    (follows && !ch_pair_fits(&place, &known, &d->l, d->exercise)) ||
	    (j->has_pair && !ch_hash_eq(&j->pair.hash, &place.hash)))
		ch_judge_find(j, CH_FIND_PAIR_MISFIT);
	if (!j->has_pair)
		j->pair = place;
	j->has_pair = true;
}

/* Parse, signature, subject, proof, pair. ABSENT: no such part. */
ch_err ch_judge_event(struct ch_judge *j, ch_step s, const char *name, ch_kind kind)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_fact *f = ch_judge_fact(j, s);
	ch_err e = ch_judge_open(j, s, name, kind);

	if (e != CH_OK)
		return e;
	ch_hash talks = ch_val_hash(w->stmt.v[CH_EV_TALKS]);
	ch_hash l = ch_val_hash(w->stmt.v[CH_EV_SUBMISSION]);

	f->claimed = ch_val_when(w->stmt.v[CH_EV_TIME]);
	if (!ch_hash_eq(&talks, &j->out->talks) || !ch_hash_eq(&l, &j->out->l) ||
	    !ch_span_eq(w->stmt.v[CH_EV_REGISTRY], j->out->registry)) {
		ch_fact_fail(f, "about another submission, or by another registry");
		return CH_OK;
	}
	ch_evidence_by_registry(f, w);
	if (!f->signed_) {
		if (w->has_registry)
			ch_judge_find(j, CH_FIND_NOT_REGISTRY);
		return CH_OK;
	}
	ch_judge_pair(j, w->stmt.v[CH_RGD_PAIR]);
	if (ch_evidence_proof(f, w, j->ev, ch_span_str(name)) == CH_E_ABSENT) {
		ch_judge_find(j, CH_FIND_NO_PROOF);
		ch_fact_fail(f, "its place in the register is not shown");
	}
	return CH_OK;
}

/* ---- statements of parties ---- */

/* Whether the text of w->stmt is about this L, by `party`; signatures are another question. */
bool ch_judge_is_about_l(const struct ch_judge *j, ch_span party)
{
	const ch_span *v = j->work->ev.stmt.v;
	const ch_delivery *d = j->out;
	ch_hash talks = ch_val_hash(v[CH_D_TALKS]), l = ch_val_hash(v[CH_D_SUBMISSION]);
	ch_hash paper = ch_val_hash(v[CH_D_PAPER]), cover = ch_val_hash(v[CH_D_COVER]);
	ch_hash l_cover = ch_val_hash(j->work->l.v[CH_L_COVER]);

	return ch_hash_eq(&talks, &d->talks) && ch_hash_eq(&l, &d->l) &&
	    ch_hash_eq(&paper, &d->paper) && ch_hash_eq(&cover, &l_cover) &&
	    ch_span_eq(v[CH_D_REGISTRY], d->registry) && ch_span_eq(v[CH_D_PARTY], party) &&
	    ch_val_ref(v[CH_D_PAIR]).n == d->serial;
}

/* The roster slot that holds what a statement names, or a free one. */
ch_roster *ch_judge_slot(struct ch_judge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_ref ref = ch_val_ref(w->stmt.v[CH_ANY_ROSTER]);
	bool author = ch_span_eq(w->stmt.v[CH_ANY_PARTY], j->out->author);
	ch_roster *slot = author ? &w->author : &w->addressee;

	if (slot->n > 0 && (slot->version != ref.n || !ch_hash_eq(&slot->hash, &ref.hash)))
		return &w->other;
	return slot;
}

/* L names a version of each side's roster, and who relies on L knows them: an older one of the
 * same side, or another of that number, is no longer good enough. */
bool ch_judge_is_stale(const struct ch_judge *j, ch_span party, const ch_ref *ref)
{
	bool author = ch_span_eq(party, j->out->author);
	ch_ref known = ch_val_ref(j->work->l.v[author ? CH_L_ROSTER : CH_L_ADDRESSEE_ROSTER]);

	return ref->n < known.n || (ref->n == known.n && !ch_hash_eq(&ref->hash, &known.hash));
}

/* Parse, subject, signatures, bounds and proof. ABSENT: no such part. */
ch_err ch_judge_statement(struct ch_judge *j, ch_step s, const char *name, ch_kind kind,
    ch_span party)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_fact *f = ch_judge_fact(j, s);
	ch_err e = ch_judge_open(j, s, name, kind);

	if (e != CH_OK)
		return e;
	ch_ref pair = ch_val_ref(w->stmt.v[CH_D_PAIR]);
	ch_ref roster = ch_val_ref(w->stmt.v[CH_ANY_ROSTER]);

	if (!ch_judge_is_about_l(j, party)) {
		ch_fact_fail(f, "about another submission, or by another party");
		return CH_OK;
	}
	if (j->has_pair && !ch_hash_eq(&pair.hash, &j->pair.hash))
		ch_fact_fail(f, "it names another place in the pair chain");
	else if (ch_judge_is_stale(j, party, &roster))
		ch_fact_fail(f, "it names an older roster than the submission");
	else
		(void)ch_evidence_by_party(f, ch_judge_slot(j), w, j->ev);
	ch_judge_seen(j, s, w->stmt.v[CH_D_CHECKPOINT]);
	if (f->signed_ && ch_evidence_proof(f, w, j->ev, ch_span_str(name)) != CH_OK)
		f->logged = false;
	return CH_OK;
}

/* ---- L ---- */

static void ch_judge_l_fields(struct ch_judge *j)
{
	const ch_stmt *l = &j->work->l;
	ch_delivery *d = j->out;
	ch_item first;

	d->exercise = l->exercise;
	d->talks = ch_val_hash(l->v[CH_L_TALKS]);
	d->paper = ch_val_hash(l->v[CH_L_PAPER]);
	d->author = l->v[CH_L_PARTY];
	d->addressee = l->v[CH_L_ADDRESSEE];
	d->serial = ch_val_dec(l->v[CH_L_SERIAL]);
	d->lapse = ch_val_when(l->v[CH_L_LAPSE]);
	d->size = ch_val_dec(l->v[CH_L_SIZE]);
	if (ch_stmt_item(&first, l, CH_L_REGISTRIES, 0) == CH_OK)
		d->registry = first.v[0]; /* the deciding one */
}

/* Author's and addressee's rosters share no key. */
static void ch_judge_rosters(struct ch_judge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_ref ref = ch_val_ref(j->work->l.v[CH_L_ADDRESSEE_ROSTER]);
	ch_fact *f = ch_judge_fact(j, CH_STEP_SUBMITTED), ignored = { 0 };

	if (!ch_evidence_roster(&w->addressee, &ignored, w, j->ev, j->out->addressee, &ref))
		return;
	if (w->author.n > 0 && ch_roster_distinct(&w->author, &w->addressee) != CH_OK) {
		f->signed_ = false;
		ch_fact_fail(f, "one key stands in the rosters of both parties");
	}
}

static ch_err ch_judge_l(struct ch_judge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_fact *f = ch_judge_fact(j, CH_STEP_SUBMITTED);
	ch_err e = ch_judge_open(j, CH_STEP_SUBMITTED, "submission", CH_K_SUBMISSION);

	if (e != CH_OK) {
		if (j->diag)
			*j->diag = (struct ch_diag){ "submission", 0 };
		return e == CH_E_ABSENT ? CH_E_FORMAT : e;
	}
	j->work->l = w->stmt;
	j->out->l = f->hash;
	ch_judge_l_fields(j);
	if (ch_origin_is_exercise(j->out->registry) != j->ev->exercise || j->out->serial == 0 ||
	    ch_span_eq(j->out->author, j->out->addressee)) {
		if (j->diag)
			*j->diag = (struct ch_diag){ "submission: registry, serial or parties", 0 };
		return CH_E_FORMAT;
	}
	/* With layers a receipt would count only with all keyboxes, which nobody makes yet. */
	if (w->stmt.count[CH_L_REGISTRIES] != 1 || w->stmt.count[CH_L_LAYERS] != 0) {
		if (j->diag)
			*j->diag = (struct ch_diag){ "submission: several registries", 0 };
		return CH_E_FORMAT;
	}
	ch_evidence_begin(w, j->ev, j->out->registry);
	if (w->bad_registry)
		ch_judge_find(j, CH_FIND_NOT_REGISTRY);
	e = ch_judge_open(j, CH_STEP_SUBMITTED, "submission", CH_K_SUBMISSION);
	if (e == CH_OK)
		(void)ch_evidence_by_party(f, &w->author, w, j->ev);
	if (e == CH_OK)
		ch_judge_rosters(j);
	return e;
}

static ch_err ch_judge_cover(struct ch_judge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_cover *c = &j->work->cover;
	ch_span file = ch_evidence_find(j->ev, CH_LIT("cover"));
	ch_fact *f = ch_judge_fact(j, CH_STEP_COVER);
	ch_charter_party from = { 0 }, to = { 0 };

	if (file.n == 0)
		return CH_OK;
	f->present = true;
	if (w->has_charter &&
	    (ch_charter_find(&from, NULL, &w->charter, j->out->author) != CH_OK ||
	    ch_charter_find(&to, NULL, &w->charter, j->out->addressee) != CH_OK))
		ch_fact_fail(f, "author or addressee is no party of the charter");
	else if (ch_cover_parse(c, file, j->ev->exercise) != CH_OK ||
	    ch_cover_check(c, &j->work->l, from.code, to.code) != CH_OK)
		ch_fact_fail(f, "the cover here is not the one of this submission");
	if (f->why) {
		ch_judge_find(j, CH_FIND_COVER_DIFFERS);
		return CH_OK;
	}
	f->hash = c->d;
	w->note = c->note;
	w->stmt = c->paper;
	(void)ch_evidence_by_party(f, ch_judge_slot(j), w, j->ev);
	return CH_OK;
}

/* ---- all of it ---- */

static ch_err ch_judge_steps(struct ch_judge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_err e = ch_judge_l(j);

	if (e != CH_OK)
		return e;
	ch_evidence_charter(ch_judge_fact(j, CH_STEP_CHARTER), w, j->ev, &j->work->l);
	ch_judge_seen(j, CH_STEP_SUBMITTED, j->work->l.v[CH_L_CHECKPOINT]);
	e = ch_judge_event(j, CH_STEP_REGISTERED, "registered", CH_K_REGISTERED);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_judge_event(j, CH_STEP_NOTICED, "notice", CH_K_NOTICE);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_judge_receipt(j);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_judge_handover(j);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_judge_ended(j);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_judge_after(j, CH_STEP_OPENED, "opened", CH_K_OPENED);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_judge_after(j, CH_STEP_DEFECT, "defect", CH_K_DEFECT);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_judge_after(j, CH_STEP_KEY_MISSING, "key-missing", CH_K_KEY_MISSING);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_judge_cover(j);
	if (e == CH_OK)
		ch_judge_old_roster(j);
	if (e == CH_OK)
		ch_judge_places(j);
	return e;
}

static void ch_judge_state(struct ch_judge *j)
{
	ch_delivery *d = j->out;
	const ch_fact *s = d->step;
	bool asked = s[CH_STEP_KEY_MISSING].signed_;

	d->receipt_counts = s[CH_STEP_SUBMITTED].signed_ && j->handover_holds &&
	    (!asked || ch_judge_key_shown(j));
	d->told = s[CH_STEP_NOTICED].signed_ || s[CH_STEP_RECEIPT].signed_ ||
	    s[CH_STEP_DECLINE].signed_;
	if (s[CH_STEP_HANDOVER].signed_ && s[CH_STEP_ENDED].signed_)
		ch_judge_find(j, CH_FIND_TWO_ENDS);
	if (!s[CH_STEP_SUBMITTED].signed_)
		d->state = CH_STATE_NONE;
	else if (d->receipt_counts)
		d->state = CH_STATE_DELIVERED;
	else if (j->ended_holds)
		d->state = j->end;
	else if (s[CH_STEP_NOTICED].signed_)
		d->state = CH_STATE_NOTICED;
	else if (s[CH_STEP_REGISTERED].signed_)
		d->state = CH_STATE_REGISTERED;
	else
		d->state = CH_STATE_SUBMITTED;
}

ch_err ch_delivery_judge(ch_delivery *out, struct ch_delivery_work *work, const ch_evidence *ev,
    struct ch_diag *diag)
{
	struct ch_judge j = { .out = out, .work = work, .ev = ev, .diag = diag };
	ch_err e = CH_OK;

	memset(out, 0, sizeof *out);
	if (diag)
		*diag = (struct ch_diag){ 0 };
	for (size_t i = 0; i < ev->n && e == CH_OK; i++)
		if (!ch_record_knows(ev->part[i].name)) {
			if (diag)
				*diag = (struct ch_diag){ "a part of unknown name", i };
			e = CH_E_FORMAT;
		}
	if (e == CH_OK)
		e = ch_judge_steps(&j);
	if (e == CH_OK)
		ch_judge_state(&j);
	else
		memset(out, 0, sizeof *out);
	return e;
}
