/* The archive that an envelope opens to: one verdict, in whatever pieces it came. */
#include "envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct ch_outer_reader whole, pieces;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	ch_err a, b = CH_OK;

	ch_outer_reader_init(&whole, NULL, NULL);
	a = ch_outer_reader_write(&whole, ch_span_of(data, n));
	if (a == CH_OK)
		a = ch_outer_reader_finish(&whole);
	ch_outer_reader_init(&pieces, NULL, NULL);
	for (size_t k = 1; b == CH_OK && !ch_rd_at_end(&r); k = k * 3 % 1021)
		b = ch_outer_reader_write(&pieces,
		    ch_rd_take(&r, k < ch_rd_left(&r) ? k : ch_rd_left(&r)));
	if (b == CH_OK)
		b = ch_outer_reader_finish(&pieces);
	CH_ASSERT((a == CH_OK) == (b == CH_OK));
	if (a == CH_OK)
		CH_ASSERT(ch_span_eq(ch_outer_reader_cover(&whole),
		    ch_outer_reader_cover(&pieces)));
	return 0;
}
