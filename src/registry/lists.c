/* What a party may ask about its own deliveries. */
#include "handlers.h"

#include "checkpoint.h"
#include "dec.h"

#define LIST_MAX 1000
#define LIST_ROOM (LIST_MAX * 400 + 64)

static ch_err on_submission(void *ctx, const ch_row_submission *r)
{
	struct ch_wr *w = ctx;

	ch_json_hash(w, "submission", &r->l);
	ch_json_dec(w, "index", r->index);
	ch_json_dec(w, "serial", r->serial);
	ch_json_hash(w, "envelope", &r->envelope);
	ch_json_dec(w, "size", r->size);
	ch_json_text(w, "state", ch_span_str(ch_end_name(r->state)));
	CH_WR_LIT(w, "}");
	return w->err;
}

bool ch_op_after(uint64_t *out, struct ch_op *op, const char *name)
{
	ch_span v;
	ch_err e = ch_http1_param(&v, ch_http_head(op->req)->query, name);

	*out = UINT64_MAX;
	if (e == CH_E_ABSENT)
		return true;
	if (e == CH_OK && ch_dec_parse(out, v, INT64_MAX) == CH_OK)
		return true;
	return ch_refuse(op, 400, "bad-request", "A place in the register is a number");
}

static bool give_list(struct ch_op *op, struct ch_wr *w, ch_err e)
{
	CH_WR_LIT(w, "]\n");
	if (e == CH_OK)
		e = w->err;
	return e == CH_OK ? ch_give_text(op, 200, "application/json", ch_wr_span(w)) :
	    ch_fault(op, e);
}

/* The mailbox must be one of the newest roster's, here. */
static bool is_mine(struct ch_reg *reg, struct ch_op *op, ch_span mailbox)
{
	ch_roster r;
	ch_span have;

	if (!ch_reg_roster(&r, reg, op, op->who.party, 0))
		return false;
	have = ch_roster_mailbox(&r, reg->folder.origin);
	if (have.n > 0 && ch_span_eq(have, mailbox))
		return true;
	return ch_refuse(op, 404, "not-found", "There is no such thing here");
}

bool ch_get_mailbox(struct ch_reg *reg, struct ch_op *op)
{
	struct ch_wr w = ch_wr_of(ch_op_alloc(op, LIST_ROOM), LIST_ROOM);
	uint64_t after;

	if (op->err != CH_OK || !ch_op_after(&after, op, "after") ||
	    !is_mine(reg, op, op->arg[0]))
		return false;
	CH_WR_LIT(&w, "[");
	return give_list(op, &w,
	    ch_store_mailbox(reg->store, op->arg[0], after, LIST_MAX, on_submission, &w));
}

bool ch_get_sent(struct ch_reg *reg, struct ch_op *op)
{
	struct ch_wr w = ch_wr_of(ch_op_alloc(op, LIST_ROOM), LIST_ROOM);
	uint64_t after;
	ch_hash talks;

	if (op->err != CH_OK || !ch_op_hash(&talks, op, 0) || !ch_op_after(&after, op, "after"))
		return false;
	CH_WR_LIT(&w, "[");
	return give_list(op, &w,
	    ch_store_sent(reg->store, &talks, op->who.party, after, LIST_MAX, on_submission, &w));
}

/* ---- heads ---- */

struct heads {
	struct ch_wr block;
	uint32_t n;
};

static ch_err on_pair(void *ctx, ch_span author, uint64_t serial, const ch_hash *head)
{
	struct heads *h = ctx;
	uint8_t text[128];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_ref ref = { .n = serial, .hash = *head };
	ch_item it = { .v = { author, ch_val_put_ref(&w, &ref) } };

	h->n++;
	return ch_stmt_put_item(&h->block, CH_K_HEADS, CH_HD_CHAINS, &it);
}

bool ch_get_heads(struct ch_reg *reg, struct ch_op *op)
{
	struct heads h = { .block = ch_wr_of(ch_op_alloc(op, 32768), 32768) };
	struct ch_own o;
	ch_seen seen = { .size = reg->log->done.size, .root = reg->log->root };
	ch_hash talks;
	ch_span note;
	int64_t now;
	ch_err e;

	if (op->err != CH_OK || !ch_op_hash(&talks, op, 0) || !ch_reg_now(&now, reg, op) ||
	    !ch_own_begin(&o, reg, op, CH_K_HEADS))
		return false;
	if ((e = ch_store_in_talks(reg->store, &talks, op->who.party)) != CH_OK)
		return ch_refuse_err(op, e);
	e = ch_store_pairs_to(reg->store, &talks, op->who.party, on_pair, &h);
	if (e != CH_OK)
		return ch_fault(op, ch_err_is_fault(e) ? e : CH_E_INTERNAL);
	ch_sha256(&seen.note, ch_register_checkpoint(reg->log));
	o.s.v[CH_HD_TALKS] = ch_val_put_hash(&o.w, &talks);
	o.s.v[CH_HD_PARTY] = op->who.party;
	o.s.v[CH_HD_TIME] = ch_val_put_when(&o.w, now);
	o.s.v[CH_HD_CHECKPOINT] = ch_val_put_seen(&o.w, &seen);
	o.s.v[CH_HD_CHAINS] = ch_wr_span(&h.block);
	o.s.count[CH_HD_CHAINS] = h.n;
	if (!ch_own_sign(&note, &o, reg, op))
		return false;
	return ch_give_text(op, 200, "text/plain; charset=utf-8", note);
}

