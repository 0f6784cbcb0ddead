/* The list of BIP-173: seven strings that parse, twelve that do not (one of them does for age). */
#include "check.h"

#include "bech32.h"
#include "vectors_json.h"

#define FILE_NAME "bech32-bip173/bech32.json"

/* Digits of five bits need not be whole bytes; where they are, the string is written again. */
static void same_again(ch_span in)
{
	uint8_t hrp[84], bytes[64], text[128];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_bech32 b;
	size_t n;

	check_ok(ch_bech32_parse(&b, in));
	if (ch_bech32_bytes(bytes, &n, sizeof bytes, &b) != CH_OK || b.hrp.n > 83)
		return;
	for (size_t i = 0; i < b.hrp.n; i++) {
		uint8_t c = b.hrp.p[i];

		hrp[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
	}
	ch_bech32_put(&w, ch_span_of(hrp, b.hrp.n), ch_span_of(bytes, n), b.kind);
	check_ok(ch_wr_done(&w));
	assert_true(ch_span_eq(ch_wr_span(&w), in));
}

/* JSON's "\u00ff" is the byte 0xff of the BIP. */
static ch_span bytes_of(uint8_t out[128], const json_t *s)
{
	const char *p = json_string_value(s);
	size_t n = json_string_length(s), k = 0;

	for (size_t i = 0; i < n && k < 128; i++) {
		uint8_t c = (uint8_t)p[i];

		if (c >= 0xc2 && c <= 0xc3 && i + 1 < n)
			c = (uint8_t)(c << 6 | ((uint8_t)p[++i] & 0x3f));
		out[k++] = c;
	}
	return ch_span_of(out, k);
}

static void test_all(void **state)
{
	json_t *all = vec_json(FILE_NAME), *t;
	unsigned good = 0, bad = 0, lifted = 0;
	uint8_t buf[128];
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(all, "valid"), i, t) {
		same_again(bytes_of(buf, t));
		good++;
	}
	json_array_foreach(json_object_get(all, "invalid"), i, t) {
		ch_span in = bytes_of(buf, json_object_get(t, "string"));
		ch_bech32 b;

		if (strstr(vec_str(t, "why"), "age lifts")) {
			check_ok(ch_bech32_parse(&b, in));
			lifted++;
			continue;
		}
		check_err(ch_bech32_parse(&b, in), CH_E_FORMAT);
		assert_true(check_is_zero(&b, sizeof b));
		bad++;
	}
	json_decref(all);
	assert_int_equal(good, 7);
	assert_int_equal(bad, 11);
	assert_int_equal(lifted, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all) };

	vec_require(FILE_NAME);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
