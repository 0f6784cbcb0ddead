/* The X25519 stanza of age (c2sp.org/age, "The X25519 recipient type"). */
#ifndef CH_AGE_X25519_H
#define CH_AGE_X25519_H

#include "age_header.h"
#include "age_key.h"

/*
 * Write a stanza that gives `key` to `to`. The first half of `random` is used, for this stanza and
 * never again, and `ready` is not; `a` is a work area that is left keyed. A recipient of low order
 * sticks in w as FORMAT.
 */
void ch_age_x25519_wrap(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
    const ch_age_recipient *to, const ch_mlkem_ready *ready, const struct ch_secret64 *random);

/*
 * Open a stanza of type "X25519"; without an identity (NULL) only its form is judged. `ready` is
 * not used.
 * ABSENT: not for this identity        FORMAT: malformed, or a share of low order
 */
CH_MUST_USE ch_err ch_age_x25519_unwrap(struct ch_file_key *out, struct ch_aead *a,
    const ch_age_stanza *s, const struct ch_age_identity *id, const ch_mlkem_ready *ready);

#endif
