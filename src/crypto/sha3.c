/* SHA-3 and SHAKE by OpenSSL's EVP: see sha3.h. The library wipes a context that it frees. */
#include "sha3.h"

#include "wipe.h"

#include <openssl/err.h>
#include <openssl/evp.h>

/* Written once by ch_crypto_init(), before threads; never freed: they live as the program does. */
static EVP_MD *ch_sha3_algs[CH_N_SHA3];

ch_err ch_sha3_init(void)
{
	static const char *const names[CH_N_SHA3] = {
		[CH_SHA3_256] = "SHA3-256",
		[CH_SHA3_512] = "SHA3-512",
		[CH_SHAKE128] = "SHAKE-128",
		[CH_SHAKE256] = "SHAKE-256",
	};

	for (unsigned i = 0; i < CH_N_SHA3; i++) {
		if (ch_sha3_algs[i])
			continue;
		ch_sha3_algs[i] = EVP_MD_fetch(NULL, names[i], NULL);
		if (!ch_sha3_algs[i]) {
			ERR_clear_error();
			return CH_E_INTERNAL;
		}
	}
	return CH_OK;
}

void ch_sha3_begin(struct ch_sha3 *s)
{
	*s = (struct ch_sha3){ .err = CH_OK };
}

ch_err ch_sha3_end(struct ch_sha3 *s)
{
	for (unsigned i = 0; i < CH_N_SHA3; i++) {
		EVP_MD_CTX_free(s->handle[i]);
		s->handle[i] = NULL;
	}
	return s->err;
}

/* The context of an algorithm, ready for input; NULL after a fault. */
static EVP_MD_CTX *ch_sha3_ready(struct ch_sha3 *s, ch_sha3_alg alg)
{
	EVP_MD *fresh = NULL;

	CH_ASSERT(alg < CH_N_SHA3 && ch_sha3_algs[alg]);
	if (s->err != CH_OK)
		return NULL;
	if (!s->handle[alg]) {
		s->handle[alg] = EVP_MD_CTX_new();
		fresh = ch_sha3_algs[alg];
		if (!s->handle[alg]) {
			s->err = CH_E_NOMEM;
			return NULL;
		}
	}
	if (EVP_DigestInit_ex2(s->handle[alg], fresh, NULL) == 1)
		return s->handle[alg];
	s->err = CH_E_INTERNAL;
	return NULL;
}

void ch_sha3_hash(struct ch_sha3 *s, ch_sha3_alg alg, uint8_t *out, size_t n, ch_span a, ch_span b)
{
	EVP_MD_CTX *ctx = ch_sha3_ready(s, alg);
	bool xof = alg == CH_SHAKE128 || alg == CH_SHAKE256;
	unsigned len = 0;

	CH_ASSERT(xof || n == (alg == CH_SHA3_256 ? 32 : 64));
	if (ctx && (a.n == 0 || EVP_DigestUpdate(ctx, a.p, a.n) == 1) &&
	    (b.n == 0 || EVP_DigestUpdate(ctx, b.p, b.n) == 1) &&
	    (xof ? EVP_DigestFinalXOF(ctx, out, n) : EVP_DigestFinal_ex(ctx, out, &len)) == 1)
		return;
	ERR_clear_error();
	if (s->err == CH_OK)
		s->err = CH_E_INTERNAL;
	ch_wipe(out, n);
}

static ch_err ch_sha3_once(ch_sha3_alg alg, uint8_t *out, size_t n, ch_span in)
{
	struct ch_sha3 s;

	ch_sha3_begin(&s);
	ch_sha3_hash(&s, alg, out, n, in, ch_span_of(NULL, 0));
	return ch_sha3_end(&s);
}

ch_err ch_sha3_256(uint8_t out[32], ch_span in)
{
	return ch_sha3_once(CH_SHA3_256, out, 32, in);
}

ch_err ch_shake256(uint8_t *out, size_t n, ch_span in)
{
	return ch_sha3_once(CH_SHAKE256, out, n, in);
}
