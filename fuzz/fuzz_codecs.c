/* hex, base64, decimal, instants: the first byte chooses; what parses is written to itself. */
#include "b64.h"
#include "dec.h"
#include "hex.h"
#include "when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint8_t bytes[4096], text[8192];

static void fuzz_same(struct ch_wr *w, ch_span in)
{
	CH_ASSERT(ch_wr_done(w) == CH_OK && ch_span_eq(ch_wr_span(w), in));
}

static void fuzz_bytes(uint8_t mode, ch_span in)
{
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_b64_kind kind = mode == 'p' ? CH_B64_PADDED : CH_B64_RAW;
	size_t k = in.n / 2;

	if (mode == 'h') {
		if (k > sizeof bytes || ch_hex_parse(bytes, k, in) != CH_OK)
			return;
		ch_hex_put(&w, ch_span_of(bytes, k));
	} else {
		if (ch_b64_parse(bytes, &k, sizeof bytes, in, kind) != CH_OK)
			return;
		ch_b64_put(&w, ch_span_of(bytes, k), kind);
	}
	fuzz_same(&w, in);
}

static void fuzz_numbers(uint8_t mode, ch_span in)
{
	struct ch_wr w = ch_wr_of(text, sizeof text);
	uint64_t v;
	int64_t t;

	if (mode == 'd') {
		if (ch_dec_parse(&v, in, UINT64_MAX) != CH_OK)
			return;
		ch_dec_put(&w, v);
	} else if (mode == 'w') {
		if (ch_when_parse(&t, in) != CH_OK)
			return;
		ch_when_put(&w, t);
	} else {
		if (ch_when_parse_date(&t, in) != CH_OK)
			return;
		ch_when_put_date(&w, t);
	}
	fuzz_same(&w, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	uint8_t mode = ch_rd_u8(&r);
	ch_span in = ch_rd_rest(&r);

	if (mode == 'h' || mode == 'p' || mode == 'r')
		fuzz_bytes(mode, in);
	else
		fuzz_numbers(mode, in);
	return 0;
}
