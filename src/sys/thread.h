/* Threads, thin over pthreads: work done by many hands, and a lock to meet at. */
#ifndef CH_THREAD_H
#define CH_THREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "err.h"

/* Cores this process may run on; at least 1. */
unsigned ch_thread_cores(void);

/*
 * Run work(ctx, i) for i = 0 .. n-1, each on a thread, the caller's being number 0; back when all
 * are done. Where the system gives fewer threads fewer run, so the work must be one that any
 * number of hands, even one, can do.
 */
void ch_thread_crew(void (*work)(void *ctx, unsigned i), void *ctx, unsigned n);

/* A thread that works beside the caller's. NOMEM: the system has none. Signals stay with the
 * caller's thread. join() waits for its end and is fine on one that never started. */
struct ch_thread {
	pthread_t id;
	void (*work)(void *ctx);
	void *ctx;
	bool on;
};
CH_MUST_USE ch_err ch_thread_start(struct ch_thread *t, void (*work)(void *ctx), void *ctx);
void ch_thread_join(struct ch_thread *t);
/* From now on this thread gives way to others that want its core. Only a hint. */
void ch_thread_give_way(void);
/* Do nothing for so long. */
void ch_thread_rest(unsigned ms);

/* A lock with a bell: wait() lets go of the lock until somebody rings. */
struct ch_monitor {
	pthread_mutex_t mutex;
	pthread_cond_t bell;
};

/* NOMEM: the system has none. After CH_OK deinit releases. */
CH_MUST_USE ch_err ch_monitor_init(struct ch_monitor *m);
void ch_monitor_deinit(struct ch_monitor *m);
void ch_monitor_enter(struct ch_monitor *m);
void ch_monitor_leave(struct ch_monitor *m);
/* Inside only; may return without a ring, so ask again what was waited for. */
void ch_monitor_wait(struct ch_monitor *m);
void ch_monitor_ring(struct ch_monitor *m);

#endif
