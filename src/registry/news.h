/*
 * The long poll: a desk asks once and is told when the register holds something new that concerns
 * its party, instead of asking every minute. What is told is a number only, the size of the
 * register that holds it; the lists then say what it is.
 *
 * Known of each party is one number, in memory of fixed size: a place that two parties contend for
 * makes some of them ask in vain, and so does a new start, but nobody waits for what is there.
 */
#ifndef CH_NEWS_H
#define CH_NEWS_H

#include "reg.h"

#define CH_NEWS_WAIT_MAX 60 /* s */
#define CH_NEWS_MANY 12288  /* who may wait at a time; more are answered at once */

/* NOMEM */
CH_MUST_USE ch_err ch_news_new(struct ch_reg *reg);
void ch_news_free(struct ch_reg *reg);

/* Within an operation: what it adds to the register concerns this party; counts when the batch is
 * published, and not at all when the operation or the batch is undone. */
bool ch_news_for(struct ch_reg *reg, struct ch_op *op, ch_span party);
/* Both sides of a delivery. */
bool ch_news_about(struct ch_reg *reg, struct ch_op *op, const ch_row_submission *sub);

/* Once a turn, after the batch: tell those who wait and whose time is up, or all at the end. */
void ch_news_turn(struct ch_reg *reg, bool published);

/* How many wait. */
unsigned ch_news_waiting(const struct ch_reg *reg);

bool ch_get_news(struct ch_reg *reg, struct ch_op *op);

#endif
