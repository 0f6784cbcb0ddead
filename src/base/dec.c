/* Decimal integers: see dec.h. */
#include "dec.h"

ch_err ch_dec_parse(uint64_t *out, ch_span in, uint64_t max)
{
	uint64_t v = 0;

	*out = 0;
	if (in.n == 0 || (in.n > 1 && in.p[0] == '0'))
		return CH_E_FORMAT;
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] < '0' || in.p[i] > '9')
			return CH_E_FORMAT;
	for (size_t i = 0; i < in.n; i++) {
		uint64_t d = in.p[i] - (uint64_t)'0';

		if (v > (max - d) / 10 || d > max)
			return CH_E_LIMIT;
		v = v * 10 + d;
	}
	*out = v;
	return CH_OK;
}

void ch_dec_put(struct ch_wr *w, uint64_t v)
{
	unsigned digits = 1;

	for (uint64_t x = v; x >= 10; x /= 10)
		digits++;
	ch_dec_put_fixed(w, v, digits);
}

void ch_dec_put_fixed(struct ch_wr *w, uint64_t v, unsigned digits)
{
	uint8_t buf[20];

	CH_ASSERT(digits <= sizeof buf);
	for (unsigned i = digits; i-- > 0; v /= 10)
		buf[i] = (uint8_t)('0' + v % 10);
	CH_ASSERT(v == 0);
	ch_wr_put(w, ch_span_of(buf, digits));
}
