/* Canonical base64: see b64.h. Arithmetic on characters, no tables, no secret branches. */
#include "b64.h"

#include "ct.h"
#include "wipe.h"

/* 0xff where lo <= c <= hi, else 0. */
static uint32_t ch_b64_in(uint32_t c, uint32_t lo, uint32_t hi)
{
	return ((lo - 1 - c) & (c - hi - 1)) >> 24 & 0xff;
}

/* The value of a digit, or 0x100 set when c is none. */
static uint32_t ch_b64_value(uint32_t c)
{
	uint32_t v = 0, hit = 0, m;

	m = ch_b64_in(c, 'A', 'Z');
	v |= m & (c - 'A');
	hit |= m;
	m = ch_b64_in(c, 'a', 'z');
	v |= m & (c - 'a' + 26);
	hit |= m;
	m = ch_b64_in(c, '0', '9');
	v |= m & (c - '0' + 52);
	hit |= m;
	m = ch_b64_in(c, '+', '+');
	v |= m & 62;
	hit |= m;
	m = ch_b64_in(c, '/', '/');
	v |= m & 63;
	hit |= m;
	return v | (~hit & 1) << 8;
}

static uint32_t ch_b64_char(uint32_t v)
{
	uint32_t c = 0;

	c |= ch_b64_in(v + 1, 1, 26) & (v + 'A');
	c |= ch_b64_in(v + 1, 27, 52) & (v - 26 + 'a');
	c |= ch_b64_in(v + 1, 53, 62) & (v - 52 + '0');
	c |= ch_b64_in(v + 1, 63, 63) & '+';
	c |= ch_b64_in(v + 1, 64, 64) & '/';
	return c;
}

size_t ch_b64_len(size_t n, ch_b64_kind kind)
{
	CH_ASSERT(n <= SIZE_MAX / 4);
	if (kind == CH_B64_PADDED)
		return (n + 2) / 3 * 4;
	return n / 3 * 4 + (n % 3 ? n % 3 + 1 : 0);
}

/* Strip the padding that a PADDED text must have. */
static ch_err ch_b64_strip(ch_span *in)
{
	size_t pad = 0;

	if (in->n % 4 != 0)
		return CH_E_FORMAT;
	while (pad < 2 && in->n > pad && in->p[in->n - 1 - pad] == '=')
		pad++;
	in->n -= pad;
	return CH_OK;
}

ch_err ch_b64_parse(uint8_t *out, size_t *n, size_t cap, ch_span in, ch_b64_kind kind)
{
	uint32_t acc = 0, bad = 0;
	size_t k = 0;

	*n = 0;
	if (kind == CH_B64_PADDED && ch_b64_strip(&in) != CH_OK)
		return CH_E_FORMAT;
	if (in.n % 4 == 1)
		return CH_E_FORMAT;
	if (in.n / 4 * 3 + in.n % 4 * 3 / 4 > cap)
		return CH_E_LIMIT;
	for (size_t i = 0; i < in.n; i++) {
		uint32_t v = ch_b64_value(in.p[i]);

		bad |= v >> 8;
		acc = acc << 6 | (v & 63);
		if (i % 4 != 0)
			out[k++] = (uint8_t)(acc >> (6 - 2 * (i % 4)));
	}
	/* Bits of the last digit that belong to no byte must be zero: one spelling a value. */
	if (in.n % 4 == 2)
		bad |= acc & 15;
	if (in.n % 4 == 3)
		bad |= acc & 3;
	CH_CT_PUBLIC(&bad, sizeof bad); /* the verdict, never which digit */
	if (bad) {
		ch_wipe(out, k);
		return CH_E_FORMAT;
	}
	*n = k;
	return CH_OK;
}

ch_err ch_b64_parse_n(uint8_t *out, size_t n, ch_span in, ch_b64_kind kind)
{
	size_t got = 0;
	ch_err e = CH_E_FORMAT;

	if (in.n == ch_b64_len(n, kind))
		e = ch_b64_parse(out, &got, n, in, kind);
	if (e == CH_OK && got == n)
		return CH_OK;
	ch_wipe(out, n);
	return CH_E_FORMAT;
}

void ch_b64_put(struct ch_wr *w, ch_span s, ch_b64_kind kind)
{
	for (size_t i = 0; i < s.n; i += 3) {
		size_t k = s.n - i < 3 ? s.n - i : 3;
		uint32_t v = (uint32_t)s.p[i] << 16;

		if (k > 1)
			v |= (uint32_t)s.p[i + 1] << 8;
		if (k > 2)
			v |= s.p[i + 2];
		for (size_t j = 0; j < 4; j++) {
			if (j <= k)
				ch_wr_u8(w, (uint8_t)ch_b64_char(v >> (18 - 6 * j) & 63));
			else if (kind == CH_B64_PADDED)
				ch_wr_u8(w, '=');
		}
	}
}
