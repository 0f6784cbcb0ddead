/*
 * A paper that arrives: fetched, opened as far as an addressee may before signing, and checked as
 * doc/formats/paper.md says. What fails is quarantined with the reason, never shown as a paper.
 */
#ifndef CH_ARRIVE_H
#define CH_ARRIVE_H

#include "dossier.h"
#include "watch.h"

/*
 * Take in L, named by its hash in hex, for one of these talks. `number` is set when it arrived. Of
 * one that ended, or was sealed before this home was added, the record alone.
 * AUTH: quarantined, the sentence says why        NET: not reached, ask again
 * LOCKED: it is here, and waits for a hardware key (waiting.h); `number` is set
 */
CH_MUST_USE ch_err ch_arrive(char number[CH_NUMBER_MAX + 1], struct ch_watch *w,
    const struct ch_talks *talks, size_t n_talks, ch_span l_hex, struct ch_problem *why);

/* The same of an L that another home of our party sent: its record is kept, its text is there. */
CH_MUST_USE ch_err ch_arrive_sent(char number[CH_NUMBER_MAX + 1], struct ch_watch *w,
    const struct ch_talks *talks, ch_span l_hex, struct ch_problem *why);

/* Whether L lies in quarantine for a reason that another try cannot mend. */
bool ch_arrive_is_quarantined(const struct ch_home *home, ch_span l_hex);

#endif
