/*
 * A standing crew: threads that take jobs from a queue, beside the thread that brings them. That
 * one puts jobs in, may do some itself, and takes out what is finished whenever it likes. A job
 * writes only what is its own; what it reads and the bringer changes needs a lock, or a settled
 * crew: then no job is under way.
 *
 * All functions but the plan's two are the bringer's alone.
 */
#ifndef CH_CREW_H
#define CH_CREW_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

#define CH_CREW_HANDS_MAX 64u

struct ch_crew;

/* The first member of whatever the job is about. */
struct ch_crew_job {
	struct ch_crew_job *next;
};

typedef struct {
	void (*work)(void *ctx, struct ch_crew_job *job); /* on any thread */
	/* On a thread of the crew: the first job is finished since the last ch_crew_take(). */
	void (*finished)(void *ctx);
	void *ctx;
	bool gives_way; /* the bringer has more urgent work than its hands */
} ch_crew_plan;

/*
 * hands   threads beside the caller's, at most CH_CREW_HANDS_MAX; 0 is fine
 * Where the system gives fewer threads, fewer work: one's own hand is always there.
 * NOMEM: not even a lock.
 */
CH_MUST_USE ch_err ch_crew_new(struct ch_crew **out, unsigned hands, const ch_crew_plan *plan);

/* One more job, which is the crew's until it is taken. Nobody is told of it yet. */
void ch_crew_put(struct ch_crew *c, struct ch_crew_job *job);
/* Let the hands know of what was put, for a bringer who goes on to something else. */
void ch_crew_call(struct ch_crew *c);
/* How many were put and are not finished. */
size_t ch_crew_pending(struct ch_crew *c);
/* Do one of them on this thread. False: none waits to be begun. */
bool ch_crew_help(struct ch_crew *c);
/* All hands, until all are finished. NULL is fine. */
void ch_crew_settle(struct ch_crew *c);
/* All that are finished, in the order in which they were; or NULL. What they wrote is seen. */
struct ch_crew_job *ch_crew_take(struct ch_crew *c);

/* Ends the threads; jobs that nobody began are left. NULL is fine. */
void ch_crew_free(struct ch_crew *c);

#endif
