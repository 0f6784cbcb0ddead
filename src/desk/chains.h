/*
 * Pair chains that end at us: the registry signs their heads whenever we sync, and we replay them
 * over all L's that we know. A paper that it hides from us leaves a hole, and its own word on it.
 */
#ifndef CH_CHAINS_H
#define CH_CHAINS_H

#include "dossier.h"
#include "watch.h"

/* Fetch the signed heads: before the mailbox, so that all they count must be in it. */
CH_MUST_USE ch_err ch_chains_fetch(struct ch_buf *note, struct ch_watch *w,
    const struct ch_talks *talks, struct ch_problem *why);

/*
 * Replay, after the mailbox was taken in. CONFLICT: a gap or misfit; the heads are kept as
 * talks/<name>/alarm-<from>.txt and the sentence says what to do.
 */
CH_MUST_USE ch_err ch_chains_check(struct ch_watch *w, const struct ch_talks *talks,
    ch_span note, struct ch_problem *why);

#endif
