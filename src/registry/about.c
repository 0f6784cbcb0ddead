/* What anyone may ask: who we are, where deposits go, the log. */
#include "clock.h"
#include "handlers.h"

#define TEXT "text/plain; charset=utf-8"
#define FOREVER "public, max-age=31536000, immutable"

bool ch_get_registry(struct ch_reg *reg, struct ch_op *op)
{
	return ch_give_text(op, 200, TEXT, reg->self);
}

bool ch_get_deposit_key(struct ch_reg *reg, struct ch_op *op)
{
	struct ch_own o;
	int64_t now, from;
	ch_span note, recipient;
	size_t at;

	if (!ch_reg_now(&now, reg, op) || !ch_deposit_epoch(reg, op, now) ||
	    !ch_own_begin(&o, reg, op, CH_K_DEPOSIT_KEY))
		return false;
	from = (int64_t)reg->epoch.n * CH_EPOCH_S;
	at = o.w.n;
	ch_age_recipient_put(&o.w, &reg->epoch.id.recipient);
	recipient = ch_span_of(&o.w.p[at], o.w.n - at);
	o.s.v[CH_DK_EPOCH] = ch_val_put_dec(&o.w, reg->epoch.n);
	o.s.v[CH_DK_RECIPIENT] = recipient;
	o.s.v[CH_DK_FROM] = ch_val_put_when(&o.w, from);
	o.s.v[CH_DK_UNTIL] = ch_val_put_when(&o.w, from + CH_EPOCH_S);
	if (!ch_own_sign(&note, &o, reg, op))
		return false;
	return ch_give_text(op, 200, TEXT, note);
}

bool ch_get_checkpoint(struct ch_reg *reg, struct ch_op *op)
{
	op->cache = "public, max-age=1";
	return ch_give_text(op, 200, TEXT, ch_register_checkpoint(reg->log));
}

/* A whole file, or as many of its bytes as a partial tile has. */
static bool from_file(struct ch_reg *reg, struct ch_op *op, const ch_tile *tile)
{
	ch_tile full = *tile;
	size_t want = (size_t)tile->width * (tile->entries ? 34u : 32u), n;
	char path[CH_PATH_MAX];
	uint8_t *p;
	ch_err e;

	full.width = CH_TILE_WIDTH;
	if ((e = ch_tile_file(path, &reg->folder, &full)) != CH_OK ||
	    (e = ch_infile_open(&op->file, path)) != CH_OK)
		return ch_refuse_err(op, e);
	if (tile->width == CH_TILE_WIDTH) {
		op->status = 200;
		op->answer = CH_ANSWER_FILE;
		return true;
	}
	if (!(p = ch_op_alloc(op, want)))
		return false;
	e = ch_infile_read(p, &n, &op->file, want);
	ch_infile_close(&op->file);
	if (e != CH_OK || n != want)
		return ch_fault(op, e == CH_OK ? CH_E_IO : e);
	return ch_give_text(op, 200, "application/octet-stream", ch_span_of(p, n));
}

bool ch_get_tile(struct ch_reg *reg, struct ch_op *op)
{
	ch_tile t;
	unsigned width;
	struct ch_wr w;

	if (ch_tile_parse(&t, op->arg[0]) != CH_OK)
		return ch_refuse(op, 404, "unknown-path", "There is no such path");
	width = t.level < CH_REGISTER_LEVELS ?
	    ch_tile_width(reg->log->done.size, t.level, t.index) : 0;
	if (t.width > width)
		return ch_refuse(op, 404, "not-found", "The register is not that large");
	op->cache = FOREVER;
	w = ch_wr_of(ch_op_alloc(op, CH_TILE_BYTES + 2 * CH_TILE_WIDTH),
	    CH_TILE_BYTES + 2 * CH_TILE_WIDTH);
	if (op->err != CH_OK)
		return false;
	if (!ch_register_put_tile(&w, reg->log, &t))
		return from_file(reg, op, &t);
	return ch_give_text(op, 200, "application/octet-stream", ch_wr_span(&w));
}

bool ch_get_health(struct ch_reg *reg, struct ch_op *op)
{
	return ch_give_text(op, ch_reg_is_full(reg) ? 503 : 200, TEXT,
	    ch_reg_is_full(reg) ? CH_LIT("no room on the disk\n") : CH_LIT("well\n"));
}
