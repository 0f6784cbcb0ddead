/*
 * ChaCha20-Poly1305 by OpenSSL's EVP, three times as fast as libsodium's. A chunk costs an
 * initialisation with a new nonce and no allocation.
 */
#include "crypto.h"

#include "wipe.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>

/* Written once by ch_crypto_init(), before threads; never freed: it lives as the program does. */
static EVP_CIPHER *ch_aead_alg;

ch_err ch_aead_fetch(void)
{
	if (!ch_aead_alg)
		ch_aead_alg = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
	if (ch_aead_alg)
		return CH_OK;
	ERR_clear_error();
	return CH_E_INTERNAL;
}

ch_err ch_aead_init(struct ch_aead *a)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	CH_ASSERT(ch_aead_alg);
	a->handle = NULL;
	if (ctx && EVP_CipherInit_ex2(ctx, ch_aead_alg, NULL, NULL, 1, NULL) == 1) {
		a->handle = ctx; /* moved */
		return CH_OK;
	}
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	return ctx ? CH_E_INTERNAL : CH_E_NOMEM;
}

void ch_aead_deinit(struct ch_aead *a)
{
	EVP_CIPHER_CTX_free(a->handle); /* cleanses the key */
	a->handle = NULL;
}

void ch_aead_key(struct ch_aead *a, const struct ch_secret32 *key)
{
	CH_ASSERT(EVP_CipherInit_ex2(a->handle, NULL, key->b, NULL, 1, NULL) == 1);
}

ch_err ch_aead_seal(struct ch_aead *a, uint8_t *out, const uint8_t nonce[12], ch_span in)
{
	EVP_CIPHER_CTX *ctx = a->handle;
	uint8_t none[1];
	int n = 0;

	CH_ASSERT(in.n <= INT_MAX - CH_AEAD_TAG);
	if (EVP_CipherInit_ex2(ctx, NULL, NULL, nonce, 1, NULL) == 1 &&
	    (in.n == 0 || EVP_CipherUpdate(ctx, out, &n, in.p, (int)in.n) == 1) &&
	    EVP_CipherFinal_ex(ctx, none, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, CH_AEAD_TAG, &out[in.n]) == 1)
		return CH_OK;
	ERR_clear_error();
	ch_wipe(out, in.n + CH_AEAD_TAG);
	return CH_E_INTERNAL;
}

ch_err ch_aead_open(struct ch_aead *a, uint8_t *out, const uint8_t nonce[12], ch_span in)
{
	EVP_CIPHER_CTX *ctx = a->handle;
	uint8_t tag[CH_AEAD_TAG], none[1];
	size_t len;
	int n = 0;

	if (in.n < CH_AEAD_TAG)
		return CH_E_AUTH;
	len = in.n - CH_AEAD_TAG;
	CH_ASSERT(len <= INT_MAX);
	memcpy(tag, &in.p[len], sizeof tag);
	if (EVP_CipherInit_ex2(ctx, NULL, NULL, nonce, 0, NULL) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, CH_AEAD_TAG, tag) == 1 &&
	    (len == 0 || EVP_CipherUpdate(ctx, out, &n, in.p, (int)len) == 1) &&
	    EVP_CipherFinal_ex(ctx, none, &n) == 1)
		return CH_OK;
	ERR_clear_error();
	ch_wipe(out, len);
	return CH_E_AUTH;
}
