/*
 * Polynomials of ML-KEM: see mlkem_poly.h. Products are reduced as Montgomery has it and single
 * values as Barrett has it, in 16-bit arithmetic alone: what a vector unit does eight or sixteen
 * times in one instruction, and gcc 12 and clang 14 write it so at -O2. Nothing is divided. What
 * gcc and clang promise is relied on: shifts of negative numbers keep the sign, conversions wrap.
 */
#include "mlkem_poly.h"

#define ROW 16
#define Q CH_POLY_Q
#define Q_INV (-3327) /* q^-1 mod 2^16 */

/*
 * Powers of the root 17, times 2^16, small. Row 0 serves the four layers before the transposition,
 * element by element: [k] is 17^BitRev7(k). In the rows for the layers after it the lane is the
 * block: row 1 holds k = 16 + r, rows 2 and 3 k = 32 + 2 r + (0, 1), rows 4 to 7
 * k = 64 + 4 r + (0 ... 3).
 */
static const int16_t roots[8][ROW] = {
	{ -1044, -758, -359, -1517, 1493, 1422, 287, 202, -171, 622, 1577, 182, 962, -1202, -1474,
	  1468 },
	{ 573, -1325, 264, 383, -829, 1458, -1602, -130, -681, 1017, 732, 608, -1542, 411, -205,
	  -1571 },
	{ 1223, -552, -1293, -282, 516, -320, -1618, 126, -853, -271, 107, -247, -398, -1508, 448,
	  677 },
	{ 652, 1015, 1491, -1544, -8, -666, -1162, 1469, -90, 830, -1421, -951, 961, -725, -1065,
	  -1275 },
	{ -1103, -1251, 422, -291, -246, -777, -1590, 418, 817, 1322, -1215, -874, -1185, -1510,
	  -108, 958 },
	{ 430, 871, 587, -460, 778, 1483, 644, 329, 1097, -1285, -136, 220, -1530, -854, -308,
	  -1460 },
	{ 555, 1550, 177, 1574, 1159, -602, -872, -156, 603, -1465, 1218, -1187, -1278, -870, 996,
	  1522 },
	{ 843, 105, -235, 1653, -147, 1119, 349, -75, 610, 384, -1335, -1659, 794, 478, 991, 1628 },
};

/* Hide a value from the optimiser, so that it cannot turn arithmetic into a branch. */
static inline uint32_t ch_poly_hide(uint32_t x)
{
	__asm__("" : "+r"(x));
	return x;
}

static inline int16_t mul_high(int16_t a, int16_t b)
{
	return (int16_t)(((int32_t)a * b) >> 16);
}

static inline int16_t mul_low(int16_t a, int16_t b)
{
	return (int16_t)(uint16_t)((uint32_t)(uint16_t)a * (uint16_t)b);
}

/* a b / 2^16 mod q. The magnitude is at most |a b| / 2^16 + q / 2: with b small below 2497. */
static inline int16_t mul(int16_t a, int16_t b)
{
	return (int16_t)(mul_high(a, b) - mul_high(mul_low(mul_low(a, b), Q_INV), Q));
}

/* Any to small: 20159 is 2^26 / q. */
static inline int16_t reduce(int16_t a)
{
	int16_t t = (int16_t)((mul_high(a, 20159) + 512) >> 10);

	return (int16_t)(a - mul_low(t, Q));
}

/* The butterflies of one pair of rows: by one root, and by a root for each lane. */
static inline void forward1(int16_t *restrict x, int16_t *restrict y, int16_t root)
{
	for (size_t i = 0; i < ROW; i++) {
		int16_t t = mul(y[i], root);

		y[i] = (int16_t)(x[i] - t);
		x[i] = (int16_t)(x[i] + t);
	}
}

