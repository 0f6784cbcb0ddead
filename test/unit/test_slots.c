/* Slots in one file: taken, let go, found again after a start that wants some of them. */
#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slots.h"

static char dir[64], path[96];

static int setup(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof dir, "/tmp/chancery-slots-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(path, sizeof path, "%s/slots", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static ch_slot slot_of(unsigned n)
{
	ch_slot s;

	memset(s.b, (int)(n % 255 + 1), sizeof s.b);
	return s;
}

static uint64_t put(struct ch_slots *s, unsigned n)
{
	ch_slot slot = slot_of(n);
	uint64_t at;

	assert_int_equal(ch_slots_put(&at, s, &slot), CH_OK);
	return at;
}

static void is(const struct ch_slots *s, uint64_t at, unsigned n)
{
	ch_slot want = slot_of(n), have;

	assert_int_equal(ch_slots_get(&have, s, at), CH_OK);
	assert_memory_equal(have.b, want.b, sizeof want.b);
}

static void is_gone(const struct ch_slots *s, uint64_t at)
{
	static const ch_slot zero;
	ch_slot have = slot_of(1);

	assert_int_equal(ch_slots_get(&have, s, at), CH_E_ABSENT);
	assert_memory_equal(have.b, zero.b, sizeof zero.b);
}

static void test_come_and_go(void **state)
{
	struct ch_slots s;

	(void)state;
	assert_int_equal(ch_slots_open(&s, path), CH_OK);
	assert_int_equal(put(&s, 1), 1);
	assert_int_equal(put(&s, 2), 2);
	assert_int_equal(put(&s, 3), 3);
	assert_true(s.dirty);
	assert_int_equal(ch_slots_flush(&s), CH_OK);
	assert_false(s.dirty);
	is(&s, 2, 2);
	assert_int_equal(ch_slots_let_go(&s, 2), CH_OK);
	assert_true(s.dirty);
	is_gone(&s, 2);
	is(&s, 1, 1);
	is(&s, 3, 3);
	assert_int_equal(ch_slots_let_go(&s, 2), CH_OK); /* it is free already */
	assert_int_equal(put(&s, 4), 2);                 /* the lowest is taken first */
	assert_int_equal(put(&s, 5), 4);
	is_gone(&s, CH_SLOT_NONE);
	is_gone(&s, 5);
	is_gone(&s, UINT64_MAX);
	assert_int_equal(ch_slots_let_go(&s, CH_SLOT_NONE), CH_OK);
	assert_int_equal(ch_slots_let_go(&s, UINT64_MAX), CH_OK);
	ch_slots_close(&s);
	ch_slots_close(&s);
}

/* What nobody wants after a start is blank, and taken again; what is wanted stays. */
static void test_start(void **state)
{
	struct ch_slots s;

	(void)state;
	assert_int_equal(ch_slots_open(&s, path), CH_OK);
	for (unsigned i = 1; i <= 3000; i++)
		assert_int_equal(put(&s, i), i);
	ch_slots_close(&s);
	assert_int_equal(ch_slots_open(&s, path), CH_OK);
	assert_int_equal(ch_slots_keep(&s, 2), CH_OK);
	assert_int_equal(ch_slots_keep(&s, 2999), CH_OK);
	assert_int_equal(ch_slots_keep(&s, CH_SLOT_NONE), CH_E_ABSENT);
	assert_int_equal(ch_slots_keep(&s, s.n + 1), CH_E_ABSENT);
	assert_int_equal(ch_slots_sweep(&s), CH_OK);
	assert_true(s.dirty);
	assert_int_equal(ch_slots_flush(&s), CH_OK);
	for (unsigned i = 1; i <= 3000; i++)
		if (i == 2 || i == 2999)
			is(&s, i, i);
		else
			is_gone(&s, i);
	assert_int_equal(ch_slots_sweep(&s), CH_OK);
	assert_false(s.dirty); /* nothing was left to do */
	assert_int_equal(put(&s, 7), 1);
	assert_int_equal(put(&s, 8), 3);
	ch_slots_close(&s);
}

/* A crash while the file grew: its torn end is no slot, and is written over. */
static void test_torn(void **state)
{
	struct ch_slots s;

	(void)state;
	assert_int_equal(ch_slots_open(&s, path), CH_OK);
	(void)put(&s, 1);
	ch_slots_close(&s);
	assert_int_equal(truncate(path, CH_SLOT_SIZE + 7), 0);
	assert_int_equal(ch_slots_open(&s, path), CH_OK);
	assert_int_equal(s.n, 1);
	assert_int_equal(ch_slots_keep(&s, 1), CH_OK);
	assert_int_equal(ch_slots_sweep(&s), CH_OK);
	assert_int_equal(put(&s, 2), 2);
	is(&s, 1, 1);
	is(&s, 2, 2);
	ch_slots_close(&s);
}

/* No room to grow: said before anything is taken. */
static void test_full(void **state)
{
	struct rlimit was, small = { CH_SLOT_SIZE * 1024, CH_SLOT_SIZE * 1024 };
	struct ch_slots s;
	ch_slot slot = slot_of(9);
	uint64_t at;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small.rlim_max = was.rlim_max;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(ch_slots_open(&s, path), CH_OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (unsigned i = 1; i <= 1024; i++)
		assert_int_equal(put(&s, i), i);
	assert_int_equal(ch_slots_put(&at, &s, &slot), CH_E_FULL);
	assert_int_equal(at, CH_SLOT_NONE);
	assert_int_equal(ch_slots_let_go(&s, 5), CH_OK);
	assert_int_equal(put(&s, 9), 5);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(put(&s, 10), 1025);
	ch_slots_close(&s);
}

static void test_odd_file(void **state)
{
	struct ch_slots s;

	(void)state;
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(ch_slots_open(&s, path), CH_E_FORMAT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(ch_slots_open(&s, path), CH_E_FORMAT);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_come_and_go, setup, teardown),
		cmocka_unit_test_setup_teardown(test_start, setup, teardown),
		cmocka_unit_test_setup_teardown(test_torn, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_odd_file, setup, teardown),
	};

	return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
