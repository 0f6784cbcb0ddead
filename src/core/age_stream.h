/*
 * age's payload (c2sp.org/age, "Payload"): chunks of 64 KiB, each sealed with ChaCha20-Poly1305
 * under a nonce of its number and a mark on the last one.
 */
#ifndef CH_AGE_STREAM_H
#define CH_AGE_STREAM_H

#include "age_header.h"

#define CH_AGE_CHUNK 65536
#define CH_AGE_SEALED (CH_AGE_CHUNK + CH_AEAD_TAG)
#define CH_AGE_NONCE 16

/* Key `a` for the payload of one file. */
void ch_age_stream_key(struct ch_aead *a, const struct ch_file_key *key,
    const uint8_t nonce[CH_AGE_NONCE]);

/* Seal chunk `index`; out has in.n + CH_AEAD_TAG bytes and may be in.p. INTERNAL: library. */
CH_MUST_USE ch_err ch_age_stream_seal(struct ch_aead *a, uint8_t *out, uint64_t index, bool last,
    ch_span in);

/* Open chunk `index`; out has in.n - CH_AEAD_TAG bytes. AUTH        TRUNCATED: less than a tag */
CH_MUST_USE ch_err ch_age_stream_open(struct ch_aead *a, uint8_t *out, uint64_t index, bool last,
    ch_span in);

#endif
