/*
 * SHA-256 by OpenSSL's low-level interface: deprecated in name, but its state is plain memory, so
 * a hash costs no allocation and a running hash can be cloned. The EVP way allocates per hash and
 * is several times slower on the 65-byte nodes of a log.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto.h"

#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct ch_sha256), "the state must fit");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct ch_sha256), "and be aligned");

void ch_sha256_init(struct ch_sha256 *s)
{
	memset(s, 0, sizeof *s);
	CH_ASSERT(SHA256_Init((SHA256_CTX *)s->opaque) == 1);
}

void ch_sha256_update(struct ch_sha256 *s, ch_span in)
{
	if (in.n)
		CH_ASSERT(SHA256_Update((SHA256_CTX *)s->opaque, in.p, in.n) == 1);
}

void ch_sha256_final(struct ch_sha256 *s, ch_hash *out)
{
	CH_ASSERT(SHA256_Final(out->b, (SHA256_CTX *)s->opaque) == 1);
}

void ch_sha256(ch_hash *out, ch_span in)
{
	struct ch_sha256 s; /* public, not wiped: secrets are hashed by ch_hmac() */

	ch_sha256_init(&s);
	ch_sha256_update(&s, in);
	ch_sha256_final(&s, out);
}
