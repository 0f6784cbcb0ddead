/*
 * How a delivery ended: receipt, handover and keybox; decline, take-back, lapse; what came after.
 * See judge.h. What T signed is held against what it named by hash, so that a holder who drops a
 * file or a signature line convicts nobody.
 */
#include "judge.h"

#include "age_header.h"
#include "age_key.h"
#include "age_stream.h"
#include "defect.h"

static ch_fact *ch_judge_fact(struct ch_judge *j, ch_step s)
{
	return &j->out->step[s];
}

static bool ch_judge_ref_eq(const ch_ref *a, const ch_ref *b)
{
	return a->n == b->n && ch_hash_eq(&a->hash, &b->hash);
}

/* Where a roster of the addressee is, or is to be put. */
static ch_roster *ch_judge_slot_of(struct ch_judge *j, const ch_ref *ref)
{
	struct ch_evidence_work *w = &j->work->ev;
	bool here = w->addressee.version == ref->n && ch_hash_eq(&w->addressee.hash, &ref->hash);

	return here ? &w->addressee : &w->other;
}

/* ---- receipt and handover ---- */

ch_err ch_judge_receipt(struct ch_judge *j)
{
	ch_err e = ch_judge_statement(j, CH_STEP_RECEIPT, "receipt", CH_K_RECEIPT,
	    j->out->addressee);

	if (e != CH_OK)
		return e;
	j->receipt_is_for_l = ch_judge_is_about_l(j, j->out->addressee);
	j->receipt_roster = ch_val_ref(j->work->ev.stmt.v[CH_ANY_ROSTER]);
	j->receipt_talks =
	    ch_judge_slot_of(j, &j->out->step[CH_STEP_RECEIPT].roster)->stmt.v[CH_ROSTER_TALKS];
	return CH_OK;
}

/* The signers that T lists: all of the roster it names, with the power, none twice, and enough. */
static bool ch_judge_signers_suffice(const ch_stmt *handover, const ch_roster *r)
{
	uint64_t n = 0, who = 0;
	uint32_t at;
	ch_delegate d;
	ch_vkey key;
	ch_item it;

	for (uint32_t i = 0; i < handover->count[CH_HO_SIGNERS]; i++, n++) {
		if (ch_stmt_item(&it, handover, CH_HO_SIGNERS, i) != CH_OK ||
		    ch_vkey_parse(&key, it.v[0]) != CH_OK ||
		    ch_roster_find(&d, &at, r, key.name) != CH_OK || d.recalled ||
		    !(d.powers >> CH_POW_SIGN_FOR & 1) || (who >> at & 1) ||
		    !ch_edkey_eq(&key.key, &d.key.key))
			return false;
		who |= (uint64_t)1 << at;
	}
	return n >= r->quorum[CH_POW_SIGN_FOR];
}

/* An age file, as far as a header goes. */
static bool ch_judge_is_age(ch_span file)
{
	size_t n, seen = 0;
	ch_age_header h;
	struct ch_rd r = ch_rd_of(file);

	return ch_age_header_find(&n, &seen, file) == CH_OK &&
	    ch_age_header_parse(&h, ch_rd_take(&r, n)) == CH_OK && h.n_stanzas > 0 &&
	    ch_rd_left(&r) > CH_AGE_NONCE + CH_AEAD_TAG;
}

static bool ch_judge_keybox(struct ch_judge *j, const ch_stmt *handover)
{
	ch_span file = ch_evidence_find(j->ev, CH_LIT("keybox"));
	ch_hash want = ch_val_hash(handover->v[CH_HO_KEYBOX]), have;
	ch_fact *f = ch_judge_fact(j, CH_STEP_HANDOVER);

	if (file.n == 0) {
		ch_judge_find(j, CH_FIND_KEYBOX_ABSENT);
		ch_fact_fail(f, "the keybox it names is not here");
		return false;
	}
	ch_sha256(&have, file);
	if (!ch_hash_eq(&have, &want)) {
		ch_judge_find(j, CH_FIND_KEYBOX_DIFFERS);
		ch_fact_fail(f, "the keybox here is not the one it names");
		return false;
	}
	if (!ch_judge_is_age(file)) {
		ch_judge_find(j, CH_FIND_KEYBOX_UNSOUND);
		ch_fact_fail(f, "the keybox it names is no sealed file");
		return false;
	}
	return true;
}

