#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crew.h"
#include "thread.h"

#define JOBS 1000

struct job {
	struct ch_crew_job job;
	unsigned times;
	unsigned long sum;
};

struct heap {
	struct job job[JOBS]; /* each writes only its own */
	unsigned long common;
	struct ch_monitor m;
	unsigned told;
};

static void count(void *ctx, struct ch_crew_job *job)
{
	struct heap *h = ctx;
	struct job *j = (struct job *)job;

	j->times++;
	j->sum = h->common + (unsigned long)(j - h->job);
}

static void told(void *ctx)
{
	struct heap *h = ctx;

	ch_monitor_enter(&h->m);
	h->told++;
	ch_monitor_ring(&h->m);
	ch_monitor_leave(&h->m);
}

static size_t take(struct ch_crew *c)
{
	size_t n = 0;

	for (struct ch_crew_job *j = ch_crew_take(c); j; j = j->next)
		n++;
	return n;
}

static void run_many(unsigned hands)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 7, JOBS };
	static struct heap h;
	const ch_crew_plan plan = { count, told, &h, false };
	struct ch_crew *c;

	assert_int_equal(ch_monitor_init(&h.m), CH_OK);
	assert_int_equal(ch_crew_new(&c, hands, &plan), CH_OK);
	for (unsigned round = 0; round < 60; round++) {
		size_t n = sizes[round % 6], taken = 0;

		memset(h.job, 0, sizeof h.job);
		h.common = round;
		for (size_t i = 0; i < n; i++) {
			ch_crew_put(c, &h.job[i].job);
			if (round % 4 == 1 && i % 3 == 0) {
				ch_crew_call(c);
				taken += take(c);
			}
		}
		if (round % 2)
			ch_crew_call(c);
		if (round % 3 == 0)
			while (ch_crew_help(c))
				;
		ch_crew_settle(c);
		assert_int_equal(ch_crew_pending(c), 0);
		assert_false(ch_crew_help(c));
		assert_int_equal(taken + take(c), n);
		assert_null(ch_crew_take(c));
		for (size_t i = 0; i < JOBS; i++) {
			assert_int_equal(h.job[i].times, i < n ? 1 : 0);
			assert_int_equal(h.job[i].sum, i < n ? round + i : 0);
		}
	}
	ch_crew_free(c);
	ch_monitor_deinit(&h.m);
}

/* Who put a job in and went away is told when it is finished, once for many. */
static void tells(void **state)
{
	static struct heap h;
	const ch_crew_plan plan = { count, told, &h, false };
	struct ch_crew *c;

	(void)state;
	assert_int_equal(ch_monitor_init(&h.m), CH_OK);
	assert_int_equal(ch_crew_new(&c, 1, &plan), CH_OK);
	for (unsigned round = 1; round < 20; round++) {
		for (size_t i = 0; i < 5; i++)
			ch_crew_put(c, &h.job[i].job);
		ch_crew_call(c);
		ch_monitor_enter(&h.m);
		while (h.told < round)
			ch_monitor_wait(&h.m);
		ch_monitor_leave(&h.m);
		ch_crew_settle(c);
		assert_int_equal(take(c), 5);
		assert_int_equal(h.told, round);
	}
	ch_crew_free(c);
	ch_monitor_deinit(&h.m);
}

static void each_piece_once(void **state)
{
	(void)state;
	run_many(1);
	run_many(3);
	run_many(CH_CREW_HANDS_MAX);
}

static void alone(void **state)
{
	(void)state;
	run_many(0);
}

static void stops_unused(void **state)
{
	static struct heap h;
	const ch_crew_plan plan = { count, told, &h, false };
	struct ch_crew *c;

	(void)state;
	ch_crew_free(NULL);
	ch_crew_settle(NULL);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(ch_crew_new(&c, i % 5, &plan), CH_OK);
		if (i % 2)
			ch_crew_put(c, &h.job[i].job); /* and left */
		ch_crew_free(c);
	}
}

struct meeting {
	struct ch_monitor m;
	unsigned here;
};

/* Done only when two are at it at once. */
static void meet(void *ctx, struct ch_crew_job *job)
{
	struct meeting *t = ctx;

	(void)job;
	ch_monitor_enter(&t->m);
	t->here++;
	ch_monitor_ring(&t->m);
	while (t->here < 2)
		ch_monitor_wait(&t->m);
	ch_monitor_leave(&t->m);
}

static void nobody(void *ctx)
{
	(void)ctx;
}

static void hands_work_beside_the_caller(void **state)
{
	struct meeting t = { 0 };
	struct ch_crew_job job[2];
	const ch_crew_plan plan = { meet, nobody, &t, false };
	struct ch_crew *c;

	(void)state;
	assert_int_equal(ch_monitor_init(&t.m), CH_OK);
	assert_int_equal(ch_crew_new(&c, 1, &plan), CH_OK);
	for (unsigned round = 0; round < 2; round++) { /* told by a call, or by settling */
		t.here = 0;
		ch_crew_put(c, &job[0]);
		ch_crew_put(c, &job[1]);
		if (round == 0)
			ch_crew_call(c);
		ch_crew_settle(c);
		assert_int_equal(t.here, 2);
		assert_int_equal(take(c), 2);
	}
	ch_crew_free(c);
	ch_monitor_deinit(&t.m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_piece_once),
		cmocka_unit_test(alone),
		cmocka_unit_test(tells),
		cmocka_unit_test(stops_unused),
		cmocka_unit_test(hands_work_beside_the_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
