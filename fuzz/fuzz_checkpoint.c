/* Checkpoint texts: whatever is read is written back byte for byte. */
#include "checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t buf[1 << 20];
	struct ch_wr w = ch_wr_of(buf, n < sizeof buf ? n : sizeof buf);
	ch_checkpoint cp;

	if (ch_checkpoint_parse(&cp, ch_span_of(data, n)) != CH_OK)
		return 0;
	ch_checkpoint_put(&w, &cp);
	CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), ch_span_of(data, n)));
	return 0;
}
