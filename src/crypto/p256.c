/* P-256 by libcrypto's curve arithmetic, which is constant time for this curve: see p256.h. */
#include "p256.h"

#include "ct.h"
#include "wipe.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

struct ch_curve {
	BN_CTX *ctx;
	EC_GROUP *group;
	EC_POINT *p, *q;
	BIGNUM *k;
};

static bool ch_curve_begin(struct ch_curve *c)
{
	*c = (struct ch_curve){ .ctx = BN_CTX_secure_new() };
	c->group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	if (c->group) {
		c->p = EC_POINT_new(c->group);
		c->q = EC_POINT_new(c->group);
	}
	c->k = BN_secure_new();
	return c->ctx && c->p && c->q && c->k;
}

static void ch_curve_end(struct ch_curve *c)
{
	EC_POINT_clear_free(c->p);
	EC_POINT_clear_free(c->q);
	EC_GROUP_free(c->group);
	BN_clear_free(c->k);
	BN_CTX_free(c->ctx);
	ERR_clear_error();
}

/* libcrypto judges that it is on the curve; infinity is one zero byte, which is not of our size.
 * The hybrid forms 6 and 7 of SEC 1 have the same size and are not ours. */
static ch_err ch_curve_point(struct ch_curve *c, EC_POINT *to, ch_span in)
{
	bool form = in.n == sizeof(ch_p256) ? in.p[0] == 4 : in.p[0] == 2 || in.p[0] == 3;

	if (form && EC_POINT_oct2point(c->group, to, in.p, in.n, c->ctx) == 1)
		return CH_OK;
	return CH_E_FORMAT;
}

static ch_err ch_curve_put(struct ch_curve *c, ch_p256 *out, const EC_POINT *p)
{
	size_t n = EC_POINT_point2oct(c->group, p, POINT_CONVERSION_UNCOMPRESSED, out->b,
	    sizeof out->b, c->ctx);

	return n == sizeof out->b ? CH_OK : CH_E_INTERNAL;
}

ch_err ch_p256_decompress(ch_p256 *out, const ch_p256c *in)
{
	struct ch_curve c;
	ch_err e = ch_curve_begin(&c) ? CH_OK : CH_E_NOMEM;

	if (e == CH_OK)
		e = ch_curve_point(&c, c.p, ch_span_of(in->b, sizeof in->b));
	if (e == CH_OK)
		e = ch_curve_put(&c, out, c.p);
	ch_curve_end(&c);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

ch_err ch_p256_check(const ch_p256 *in)
{
	struct ch_curve c;
	ch_err e = ch_curve_begin(&c) ? CH_OK : CH_E_NOMEM;

	if (e == CH_OK)
		e = ch_curve_point(&c, c.p, ch_span_of(in->b, sizeof in->b));
	ch_curve_end(&c);
	return e;
}

/* The scalar into c->k. Whether a random one lay in range says nothing of it. */
static ch_err ch_curve_scalar(struct ch_curve *c, const struct ch_secret32 *scalar)
{
	struct ch_secret32 s = *scalar;
	const BIGNUM *n = EC_GROUP_get0_order(c->group);
	ch_err e = CH_E_INTERNAL;
	bool fits = false;

	BN_set_flags(c->k, BN_FLG_CONSTTIME);
	/* That four fail in a row is as likely as a guessed key: INTERNAL then. */
	for (int i = 0; i < 4 && n && !fits && BN_bin2bn(s.b, sizeof s.b, c->k); i++) {
		fits = !BN_is_zero(c->k) && BN_cmp(c->k, n) < 0;
		CH_CT_PUBLIC(&fits, sizeof fits);
		if (fits)
			e = CH_OK;
		else
			ch_hmac(s.b, (ch_span){ 0 }, ch_span_of(s.b, sizeof s.b));
	}
	ch_wipe(&s, sizeof s);
	return e;
}

ch_err ch_p256_dh(ch_p256 *share, struct ch_secret32 *x, const ch_p256 *to,
    const struct ch_secret32 *scalar)
{
	ch_p256 product = { { 0 } };
	struct ch_curve c;
	ch_err e = ch_curve_begin(&c) ? CH_OK : CH_E_NOMEM;

	if (e == CH_OK)
		e = ch_curve_point(&c, c.q, ch_span_of(to->b, sizeof to->b));
	if (e == CH_OK)
		e = ch_curve_scalar(&c, scalar);
	if (e == CH_OK && EC_POINT_mul(c.group, c.p, c.k, NULL, NULL, c.ctx) != 1)
		e = CH_E_INTERNAL;
	if (e == CH_OK)
		e = ch_curve_put(&c, share, c.p);
	if (e == CH_OK && EC_POINT_mul(c.group, c.p, NULL, c.q, c.k, c.ctx) != 1)
		e = CH_E_INTERNAL;
	if (e == CH_OK)
		e = ch_curve_put(&c, &product, c.p);
	memcpy(x->b, &product.b[1], sizeof x->b);
	ch_wipe(&product, sizeof product);
	ch_curve_end(&c);
	if (e != CH_OK) {
		ch_wipe(x, sizeof *x);
		memset(share, 0, sizeof *share);
	}
	return e;
}
