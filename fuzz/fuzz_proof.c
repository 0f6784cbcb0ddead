/* Offline proofs: whatever is read is written back byte for byte. */
#include "proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t buf[1 << 20];
	struct ch_wr w = ch_wr_of(buf, n < sizeof buf ? n : sizeof buf);
	static ch_proof proof;
	static uint8_t extra[CH_PROOF_EXTRA_MAX];
	size_t got;

	if (ch_proof_parse(&proof, ch_span_of(data, n)) != CH_OK)
		return 0;
	CH_ASSERT(ch_proof_extra(extra, &got, sizeof extra, &proof) == CH_OK);
	ch_proof_put(&w, ch_span_of(extra, got), proof.index, proof.hash, proof.n,
	    proof.checkpoint);
	CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), ch_span_of(data, n)));
	return 0;
}