static inline void forward(int16_t *restrict x, int16_t *restrict y, const int16_t *restrict root)
{
	for (size_t i = 0; i < ROW; i++) {
		int16_t t = mul(y[i], root[i]);

		y[i] = (int16_t)(x[i] - t);
		x[i] = (int16_t)(x[i] + t);
	}
}

static inline void inverse1(int16_t *restrict x, int16_t *restrict y, int16_t root)
{
	for (size_t i = 0; i < ROW; i++) {
		int16_t t = x[i];

		x[i] = (int16_t)(t + y[i]);
		y[i] = mul((int16_t)(y[i] - t), root);
	}
}

static inline void inverse(int16_t *restrict x, int16_t *restrict y, const int16_t *restrict root)
{
	for (size_t i = 0; i < ROW; i++) {
		int16_t t = x[i];

		x[i] = (int16_t)(t + y[i]);
		y[i] = mul((int16_t)(y[i] - t), root[ROW - 1 - i]);
	}
}

static void transpose(int16_t *c)
{
	for (size_t i = 1; i < ROW; i++) {
		for (size_t j = 0; j < i; j++) {
			int16_t t = c[i * ROW + j];

			c[i * ROW + j] = c[j * ROW + i];
			c[j * ROW + i] = t;
		}
	}
}

/* Algorithm 9. A layer adds less than 2497, so seven of them cannot overflow from |c| <= q. */
void ch_poly_ntt(struct ch_poly *p)
{
	int16_t *c = p->c;

	for (size_t len = 8, k = 1; len >= 1; len >>= 1) {
		for (size_t at = 0; at < ROW; at += 2 * len, k++) {
			for (size_t i = at; i < at + len; i++)
				forward1(&c[i * ROW], &c[(i + len) * ROW], roots[0][k]);
		}
	}
	transpose(c);
	for (size_t len = 8, k = 1; len >= 2; len >>= 1) {
		for (size_t at = 0; at < ROW; at += 2 * len, k++) {
			for (size_t i = at; i < at + len; i++)
				forward(&c[i * ROW], &c[(i + len) * ROW], roots[k]);
		}
	}
	ch_poly_reduce(p);
}

/*
 * Algorithm 10; the roots run backwards, in the lanes too. Sums double in a layer: after three
 * layers from small they are below 13313, and four more from small end below 26625.
 */
void ch_poly_intt(struct ch_poly *p)
{
	int16_t *c = p->c;

	ch_poly_reduce(p);
	for (size_t len = 2, k = 7; len <= 8; len *= 2) {
		for (size_t at = 0; at < ROW; at += 2 * len, k--) {
			for (size_t i = at; i < at + len; i++)
				inverse(&c[i * ROW], &c[(i + len) * ROW], roots[k]);
		}
	}
	ch_poly_reduce(p);
	transpose(c);
	for (size_t len = 1, k = 15; len <= 8; len *= 2) {
		for (size_t at = 0; at < ROW; at += 2 * len, k--) {
			for (size_t i = at; i < at + len; i++)
				inverse1(&c[i * ROW], &c[(i + len) * ROW], roots[0][k]);
		}
	}
	/* 1441 is 2^32 / 128: it divides by 128 and undoes the factor of mul_add. */
	for (size_t i = 0; i < CH_POLY_N; i++)
		c[i] = reduce(mul(c[i], 1441));
}

/* Algorithms 11 and 12: two rows are the pairs of sixteen products modulo X^2 - g, or X^2 + g. */
static inline void mul_rows(int16_t *restrict acc, const int16_t *restrict a,
    const int16_t *restrict b, const int16_t *restrict g, bool minus)
{
	for (size_t i = 0; i < ROW; i++) {
		int16_t a0 = a[i], a1 = a[i + ROW], b0 = b[i], b1 = b[i + ROW];
		int16_t t = mul(mul(a1, b1), g[i]);

		acc[i] = (int16_t)(acc[i] + mul(a0, b0) + (minus ? -t : t));
		acc[i + ROW] = (int16_t)(acc[i + ROW] + mul(a0, b1) + mul(a1, b0));
	}
}

