/*
 * Room kept for a full disk: a file of its own that is let go when a batch finds none. From then on
 * new work is refused, and what ends work goes on: signing for, declining, taking back, cosigning.
 * When there is room again the file is made again, and all is as before.
 */
#ifndef CH_RESERVE_H
#define CH_RESERVE_H

#include "reg.h"

#define CH_RESERVE_BYTES ((uint64_t)32 << 20)

/* At the start, and once a second while the reserve is gone. Never an error: a disk too small for
 * it is one that has no reserve. */
void ch_reserve_keep(struct ch_reg *reg);
/* A batch found no room. */
void ch_reserve_use(struct ch_reg *reg);

#endif