/* Made after the lapse time, by the clock of the cosigner that T itself named as its own: parties
 * who sign a charter in league could name another one for it. */
static bool ch_judge_is_late(const struct ch_judge *j, const ch_fact *f)
{
	return j->work->ev.own_cosigner && ch_times_quorum(&f->after, j->out->lapse);
}

/* What T's own words give away, whatever the holder did to the rest. */
static void ch_judge_handover_words(struct ch_judge *j, const ch_stmt *ho)
{
	const ch_fact *rc = ch_judge_fact(j, CH_STEP_RECEIPT);
	ch_ref ref = ch_val_ref(ho->v[CH_HO_ROSTER]);
	ch_hash receipt = ch_val_hash(ho->v[CH_HO_RECEIPT]);
	ch_fact ignored = { 0 };
	ch_roster *slot = ch_judge_slot_of(j, &ref);

	if (ch_judge_is_stale(j, j->out->addressee, &ref) ||
	    (ch_evidence_roster(slot, &ignored, &j->work->ev, j->ev, j->out->addressee, &ref) &&
	    !ch_judge_signers_suffice(ho, slot)))
		ch_judge_find(j, CH_FIND_HANDOVER_UNFOUNDED);
	if (!rc->present || !ch_hash_eq(&receipt, &rc->hash))
		return;
	j->receipt_is_named = true;
	if (!j->receipt_is_for_l || !ch_judge_ref_eq(&ref, &j->receipt_roster))
		ch_judge_find(j, CH_FIND_HANDOVER_UNFOUNDED);
	if (ch_judge_is_late(j, rc))
		ch_judge_find(j, CH_FIND_ENDED_LATE);
}

ch_err ch_judge_handover(struct ch_judge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_fact *f = ch_judge_fact(j, CH_STEP_HANDOVER);
	const ch_fact *rc = ch_judge_fact(j, CH_STEP_RECEIPT);
	ch_err e = ch_judge_event(j, CH_STEP_HANDOVER, "handover", CH_K_HANDOVER);

	if (e != CH_OK || !f->signed_)
		return e;
	ch_hash receipt = ch_val_hash(w->stmt.v[CH_HO_RECEIPT]);
	ch_ref ref = ch_val_ref(w->stmt.v[CH_HO_ROSTER]);

	ch_judge_handover_words(j, &w->stmt);
	if (!rc->present || !ch_hash_eq(&receipt, &rc->hash)) {
		ch_fact_fail(f, "the receipt it names is not here");
	} else if (!rc->signed_ || !ch_judge_ref_eq(&ref, &rc->roster)) {
		ch_fact_fail(f, "the receipt it names does not hold");
	} else if (!ch_evidence_same_signers(&w->stmt, ch_judge_slot_of(j, &ref), &rc->who)) {
		ch_judge_find(j, CH_FIND_SIGNERS_DIFFER);
		ch_fact_fail(f, "it lists other signers than the receipt has");
	}
	j->handover_holds = ch_judge_keybox(j, &w->stmt) && !f->why;
	return CH_OK;
}

