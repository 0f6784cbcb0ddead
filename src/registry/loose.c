/*
 * Envelopes that no paper names: sent, and then nothing came of it. Each has a row that says whose
 * it is and since when; after two days it is let go. Times are the registry's own, as everywhere.
 *
 * A file and its row are not of one transaction: an envelope gets its name before the commit, and
 * is unlinked after one. What a crash between leaves is a file that no row knows; the start finds
 * it.
 */
#include "handlers.h"

#include "clock.h"
#include "dir.h"
#include "hex.h"
#include "log.h"

#define KEEP_S INT64_C(172800) /* two days */
#define LOOK_MS 60000
#define BATCH 32u
#define FILES_MAX ((size_t)1 << 20)

bool ch_loose_keep(struct ch_reg *reg, struct ch_op *op, const ch_hash *envelope, uint64_t size)
{
	ch_row_submission sub;
	int64_t now;
	ch_err e = ch_store_by_envelope(&sub, reg->store, op->arena, envelope);

	if (e == CH_OK && (sub.state == CH_END_OPEN || sub.state == CH_END_DELIVERED))
		return true;
	if (e != CH_OK && e != CH_E_ABSENT)
		return ch_fault(op, e);
	if (!ch_reg_now(&now, reg, op))
		return false;
	e = ch_store_loose_put(reg->store, envelope, op->who.party, size, now);
	return e == CH_OK ? true : ch_fault(op, e);
}

static ch_err old_ones(ch_hash *out, size_t *n, struct ch_reg *reg, int64_t now)
{
	return ch_store_loose_old(out, n, BATCH, reg->store, now - KEEP_S);
}

static bool let_go(struct ch_reg *reg, struct ch_op *op)
{
	ch_hash old[BATCH];
	int64_t now;
	size_t n;
	ch_err e;

	if (!ch_reg_now(&now, reg, op))
		return false;
	e = old_ones(old, &n, reg, now);
	for (size_t i = 0; e == CH_OK && i < n; i++) {
		struct ch_erase x = { .envelope = old[i], .loose = true };

		if ((e = ch_store_loose_drop(reg->store, &old[i])) == CH_OK)
			e = ch_buf_put(&reg->erase, ch_span_of(&x, sizeof x));
	}
	if (e != CH_OK)
		return ch_fault(op, e);
	if (n == BATCH)
		reg->looked_ms = 0;
	op->status = 200;
	return true;
}

void ch_loose_before(struct ch_reg *reg)
{
	uint64_t ms = ch_clock_ms();
	ch_hash old[BATCH];
	int64_t now;
	size_t n;
	ch_err e;

	if (reg->fatal != CH_OK || (reg->looked_ms && ms - reg->looked_ms < LOOK_MS))
		return;
	reg->looked_ms = ms ? ms : 1;
	e = ch_clock_now(&now, reg->folder.clock, reg->folder.exercise);
	if (e == CH_OK)
		e = old_ones(old, &n, reg, now);
	if (e != CH_OK && ch_is_fatal(e))
		ch_batch_stop(reg, e);
	if (e != CH_OK || n == 0)
		return;
	if (!reg->letting_go)
		reg->letting_go = ch_arena_alloc(&reg->arena, sizeof *reg->letting_go);
	if (!reg->letting_go)
		return;
	*reg->letting_go = (struct ch_op){ .arena = &reg->arena };
	ch_batch_push(reg, reg->letting_go, let_go);
}

ch_err ch_loose_erase(struct ch_reg *reg, const ch_hash *envelope)
{
	char path[CH_PATH_MAX];
	bool stays;
	ch_err e = ch_store_envelope_stays(&stays, reg->store, envelope);

	if (e != CH_OK || stays)
		return e;
	if ((e = ch_envelope_path(path, reg, envelope)) == CH_OK)
		e = ch_file_drop(path);
	reg->dropped = true;
	return e == CH_E_ABSENT ? CH_OK : e;
}

