/*
 * The browser's tables of text against libutf8proc: every code point, every pair that composes, and
 * random text of those that interact.
 */
#include "check.h"

#include <stdbool.h>
#include <utf8proc.h>

enum { LAST = 0x10ffff };

static const utf8proc_option_t STEPS = UTF8PROC_DECOMPOSE | UTF8PROC_STABLE;

typedef struct { uint8_t category, combining_class; uint16_t decomp; } uni_property;

ptrdiff_t ch_uni_iterate(const uint8_t *in, ptrdiff_t n, int32_t *cp);
ptrdiff_t ch_uni_encode(int32_t cp, uint8_t *out);
const uni_property *ch_uni_property(int32_t cp);
ptrdiff_t ch_uni_decompose(int32_t cp, int32_t *out, ptrdiff_t cap, int options,
    const int *last);
ptrdiff_t ch_uni_compose(int32_t *buf, ptrdiff_t n, int options);

static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)seed * below >> 32);
}

static void test_every_code_point(void **state)
{
	(void)state;
	for (int32_t cp = 0; cp <= LAST; cp++) {
		const utf8proc_property_t *want = utf8proc_get_property(cp);
		const uni_property *got = ch_uni_property(cp);
		int32_t a[8], b[8];
		uint8_t x[4], y[4];
		int bound = 0;
		ptrdiff_t n = utf8proc_decompose_char(cp, a, 8, STEPS, &bound);

		assert_int_equal(got->category, want->category);
		assert_int_equal(got->combining_class, want->combining_class);
		assert_int_equal(ch_uni_decompose(cp, b, 8, STEPS, &bound), n);
		assert_memory_equal(a, b, (size_t)n * sizeof a[0]);
		assert_true(got->decomp == UINT16_MAX || n > 1 || a[0] != cp);
		n = utf8proc_encode_char(cp, x);
		assert_int_equal(ch_uni_encode(cp, y), n);
		assert_memory_equal(x, y, (size_t)n);
	}
}

/* Code points that compose with something, and some that do not. */
static int32_t *interesting(size_t *n)
{
	int32_t *all = malloc(sizeof *all * 20000);

	assert_non_null(all);
	*n = 0;
	for (int32_t cp = 0; cp <= LAST; cp++) {
		const utf8proc_property_t *p = utf8proc_get_property(cp);
		bool is_hangul = cp >= 0xac00 && cp <= 0xd7a3;

		if ((p->combining_class || p->comb_index != UINT16_MAX ||
		    (cp >= 0x1100 && cp <= 0x11ff) || (is_hangul && cp % 28 < 3)) && *n < 20000)
			all[(*n)++] = cp;
	}
	return all;
}

static void test_composing(void **state)
{
	size_t n;
	int32_t *all = interesting(&n);

	(void)state;
	for (unsigned round = 0; round < 400000; round++) {
		int32_t a[40], b[40];
		ptrdiff_t k = 0, m;

		for (uint32_t i = any(5) + 1; i > 0; i--) {
			int bound = 0;

			k += utf8proc_decompose_char(all[any((uint32_t)n)], a + k, 40 - k, STEPS,
			    &bound);
		}
		memcpy(b, a, sizeof a);
		m = utf8proc_normalize_utf32(a, k, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
		assert_int_equal(ch_uni_compose(b, k, UTF8PROC_COMPOSE | UTF8PROC_STABLE), m);
		assert_memory_equal(a, b, (size_t)m * sizeof a[0]);
	}
	for (int32_t cp = 0; cp <= LAST; cp++) { /* and every composite is found again */
		int32_t a[8], b[8];
		int bound = 0;
		ptrdiff_t k = utf8proc_decompose_char(cp, a, 8, STEPS, &bound), m;

		if (k < 2)
			continue;
		memcpy(b, a, sizeof a);
		m = utf8proc_normalize_utf32(a, k, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
		assert_int_equal(ch_uni_compose(b, k, UTF8PROC_COMPOSE | UTF8PROC_STABLE), m);
		assert_memory_equal(a, b, (size_t)m * sizeof a[0]);
	}
	free(all);
}

static void test_utf8(void **state)
{
	static const uint8_t edge[] = {
		0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
		0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff,
	};
	enum { E = sizeof edge };
	uint8_t in[4];

	(void)state;
	for (unsigned i = 0; i < E * E * E * E; i++)
		for (int n = 1; n <= 4; n++) {
			int32_t a = -1, b = -1;

			in[0] = edge[i % E];
			in[1] = edge[i / E % E];
			in[2] = edge[i / E / E % E];
			in[3] = edge[i / E / E / E];
			ptrdiff_t k = utf8proc_iterate(in, n, &a), m = ch_uni_iterate(in, n, &b);

			assert_true(k > 0 ? m == k && a == b : m <= 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_composing),
		cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
