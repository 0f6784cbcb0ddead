/* From an operation to the bytes of its answer. */
#include "dec.h"
#include "log.h"
#include "reg.h"
#include "witnesses.h"

static void answer_problem(struct ch_op *op)
{
	uint8_t *room = ch_arena_alloc(op->arena, 1024 + op->more.n);
	struct ch_wr w;
	ch_http_answer_head h = { .status = op->status, .type = "application/problem+json" };

	if (op->status == 503 || op->status == 429)
		h.extra = "Retry-After: 1\r\n";
	if (op->status == 401)
		h.extra = "WWW-Authenticate: Bearer\r\n";
	if ((op->more.n == 0 && !h.extra) || !room) {
		ch_http_answer_problem(op->req, op->status, op->kebab, op->title);
		return;
	}
	w = ch_wr_of(room, 1024 + op->more.n);
	CH_WR_LIT(&w, "{\"type\":\"urn:chancery:problem:");
	ch_wr_str(&w, op->kebab);
	CH_WR_LIT(&w, "\",\"title\":\"");
	ch_wr_str(&w, op->title);
	CH_WR_LIT(&w, "\",\"status\":");
	ch_dec_put(&w, op->status);
	ch_wr_put(&w, op->more);
	CH_WR_LIT(&w, "}\n");
	ch_http_answer(op->req, &h, ch_wr_span(&w));
}

/* A proof of entry `index`, in the registry's own room and then in the request's. */
static ch_err prove(ch_span *out, struct ch_reg *reg, struct ch_op *op, uint64_t index,
    const ch_hash *salt, const ch_row_checkpoint *cp)
{
	struct ch_wr w = ch_wr_of(reg->own[0], CH_OWN_ROOM);
	ch_err e = ch_register_prove(&w, reg->log, index, salt, cp->size, cp->note);

	if (e != CH_OK || (e = ch_wr_done(&w)) != CH_OK)
		return e;
	*out = ch_arena_copy(op->arena, ch_wr_span(&w));
	return op->arena->err;
}

/* The witnesses' lines are asked for, and they cover this entry. */
static bool has_quorum(const struct ch_reg *reg, const struct ch_op *op, uint64_t index)
{
	return op->asked == CH_ASKED_WITNESSED && index < ch_witnesses_size(reg);
}

/* The newest checkpoint, or the newest with its quorum when that was asked for and holds the
 * entry. */
static ch_row_checkpoint newest(const struct ch_reg *reg, const struct ch_op *op, uint64_t index)
{
	if (has_quorum(reg, op, index))
		return (ch_row_checkpoint){ .size = ch_witnesses_size(reg),
			.note = ch_witnesses_note(reg) };
	return (ch_row_checkpoint){ .size = reg->log->done.size,
		.note = ch_register_checkpoint(reg->log) };
}

/* The proof of a logged part: under the checkpoint of its own batch, so that the same question
 * gets the same bytes for ever, unless another was asked for. */
static ch_err proof(ch_span *out, struct ch_reg *reg, struct ch_op *op, uint64_t index)
{
	ch_row_checkpoint cp = newest(reg, op, index);
	ch_row_entry row;
	ch_err e;

	if (ch_register_salt(&row.salt, reg->log, index))
		return prove(out, reg, op, index, &row.salt, &cp);
	if ((e = ch_store_entry(&row, reg->store, op->arena, index)) != CH_OK)
		return e;
	if (!op->newest && !has_quorum(reg, op, index) &&
	    (e = ch_store_checkpoint_above(&cp, reg->store, op->arena, index)) != CH_OK)
		return e;
	return prove(out, reg, op, index, &row.salt, &cp);
}

/* A raw entry's: no statement, so no salt. */
static ch_err bare_proof(ch_span *out, struct ch_reg *reg, struct ch_op *op)
{
	const ch_row_checkpoint cp = newest(reg, op, op->index);

	return prove(out, reg, op, op->index, NULL, &cp);
}

