/*
 * What is written to standard output goes to memory instead, until it is let go: so that it can
 * be looked at before a terminal gets it. One at a time.
 */
#ifndef CH_HOLD_H
#define CH_HOLD_H

#include "mem.h"

struct ch_hold {
	int was, mem;
};

/* At most `max` bytes: a writer of more is told DENIED. IO, NOMEM. */
CH_MUST_USE ch_err ch_hold_begin(struct ch_hold *h, size_t max);
/* Standard output is what it was; what came is appended to `out`. */
CH_MUST_USE ch_err ch_hold_end(struct ch_hold *h, struct ch_buf *out);

#endif
