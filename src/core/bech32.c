/*
 * Bech32: see bech32.h. A table indexed by a secret digit would show it to the cache: digits are
 * looked up by choices of constants, in whole loops, so that compilers make vectors of them.
 */
#include "bech32.h"

#include "ct.h"
#include "wipe.h"

#define CH_BECH32_SUM 6     /* digits of the checksum       */
#define CH_BECH32_DIGITS 48 /* worked on at once            */
#define CH_BECH32_BYTES 30  /* what they stand for          */
#define CH_BECH32_NONE 32   /* what is no digit has this bit */
/* A call that a compiler leaves in a loop would keep it from making a vector. */
#define CH_BECH32_INLINE inline __attribute__((always_inline))

static uint32_t ch_bech32_between(uint32_t c, uint32_t lo, uint32_t hi)
{
	return ((lo - 1 - c) & (c - hi - 1)) >> 31;
}

/* Upper case to lower; everything else as it is. */
static uint8_t ch_bech32_lower(uint8_t c)
{
	return (uint8_t)(c | ch_bech32_between(c, 'A', 'Z') << 5);
}

/* ---- digits ---- */

/* Bit k of x chooses b; else it is a. */
static inline uint8_t ch_bech32_pick(uint8_t x, unsigned k, uint8_t a, uint8_t b)
{
	return (uint8_t)(a ^ ((a ^ b) & (0 - (x >> k & 1))));
}

static CH_BECH32_INLINE uint8_t ch_bech32_of_4(uint8_t x, const char of[4])
{
	return ch_bech32_pick(x, 1, ch_bech32_pick(x, 0, (uint8_t)of[0], (uint8_t)of[1]),
	    ch_bech32_pick(x, 0, (uint8_t)of[2], (uint8_t)of[3]));
}

/* The low four bits of x choose one of sixteen constants. */
static CH_BECH32_INLINE uint8_t ch_bech32_of_16(uint8_t x, const char of[16])
{
	return ch_bech32_pick(x, 3,
	    ch_bech32_pick(x, 2, ch_bech32_of_4(x, &of[0]), ch_bech32_of_4(x, &of[4])),
	    ch_bech32_pick(x, 2, ch_bech32_of_4(x, &of[8]), ch_bech32_of_4(x, &of[12])));
}

static inline uint8_t ch_bech32_char(uint8_t v)
{
	return ch_bech32_pick(v, 4, ch_bech32_of_16(v, "qpzry9x8gf2tvdw0"),
	    ch_bech32_of_16(v, "s3jn54khce6mua7l"));
}

/* The value of a digit in either case, else NONE: '0' to '?', then a letter's last five bits. */
static inline uint8_t ch_bech32_value(uint8_t c)
{
	uint8_t low = ch_bech32_of_16(c,
	    "\x0f\x20\x0a\x11\x15\x14\x1a\x1e\x07\x05\x20\x20\x20\x20\x20\x20");
	uint8_t a_to_o = ch_bech32_of_16(c,
	    "\x20\x1d\x20\x18\x0d\x19\x09\x08\x17\x20\x12\x16\x1f\x1b\x13\x20");
	uint8_t p_to_z = ch_bech32_of_16(c,
	    "\x01\x00\x03\x10\x0b\x1c\x0c\x0e\x06\x04\x02\x20\x20\x20\x20\x20");

	low = ch_bech32_pick((uint8_t)(c & c << 1), 5, CH_BECH32_NONE, low);
	low = ch_bech32_pick(c, 6, low, ch_bech32_pick(c, 4, a_to_o, p_to_z));
	return ch_bech32_pick(c, 7, low, CH_BECH32_NONE);
}

/* The digits of up to 48 characters, the others as if 'q' stood there; not 0: one is none. */
static uint32_t ch_bech32_digits(uint8_t v[CH_BECH32_DIGITS], ch_span in)
{
	uint8_t bad = 0;

	memset(v, 'q', CH_BECH32_DIGITS);
	memcpy(v, in.p, in.n);
	for (size_t i = 0; i < CH_BECH32_DIGITS; i++)
		v[i] = ch_bech32_value(v[i]);
	for (size_t i = 0; i < CH_BECH32_DIGITS; i++)
		bad |= v[i];
	return bad >> 5;
}

