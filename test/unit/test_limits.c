/* What a party may take: the file's form, and the pace of its requests. */
#include "check.h"

#include "limits.h"

#define GOOD "chancery/registry-limits@v1\nrate 50\nburst 500\nopen 0\nbytes 1024\n"

static void test_file(void **state)
{
	static const char *const bad[] = {
		"",
		"chancery/registry-limits@v2\nrate 50\nburst 500\nopen 0\nbytes 1024\n",
		"chancery/registry-limits@v1\nrate 50\nburst 500\nopen 0\nbytes 1024",
		"chancery/registry-limits@v1\nburst 500\nrate 50\nopen 0\nbytes 1024\n",
		"chancery/registry-limits@v1\nrate 050\nburst 500\nopen 0\nbytes 1024\n",
		"chancery/registry-limits@v1\nrate -1\nburst 500\nopen 0\nbytes 1024\n",
		"chancery/registry-limits@v1\nrate 50\nburst 0\nopen 0\nbytes 1024\n",
		"chancery/registry-limits@v1\nrate 50\nburst 500\nopen 0\n",
		"chancery/registry-limits@v1\nrate 1\nburst 5\nopen 0\nbytes 9223372036854775808\n",
		GOOD "\n", GOOD "more 1\n",
	};
	struct ch_limits l;

	(void)state;
	check_ok(ch_limits_parse(&l, ch_span_str(GOOD)));
	assert_true(l.rate == 50 && l.burst == 500 && l.open == 0 && l.bytes == 1024);
	for (size_t i = 0; i < CH_COUNT(bad); i++) {
		check_err(ch_limits_parse(&l, ch_span_str(bad[i])), CH_E_FORMAT);
		assert_true(l.rate == 0 && l.burst == 0 && l.open == 0 && l.bytes == 0);
	}
}

/* How many of n requests at one moment pass. */
static unsigned passed(struct ch_limits_place *p, const struct ch_limits *l, uint64_t now,
    unsigned n)
{
	unsigned k = 0;

	while (n--)
		k += ch_limits_pace(p, l, now);
	return k;
}

static void test_pace(void **state)
{
	const struct ch_limits l = { .rate = 10, .burst = 5 }, none = { .rate = 0, .burst = 1 };
	const struct ch_limits huge = { .rate = INT64_MAX, .burst = INT64_MAX };
	struct ch_limits_place p = { 0 }, q = { 0 }, r = { 0 };

	(void)state;
	assert_int_equal(passed(&p, &l, 1000000, 100), 5); /* the burst */
	assert_int_equal(passed(&p, &l, 1000099, 100), 0);
	assert_int_equal(passed(&p, &l, 1000100, 100), 1); /* one each 100 ms */
	assert_int_equal(passed(&p, &l, 1000400, 100), 3);
	assert_int_equal(passed(&p, &l, UINT64_MAX, 100), 5); /* never more than the burst */
	assert_int_equal(passed(&q, &none, 5, 1000), 1000);
	assert_int_equal(passed(&r, &huge, 0, 1000), 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_pace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
