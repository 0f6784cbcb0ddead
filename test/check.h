/* What every test file of ours starts with: cmocka and a few words on ch_err and spans. */
#ifndef CH_TEST_CHECK_H
#define CH_TEST_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "err.h"
#include "span.h"

#define check_ok(e) assert_int_equal((e), CH_OK)
#define check_err(e, want) assert_int_equal((e), (want))
#define check_span(s, lit) assert_true(ch_span_eq((s), CH_LIT(lit)))

/* True if all bytes are zero: the promise of outputs after an error. */
static inline int check_is_zero(const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		if (b[i] != 0)
			return 0;
	return 1;
}

/* A new folder, where TMPDIR says: `out` holds at least 64 bytes. */
static inline void check_folder(char *out, size_t n, const char *name)
{
	const char *in = getenv("TMPDIR");

	int k = snprintf(out, n, "%s/chancery-%s-XXXXXX", in ? in : "/tmp", name);

	assert_in_range(k, 1, n - 1);
	assert_non_null(mkdtemp(out));
}

/* A copy of exactly n bytes in its own allocation, so that a sanitizer sees the byte behind. */
static inline uint8_t *check_copy(const void *p, size_t n)
{
	uint8_t *c = malloc(n ? n : 1);

	assert_non_null(c);
	if (n)
		memcpy(c, p, n);
	return c;
}

#endif
