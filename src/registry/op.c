/* Verdicts and answers of operations, and what most handlers begin with. */
#include "clock.h"
#include "hex.h"
#include "warm.h"

void ch_op_verdict(struct ch_op *op, ch_err e)
{
	switch (e) {
	case CH_E_AUTH:
		(void)ch_refuse(op, 422, "bad-signature", "A signature does not verify");
		return;
	case CH_E_LIMIT:
		(void)ch_refuse(op, 413, "too-large", "Larger than the format allows");
		return;
	case CH_E_DENIED:
		(void)ch_refuse(op, 403, "not-permitted", "The signer lacks the power for this");
		return;
	case CH_E_ABSENT:
		(void)ch_refuse(op, 404, "not-found", "There is no such thing here");
		return;
	case CH_E_CONFLICT:
		(void)ch_refuse(op, 409, "stale-roster",
		    "Another version of the roster is the newest");
		return;
	default:
		if (ch_err_is_fault(e))
			(void)ch_fault(op, e);
		else
			(void)ch_refuse(op, 400, "bad-request",
			    "The body is not in its one form");
	}
}

bool ch_refuse_ended(struct ch_op *op, ch_end end)
{
	static const char *const more[] = { "", ",\"end\":\"delivered\"", ",\"end\":\"declined\"",
		",\"end\":\"taken-back\"", ",\"end\":\"lapsed\"" };

	op->more = ch_span_str(more[end]);
	return ch_refuse(op, 409, "already-ended", "This delivery has its end already");
}

bool ch_give_text(struct ch_op *op, unsigned status, const char *type, ch_span text)
{
	op->status = status;
	op->answer = CH_ANSWER_TEXT;
	op->type = type;
	op->text = text;
	return true;
}

static void give(struct ch_op *op, ch_op_part part)
{
	CH_ASSERT(op->n_part < CH_OP_PARTS);
	op->answer = CH_ANSWER_PACK;
	if (!op->status)
		op->status = 200;
	op->part[op->n_part++] = part;
}

void ch_give_part(struct ch_op *op, const char *name, ch_span bytes)
{
	give(op, (ch_op_part){ .name = name, .bytes = bytes });
}

void ch_give_logged(struct ch_op *op, const char *name, ch_span bytes, uint64_t index)
{
	give(op, (ch_op_part){ .name = name, .bytes = bytes, .logged = true, .index = index });
}

void *ch_op_alloc(struct ch_op *op, size_t n)
{
	void *p = ch_arena_alloc(op->arena, n);

	if (!p)
		op->err = CH_E_NOMEM;
	return p;
}

bool ch_reg_now(int64_t *out, struct ch_reg *reg, struct ch_op *op)
{
	ch_err e = ch_clock_now(out, reg->folder.clock, reg->folder.exercise);

	return e == CH_OK ? true : ch_fault(op, CH_E_INTERNAL);
}

bool ch_op_hash(ch_hash *out, struct ch_op *op, unsigned arg)
{
	if (ch_hex_parse(out->b, sizeof out->b, op->arg[arg]) == CH_OK)
		return true;
	return ch_refuse(op, 400, "bad-request", "64 lower-case hex digits are wanted in the path");
}

/* Where the crew had the row, only its state can be another by now. */
bool ch_op_submission(ch_row_submission *out, struct ch_reg *reg, struct ch_op *op)
{
	const struct ch_warm *w = op->warm;
	ch_hash l;
	ch_err e;

	if (!ch_op_hash(&l, op, 0))
		return false;
	if (w && w->open && ch_hash_eq(&w->sub.l, &l)) {
		*out = w->sub;
		e = ch_store_state(&out->state, reg->store, &l);
	} else {
		e = ch_store_submission(out, reg->store, op->arena, &l);
	}
	return e == CH_OK ? true : ch_refuse_err(op, e);
}

bool ch_op_key_name(ch_span *out, struct ch_op *op, ch_span name, const uint8_t id[4])
{
	size_t room = name.n + CH_KEY_ID_TEXT;
	struct ch_wr w = ch_wr_of(ch_op_alloc(op, room), room);

	if (op->err != CH_OK)
		return false;
	ch_vkey_put_name(&w, name, id);
	*out = ch_wr_span(&w);
	return true;
}
