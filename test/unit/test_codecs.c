/* hex, b64, dec: one spelling a value. Bounded-exhaustive: every short input, and no other. */
#include "check.h"

#include <stdio.h>

#include "b64.h"
#include "dec.h"
#include "hex.h"

/* ---- hex ---- */

/* All 65,536 inputs of two characters: 256 parse, and each is written again to itself. */
static void test_hex_exhaustive(void **state)
{
	unsigned good = 0;

	(void)state;
	for (unsigned code = 0; code < 65536; code++) {
		uint8_t in[2] = { (uint8_t)(code >> 8), (uint8_t)code }, out = 0xaa, back[2];

		if (ch_hex_parse(&out, 1, ch_span_of(in, 2)) != CH_OK) {
			assert_int_equal(out, 0);
			continue;
		}
		struct ch_wr w = ch_wr_of(back, sizeof back);

		ch_hex_put(&w, ch_span_of(&out, 1));
		assert_memory_equal(back, in, 2);
		good++;
	}
	assert_int_equal(good, 256);
}

static void test_hex_twins(void **state)
{
	uint8_t out[3];

	(void)state;
	check_ok(ch_hex_parse(out, 0, CH_LIT("")));
	check_ok(ch_hex_parse(out, 3, CH_LIT("00ff7a")));
	assert_memory_equal(out, "\x00\xff\x7a", 3);
	check_err(ch_hex_parse(out, 3, CH_LIT("00ff7")), CH_E_FORMAT);
	assert_true(check_is_zero(out, 3));
	check_err(ch_hex_parse(out, 3, CH_LIT("00ff7a0")), CH_E_FORMAT);
	check_err(ch_hex_parse(out, 3, CH_LIT("00FF7a")), CH_E_FORMAT);
	check_err(ch_hex_parse(out, 3, CH_LIT("00ff7g")), CH_E_FORMAT);
	assert_true(check_is_zero(out, 3));
	check_err(ch_hex_parse(out, 0, CH_LIT("00")), CH_E_FORMAT);
}

/* ---- base64 ---- */

static void b64_same(const uint8_t *in, size_t n, const uint8_t *out, size_t k, ch_b64_kind kind)
{
	uint8_t back[16];
	struct ch_wr w = ch_wr_of(back, sizeof back);

	ch_b64_put(&w, ch_span_of(out, k), kind);
	assert_int_equal(ch_b64_len(k, kind), n);
	assert_true(ch_span_eq(ch_wr_span(&w), ch_span_of(in, n)));
}

/* Every input of n characters over an alphabet that has each class and the edges of each. */
static unsigned b64_count(unsigned n, ch_b64_kind kind)
{
	static const uint8_t a[] = "AQgwBZz09+/=@[`{.:* \n-_\x80";
	unsigned total = 1, good = 0;

	for (unsigned i = 0; i < n; i++)
		total *= sizeof a; /* its NUL counts */
	for (unsigned code = 0; code < total; code++) {
		uint8_t s[4], out[4] = { 1, 1, 1, 1 };
		size_t k;

		for (unsigned i = 0, c = code; i < n; i++, c /= (unsigned)sizeof a)
			s[i] = a[c % sizeof a];
		if (ch_b64_parse(out, &k, sizeof out, ch_span_of(s, n), kind) == CH_OK) {
			b64_same(s, n, out, k, kind);
			good++;
		} else {
			assert_int_equal(k, 0);
		}
	}
	return good;
}

/*
 * 11 of those characters are digits; A Q g w (values 0 16 32 48) end a group of two, as their
 * low four bits are zero, and A Q g w and the '0' of value 52 one of three (low two bits zero).
 */
static void test_b64_exhaustive(void **state)
{
	(void)state;
	assert_int_equal(b64_count(0, CH_B64_RAW), 1);
	assert_int_equal(b64_count(1, CH_B64_RAW), 0);
	assert_int_equal(b64_count(2, CH_B64_RAW), 11 * 4);
	assert_int_equal(b64_count(3, CH_B64_RAW), 11 * 11 * 5);
	assert_int_equal(b64_count(4, CH_B64_RAW), 11 * 11 * 11 * 11);
	assert_int_equal(b64_count(1, CH_B64_PADDED), 0);
	assert_int_equal(b64_count(2, CH_B64_PADDED), 0);
	assert_int_equal(b64_count(3, CH_B64_PADDED), 0);
	assert_int_equal(b64_count(4, CH_B64_PADDED), 11 * 11 * 11 * 11 + 11 * 11 * 5 + 11 * 4);
}

