/* Bytes through another program: all of them, within bounds, and the program always ends. */
#include "check.h"
#include "clock.h"
#include "filter.h"

static struct ch_buf out;

static ch_err run(const char *path, const char *const *argv, ch_span in, size_t max, unsigned ms)
{
	ch_buf_deinit(&out);
	ch_buf_init(&out, max);
	return ch_filter(&out, path, argv, in, ms);
}

static void test_through(void **state)
{
	static uint8_t big[300000];
	const char *const none[] = { NULL }, *const tail[] = { "-c", "3", "/dev/stdin", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof big; i++)
		big[i] = (uint8_t)(i * 31);
	check_ok(run("/bin/cat", none, ch_span_of(big, sizeof big), sizeof big, 20000));
	assert_int_equal(out.n, sizeof big);
	assert_memory_equal(out.p, big, sizeof big);
	/* The input is a file: it may be opened by name and read at any place. */
	check_ok(run("/usr/bin/tail", tail, CH_LIT("abcdef"), 10, 20000));
	assert_true(ch_span_eq(ch_buf_span(&out), CH_LIT("def")));
	check_ok(run("/bin/cat", none, (ch_span){ 0 }, 10, 20000));
	assert_int_equal(out.n, 0);
}

static void test_bounds(void **state)
{
	const char *const none[] = { NULL }, *const nap[] = { "30", NULL };
	const char *const many[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12",
		"13", "14", NULL };
	uint64_t begun = ch_clock_ms();

	(void)state;
	assert_int_equal(run("/usr/bin/yes", none, (ch_span){ 0 }, 100000, 20000), CH_E_LIMIT);
	assert_true(out.n <= 100000);
	assert_int_equal(run("/bin/sleep", nap, (ch_span){ 0 }, 10, 100), CH_E_LIMIT);
	assert_int_equal(run("/bin/false", none, (ch_span){ 0 }, 10, 20000), CH_E_FORMAT);
	assert_int_equal(run("/nonexistent", none, (ch_span){ 0 }, 10, 20000), CH_E_IO);
	assert_int_equal(run("/bin/echo", many, (ch_span){ 0 }, 10, 20000), CH_E_INTERNAL);
	assert_true(ch_clock_ms() - begun < 15000);
	ch_buf_deinit(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_through),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
