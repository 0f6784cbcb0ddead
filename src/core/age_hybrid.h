/* The hybrid stanza of age (c2sp.org/age, "mlkem768x25519 recipient stanza"). */
#ifndef CH_AGE_HYBRID_H
#define CH_AGE_HYBRID_H

#include "age_header.h"
#include "age_key.h"

/*
 * Write a stanza that gives `key` to `to`; `ready` is its ML-KEM half made ready, or NULL. `random`
 * is used for this stanza and never again; `a` is a work area that is left keyed. FORMAT sticks in
 * w for an unsound recipient; NOMEM, INTERNAL.
 */
void ch_age_hybrid_wrap(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
    const ch_age_recipient *to, const ch_mlkem_ready *ready, const struct ch_secret64 *random);

/*
 * Open a stanza of type "mlkem768x25519"; without an identity (NULL) only its form is judged.
 * `ready`: its own key made ready, or NULL.
 * ABSENT: not for this identity        FORMAT: malformed, or a share of low order
 * NOMEM, INTERNAL: the libraries
 */
CH_MUST_USE ch_err ch_age_hybrid_unwrap(struct ch_file_key *out, struct ch_aead *a,
    const ch_age_stanza *s, const struct ch_age_identity *id, const ch_mlkem_ready *ready);

#endif
