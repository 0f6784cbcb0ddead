/* Canonical base64: see b64.h. Arithmetic on characters, no tables, no secret branches. */
#include "b64.h"

#include "ct.h"
#include "wipe.h"

#define CH_B64_CHARS 64 /* worked on at once, whole loops, so that compilers make vectors of them */
#define CH_B64_BYTES 48

/* 0xff where lo <= c <= hi, else 0. */
static inline uint16_t ch_b64_in(uint16_t c, uint16_t lo, uint16_t hi)
{
	return (uint16_t)((uint16_t)((lo - 1 - c) & (c - hi - 1)) >> 8);
}

/* The value of a digit, or 0x100 set when c is none. */
static inline uint16_t ch_b64_value(uint16_t c)
{
	uint16_t upper = ch_b64_in(c, 'A', 'Z'), lower = ch_b64_in(c, 'a', 'z');
	uint16_t digit = ch_b64_in(c, '0', '9');
	uint16_t plus = ch_b64_in(c, '+', '+'), slash = ch_b64_in(c, '/', '/');
	uint16_t hit = upper | lower | digit | plus | slash;

	return (uint16_t)((upper & (c - 'A')) | (lower & (c - 'a' + 26)) |
	    (digit & (c - '0' + 52)) | (plus & 62) | (slash & 63) | (~hit & 1) << 8);
}

/* 'A' + v, and what lies between the runs of the alphabet. */
static inline uint8_t ch_b64_char(uint16_t v)
{
	uint16_t c = (uint16_t)(v + 'A');

	c = (uint16_t)(c + (ch_b64_in(v, 26, 63) & ('a' - 'Z' - 1)));
	c = (uint16_t)(c - (ch_b64_in(v, 52, 63) & ('z' + 1 - '0')));
	c = (uint16_t)(c - (ch_b64_in(v, 62, 63) & ('9' + 1 - '+')));
	c = (uint16_t)(c + (ch_b64_in(v, 63, 63) & ('/' - '+' - 1)));
	return (uint8_t)c;
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

/* The digits of up to 64 characters, the others as if 'A' stood there; not 0: one is none. */
static uint16_t ch_b64_digits(uint8_t v[CH_B64_CHARS], ch_span in)
{
	uint16_t bad = 0;

	memset(v, 'A', CH_B64_CHARS);
	memcpy(v, in.p, in.n);
	for (size_t i = 0; i < CH_B64_CHARS; i++) {
		uint16_t x = ch_b64_value(v[i]);

		bad |= x;
		v[i] = (uint8_t)x;
	}
	return bad & 0x100;
}

/* Digits of up to 48 bytes to at most n bytes of out; what is left of the last digit. */
static uint8_t ch_b64_pack(uint8_t *out, size_t n, const uint8_t v[CH_B64_CHARS])
{
	size_t k = 0, i = 0;

	for (; k + 3 <= n; k += 3, i += 4) {
		out[k] = (uint8_t)(v[i] << 2 | v[i + 1] >> 4);
		out[k + 1] = (uint8_t)(v[i + 1] << 4 | v[i + 2] >> 2);
		out[k + 2] = (uint8_t)(v[i + 2] << 6 | v[i + 3]);
	}
	if (k == n)
		return 0;
	out[k] = (uint8_t)(v[i] << 2 | v[i + 1] >> 4);
	if (k + 1 == n)
		return v[i + 1] & 15;
	out[k + 1] = (uint8_t)(v[i + 1] << 4 | v[i + 2] >> 2);
	return v[i + 2] & 3;
}

ch_err ch_b64_parse(uint8_t *out, size_t *n, size_t cap, ch_span in, ch_b64_kind kind)
{
	uint8_t v[CH_B64_CHARS];
	uint16_t bad = 0;
	struct ch_rd r;
	size_t k = 0;

	*n = 0;
	if (kind == CH_B64_PADDED && ch_b64_strip(&in) != CH_OK)
		return CH_E_FORMAT;
	if (in.n % 4 == 1)
		return CH_E_FORMAT;
	if (in.n / 4 * 3 + in.n % 4 * 3 / 4 > cap)
		return CH_E_LIMIT;
	for (r = ch_rd_of(in); !ch_rd_at_end(&r);) {
		size_t left = ch_rd_left(&r);
		ch_span s = ch_rd_take(&r, left < CH_B64_CHARS ? left : CH_B64_CHARS);
		size_t bytes = s.n * 3 / 4;

		bad |= ch_b64_digits(v, s);
		/* Bits of the last digit that belong to no byte must be 0: one spelling a value. */
		bad |= ch_b64_pack(&out[k], bytes, v);
		k += bytes;
	}
	ch_wipe(v, sizeof v);
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

/* The characters for up to 48 bytes; behind those of the last one they are of no meaning. */
static void ch_b64_chars(uint8_t c[CH_B64_CHARS], ch_span in)
{
	uint8_t b[CH_B64_BYTES] = { 0 };

	memcpy(b, in.p, in.n);
	for (size_t i = 0, k = 0; i < CH_B64_CHARS; i += 4, k += 3) {
		c[i] = b[k] >> 2;
		c[i + 1] = (b[k] << 4 | b[k + 1] >> 4) & 63;
		c[i + 2] = (b[k + 1] << 2 | b[k + 2] >> 6) & 63;
		c[i + 3] = b[k + 2] & 63;
	}
	for (size_t i = 0; i < CH_B64_CHARS; i++)
		c[i] = ch_b64_char(c[i]);
	ch_wipe(b, sizeof b);
}

void ch_b64_put(struct ch_wr *w, ch_span s, ch_b64_kind kind)
{
	uint8_t c[CH_B64_CHARS];
	struct ch_rd r;

	for (r = ch_rd_of(s); !ch_rd_at_end(&r);) {
		size_t left = ch_rd_left(&r);
		ch_span in = ch_rd_take(&r, left < CH_B64_BYTES ? left : CH_B64_BYTES);

		ch_b64_chars(c, in);
		ch_wr_put(w, ch_span_of(c, ch_b64_len(in.n, CH_B64_RAW)));
		if (kind == CH_B64_PADDED && in.n % 3 != 0)
			ch_wr_put(w, ch_span_of("==", 3 - in.n % 3));
	}
	ch_wipe(c, sizeof c);
}