static void test_b64_round_trip(void **state)
{
	uint8_t bytes[200], text[280], back[200];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 151 + 7);
	for (size_t len = 0; len <= sizeof bytes; len++) {
		for (int kind = CH_B64_PADDED; kind <= CH_B64_RAW; kind++) {
			ch_b64_kind k = (ch_b64_kind)kind;
			struct ch_wr w = ch_wr_of(text, sizeof text);

			ch_b64_put(&w, ch_span_of(bytes, len), k);
			check_ok(ch_wr_done(&w));
			assert_int_equal(w.n, ch_b64_len(len, k));
			check_ok(ch_b64_parse(back, &n, len, ch_wr_span(&w), k));
			assert_int_equal(n, len);
			assert_memory_equal(back, bytes, len);
			check_ok(ch_b64_parse_n(back, len, ch_wr_span(&w), k));
			if (len == 0)
				continue;
			check_err(ch_b64_parse(back, &n, len - 1, ch_wr_span(&w), k), CH_E_LIMIT);
			memset(back, 0xaa, sizeof back);
			check_err(ch_b64_parse_n(back, len - 1, ch_wr_span(&w), k), CH_E_FORMAT);
			assert_true(check_is_zero(back, len - 1));
		}
	}
}

/* All 256 characters in each place of a text of several blocks: exactly 64 are digits, and each
 * stands for its six bits there. */
static void test_b64_characters(void **state)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t s[132], out[99], want[99];

	(void)state;
	for (size_t at = 0; at < sizeof s; at++) {
		unsigned good = 0;

		for (unsigned c = 0; c < 256; c++) {
			const char *d = c ? strchr(digits, (int)c) : NULL;

			memset(s, 'A', sizeof s);
			s[at] = (uint8_t)c;
			memset(want, 0, sizeof want);
			for (unsigned bit = 0; d && bit < 6; bit++)
				if ((d - digits) >> (5 - bit) & 1)
					want[(6 * at + bit) / 8] |=
					    (uint8_t)(0x80 >> (6 * at + bit) % 8);
			check_err(ch_b64_parse_n(out, sizeof out, ch_span_of(s, sizeof s),
			    CH_B64_RAW), d ? CH_OK : CH_E_FORMAT);
			assert_memory_equal(out, want, sizeof out);
			good += d != NULL;
		}
		assert_int_equal(good, 64);
	}
}

/* ---- decimal ---- */

/* Every string of up to 4 characters over digits and their neighbours. */
static void test_dec_exhaustive(void **state)
{
	static const char a[] = "0129/:+- ";
	unsigned good = 0;

	(void)state;
	for (unsigned n = 0; n <= 4; n++) {
		unsigned total = 1;

		for (unsigned i = 0; i < n; i++)
			total *= 9;
		for (unsigned code = 0; code < total; code++) {
			char s[5] = { 0 }, back[8];
			uint64_t v = 77;

			for (unsigned i = 0, c = code; i < n; i++, c /= 9)
				s[i] = a[c % 9];
			if (ch_dec_parse(&v, ch_span_of(s, n), UINT64_MAX) != CH_OK) {
				assert_int_equal(v, 0);
				continue;
			}
			struct ch_wr w = ch_wr_of(back, sizeof back);

			ch_dec_put(&w, v);
			assert_true(ch_span_eq(ch_wr_span(&w), ch_span_of(s, n)));
			good++;
		}
	}
	assert_int_equal(good, 4 + 3 * 4 + 3 * 16 + 3 * 64);
}

static void test_dec_limits(void **state)
{
	static const uint64_t max[] = { 0, 1, 9, 10, 99, 100, 255, UINT64_MAX - 1, UINT64_MAX };
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(max); i++) {
		char s[32];

		snprintf(s, sizeof s, "%llu", (unsigned long long)max[i]);
		check_ok(ch_dec_parse(&v, ch_span_str(s), max[i]));
		assert_true(v == max[i]);
		if (max[i] > 0)
			check_err(ch_dec_parse(&v, ch_span_str(s), max[i] - 1), CH_E_LIMIT);
		assert_true(max[i] == 0 || v == 0);
		snprintf(s, sizeof s, "%llu0", (unsigned long long)max[i]);
		if (max[i] > 0)
			check_err(ch_dec_parse(&v, ch_span_str(s), max[i]), CH_E_LIMIT);
	}
	check_err(ch_dec_parse(&v, CH_LIT("18446744073709551616"), UINT64_MAX), CH_E_LIMIT);
	check_err(ch_dec_parse(&v, CH_LIT("99999999999999999999999"), UINT64_MAX), CH_E_LIMIT);
	check_err(ch_dec_parse(&v, CH_LIT("00"), UINT64_MAX), CH_E_FORMAT);
}

static void test_dec_fixed(void **state)
{
	uint8_t b[24];
	struct ch_wr w = ch_wr_of(b, sizeof b);

	(void)state;
	ch_dec_put_fixed(&w, 7, 4);
	ch_dec_put_fixed(&w, 1234, 4);
	check_span(ch_wr_span(&w), "00071234");
	w = ch_wr_of(b, sizeof b);
	ch_dec_put(&w, UINT64_MAX);
	check_span(ch_wr_span(&w), "18446744073709551615");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_b64_characters),
		cmocka_unit_test(test_b64_exhaustive),
		cmocka_unit_test(test_b64_round_trip),
		cmocka_unit_test(test_dec_exhaustive),
		cmocka_unit_test(test_dec_fixed),
		cmocka_unit_test(test_dec_limits),
		cmocka_unit_test(test_hex_exhaustive),
		cmocka_unit_test(test_hex_twins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
