/* Ed25519 by libsodium, whose verdict is the rule of our formats: see crypto.h. */
#include "crypto.h"

#include <sodium.h>

_Static_assert(sizeof(struct ch_edsecret) == crypto_sign_ed25519_SECRETKEYBYTES,
    "libsodium's form");

/* libsodium wants a pointer even for no bytes. */
static const uint8_t *ch_ed25519_bytes(ch_span s)
{
	static const uint8_t none[1];

	return s.n ? s.p : none;
}

void ch_ed25519_keypair(ch_edkey *pub, struct ch_edsecret *sec, const struct ch_secret32 *seed)
{
	CH_ASSERT(crypto_sign_ed25519_seed_keypair(pub->b, sec->b, seed->b) == 0);
}

void ch_ed25519_sign(ch_sig *out, ch_span msg, const struct ch_edsecret *sec)
{
	CH_ASSERT(crypto_sign_ed25519_detached(out->b, NULL, ch_ed25519_bytes(msg), msg.n,
	    sec->b) == 0);
}

ch_err ch_ed25519_verify(const ch_sig *sig, ch_span msg, const ch_edkey *pub)
{
	if (crypto_sign_ed25519_verify_detached(sig->b, ch_ed25519_bytes(msg), msg.n, pub->b) != 0)
		return CH_E_AUTH;
	return CH_OK;
}

bool ch_ed25519_key_is_sound(const ch_edkey *pub)
{
	/* Canonical, on the curve, in the prime-order group, not of low order. */
	return crypto_core_ed25519_is_valid_point(pub->b) == 1;
}
