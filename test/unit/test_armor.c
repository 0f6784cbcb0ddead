/* ASCII armor: both ways in pieces of any size, and every way to damage it, with its line. */
#include "check.h"

#include <stdio.h>

#include "armor.h"
#include "rd.h"
#include "wr.h"

#define BEGIN "-----BEGIN AGE ENCRYPTED FILE-----"
#define END "-----END AGE ENCRYPTED FILE-----"
#define FULL "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define BIG (3 * CH_ARMOR_LINES * CH_ARMOR_BYTES + 100)

static struct ch_armor_sink a;
static struct ch_dearmor_sink d;
static uint8_t bytes[BIG], text[2 * BIG], back[BIG];

static ch_err put(void *ctx, ch_span s)
{
	ch_wr_put(ctx, s);
	return CH_OK;
}

static ch_err push(ch_emit fn, void *ctx, ch_span in, size_t piece)
{
	struct ch_rd r = ch_rd_of(in);
	ch_err e = CH_OK;

	while (e == CH_OK && ch_rd_left(&r) > 0) {
		size_t left = ch_rd_left(&r);

		e = fn(ctx, ch_rd_take(&r, left < piece ? left : piece));
	}
	return e;
}

static ch_span armor(size_t n, size_t piece)
{
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_armor_sink_init(&a, put, &w);
	check_ok(push(ch_armor_sink_emit, &a, ch_span_of(bytes, n), piece));
	check_ok(ch_armor_sink_finish(&a));
	return ch_wr_span(&w);
}

/* All of `in`, from an allocation of its own. */
static ch_err dearmor(struct ch_wr *w, ch_span in, size_t piece)
{
	uint8_t *p = check_copy(in.p, in.n);
	ch_err e;

	ch_dearmor_sink_init(&d, put, w);
	e = push(ch_dearmor_sink_emit, &d, ch_span_of(p, in.n), piece);
	if (e == CH_OK)
		e = ch_dearmor_sink_finish(&d);
	free(p);
	return e;
}

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * i >> 3 ^ i);
	return 0;
}

static void test_text(void **state)
{
	(void)state;
	check_span(armor(0, 1), BEGIN "\n" END "\n");
	bytes[0] = 'M';
	check_span(armor(1, 1), BEGIN "\nTQ==\n" END "\n");
	memset(bytes, 0, 49);
	check_span(armor(48, 7), BEGIN "\n" FULL "\n" END "\n");
	check_span(armor(49, 49), BEGIN "\n" FULL "\nAA==\n" END "\n");
	(void)setup(NULL);
}

static void test_pieces(void **state)
{
	static const size_t pieces[] = { 1, 7, 47, 48, 49, 64, 65, 66, 1000, BIG };
	static const size_t sizes[] = { 0, 1, 2, 3, 46, 47, 48, 49, 95, 96, 97, 144, 1000,
		CH_ARMOR_LINES * CH_ARMOR_BYTES - 48, CH_ARMOR_LINES * CH_ARMOR_BYTES, BIG };

	(void)state;
	for (size_t i = 0; i < CH_COUNT(sizes); i++) {
		for (size_t k = 0; k < CH_COUNT(pieces); k++) {
			struct ch_wr w = ch_wr_of(back, sizeof back);
			ch_span t = armor(sizes[i], pieces[k]);

			assert_true(ch_armor_is(t));
			check_ok(dearmor(&w, t, pieces[(k + 3) % CH_COUNT(pieces)]));
			assert_true(ch_span_eq(ch_wr_span(&w), ch_span_of(bytes, sizes[i])));
			assert_null(d.diag.what);
		}
	}
}

/* Text and bytes it carries; read in three kinds of pieces. */
static void good(const char *in, size_t n)
{
	for (size_t piece = 1; piece < 200; piece += 66) {
		struct ch_wr w = ch_wr_of(back, sizeof back);

		check_ok(dearmor(&w, ch_span_str(in), piece));
		assert_int_equal(w.n, n);
		assert_null(d.diag.what);
	}
}

