/* Entry bundles: whatever is read is written back byte for byte. */
#include "tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t buf[1 << 20];
	struct ch_wr w = ch_wr_of(buf, n < sizeof buf ? n : sizeof buf);
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));

	while (ch_rd_left(&r) > 0) {
		ch_span entry = ch_bundle_next(&r);

		if (r.err != CH_OK)
			return 0;
		ch_bundle_put(&w, entry);
	}
	CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), ch_span_of(data, n)));
	return 0;
}