void ch_poly_mul_add(struct ch_poly *acc, const struct ch_poly *a, const struct ch_poly *b)
{
	for (size_t m = 0; m < 4; m++) {
		size_t at = m * 4 * ROW;

		mul_rows(&acc->c[at], &a->c[at], &b->c[at], roots[4 + m], false);
		at += (size_t)2 * ROW;
		mul_rows(&acc->c[at], &a->c[at], &b->c[at], roots[4 + m], true);
	}
}

void ch_poly_unscale(struct ch_poly *p)
{
	for (size_t i = 0; i < CH_POLY_N; i++)
		p->c[i] = reduce(mul(p->c[i], 1353)); /* 2^32 */
}

void ch_poly_add(struct ch_poly *p, const struct ch_poly *a)
{
	for (size_t i = 0; i < CH_POLY_N; i++)
		p->c[i] = (int16_t)(p->c[i] + a->c[i]);
}

void ch_poly_sub(struct ch_poly *p, const struct ch_poly *a)
{
	for (size_t i = 0; i < CH_POLY_N; i++)
		p->c[i] = (int16_t)(p->c[i] - a->c[i]);
}

void ch_poly_reduce(struct ch_poly *p)
{
	for (size_t i = 0; i < CH_POLY_N; i++)
		p->c[i] = reduce(p->c[i]);
}

void ch_poly_canonical(struct ch_poly *p)
{
	for (size_t i = 0; i < CH_POLY_N; i++) {
		int16_t t = reduce(p->c[i]);

		p->c[i] = (int16_t)(t + ((t >> 15) & Q));
	}
}

void ch_poly_noise(struct ch_poly *restrict p, const uint8_t in[restrict 128])
{
	for (size_t i = 0; i < 128; i++) {
		/* Four sums of two bits each. */
		int t = (in[i] & 0x55) + ((in[i] >> 1) & 0x55);

		p->c[2 * i] = (int16_t)((t & 3) - ((t >> 2) & 3));
		p->c[2 * i + 1] = (int16_t)(((t >> 4) & 3) - (t >> 6));
	}
}

/* Where the NTT form keeps the standard's element n. */
static inline size_t place(size_t n)
{
	return (n % ROW) * ROW + n / ROW;
}

/* A refused candidate is overwritten by the next: that costs less than a branch guessed wrong. */
bool ch_poly_sample(struct ch_poly *p, const uint8_t *in, size_t n)
{
	size_t have = 0;

	for (size_t i = 0; i + 3 <= n; i += 3) {
		unsigned d1 = in[i] | (in[i + 1] & 15u) << 8, d2 = in[i + 1] >> 4 | in[i + 2] * 16u;

		p->c[place(have)] = (int16_t)d1;
		have += d1 < Q;
		if (have == CH_POLY_N)
			return true;
		p->c[place(have)] = (int16_t)d2;
		have += d2 < Q;
		if (have == CH_POLY_N)
			return true;
	}
	return false;
}

void ch_poly_encode(uint8_t out[CH_POLY_BYTES], const struct ch_poly *p)
{
	for (size_t i = 0; i < CH_POLY_N / 2; i++) {
		unsigned a = (unsigned)p->c[place(2 * i)], b = (unsigned)p->c[place(2 * i + 1)];

		out[3 * i] = (uint8_t)a;
		out[3 * i + 1] = (uint8_t)(a >> 8 | b << 4);
		out[3 * i + 2] = (uint8_t)(b >> 4);
	}
}

void ch_poly_decode(struct ch_poly *p, const uint8_t in[CH_POLY_BYTES])
{
	for (size_t i = 0; i < CH_POLY_N / 2; i++) {
		const uint8_t *t = &in[3 * i];

		p->c[place(2 * i)] = (int16_t)(t[0] | (t[1] & 15) << 8);
		p->c[place(2 * i + 1)] = (int16_t)(t[1] >> 4 | t[2] << 4);
	}
}

