/* Packs: what parses is written again to the same bytes. */
#include "pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t text[1 << 20];
	static ch_part part[CH_PACK_PARTS_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_span in = ch_span_of(data, n);
	ch_pack_kind kind;
	bool exercise;
	size_t k;

	if (n > sizeof text || ch_pack_sniff(&kind, &exercise, in) != CH_OK)
		return 0;
	if (ch_pack_parse(part, &k, CH_PACK_PARTS_MAX, in, kind, exercise) == CH_OK)
		CH_ASSERT(ch_pack_format(&w, part, k, kind, exercise) == CH_OK &&
		    ch_span_eq(ch_wr_span(&w), in));
	return 0;
}
