/*
 * A public key of X25519: see crypto.h. Of curve25519 libsodium has no table of multiples of the
 * base point where it takes its vector code, of edwards25519 it has one. The curves are one group
 * in two coordinates, u = (1 + y) / (1 - y) (RFC 7748, section 4.1), so the key is made on the
 * second and carried over. Field arithmetic is for that division alone.
 */
#include "crypto.h"

#include "err.h"

#include <sodium.h>

#if defined(__x86_64__) && defined(__SIZEOF_INT128__)

/* Five limbs of 51 bits, least first, of a number modulo p = 2^255 - 19; each below 2^52 between
 * calls. Constant time. */
typedef struct { uint64_t v[5]; } fe;

__extension__ typedef unsigned __int128 wide;

#define MASK ((UINT64_C(1) << 51) - 1)

/* Columns below 2^115: products of limbs below 2^52, five of them and up to 19 times. */
static fe carry(const wide t[5])
{
	fe r;
	wide c = 0;

	for (unsigned i = 0; i < 5; i++) {
		c += t[i];
		r.v[i] = (uint64_t)c & MASK;
		c >>= 51; /* below 2^64 */
	}
	c = c * 19 + r.v[0]; /* 2^255 is 19 */
	r.v[0] = (uint64_t)c & MASK;
	r.v[1] += (uint64_t)(c >> 51);
	return r;
}

static fe mul(const fe *a, const fe *b)
{
	const uint64_t *x = a->v, *y = b->v;
	const uint64_t y1 = 19 * y[1], y2 = 19 * y[2], y3 = 19 * y[3], y4 = 19 * y[4];
	const wide t[5] = {
		(wide)x[0] * y[0] + (wide)x[1] * y4 + (wide)x[2] * y3 + (wide)x[3] * y2 +
		    (wide)x[4] * y1,
		(wide)x[0] * y[1] + (wide)x[1] * y[0] + (wide)x[2] * y4 + (wide)x[3] * y3 +
		    (wide)x[4] * y2,
		(wide)x[0] * y[2] + (wide)x[1] * y[1] + (wide)x[2] * y[0] + (wide)x[3] * y4 +
		    (wide)x[4] * y3,
		(wide)x[0] * y[3] + (wide)x[1] * y[2] + (wide)x[2] * y[1] + (wide)x[3] * y[0] +
		    (wide)x[4] * y4,
		(wide)x[0] * y[4] + (wide)x[1] * y[3] + (wide)x[2] * y[2] + (wide)x[3] * y[1] +
		    (wide)x[4] * y[0],
	};

	return carry(t);
}

/* a^(2^n) */
static fe square(fe a, unsigned n)
{
	while (n-- > 0) {
		const uint64_t *x = a.v;
		const uint64_t d0 = 2 * x[0], d1 = 2 * x[1], d2 = 2 * x[2], d3 = 2 * x[3];
		const uint64_t x3 = 19 * x[3], x4 = 19 * x[4];
		const wide t[5] = {
			(wide)x[0] * x[0] + (wide)d1 * x4 + (wide)d2 * x3,
			(wide)d0 * x[1] + (wide)d2 * x4 + (wide)x[3] * x3,
			(wide)d0 * x[2] + (wide)x[1] * x[1] + (wide)d3 * x4,
			(wide)d0 * x[3] + (wide)d1 * x[2] + (wide)x[4] * x4,
			(wide)d0 * x[4] + (wide)d1 * x[3] + (wide)x[2] * x[2],
		};

		a = carry(t);
	}
	return a;
}

/* a^(2^n) * b */
static fe step(const fe *a, unsigned n, const fe *b)
{
	const fe s = square(*a, n);

	return mul(&s, b);
}

/* z^(p - 2), p - 2 = 2^255 - 21; where a name says so, z^(2^n - 1). 0 of 0. */
static fe invert(const fe *z)
{
	const fe z2 = square(*z, 1), z9 = step(&z2, 2, z), z11 = mul(&z9, &z2);
	const fe n5 = step(&z11, 1, &z9), n10 = step(&n5, 5, &n5), n20 = step(&n10, 10, &n10);
	const fe n40 = step(&n20, 20, &n20), n50 = step(&n40, 10, &n10);
	const fe n100 = step(&n50, 50, &n50), n200 = step(&n100, 100, &n100);
	const fe n250 = step(&n200, 50, &n50);

	return step(&n250, 5, &z11);
}

/* The low 255 bits. */
static fe from_bytes(const uint8_t in[32])
{
	uint64_t w[4] = { 0 };

	for (unsigned i = 0; i < 32; i++)
		w[i / 8] |= (uint64_t)in[i] << 8 * (i % 8);
	return (fe){ {
	    w[0] & MASK,
	    (w[0] >> 51 | w[1] << 13) & MASK,
	    (w[1] >> 38 | w[2] << 26) & MASK,
	    (w[2] >> 25 | w[3] << 39) & MASK,
	    w[3] >> 12 & MASK,
	} };
}

/* The one spelling, below p. */
static void to_bytes(uint8_t out[32], const fe *a)
{
	const wide once[5] = { a->v[0], a->v[1], a->v[2], a->v[3], a->v[4] };
	fe r = carry(once); /* below 2^255 + 2^52 */
	uint64_t q = 19, w[4];

	for (unsigned i = 0; i < 5; i++)
		q = (q + r.v[i]) >> 51; /* in the end how often p goes into it, 0 or 1 */
	r.v[0] += 19 * q;
	for (unsigned i = 0; i < 4; i++) {
		r.v[i + 1] += r.v[i] >> 51;
		r.v[i] &= MASK;
	}
	r.v[4] &= MASK; /* less 2^255 */
	w[0] = r.v[0] | r.v[1] << 51;
	w[1] = r.v[1] >> 13 | r.v[2] << 38;
	w[2] = r.v[2] >> 26 | r.v[3] << 25;
	w[3] = r.v[3] >> 39 | r.v[4] << 12;
	for (unsigned i = 0; i < 32; i++)
		out[i] = (uint8_t)(w[i / 8] >> 8 * (i % 8));
}

void ch_x25519_base(ch_xkey *pub, const struct ch_secret32 *sec)
{
	/* 2p, so that no limb of the difference is below 0 */
	static const fe two_p = { { 2 * (MASK - 18), 2 * MASK, 2 * MASK, 2 * MASK, 2 * MASK } };
	uint8_t point[32];
	fe y, over, under;

	/* Clamped as X25519 clamps. It answers -1 for a scalar of zeros, which is as good as any
	 * other once it is clamped, and the point stands there: nothing else can be wrong. */
	(void)crypto_scalarmult_ed25519_base(point, sec->b);
	y = from_bytes(point); /* but for the sign of x, which u does not need */
	over = y;
	over.v[0] += 1;
	for (unsigned i = 0; i < 5; i++)
		under.v[i] = two_p.v[i] - y.v[i];
	under.v[0] += 1;
	under = invert(&under); /* y is 1 at infinity alone, where no clamped scalar leads */
	over = mul(&over, &under);
	to_bytes(pub->b, &over);
}

#else /* libsodium's code without vectors does the same within */

void ch_x25519_base(ch_xkey *pub, const struct ch_secret32 *sec)
{
	CH_ASSERT(crypto_scalarmult_curve25519_base(pub->b, sec->b) == 0);
}

#endif
