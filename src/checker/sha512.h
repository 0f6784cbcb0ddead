/* SHA-512 (FIPS 180-4) for Ed25519 in the browser; public data only. */
#ifndef CH_SHA512_H
#define CH_SHA512_H

#include "span.h"

struct ch_sha512 {
	uint64_t h[8], n; /* n: bytes so far */
	uint8_t block[128];
};

void ch_sha512_init(struct ch_sha512 *s);
void ch_sha512_update(struct ch_sha512 *s, ch_span in);
void ch_sha512_final(struct ch_sha512 *s, uint8_t out[64]);

#endif
