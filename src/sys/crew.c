/* A standing crew: see crew.h. Jobs are handed out one by one, so that a slow one holds up no
 * other; they are expected to take long beside a lock. */
#include "crew.h"

#include "mem.h"
#include "thread.h"

struct ch_crew_list {
	struct ch_crew_job *first, **last;
};

struct ch_crew {
	struct ch_monitor monitor;
	struct ch_thread hand[CH_CREW_HANDS_MAX];
	unsigned hands;
	ch_crew_plan plan;
	/* Under the monitor: */
	struct ch_crew_list wanted, finished;
	size_t pending;
	bool stop;
};

static void ch_crew_list_put(struct ch_crew_list *l, struct ch_crew_job *job)
{
	if (!l->first)
		l->last = &l->first;
	job->next = NULL;
	*l->last = job;
	l->last = &job->next;
}

/* Inside the monitor, with a job wanted: do it, outside. Whether it is the first to be finished. */
static bool ch_crew_one(struct ch_crew *c)
{
	struct ch_crew_job *job = c->wanted.first;
	bool first;

	c->wanted.first = job->next;
	ch_monitor_leave(&c->monitor);
	c->plan.work(c->plan.ctx, job);
	ch_monitor_enter(&c->monitor);
	first = !c->finished.first;
	ch_crew_list_put(&c->finished, job);
	c->pending--;
	return first;
}

static void ch_crew_hand(void *arg)
{
	struct ch_crew *c = arg;

	if (c->plan.gives_way)
		ch_thread_give_way();
	ch_monitor_enter(&c->monitor);
	while (!c->stop) {
		bool first;

		if (!c->wanted.first) {
			ch_monitor_wait(&c->monitor);
			continue;
		}
		first = ch_crew_one(c);
		if (c->pending == 0) /* somebody may wait for just that */
			ch_monitor_ring(&c->monitor);
		if (!first)
			continue;
		ch_monitor_leave(&c->monitor);
		c->plan.finished(c->plan.ctx);
		ch_monitor_enter(&c->monitor);
	}
	ch_monitor_leave(&c->monitor);
}

ch_err ch_crew_new(struct ch_crew **out, unsigned hands, const ch_crew_plan *plan)
{
	struct ch_crew *c = ch_alloc(sizeof *c);

	CH_ASSERT(hands <= CH_CREW_HANDS_MAX);
	*out = NULL;
	if (!c)
		return CH_E_NOMEM;
	c->plan = *plan;
	if (ch_monitor_init(&c->monitor) != CH_OK) {
		ch_free(c, sizeof *c);
		return CH_E_NOMEM;
	}
	while (c->hands < hands &&
	    ch_thread_start(&c->hand[c->hands], ch_crew_hand, c) == CH_OK)
		c->hands++;
	*out = c;
	return CH_OK;
}

void ch_crew_put(struct ch_crew *c, struct ch_crew_job *job)
{
	ch_monitor_enter(&c->monitor);
	ch_crew_list_put(&c->wanted, job);
	c->pending++;
	ch_monitor_leave(&c->monitor);
}

void ch_crew_call(struct ch_crew *c)
{
	ch_monitor_enter(&c->monitor);
	if (c->wanted.first)
		ch_monitor_ring(&c->monitor);
	ch_monitor_leave(&c->monitor);
}

size_t ch_crew_pending(struct ch_crew *c)
{
	size_t n;

	ch_monitor_enter(&c->monitor);
	n = c->pending;
	ch_monitor_leave(&c->monitor);
	return n;
}

bool ch_crew_help(struct ch_crew *c)
{
	bool any;

	ch_monitor_enter(&c->monitor);
	any = c->wanted.first != NULL;
	if (any)
		(void)ch_crew_one(c);
	ch_monitor_leave(&c->monitor);
	return any;
}

void ch_crew_settle(struct ch_crew *c)
{
	if (!c)
		return;
	ch_monitor_enter(&c->monitor);
	if (c->wanted.first && c->wanted.first->next) /* one job is sooner done than told */
		ch_monitor_ring(&c->monitor);
	while (c->pending > 0) {
		if (c->wanted.first)
			(void)ch_crew_one(c);
		else
			ch_monitor_wait(&c->monitor);
	}
	ch_monitor_leave(&c->monitor);
}

struct ch_crew_job *ch_crew_take(struct ch_crew *c)
{
	struct ch_crew_job *first;

	ch_monitor_enter(&c->monitor);
	first = c->finished.first;
	c->finished.first = NULL;
	ch_monitor_leave(&c->monitor);
	return first;
}

void ch_crew_free(struct ch_crew *c)
{
	if (!c)
		return;
	ch_monitor_enter(&c->monitor);
	c->stop = true;
	ch_monitor_ring(&c->monitor);
	ch_monitor_leave(&c->monitor);
	for (unsigned i = 0; i < c->hands; i++)
		ch_thread_join(&c->hand[i]);
	ch_monitor_deinit(&c->monitor);
	ch_free(c, sizeof *c);
}
