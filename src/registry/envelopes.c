/*
 * Envelopes: files by hash, streamed in and out in constant memory. What comes in is hashed on
 * its way and gets its name only if it is what the path says. The first fetch by each delegate of
 * the addressee is a notice, durable before the first byte leaves.
 */
#include "handlers.h"
#include "hex.h"
#include "news.h"
#include "upload.h"

#define ENVELOPE_MAX ((uint64_t)9 << 30)

struct upload {
	struct ch_op *op;
	struct ch_sha256 sha;
	struct ch_outfile file;
	ch_hash want;
	bool have;  /* it was there before */
	ch_err err; /* of the first write that failed */
};

ch_err ch_envelope_path(char out[CH_PATH_MAX], const struct ch_reg *reg, const ch_hash *h)
{
	char hex[65] = { 0 };
	struct ch_wr w = ch_wr_of(hex, 64);

	ch_hex_put(&w, ch_span_of(h->b, sizeof h->b));
	return ch_path(out, "%s/envelopes/%s", reg->folder.dir, hex);
}

static void on_bytes(void *ctx, struct ch_http_req *r, ch_span bytes)
{
	struct upload *u = ch_http_data(r);

	(void)ctx;
	ch_sha256_update(&u->sha, bytes);
	if (!u->have && u->err == CH_OK)
		u->err = ch_outfile_write(&u->file, bytes);
}

/* In a batch. What was there before, or came to its name, may have been let go since. */
static bool settle(struct ch_reg *reg, struct ch_op *op)
{
	const struct upload *u = ch_http_data(op->req);
	uint64_t size;
	char path[CH_PATH_MAX];
	ch_err e;

	if (op->err != CH_OK)
		return false;
	if ((e = ch_envelope_path(path, reg, &u->want)) == CH_OK)
		e = ch_file_size(&size, path);
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 503, "busy", "It was let go meanwhile; send it again");
	if (e != CH_OK)
		return ch_fault(op, e);
	op->status = u->have ? 200 : 201;
	return ch_loose_keep(reg, op, &u->want, size);
}

static bool finish(struct upload *u)
{
	ch_hash have;
	ch_err e;

	ch_sha256_final(&u->sha, &have);
	if (!ch_hash_eq(&have, &u->want)) {
		ch_outfile_abort(&u->file);
		return ch_refuse(u->op, 422, "bad-request",
		    "The bytes have another hash than the path");
	}
	if (u->have)
		return true;
	e = u->err == CH_OK ? ch_outfile_lay(&u->file) : u->err;
	if (e != CH_OK) {
		ch_outfile_abort(&u->file);
		return ch_fault(u->op, e);
	}
	u->op->named = &u->file;
	return true;
}

static void on_end(void *ctx, struct ch_http_req *r)
{
	struct ch_reg *reg = ctx;
	struct upload *u = ch_http_data(r);

	if (finish(u))
		ch_uploads_put(reg, u->op, settle);
	else
		ch_op_answer(reg, u->op);
}

static void on_abort(void *ctx, struct ch_http_req *r)
{
	struct upload *u = ch_http_data(r);

	(void)ctx;
	ch_outfile_abort(&u->file);
}

static bool begin(struct upload **out, struct ch_reg *reg, struct ch_op *op)
{
	struct upload *u = ch_op_alloc(op, sizeof *u);
	char path[CH_PATH_MAX];
	uint64_t size;
	ch_err e;

	*out = u;
	if (!u || !ch_op_hash(&u->want, op, 0))
		return false;
	u->op = op;
	ch_sha256_init(&u->sha);
	if ((e = ch_envelope_path(path, reg, &u->want)) != CH_OK)
		return ch_fault(op, e);
	u->have = ch_file_size(&size, path) == CH_OK; /* and counted: more will not be kept */
	if (!u->have && !ch_limits_may_send(reg, op, ch_http_head(op->req)->length))
		return false;
	if (!u->have && (e = ch_outfile_open(&u->file, path, 0600)) != CH_OK)
		return ch_fault(op, e);
	return true;
}

