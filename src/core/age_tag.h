/*
 * The two tagged stanzas of age (c2sp.org/age, "The tagged recipient types"): sealing to keys that
 * live in hardware. Opening is the business of the hardware's plugin.
 */
#ifndef CH_AGE_TAG_H
#define CH_AGE_TAG_H

#include "age_header.h"
#include "age_key.h"

#define CH_AGE_TAG_N 4 /* bytes of a tag */

/* As ch_age_hybrid_wrap(), for CH_AGE_TAG and CH_AGE_TAGPQ. */
void ch_age_tag_wrap(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
    const ch_age_recipient *to, const ch_mlkem_ready *ready, const struct ch_secret64 *random);
void ch_age_tagpq_wrap(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
    const ch_age_recipient *to, const ch_mlkem_ready *ready, const struct ch_secret64 *random);

#endif
