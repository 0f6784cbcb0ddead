/*
 * P-256 of p256.h for the browser, as far as judging keys needs it: whether a point lies on the
 * curve. Numbers of eight limbs, multiplied a bit at a time: slow, short, and asked once a key.
 * Variable time: public data only. Held to OpenSSL by test/unit/test_checker.c.
 */
#include "p256.h"

typedef struct { uint32_t v[8]; } ch_p256_n; /* least first, below the modulus */

static const ch_p256_n modulus = { {
	0xffffffff, 0xffffffff, 0xffffffff, 0x00000000, 0x00000000, 0x00000000, 0x00000001,
	0xffffffff,
} };
static const ch_p256_n curve_b = { {
	0x27d2604b, 0x3bce3c3e, 0xcc53b0f6, 0x651d06b0, 0x769886bc, 0xb3ebbd55, 0xaa3a93e7,
	0x5ac635d8,
} };
static const ch_p256_n root_power = { {
	0x00000000, 0x00000000, 0x40000000, 0x00000000, 0x00000000, 0x40000000, 0xc0000000,
	0x3fffffff,
} }; /* (p + 1) / 4 */

static bool ch_n_reaches(const ch_p256_n *a, const ch_p256_n *b)
{
	for (unsigned i = 8; i-- > 0;)
		if (a->v[i] != b->v[i])
			return a->v[i] > b->v[i];
	return true;
}

/* a - b modulo 2^256. */
static ch_p256_n ch_n_less(const ch_p256_n *a, const ch_p256_n *b)
{
	ch_p256_n r;
	uint64_t borrow = 0;

	for (unsigned i = 0; i < 8; i++) {
		uint64_t d = (uint64_t)a->v[i] - b->v[i] - borrow;

		r.v[i] = (uint32_t)d;
		borrow = d >> 63;
	}
	return r;
}

static ch_p256_n ch_n_add(const ch_p256_n *a, const ch_p256_n *b)
{
	ch_p256_n r;
	uint64_t c = 0;

	for (unsigned i = 0; i < 8; i++) {
		c += (uint64_t)a->v[i] + b->v[i];
		r.v[i] = (uint32_t)c;
		c >>= 32;
	}
	return c || ch_n_reaches(&r, &modulus) ? ch_n_less(&r, &modulus) : r;
}

static ch_p256_n ch_n_sub(const ch_p256_n *a, const ch_p256_n *b)
{
	ch_p256_n minus = ch_n_less(&modulus, b);

	/* b = 0: the modulus itself, which is taken off again */
	return ch_n_add(a, &minus);
}

static ch_p256_n ch_n_mul(const ch_p256_n *a, const ch_p256_n *b)
{
	ch_p256_n r = { { 0 } };

	for (unsigned bit = 256; bit-- > 0;) {
		r = ch_n_add(&r, &r);
		if (b->v[bit / 32] >> bit % 32 & 1)
			r = ch_n_add(&r, a);
	}
	return r;
}

static ch_p256_n ch_n_root(const ch_p256_n *a)
{
	ch_p256_n r = { { 1 } };

	for (unsigned bit = 256; bit-- > 0;) {
		r = ch_n_mul(&r, &r);
		if (root_power.v[bit / 32] >> bit % 32 & 1)
			r = ch_n_mul(&r, a);
	}
	return r;
}

static bool ch_n_eq(const ch_p256_n *a, const ch_p256_n *b)
{
	return ch_n_reaches(a, b) && ch_n_reaches(b, a);
}

/* Most significant byte first; false when it is not below the modulus. */
static bool ch_n_of(ch_p256_n *out, const uint8_t in[32])
{
	memset(out, 0, sizeof *out);
	for (unsigned i = 0; i < 32; i++)
		out->v[7 - i / 4] = out->v[7 - i / 4] << 8 | in[i];
	return !ch_n_reaches(out, &modulus);
}

static void ch_n_bytes(uint8_t out[32], const ch_p256_n *a)
{
	for (unsigned i = 0; i < 32; i++)
		out[i] = (uint8_t)(a->v[7 - i / 4] >> (24 - 8 * (i % 4)));
}

/* x^3 - 3x + b */
static ch_p256_n ch_p256_square_of_y(const ch_p256_n *x)
{
	static const ch_p256_n three = { { 3 } };
	ch_p256_n r = ch_n_mul(x, x);

	r = ch_n_sub(&r, &three);
	r = ch_n_mul(&r, x);
	return ch_n_add(&r, &curve_b);
}

ch_err ch_p256_decompress(ch_p256 *out, const ch_p256c *in)
{
	ch_p256_n x, y, yy, again;

	memset(out, 0, sizeof *out);
	if ((in->b[0] != 2 && in->b[0] != 3) || !ch_n_of(&x, in->b + 1))
		return CH_E_FORMAT;
	yy = ch_p256_square_of_y(&x);
	y = ch_n_root(&yy);
	again = ch_n_mul(&y, &y);
	if (!ch_n_eq(&again, &yy))
		return CH_E_FORMAT;
	if ((y.v[0] & 1) != (in->b[0] & 1u))
		y = ch_n_less(&modulus, &y); /* no point has y = 0: the order is odd */
	out->b[0] = 4;
	ch_n_bytes(out->b + 1, &x);
	ch_n_bytes(out->b + 33, &y);
	return CH_OK;
}

ch_err ch_p256_check(const ch_p256 *in)
{
	ch_p256_n x, y, yy, want;

	if (in->b[0] != 4 || !ch_n_of(&x, in->b + 1) || !ch_n_of(&y, in->b + 33))
		return CH_E_FORMAT;
	yy = ch_n_mul(&y, &y);
	want = ch_p256_square_of_y(&x);
	return ch_n_eq(&yy, &want) ? CH_OK : CH_E_FORMAT;
}
