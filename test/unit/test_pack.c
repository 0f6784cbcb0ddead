/* Packs: several texts in one file, by length. */
#include "check.h"

#include "pack.h"

static const ch_part parts[] = {
	{ { (const uint8_t *)"paper", 5 }, { (const uint8_t *)"part leaves 3\nx\n", 16 } },
	{ { (const uint8_t *)"leaves", 6 }, { NULL, 0 } },
	{ { (const uint8_t *)"roster.alpha.example.3", 22 }, { (const uint8_t *)"\0\xff", 2 } },
};
static uint8_t buf[4096], twin[4096];

static ch_span make(ch_pack_kind kind, bool exercise)
{
	struct ch_wr w = ch_wr_of(buf, sizeof buf);

	check_ok(ch_pack_format(&w, parts, CH_COUNT(parts), kind, exercise));
	return ch_wr_span(&w);
}

static void test_round(void **state)
{
	ch_part back[CH_PACK_PARTS_MAX];
	size_t n;

	(void)state;
	for (unsigned k = 0; k < 2 * CH_PACK_COUNT; k++) {
		ch_span in = make((ch_pack_kind)(k / 2), k & 1);
		ch_pack_kind kind;
		bool exercise;

		check_ok(ch_pack_parse(back, &n, CH_COUNT(back), in, (ch_pack_kind)(k / 2), k & 1));
		assert_int_equal(n, CH_COUNT(parts));
		for (size_t i = 0; i < n; i++)
			assert_true(ch_span_eq(back[i].name, parts[i].name) &&
			    ch_span_eq(back[i].bytes, parts[i].bytes));
		check_ok(ch_pack_sniff(&kind, &exercise, in));
		assert_true(kind == (ch_pack_kind)(k / 2) && exercise == (k & 1));
		for (unsigned j = 0; j < 2 * CH_PACK_COUNT; j++)
			if (j != k)
				assert_int_not_equal(ch_pack_parse(back, &n, CH_COUNT(back), in,
				    (ch_pack_kind)(j / 2), j & 1), CH_OK);
	}
	assert_ptr_equal(ch_pack_find(parts, 3, CH_LIT("leaves")), &parts[1]);
	assert_null(ch_pack_find(parts, 3, CH_LIT("leave")));
}

/* A party with the longest handle there is can be judged, too. */
static void test_long_names(void **state)
{
	char name[CH_PACK_NAME_MAX + 2];
	ch_part one = { { NULL, 0 }, { (const uint8_t *)"x", 1 } }, back[1];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	size_t n;

	(void)state;
	memset(name, 'a', sizeof name);
	memcpy(name, "roster.", 7);
	one.name = ch_span_of(name, 7 + 253 + 1 + 20 + 6); /* roster.<253>.<20>.proof */
	check_ok(ch_pack_format(&w, &one, 1, CH_PACK_RECORD, false));
	check_ok(ch_pack_parse(back, &n, 1, ch_wr_span(&w), CH_PACK_RECORD, false));
	assert_true(ch_span_eq(back[0].name, one.name));
	one.name = ch_span_of(name, CH_PACK_NAME_MAX + 1);
	w = ch_wr_of(buf, sizeof buf);
	check_err(ch_pack_format(&w, &one, 1, CH_PACK_RECORD, false), CH_E_FORMAT);
	one.name = CH_LIT(".a");
	w = ch_wr_of(buf, sizeof buf);
	check_err(ch_pack_format(&w, &one, 1, CH_PACK_RECORD, false), CH_E_FORMAT);
}

static void test_twins(void **state)
{
	ch_span in = make(CH_PACK_RECORD, false);
	ch_part back[8];
	size_t n;

	(void)state;
	for (size_t k = 0; k < in.n; k++) {
		assert_int_not_equal(ch_pack_parse(back, &n, 8, ch_span_of(buf, k), CH_PACK_RECORD,
		    false), CH_OK);
		assert_true(n == 0 && check_is_zero(back, sizeof back));
	}
	memcpy(twin, in.p, in.n);
	twin[in.n] = '\n';
	check_err(ch_pack_parse(back, &n, 8, ch_span_of(twin, in.n + 1), CH_PACK_RECORD, false),
	    CH_E_FORMAT);
	for (size_t i = 0; i < in.n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			struct ch_wr w = ch_wr_of(&twin[1024], 1024);

			twin[i] ^= (uint8_t)(1u << bit);
			if (ch_pack_parse(back, &n, 8, ch_span_of(twin, in.n), CH_PACK_RECORD,
			    false) == CH_OK) {
				check_ok(ch_pack_format(&w, back, n, CH_PACK_RECORD, false));
				assert_true(ch_span_eq(ch_wr_span(&w), ch_span_of(twin, in.n)));
			}
			twin[i] ^= (uint8_t)(1u << bit);
		}
	check_err(ch_pack_parse(back, &n, 2, in, CH_PACK_RECORD, false), CH_E_LIMIT);
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"chancery/record@v1\nparts 1\npart a 1\nxx\n",
		"chancery/record@v1\nparts 2\npart a 1\nx\npart a 1\ny\n",
		"chancery/record@v1\nparts 1\npart a 01\nx\n",
		"chancery/record@v1\nparts 1\npart A 1\nx\n",
		"chancery/record@v1\nparts 1\npart ../a 1\nx\n",
		"chancery/record@v1\nparts 1\npart a 18446744073709551615\nx\n",
		"chancery/record@v1\nparts 1\npart a  1\nx\n",
		"chancery/record@v1\nparts 257\n",
		"chancery/record@v2\nparts 0\n",
	};
	ch_part back[CH_PACK_PARTS_MAX];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	ch_part twice[2] = { parts[0], parts[0] };
	size_t n;

	(void)state;
	for (unsigned i = 0; i < CH_COUNT(bad); i++)
		assert_int_not_equal(ch_pack_parse(back, &n, CH_COUNT(back), ch_span_str(bad[i]),
		    CH_PACK_RECORD, false), CH_OK);
	check_err(ch_pack_format(&w, twice, 2, CH_PACK_RECORD, false), CH_E_FORMAT);
	check_ok(ch_pack_parse(back, &n, 1, CH_LIT("chancery/record@v1\nparts 0\n"), CH_PACK_RECORD,
	    false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
