/*
 * Ed25519 and X25519 of crypto.h for the browser, by libsodium's rule: cofactorless, S below the
 * group order, A canonical, neither A nor R of low order. Held to libsodium and to the
 * ed25519-cctv vectors by test/unit/test_checker.c. Variable time: public data only.
 */
#include "crypto.h"

#include "curve.h"
#include "sha512.h"
#include "wipe.h"

/* The order of the group, least byte first. */
static const uint8_t order[32] = {
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
	0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
};

/* Every y of a point of low order, in every spelling of 255 bits. */
static const uint8_t low_order[7][32] = {
	{ 0 },
	{ 1 },
	{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
	    0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d,
	    0x53, 0xfc, 0x05 },
	{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
	    0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92,
	    0xac, 0x03, 0x7a },
	{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0x7f },
	{ 0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0x7f },
	{ 0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0x7f },
};

ch_err ch_crypto_init(void)
{
	return CH_OK;
}

static bool ch_ed_is_low(const uint8_t in[32])
{
	for (size_t i = 0; i < CH_COUNT(low_order); i++)
		if (ch_span_eq(ch_span_of(in, 31), ch_span_of(low_order[i], 31)) &&
		    (in[31] & 0x7f) == low_order[i][31])
			return true;
	return false;
}

/* The y of 255 bits is below p. */
static bool ch_ed_is_canonical(const uint8_t in[32])
{
	uint8_t b[32];
	ch_fe y = ch_fe_of(in);

	ch_fe_bytes(b, &y);
	b[31] |= in[31] & 0x80;
	return ch_span_eq(ch_span_of(b, sizeof b), ch_span_of(in, 32));
}

/* a >= b, numbers of 32 bytes, least first. */
static bool ch_scalar_reaches(const uint8_t a[32], const uint8_t b[32])
{
	for (unsigned i = 32; i-- > 0;)
		if (a[i] != b[i])
			return a[i] > b[i];
	return true;
}

/* 64 bytes modulo the order of the group: a bit at a time from the top. */
static void ch_scalar_reduce(uint8_t out[32], const uint8_t in[64])
{
	memset(out, 0, 32);
	for (unsigned bit = 512; bit-- > 0;) {
		unsigned carry = in[bit / 8] >> bit % 8 & 1;
		int borrow = 0;

		for (unsigned i = 0; i < 32; i++) {
			carry |= (unsigned)out[i] << 1;
			out[i] = (uint8_t)carry;
			carry >>= 8;
		}
		if (!ch_scalar_reaches(out, order))
			continue;
		for (unsigned i = 0; i < 32; i++) {
			int d = out[i] - order[i] - borrow;

			out[i] = (uint8_t)d;
			borrow = d < 0;
		}
	}
}

ch_err ch_ed25519_verify(const ch_sig *sig, ch_span msg, const ch_edkey *pub)
{
	uint8_t base_y[32], digest[64], h[32], r[32];
	const uint8_t *s = sig->b + 32;
	struct ch_sha512 st;
	ch_point base, a;

	memset(base_y, 0x66, sizeof base_y); /* y = 4/5 */
	base_y[0] = 0x58;
	if (ch_scalar_reaches(s, order) || ch_ed_is_low(sig->b) || ch_ed_is_low(pub->b) ||
	    !ch_ed_is_canonical(pub->b) || !ch_point_of(&a, pub->b) ||
	    !ch_point_of(&base, base_y))
		return CH_E_AUTH;
	ch_sha512_init(&st);
	ch_sha512_update(&st, ch_span_of(sig->b, 32));
	ch_sha512_update(&st, ch_span_of(pub->b, 32));
	ch_sha512_update(&st, msg);
	ch_sha512_final(&st, digest);
	ch_scalar_reduce(h, digest);
	a = ch_point_negate(&a);
	a = ch_point_mul2(s, &base, h, &a);
	ch_point_bytes(r, &a);
	return ch_span_eq(ch_span_of(r, sizeof r), ch_span_of(sig->b, 32)) ? CH_OK : CH_E_AUTH;
}

bool ch_ed25519_key_is_sound(const ch_edkey *pub)
{
	static const uint8_t none[32];
	ch_point p;

	if (ch_ed_is_low(pub->b) || !ch_ed_is_canonical(pub->b) || !ch_point_of(&p, pub->b))
		return false;
	p = ch_point_mul2(order, &p, none, &p);
	return ch_point_is_zero(&p);
}

/* One step of the ladder of RFC 7748, section 5. */
static void ch_ladder_step(const ch_fe *u, ch_fe *x2, ch_fe *z2, ch_fe *x3, ch_fe *z3)
{
	ch_fe a24 = ch_fe_small(121665);
	ch_fe a = ch_fe_add(x2, z2), b = ch_fe_sub(x2, z2), c = ch_fe_add(x3, z3);
	ch_fe d = ch_fe_sub(x3, z3), da = ch_fe_mul(&d, &a), cb = ch_fe_mul(&c, &b);
	ch_fe aa = ch_fe_mul(&a, &a), bb = ch_fe_mul(&b, &b), e = ch_fe_sub(&aa, &bb);

	c = ch_fe_add(&da, &cb);
	d = ch_fe_sub(&da, &cb);
	*x3 = ch_fe_mul(&c, &c);
	d = ch_fe_mul(&d, &d);
	*z3 = ch_fe_mul(&d, u);
	*x2 = ch_fe_mul(&aa, &bb);
	a = ch_fe_mul(&a24, &e);
	a = ch_fe_add(&a, &aa);
	*z2 = ch_fe_mul(&e, &a);
}

ch_err ch_x25519(struct ch_secret32 *out, const struct ch_secret32 *sec, const ch_xkey *pub)
{
	ch_fe u = ch_fe_of(pub->b), x2 = ch_fe_small(1), z2 = ch_fe_small(0), x3 = u;
	ch_fe z3 = ch_fe_small(1);
	uint8_t k[32];

	memcpy(k, sec->b, sizeof k);
	k[0] &= 248;
	k[31] = (uint8_t)((k[31] & 127) | 64);
	for (unsigned bit = 255; bit-- > 0;) {
		if (k[bit / 8] >> bit % 8 & 1)
			ch_ladder_step(&u, &x3, &z3, &x2, &z2);
		else
			ch_ladder_step(&u, &x2, &z2, &x3, &z3);
	}
	z2 = ch_fe_invert(&z2);
	x2 = ch_fe_mul(&x2, &z2);
	ch_fe_bytes(out->b, &x2);
	return ch_fe_is_zero(&x2) ? CH_E_AUTH : CH_OK;
}

void ch_x25519_base(ch_xkey *pub, const struct ch_secret32 *sec)
{
	static const ch_xkey nine = { { 9 } };
	struct ch_secret32 out;
	ch_err e = ch_x25519(&out, sec, &nine);

	CH_ASSERT(e == CH_OK); /* nine is of large order */
	memcpy(pub->b, out.b, sizeof pub->b);
	ch_wipe(&out, sizeof out);
}
