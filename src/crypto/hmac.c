/* HMAC-SHA-256 by libsodium, and HKDF (RFC 5869) on top: libsodium 1.0.18 has none. */
#include "crypto.h"

#include "wipe.h"

#include <sodium.h>

static void ch_hmac_update(crypto_auth_hmacsha256_state *st, ch_span in)
{
	if (in.n)
		crypto_auth_hmacsha256_update(st, in.p, in.n);
}

static void ch_hmac_init(crypto_auth_hmacsha256_state *st, ch_span key)
{
	static const uint8_t none[1];

	crypto_auth_hmacsha256_init(st, key.n ? key.p : none, key.n);
}

void ch_hmac(uint8_t out[32], ch_span key, ch_span in)
{
	crypto_auth_hmacsha256_state st;

	ch_hmac_init(&st, key);
	ch_hmac_update(&st, in);
	crypto_auth_hmacsha256_final(&st, out);
	ch_wipe(&st, sizeof st);
}

/* RFC 5869 section 2.3: T(i) = HMAC(PRK, T(i-1) | info | i). */
static void ch_hkdf_block(uint8_t t[32], ch_span prev, ch_span prk, ch_span info, uint8_t i)
{
	crypto_auth_hmacsha256_state st;

	ch_hmac_init(&st, prk);
	ch_hmac_update(&st, prev);
	ch_hmac_update(&st, info);
	ch_hmac_update(&st, ch_span_of(&i, 1));
	crypto_auth_hmacsha256_final(&st, t);
	ch_wipe(&st, sizeof st);
}

void ch_hkdf(uint8_t *out, size_t n, ch_span ikm, ch_span salt, ch_span info)
{
	uint8_t prk[32], t[32];
	size_t done = 0;

	CH_ASSERT(n <= 255 * sizeof t);
	/* Section 2.2: an absent salt is 32 zeros, which as an HMAC key equals the empty one. */
	ch_hmac(prk, salt, ikm);
	for (uint8_t i = 1; done < n; i++) {
		size_t k = n - done < sizeof t ? n - done : sizeof t;

		ch_hkdf_block(t, ch_span_of(t, i == 1 ? 0 : sizeof t), ch_span_of(prk, sizeof prk),
		    info, i);
		memcpy(&out[done], t, k);
		done += k;
	}
	ch_wipe(prk, sizeof prk);
	ch_wipe(t, sizeof t);
}
