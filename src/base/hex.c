/* Lower-case hexadecimal: see hex.h. */
#include "hex.h"

static int ch_hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

ch_err ch_hex_parse(uint8_t *out, size_t n, ch_span in)
{
	memset(out, 0, n);
	if (n > SIZE_MAX / 2 || in.n != 2 * n)
		return CH_E_FORMAT;
	for (size_t i = 0; i < n; i++) {
		int hi = ch_hex_digit(in.p[2 * i]), lo = ch_hex_digit(in.p[2 * i + 1]);

		if (hi < 0 || lo < 0) {
			memset(out, 0, n);
			return CH_E_FORMAT;
		}
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return CH_OK;
}

void ch_hex_put(struct ch_wr *w, ch_span bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.n; i++) {
		ch_wr_u8(w, (uint8_t)digits[bytes.p[i] >> 4]);
		ch_wr_u8(w, (uint8_t)digits[bytes.p[i] & 15]);
	}
}