static ch_err pack(ch_span *out, struct ch_reg *reg, struct ch_op *op)
{
	ch_part part[2 * CH_OP_PARTS];
	size_t n = 0, room = 128;
	struct ch_wr w;
	uint8_t *p;
	ch_err e;

	for (unsigned i = 0; i < op->n_part; i++) {
		const ch_op_part *in = &op->part[i];
		struct ch_wr name;

		part[n++] = (ch_part){ ch_span_str(in->name), in->bytes };
		room += in->bytes.n + 128;
		if (!in->logged)
			continue;
		if (!(p = ch_arena_alloc(op->arena, 64)))
			return CH_E_NOMEM;
		name = ch_wr_of(p, 64);
		ch_wr_str(&name, in->name);
		CH_WR_LIT(&name, ".proof");
		part[n].name = ch_wr_span(&name);
		if ((e = proof(&part[n].bytes, reg, op, in->index)) != CH_OK)
			return e;
		room += part[n++].bytes.n + 128;
	}
	if (!(p = ch_arena_alloc(op->arena, room)))
		return CH_E_NOMEM;
	w = ch_wr_of(p, room);
	if ((e = ch_pack_format(&w, part, n, op->pack, reg->folder.exercise)) != CH_OK)
		return e;
	*out = ch_wr_span(&w);
	return ch_wr_done(&w);
}

static void give_text(struct ch_op *op, const char *type, ch_span text)
{
	ch_http_answer_head h = { .status = op->status, .type = type, .cache = op->cache,
		.extra = op->extra };

	ch_http_answer(op->req, &h, text);
}

uint64_t ch_op_logged(const struct ch_op *op)
{
	uint64_t size = op->answer == CH_ANSWER_PROOF ? op->index + 1 : 0;

	for (unsigned i = 0; i < op->n_part; i++)
		if (op->part[i].logged && op->part[i].index >= size)
			size = op->part[i].index + 1;
	return size;
}

/* What this very answer shows, and never more. */
static const char *level(const struct ch_reg *reg, const struct ch_op *op)
{
	uint64_t size = ch_op_logged(op);

	if (size == 0)
		return NULL;
	return has_quorum(reg, op, size - 1) ? "Chancery-Level: witnessed\r\n" :
	    "Chancery-Level: published\r\n";
}

void ch_op_answer(struct ch_reg *reg, struct ch_op *op)
{
	ch_span text = { 0 };
	ch_err e = op->err;

	if (!op->req)
		return;
	if (op->named)
		ch_outfile_abort(op->named); /* nothing, once it has its name */
	if (e == CH_OK && op->status < 400 && op->answer == CH_ANSWER_PACK)
		e = pack(&text, reg, op);
	if (e == CH_OK && op->status < 400 && op->answer == CH_ANSWER_PROOF)
		e = bare_proof(&text, reg, op);
	if (!op->extra)
		op->extra = level(reg, op);
	if (e != CH_OK) {
		ch_log(CH_LOG_ERROR, "answer-failed", "an answer could not be given",
		    CH_LOG_WITH(ch_log_text("why", ch_span_str(ch_err_text(e)))));
		if (ch_is_fatal(e) && reg->fatal == CH_OK)
			ch_batch_stop(reg, e);
		op->more = (ch_span){ 0 };
		(void)ch_refuse(op, e == CH_E_FULL ? 507 : 500,
		    e == CH_E_FULL ? "disk-full" : "internal",
		    "The registry could not answer; ask again");
	}
	ch_metrics_answer(&reg->metrics, op->status);
	if (op->status >= 400 && op->kebab) {
		ch_infile_close(&op->file);
		answer_problem(op);
	} else if (op->answer == CH_ANSWER_PACK) {
		give_text(op, "application/octet-stream", text);
	} else if (op->answer == CH_ANSWER_PROOF) {
		give_text(op, "text/plain; charset=utf-8", text);
	} else if (op->answer == CH_ANSWER_TEXT) {
		give_text(op, op->type, op->text);
	} else if (op->answer == CH_ANSWER_FILE) {
		ch_http_answer_head h = { .status = 200, .type = "application/octet-stream",
			.cache = op->cache };

		ch_http_answer_file(op->req, &h, &op->file);
	} else {
		give_text(op, NULL, (ch_span){ 0 });
	}
}
