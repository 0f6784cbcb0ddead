/* Text beside NFC of single cases: every code point, the library over the whole, lines, handles. */
#include "check.h"

#include <utf8proc.h>

#include "text.h"

static ch_span nfc(const char *in)
{
	static uint8_t buf[1024];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);

	check_ok(ch_text_to_nfc(&w, ch_span_str(in)));
	return ch_wr_span(&w);
}

/* What is not NFC becomes it and is refused before; what is NFC stays. */
static void test_nfc(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "e\xcc\x81", "\xc3\xa9" }, /* e + acute */
		{ "a\xcc\xa3\xcc\x82", "\xe1\xba\xad" }, /* Vietnamese a */
		{ "a\xcc\x82\xcc\xa3", "\xe1\xba\xad" }, /* marks out of order */
		{ "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c" }, /* Hangul L V T */
		{ "\xed\x95\x98\xe1\x86\xab", "\xed\x95\x9c" }, /* Hangul LV T */
		{ "\xe0\xa4\xa8\xe0\xa4\xbc", "\xe0\xa4\xa9" }, /* Devanagari nnna */
		{ "\xe0\xa5\x98", "\xe0\xa4\x95\xe0\xa4\xbc" }, /* qa: excluded */
		{ "\xd8\xa7\xd9\x93", "\xd8\xa2" }, /* alef + madda */
		{ "\xd9\x8a\xd9\x94", "\xd8\xa6" }, /* yeh + hamza */
		{ "\xe0\xac\x87\xe0\xac\x86", "\xe0\xac\x87\xe0\xac\x86" }, /* Oriya, no pair */
		{ "\xe0\xad\x87\xe0\xac\xbe", "\xe0\xad\x8b" }, /* Oriya e + aa */
		{ "\xe0\xb3\x86\xe0\xb3\x95", "\xe0\xb3\x87" }, /* Kannada */
		{ "\xe1\x80\xa5\xe1\x80\xae", "\xe1\x80\xa6" }, /* Myanmar */
		{ "\xe3\x81\x8b\xe3\x82\x99", "\xe3\x81\x8c" }, /* Japanese ga */
		{ "\xe2\x84\xab", "\xc3\x85" }, /* Angstrom sign */
		{ "\xe2\x84\xa6", "\xce\xa9" }, /* Ohm sign */
		{ "\xef\xa4\x80", "\xe8\xb1\x88" }, /* CJK compatibility */
		{ "\xc3\xa9", "\xc3\xa9" },
		{ "\xed\x95\x9c\xea\xb8\x80", "\xed\x95\x9c\xea\xb8\x80" },
		{ "\xd0\x99", "\xd0\x99" },
		{ "\xd0\x98\xcc\x86", "\xd0\x99" }, /* Russian short i */
		{ "\xe0\xae\x92\xe0\xaf\x97", "\xe0\xae\x94" }, /* Tamil au */
		/* Sinhala */
		{ "\xe0\xb6\xb1\xe0\xb7\x99\xe0\xb7\x8f", "\xe0\xb6\xb1\xe0\xb7\x9c" },
		{ "\xf0\x91\x82\x99\xf0\x91\x82\xba", "\xf0\x91\x82\x9a" }, /* Kaithi */
		{ "<\xcc\xb8", "\xe2\x89\xae" }, /* not less than */
		{ "=\xcc\xb8", "\xe2\x89\xa0" },
	};

	(void)state;
	for (unsigned i = 0; i < CH_COUNT(cases); i++) {
		ch_span in = ch_span_str(cases[i].in), out = ch_span_str(cases[i].out);

		if (!ch_span_eq(nfc(cases[i].in), out))
			fail_msg("case %u", i);
		if (ch_text_check_passage(out, 100) != CH_OK)
			fail_msg("case %u: its form is refused", i);
		if (!ch_span_eq(in, out) && ch_text_check_passage(in, 100) != CH_E_FORMAT)
			fail_msg("case %u: taken as it is", i);
	}
}