bool ch_poly_is_canonical(const struct ch_poly *p)
{
	int bad = 0;

	for (size_t i = 0; i < CH_POLY_N; i++)
		bad |= p->c[i] >= Q;
	return !bad;
}

/*
 * Section 4.2.1, Compress_d(x) = round(2^d x / q): by a reciprocal, exact for each x < q (a test
 * tries all): 322542 is 2^30 / q, 315 is 2^20 / q.
 */
void ch_poly_pack10(uint8_t out[320], struct ch_poly *p)
{
	int16_t *c = p->c;

	for (size_t i = 0; i < CH_POLY_N; i++)
		c[i] = (int16_t)((((uint32_t)c[i] * 322542 + 524000) >> 20) & 1023);
	for (size_t i = 0; i < CH_POLY_N / 4; i++) {
		const int16_t *t = &c[4 * i];
		uint8_t *o = &out[5 * i];

		o[0] = (uint8_t)t[0];
		o[1] = (uint8_t)(t[0] >> 8 | t[1] << 2);
		o[2] = (uint8_t)(t[1] >> 6 | t[2] << 4);
		o[3] = (uint8_t)(t[2] >> 4 | t[3] << 6);
		o[4] = (uint8_t)(t[3] >> 2);
	}
}

void ch_poly_pack4(uint8_t out[128], struct ch_poly *p)
{
	int16_t *c = p->c;

	for (size_t i = 0; i < CH_POLY_N; i++)
		c[i] = (int16_t)((((uint32_t)c[i] * 315 + 32768) >> 16) & 15);
	for (size_t i = 0; i < 128; i++)
		out[i] = (uint8_t)(c[2 * i] | c[2 * i + 1] << 4);
}

/* Decompress_d(y) = round(q y / 2^d). */
void ch_poly_unpack10(struct ch_poly *p, const uint8_t in[320])
{
	for (size_t i = 0; i < CH_POLY_N / 4; i++) {
		const uint8_t *t = &in[5 * i];
		int16_t *c = &p->c[4 * i];

		c[0] = (int16_t)(t[0] | (t[1] & 3) << 8);
		c[1] = (int16_t)(t[1] >> 2 | (t[2] & 15) << 6);
		c[2] = (int16_t)(t[2] >> 4 | (t[3] & 63) << 4);
		c[3] = (int16_t)(t[3] >> 6 | t[4] << 2);
	}
	for (size_t i = 0; i < CH_POLY_N; i++)
		p->c[i] = (int16_t)((p->c[i] * Q + 512) >> 10);
}

void ch_poly_unpack4(struct ch_poly *p, const uint8_t in[128])
{
	for (size_t i = 0; i < 128; i++) {
		p->c[2 * i] = (int16_t)(((in[i] & 15) * Q + 8) >> 4);
		p->c[2 * i + 1] = (int16_t)(((in[i] >> 4) * Q + 8) >> 4);
	}
}

void ch_poly_to_message(uint8_t out[32], const struct ch_poly *p)
{
	for (size_t i = 0; i < 32; i++) {
		uint32_t m = 0;

		for (size_t j = 0; j < 8; j++) {
			uint32_t t = (uint32_t)p->c[8 * i + j] * 315 + 262144;

			m |= ((t >> 19) & 1) << j;
		}
		out[i] = (uint8_t)m;
	}
}

/* Compilers have made a branch on the bit of this very loop. */
void ch_poly_of_message(struct ch_poly *p, const uint8_t in[32])
{
	for (size_t i = 0; i < CH_POLY_N; i++) {
		uint32_t bit = ch_poly_hide((uint32_t)in[i / 8] >> (i % 8) & 1);

		p->c[i] = (int16_t)(bit * ((Q + 1) / 2));
	}
}
