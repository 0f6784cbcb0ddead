/*
 * Bech32: see bech32.h. The digits are looked up by shifts of constants, because a table indexed by
 * a secret digit would show it to the cache.
 */
#include "bech32.h"

#include "ct.h"
#include "wipe.h"

#define CH_BECH32_SUM 6 /* digits of the checksum */

/* 1 if a == b else 0, for small values. */
static uint32_t ch_bech32_same(uint32_t a, uint32_t b)
{
	return ((a ^ b) - 1) >> 31;
}

static uint32_t ch_bech32_between(uint32_t c, uint32_t lo, uint32_t hi)
{
	return ((lo - 1 - c) & (c - hi - 1)) >> 31;
}

/* Upper case to lower; everything else as it is. */
static uint8_t ch_bech32_lower(uint8_t c)
{
	return (uint8_t)(c | ch_bech32_between(c, 'A', 'Z') << 5);
}

/* The value of a lower-case digit; 32 when it is none. All digits lie in '0' to '?' or '`' to DEL:
 * six bits tell them apart, and each constant has a bit of the value at every digit's place. */
static uint32_t ch_bech32_value(uint8_t c)
{
	unsigned at = (c & 31u) | (c >> 6 & 1u) << 5;
	uint64_t v = (UINT64_C(0x0015717203190000) >> at & 1) |
	    (UINT64_C(0x05947d0001c50000) >> at & 1) << 1 |
	    (UINT64_C(0x03e0191203b10000) >> at & 1) << 2 |
	    (UINT64_C(0x00f030fa00c50000) >> at & 1) << 3 |
	    (UINT64_C(0x00287d2a00f80000) >> at & 1) << 4;
	uint64_t hit = UINT64_C(0x07ff7dfa03fd0000) >> at & 1;

	hit &= ch_bech32_between(c, '0', '?') | ch_bech32_between(c, '`', 0x7f);
	return (uint32_t)(v | (hit ^ 1) << 5);
}

/* Character v of eight, the first in the low byte, if v lies in that quarter of 32; else 0. */
static uint32_t ch_bech32_of_eight(uint64_t chars, uint32_t v, uint32_t quarter)
{
	return (uint32_t)(chars >> 8 * (v & 7)) & 0xff & (0 - ch_bech32_same(v >> 3, quarter));
}

/* "qpzry9x8gf2tvdw0s3jn54khce6mua7l". No array: of one, gcc 12 made loads in place of shifts. */
static uint8_t ch_bech32_char(uint32_t v, ch_bech32_case kind)
{
	uint32_t c = ch_bech32_of_eight(UINT64_C(0x38783979727a7071), v, 0) |
	    ch_bech32_of_eight(UINT64_C(0x3077647674326667), v, 1) |
	    ch_bech32_of_eight(UINT64_C(0x686b34356e6a3373), v, 2) |
	    ch_bech32_of_eight(UINT64_C(0x6c3761756d366563), v, 3);

	if (kind == CH_BECH32_UPPER)
		c -= ch_bech32_between(c, 'a', 'z') << 5;
	return (uint8_t)c;
}

/* BIP-173, "Checksum": one step of the BCH code over a digit. */
static uint32_t ch_bech32_step(uint32_t sum, uint32_t v)
{
	static const uint32_t gen[5] = {
		0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3,
	};
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ v;
	for (unsigned i = 0; i < 5; i++)
		sum ^= gen[i] & (0 - (top >> i & 1));
	return sum;
}

/* The state after the human-readable part: its high bits, a zero, its low bits. */
static uint32_t ch_bech32_hrp(ch_span hrp)
{
	uint32_t sum = 1;

	for (size_t i = 0; i < hrp.n; i++)
		sum = ch_bech32_step(sum, ch_bech32_lower(hrp.p[i]) >> 5);
	sum = ch_bech32_step(sum, 0);
	for (size_t i = 0; i < hrp.n; i++)
		sum = ch_bech32_step(sum, ch_bech32_lower(hrp.p[i]) & 31);
	return sum;
}

/* Both cases in one string are refused. */
static ch_err ch_bech32_kind(ch_bech32_case *out, ch_span in)
{
	uint32_t upper = 0, lower = 0;

	for (size_t i = 0; i < in.n; i++) {
		upper |= ch_bech32_between(in.p[i], 'A', 'Z');
		lower |= ch_bech32_between(in.p[i], 'a', 'z');
	}
	CH_CT_PUBLIC(&upper, sizeof upper);
	CH_CT_PUBLIC(&lower, sizeof lower);
	*out = upper ? CH_BECH32_UPPER : CH_BECH32_LOWER;
	return upper && lower ? CH_E_FORMAT : CH_OK;
}

