/*
 * ML-KEM-768 by libcrypto, which has it from 3.5 on: see mlkem.h. Deterministic by the parameters
 * that the library has for it, the seed of a key and the randomness of an encapsulation. The
 * checks of FIPS 203 section 7 are made here first, so that a refusal of the library is a fault.
 *
 * The library tries a key that is imported with one random encapsulation. That shows in the time of
 * a decapsulation, and in its result only for a key whose secret does not fit its ek: INTERNAL.
 */
#include "mlkem.h"

#include "sha3.h"
#include "wipe.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#define NAME "ML-KEM-768"
/* Spelt out, so that the checks can read this file with older headers too. */
#define SEED "seed"
#define IKME "ikme"
#define VEC 1152 /* bytes of three polynomials at 12 bits a coefficient */

/* The end of every operation. */
static ch_err finish(bool ok, EVP_PKEY_CTX *ctx, EVP_PKEY *key)
{
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	if (ok)
		return CH_OK;
	ERR_clear_error();
	return CH_E_INTERNAL;
}

ch_err ch_mlkem_keygen_derand(ch_mlkem_ek *ek, struct ch_mlkem_dk *dk,
    const struct ch_secret64 *d_z)
{
	struct ch_secret64 seed = *d_z; /* the library's type of parameters has no const */
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(SEED, seed.b, sizeof seed.b),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, NAME, NULL);
	EVP_PKEY *key = NULL;
	size_t n_ek = 0, n_dk = 0;
	bool ok = ctx && EVP_PKEY_keygen_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_params(ctx, params) == 1 && EVP_PKEY_generate(ctx, &key) == 1 &&
	    EVP_PKEY_get_octet_string_param(key, "pub", ek->b, sizeof ek->b, &n_ek) == 1 &&
	    EVP_PKEY_get_octet_string_param(key, "priv", dk->b, sizeof dk->b, &n_dk) == 1 &&
	    n_ek == sizeof ek->b && n_dk == sizeof dk->b;
	ch_err e = finish(ok, ctx, key);

	ch_wipe(&seed, sizeof seed);
	if (e != CH_OK) {
		ch_wipe(ek, sizeof *ek);
		ch_wipe(dk, sizeof *dk);
	}
	return e;
}

ch_err ch_mlkem_ek_check(const ch_mlkem_ek *ek)
{
	bool bad = false;

	for (size_t i = 0; i < VEC; i += 3) {
		const uint8_t *p = &ek->b[i];

		bad |= (p[0] | (p[1] & 15) << 8) >= 3329 || (p[1] >> 4 | p[2] << 4) >= 3329;
	}
	return bad ? CH_E_FORMAT : CH_OK;
}

static ch_err encaps(ch_mlkem_ct *ct, struct ch_secret32 *ss, const ch_mlkem_ek *ek,
    const struct ch_secret32 *m)
{
	struct ch_secret32 random = *m; /* as above */
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(IKME, random.b, sizeof random.b),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key_ex(NULL, NAME, NULL, ek->b, sizeof ek->b);
	EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
	size_t n_ct = sizeof ct->b, n_ss = sizeof ss->b;
	bool ok = ctx && EVP_PKEY_encapsulate_init(ctx, params) == 1 &&
	    EVP_PKEY_encapsulate(ctx, ct->b, &n_ct, ss->b, &n_ss) == 1 && n_ct == sizeof ct->b &&
	    n_ss == sizeof ss->b;

	ch_wipe(&random, sizeof random);
	return finish(ok, ctx, key);
}

ch_err ch_mlkem_encaps_derand(ch_mlkem_ct *ct, struct ch_secret32 *ss, const ch_mlkem_ek *ek,
    const struct ch_secret32 *m)
{
	ch_err e = ch_mlkem_ek_check(ek);

	if (e == CH_OK)
		e = encaps(ct, ss, ek, m);
	if (e != CH_OK) {
		ch_wipe(ct, sizeof *ct);
		ch_wipe(ss, sizeof *ss);
	}
	return e;
}

/* The library keeps what it works out in a key of its own, which is no plain memory: here a key
 * made ready is no more than the key. */
ch_err ch_mlkem_ready_make(ch_mlkem_ready *out, const ch_mlkem_ek *ek)
{
	ch_err e = ch_mlkem_ek_check(ek);

	memset(out, 0, sizeof *out);
	if (e == CH_OK)
		out->ek = *ek;
	return e;
}

ch_err ch_mlkem_encaps_ready(ch_mlkem_ct *ct, struct ch_secret32 *ss, const ch_mlkem_ready *to,
    const struct ch_secret32 *m)
{
	return ch_mlkem_encaps_derand(ct, ss, &to->ek, m);
}

/* The hash of ek that stands in dk (section 7.3). */
static ch_err dk_check(const struct ch_mlkem_dk *dk)
{
	const uint8_t *ek = &dk->b[VEC];
	uint8_t h[32];

	ch_sha3_256(h, ch_span_of(ek, CH_MLKEM_EK));
	return ch_ct_equal(h, &ek[CH_MLKEM_EK], sizeof h) ? CH_OK : CH_E_FORMAT;
}

ch_err ch_mlkem_decaps(struct ch_secret32 *ss, const struct ch_mlkem_dk *dk, const ch_mlkem_ct *ct)
{
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *ctx = NULL;
	size_t n_ss = sizeof ss->b;
	ch_err e = dk_check(dk);

	if (e == CH_OK) {
		key = EVP_PKEY_new_raw_private_key_ex(NULL, NAME, NULL, dk->b, sizeof dk->b);
		ctx = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
		e = finish(ctx && EVP_PKEY_decapsulate_init(ctx, NULL) == 1 &&
		    EVP_PKEY_decapsulate(ctx, ss->b, &n_ss, ct->b, sizeof ct->b) == 1 &&
		    n_ss == sizeof ss->b, ctx, key);
	}
	if (e != CH_OK)
		ch_wipe(ss, sizeof *ss);
	return e;
}

ch_err ch_mlkem_decaps_ready(struct ch_secret32 *ss, const struct ch_mlkem_dk *dk,
    const ch_mlkem_ready *own, const ch_mlkem_ct *ct)
{
	if (ch_span_eq(ch_span_of(own->ek.b, CH_MLKEM_EK), ch_span_of(&dk->b[VEC], CH_MLKEM_EK)))
		return ch_mlkem_decaps(ss, dk, ct);
	ch_wipe(ss, sizeof *ss);
	return CH_E_FORMAT;
}