static void test_good(void **state)
{
	(void)state;
	good(BEGIN "\n" END, 0);
	good(BEGIN "\r\n" END "\r\n", 0);
	good(BEGIN "\r\n" END "\r", 0);
	good(BEGIN "\r\n" END, 0);
	good(BEGIN "\r\n" FULL "\r\nAAAA\r\n" END "\r\n", 51);
	good(" \n\t\v\f\r\r\n\n" BEGIN "\n" FULL "\n" END "\n \t\v\f\r\n\n ", 48);
	good(BEGIN "\n" FULL "\n" END, 48);
}

/* What is said, where, and how many good bytes came before. */
static void bad(const char *in, ch_err want, size_t line, const char *part, size_t n)
{
	for (size_t piece = 1; piece < 200; piece += 66) {
		struct ch_wr w = ch_wr_of(back, sizeof back);

		if (dearmor(&w, ch_span_str(in), piece) != want)
			fail_msg("%s: %s", in, d.diag.what ? d.diag.what : "taken");
		assert_non_null(d.diag.what);
		if (!strstr(d.diag.what, part) || d.diag.at != line)
			fail_msg("%s: line %zu: %s", in, d.diag.at, d.diag.what);
		assert_int_equal(w.n, n);
		check_err(ch_dearmor_sink_write(&d, CH_LIT("\n")), want); /* it sticks */
		check_err(ch_dearmor_sink_finish(&d), want);
		assert_int_equal(w.n, n);
	}
}

static void test_bad(void **state)
{
	(void)state;
	bad("", CH_E_TRUNCATED, 1, "before the END", 0);
	bad("\n\n", CH_E_TRUNCATED, 3, "before the END", 0);
	bad("-----BEG", CH_E_TRUNCATED, 1, "before the END", 0);
	bad(BEGIN, CH_E_TRUNCATED, 1, "before the END", 0);
	bad(BEGIN "\n", CH_E_TRUNCATED, 2, "before the END", 0);
	bad(BEGIN "\n" FULL, CH_E_TRUNCATED, 2, "before the END", 0);
	bad(BEGIN "\n" FULL "\n", CH_E_TRUNCATED, 3, "before the END", 48);
	bad(BEGIN "\n" FULL "\nAAAA", CH_E_TRUNCATED, 3, "before the END", 48);
	bad(BEGIN "\n" FULL "\n-----END AGE", CH_E_TRUNCATED, 3, "before the END", 48);
	bad("garbage", CH_E_FORMAT, 1, "BEGIN", 0);
	bad("\n\ngarbage\n" BEGIN "\n", CH_E_FORMAT, 3, "BEGIN", 0);
	bad(" " BEGIN "\n" END "\n", CH_E_FORMAT, 1, "BEGIN", 0);
	bad(BEGIN " \n" END "\n", CH_E_FORMAT, 1, "BEGIN", 0);
	bad("-----BEGIN AGE ENCRYPTED MESSAGE-----\n", CH_E_FORMAT, 1, "BEGIN", 0);
	bad(BEGIN "\n\n" FULL "\n" END "\n", CH_E_FORMAT, 2, "empty line", 0);
	bad(BEGIN "\n" FULL "\n\n" END "\n", CH_E_FORMAT, 3, "empty line", 48);
	bad(BEGIN "\n" FULL "\nAAAA\n\n" END "\n", CH_E_FORMAT, 4, "follow a short", 51);
	bad(BEGIN "\nAAAA\n" FULL "\n" END "\n", CH_E_FORMAT, 3, "follow a short", 3);
	bad(BEGIN "\n" FULL "A\n" END "\n", CH_E_FORMAT, 2, "longer", 0);
	bad(BEGIN "\n" FULL "AA\n" END "\n", CH_E_FORMAT, 2, "longer", 0);
	bad(BEGIN "\n" FULL FULL "\n" END "\n", CH_E_FORMAT, 2, "longer", 0);
	bad(BEGIN "\nAAA\n" END "\n", CH_E_FORMAT, 2, "base64", 0);
	bad(BEGIN "\nAB==\n" END "\n", CH_E_FORMAT, 2, "base64", 0);
	bad(BEGIN "\nAA=\n=\n" END "\n", CH_E_FORMAT, 2, "base64", 0);
	bad(BEGIN "\nAAAA \n" END "\n", CH_E_FORMAT, 2, "base64", 0);
	bad(BEGIN "\n AAA\n" END "\n", CH_E_FORMAT, 2, "base64", 0);
	bad(BEGIN "\nAA-_\n" END "\n", CH_E_FORMAT, 2, "base64", 0);
	bad(BEGIN "\nAAAA====\n" END "\n", CH_E_FORMAT, 2, "base64", 0);
	bad(BEGIN "\n" FULL "\r\n" END "\n", CH_E_FORMAT, 2, "two kinds", 0);
	bad(BEGIN "\r\n" FULL "\n" END "\r\n", CH_E_FORMAT, 2, "two kinds", 0);
	bad(BEGIN "\r\n" FULL "\r\n" END "\n", CH_E_FORMAT, 3, "two kinds", 48);
	bad(BEGIN "\n" FULL "\n" END " \n", CH_E_FORMAT, 3, "base64", 48);
	bad(BEGIN "\n" FULL "\n" END "\n\n x", CH_E_FORMAT, 5, "behind the END", 48);
	bad(BEGIN "\n" FULL "\n" END "\n" BEGIN "\n", CH_E_FORMAT, 4, "behind the END", 48);
	bad(BEGIN "\n" FULL "\n=abcd\n" END "\n", CH_E_FORMAT, 3, "base64", 48);
}