/* The last '1' parts the two halves; SIZE_MAX when there is none. */
static size_t ch_bech32_split(ch_span in)
{
	for (size_t i = in.n; i-- > 0;) {
		uint32_t one = ch_bech32_same(in.p[i], '1');

		CH_CT_PUBLIC(&one, sizeof one); /* no digit of a good string is '1' */
		if (one)
			return i;
	}
	return SIZE_MAX;
}

static ch_err ch_bech32_check(ch_span hrp, ch_span digits)
{
	uint32_t sum, bad = 0;

	for (size_t i = 0; i < hrp.n; i++)
		bad |= ch_bech32_between(hrp.p[i], '!', '~') ^ 1;
	sum = ch_bech32_hrp(hrp);
	for (size_t i = 0; i < digits.n; i++) {
		uint32_t v = ch_bech32_value(ch_bech32_lower(digits.p[i]));

		bad |= v >> 5;
		sum = ch_bech32_step(sum, v & 31);
	}
	bad |= sum ^ 1;
	CH_CT_PUBLIC(&bad, sizeof bad);
	return bad ? CH_E_FORMAT : CH_OK;
}

ch_err ch_bech32_parse(ch_bech32 *out, ch_span in)
{
	struct ch_rd r = ch_rd_of(in);
	ch_bech32 b = { 0 };
	ch_span sum;

	*out = b;
	if (in.n > CH_BECH32_MAX)
		return CH_E_LIMIT;
	if (ch_bech32_kind(&b.kind, in) != CH_OK)
		return CH_E_FORMAT;
	b.hrp = ch_rd_take(&r, ch_bech32_split(in));
	(void)ch_rd_take(&r, 1);
	sum = ch_rd_rest(&r);
	if (ch_rd_done(&r) != CH_OK || b.hrp.n == 0 || sum.n < CH_BECH32_SUM)
		return CH_E_FORMAT;
	if (ch_bech32_check(b.hrp, sum) != CH_OK)
		return CH_E_FORMAT;
	r = ch_rd_of(sum);
	b.data = ch_rd_take(&r, sum.n - CH_BECH32_SUM);
	*out = b;
	return CH_OK;
}

ch_err ch_bech32_bytes(uint8_t *out, size_t *n, size_t cap, const ch_bech32 *b)
{
	uint32_t acc = 0, bits = 0, spare;
	size_t k = 0;

	*n = 0;
	if (b->data.n > CH_BECH32_MAX || b->data.n * 5 / 8 > cap)
		return CH_E_LIMIT;
	for (size_t i = 0; i < b->data.n; i++) {
		acc = acc << 5 | ch_bech32_value(ch_bech32_lower(b->data.p[i]));
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			out[k++] = (uint8_t)(acc >> bits);
		}
	}
	/* BIP-173: spare bits are zero and fewer than a digit. */
	spare = (acc & ((1u << bits) - 1)) | (bits >= 5);
	CH_CT_PUBLIC(&spare, sizeof spare);
	if (spare) {
		ch_wipe(out, k);
		return CH_E_FORMAT;
	}
	*n = k;
	return CH_OK;
}

/* Write digits for the bytes and carry the checksum along. */
static uint32_t ch_bech32_put_digits(struct ch_wr *w, uint32_t sum, ch_span bytes,
    ch_bech32_case kind)
{
	uint32_t acc = 0, bits = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		acc = acc << 8 | bytes.p[i];
		for (bits += 8; bits >= 5;) {
			bits -= 5;
			sum = ch_bech32_step(sum, acc >> bits & 31);
			ch_wr_u8(w, ch_bech32_char(acc >> bits & 31, kind));
		}
	}
	if (bits > 0) {
		sum = ch_bech32_step(sum, acc << (5 - bits) & 31);
		ch_wr_u8(w, ch_bech32_char(acc << (5 - bits) & 31, kind));
	}
	return sum;
}

void ch_bech32_put(struct ch_wr *w, ch_span hrp, ch_span bytes, ch_bech32_case kind)
{
	uint32_t sum = ch_bech32_hrp(hrp);

	CH_ASSERT(hrp.n >= 1 && hrp.n <= 83);
	for (size_t i = 0; i < hrp.n; i++) {
		uint32_t shift = ch_bech32_between(hrp.p[i], 'a', 'z') << 5;

		ch_wr_u8(w, (uint8_t)(hrp.p[i] - (kind == CH_BECH32_UPPER ? shift : 0)));
	}
	CH_WR_LIT(w, "1");
	sum = ch_bech32_put_digits(w, sum, bytes, kind);
	for (unsigned i = 0; i < CH_BECH32_SUM; i++)
		sum = ch_bech32_step(sum, 0);
	sum ^= 1;
	for (unsigned i = 0; i < CH_BECH32_SUM; i++)
		ch_wr_u8(w, ch_bech32_char(sum >> 5 * (CH_BECH32_SUM - 1 - i) & 31, kind));
}
