#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crew.h"
#include "thread.h"

#define PIECES 1000

struct heap {
	unsigned times[PIECES]; /* each piece writes only its own */
	unsigned long sum[PIECES];
	const unsigned long *common;
};

static void count(void *ctx, size_t i)
{
	struct heap *h = ctx;

	h->times[i]++;
	h->sum[i] = *h->common + i;
}

static void run_many(unsigned hands)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 7, PIECES };
	static struct heap h;
	unsigned long common;
	struct ch_crew *c;

	assert_int_equal(ch_crew_new(&c, hands), CH_OK);
	for (unsigned round = 0; round < 60; round++) {
		size_t n = sizes[round % 6];

		memset(&h, 0, sizeof h);
		common = round;
		h.common = &common;
		ch_crew_run(c, count, &h, n);
		for (size_t i = 0; i < PIECES; i++) {
			assert_int_equal(h.times[i], i < n ? 1 : 0);
			assert_int_equal(h.sum[i], i < n ? round + i : 0);
		}
	}
	ch_crew_free(c);
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
	struct ch_crew *c;

	(void)state;
	ch_crew_free(NULL);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(ch_crew_new(&c, i % 5), CH_OK);
		ch_crew_free(c);
	}
}

struct meeting {
	struct ch_monitor m;
	unsigned here;
};

/* Done only when two are at it at once. */
static void meet(void *ctx, size_t i)
{
	struct meeting *t = ctx;

	(void)i;
	ch_monitor_enter(&t->m);
	t->here++;
	ch_monitor_ring(&t->m);
	while (t->here < 2)
		ch_monitor_wait(&t->m);
	ch_monitor_leave(&t->m);
}

static void hands_work_beside_the_caller(void **state)
{
	struct meeting t = { 0 };
	struct ch_crew *c;

	(void)state;
	assert_int_equal(ch_monitor_init(&t.m), CH_OK);
	assert_int_equal(ch_crew_new(&c, 1), CH_OK);
	ch_crew_run(c, meet, &t, 2);
	assert_int_equal(t.here, 2);
	ch_crew_free(c);
	ch_monitor_deinit(&t.m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_piece_once),
		cmocka_unit_test(alone),
		cmocka_unit_test(stops_unused),
		cmocka_unit_test(hands_work_beside_the_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
