/* The cursor: sticky, bounded, zero after a failure. */
#include "check.h"

#include "rd.h"

static void test_take(void **state)
{
	uint8_t *p = check_copy("abc", 3);
	struct ch_rd r = ch_rd_of(ch_span_of(p, 3));

	(void)state;
	check_span(ch_rd_take(&r, 0), "");
	check_span(ch_rd_take(&r, 2), "ab");
	assert_int_equal(ch_rd_left(&r), 1);
	check_err(ch_rd_done(&r), CH_E_FORMAT); /* something is left over */
	check_span(ch_rd_take(&r, 2), "");
	check_err(ch_rd_done(&r), CH_E_TRUNCATED);
	check_span(ch_rd_take(&r, 1), ""); /* sticky, though one byte is there */
	assert_int_equal(ch_rd_left(&r), 0);
	assert_false(ch_rd_at_end(&r));
	assert_false(ch_rd_starts(&r, CH_LIT("")));
	r = ch_rd_of(ch_span_of(p, 3));
	check_span(ch_rd_take(&r, SIZE_MAX), "");
	check_err(ch_rd_done(&r), CH_E_TRUNCATED);
	free(p);
}

static void test_empty(void **state)
{
	struct ch_rd r = ch_rd_of((ch_span){ 0 });

	(void)state;
	assert_true(ch_rd_at_end(&r));
	check_ok(ch_rd_done(&r));
	check_span(ch_rd_rest(&r), "");
	assert_true(ch_rd_starts(&r, CH_LIT("")));
	CH_RD_LIT(&r, "");
	check_ok(ch_rd_done(&r));
	assert_int_equal(ch_rd_u8(&r), 0);
	check_err(ch_rd_done(&r), CH_E_TRUNCATED);
}

static void test_integers(void **state)
{
	static const uint8_t b[15] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	uint8_t *p = check_copy(b, sizeof b);

	(void)state;
	for (size_t n = 0; n <= sizeof b; n++) {
		struct ch_rd r = ch_rd_of(ch_span_of(p, n));

		assert_int_equal(ch_rd_u8(&r), n >= 1 ? 1 : 0);
		assert_int_equal(ch_rd_be16(&r), n >= 3 ? 0x0203 : 0);
		assert_int_equal(ch_rd_be32(&r), n >= 7 ? 0x04050607 : 0);
		assert_true(ch_rd_be64(&r) == (n >= 15 ? UINT64_C(0x08090a0b0c0d0e0f) : 0));
		check_err(ch_rd_done(&r), n == 15 ? CH_OK : CH_E_TRUNCATED);
	}
	free(p);
}

static void test_lit(void **state)
{
	struct ch_rd r = ch_rd_of(CH_LIT("-> x"));

	(void)state;
	CH_RD_LIT(&r, "-> ");
	check_span(ch_rd_rest(&r), "x");
	r = ch_rd_of(CH_LIT("->"));
	CH_RD_LIT(&r, "-> ");
	check_err(ch_rd_done(&r), CH_E_TRUNCATED);
	r = ch_rd_of(CH_LIT("-x"));
	CH_RD_LIT(&r, "-> ");
	check_err(ch_rd_done(&r), CH_E_FORMAT);
}

static void test_lines(void **state)
{
	struct ch_rd r = ch_rd_of(CH_LIT("one\n\ntwo\n"));

	(void)state;
	check_span(ch_rd_line(&r), "one");
	check_span(ch_rd_line(&r), "");
	check_span(ch_rd_line1(&r), "two");
	check_ok(ch_rd_done(&r));
	r = ch_rd_of(CH_LIT("\n"));
	check_span(ch_rd_line1(&r), "");
	check_err(ch_rd_done(&r), CH_E_FORMAT);
	r = ch_rd_of(CH_LIT("no end"));
	check_span(ch_rd_line(&r), "");
	check_err(ch_rd_done(&r), CH_E_TRUNCATED);
	r = ch_rd_of(CH_LIT("a\r\n"));
	check_span(ch_rd_line(&r), "");
	check_err(ch_rd_done(&r), CH_E_FORMAT);
	r = ch_rd_of(ch_span_of("a\0b\n", 4));
	check_span(ch_rd_line(&r), "");
	check_err(ch_rd_done(&r), CH_E_FORMAT);
	r = ch_rd_of(CH_LIT("k: v"));
	check_span(ch_rd_until(&r, ':'), "k");
	check_span(ch_rd_rest(&r), " v");
	check_ok(ch_rd_done(&r));
}

static void test_copy_and_fail(void **state)
{
	struct ch_rd r = ch_rd_of(CH_LIT("abcd"));
	uint8_t b[4];

	(void)state;
	ch_rd_copy(&r, b, 3);
	assert_memory_equal(b, "abc", 3);
	memset(b, 0xaa, sizeof b);
	ch_rd_copy(&r, b, 2);
	assert_true(check_is_zero(b, 2));
	assert_int_equal(b[2], 0xaa);
	r = ch_rd_of(CH_LIT(""));
	ch_rd_need(&r, true, CH_E_AUTH);
	check_ok(ch_rd_done(&r));
	ch_rd_need(&r, false, CH_E_LIMIT);
	ch_rd_fail(&r, CH_E_AUTH); /* the first one stays */
	check_err(ch_rd_done(&r), CH_E_LIMIT);
}

/* Every string of up to 6 characters over a small alphabet: lines come out as strchr says. */
static void test_exhaustive(void **state)
{
	static const char alphabet[5] = "a:\n\r";

	(void)state;
	for (unsigned n = 0; n <= 6; n++) {
		for (unsigned code = 0; code < 1u << 2 * n; code++) {
			char s[7] = { 0 };

			for (unsigned i = 0; i < n; i++)
				s[i] = alphabet[code >> 2 * i & 3];
			uint8_t *p = check_copy(s, n);
			struct ch_rd r = ch_rd_of(ch_span_of(p, n));
			ch_span line = ch_rd_line(&r);
			const char *lf = strchr(s, '\n');
			ch_err want = !lf ? CH_E_TRUNCATED : CH_OK;

			if (lf && memchr(s, '\r', (size_t)(lf - s)))
				want = CH_E_FORMAT;
			check_err(r.err, want);
			assert_int_equal(line.n, want == CH_OK ? (size_t)(lf - s) : 0);
			if (want == CH_OK)
				assert_int_equal(ch_rd_left(&r), n - line.n - 1);
			free(p);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy_and_fail),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_exhaustive),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_lit),
		cmocka_unit_test(test_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
