/* Tile paths: whatever is read is written back byte for byte. */
#include "tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t buf[1 << 20];
	struct ch_wr w = ch_wr_of(buf, n < sizeof buf ? n : sizeof buf);
	ch_tile tile;

	if (ch_tile_parse(&tile, ch_span_of(data, n)) != CH_OK)
		return 0;
	ch_tile_put(&w, &tile);
	CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), ch_span_of(data, n)));
	return 0;
}
