/*
 * A standing crew: threads that wait for work which falls apart into many equal pieces, and share
 * it with the thread that brings it. That thread is away until all pieces are done, so what the
 * pieces read needs no lock as long as each piece writes only what is its own.
 */
#ifndef CH_CREW_H
#define CH_CREW_H

#include <stddef.h>

#include "err.h"

#define CH_CREW_HANDS_MAX 64u

struct ch_crew;

/*
 * hands   threads beside the caller's, at most CH_CREW_HANDS_MAX; 0 is fine
 * Where the system gives fewer threads, fewer work: one's own hand is always there.
 * NOMEM: not even a lock.
 */
CH_MUST_USE ch_err ch_crew_new(struct ch_crew **out, unsigned hands);

/* work(ctx, i) once for each i < n, in no order, on any thread; back when all are done, and what
 * they wrote is seen by the caller. From one thread at a time, and not from within work. */
void ch_crew_run(struct ch_crew *c, void (*work)(void *ctx, size_t i), void *ctx, size_t n);

/* Ends the threads. NULL is fine. */
void ch_crew_free(struct ch_crew *c);

#endif
