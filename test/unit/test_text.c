/* Text rules: one byte form a text. What looks and means the same is spelled in one way. */
#include "check.h"

#include "text.h"

static ch_err line(const char *s)
{
	return ch_text_check_line(ch_span_str(s), 4096);
}

/* Two byte strings of one meaning: only the normal one is taken. */
static void normal_form(void **state)
{
	static const struct {
		const char *other, *normal;
	} same[] = {
		{ "\xE2\x84\xAB", "\xC3\x85" },                 /* Angstrom sign: a singleton     */
		{ "\xE2\x84\xA6", "\xCE\xA9" },                 /* ohm sign                       */
		{ "\xE1\xBD\xB1", "\xCE\xAC" },                 /* Greek oxia and tonos           */
		{ "\xEF\xA4\x80", "\xE8\xB1\x88" },             /* CJK compatibility ideograph    */
		{ "\xE0\xA5\x98", "\xE0\xA4\x95\xE0\xA4\xBC" }, /* excluded from composition      */
		{ "\xC3\xA9\xCC\xA3", "\xE1\xBA\xB9\xCC\x81" }, /* marks in another order         */
		{ "e\xCC\x81", "\xC3\xA9" },
		{ "\xE1\x84\x80\xE1\x85\xA1", "\xEA\xB0\x80" }, /* Hangul                         */
		{ "\xEA\xB0\x80\xE1\x86\xA8", "\xEA\xB0\x81" },
		{ "a\xCC\x81\xCC\xA3", "\xE1\xBA\xA1\xCC\x81" },
	};
	uint8_t buf[64];

	(void)state;
	for (size_t i = 0; i < CH_COUNT(same); i++) {
		struct ch_wr w = ch_wr_of(buf, sizeof buf);

		check_err(line(same[i].other), CH_E_FORMAT);
		check_ok(line(same[i].normal));
		check_ok(ch_text_to_nfc(&w, ch_span_str(same[i].other)));
		assert_true(ch_span_eq(ch_wr_span(&w), ch_span_str(same[i].normal)));
		check_err(ch_text_check_passage(ch_span_str(same[i].other), 4096), CH_E_FORMAT);
		check_ok(ch_text_check_passage(ch_span_str(same[i].normal), 4096));
	}
}

/* The short cuts over ASCII and lone starters decide nothing. */
static void around_ascii(void **state)
{
	(void)state;
	check_ok(line("abc \xC3\xA9 def \xE4\xB8\x80\xE4\xB8\x80 x"));
	check_ok(line("abcd\xC3\xA9 q\xCC\x81"));
	check_err(line("\xC3\xA9 abcde\xCC\x81"), CH_E_FORMAT);
	check_err(line("\xE4\xB8\x80" "e\xCC\x81 abc"), CH_E_FORMAT);
	check_err(line("\xE4\xB8\x80 abc \xE2\x84\xAB"), CH_E_FORMAT);
	check_err(line("\xE4\xB8\x80 abc \xE2\x84"), CH_E_FORMAT); /* cut off */
	check_err(line("\xE4\xB8\x80 \x80 abc"), CH_E_FORMAT);
	check_err(line("\xE4\xB8\x80\xCD\xB8"), CH_E_FORMAT); /* not assigned */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal_form),
		cmocka_unit_test(around_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
