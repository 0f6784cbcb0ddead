/*
 * F1: SHA-3 and SHAKE (FIPS 202) by libcrypto. The algorithms are fetched once, by
 * ch_crypto_init(). Constant time in the input; the lengths are public.
 */
#ifndef CH_SHA3_H
#define CH_SHA3_H

#include "err.h"
#include "span.h"

/* NOMEM or INTERNAL from the library; out is zero then. */
CH_MUST_USE ch_err ch_sha3_256(uint8_t out[32], ch_span in);
CH_MUST_USE ch_err ch_shake256(uint8_t *out, size_t n, ch_span in);

/*
 * Many short hashes in a row, as ML-KEM makes them: a context of each algorithm is made when it is
 * first asked for, and reused. Faults stick: after one all outputs are zero, and ch_sha3_end(),
 * which wipes and frees all, gives it back.
 */
typedef enum { CH_SHA3_256, CH_SHA3_512, CH_SHAKE128, CH_SHAKE256, CH_N_SHA3 } ch_sha3_alg;

struct ch_sha3 {
	void *handle[CH_N_SHA3];
	ch_err err;
};

void ch_sha3_begin(struct ch_sha3 *s);
/* out gets the hash of a, then b; n is the hash's own length (32, 64), or any for SHAKE. */
void ch_sha3_hash(struct ch_sha3 *s, ch_sha3_alg alg, uint8_t *out, size_t n, ch_span a, ch_span b);
CH_MUST_USE ch_err ch_sha3_end(struct ch_sha3 *s);

/* For ch_crypto_init() alone: INTERNAL when the library lacks one of them. */
CH_MUST_USE ch_err ch_sha3_init(void);

#endif
