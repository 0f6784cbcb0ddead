/*
 * What we say about a delivery: receipt, decline, take-back, opened, defect, key-missing. What was
 * signed is on disk before it is posted (pending.<kind>.txt), so that a retry posts the same bytes
 * and there is never a second statement of one kind.
 */
#ifndef CH_REPLY_H
#define CH_REPLY_H

#include "intake.h"
#include "reading.h"

/*
 * Sign (or find what was signed), post, check the answer, keep it. `extra`: reason or cause.
 * CH_OK also when it is on file already.
 * CONFLICT: it has another end already; the record now says which    NET: not known yet, repeat
 */
CH_MUST_USE ch_err ch_reply_post(struct ch_dossier *d, struct ch_watch *w, ch_kind kind,
    ch_span extra, struct ch_problem *why);

/* Whether something we signed was not answered yet. */
bool ch_reply_pending(const struct ch_dossier *d, ch_kind kind);

/*
 * After the handover: open and check everything, and say so to the registry: `opened`, or
 * `defect` or `key-missing` with its cause. The reading stays open for the caller when CH_OK.
 * AUTH: defective, or no key; that was posted and the sentence says what is wrong
 */
CH_MUST_USE ch_err ch_reply_examine(struct ch_reading *r, struct ch_dossier *d,
    struct ch_watch *w, struct ch_problem *why);

#endif
