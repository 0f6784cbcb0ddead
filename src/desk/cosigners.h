/* Who cosigned a checkpoint that is on file, and when, as far as it can be shown from this home. */
#ifndef CH_COSIGNERS_H
#define CH_COSIGNERS_H

#include "watch.h"

typedef enum {
	CH_COSIGNER_UNKNOWN,  /* no key of that name is on file: nothing is shown by it */
	CH_COSIGNER_FALSE,    /* it does not verify by the key that is                  */
	CH_COSIGNER_REGISTRY, /* the registry's own                                     */
	CH_COSIGNER_PARTY,    /* a delegate of a party, by its newest roster            */
	CH_COSIGNER_HERE      /* this home                                              */
} ch_cosigner_who;

/*
 * The checkpoint with the cosignatures it had when a registry was asked last, whole, into `kept`
 * where it is newer than what the watch holds. `note` spans into `kept` or the watch. The watch is
 * open (an alarm is no hindrance). ABSENT: nothing was seen yet; AUTH, FORMAT.
 */
CH_MUST_USE ch_err ch_cosigners_open(ch_checkpoint *cp, ch_note *note, struct ch_buf *kept,
    const struct ch_watch *w);

/* Line i. *time is 0 unless it verifies. False: it is the registry's own signature, no cosigner. */
bool ch_cosigner_at(ch_cosigner_who *who, int64_t *time, const struct ch_watch *w,
    const ch_note *note, size_t i);

#endif