/* ---- the start ---- */

/* Names of files and hashes of rows, both in order, side by side. */
struct strays {
	struct ch_dir files;
	size_t at;
	struct ch_buf found; /* of ch_hash */
	ch_err err;
};

static void stray(struct strays *x, const char *name)
{
	ch_hash h;

	if (ch_hex_parse(h.b, sizeof h.b, ch_span_str(name)) == CH_OK && x->err == CH_OK)
		x->err = ch_buf_put(&x->found, ch_span_of(h.b, sizeof h.b));
}

static void on_row(void *ctx, const ch_hash *envelope)
{
	struct strays *x = ctx;
	char hex[65] = { 0 };
	struct ch_wr w = ch_wr_of(hex, 64);
	int order = -1;

	ch_hex_put(&w, ch_span_of(envelope->b, sizeof envelope->b));
	for (; x->at < x->files.n; x->at++) {
		if ((order = strcmp(x->files.names[x->at], hex)) >= 0)
			break;
		stray(x, x->files.names[x->at]);
	}
	x->at += order == 0;
}

/* Of a paper that has its end: it was about to go. Of none: nobody was told, or a program without
 * this list took it; it may still be wanted. */
static ch_err settle(struct ch_reg *reg, const ch_hash *h, int64_t now)
{
	struct ch_arena a;
	ch_row_submission sub;
	char path[CH_PATH_MAX];
	uint64_t size;
	ch_err e = ch_envelope_path(path, reg, h);

	if (e == CH_OK)
		e = ch_file_size(&size, path);
	if (e != CH_OK)
		return e;
	ch_arena_init(&a, 1u << 20);
	e = ch_store_by_envelope(&sub, reg->store, &a, h);
	ch_arena_deinit(&a);
	if (e == CH_OK)
		return ch_file_unlink(path);
	return e == CH_E_ABSENT ? ch_store_loose_put(reg->store, h, (ch_span){ 0 }, size, now) : e;
}

static ch_err settle_all(struct ch_reg *reg, const struct strays *x, int64_t now)
{
	struct ch_rd r = ch_rd_of(ch_buf_span(&x->found));
	ch_hash h;
	ch_err e;

	if (ch_rd_at_end(&r))
		return CH_OK;
	if ((e = ch_store_begin(reg->store)) != CH_OK)
		return e;
	while (e == CH_OK && !ch_rd_at_end(&r)) {
		ch_rd_copy(&r, h.b, sizeof h.b);
		e = settle(reg, &h, now);
	}
	if (e == CH_OK)
		e = ch_store_commit(reg->store);
	if (e != CH_OK)
		ch_store_rollback(reg->store);
	return e;
}

ch_err ch_loose_sweep(struct ch_reg *reg, int64_t now)
{
	struct strays x = { 0 };
	char path[CH_PATH_MAX];
	ch_err e;

	if ((e = ch_path(path, "%s/envelopes", reg->folder.dir)) != CH_OK ||
	    (e = ch_dir_list(&x.files, path, FILES_MAX)) != CH_OK) {
		if (e != CH_E_LIMIT)
			return e;
		ch_log(CH_LOG_WARN, "many-envelopes",
		    "too many envelopes to look for forgotten ones", NULL);
		return CH_OK;
	}
	ch_buf_init(&x.found, FILES_MAX * sizeof(ch_hash));
	e = ch_store_envelopes(reg->store, on_row, &x);
	for (; e == CH_OK && x.at < x.files.n; x.at++)
		stray(&x, x.files.names[x.at]);
	if (e == CH_OK && (e = x.err) == CH_OK && !reg->wal_is_old)
		e = settle_all(reg, &x, now);
	ch_buf_deinit(&x.found);
	ch_dir_deinit(&x.files);
	return e == CH_E_FULL ? CH_OK : e; /* the next start finds them as well */
}
