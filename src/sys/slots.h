/*
 * Small secrets that come and go by the thousand, in one file: slots of one size, each taken or
 * free. A free slot is all zeros, and what is let go is overwritten with zeros where it lies. No
 * file is made or removed, no name changes, and one fdatasync makes all of it durable.
 *
 * What was put or let go counts after ch_slots_flush() only: before it, a crash may leave either
 * state. A slot never spans two sectors of a disk, so it is never half of each. Which slots are
 * wanted is known elsewhere: whoever opens the file says so again, and the rest is let go.
 *
 * One thread puts, lets go and flushes; others may get at the same time. Errors as in file.h; the
 * answer IO to a flush ends all writing.
 */
#ifndef CH_SLOTS_H
#define CH_SLOTS_H

#include "file.h"

#define CH_SLOT_SIZE 64u
#define CH_SLOT_NONE 0u /* they are counted from 1 */

typedef struct { uint8_t b[CH_SLOT_SIZE]; } ch_slot; /* sealed by the caller */

struct ch_slots {
	int fd;
	bool open, dirty;
	uint64_t n, from;   /* slots of the file; so many of the first are taken */
	struct ch_buf used; /* a byte a slot: whether it is taken */
};

/* Open the file, or make it, its name durable. Every slot counts as free until it is kept. */
CH_MUST_USE ch_err ch_slots_open(struct ch_slots *s, const char *path);
/* After open: this slot is wanted. ABSENT: the file has no such slot. */
CH_MUST_USE ch_err ch_slots_keep(struct ch_slots *s, uint64_t at);
/* After the last of them: whatever lies in a free slot goes. */
CH_MUST_USE ch_err ch_slots_sweep(struct ch_slots *s);

/* FULL: the file cannot grow. Nothing is taken then. */
CH_MUST_USE ch_err ch_slots_put(uint64_t *at, struct ch_slots *s, const ch_slot *slot);
/* ABSENT: no such slot, or it is free; zeros. */
CH_MUST_USE ch_err ch_slots_get(ch_slot *out, const struct ch_slots *s, uint64_t at);
/* A free one stays free. */
CH_MUST_USE ch_err ch_slots_let_go(struct ch_slots *s, uint64_t at);
/* Nothing to do when nothing changed. */
CH_MUST_USE ch_err ch_slots_flush(struct ch_slots *s);

/* Does nothing to a zeroed struct. */
void ch_slots_close(struct ch_slots *s);

#endif
