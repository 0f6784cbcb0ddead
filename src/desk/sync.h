/*
 * Bringing a home and one registry to the same state, in this order: what waits in the outbox; the
 * register; talks that another home of our party entered; newer rosters; signed heads of the chains
 * that end at us; the mailbox; what other homes of our party sent; every delivery that is not at
 * its end; what is public; the replay of the chains. Every step may be cut off and done again.
 */
#ifndef CH_SYNC_H
#define CH_SYNC_H

#include "dossier.h"
#include "watch.h"

typedef enum {
	CH_SYNC_SENT,        /* registered now                             */
	CH_SYNC_HELD,        /* waits in the outbox for its time           */
	CH_SYNC_ARRIVED,     /* waits for our signature                    */
	CH_SYNC_LISTED,      /* new, and its text is with a colleague; `text` says so */
	CH_SYNC_TALKS,       /* new: another home of ours entered them; `number` is their name */
	CH_SYNC_CHANGED,     /* another state; `text` is its name          */
	CH_SYNC_OPENED,      /* what had been signed for was opened        */
	CH_SYNC_PUBLIC,      /* `text` says how many public statements came */
	CH_SYNC_TOKEN,       /* waits for the hardware key; `text` says what to do */
	CH_SYNC_PROBLEM,     /* `text` is a sentence; the sync goes on     */
} ch_sync_what;

typedef struct {
	void (*tell)(void *ctx, ch_sync_what what, const char *number, const char *text);
	void *ctx;
} ch_sync_ears;

/*
 * All talks in force that this registry decides. The home is locked and unlocked, the link signed
 * in, the register looked at. No hardware key is tried: what needs one waits, and that is told.
 * NET: cut off, repeat        else the first problem of those that were told
 */
CH_MUST_USE ch_err ch_sync(struct ch_watch *w, const ch_sync_ears *ears, struct ch_problem *why);

#endif
