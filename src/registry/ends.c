/* The other ends: declined, taken back, lapsed; and what an addressee says after opening. */
#include "handlers.h"

#include "charter.h"
#include "news.h"
#include "rules.h"
#include "warm.h"

/* L is named by its hash: what the crew read of it holds for this row too. */
static bool read_l(ch_stmt *l, const struct ch_op *op, const ch_row_submission *sub)
{
	const ch_stmt *known = ch_warm_submission(op, &sub->l);
	ch_note note;

	if (known) {
		*l = *known;
		return true;
	}
	return ch_note_parse(&note, sub->note, CH_NOTE_TEXT_MAX) == CH_OK &&
	    ch_stmt_parse(l, note.text) == CH_OK;
}

bool ch_about_fits(ch_stmt *l, struct ch_reg *reg, struct ch_op *op, const ch_signed *in,
    const ch_row_submission *sub)
{
	ch_about_facts f = {
		.s = &in->s,
		.l = l,
		.hash = &sub->l,
		.origin = reg->folder.origin,
		.place = { .n = sub->serial, .hash = sub->pair },
	};
	const ch_rule *r;

	if (!read_l(l, op, sub))
		return ch_fault(op, CH_E_DB);
	r = ch_rule_about(&f);
	return r ? ch_refuse(op, r->status, r->kebab, r->title) : true;
}

static void fill_end(struct ch_own *o, ch_end end)
{
	switch (end) {
	case CH_END_DECLINED:
		o->s.v[CH_EN_END] = CH_LIT("declined");
		o->s.v[CH_EN_REASON] = CH_LIT("declined-by-addressee");
		o->s.v[CH_EN_ETSI] = CH_LIT("C.4");
		break;
	case CH_END_TAKEN_BACK:
		o->s.v[CH_EN_END] = CH_LIT("taken-back");
		o->s.v[CH_EN_REASON] = CH_LIT("taken-back-by-author");
		break;
	default:
		o->s.v[CH_EN_END] = CH_LIT("lapsed");
		o->s.v[CH_EN_REASON] = CH_LIT("lapse-time-reached");
		o->s.v[CH_EN_ETSI] = CH_LIT("C.5");
	}
}

bool ch_end_write(ch_span *note, uint64_t *index, struct ch_reg *reg, struct ch_op *op,
    const ch_row_submission *sub, const ch_row_end *end, const ch_hash *statement,
    const ch_seen *seen)
{
	struct ch_own o;
	ch_ref pair = { .n = sub->serial, .hash = sub->pair };
	ch_row_end row = *end;
	ch_err e;

	if (!ch_own_event(&o, reg, op, CH_K_ENDED, sub, NULL))
		return false;
	fill_end(&o, end->state);
	o.s.v[CH_EN_PAIR] = ch_val_put_ref(&o.w, &pair);
	if (statement)
		o.s.v[CH_EN_STATEMENT] = ch_val_put_hash(&o.w, statement);
	if (seen)
		o.s.v[CH_EN_CHECKPOINT] = ch_val_put_seen(&o.w, seen);
	if (!ch_own_log(note, &row.index, &o, reg, op, &sub->index))
		return false;
	if ((e = ch_store_end_add(reg->store, &row)) != CH_OK)
		return ch_fault(op, e);
	*index = row.index;
	return ch_news_about(reg, op, sub) && ch_erase_later(reg, op, sub, true);
}

/* It has its end: by this very statement, or by something else. */
static bool ended(struct ch_reg *reg, struct ch_op *op, const ch_row_submission *sub,
    const ch_signed *in, ch_end want)
{
	ch_row_end end;
	ch_row_entry entry;
	ch_note note;
	ch_err e = ch_store_end(&end, reg->store, op->arena, sub->index);

	if (e != CH_OK)
		return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
	if (end.state != want || ch_note_parse(&note, end.cause, CH_NOTE_TEXT_MAX) != CH_OK ||
	    !ch_span_eq(note.text, in->note.text))
		return ch_refuse_ended(op, end.state);
	if ((e = ch_reg_entry(&entry, reg, op, end.index)) != CH_OK)
		return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
	ch_give_logged(op, "ended", entry.note, entry.index);
	return true;
}

