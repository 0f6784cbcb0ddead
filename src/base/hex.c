/* Lower-case hexadecimal: see hex.h. */
#include "hex.h"

#define CH_HEX_IS 16 /* marks a digit; beside it stands its value */

static const uint8_t ch_hex_digit[256] = {
	['0'] = 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
	['a'] = 26, 27, 28, 29, 30, 31,
};

ch_err ch_hex_parse(uint8_t *out, size_t n, ch_span in)
{
	uint8_t are = CH_HEX_IS;

	memset(out, 0, n);
	if (n > SIZE_MAX / 2 || in.n != 2 * n)
		return CH_E_FORMAT;
	for (size_t i = 0; i < n; i++) {
		uint8_t hi = ch_hex_digit[in.p[2 * i]], lo = ch_hex_digit[in.p[2 * i + 1]];

		are &= hi & lo;
		out[i] = (uint8_t)(hi << 4 | (lo & 15));
	}
	if (are)
		return CH_OK;
	memset(out, 0, n);
	return CH_E_FORMAT;
}

void ch_hex_put(struct ch_wr *w, ch_span bytes)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *out = bytes.n ? ch_wr_room(w, 2 * bytes.n) : NULL;

	for (size_t i = 0; out && i < bytes.n; i++) {
		out[2 * i] = (uint8_t)digits[bytes.p[i] >> 4];
		out[2 * i + 1] = (uint8_t)digits[bytes.p[i] & 15];
	}
}