/* Every code point alone: normalised it is stable, and what is refused is refused everywhere. */
static void test_every_code_point(void **state)
{
	unsigned ok = 0, no = 0;

	(void)state;
	for (uint32_t cp = 1; cp < 0x110000; cp++) {
		uint8_t in[4], once[64], twice[64];
		struct ch_wr w = ch_wr_of(in, sizeof in), a = ch_wr_of(once, sizeof once);
		struct ch_wr b = ch_wr_of(twice, sizeof twice);
		int32_t back;

		if (cp < 0x80) {
			ch_wr_u8(&w, (uint8_t)cp);
		} else if (cp < 0x800) {
			ch_wr_u8(&w, (uint8_t)(0xc0 | cp >> 6));
		} else if (cp < 0x10000) {
			ch_wr_u8(&w, (uint8_t)(0xe0 | cp >> 12));
			ch_wr_u8(&w, (uint8_t)(0x80 | (cp >> 6 & 0x3f)));
		} else {
			ch_wr_u8(&w, (uint8_t)(0xf0 | cp >> 18));
			ch_wr_u8(&w, (uint8_t)(0x80 | (cp >> 12 & 0x3f)));
			ch_wr_u8(&w, (uint8_t)(0x80 | (cp >> 6 & 0x3f)));
		}
		if (cp >= 0x80)
			ch_wr_u8(&w, (uint8_t)(0x80 | (cp & 0x3f)));
		if (ch_text_to_nfc(&a, ch_wr_span(&w)) != CH_OK) {
			assert_int_not_equal(ch_text_check_passage(ch_wr_span(&w), 100), CH_OK);
			no++;
			continue;
		}
		assert_int_equal(ch_text_decode(&back, ch_wr_span(&w), 0), w.n);
		assert_int_equal(back, cp);
		check_ok(ch_text_to_nfc(&b, ch_wr_span(&a)));
		assert_true(ch_span_eq(ch_wr_span(&a), ch_wr_span(&b)));
		ok++;
	}
	assert_true(ok > 149000 && no > 2048 + 137000); /* Unicode 15.0 has 149,186 characters */
}

/* Our stretches give what the library gives for the whole, over random strings of the code points
 * that matter: starters, marks of many classes, jamo, singletons, exclusions. */
static void test_against_whole(void **state)
{
	static const int32_t some[] = { 'a', 'e', 'o', 0x300, 0x301, 0x302, 0x31b, 0x323, 0x327,
		0x338, 0x345, 0x34f, 0x591, 0x5b0, 0x627, 0x653, 0x654, 0x6d2, 0x915, 0x928,
		0x93c, 0x94d, 0x958, 0x9c7, 0x9be, 0x9d7, 0xb47, 0xb3e, 0xbc6, 0xbd7, 0xcc6,
		0xcc2, 0xcd5, 0xdd9, 0xdcf, 0xdca, 0xf71, 0xf72, 0xf74, 0x1025, 0x102e, 0x1100,
		0x1161, 0x11a8, 0x1112, 0xac00, 0xac01, 0x1e0a, 0x1ea0, 0x212b, 0x2126, 0x2adc,
		0x304b, 0x3099, 0xfb1d, 0xf900, 0x11099, 0x110ba, 0x11131, 0x11127, 0x1d15e, ' ',
		'<', '=', 0x226e };
	uint64_t x = 88172645463325252u;

	(void)state;
	for (unsigned round = 0; round < 200000; round++) {
		uint8_t in[128], mine[256];
		struct ch_wr w = ch_wr_of(in, sizeof in - 1), m = ch_wr_of(mine, sizeof mine);
		unsigned n = 1 + round % 9;

		for (unsigned i = 0; i < n; i++) {
			uint8_t b[4];

			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			ch_wr_put(&w, ch_span_of(b,
			    (size_t)utf8proc_encode_char(some[x % CH_COUNT(some)], b)));
		}
		in[w.n] = 0;
		utf8proc_uint8_t *whole = utf8proc_NFC(in);

		assert_non_null(whole);
		check_ok(ch_text_to_nfc(&m, ch_wr_span(&w)));
		ch_span want = ch_span_str((const char *)whole);

		if (!ch_span_eq(ch_wr_span(&m), want))
			fail_msg("round %u", round);
		assert_int_equal(ch_text_check_passage(ch_wr_span(&w), 200) == CH_OK,
		    ch_span_eq(ch_wr_span(&w), want));
		free(whole);
	}
}

static ch_err line(const char *s)
{
	return ch_text_check_line(ch_span_str(s), 64);
}

