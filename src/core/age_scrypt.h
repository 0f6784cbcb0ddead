/* The passphrase stanza of age (c2sp.org/age, "The scrypt recipient type"). */
#ifndef CH_AGE_SCRYPT_H
#define CH_AGE_SCRYPT_H

#include "age_header.h"

#define CH_AGE_SCRYPT_SALT 16
#define CH_AGE_SCRYPT_MAX 30 /* largest log_n we can be asked for: 1 TiB */

/* Write a stanza under a passphrase; log_n in 1..CH_AGE_SCRYPT_MAX. NOMEM sticks in w. */
void ch_age_scrypt_wrap(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
    ch_span pass, const uint8_t salt[CH_AGE_SCRYPT_SALT], unsigned log_n);

/*
 * Open a stanza of type "scrypt".
 * ABSENT: another passphrase        FORMAT: malformed
 * LIMIT: work factor above max_log_n, refused before any work        NOMEM
 */
CH_MUST_USE ch_err ch_age_scrypt_unwrap(struct ch_file_key *out, struct ch_aead *a,
    const ch_age_stanza *s, ch_span pass, unsigned max_log_n);

#endif
