/* Between the files of the key ring. */
#ifndef CH_RING_INNER_H
#define CH_RING_INNER_H

#include "keyring.h"

/* Add the identities of a text; `path` is for the sentence. */
CH_MUST_USE ch_err ch_ring_walk(struct ch_ring *r, ch_span text, const char *path,
    struct ch_problem *why);
CH_MUST_USE ch_err ch_ring_add(struct ch_ring *r, const ch_age_recipient *one);

#endif