void ch_envelope_put(struct ch_reg *reg, struct ch_op *op)
{
	static const ch_http_sink sink = { on_bytes, on_end, on_abort };
	struct upload *u;

	if (!begin(&u, reg, op)) {
		ch_op_answer(reg, op);
		return;
	}
	ch_http_set_data(op->req, u);
	ch_http_take_stream(op->req, ENVELOPE_MAX, &sink);
}

/* ---- GET ---- */

static bool give_file(struct ch_reg *reg, struct ch_op *op, const ch_hash *h)
{
	char path[CH_PATH_MAX];
	ch_err e;

	if ((e = ch_envelope_path(path, reg, h)) == CH_OK)
		e = ch_infile_open(&op->file, path);
	if (e != CH_OK)
		return ch_refuse_err(op, e);
	op->status = 200;
	op->answer = CH_ANSWER_FILE;
	return true;
}

static bool log_notice(struct ch_reg *reg, struct ch_op *op, const ch_row_submission *sub)
{
	struct ch_own o;
	ch_roster r;
	ch_delegate d;
	ch_ref pair = { .n = sub->serial, .hash = sub->pair }, roster;
	ch_span note;
	uint64_t index;
	ch_err e;

	if (!ch_reg_roster(&r, reg, op, op->who.party, 0))
		return false;
	if (ch_roster_find(&d, NULL, &r, op->who.delegate) != CH_OK || d.recalled)
		return ch_refuse(op, 403, "not-permitted", "This delegate has been recalled");
	roster = (ch_ref){ .n = r.version, .hash = r.hash };
	if (!ch_own_event(&o, reg, op, CH_K_NOTICE, sub, "C.1"))
		return false;
	o.s.v[CH_NO_PAIR] = ch_val_put_ref(&o.w, &pair);
	o.s.v[CH_NO_ROSTER] = ch_val_put_ref(&o.w, &roster);
	o.s.v[CH_NO_DELEGATE] = op->who.delegate;
	if (!ch_own_log(&note, &index, &o, reg, op, &sub->index))
		return false;
	e = ch_store_notice_add(reg->store, sub->index, op->who.delegate);
	return e == CH_OK ? ch_news_about(reg, op, sub) : ch_fault(op, e);
}

/* In a batch: the notice, unless one of the same turn made it, then the file. */
static bool notice(struct ch_reg *reg, struct ch_op *op)
{
	ch_row_submission sub;
	ch_hash h;
	ch_err e;

	if (!ch_op_hash(&h, op, 0))
		return false;
	if ((e = ch_store_by_envelope(&sub, reg->store, op->arena, &h)) != CH_OK)
		return ch_refuse_err(op, e);
	if (sub.state != CH_END_OPEN && sub.state != CH_END_DELIVERED)
		return ch_refuse_ended(op, sub.state);
	e = ch_store_notice(reg->store, sub.index, op->who.delegate);
	if (e == CH_E_ABSENT && !log_notice(reg, op, &sub))
		return false;
	if (e != CH_OK && e != CH_E_ABSENT)
		return ch_fault(op, e);
	return give_file(reg, op, &h);
}

bool ch_get_envelope(struct ch_reg *reg, struct ch_op *op)
{
	ch_row_submission sub;
	ch_hash h;
	ch_err e;

	if (!ch_op_hash(&h, op, 0))
		return false;
	if ((e = ch_store_by_envelope(&sub, reg->store, op->arena, &h)) != CH_OK)
		return ch_refuse_err(op, e);
	if (ch_span_eq(sub.author, op->who.party))
		return give_file(reg, op, &h);
	if (!ch_span_eq(sub.addressee, op->who.party))
		return ch_refuse(op, 404, "not-found", "There is no such thing here");
	if (sub.state != CH_END_OPEN && sub.state != CH_END_DELIVERED)
		return ch_refuse_ended(op, sub.state);
	e = ch_store_notice(reg->store, sub.index, op->who.delegate);
	if (e == CH_OK)
		return give_file(reg, op, &h);
	if (e != CH_E_ABSENT)
		return ch_fault(op, e);
	ch_batch_push(reg, op, notice);
	return true;
}