/* The digits of up to 30 bytes, zeros behind them. */
static void ch_bech32_split_bytes(uint8_t v[CH_BECH32_DIGITS], ch_span in)
{
	uint8_t b[CH_BECH32_BYTES] = { 0 };

	memcpy(b, in.p, in.n);
	for (size_t i = 0, k = 0; i < CH_BECH32_DIGITS; i += 8, k += 5) {
		v[i] = b[k] >> 3;
		v[i + 1] = (b[k] << 2 | b[k + 1] >> 6) & 31;
		v[i + 2] = b[k + 1] >> 1 & 31;
		v[i + 3] = (b[k + 1] << 4 | b[k + 2] >> 4) & 31;
		v[i + 4] = (b[k + 2] << 1 | b[k + 3] >> 7) & 31;
		v[i + 5] = b[k + 3] >> 2 & 31;
		v[i + 6] = (b[k + 3] << 3 | b[k + 4] >> 5) & 31;
		v[i + 7] = b[k + 4] & 31;
	}
	ch_wipe(b, sizeof b);
}

/* ---- the checksum ---- */

/* What each of its bits becomes six digits on (BIP-173, "Checksum": a BCH code). */
static const uint32_t ch_bech32_six[32] = {
	0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3, 0x1fd7e966, 0x3d3f76cc,
	0x2afaccb8, 0x07e1bd59, 0x0d537a9b, 0x0424df38, 0x08491f79, 0x1086bbfb, 0x210d72ff,
	0x129ec4f7, 0x22cb696d, 0x1782f6da, 0x2d954cbd, 0x0bba3d53, 0x15f0fa8f, 0x081318a1,
	0x10263142, 0x204c6284, 0x128ce428, 0x250dec50, 0x1cc20dda, 0x39841b9d, 0x23983233,
	0x17b4e16f, 0x2df966de,
};

/* Looked up, because not every processor shifts the parts of a vector each its own way. */
static const uint32_t ch_bech32_bit[32] = {
	0x00000001, 0x00000002, 0x00000004, 0x00000008, 0x00000010, 0x00000020, 0x00000040,
	0x00000080, 0x00000100, 0x00000200, 0x00000400, 0x00000800, 0x00001000, 0x00002000,
	0x00004000, 0x00008000, 0x00010000, 0x00020000, 0x00040000, 0x00080000, 0x00100000,
	0x00200000, 0x00400000, 0x00800000, 0x01000000, 0x02000000, 0x04000000, 0x08000000,
	0x10000000, 0x20000000,
};

/* One digit. */
static uint32_t ch_bech32_step(uint32_t sum, uint32_t v)
{
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ v;
	for (unsigned i = 0; i < 5; i++)
		sum ^= ch_bech32_six[i] & (0 - (top >> i & 1));
	return sum;
}

/* Six digits at once. No comparison: clang 14 made a branch of it. */
static uint32_t ch_bech32_step_six(uint32_t sum, const uint8_t v[6])
{
	uint32_t out = 0;

	for (size_t i = 0; i < 32; i++) {
		uint32_t bit = ch_bech32_bit[i], unset = ((sum & bit) - bit) >> 31;

		out ^= ch_bech32_six[i] & (unset - 1);
	}
	return out ^ ((uint32_t)v[0] << 25 | (uint32_t)v[1] << 20 | (uint32_t)v[2] << 15 |
	    (uint32_t)v[3] << 10 | (uint32_t)v[4] << 5 | v[5]);
}

/* n digits, at most 48. */
static uint32_t ch_bech32_steps(uint32_t sum, const uint8_t v[CH_BECH32_DIGITS], size_t n)
{
	size_t i = 0;

	for (; i + 6 <= n; i += 6)
		sum = ch_bech32_step_six(sum, &v[i]);
	for (; i < n; i++)
		sum = ch_bech32_step(sum, v[i]);
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
		uint32_t one = ch_bech32_between(in.p[i], '1', '1');

		CH_CT_PUBLIC(&one, sizeof one); /* no digit of a good string is '1' */
		if (one)
			return i;
	}
	return SIZE_MAX;
}

