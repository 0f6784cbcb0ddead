/* Threads: see thread.h. */
#include "thread.h"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#define CH_THREAD_MAX 64

unsigned ch_thread_cores(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof set, &set) < 0 || CPU_COUNT(&set) < 1)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

struct ch_thread_task {
	void (*work)(void *ctx, unsigned i);
	void *ctx;
	unsigned i;
};

static void *ch_thread_main(void *arg)
{
	const struct ch_thread_task *t = arg;

	t->work(t->ctx, t->i);
	return NULL;
}

void ch_thread_crew(void (*work)(void *ctx, unsigned i), void *ctx, unsigned n)
{
	struct ch_thread_task tasks[CH_THREAD_MAX];
	pthread_t ids[CH_THREAD_MAX];
	sigset_t all, old;
	unsigned got = 1;

	CH_ASSERT(n >= 1 && n <= CH_THREAD_MAX);
	/* Signals are the caller's thread's business. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	while (got < n) {
		tasks[got] = (struct ch_thread_task){ work, ctx, got };
		if (pthread_create(&ids[got], NULL, ch_thread_main, &tasks[got]) != 0)
			break;
		got++;
	}
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	work(ctx, 0);
	for (unsigned i = 1; i < got; i++)
		CH_ASSERT(pthread_join(ids[i], NULL) == 0);
}

static void *ch_thread_lone(void *arg)
{
	const struct ch_thread *t = arg;

	t->work(t->ctx);
	return NULL;
}

ch_err ch_thread_start(struct ch_thread *t, void (*work)(void *ctx), void *ctx)
{
	sigset_t all, old;

	*t = (struct ch_thread){ .work = work, .ctx = ctx };
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	t->on = pthread_create(&t->id, NULL, ch_thread_lone, t) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return t->on ? CH_OK : CH_E_NOMEM;
}

void ch_thread_join(struct ch_thread *t)
{
	if (t->on)
		CH_ASSERT(pthread_join(t->id, NULL) == 0);
	t->on = false;
}

ch_err ch_monitor_init(struct ch_monitor *m)
{
	if (pthread_mutex_init(&m->mutex, NULL) != 0)
		return CH_E_NOMEM;
	if (pthread_cond_init(&m->bell, NULL) == 0)
		return CH_OK;
	(void)pthread_mutex_destroy(&m->mutex);
	return CH_E_NOMEM;
}

void ch_monitor_deinit(struct ch_monitor *m)
{
	(void)pthread_cond_destroy(&m->bell);
	(void)pthread_mutex_destroy(&m->mutex);
}

void ch_monitor_enter(struct ch_monitor *m)
{
	CH_ASSERT(pthread_mutex_lock(&m->mutex) == 0);
}

void ch_monitor_leave(struct ch_monitor *m)
{
	CH_ASSERT(pthread_mutex_unlock(&m->mutex) == 0);
}

void ch_monitor_wait(struct ch_monitor *m)
{
	CH_ASSERT(pthread_cond_wait(&m->bell, &m->mutex) == 0);
}

void ch_monitor_ring(struct ch_monitor *m)
{
	CH_ASSERT(pthread_cond_broadcast(&m->bell) == 0);
}

void ch_thread_give_way(void)
{
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), 5); /* Linux: of a thread */
}

void ch_thread_rest(unsigned ms)
{
	const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&t, NULL);
}
