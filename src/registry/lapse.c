/*
 * Lapsing. A submission lapses when the time quorum dates a checkpoint above it at or after its
 * lapse time: the registry's own cosigner, and one of the author's or a neutral's. The addressee's
 * silence cannot stop it, and the registry alone cannot do it.
 */
#include "handlers.h"

#include "charter.h"

#define BATCH 64

struct overdue {
	unsigned n;
	ch_hash l[BATCH];
};

struct daters {
	ch_span author;
	const ch_charter *charter;
	int64_t latest; /* of the author's and the neutrals' cosignatures */
};

static ch_err on_overdue(void *ctx, const ch_row_submission *r)
{
	struct overdue *o = ctx;

	if (o->n < BATCH)
		o->l[o->n++] = r->l;
	return CH_OK;
}

static bool is_of(ch_span name, ch_span party)
{
	struct ch_rd r = ch_rd_of(name);

	return ch_span_eq(ch_rd_until(&r, '/'), party) && r.err == CH_OK;
}

static bool is_neutral(ch_span name, const ch_charter *c)
{
	for (uint32_t i = 0; i < c->stmt.count[CH_CHARTER_NEUTRALS]; i++) {
		ch_vkey key;

		ch_charter_neutral_at(&key, c, i);
		if (ch_span_eq(key.name, name))
			return true;
	}
	return false;
}

static ch_err on_line(void *ctx, ch_span name, int64_t time, ch_span line)
{
	struct daters *d = ctx;

	(void)line;
	if (time > d->latest && (is_of(name, d->author) || is_neutral(name, d->charter)))
		d->latest = time;
	return CH_OK;
}

/* Our own cosignature with the time of now, beside the one in the note. */
static bool cosign_now(struct ch_reg *reg, struct ch_op *op, const ch_row_checkpoint *cp,
    int64_t now)
{
	uint8_t line[1024];
	struct ch_wr w = ch_wr_of(line, sizeof line);
	ch_note note;
	ch_err e;

	if (ch_note_parse(&note, cp->note, CH_NOTE_TEXT_MAX) != CH_OK)
		return ch_fault(op, CH_E_DB);
	e = ch_register_cosign(&w, reg->log, note.text, now);
	if (e == CH_OK)
		e = ch_store_cosign_put(reg->store, cp->size, reg->folder.cosigner.name, now,
		    ch_wr_span(&w));
	return e == CH_OK ? true : ch_fault(op, ch_err_is_fault(e) ? e : CH_E_INTERNAL);
}

static bool charter_of(ch_charter *out, struct ch_reg *reg, struct ch_op *op,
    const ch_hash *talks)
{
	ch_row_charter row;
	ch_note note;
	ch_err e = ch_store_charter_newest(&row, reg->store, op->arena, talks, true);

	if (e == CH_OK && (e = ch_note_parse(&note, row.note, CH_NOTE_TEXT_MAX)) == CH_OK)
		e = ch_charter_parse(out, note.text, NULL);
	return e == CH_OK ? true : ch_fault(op, ch_err_is_fault(e) ? e : CH_E_DB);
}

static bool lapse(struct ch_reg *reg, struct ch_op *op, const ch_row_submission *sub,
    const ch_row_checkpoint *cp, int64_t now)
{
	ch_row_end end = { .l = sub->l, .state = CH_END_LAPSED };
	ch_seen seen = { .size = cp->size, .root = cp->root };
	ch_span note;
	uint64_t index;

	if (!cosign_now(reg, op, cp, now) || !ch_cosigned_note(&end.checkpoint, reg, op, cp))
		return false;
	ch_sha256(&seen.note, end.checkpoint);
	return ch_end_write(&note, &index, reg, op, sub, &end, NULL, &seen);
}

static bool look(struct ch_reg *reg, struct ch_op *op, const ch_hash *l,
    const ch_row_checkpoint *cp, int64_t now)
{
	ch_row_submission sub;
	ch_charter *c = ch_op_alloc(op, sizeof *c);
	struct daters d = { .charter = c };
	ch_err e;

	if (!c)
		return false;
	if ((e = ch_store_submission(&sub, reg->store, op->arena, l)) != CH_OK)
		return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
	if (sub.index >= cp->size)
		return true;
	if (!charter_of(c, reg, op, &sub.talks))
		return false;
	d.author = sub.author;
	if ((e = ch_store_cosigns(reg->store, cp->size, on_line, &d)) != CH_OK)
		return ch_fault(op, e);
	return d.latest >= sub.lapse ? lapse(reg, op, &sub, cp, now) : true;
}

bool ch_ends_lapse(struct ch_reg *reg, struct ch_op *op, const ch_row_checkpoint *cp)
{
	struct overdue *o = ch_op_alloc(op, sizeof *o);
	int64_t now;
	ch_err e;

	if (!o || !ch_reg_now(&now, reg, op))
		return false;
	if ((e = ch_store_overdue(reg->store, now, BATCH, on_overdue, o)) != CH_OK)
		return ch_fault(op, e);
	for (unsigned i = 0; i < o->n; i++)
		if (!look(reg, op, &o->l[i], cp, now))
			return false;
	return true;
}
