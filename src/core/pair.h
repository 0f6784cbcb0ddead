/*
 * Pair chains: one for each author, addressee and talks. head_0 is zero, head_i = SHA-256(label ||
 * head_{i-1} || L_i), and i is the serial of L_i. A paper that a registry hides from its addressee
 * leaves a hole here (doc/formats/delivery.md).
 */
#ifndef CH_PAIR_H
#define CH_PAIR_H

#include "stmt.h"

#define CH_PAIR_LABEL "chancery/pair@v1\n"
#define CH_PAIR_LABEL_EXERCISE "chancery-exercise/pair@v1\n"

/* One more L. Starts from { 0 }. */
void ch_pair_step(ch_ref *place, const ch_hash *l, bool exercise);

/* Over n L's in order. */
void ch_pair_replay(ch_ref *place, const ch_hash *l, size_t n, bool exercise);

/* Whether `place` is where L comes directly after `last`. */
bool ch_pair_fits(const ch_ref *place, const ch_ref *last, const ch_hash *l, bool exercise);

#endif
