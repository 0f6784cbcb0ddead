/*
 * The WAL's way into the database, beside the batches. What a second or two of work left there is
 * some hundred megabytes, and to copy them takes a good part of a second in which nobody would be
 * answered. A thread with a connection of its own copies the bulk; the loop copies the little that
 * came meanwhile, so that SQLite begins the WAL anew.
 */
#ifndef CH_TIDY_H
#define CH_TIDY_H

#include "reg.h"

/* After the WAL of before this start was renewed. Faults. */
CH_MUST_USE ch_err ch_tidy_start(struct ch_reg *reg);
/* Before the database is closed. Nothing when it was not started. */
void ch_tidy_stop(struct ch_reg *reg);

/* After each batch. IO and DB: the disk cannot be believed. */
CH_MUST_USE ch_err ch_tidy_turn(struct ch_reg *reg);

#endif
