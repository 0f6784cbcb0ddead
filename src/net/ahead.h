/*
 * Files that will be asked for soon, on their way while others are read: a walk over a log asks for
 * tens of thousands, one after the other, and would wait for each way there and back. As client.h.
 * Nothing here is an error: what did not come whole is asked for again by who needs it.
 */
#ifndef CH_AHEAD_H
#define CH_AHEAD_H

#include "client.h"

#define CH_AHEAD_MAX 16 /* on their way, over as many connections */

struct ch_ahead;

CH_MUST_USE ch_err ch_ahead_new(struct ch_ahead **out);
void ch_ahead_free(struct ch_ahead *a);

/* Unless it is on its way, or too many are.   max, total_ms   as of ch_client_do() */
void ch_ahead_want(struct ch_ahead *a, const char *url, size_t max, unsigned total_ms);

/* The whole answer, of status 200, to what was wanted, appended to body; waits for it. ABSENT: it
 * was not wanted, or did not come, or body is too small; it is forgotten then. */
CH_MUST_USE ch_err ch_ahead_take(ch_client_answer *out, struct ch_buf *body, struct ch_ahead *a,
    const char *url);

#endif
