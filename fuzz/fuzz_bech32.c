/* Bech32 text: what parses is written again to the same bytes. */
#include "bech32.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void fuzz_same(ch_span in, const ch_bech32 *b, ch_span bytes)
{
	static uint8_t text[CH_BECH32_MAX];
	uint8_t hrp[83];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	if (b->hrp.n > sizeof hrp)
		return;
	for (size_t i = 0; i < b->hrp.n; i++) {
		uint8_t c = b->hrp.p[i];

		hrp[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
	}
	ch_bech32_put(&w, ch_span_of(hrp, b->hrp.n), bytes, b->kind);
	CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ch_span in = ch_span_of(data, n);
	static uint8_t bytes[CH_BECH32_MAX];
	ch_bech32 b;
	size_t k;

	if (ch_bech32_parse(&b, in) == CH_OK &&
	    ch_bech32_bytes(bytes, &k, sizeof bytes, &b) == CH_OK)
		fuzz_same(in, &b, ch_span_of(bytes, k));
	return 0;
}