/* A later roster of the addressee at a lower place than the handover. */
void ch_judge_old_roster(struct ch_judge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	const ch_fact *ho = ch_judge_fact(j, CH_STEP_HANDOVER);
	const ch_fact *rc = ch_judge_fact(j, CH_STEP_RECEIPT);
	const ch_vkey *pin = ch_trust_party_key(j->ev->trust, j->out->addressee);

	for (size_t i = 0; i < j->ev->n && pin && ho->logged && rc->signed_; i++) {
		ch_span name = j->ev->part[i].name;
		uint64_t version;
		ch_fact f = { 0 };

		if (!ch_part_is_roster(name, &version) || version <= rc->roster.n ||
		    ch_evidence_open_roster(&w->other, w, j->ev->part[i].bytes, pin) != CH_OK ||
		    w->other.version <= rc->roster.n || w->other.exercise != j->ev->exercise ||
		    !ch_span_eq(w->other.stmt.v[CH_ROSTER_TALKS], j->receipt_talks))
			continue;
		f.hash = w->other.hash;
		if (ch_evidence_proof(&f, w, j->ev, name) == CH_OK && f.index < ho->index)
			ch_judge_find(j, CH_FIND_OLD_ROSTER);
	}
}

/* ---- the other ends ---- */

/* Lapsed holds above a checkpoint that the time quorum dates at or after the lapse time. */
static void ch_judge_lapsed(struct ch_judge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_fact *f = ch_judge_fact(j, CH_STEP_ENDED);
	ch_span value = w->stmt.v[CH_EN_CHECKPOINT];
	bool known;
	ch_err e = ch_evidence_seen(&f->after, &known, w, j->ev, value);

	if (f->claimed < j->out->lapse || value.n == 0 ||
	    (f->logged && f->index < ch_val_seen(value).size) ||
	    (e == CH_OK && known && !ch_times_quorum(&f->after, j->out->lapse))) {
		ch_judge_find(j, CH_FIND_LAPSED_EARLY);
		ch_fact_fail(f, "lapsed before its time was shown to have come");
	} else if (e != CH_OK || !ch_times_quorum(&f->after, j->out->lapse)) {
		ch_judge_find(j, CH_FIND_TIME_NOT_SHOWN);
		ch_fact_fail(f, "nothing here shows that the lapse time had come");
	} else {
		j->ended_holds = true;
	}
}

/* Declined or taken back: the statement it names must be here, and ask for this end. */
static void ch_judge_ended_by(struct ch_judge *j, ch_step s, const char *reason)
{
	const ch_stmt *en = &j->work->ev.stmt;
	const ch_fact *cause = ch_judge_fact(j, s);
	ch_fact *f = ch_judge_fact(j, CH_STEP_ENDED);
	ch_hash named = ch_val_hash(en->v[CH_EN_STATEMENT]);

	if (en->v[CH_EN_STATEMENT].n == 0 ||
	    !ch_span_eq(en->v[CH_EN_REASON], ch_span_str(reason))) {
		ch_judge_find(j, CH_FIND_ENDED_UNFOUNDED);
		ch_fact_fail(f, "it names no statement that asks for this end");
		return;
	}
	if (!cause->present || !ch_hash_eq(&cause->hash, &named)) {
		ch_fact_fail(f, "the statement it rests on is not here");
		return;
	}
	j->cause = s;
	j->has_cause = true;
	if (!(s == CH_STEP_DECLINE ? j->decline_is_for_l : j->take_back_is_for_l))
		ch_judge_find(j, CH_FIND_ENDED_UNFOUNDED);
	if (!j->out->step[s].signed_)
		ch_fact_fail(f, "the statement it rests on does not hold");
	else
		j->ended_holds = true;
	if (ch_judge_is_late(j, cause))
		ch_judge_find(j, CH_FIND_ENDED_LATE);
}

