/*
 * Papers on their way out, beside the pages: sealing what was asked to go (at once, or when the
 * registry can be asked again), syncing when a delay ends, letting go of drafts whose paper is
 * registered. What is to be done is read from files alone (draft.h, outbox.h), so a desk that was
 * killed goes on where it stopped.
 */
#ifndef CH_OUTGOING_H
#define CH_OUTGOING_H

#include "draft.h"
#include "page.h"

/* The job that seals a draft of these talks and sends it when its delay is over. `person`: with a
 * page of its own; else in the background. NULL: no memory. */
struct ch_job *ch_outgoing_job(struct ch_desk_home *h, const char *id, const char *talks,
    bool person);
/* Whether one is being sealed just now. */
bool ch_outgoing_is_busy(const struct ch_desk_home *h);
/* As ch_draft_state_of(); but one that we are just sealing is wanted, and not back. */
CH_MUST_USE ch_err ch_outgoing_state(ch_draft_state *out, ch_leaving *l,
    const struct ch_desk_home *h, const char *id);

/* About once a second, for an unlocked home. */
void ch_outgoing_tick(struct ch_desk_home *h);
/* The registries answered: what waits for them need wait no longer. */
void ch_outgoing_go_on(struct ch_desk_home *h);

/* The draft of a paper in the outbox, by its nonce in hex; false: the command made it. */
bool ch_outgoing_draft(char id[CH_DRAFT_ID + 1], const struct ch_home *h, const char *nonce);

#endif
