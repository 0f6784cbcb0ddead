/*
 * Group commit. Everything that waits at the end of a turn is done in one transaction: each
 * operation with its own verdict, then one checkpoint, one commit, tiles, publication, and only
 * then the answers. No timer: while the disk works, the next batch gathers.
 *
 * Operations have no savepoints of their own, which cost one in twenty deliveries: a handler
 * refuses before it writes. One that fails having written, for want of memory or by a defect, takes
 * its batch with it: nothing of it stands, and all of it may be asked again.
 */
#include "reg.h"

#include "clock.h"
#include "log.h"
#include "news.h"
#include "reserve.h"
#include "tidy.h"
#include "upload.h"
#include "warm.h"
#include "witnesses.h"

void ch_batch_append(struct ch_reg *reg, struct ch_op *op)
{
	op->next = NULL;
	*reg->last = op;
	reg->last = &op->next;
}

void ch_batch_push(struct ch_reg *reg, struct ch_op *op, ch_handler run)
{
	op->run = run;
	op->queued = true;
	if (!ch_warm_put(reg, op))
		ch_batch_append(reg, op);
}

/* A fault that the machine may get over; the database is unharmed. */
static bool is_passing(ch_err e)
{
	return e == CH_E_FULL || e == CH_E_NOMEM || e == CH_E_INTERNAL;
}

bool ch_is_fatal(ch_err e)
{
	return e == CH_E_IO || e == CH_E_DB;
}

static void refuse_fault(struct ch_op *op, ch_err e)
{
	op->err = CH_OK;
	op->more = (ch_span){ 0 };
	if (e == CH_E_FULL)
		(void)ch_refuse(op, 507, "disk-full",
		    "No room for new work; nothing was lost, ask again later");
	else if (e == CH_E_CONFLICT) /* shown by one of its operations: nothing more is signed */
		(void)ch_refuse(op, 503, "stopping", "The registry is stopping");
	else
		(void)ch_refuse(op, 500, "internal", "The registry could not do this");
}

/* One operation. What it returns ends the batch. */
static ch_err run_one(struct ch_reg *reg, struct ch_op *op)
{
	size_t n_erase = reg->erase.n, n_noted = reg->noted.n, n_taken = reg->taken.n;
	uint64_t size = reg->log->next.size, writes = ch_store_writes(reg->store);

	if (!op->run(reg, op) && (op->err == CH_E_FULL || ch_is_fatal(op->err)))
		return op->err;
	if (op->err == CH_OK && op->status < 400)
		return CH_OK;
	if (reg->log->next.size != size || ch_store_writes(reg->store) != writes)
		return op->err == CH_OK ? CH_E_INTERNAL : op->err;
	if (op->err != CH_OK)
		refuse_fault(op, op->err);
	reg->erase.n = n_erase;
	reg->noted.n = n_noted;
	return ch_deposit_undo(reg, n_taken);
}

/* Envelopes that went since the last flush, and deposits, unless that was done. */
static ch_err flush(struct ch_reg *reg)
{
	ch_err e = ch_slots_flush(&reg->slots);

	if (e == CH_OK && reg->dropped)
		e = ch_flush(&reg->flush);
	reg->dropped = reg->dropped && e != CH_OK;
	return e;
}

static ch_err decide_all(struct ch_reg *reg, struct ch_op *first)
{
	ch_err e = ch_known_begin(&reg->known, reg->store);

	reg->in_batch = true;
	for (struct ch_op *op = first; op && e == CH_OK; op = op->next)
		e = run_one(reg, op);
	reg->in_batch = false;
	return e == CH_OK ? ch_own_finish(reg) : e;
}

/* What a want of memory, or of room at the start, held up. */
static ch_err catch_up(struct ch_reg *reg)
{
	ch_err e = ch_register_publish(reg->log);

	if (e == CH_OK)
		e = ch_deposit_undo(reg, 0);
	if (e == CH_OK && reg->wal_is_old)
		e = ch_store_renew(reg->store);
	if (e == CH_OK)
		reg->wal_is_old = false;
	return e;
}

static ch_err run_all(struct ch_reg *reg, struct ch_op *first)
{
	uint64_t begun;
	int64_t now;
	ch_err e;

	if ((e = catch_up(reg)) != CH_OK || (e = ch_store_begin(reg->store)) != CH_OK)
		return e;
	e = decide_all(reg, first);
	if (e == CH_OK)
		e = reg->fatal; /* one of them showed that we must not sign */
	begun = ch_clock_us();
	if (e == CH_OK)
		e = flush(reg);
	if (e == CH_OK)
		e = ch_clock_now(&now, reg->folder.clock, reg->folder.exercise);
	if (e == CH_OK)
		e = ch_register_seal(reg->log, now);
	if (e == CH_OK)
		e = ch_store_commit(reg->store);
	if (e == CH_OK) {
		reg->taken.n = 0;
		ch_metrics_flush(&reg->metrics, ch_clock_us() - begun);
		return ch_register_publish(reg->log);
	}
	ch_store_rollback(reg->store);
	ch_own_forget(reg);
	ch_known_forget(&reg->known);
	ch_register_forget(reg->log);
	if (is_passing(e)) { /* else the next start erases them */
		ch_err undone = ch_deposit_undo(reg, 0);

		if (undone != CH_OK && !is_passing(undone))
			e = undone;
	}
	return e;
}