static void test_line(void **state)
{
	static const char *const good[] = { "a", "A b", "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", "-",
		"\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d\xe0\xa4\xb7", "\xf0\x9f\x95\x8a" };
	static const char *const bad[] = { "", " a", "a ", "a\nb", "a\tb", "a\x7f", "a\xc2\x85",
		"a\xc2\xad" "b", "a\xe2\x80\xae", "a\xe2\x80\x8b", "\xe2\x80\x8d" "a",
		"a\xe2\x80\x8d",
		"a \xe2\x80\x8d" "b", "a\xe2\x80\x8d b", "a\xe2\x80\xa8" "b", "a\xef\xbb\xbf",
		"\xef\xbf\xbe", "\xee\x80\x80", "\xcd\xb8", "\xed\xa0\x80", "\xc0\xaf", "\xff",
		"a\xcc",
		"e\xcc\x81", "a\xf3\xa0\x81\x81", "a\xef\xb8\x8f", "a\xe3\x85\xa4", "\xc2\xa0" "a",
		"a\xe3\x80\x80" };

	(void)state;
	for (unsigned i = 0; i < CH_COUNT(good); i++)
		if (line(good[i]) != CH_OK)
			fail_msg("good %u", i);
	for (unsigned i = 0; i < CH_COUNT(bad); i++)
		if (line(bad[i]) == CH_OK)
			fail_msg("bad %u", i);
	check_err(ch_text_check_line(CH_LIT("abc"), 2), CH_E_LIMIT);
}

static void test_passage(void **state)
{
	(void)state;
	check_ok(ch_text_check_passage(CH_LIT("a\nb\tc\xe2\x80\xae"), 100));
	check_err(ch_text_check_passage(CH_LIT("a\n\nb"), 100), CH_E_FORMAT);
	check_err(ch_text_check_passage(CH_LIT("\na"), 100), CH_E_FORMAT);
	check_err(ch_text_check_passage(CH_LIT("a\n"), 100), CH_E_FORMAT);
	check_err(ch_text_check_passage(CH_LIT("a\rb"), 100), CH_E_FORMAT);
	check_err(ch_text_check_passage(CH_LIT("a\0b"), 100), CH_E_FORMAT);
	check_err(ch_text_check_passage(CH_LIT(""), 100), CH_E_FORMAT);
	check_err(ch_text_check_passage(CH_LIT("abc"), 2), CH_E_LIMIT);
}

static void test_mark(void **state)
{
	uint8_t buf[128];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);

	(void)state;
	ch_text_mark(&w, CH_LIT("a\xe2\x80\xae" "b\n\x1b[1m\xff\xf3\xa0\x81\x81\xe2\x80\x8c."));
	check_span(ch_wr_span(&w), "a<U+202E>b\n<U+001B>[1m<?><U+0E0041>\xe2\x80\x8c.");
}

static void test_handle_and_token(void **state)
{
	static const char *const good[] = { "a.b", "alpha.example", "x-1.y2.z", "1.2" };
	static const char *const bad[] =
	    { "", "a", ".a", "a.", "a..b", "-a.b", "a-.b", "a.b-", "A.b",
		"a_b.c", "a b.c", "a.\xc3\xa9" };

	(void)state;
	for (unsigned i = 0; i < CH_COUNT(good); i++)
		assert_true(ch_text_is_handle(ch_span_str(good[i])));
	for (unsigned i = 0; i < CH_COUNT(bad); i++)
		assert_false(ch_text_is_handle(ch_span_str(bad[i])));
	assert_true(ch_text_is_token(CH_LIT("a")) && ch_text_is_token(CH_LIT("1-a.b")));
	assert_false(ch_text_is_token(CH_LIT("")) || ch_text_is_token(CH_LIT("-")) ||
	    ch_text_is_token(CH_LIT("A")) || ch_text_is_token(CH_LIT(".a")) ||
	    ch_text_is_token(CH_LIT("a,b")) || ch_text_is_token(CH_LIT("a b")));
	char long_[66];

	memset(long_, 'a', sizeof long_);
	assert_true(ch_text_is_token(ch_span_of(long_, 64)));
	assert_false(ch_text_is_token(ch_span_of(long_, 65)));
	long_[1] = '.';
	assert_true(ch_text_is_handle(ch_span_of(long_, 65)));
	assert_false(ch_text_is_handle(ch_span_of(long_, 66)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nfc),
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_against_whole),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_passage),
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_handle_and_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
