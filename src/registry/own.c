/* Statements that the registry signs: always with its log key, under its origin. */
#include "reg.h"

#define VALUES (CH_AGE_RECIPIENT_MAX + 1024) /* the deposit key's; all others need less */

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

/* A statement without its signature yet; of the request's memory. */
struct ch_unsigned {
	struct ch_crew_job job;
	struct ch_unsigned *next;
	const struct ch_folder *folder;
	ch_row_entry row; /* once it is logged; the note in any case */
	ch_span text;
	uint8_t *line; /* where the signature's line goes, within row.note */
	size_t n;
	ch_err err;
};

static void sign(struct ch_unsigned *u)
{
	struct ch_wr w = ch_wr_of(u->line, u->n);

	ch_note_sign_line(&w, u->folder->origin, u->text, &u->folder->log_key);
	u->err = w.err == CH_OK && w.n == u->n ? CH_OK : CH_E_INTERNAL;
}

/* The note with room for its line: a signature's line is as long as any other of the same name. */
static bool lay_out(struct ch_unsigned *u, struct ch_own *o, struct ch_reg *reg, struct ch_op *op)
{
	static const uint8_t id[4], sig[64];
	struct ch_wr t = ch_wr_of(reg->own[0], CH_OWN_ROOM), w = ch_wr_of(reg->own[1], CH_OWN_ROOM);
	ch_err e = o->w.err;
	uint8_t *note;
	size_t at;

	if (e == CH_OK)
		e = ch_stmt_format(&t, &o->s);
	ch_note_put_text(&w, ch_wr_span(&t));
	at = w.n;
	ch_note_put_sig(&w, reg->folder.origin, id, ch_span_of(sig, sizeof sig));
	if (e != CH_OK || w.err != CH_OK)
		return ch_fault(op, CH_E_INTERNAL);
	if (!(note = ch_op_alloc(op, w.n)))
		return false;
	memcpy(note, reg->own[1], w.n);
	u->folder = &reg->folder;
	u->row.note = ch_span_of(note, w.n);
	u->text = ch_span_of(note, t.n);
	u->line = &note[at];
	u->n = w.n - at;
	return true;
}

bool ch_own_sign(ch_span *note, struct ch_own *o, struct ch_reg *reg, struct ch_op *op)
{
	struct ch_unsigned u = { 0 };

	*note = (ch_span){ 0 };
	if (!lay_out(&u, o, reg, op))
		return false;
	sign(&u);
	if (u.err != CH_OK)
		return ch_fault(op, u.err);
	*note = u.row.note;
	return true;
}

/* ---- those that are logged: signed by all hands at the end of a batch ---- */

/* One hand waits for the disk while the others sign. */
static void piece(void *ctx, struct ch_crew_job *job)
{
	struct ch_reg *reg = ctx;

	if (job == &reg->slots_job)
		reg->slots_err = ch_slots_flush(&reg->slots);
	else
		sign((struct ch_unsigned *)job);
}

static void nobody_waits(void *ctx)
{
	(void)ctx;
}

ch_err ch_own_start(struct ch_reg *reg, unsigned hands)
{
	const ch_crew_plan plan = { piece, nobody_waits, reg, false };

	return ch_crew_new(&reg->signers, hands, &plan);
}

bool ch_own_log(ch_span *note, uint64_t *index, struct ch_own *o, struct ch_reg *reg,
    struct ch_op *op, const uint64_t *about)
{
	struct ch_unsigned *u = ch_op_alloc(op, sizeof *u);
	ch_row_entry row;
	ch_err e;

	*note = (ch_span){ 0 };
	*index = 0;
	if (!u || !lay_out(u, o, reg, op))
		return false;
	if ((e = ch_register_place(&row, reg->log, o->s.kind, u->text, about)) != CH_OK)
		return ch_fault(op, e);
	*note = row.note = u->row.note;
	*index = row.index;
	u->row = row;
	*reg->last_unsigned = u;
	reg->last_unsigned = &u->next;
	return true;
}

void ch_own_forget(struct ch_reg *reg)
{
	reg->first_unsigned = NULL;
	reg->last_unsigned = &reg->first_unsigned;
}

ch_err ch_own_finish(struct ch_reg *reg)
{
	ch_err e;

	ch_crew_put(reg->signers, &reg->slots_job);
	for (struct ch_unsigned *u = reg->first_unsigned; u; u = u->next)
		ch_crew_put(reg->signers, &u->job);
	ch_crew_settle(reg->signers);
	(void)ch_crew_take(reg->signers);
	e = reg->slots_err;
	for (struct ch_unsigned *u = reg->first_unsigned; u && e == CH_OK; u = u->next)
		if ((e = u->err) == CH_OK)
			e = ch_store_entry_add(reg->store, &u->row);
	ch_own_forget(reg);
	return e;
}

/* One of the batch at hand has no row yet; its memory may go before ours does. */
ch_err ch_reg_entry(ch_row_entry *out, struct ch_reg *reg, struct ch_op *op, uint64_t index)
{
	struct ch_unsigned *u = reg->first_unsigned;

	while (u && u->row.index != index)
		u = u->next;
	if (!u)
		return ch_store_entry(out, reg->store, op->arena, index);
	sign(u); /* the same bytes as at the end */
	*out = u->row;
	out->note = ch_arena_copy(op->arena, u->row.note);
	return u->err != CH_OK ? u->err : op->arena->err;
}
