/*
 * Laws of every kind of statement: what is written parses to itself; whatever is cut, lengthened,
 * reordered or flipped is refused or says something else; no kind's bytes pass for another's.
 */
#include "sample.h"

static uint8_t text[1 << 17], again[1 << 17], twin[1 << 17];

static ch_span format(const ch_stmt *s)
{
	struct ch_wr w = ch_wr_of(again, sizeof again);

	check_ok(ch_stmt_format(&w, s));
	return ch_wr_span(&w);
}

/* For every kind, real and exercise, full and empty. */
static void each(void (*f)(ch_kind, bool, ch_span))
{
	unsigned n = 0;

	for (unsigned k = 0; k < CH_K_COUNT; k++)
		for (int how = 0; how < 4; how++) {
			ch_span s = sample_stmt(text, sizeof text, (ch_kind)k, how & 1,
			    how & 2 ? SAMPLE_EMPTY : SAMPLE_FULL);

			f((ch_kind)k, how & 1, s);
			n++;
		}
	assert_int_equal(n, 4 * CH_K_COUNT);
}

static void same(ch_kind kind, bool exercise, ch_span in)
{
	ch_stmt s;

	check_ok(ch_stmt_parse(&s, in));
	assert_int_equal(s.kind, kind);
	assert_int_equal(s.exercise, exercise);
	assert_true(ch_span_eq(s.text, in));
	assert_true(ch_span_eq(format(&s), in));
	check_ok(ch_stmt_parse_as(&s, in, kind, exercise));
}

static void test_format_of_parse(void **state)
{
	(void)state;
	each(same);
}

static void no_other(ch_kind kind, bool exercise, ch_span in)
{
	ch_stmt s;

	for (unsigned k = 0; k < CH_K_COUNT; k++)
		for (int x = 0; x < 2; x++) {
			if (k == (unsigned)kind && x == exercise)
				continue;
			assert_int_not_equal(ch_stmt_parse_as(&s, in, (ch_kind)k, x), CH_OK);
			assert_true(check_is_zero(&s, sizeof s));
		}
}

static void test_no_kind_passes_for_another(void **state)
{
	(void)state;
	each(no_other);
}

static void cut(ch_kind kind, bool exercise, ch_span in)
{
	ch_stmt s;

	for (size_t n = 0; n < in.n; n++) {
		assert_int_not_equal(
		    ch_stmt_parse_as(&s, ch_span_of(in.p, n), kind, exercise), CH_OK);
		assert_true(check_is_zero(&s, sizeof s));
	}
	memcpy(twin, in.p, in.n);
	for (unsigned c = 0; c < 256; c++) {
		twin[in.n] = (uint8_t)c;
		assert_int_not_equal(
		    ch_stmt_parse_as(&s, ch_span_of(twin, in.n + 1), kind, exercise), CH_OK);
	}
}

static void test_truncated_and_longer(void **state)
{
	(void)state;
	each(cut);
}

/* A flipped bit is refused, or the statement is another one that formats to its own bytes. */
static void flip(ch_kind kind, bool exercise, ch_span in)
{
	ch_stmt s;

	memcpy(twin, in.p, in.n);
	for (size_t i = 0; i < in.n; i++) {
		uint8_t bit = (uint8_t)(1u << (i * 5 + (size_t)kind) % 8);

		twin[i] ^= bit;
		if (ch_stmt_parse_as(&s, ch_span_of(twin, in.n), kind, exercise) == CH_OK)
			assert_true(ch_span_eq(format(&s), ch_span_of(twin, in.n)));
		else
			assert_true(check_is_zero(&s, sizeof s));
		twin[i] ^= bit;
	}
}

static void test_flipped(void **state)
{
	(void)state;
	each(flip);
}

