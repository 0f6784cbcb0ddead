/* Instants: every day of 8,030 years against the C library's calendar, and the twins. */
#include "check.h"

#include <stdio.h>
#include <time.h>

#include "err.h"
#include "when.h"
#include "wipe.h"

#define LAST INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

static void same(int64_t t)
{
	uint8_t b[CH_WHEN_LEN];
	struct ch_wr w = ch_wr_of(b, sizeof b);
	char want[40];
	struct tm tm;
	int64_t back;

	ch_when_put(&w, t);
	check_ok(ch_wr_done(&w));
	assert_int_equal(w.n, CH_WHEN_LEN);
	assert_non_null(gmtime_r(&(time_t){ t }, &tm));
	assert_int_equal(strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%SZ", &tm), CH_WHEN_LEN);
	assert_memory_equal(b, want, CH_WHEN_LEN);
	check_ok(ch_when_parse(&back, ch_wr_span(&w)));
	assert_true(back == t);
	assert_int_equal(ch_when_year(t), tm.tm_year + 1900);
}

static void test_every_day(void **state)
{
	(void)state;
	for (int64_t day = 0; day <= LAST / 86400; day++) {
		uint8_t b[10];
		struct ch_wr w = ch_wr_of(b, sizeof b);
		int64_t t;

		ch_when_put_date(&w, day * 86400 + day % 86400);
		check_ok(ch_when_parse_date(&t, ch_wr_span(&w)));
		assert_true(t == day * 86400);
		if (day % 16 == 0 || day % 365 < 3) /* the library's own calendar is slow */
			same(day * 86400 + day * 7919 % 86400);
	}
	same(0);
	same(LAST);
}

static void test_seconds(void **state)
{
	(void)state;
	for (int64_t s = 0; s < 86400; s += 7)
		same(951782400 + s); /* 2000-02-29 */
}

static void refuse(const char *s)
{
	int64_t t = 1;

	if (ch_when_parse(&t, ch_span_str(s)) != CH_E_FORMAT)
		fail_msg("%s is taken", s);
	assert_true(t == 0);
}

static void test_twins(void **state)
{
	static const char good[] = "2022-01-31T18:45:09Z";
	char s[] = "2022-01-31T18:45:09Z";
	int64_t t;

	(void)state;
	check_ok(ch_when_parse(&t, CH_LIT("2022-01-31T18:45:09Z")));
	assert_true(t == 1643654709);
	for (size_t n = 0; n < sizeof good - 1; n++)
		check_err(ch_when_parse(&t, ch_span_of(good, n)), CH_E_FORMAT);
	for (size_t i = 0; i < sizeof good - 1; i++) {
		for (unsigned c = 0; c < 256; c++) {
			uint8_t b[CH_WHEN_LEN];
			struct ch_wr w = ch_wr_of(b, sizeof b);

			s[i] = (char)c;
			if (ch_when_parse(&t, ch_span_of(s, CH_WHEN_LEN)) != CH_OK)
				continue;
			ch_when_put(&w, t); /* taken: then it is the one spelling */
			assert_memory_equal(b, s, CH_WHEN_LEN);
		}
		s[i] = good[i];
	}
	refuse("2022-01-31T18:45:09Z ");
	refuse("2022-01-31T18:45:60Z");
	refuse("2022-01-31T24:00:00Z");
	refuse("2022-01-31T18:60:00Z");
	refuse("2022-01-31t18:45:09z");
	refuse("2022-01-31 18:45:09Z");
	refuse("2022-01-31T18:45:09+00:00");
	refuse("2022-02-29T00:00:00Z");
	refuse("2100-02-29T00:00:00Z");
	refuse("2022-04-31T00:00:00Z");
	refuse("2022-00-01T00:00:00Z");
	refuse("2022-13-01T00:00:00Z");
	refuse("2022-01-00T00:00:00Z");
	refuse("1969-12-31T23:59:59Z");
	check_err(ch_when_parse_date(&t, CH_LIT("2022-01-31T00:00:00Z")), CH_E_FORMAT);
	check_ok(ch_when_parse(&t, CH_LIT("2000-02-29T00:00:00Z")));
}

static void test_out_of_range(void **state)
{
	static const int64_t out[] = { -1, LAST + 1, INT64_MIN, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < CH_COUNT(out); i++) {
		uint8_t b[32];
		struct ch_wr w = ch_wr_of(b, sizeof b);

		ch_when_put(&w, out[i]);
		check_err(ch_wr_done(&w), CH_E_LIMIT);
	}
}

/* The two smallest modules have no file of their own. */
static void test_wipe_and_words(void **state)
{
	uint8_t a[40], b[40];

	(void)state;
	memset(a, 1, sizeof a);
	memset(b, 1, sizeof b);
	assert_true(ch_ct_equal(a, b, sizeof a));
	assert_true(ch_ct_equal(a, b, 0));
	assert_false(ch_ct_is_zero(a, sizeof a));
	for (size_t i = 0; i < sizeof a; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			b[i] ^= (uint8_t)(1u << bit);
			assert_false(ch_ct_equal(a, b, sizeof a));
			assert_true(ch_ct_equal(a, b, i));
			b[i] ^= (uint8_t)(1u << bit);
		}
	}
	ch_wipe(a, sizeof a - 1);
	assert_true(ch_ct_is_zero(a, sizeof a - 1));
	assert_false(ch_ct_is_zero(a, sizeof a));
	ch_wipe(NULL, 0);
	for (int e = CH_OK; e <= CH_E_INTERNAL; e++)
		assert_true(strlen(ch_err_text((ch_err)e)) > 3);
	assert_false(ch_err_is_fault(CH_E_LOCKED));
	assert_true(ch_err_is_fault(CH_E_NOMEM));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_out_of_range),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_wipe_and_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
