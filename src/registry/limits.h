/*
 * What one party may take of a registry: requests a second, open submissions, bytes of envelopes
 * that are kept for it. The file `limits` of the folder says so, read at the start and at SIGHUP:
 *
 *   chancery/registry-limits@v1
 *   rate 50            writes a second, signed in; 0: as many as it likes
 *   burst 500          at once, after a rest
 *   open 10000         submissions without an end; as many envelopes without a paper
 *   bytes 68719476736  of envelopes: of open and delivered papers, and sent without a paper
 *
 * Without the file these are the numbers, but for `rate`, which is 0. Rates are counted in memory
 * of fixed size; a place that two parties contend for forgets the older one's. What is kept stands
 * in the database.
 */
#ifndef CH_LIMITS_H
#define CH_LIMITS_H

#include "crypto.h"
#include "folder.h"

struct ch_reg;
struct ch_op;

#define CH_LIMITS_PLACES 4096u

struct ch_limits {
	uint64_t rate, burst, open, bytes;
};

struct ch_limits_place {
	ch_hash party;
	uint64_t milli;   /* thousandths of a request that it may make now */
	uint64_t seen_ms;
};

/* What the file says, or the defaults without one. FORMAT: it is not in its form. */
CH_MUST_USE ch_err ch_limits_read(struct ch_limits *out, const struct ch_folder *f);
/* The file's form alone. */
CH_MUST_USE ch_err ch_limits_parse(struct ch_limits *out, ch_span text);

/* One request of the party: false when it comes too fast. now: milliseconds that only grow. */
bool ch_limits_pace(struct ch_limits_place *p, const struct ch_limits *l, uint64_t now);

/* The three of a handler; each refuses by itself. Who is not signed in has no account. */
bool ch_limits_admit(struct ch_reg *reg, struct ch_op *op);
bool ch_limits_may_send(struct ch_reg *reg, struct ch_op *op, uint64_t bytes);
bool ch_limits_may_submit(struct ch_reg *reg, struct ch_op *op, ch_span party, uint64_t bytes);

#endif
