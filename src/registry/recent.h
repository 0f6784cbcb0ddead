/*
 * The newest entries of the register, in memory of fixed size, so that the same entry appended
 * again gets its old place. All 256 bits are compared: an index for an entry that was never logged
 * would be a promise without a leaf.
 */
#ifndef CH_RECENT_H
#define CH_RECENT_H

#include "crypto.h"
#include "mem.h"

#define CH_RECENT_MANY (1u << 18)
#define CH_RECENT_WAYS 8u
#define CH_RECENT_SETS (2 * CH_RECENT_MANY / CH_RECENT_WAYS)

struct ch_recent {
	ch_hash entry[CH_RECENT_MANY];                     /* of index i at i % MANY */
	uint64_t place[CH_RECENT_SETS][CH_RECENT_WAYS];    /* index + 1; by the entry's bits */
};

/* Entry `index` of a register that then has index + 1. */
void ch_recent_add(struct ch_recent *r, const ch_hash *entry, uint64_t index);
/* Its index in a register of `size`: false when it is not among the newest. */
bool ch_recent_find(uint64_t *index, const struct ch_recent *r, const ch_hash *entry,
    uint64_t size);

#endif
