/* Requests to a witness: what is read is written back byte for byte; judging never trips. */
#include "witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t buf[CH_WITNESS_REQUEST_MAX];
	struct ch_wr w = ch_wr_of(buf, n < sizeof buf ? n : sizeof buf);
	static ch_witness_request q;
	static ch_note note;
	ch_witness_state next, state = { .any = true, .size = 1 };
	ch_checkpoint tree;

	if (ch_witness_parse(&q, ch_span_of(data, n)) != CH_OK)
		return 0;
	ch_witness_put(&w, q.old, q.hash, q.n, q.checkpoint);
	CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), ch_span_of(data, n)));
	if (ch_witness_open(&tree, &note, &q) == CH_OK) {
		const ch_witness_log log = { .origin = tree.origin, .n = 1 };

		CH_ASSERT(ch_witness_judge(&next, &state, &log, &q, &tree, &note) != 200);
	}
	return 0;
}