static bool end_by(struct ch_reg *reg, struct ch_op *op, ch_kind kind, ch_end state)
{
	ch_signed in;
	ch_stmt l;
	ch_row_submission sub;
	ch_roster r;
	ch_signers who;
	ch_row_end end = { .state = state, .cause = op->body };
	ch_span note;
	uint64_t index = 0;
	int64_t now = 0;

	if (!ch_op_submission(&sub, reg, op) || !ch_signed_parse(&in, reg, op, op->body, kind))
		return false;
	if (!ch_span_eq(in.s.v[CH_D_PARTY],
		kind == CH_K_DECLINE ? sub.addressee : sub.author))
		return ch_refuse(op, 403, "not-permitted",
		    "The addressee declines, the author takes back");
	if (!ch_about_fits(&l, reg, op, &in, &sub))
		return false;
	if (sub.state != CH_END_OPEN)
		return ended(reg, op, &sub, &in, state);
	end.submission = sub.index;
	if (!ch_reg_now(&now, reg, op) || !ch_signed_judge(&who, &r, &in, reg, op, now))
		return false;
	/* From then on only `lapsed` may follow: a later end would convict this registry. */
	if (now >= sub.lapse)
		return ch_refuse(op, 409, "lapse-out-of-range", "The lapse time has come");
	if (!ch_end_write(&note, &index, reg, op, &sub, &end, &in.hash, NULL))
		return false;
	ch_give_logged(op, "ended", note, index);
	return true;
}

bool ch_post_decline(struct ch_reg *reg, struct ch_op *op)
{
	return end_by(reg, op, CH_K_DECLINE, CH_END_DECLINED);
}

bool ch_post_take_back(struct ch_reg *reg, struct ch_op *op)
{
	return end_by(reg, op, CH_K_TAKE_BACK, CH_END_TAKEN_BACK);
}

/* ---- after the handover ---- */

static bool names_handover(struct ch_reg *reg, struct ch_op *op, const ch_signed *in,
    const ch_row_submission *sub)
{
	ch_row_entry entry;
	ch_hash named = ch_val_hash(in->s.v[CH_D_HANDOVER]);
	ch_err e;

	if (sub->state != CH_END_DELIVERED)
		return ch_refuse(op, 409, "not-permitted", "It was not handed over");
	e = ch_store_entry_of(&entry, reg->store, op->arena, sub->index, CH_K_HANDOVER);
	if (e != CH_OK)
		return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
	return ch_hash_eq(&entry.hash, &named) ? true :
	    ch_refuse(op, 422, "bad-request", "The statement names another handover");
}

static bool say(struct ch_reg *reg, struct ch_op *op, ch_kind kind, const char *name)
{
	ch_signed in;
	ch_stmt l;
	ch_row_submission sub;
	ch_row_entry entry;
	ch_roster r;
	ch_signers who;
	uint64_t index;
	int64_t now;
	ch_err e;

	if (!ch_op_submission(&sub, reg, op) || !ch_signed_parse(&in, reg, op, op->body, kind))
		return false;
	if (!ch_span_eq(in.s.v[CH_D_PARTY], sub.addressee))
		return ch_refuse(op, 403, "not-permitted", "Only the addressee says so");
	if (!ch_about_fits(&l, reg, op, &in, &sub) || !names_handover(reg, op, &in, &sub))
		return false;
	e = ch_store_entry_of(&entry, reg->store, op->arena, sub.index, kind);
	if (e == CH_OK && ch_hash_eq(&entry.hash, &in.hash)) {
		ch_give_logged(op, name, entry.note, entry.index);
		return true;
	}
	if (e == CH_OK)
		return ch_refuse(op, 409, "repeated", "Another statement of this kind is here");
	if (e != CH_E_ABSENT)
		return ch_fault(op, e);
	if (!ch_reg_now(&now, reg, op) || !ch_signed_judge(&who, &r, &in, reg, op, now))
		return false;
	e = ch_register_add(&index, reg->log, kind, op->body, in.note.text, &sub.index);
	if (e != CH_OK)
		return ch_fault(op, e);
	ch_give_logged(op, name, op->body, index);
	return ch_news_about(reg, op, &sub);
}

bool ch_post_opened(struct ch_reg *reg, struct ch_op *op)
{
	return say(reg, op, CH_K_OPENED, "opened");
}

bool ch_post_defect(struct ch_reg *reg, struct ch_op *op)
{
	return say(reg, op, CH_K_DEFECT, "defect");
}

bool ch_post_key_missing(struct ch_reg *reg, struct ch_op *op)
{
	return say(reg, op, CH_K_KEY_MISSING, "key-missing");
}