static ch_err ch_judge_causes(struct ch_judge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_err e = ch_judge_statement(j, CH_STEP_DECLINE, "decline", CH_K_DECLINE,
	    j->out->addressee);

	if (e == CH_OK) {
		j->out->reason = w->stmt.v[CH_D_REASON];
		j->decline_is_for_l = ch_judge_is_about_l(j, j->out->addressee);
	}
	if (e != CH_OK && e != CH_E_ABSENT)
		return e;
	e = ch_judge_statement(j, CH_STEP_TAKE_BACK, "take-back", CH_K_TAKE_BACK, j->out->author);
	if (e == CH_OK) {
		j->out->reason = w->stmt.v[CH_D_REASON];
		j->take_back_is_for_l = ch_judge_is_about_l(j, j->out->author);
	}
	return e;
}

ch_err ch_judge_ended(struct ch_judge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_fact *f = ch_judge_fact(j, CH_STEP_ENDED);
	ch_err e = ch_judge_causes(j);

	if (e != CH_OK && e != CH_E_ABSENT)
		return e;
	e = ch_judge_event(j, CH_STEP_ENDED, "ended", CH_K_ENDED);
	if (e != CH_OK || !f->signed_)
		return e;
	ch_span end = w->stmt.v[CH_EN_END];

	if (ch_span_eq(end, CH_LIT("lapsed"))) {
		j->end = CH_STATE_LAPSED;
		ch_judge_lapsed(j);
	} else if (ch_span_eq(end, CH_LIT("declined"))) {
		j->end = CH_STATE_DECLINED;
		ch_judge_ended_by(j, CH_STEP_DECLINE, "declined-by-addressee");
	} else if (ch_span_eq(end, CH_LIT("taken-back"))) {
		j->end = CH_STATE_TAKEN_BACK;
		ch_judge_ended_by(j, CH_STEP_TAKE_BACK, "taken-back-by-author");
	} else {
		ch_fact_fail(f, "an unknown end");
	}
	j->ended_holds = j->ended_holds && f->logged; /* one that lies in a drawer ends nothing */
	return CH_OK;
}

/* ---- after the handover ---- */

ch_err ch_judge_after(struct ch_judge *j, ch_step s, const char *name, ch_kind kind)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_fact *f = ch_judge_fact(j, s);
	const ch_fact *ho = ch_judge_fact(j, CH_STEP_HANDOVER);
	ch_err e = ch_judge_statement(j, s, name, kind, j->out->addressee);

	if (e != CH_OK)
		return e;
	ch_hash named = ch_val_hash(w->stmt.v[CH_D_HANDOVER]);

	if (!ho->present || !ch_hash_eq(&named, &ho->hash)) {
		f->signed_ = false;
		ch_fact_fail(f, "the handover it names is not here");
	}
	if (kind == CH_K_DEFECT) {
		j->out->cause = w->stmt.v[CH_D_CAUSE];
		if (ch_defect_from(j->out->cause) == CH_DEFECT_NONE)
			ch_fact_fail(f, "it pleads a cause that this version does not know");
	}
	return CH_OK;
}

/* Once the addressee signed that the key is missing, a receipt counts only with K beside it. */
bool ch_judge_key_shown(struct ch_judge *j)
{
	ch_age_recipient *k = &j->work->key;
	struct ch_wr w = ch_wr_of(j->work->key_text, sizeof j->work->key_text);
	struct ch_rd r = ch_rd_of(ch_evidence_find(j->ev, CH_LIT("key")));
	ch_hash want = ch_val_hash(j->work->l.v[CH_L_KEY]), have;
	ch_err e;

	if (ch_rd_left(&r) == 0) {
		ch_judge_find(j, CH_FIND_KEY_ABSENT);
		return false;
	}
	ch_span line = ch_rd_line(&r);

	e = ch_rd_done(&r);
	if (e == CH_OK)
		e = ch_age_identity_recipient(k, line);
	if (e == CH_OK)
		ch_age_recipient_put(&w, k);
	ch_sha256(&have, ch_wr_span(&w));
	if (e != CH_OK || ch_wr_done(&w) != CH_OK || !ch_hash_eq(&want, &have)) {
		ch_judge_find(j, CH_FIND_KEY_DIFFERS);
		return false;
	}
	return true;
}