bool ch_erase_later(struct ch_reg *reg, struct ch_op *op, const ch_row_submission *sub, bool drop)
{
	struct ch_erase x = { .envelope = sub->envelope, .epoch = sub->epoch, .slot = sub->slot,
		.drop = drop };
	ch_err e = ch_buf_put(&reg->erase, ch_span_of(&x, sizeof x));

	return e == CH_OK ? true : ch_fault(op, e);
}

static ch_err erase_one(struct ch_reg *reg, const struct ch_erase *x)
{
	char path[CH_PATH_MAX];
	ch_err e;

	if (x->loose)
		return ch_loose_erase(reg, &x->envelope);
	if ((e = ch_deposit_erase(reg, x->epoch, x->slot)) != CH_OK || !x->drop)
		return e;
	if ((e = ch_envelope_path(path, reg, &x->envelope)) != CH_OK)
		return e;
	e = ch_file_drop(path);
	return e == CH_E_ABSENT ? CH_OK : e;
}

/* K is erased after the answer and flushed with the next batch, or by the next turn that has
 * none: a crash between is mended at the start. */
static void erase_all(struct ch_reg *reg)
{
	struct ch_rd r = ch_rd_of(ch_buf_span(&reg->erase));
	struct ch_erase x;
	ch_err e;

	while (ch_rd_left(&r) >= sizeof x && reg->fatal == CH_OK) {
		ch_rd_copy(&r, &x, sizeof x);
		if ((e = erase_one(reg, &x)) != CH_OK && !is_passing(e))
			ch_batch_stop(reg, e);
	}
	ch_buf_reset(&reg->erase);
}

void ch_batch_stop(struct ch_reg *reg, ch_err e)
{
	ch_log(CH_LOG_ERROR, "stopping", "nothing more may be signed or written",
	    CH_LOG_WITH(ch_log_text("why", ch_span_str(ch_err_text(e)))));
	reg->fatal = e;
	if (reg->http)
		ch_http_server_stop(reg->http);
}

bool ch_reg_is_full(const struct ch_reg *reg)
{
	return reg->starved || reg->full || reg->log->full;
}

/* How far the tiles are; a tile that cannot be written is a disk that cannot be believed. */
static void look_at_tiles(struct ch_reg *reg)
{
	bool was = reg->log->full;
	ch_err e = reg->fatal == CH_OK ? ch_register_look(reg->log) : CH_OK;

	if (e != CH_OK)
		ch_batch_stop(reg, e);
	else if (reg->log->full && !was)
		ch_log(CH_LOG_WARN, "tiles-wait",
		    "no room on the disk for tiles; they wait in memory", NULL);
}

/* Nothing waits: what was erased since the last batch is flushed by itself. */
static void idle(struct ch_reg *reg)
{
	ch_err e = reg->fatal == CH_OK && !ch_warm_is_busy(reg) ? flush(reg) : CH_OK;

	if (e != CH_OK && !is_passing(e))
		ch_batch_stop(reg, e);
}

/* Whether it waits for witnesses of the newest of what it logged. */
static bool hold(struct ch_reg *reg, struct ch_op *op)
{
	uint64_t size = ch_op_logged(op);

	return op->asked == CH_ASKED_WITNESSED && op->err == CH_OK && op->status < 400 &&
	    size > 0 && ch_witnesses_hold(reg, op, size);
}

void ch_batch_turn(struct ch_reg *reg)
{
	struct ch_op *first, *next;
	uint64_t n = 0;
	bool full;
	ch_err e;

	look_at_tiles(reg);
	ch_reserve_keep(reg);
	ch_uploads_gather(reg);
	ch_warm_gather(reg, reg->known.full);
	if (!(first = reg->first)) {
		idle(reg);
		ch_news_turn(reg, false);
		return;
	}
	reg->first = NULL;
	reg->last = &reg->first;
	full = reg->known.full;
	e = reg->fatal ? reg->fatal : run_all(reg, first);
	reg->full = e == CH_E_FULL;
	if (reg->full)
		ch_reserve_use(reg);
	if (e != CH_OK && !is_passing(e) && !reg->fatal)
		ch_batch_stop(reg, e);
	for (struct ch_op *op = first; op; op = next) {
		next = op->next;
		n++;
		if (e != CH_OK)
			refuse_fault(op, e);
		if (!hold(reg, op))
			ch_op_answer(reg, op);
	}
	if (full) /* nothing is with the crew, and nobody points into the tables */
		ch_known_tidy(&reg->known);
	ch_metrics_batch(&reg->metrics, n);
	ch_news_turn(reg, e == CH_OK);
	if (e == CH_OK || reg->log->sealed) /* committed, though not yet published */
		erase_all(reg);
	ch_buf_reset(&reg->erase);
	reg->turns++;
	if (reg->fatal == CH_OK && (e = ch_tidy_turn(reg)) != CH_OK && !is_passing(e))
		ch_batch_stop(reg, e);
}
