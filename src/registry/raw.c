/*
 * Raw appends: entries that a party made itself, each a salted commitment of 32 bytes. The entry
 * is its own nonce: commitments are random, so the same one again is the same event and gets the
 * same place.
 */
#include "handlers.h"

#include "dec.h"

#define DEC_MAX 20 /* digits of an index */

static bool give_indexes(struct ch_op *op, const uint64_t *index, size_t n)
{
	size_t room = n * (DEC_MAX + 1);
	struct ch_wr w = ch_wr_of(ch_op_alloc(op, room), room);

	if (op->err != CH_OK)
		return false;
	for (size_t i = 0; i < n; i++) {
		ch_dec_put(&w, index[i]);
		CH_WR_LIT(&w, "\n");
	}
	op->extra = "Chancery-Level: durable\r\n";
	return ch_give_text(op, 200, "text/plain; charset=utf-8", ch_wr_span(&w));
}

bool ch_post_entries(struct ch_reg *reg, struct ch_op *op)
{
	size_t n = op->body.n / sizeof(ch_hash);
	uint64_t one, *index = &one;
	const ch_hash *entry;
	bool published = op->asked >= CH_ASKED_PUBLISHED;
	ch_err e;

	if (n == 0 || op->body.n % sizeof(ch_hash) != 0)
		return ch_refuse(op, 400, "bad-request", "Entries of 32 bytes each are wanted");
	if (published && n > 1)
		return ch_refuse(op, 400, "bad-request",
		    "One entry at a time is answered with its proof");
	if (ch_register_is_behind(reg->log))
		return ch_refuse(op, 503, "busy", "The disk is behind; ask again in a second");
	if (n > 1 && !(index = ch_op_alloc(op, n * sizeof *index)))
		return false;
	entry = (const ch_hash *)(const void *)op->body.p; /* bytes alone: any place will do */
	reg->metrics.raw += n;
	if ((e = ch_register_append(index, reg->log, entry, n)) != CH_OK)
		return ch_fault(op, e);
	if (!published)
		return give_indexes(op, index, n);
	op->status = 200;
	op->answer = CH_ANSWER_PROOF;
	op->index = *index;
	return true;
}