/* The next n bytes, or what is left. */
static ch_span ch_bech32_next(struct ch_rd *r, size_t n)
{
	size_t left = ch_rd_left(r);

	return ch_rd_take(r, left < n ? left : n);
}

static ch_err ch_bech32_check(ch_span hrp, ch_span digits)
{
	uint8_t v[CH_BECH32_DIGITS];
	uint32_t sum, bad = 0;
	struct ch_rd r;

	for (size_t i = 0; i < hrp.n; i++)
		bad |= ch_bech32_between(hrp.p[i], '!', '~') ^ 1;
	sum = ch_bech32_hrp(hrp);
	for (r = ch_rd_of(digits); !ch_rd_at_end(&r);) {
		ch_span part = ch_bech32_next(&r, CH_BECH32_DIGITS);

		bad |= ch_bech32_digits(v, part);
		sum = ch_bech32_steps(sum, v, part.n);
	}
	ch_wipe(v, sizeof v);
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
	uint8_t v[CH_BECH32_DIGITS];
	uint32_t acc = 0, bits = 0, spare;
	struct ch_rd r;
	size_t k = 0;

	*n = 0;
	if (b->data.n > CH_BECH32_MAX || b->data.n * 5 / 8 > cap)
		return CH_E_LIMIT;
	for (r = ch_rd_of(b->data); !ch_rd_at_end(&r);) {
		ch_span part = ch_bech32_next(&r, CH_BECH32_DIGITS);

		(void)ch_bech32_digits(v, part); /* parsing judged them */
		for (size_t i = 0; i < part.n; i++) {
			acc = acc << 5 | v[i];
			bits += 5;
			if (bits >= 8) {
				bits -= 8;
				out[k++] = (uint8_t)(acc >> bits);
			}
		}
	}
	ch_wipe(v, sizeof v);
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

/* Write n digits, at most 48. */
static void ch_bech32_put_digits(struct ch_wr *w, uint8_t v[CH_BECH32_DIGITS], size_t n,
    ch_bech32_case kind)
{
	for (size_t i = 0; i < CH_BECH32_DIGITS; i++)
		v[i] = ch_bech32_char(v[i]);
	if (kind == CH_BECH32_UPPER)
		for (size_t i = 0; i < CH_BECH32_DIGITS; i++)
			v[i] ^= v[i] >> 1 & 0x20; /* of letters alone */
	ch_wr_put(w, ch_span_of(v, n));
}

static void ch_bech32_put_hrp(struct ch_wr *w, ch_span hrp, ch_bech32_case kind)
{
	for (size_t i = 0; i < hrp.n; i++) {
		uint32_t shift = ch_bech32_between(hrp.p[i], 'a', 'z') << 5;

		ch_wr_u8(w, (uint8_t)(hrp.p[i] - (kind == CH_BECH32_UPPER ? shift : 0)));
	}
}

void ch_bech32_put(struct ch_wr *w, ch_span hrp, ch_span bytes, ch_bech32_case kind)
{
	uint8_t v[CH_BECH32_DIGITS], zeros[CH_BECH32_SUM] = { 0 };
	uint32_t sum = ch_bech32_hrp(hrp);
	struct ch_rd r;

	CH_ASSERT(hrp.n >= 1 && hrp.n <= 83);
	ch_bech32_put_hrp(w, hrp, kind);
	CH_WR_LIT(w, "1");
	for (r = ch_rd_of(bytes); !ch_rd_at_end(&r);) {
		ch_span part = ch_bech32_next(&r, CH_BECH32_BYTES);
		size_t n = (part.n * 8 + 4) / 5;

		ch_bech32_split_bytes(v, part);
		sum = ch_bech32_steps(sum, v, n);
		ch_bech32_put_digits(w, v, n, kind);
	}
	sum = ch_bech32_step_six(sum, zeros) ^ 1;
	memset(v, 0, sizeof v);
	for (unsigned i = 0; i < CH_BECH32_SUM; i++)
		v[i] = sum >> 5 * (CH_BECH32_SUM - 1 - i) & 31;
	ch_bech32_put_digits(w, v, CH_BECH32_SUM, kind);
	ch_wipe(v, sizeof v);
}