/* Lines [a, b) and [b, c) change places. Columns of one list that repeat are no other text. */
static void swap(ch_kind kind, bool exercise, ch_span in)
{
	size_t at[1024], n = 0;
	ch_stmt s;

	at[n++] = 0;
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] == '\n')
			at[n++] = i + 1;
	for (size_t i = 0; i + 2 < n; i++) {
		size_t first = at[i + 1] - at[i], second = at[i + 2] - at[i + 1];

		memcpy(twin, in.p, in.n);
		memcpy(&twin[at[i]], &in.p[at[i + 1]], second);
		memcpy(&twin[at[i] + second], &in.p[at[i]], first);
		ch_err e = ch_stmt_parse_as(&s, ch_span_of(twin, in.n), kind, exercise);

		if (e != CH_OK)
			continue;
		/* Only items of a list of one column may change places. */
		size_t k = 0;

		while (in.p[at[i] + k] != ' ')
			k++;
		assert_true(k < second);
		assert_memory_equal(&in.p[at[i]], &in.p[at[i + 1]], k);
	}
}

static void test_reordered(void **state)
{
	(void)state;
	each(swap);
}

/* A line doubled, and a line left out. */
static void count(ch_kind kind, bool exercise, ch_span in)
{
	ch_stmt s;

	for (size_t i = 0, line = 0; i < in.n; i++) {
		if (in.p[i] != '\n')
			continue;
		size_t n = i + 1 - line;

		memcpy(twin, in.p, i + 1);
		memcpy(&twin[i + 1], &in.p[line], n);
		memcpy(&twin[i + 1 + n], &in.p[i + 1], in.n - i - 1);
		assert_int_not_equal(
		    ch_stmt_parse_as(&s, ch_span_of(twin, in.n + n), kind, exercise), CH_OK);
		memcpy(&twin[line], &in.p[i + 1], in.n - i - 1);
		assert_int_not_equal(
		    ch_stmt_parse_as(&s, ch_span_of(twin, in.n - n), kind, exercise), CH_OK);
		line = i + 1;
	}
}

static void attack_43_line_doubled_or_left_out(void **state)
{
	(void)state;
	each(count);
}

/* What format refuses: a value that would change the structure. */
static void hostile(ch_kind kind, bool exercise, ch_span in)
{
	static const char *const bad[] =
	    { "-", "a\nb", " a", "a ", "\xff", "a\r", "a\xe2\x80\xae" };
	const struct ch_schema *k = ch_kind_schema(kind);
	ch_stmt s;

	(void)exercise;
	check_ok(ch_stmt_parse(&s, in));
	for (unsigned f = 0; f < k->n; f++)
		for (unsigned b = 0; b < CH_COUNT(bad); b++) {
			struct ch_wr w = ch_wr_of(twin, sizeof twin);
			ch_span keep = s.v[f];

			s.v[f] = ch_span_str(bad[b]);
			assert_int_not_equal(ch_stmt_format(&w, &s), CH_OK);
			s.v[f] = keep;
		}
}

static void test_format_refuses_what_would_not_parse(void **state)
{
	(void)state;
	each(hostile);
}

/* Items: by index, one after the other, and written again. */
static void items(ch_kind kind, bool exercise, ch_span in)
{
	const struct ch_schema *k = ch_kind_schema(kind);
	ch_stmt s;

	(void)exercise;
	check_ok(ch_stmt_parse(&s, in));
	for (unsigned f = 0; f < k->n; f++) {
		struct ch_rd r = ch_rd_of(s.v[f]);
		struct ch_wr w = ch_wr_of(again, sizeof again);
		ch_item a, b;
		ch_span lines;

		if (k->field[f].type != CH_T_LIST)
			continue;
		for (uint32_t i = 0; i < s.count[f]; i++) {
			check_ok(ch_stmt_next_item(&a, &lines, &r, kind, f));
			check_ok(ch_stmt_item(&b, &s, f, i));
			assert_memory_equal(&a, &b, sizeof a);
			check_ok(ch_stmt_put_item(&w, kind, f, &a));
		}
		check_ok(ch_rd_done(&r));
		assert_true(ch_span_eq(ch_wr_span(&w), s.v[f]));
		check_err(ch_stmt_item(&b, &s, f, s.count[f]), CH_E_ABSENT);
	}
}

static void test_items(void **state)
{
	(void)state;
	each(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format_of_parse),
		cmocka_unit_test(test_no_kind_passes_for_another),
		cmocka_unit_test(test_truncated_and_longer),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_reordered),
		cmocka_unit_test(attack_43_line_doubled_or_left_out),
		cmocka_unit_test(test_format_refuses_what_would_not_parse),
		cmocka_unit_test(test_items),
	};

	check_ok(ch_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
