/*
 * F1: P-256 by libcrypto, for recipients that live in hardware (c2sp.org/age, "The tagged recipient
 * types"). Points as SEC 1 writes them. NOMEM, INTERNAL: the library. Outputs are zero on error.
 */
#ifndef CH_P256_H
#define CH_P256_H

#include "crypto.h"

typedef struct { uint8_t b[33]; } ch_p256c; /* compressed: 2 or 3, x */
typedef struct { uint8_t b[65]; } ch_p256;  /* uncompressed: 4, x, y */

/* FORMAT: no point of the curve, or infinity. Public data. */
CH_MUST_USE ch_err ch_p256_decompress(ch_p256 *out, const ch_p256c *in);
CH_MUST_USE ch_err ch_p256_check(const ch_p256 *in);

/*
 * Ephemeral Diffie-Hellman: the share of a secret scalar, and x of its product with `to`. A scalar
 * outside 1..n-1 (one of 2^32) is hashed until it lies there. FORMAT as above. Constant time in
 * the scalar.
 */
CH_MUST_USE ch_err ch_p256_dh(ch_p256 *share, struct ch_secret32 *x, const ch_p256 *to,
    const struct ch_secret32 *scalar);

#endif
