/*
 * Warming up: the cryptography of an operation, and what stands in files, done by the crew before
 * a batch takes it. Nothing is decided here. What was found out is remembered with what it was
 * found out about; the handler decides everything again in the transaction, and where its question
 * is the same it finds the answer there. Where anything changed in between it does the work itself.
 *
 * The crew works while batches are decided and flushed: when the loop turns, it takes what is
 * warm. A few operations are waited for, so that they share one flush. Each piece writes only to
 * its own operation; what it reads and the loop changes stands under a lock (known.h) or is changed
 * while the crew is settled (the epoch, full tables).
 */
#ifndef CH_WARM_H
#define CH_WARM_H

#include "crew.h"
#include "handlers.h"
#include "rules.h"

/* K sealed anew, to those delegates of the roster `then` who are still in `now`. */
struct ch_keybox {
	ch_hash l, now, then;
	uint32_t n_to, n_recalled;
	const ch_age_ready **to;
	ch_span recalled[CH_ROSTER_DELEGATES_MAX];
	uint8_t *bytes;
	size_t n;
	ch_hash hash; /* of the bytes */
};

/* receive.c. ABSENT: every delegate was recalled. Else faults. The names of the recalled point
 * into `then`, the rest lives in the arena. */
CH_MUST_USE ch_err ch_keybox_make(struct ch_keybox **out, struct ch_reg *reg,
    struct ch_arena *a, const ch_row_submission *sub, const ch_roster *now, const ch_roster *then);

/* E's file against its L: what speaks against it, or NULL. */
typedef struct {
	bool known;
	ch_hash l;
	const ch_rule *rule;
} ch_envelope_seen;

/* submit.c. ABSENT: it is not here. Else faults. */
CH_MUST_USE ch_err ch_envelope_look(ch_envelope_seen *out, const struct ch_reg *reg,
    struct ch_arena *a, const ch_signed *in);

struct ch_warm {
	struct ch_crew_job job;
	struct ch_op *op;
	bool parsed;
	ch_signed in;            /* the statement that the body brings: no verdict in it */
	ch_known_lines lines;    /* of it */
	ch_deposit_seen deposit; /* of a submission */
	ch_envelope_seen envelope;
	ch_row_submission sub;   /* of a receipt: as it stood before the batch */
	bool open, read;
	ch_stmt l;               /* sub's own statement, if it was read */
	struct ch_keybox *box;
};

CH_MUST_USE ch_err ch_warm_start(struct ch_reg *reg, unsigned hands);
/* Give an operation to the crew. False: there is nothing to warm up about it. */
bool ch_warm_put(struct ch_reg *reg, struct ch_op *op);
/* At a turn: put into the batch what is warm; all of it when there is little, or with `all`. */
void ch_warm_gather(struct ch_reg *reg, bool all);
/* Something is with the crew yet; it wakes the loop. */
bool ch_warm_is_busy(const struct ch_reg *reg);

/* The statement read from these very bytes of op's body; NULL: it was not read. */
const ch_signed *ch_warm_signed(const struct ch_op *op, ch_span from);
/* The statement of the submission that op is about, whose hash is `l`; NULL: it was not read. */
const ch_stmt *ch_warm_submission(const struct ch_op *op, const ch_hash *l);
/* What is known of the lines of op's statement; NULL: nothing. */
const ch_known_lines *ch_warm_lines(const struct ch_op *op);

#endif