/* ---- the record ---- */


static const char *part_name(ch_kind kind)
{
	switch (kind) {
	case CH_K_NOTICE:
		return "notice";
	case CH_K_HANDOVER:
		return "handover";
	case CH_K_ENDED:
		return "ended";
	case CH_K_OPENED:
		return "opened";
	case CH_K_DEFECT:
		return "defect";
	case CH_K_KEY_MISSING:
		return "key-missing";
	default:
		return "registered";
	}
}

static ch_err one(struct ch_reg *reg, struct ch_op *op, uint64_t submission, ch_kind kind)
{
	ch_row_entry row;
	ch_err e = kind == CH_K_REGISTERED ?
	    ch_store_entry(&row, reg->store, op->arena, submission) :
	    ch_store_entry_of(&row, reg->store, op->arena, submission, kind);

	if (e == CH_OK)
		ch_give_logged(op, part_name(kind), row.note, row.index);
	return e == CH_E_ABSENT ? CH_OK : e;
}

/* The checkpoint that dates a lapse, under its size. */
static ch_err give_checkpoint(struct ch_op *op, ch_span note)
{
	char *name = ch_arena_alloc(op->arena, 40);
	struct ch_wr w = ch_wr_of(name, 39);
	ch_note n;
	ch_checkpoint cp;

	if (!name)
		return CH_E_NOMEM;
	if (ch_note_parse(&n, note, CH_NOTE_TEXT_MAX) != CH_OK ||
	    ch_checkpoint_parse(&cp, n.text) != CH_OK)
		return CH_E_DB;
	CH_WR_LIT(&w, "checkpoint.");
	ch_dec_put(&w, cp.size);
	ch_give_part(op, name, note);
	return CH_OK;
}

/* In the order of doc/formats/delivery.md. */
static ch_err fill(struct ch_reg *reg, struct ch_op *op, const ch_row_submission *sub,
    const ch_row_end *end)
{
	ch_err e;

	ch_give_part(op, "registry", reg->self);
	ch_give_part(op, "submission", sub->note);
	if ((e = one(reg, op, sub->index, CH_K_REGISTERED)) != CH_OK ||
	    (e = one(reg, op, sub->index, CH_K_NOTICE)) != CH_OK)
		return e;
	if (end->state == CH_END_DELIVERED) {
		ch_give_part(op, "receipt", end->cause);
		if ((e = one(reg, op, sub->index, CH_K_HANDOVER)) != CH_OK)
			return e;
		ch_give_part(op, "keybox", end->keybox);
	} else if (end->state == CH_END_DECLINED) {
		ch_give_part(op, "decline", end->cause);
	} else if (end->state == CH_END_TAKEN_BACK) {
		ch_give_part(op, "take-back", end->cause);
	}
	if ((e = one(reg, op, sub->index, CH_K_ENDED)) != CH_OK ||
	    (e = one(reg, op, sub->index, CH_K_OPENED)) != CH_OK ||
	    (e = one(reg, op, sub->index, CH_K_DEFECT)) != CH_OK ||
	    (e = one(reg, op, sub->index, CH_K_KEY_MISSING)) != CH_OK)
		return e;
	return end->checkpoint.n ? give_checkpoint(op, end->checkpoint) : CH_OK;
}

static ch_err give_charter(struct ch_reg *reg, struct ch_op *op, const ch_hash *talks)
{
	ch_row_charter row;
	ch_err e = ch_store_charter_newest(&row, reg->store, op->arena, talks, true);

	if (e == CH_OK)
		ch_give_logged(op, "charter", row.note, row.index);
	return e == CH_E_ABSENT ? CH_OK : e;
}

bool ch_get_delivery(struct ch_reg *reg, struct ch_op *op)
{
	ch_row_submission sub;
	ch_row_end end = { 0 };
	ch_err e;

	if (!ch_op_submission(&sub, reg, op))
		return false;
	if (!ch_span_eq(sub.author, op->who.party) && !ch_span_eq(sub.addressee, op->who.party))
		return ch_refuse(op, 404, "not-found", "There is no such thing here");
	op->pack = CH_PACK_RECORD;
	e = ch_store_end(&end, reg->store, op->arena, sub.index);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = give_charter(reg, op, &sub.talks);
	if (e == CH_OK)
		e = fill(reg, op, &sub, &end);
	return e == CH_OK ? true : ch_fault(op, e);
}
