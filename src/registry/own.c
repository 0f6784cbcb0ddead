/* Statements that the registry signs: always with its log key, under its origin. */
#include "reg.h"

#define VALUES 8192

bool ch_own_begin(struct ch_own *o, struct ch_reg *reg, struct ch_op *op, ch_kind kind)
{
	void *room = ch_op_alloc(op, VALUES);

	memset(o, 0, sizeof *o);
	if (!room)
		return false;
	o->w = ch_wr_of(room, VALUES);
	o->s.kind = kind;
	o->s.exercise = reg->folder.exercise;
	o->s.v[CH_EV_REGISTRY] = reg->folder.origin;
	return true;
}

bool ch_own_event(struct ch_own *o, struct ch_reg *reg, struct ch_op *op, ch_kind kind,
    const ch_row_submission *sub, const char *etsi)
{
	int64_t now;

	if (!ch_own_begin(o, reg, op, kind) || !ch_reg_now(&now, reg, op))
		return false;
	o->s.v[CH_EV_TALKS] = ch_val_put_hash(&o->w, &sub->talks);
	o->s.v[CH_EV_SUBMISSION] = ch_val_put_hash(&o->w, &sub->l);
	o->s.v[CH_EV_TIME] = ch_val_put_when(&o->w, now);
	if (etsi)
		o->s.v[CH_RGD_ETSI] = ch_span_str(etsi);
	return true;
}

bool ch_own_sign(ch_span *note, struct ch_own *o, struct ch_reg *reg, struct ch_op *op)
{
	struct ch_wr t = ch_wr_of(reg->own[0], CH_OWN_ROOM), w = ch_wr_of(reg->own[1], CH_OWN_ROOM);
	ch_err e = o->w.err;

	*note = (ch_span){ 0 };
	if (e == CH_OK && (e = ch_stmt_format(&t, &o->s)) == CH_OK) {
		ch_note_put_text(&w, ch_wr_span(&t));
		ch_note_sign_line(&w, reg->folder.origin, ch_wr_span(&t), &reg->folder.log_key);
		e = w.err;
	}
	if (e != CH_OK)
		return ch_fault(op, CH_E_INTERNAL);
	*note = ch_arena_copy(op->arena, ch_wr_span(&w));
	return op->arena->err == CH_OK ? true : ch_fault(op, op->arena->err);
}

ch_span ch_own_text(ch_span note)
{
	ch_note n;

	/* We made it: it parses. */
	return ch_note_parse(&n, note, CH_NOTE_TEXT_MAX) == CH_OK ? n.text : (ch_span){ 0 };
}
