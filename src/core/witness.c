/*
 * Requests to a witness: see witness.h. Trusts the state and the keys given, nothing in a request.
 * Source: c2sp.org/tlog-witness.
 */
#include "witness.h"

#include "dec.h"
#include "proof.h"

ch_err ch_witness_parse(ch_witness_request *out, ch_span in)
{
	struct ch_rd r = ch_rd_of(in);
	ch_err e;

	memset(out, 0, sizeof *out);
	ch_rd_need(&r, in.n <= CH_WITNESS_REQUEST_MAX, CH_E_LIMIT);
	CH_RD_LIT(&r, "old ");
	if ((e = ch_dec_parse(&out->old, ch_rd_line(&r), UINT64_MAX)) != CH_OK)
		ch_rd_fail(&r, e);
	out->n = ch_proof_take_hashes(out->hash, CH_WITNESS_PROOF_MAX, &r);
	out->checkpoint = ch_rd_rest(&r);
	ch_rd_need(&r, out->checkpoint.n > 0, CH_E_TRUNCATED);
	e = ch_rd_done(&r);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

void ch_witness_put(struct ch_wr *w, uint64_t old, const ch_hash *hash, size_t n,
    ch_span checkpoint)
{
	if (n > CH_WITNESS_PROOF_MAX)
		ch_wr_fail(w, CH_E_LIMIT);
	CH_WR_LIT(w, "old ");
	ch_dec_put(w, old);
	CH_WR_LIT(w, "\n");
	ch_proof_put_hashes(w, hash, n);
	ch_wr_put(w, checkpoint);
}

ch_err ch_witness_open(ch_checkpoint *tree, ch_note *note, const ch_witness_request *q)
{
	ch_err e = ch_note_parse(note, q->checkpoint, CH_CHECKPOINT_TEXT_MAX);

	*tree = (ch_checkpoint){ 0 };
	if (e == CH_OK)
		e = ch_checkpoint_parse(tree, note->text);
	if (e != CH_OK)
		*note = (ch_note){ 0 };
	return e;
}

/* Lines of unknown keys are passed over; a line that claims a known key must verify. */
static bool ch_witness_is_signed(const ch_note *note, const ch_witness_log *log)
{
	bool found = false;

	for (size_t i = 0; i < log->n; i++) {
		const ch_err e = ch_note_verify(note, &log->key[i]);

		if (e != CH_OK && e != CH_E_ABSENT)
			return false;
		found = found || e == CH_OK;
	}
	return found;
}

/* Whether the tree in hand continues the old one, whose size is the request's. */
static bool ch_witness_continues(const ch_witness_state *old, const ch_witness_request *q,
    const ch_checkpoint *tree)
{
	ch_hash empty;

	ch_merkle_empty(&empty);
	if (tree->size == 0 && !ch_hash_eq(&tree->root, &empty))
		return false;
	/* "If the old size is zero, the consistency proof MUST be empty" */
	if (q->old == 0)
		return q->n == 0;
	if (q->old == tree->size)
		return q->n == 0 && ch_hash_eq(&old->root, &tree->root);
	return ch_merkle_verify_consistency(old->size, &old->root, tree->size, &tree->root,
	    q->hash, q->n) == CH_OK;
}

unsigned ch_witness_judge(ch_witness_state *next, const ch_witness_state *state,
    const ch_witness_log *log, const ch_witness_request *q, const ch_checkpoint *tree,
    const ch_note *note)
{
	*next = *state;
	if (!log)
		return 404;
	CH_ASSERT(ch_span_eq(log->origin, tree->origin));
	if (!ch_witness_is_signed(note, log))
		return 403;
	if (q->old > tree->size)
		return 400;
	if (q->old != state->size)
		return 409;
	if (!ch_witness_continues(state, q, tree))
		return 422;
	*next = (ch_witness_state){ .any = true, .size = tree->size, .root = tree->root };
	return 200;
}

void ch_witness_put_note(struct ch_wr *w, size_t *line, const ch_note *note,
    const ch_witness_log *log, ch_span name, uint64_t time, const struct ch_edsecret *sec)
{
	ch_note_put_text(w, note->text);
	for (size_t i = 0; i < note->n; i++)
		for (size_t k = 0; k < log->n; k++)
			if (ch_note_line_is_by(&note->line[i], &log->key[k]))
				ch_note_put_line(w, &note->line[i]);
	/* "The cosignature MUST NOT omit the timestamp" */
	if (time == 0)
		ch_wr_fail(w, CH_E_FORMAT);
	*line = w->n;
	ch_cosignature_put(w, name, note->text, time, sec);
}
