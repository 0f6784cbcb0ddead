/* Bech32: edges that the BIP's own list does not reach. */
#include "check.h"

#include "bech32.h"

#define RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

static void test_round_trip(void **state)
{
	uint8_t bytes[64], text[200], back[64];
	ch_bech32 b;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 37 + 11);
	for (size_t len = 0; len <= sizeof bytes; len++) {
		for (int kind = CH_BECH32_LOWER; kind <= CH_BECH32_UPPER; kind++) {
			struct ch_wr w = ch_wr_of(text, sizeof text);

			ch_bech32_put(&w, CH_LIT("age-x"), ch_span_of(bytes, len),
			    (ch_bech32_case)kind);
			check_ok(ch_wr_done(&w));
			check_ok(ch_bech32_parse(&b, ch_wr_span(&w)));
			assert_int_equal(b.kind, kind);
			check_ok(ch_bech32_bytes(back, &n, len, &b));
			assert_int_equal(n, len);
			assert_memory_equal(back, bytes, len);
			if (len > 0)
				check_err(ch_bech32_bytes(back, &n, len - 1, &b), CH_E_LIMIT);
		}
	}
}

/* One wrong character, one missing, one case changed: always refused, outputs zero. */
static void test_twins(void **state)
{
	char s[] = RECIPIENT;
	ch_bech32 b;

	(void)state;
	check_ok(ch_bech32_parse(&b, CH_LIT(RECIPIENT)));
	check_span(b.hrp, "age");
	for (size_t i = 0; i < sizeof s - 1; i++) {
		for (unsigned c = 0; c < 256; c++) {
			char keep = s[i];

			s[i] = (char)c;
			if (s[i] != keep) {
				check_err(ch_bech32_parse(&b, ch_span_of(s, sizeof s - 1)),
				    CH_E_FORMAT);
				assert_true(check_is_zero(&b, sizeof b));
			}
			s[i] = keep;
		}
		check_err(ch_bech32_parse(&b, ch_span_of(s, i)), CH_E_FORMAT);
	}
}

static void test_limit(void **state)
{
	static uint8_t big[CH_BECH32_MAX + 1];
	ch_bech32 b;

	(void)state;
	memset(big, 'q', sizeof big);
	big[0] = 'a';
	big[1] = '1';
	check_err(ch_bech32_parse(&b, ch_span_of(big, sizeof big)), CH_E_LIMIT);
	check_err(ch_bech32_parse(&b, ch_span_of(big, sizeof big - 1)), CH_E_FORMAT);
}

/* Spare bits: the checksum is right, the padding is not. */
static void test_padding(void **state)
{
	ch_bech32 b = { .data = CH_LIT("q") };
	uint8_t out[8];
	size_t n;

	(void)state;
	check_err(ch_bech32_bytes(out, &n, sizeof out, &b), CH_E_FORMAT); /* a whole spare digit */
	b.data = CH_LIT("qq");
	check_ok(ch_bech32_bytes(out, &n, sizeof out, &b));
	assert_int_equal(n, 1);
	b.data = CH_LIT("qp"); /* a spare bit set */
	check_err(ch_bech32_bytes(out, &n, sizeof out, &b), CH_E_FORMAT);
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_twins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
