/* Field and points: see curve.h. Plain school arithmetic; the bounds stand beside each step. */
#include "curve.h"

#include "err.h"

#define MASK ((1u << 29) - 1)
#define FOLD 1216u /* 2^261 = 2^6 * 19 modulo p */

/* ---- field ---- */

/* Columns below 2^63 into limbs below 2^30. */
static ch_fe ch_fe_carry(const uint64_t t[CH_FE_LIMBS])
{
	ch_fe r;
	uint64_t c = 0;

	for (unsigned i = 0; i < CH_FE_LIMBS; i++) {
		c += t[i];
		r.v[i] = (uint32_t)c & MASK;
		c >>= 29;
	}
	c = c * FOLD + r.v[0]; /* below 2^46 */
	for (unsigned i = 0; i < CH_FE_LIMBS; i++) {
		r.v[i] = (uint32_t)c & MASK;
		c >>= 29;
		if (i + 1 < CH_FE_LIMBS)
			c += r.v[i + 1];
	}
	r.v[0] += (uint32_t)c * FOLD; /* c is 0 or 1 */
	return r;
}

ch_fe ch_fe_of(const uint8_t in[32])
{
	ch_fe r = { { 0 } };

	for (unsigned bit = 0; bit < 255; bit++)
		r.v[bit / 29] |= (uint32_t)(in[bit / 8] >> bit % 8 & 1) << bit % 29;
	return r;
}

ch_fe ch_fe_small(uint32_t n)
{
	return (ch_fe){ { n } };
}

/* r < 2^255 + 19 with its limbs full, less p if it is p or more. */
static void ch_fe_reduce(ch_fe *r)
{
	ch_fe t;
	uint32_t c = 19;

	for (unsigned i = 0; i < CH_FE_LIMBS; i++) {
		c += r->v[i];
		t.v[i] = c & MASK;
		c >>= 29;
	}
	if (t.v[8] >> 23 == 0)
		return;
	t.v[8] &= (1u << 23) - 1;
	*r = t;
}

void ch_fe_bytes(uint8_t out[32], const ch_fe *a)
{
	uint64_t t[CH_FE_LIMBS];
	ch_fe r;

	for (unsigned i = 0; i < CH_FE_LIMBS; i++)
		t[i] = a->v[i];
	r = ch_fe_carry(t);
	for (unsigned round = 0; round < 2; round++) { /* bits 255 and above come round as 19 */
		uint32_t c = 19 * (r.v[8] >> 23);

		r.v[8] &= (1u << 23) - 1;
		for (unsigned i = 0; i < CH_FE_LIMBS; i++) {
			c += r.v[i];
			r.v[i] = c & MASK;
			c >>= 29;
		}
	}
	ch_fe_reduce(&r);
	memset(out, 0, 32);
	for (unsigned bit = 0; bit < 255; bit++)
		out[bit / 8] |= (uint8_t)((r.v[bit / 29] >> bit % 29 & 1) << bit % 8);
}

ch_fe ch_fe_add(const ch_fe *a, const ch_fe *b)
{
	uint64_t t[CH_FE_LIMBS];

	for (unsigned i = 0; i < CH_FE_LIMBS; i++)
		t[i] = (uint64_t)a->v[i] + b->v[i];
	return ch_fe_carry(t);
}

/* 256p is added limb by limb, each at least 2^31 - 4864 and so above any limb of b. */
ch_fe ch_fe_sub(const ch_fe *a, const ch_fe *b)
{
	uint64_t t[CH_FE_LIMBS];

	for (unsigned i = 0; i < CH_FE_LIMBS; i++)
		t[i] = (uint64_t)a->v[i] - b->v[i] +
		    UINT64_C(4) * (i == 0 ? MASK - FOLD + 1 : MASK);
	return ch_fe_carry(t);
}

/* Limbs below 2^30: nine products below 2^60 stay below 2^64. */
ch_fe ch_fe_mul(const ch_fe *a, const ch_fe *b)
{
	uint64_t t[2 * CH_FE_LIMBS] = { 0 };

	for (unsigned i = 0; i < CH_FE_LIMBS; i++)
		for (unsigned j = 0; j < CH_FE_LIMBS; j++)
			t[i + j] += (uint64_t)a->v[i] * b->v[j];
	for (unsigned i = 0; i + 1 < 2 * CH_FE_LIMBS; i++) {
		t[i + 1] += t[i] >> 29;
		t[i] &= MASK;
	}
	for (unsigned i = 0; i < CH_FE_LIMBS; i++)
		t[i] += t[i + CH_FE_LIMBS] * FOLD; /* below 2^35 times 2^11 */
	return ch_fe_carry(t);
}

ch_fe ch_fe_pow(const ch_fe *a, const uint8_t e[32])
{
	ch_fe r = ch_fe_small(1);

	for (unsigned bit = 256; bit-- > 0;) {
		r = ch_fe_mul(&r, &r);
		if (e[bit / 8] >> bit % 8 & 1)
			r = ch_fe_mul(&r, a);
	}
	return r;
}

ch_fe ch_fe_invert(const ch_fe *a)
{
	uint8_t e[32]; /* p - 2 */

	memset(e, 0xff, sizeof e);
	e[0] = 0xeb;
	e[31] = 0x7f;
	return ch_fe_pow(a, e);
}

bool ch_fe_is_zero(const ch_fe *a)
{
	static const uint8_t zero[32];
	uint8_t b[32];

	ch_fe_bytes(b, a);
	return ch_span_eq(ch_span_of(b, sizeof b), ch_span_of(zero, sizeof zero));
}

bool ch_fe_eq(const ch_fe *a, const ch_fe *b)
{
	ch_fe d = ch_fe_sub(a, b);

	return ch_fe_is_zero(&d);
}

