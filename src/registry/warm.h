/*
 * Warming up: the cryptography of a batch's operations, done by all hands before the batch begins.
 * Nothing is decided here. What was found out is remembered with what it was found out about; the
 * handler decides everything again in the transaction, and where its question is the same it finds
 * the answer there. Where anything changed in between it does the work itself.
 *
 * While the crew works the loop's thread works with it and does nothing else, so the registry does
 * not change under it; each piece writes only to its own operation.
 */
#ifndef CH_WARM_H
#define CH_WARM_H

#include "handlers.h"

/* K sealed anew, to those delegates of the roster `then` who are still in `now`. */
struct ch_keybox {
	ch_hash l, now, then;
	uint32_t n_to, n_recalled;
	ch_age_recipient *to;
	ch_span recalled[CH_ROSTER_DELEGATES_MAX];
	uint8_t *bytes;
	size_t n;
};

/* receive.c. ABSENT: every delegate was recalled. Else faults. The names of the recalled point
 * into `then`, the rest lives in the arena. */
CH_MUST_USE ch_err ch_keybox_make(struct ch_keybox **out, const struct ch_reg *reg,
    struct ch_arena *a, const ch_row_submission *sub, const ch_roster *now, const ch_roster *then);

struct ch_warm {
	bool parsed;
	ch_signed in;            /* the statement that the body brings: no verdict in it */
	ch_known_lines lines;    /* of it */
	ch_deposit_seen deposit; /* of a submission */
	ch_row_submission sub;   /* of a receipt: as it stood before the batch */
	bool open;
	struct ch_keybox *box;
};

/* Before a batch, on the loop's thread. */
void ch_warm_all(struct ch_reg *reg, struct ch_op *first);

/* The statement read from these very bytes of op's body; NULL: it was not read. */
const ch_signed *ch_warm_signed(const struct ch_op *op, ch_span from);
/* What is known of the lines of op's statement; NULL: nothing. */
const ch_known_lines *ch_warm_lines(const struct ch_op *op);

#endif
