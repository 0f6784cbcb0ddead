/*
 * Offline proofs of inclusion: see proof.h. Trusts the keys given, nothing in the proof.
 * Source: c2sp.org/tlog-proof@v1.
 */
#include "proof.h"

#include "b64.h"
#include "b64s.h"
#include "dec.h"

#define CH_PROOF_HEAD "c2sp.org/tlog-proof@v1\n"

/* "The second line MAY start with the string `extra` …" No extra data: no line. */
static void ch_proof_read_extra(ch_proof *out, struct ch_rd *r)
{
	struct ch_wr count = ch_wr_measure();

	if (!ch_rd_starts(r, CH_LIT("extra ")))
		return;
	CH_RD_LIT(r, "extra ");
	out->extra = ch_rd_line1(r);
	ch_rd_need(r, out->extra.n <= (CH_PROOF_EXTRA_MAX + 2) / 3 * 4, CH_E_LIMIT);
	if (r->err != CH_OK)
		return;
	ch_b64s_put(&count, out->extra, 0);
	ch_rd_need(r, ch_wr_done(&count) == CH_OK, CH_E_FORMAT);
	ch_rd_need(r, count.n <= CH_PROOF_EXTRA_MAX, CH_E_LIMIT);
}

size_t ch_proof_take_hashes(ch_hash *out, size_t max, struct ch_rd *r)
{
	size_t n = 0;

	while (r->err == CH_OK && !ch_rd_starts(r, CH_LIT("\n"))) {
		ch_span line = ch_rd_line1(r);

		ch_rd_need(r, n < max, CH_E_LIMIT);
		if (r->err == CH_OK &&
		    ch_b64_parse_n(out[n++].b, sizeof out->b, line, CH_B64_PADDED) != CH_OK)
			ch_rd_fail(r, CH_E_FORMAT);
	}
	CH_RD_LIT(r, "\n");
	return n;
}

void ch_proof_put_hashes(struct ch_wr *w, const ch_hash *hash, size_t n)
{
	for (size_t i = 0; i < n && w->err == CH_OK; i++) {
		ch_b64_put(w, ch_span_of(hash[i].b, sizeof hash[i].b), CH_B64_PADDED);
		CH_WR_LIT(w, "\n");
	}
	CH_WR_LIT(w, "\n");
}

ch_err ch_proof_parse(ch_proof *out, ch_span in)
{
	struct ch_rd r = ch_rd_of(in);
	ch_err e;

	memset(out, 0, sizeof *out);
	CH_RD_LIT(&r, CH_PROOF_HEAD);
	ch_proof_read_extra(out, &r);
	CH_RD_LIT(&r, "index ");
	if ((e = ch_dec_parse(&out->index, ch_rd_line(&r), UINT64_MAX)) != CH_OK)
		ch_rd_fail(&r, e);
	out->n = ch_proof_take_hashes(out->hash, CH_MERKLE_PROOF_MAX, &r);
	out->checkpoint = ch_rd_rest(&r);
	ch_rd_need(&r, out->checkpoint.n > 0, CH_E_TRUNCATED);
	e = ch_rd_done(&r);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

ch_err ch_proof_extra(uint8_t *out, size_t *n, size_t cap, const ch_proof *proof)
{
	struct ch_wr w = ch_wr_of(out, cap);
	ch_err e;

	ch_b64s_put(&w, proof->extra, 0);
	e = ch_wr_done(&w);
	*n = w.n;
	return e;
}

void ch_proof_put(struct ch_wr *w, ch_span extra, uint64_t index, const ch_hash *hash, size_t n,
    ch_span checkpoint)
{
	if (extra.n > CH_PROOF_EXTRA_MAX || n > CH_MERKLE_PROOF_MAX)
		ch_wr_fail(w, CH_E_LIMIT);
	CH_WR_LIT(w, CH_PROOF_HEAD);
	if (extra.n > 0) {
		CH_WR_LIT(w, "extra ");
		ch_b64_put(w, extra, CH_B64_PADDED);
		CH_WR_LIT(w, "\n");
	}
	CH_WR_LIT(w, "index ");
	ch_dec_put(w, index);
	CH_WR_LIT(w, "\n");
	ch_proof_put_hashes(w, hash, n);
	ch_wr_put(w, checkpoint);
}

static ch_err ch_proof_open(struct ch_proof_facts *out, const ch_vkey *log,
    const ch_policy *policy)
{
	size_t which = 0;

	CH_ASSERT(log || policy);
	if (log)
		return ch_checkpoint_open(&out->tree, &out->note, out->proof.checkpoint, log);
	return ch_policy_open(&out->tree, &out->note, &which, out->proof.checkpoint, policy);
}

ch_err ch_proof_verify_leaf(struct ch_proof_facts *out, ch_span in, const ch_hash *leaf,
    const ch_vkey *log, const ch_policy *policy)
{
	ch_err e;

	memset(out, 0, sizeof *out);
	e = ch_proof_parse(&out->proof, in);
	if (e == CH_OK)
		e = ch_proof_open(out, log, policy);
	if (e == CH_OK)
		e = ch_merkle_verify_inclusion(&out->tree.root, out->tree.size, out->proof.index,
		    leaf, out->proof.hash, out->proof.n);
	if (e == CH_OK && policy)
		e = ch_policy_check(&out->cosigners, policy, &out->note);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

ch_err ch_proof_verify(struct ch_proof_facts *out, ch_span in, ch_span entry,
    const ch_vkey *log, const ch_policy *policy)
{
	ch_hash leaf;

	ch_merkle_leaf(&leaf, entry);
	return ch_proof_verify_leaf(out, in, &leaf, log, policy);
}
