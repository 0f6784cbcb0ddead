/*
 * Lapsing. A submission lapses when the time quorum dates a checkpoint above it at or after its
 * lapse time: the registry's own cosigner, and one of the author's or a neutral's. The addressee's
 * silence cannot stop it, and the registry alone cannot do it.
 */
#include "handlers.h"

#include "charter.h"
#include "checkpoint.h"

#define BATCH 64
#define LINE_ROOM 1024
#define ROOM 8192

struct overdue {
	unsigned n;
	ch_hash l[BATCH];
};

struct daters {
	const ch_roster *author;
	const ch_charter *charter;
	ch_span text;            /* of the checkpoint */
	uint8_t *room;           /* for a note of one line, ROOM bytes */
	int64_t latest;          /* of the author's and the neutrals' cosignatures */
	size_t n_kept;
	uint8_t kept[LINE_ROOM]; /* the line that says so */
};

static ch_err on_overdue(void *ctx, const ch_row_submission *r)
{
	struct overdue *o = ctx;

	if (o->n < BATCH)
		o->l[o->n++] = r->l;
	return CH_OK;
}

/* The time of a line that the author's or a neutral's key made. The name alone says nothing: a
 * charter may call its neutrals what it likes. */
static bool dates(uint64_t *time, const struct daters *d, const ch_note *note)
{
	ch_delegate who;
	ch_vkey key;

	if (ch_roster_find(&who, NULL, d->author, note->line[0].name) == CH_OK && !who.recalled &&
	    ch_cosignature_line_verify(time, note, 0, &who.cosign) == CH_OK)
		return true;
	for (uint32_t i = 0; i < d->charter->stmt.count[CH_CHARTER_NEUTRALS]; i++) {
		ch_charter_neutral_at(&key, d->charter, i);
		if (ch_cosignature_line_verify(time, note, 0, &key) == CH_OK)
			return true;
	}
	return false;
}

static ch_err on_line(void *ctx, ch_span name, int64_t time, ch_span line)
{
	struct daters *d = ctx;
	struct ch_wr w = ch_wr_of(d->room, ROOM);
	ch_note note;
	uint64_t t;

	(void)name;
	if (time <= d->latest || line.n > sizeof d->kept)
		return CH_OK;
	ch_note_put_text(&w, d->text);
	ch_wr_put(&w, line);
	if (w.err != CH_OK || ch_note_parse(&note, ch_wr_span(&w), CH_NOTE_TEXT_MAX) != CH_OK)
		return CH_E_DB;
	if (!dates(&t, d, &note) || t > INT64_MAX || (int64_t)t <= d->latest)
		return CH_OK;
	d->latest = (int64_t)t;
	memcpy(d->kept, line.p, line.n);
	d->n_kept = line.n;
	return CH_OK;
}

/* Our own cosignature with the time of now, beside the one in the note. */
static bool cosign_now(struct ch_wr *w, struct ch_reg *reg, struct ch_op *op,
    const ch_row_checkpoint *cp, ch_span text, int64_t now)
{
	size_t from = w->n;
	ch_err e = ch_register_cosign(w, reg->log, text, now);

	if (e == CH_OK)
		e = ch_store_cosign_put(reg->store, cp->size, reg->folder.cosigner.name, now,
		    ch_span_of(&w->p[from], w->n - from));
	return e == CH_OK ? true : ch_fault(op, ch_err_is_fault(e) ? e : CH_E_INTERNAL);
}

/* The dated checkpoint is the log's note, our line of now and the line that decided: others' would
 * tell nobody anything, and there may be more of them than a note holds. */
static bool lapse(struct ch_reg *reg, struct ch_op *op, const ch_row_submission *sub,
    const ch_row_checkpoint *cp, const struct daters *d, int64_t now)
{
	struct ch_wr w = ch_wr_of(ch_op_alloc(op, ROOM), ROOM);
	ch_row_end end = { .submission = sub->index, .state = CH_END_LAPSED };
	ch_seen seen = { .size = cp->size, .root = cp->root };
	ch_span note;
	uint64_t index;

	if (op->err != CH_OK)
		return false;
	ch_wr_put(&w, cp->note);
	if (!cosign_now(&w, reg, op, cp, d->text, now))
		return false;
	ch_wr_put(&w, ch_span_of(d->kept, d->n_kept));
	if (w.err != CH_OK)
		return ch_fault(op, CH_E_INTERNAL);
	end.checkpoint = ch_wr_span(&w);
	ch_sha256(&seen.note, end.checkpoint);
	return ch_end_write(&note, &index, reg, op, sub, &end, NULL, &seen);
}

static bool look(struct ch_reg *reg, struct ch_op *op, const ch_hash *l,
    const ch_row_checkpoint *cp, int64_t now)
{
	ch_row_submission sub;
	ch_roster *r = ch_op_alloc(op, sizeof *r);
	struct daters *d = ch_op_alloc(op, sizeof *d);
	ch_note note;
	ch_err e;

	if (op->err != CH_OK)
		return false;
	d->room = ch_op_alloc(op, ROOM);
	if (op->err != CH_OK)
		return false;
	if ((e = ch_store_submission(&sub, reg->store, op->arena, l)) != CH_OK)
		return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
	if (sub.index >= cp->size)
		return true;
	if (!ch_reg_charter(&d->charter, reg, op, &sub.talks) ||
	    !ch_reg_roster(r, reg, op, sub.author, 0))
		return false;
	if (!d->charter)
		return ch_fault(op, CH_E_DB);
	if (ch_note_parse(&note, cp->note, CH_NOTE_TEXT_MAX) != CH_OK)
		return ch_fault(op, CH_E_DB);
	d->author = r;
	d->text = note.text;
	if ((e = ch_store_cosigns(reg->store, cp->size, on_line, d)) != CH_OK)
		return ch_fault(op, e);
	return d->latest >= sub.lapse ? lapse(reg, op, &sub, cp, d, now) : true;
}

bool ch_ends_lapse(struct ch_reg *reg, struct ch_op *op, const ch_row_checkpoint *cp,
    ch_span author)
{
	struct overdue *o = ch_op_alloc(op, sizeof *o);
	int64_t now;
	ch_err e;

	if (reg->closed)
		return true;
	if (!o || !ch_reg_now(&now, reg, op))
		return false;
	if ((e = ch_store_overdue(reg->store, now, author, BATCH, on_overdue, o)) != CH_OK)
		return ch_fault(op, e);
	for (unsigned i = 0; i < o->n; i++)
		if (!look(reg, op, &o->l[i], cp, now))
			return false;
	return true;
}
