/* A standing crew: see crew.h. Pieces are handed out one by one, so that a slow one holds up no
 * other; they are expected to take long beside a lock. */
#include "crew.h"

#include "mem.h"
#include "thread.h"

struct ch_crew {
	struct ch_monitor monitor;
	struct ch_thread hand[CH_CREW_HANDS_MAX];
	unsigned hands;
	/* Under the monitor: */
	void (*work)(void *ctx, size_t i);
	void *ctx;
	size_t n, next, done; /* pieces; handed out; finished */
	bool stop;
};

/* Inside the monitor, with pieces left: do one, outside. */
static void ch_crew_piece(struct ch_crew *c)
{
	void (*work)(void *ctx, size_t i) = c->work;
	void *ctx = c->ctx;
	size_t i = c->next++;

	ch_monitor_leave(&c->monitor);
	work(ctx, i);
	ch_monitor_enter(&c->monitor);
	c->done++;
}

static void ch_crew_hand(void *arg)
{
	struct ch_crew *c = arg;

	ch_monitor_enter(&c->monitor);
	while (!c->stop) {
		if (c->next == c->n) {
			ch_monitor_wait(&c->monitor);
			continue;
		}
		ch_crew_piece(c);
		if (c->done == c->n)
			ch_monitor_ring(&c->monitor);
	}
	ch_monitor_leave(&c->monitor);
}

ch_err ch_crew_new(struct ch_crew **out, unsigned hands)
{
	struct ch_crew *c = ch_alloc(sizeof *c);

	CH_ASSERT(hands <= CH_CREW_HANDS_MAX);
	*out = NULL;
	if (!c)
		return CH_E_NOMEM;
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

void ch_crew_run(struct ch_crew *c, void (*work)(void *ctx, size_t i), void *ctx, size_t n)
{
	ch_monitor_enter(&c->monitor);
	CH_ASSERT(c->next == c->n && c->done == c->n);
	c->work = work;
	c->ctx = ctx;
	c->n = n;
	c->next = c->done = 0;
	if (n > 1) /* one piece is sooner done than told */
		ch_monitor_ring(&c->monitor);
	while (c->next < c->n)
		ch_crew_piece(c);
	while (c->done < c->n)
		ch_monitor_wait(&c->monitor);
	ch_monitor_leave(&c->monitor);
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