/* ---- points ---- */

/* d of the curve, twice d, and a square root of -1. */
static const ch_fe curve_d = { {
	0x135978a3, 0x0f5a6e50, 0x10762add, 0x00149a82, 0x1e898007, 0x003cbbbc, 0x19ce331d,
	0x1dc56dff, 0x0052036c,
} };
static const ch_fe curve_2d = { {
	0x06b2f159, 0x1eb4dca1, 0x00ec55ba, 0x00293505, 0x1d13000e, 0x00797779, 0x139c663a,
	0x1b8adbff, 0x002406d9,
} };
static const ch_fe curve_root = { {
	0x0a0ea0b0, 0x0770d93a, 0x0bf91e31, 0x06300d5a, 0x1d7a72f4, 0x004c9efd, 0x1c2cad34,
	0x1009f83b, 0x002b8324,
} };

/* A square root of u/v: u v^3 (u v^7)^((p-5)/8), RFC 8032 section 5.1.3. False: there is none. */
static bool ch_fe_root_of(ch_fe *x, const ch_fe *u, const ch_fe *v)
{
	uint8_t e[32]; /* (p - 5) / 8 */
	ch_fe v2 = ch_fe_mul(v, v), v3 = ch_fe_mul(&v2, v), v6 = ch_fe_mul(&v3, &v3);
	ch_fe v7 = ch_fe_mul(&v6, v), w = ch_fe_mul(u, &v7), uv3 = ch_fe_mul(u, &v3);

	memset(e, 0xff, sizeof e);
	e[0] = 0xfd;
	e[31] = 0x0f;
	w = ch_fe_pow(&w, e);
	*x = ch_fe_mul(&uv3, &w);
	w = ch_fe_mul(x, x);
	w = ch_fe_mul(&w, v);
	if (ch_fe_eq(&w, u))
		return true;
	w = ch_fe_add(&w, u);
	*x = ch_fe_mul(x, &curve_root);
	return ch_fe_is_zero(&w);
}

static unsigned ch_fe_sign(const ch_fe *a)
{
	uint8_t b[32];

	ch_fe_bytes(b, a);
	return b[0] & 1;
}

bool ch_point_of(ch_point *out, const uint8_t in[32])
{
	ch_fe one = ch_fe_small(1), zero = ch_fe_small(0), u, v;

	out->y = ch_fe_of(in);
	out->z = one;
	u = ch_fe_mul(&out->y, &out->y);
	v = ch_fe_mul(&u, &curve_d);
	u = ch_fe_sub(&u, &one);
	v = ch_fe_add(&v, &one);
	if (!ch_fe_root_of(&out->x, &u, &v))
		return false;
	if (ch_fe_sign(&out->x) != in[31] >> 7)
		out->x = ch_fe_sub(&zero, &out->x);
	out->t = ch_fe_mul(&out->x, &out->y);
	return true;
}

void ch_point_bytes(uint8_t out[32], const ch_point *p)
{
	ch_fe z = ch_fe_invert(&p->z), x = ch_fe_mul(&p->x, &z), y = ch_fe_mul(&p->y, &z);

	ch_fe_bytes(out, &y);
	out[31] |= (uint8_t)(ch_fe_sign(&x) << 7);
}

ch_point ch_point_zero(void)
{
	return (ch_point){ .y = ch_fe_small(1), .z = ch_fe_small(1) };
}

ch_point ch_point_negate(const ch_point *p)
{
	ch_point r = *p;
	ch_fe zero = ch_fe_small(0);

	r.x = ch_fe_sub(&zero, &p->x);
	r.t = ch_fe_sub(&zero, &p->t);
	return r;
}

/* RFC 8032, section 5.1.4. */
ch_point ch_point_add(const ch_point *p, const ch_point *q)
{
	ch_fe a, b, c, d, e, f, g, h;
	ch_point r;

	a = ch_fe_sub(&p->y, &p->x);
	b = ch_fe_sub(&q->y, &q->x);
	a = ch_fe_mul(&a, &b);
	b = ch_fe_add(&p->y, &p->x);
	c = ch_fe_add(&q->y, &q->x);
	b = ch_fe_mul(&b, &c);
	c = ch_fe_mul(&p->t, &q->t);
	c = ch_fe_mul(&c, &curve_2d);
	d = ch_fe_mul(&p->z, &q->z);
	d = ch_fe_add(&d, &d);
	e = ch_fe_sub(&b, &a);
	f = ch_fe_sub(&d, &c);
	g = ch_fe_add(&d, &c);
	h = ch_fe_add(&b, &a);
	r.x = ch_fe_mul(&e, &f);
	r.y = ch_fe_mul(&g, &h);
	r.t = ch_fe_mul(&e, &h);
	r.z = ch_fe_mul(&f, &g);
	return r;
}

/* Both at once, a bit of each at a time. */
ch_point ch_point_mul2(const uint8_t a[32], const ch_point *p, const uint8_t b[32],
    const ch_point *q)
{
	ch_point pq = ch_point_add(p, q), r = ch_point_zero();
	const ch_point *const of[4] = { NULL, p, q, &pq };

	for (unsigned bit = 256; bit-- > 0;) {
		unsigned which = (a[bit / 8] >> bit % 8 & 1u) | (b[bit / 8] >> bit % 8 & 1u) << 1;

		r = ch_point_add(&r, &r);
		if (of[which])
			r = ch_point_add(&r, of[which]);
	}
	return r;
}

bool ch_point_is_zero(const ch_point *p)
{
	return ch_fe_is_zero(&p->x) && ch_fe_eq(&p->y, &p->z);
}
