/*
 * F1: SHA-3 and SHAKE (FIPS 202), ours: no set-up, no memory, no fault. Constant time in the input;
 * the lengths are public.
 */
#ifndef CH_SHA3_H
#define CH_SHA3_H

#include "err.h"
#include "span.h"

typedef enum { CH_SHA3_256, CH_SHA3_512, CH_SHAKE128, CH_SHAKE256, CH_N_SHA3 } ch_sha3_alg;

/* out gets the hash of a, then b; n is the hash's own length (32, 64), or any for SHAKE. */
void ch_sha3(ch_sha3_alg alg, uint8_t *out, size_t n, ch_span a, ch_span b);

/*
 * Four messages that begin alike, in the time of one or two: out gets four times n bytes of SHAKE,
 * each of `seed` and n_tail (at most 7) bytes of `tails`, which lie behind each other. n is a
 * multiple of 8.
 */
void ch_shake_four(ch_sha3_alg alg, uint8_t *out, size_t n, const uint8_t seed[32],
    const uint8_t *tails, size_t n_tail);

static inline void ch_sha3_256(uint8_t out[32], ch_span in)
{
	ch_sha3(CH_SHA3_256, out, 32, in, ch_span_of(NULL, 0));
}

static inline void ch_shake256(uint8_t *out, size_t n, ch_span in)
{
	ch_sha3(CH_SHAKE256, out, n, in, ch_span_of(NULL, 0));
}

#endif