/* 1,024 bytes of white space on either side, and one more. */
static void test_white(void **state)
{
	char in[CH_ARMOR_PEEK + CH_ARMOR_WHITE + 200];

	(void)state;
	for (int over = 0; over <= 2; over++) {
		struct ch_wr w = ch_wr_of(back, sizeof back);
		int before = CH_ARMOR_WHITE + (over == 1), after = CH_ARMOR_WHITE + (over == 2);

		snprintf(in, sizeof in, "%*s\n" BEGIN "\n" END "\n%*s", before - 1, "", after, "");
		check_err(dearmor(&w, ch_span_str(in), 100), over ? CH_E_LIMIT : CH_OK);
		assert_int_equal(over != 0, d.diag.what != NULL);
		assert_int_equal(ch_armor_is(ch_span_of(in, CH_ARMOR_PEEK)), over != 1);
	}
}

static void test_is(void **state)
{
	(void)state;
	assert_true(ch_armor_is(CH_LIT("-----BEGIN")));
	assert_true(ch_armor_is(CH_LIT(" \r\n\t" BEGIN "\n")));
	assert_false(ch_armor_is(CH_LIT("-----BEGI")));
	assert_false(ch_armor_is(CH_LIT("")));
	assert_false(ch_armor_is(CH_LIT("x" BEGIN)));
	assert_false(ch_armor_is(CH_LIT("age-encryption.org/v1\n")));
}

static ch_err full(void *ctx, ch_span s)
{
	(void)s;
	return ++*(unsigned *)ctx < 2 ? CH_OK : CH_E_FULL;
}

/* An error of what stands behind is no damage of the armor; nothing is emitted after it. */
static void test_emit_fails(void **state)
{
	unsigned calls = 0;
	ch_err e;

	(void)state;
	ch_armor_sink_init(&a, full, &calls);
	check_err(push(ch_armor_sink_emit, &a, ch_span_of(bytes, BIG), 1000), CH_E_FULL);
	check_err(ch_armor_sink_finish(&a), CH_E_FULL);
	assert_int_equal(calls, 2);
	calls = 0;
	ch_dearmor_sink_init(&d, full, &calls);
	e = push(ch_dearmor_sink_emit, &d, armor(BIG, 5000), 1000);
	check_err(e, CH_E_FULL);
	check_err(ch_dearmor_sink_finish(&d), CH_E_FULL);
	assert_int_equal(calls, 2);
	assert_null(d.diag.what);
	/* refused lines before the damage are the first error */
	calls = 1;
	ch_dearmor_sink_init(&d, full, &calls);
	check_err(ch_dearmor_sink_write(&d, CH_LIT(BEGIN "\n" FULL "\n*\n")), CH_E_FULL);
	assert_null(d.diag.what);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_emit_fails),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_is),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_white),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
