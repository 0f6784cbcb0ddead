/* Values of statements: one accepted spelling a type. */
#include "check.h"

#include "stmt.h"
#include "value.h"

#define H "0011223344556677889900112233445566778899001122334455667788990011"

static const struct {
	ch_type type;
	const char *good[4], *bad[12];
} cases[] = {
	{ CH_T_HASH, { H }, { "", "00", H "0", H "00", "A" H } },
	{ CH_T_CODE, { "AB", "ABCDEFGH" }, { "A", "ABCDEFGHI", "aB", "A1", "" } },
	{ CH_T_NUMBER, { "AB-CD/2026/0001", "AB-CD/1970/12345", "AB-CD/2026/4294967295" },
	    { "AB-CD/2026/1", "AB-CD/2026/0000", "AB-CD/2026/00001", "AB-CD/2026/012345",
	        "AB-CD/1969/0001", "AB-CD/02026/0001", "AB-CD/2026/0001/", "AB-/2026/0001",
	        "-CD/2026/0001", "AB-CD/2026/4294967296", "AB-CD-EF/2026/0001" } },
	{ CH_T_DEC, { "0", "18446744073709551615" },
	    { "", "00", "01", "-1", "+1", " 1", "18446744073709551616", "1.0" } },
	{ CH_T_KEYNAME, { "a.b/0123abcd" },
	    { "a.b", "a.b/", "a.b/0123abc", "a.b/0123ABCD", "a.b/0123abcd/", "a/0123abcd" } },
	{ CH_T_TOKENS, { "a", "a,b", "b,a" },
	    { "", ",", "a,", ",a", "a,,b", "a,a", "a,b,a", "a, b" } },
	{ CH_T_REF, { "0 " H, "7 " H }, { H, "7 " H " ", "7  " H, "7\n" H, "07 " H, " " H } },
	{ CH_T_SEEN, { "0 " H " " H }, { "0 " H, "0 " H " " H " " H, "0 " H "  " H } },
	{ CH_T_RE, { "AB-CD/2026/0001 " H }, { "AB-CD/2026/0001", H, "AB-CD/2026/0001  " H } },
	{ CH_T_ORIGIN, { "log.example", "a" },
	    { "", "-", "a b", "a+b", "chancery.example", "a\xc3\xa9", "a\x7f" } },
	{ CH_T_MEDIA, { "text/plain", "application/vnd.ms-excel", "image/svg+xml" },
	    { "text", "/plain", "text/", "text/plain;a=b", "text/a/b", "TEXT/plain", "text/a b" } },
	{ CH_T_URL, { "http://a", "https://a:1/b" },
	    { "", "ftp://a", "http://", "https://a/", "https://a b", "HTTP://a",
	    "https://\xc3\xa9" } },
	{ CH_T_NUMBERS, { "0", "1,2,30" }, { "", ",", "1,", "2,1", "1,1", "01", "1,,2", "1, 2",
	        "4294967296" } },
	{ CH_T_COPY, { "1,1", "1,30", "2,2" }, { "", "1", ",", "0,1", "2,1", "1,", "01,2", "1,2,3",
	        "1, 2", "4294967296,4294967296" } },
	{ CH_T_WHEN, { "2026-11-25T12:00:00Z" },
	    { "2026-11-25T12:00:60Z", "2026-02-29T00:00:00Z", "2026-11-25 12:00:00Z" } },
	{ CH_T_DATE, { "2024-02-29" }, { "2026-02-29", "2026-1-1", "" } },
	{ CH_T_HEX16, { "00112233445566778899aabbccddeeff" },
	    { "00112233445566778899aabbccddee", "00112233445566778899AABBCCDDEEFF", "" } },
	{ CH_T_RECIPIENT, { "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj" },
	    { "", "age1", "AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ",
	        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwk" } },
};

static void test_spellings(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CH_COUNT(cases); i++) {
		struct ch_field f = { "k", cases[i].type, false, 0, NULL };

		for (unsigned k = 0; k < CH_COUNT(cases[i].good) && cases[i].good[k]; k++)
			if (ch_value_check(&f, ch_span_str(cases[i].good[k])) != CH_OK)
				fail_msg("type %d refuses %s", cases[i].type, cases[i].good[k]);
		for (unsigned k = 0; k < CH_COUNT(cases[i].bad) && cases[i].bad[k]; k++)
			if (ch_value_check(&f, ch_span_str(cases[i].bad[k])) == CH_OK)
				fail_msg("type %d takes %s", cases[i].type, cases[i].bad[k]);
	}
}

/* At most 64 tokens; the same count however they end. */
static void test_many_tokens(void **state)
{
	struct ch_field f = { "k", CH_T_TOKENS, false, 0, NULL };
	uint8_t buf[512];

	(void)state;
	for (unsigned n = 62; n < 68; n++) {
		struct ch_wr w = ch_wr_of(buf, sizeof buf);

		for (unsigned i = 0; i < n; i++) {
			if (i)
				CH_WR_LIT(&w, ",");
			CH_WR_LIT(&w, "t");
			ch_val_put_dec(&w, i);
		}
		assert_int_equal(ch_value_check(&f, ch_wr_span(&w)), n <= 64 ? CH_OK : CH_E_FORMAT);
	}
}

static void test_views(void **state)
{
	size_t at = 0;
	ch_number n;

	(void)state;
	check_ok(ch_number_parse(&n, CH_LIT("AB-CD/2026/0042")));
	check_span(n.from, "AB");
	check_span(n.to, "CD");
	assert_true(n.year == 2026 && n.serial == 42);
	check_err(ch_number_parse(&n, CH_LIT("AB-CD/2026/42")), CH_E_FORMAT);
	assert_true(check_is_zero(&n, sizeof n));
	check_span(ch_val_next(CH_LIT("a,bc"), &at), "a");
	check_span(ch_val_next(CH_LIT("a,bc"), &at), "bc");
	assert_int_equal(ch_val_next(CH_LIT("a,bc"), &at).n, 0);
	assert_true(ch_val_has(CH_LIT("a,bc"), CH_LIT("bc")));
	assert_false(ch_val_has(CH_LIT("a,bc"), CH_LIT("b")));
	assert_false(ch_val_has((ch_span){ 0 }, CH_LIT("b")));
	ch_ref ref = ch_val_ref(CH_LIT("7 " H));
	ch_seen seen = ch_val_seen(CH_LIT("9 " H " " H));
	ch_re re = ch_val_re(CH_LIT("AB-CD/2026/0042 " H));

	assert_true(ref.n == 7 && ref.hash.b[1] == 0x11);
	assert_true(seen.size == 9 && ch_hash_eq(&seen.root, &seen.note) && seen.root.b[1] == 0x11);
	check_span(re.number, "AB-CD/2026/0042");
	assert_int_equal(re.paper.b[31], 0x11);
	ref = ch_val_ref((ch_span){ 0 });
	assert_true(check_is_zero(&ref.hash, 32) && ref.n == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_many_tokens),
		cmocka_unit_test(test_views),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
