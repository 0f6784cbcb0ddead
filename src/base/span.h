/*
 * A borrowed view of bytes. It never owns; it is valid while what it points into lives.
 * p may be NULL only with n = 0.
 */
#ifndef CH_SPAN_H
#define CH_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
	const uint8_t *p;
	size_t n;
} ch_span;

/* A string literal as a span, without its NUL. */
#define CH_LIT(s) ((ch_span){ (const uint8_t *)("" s), sizeof(s) - 1 })

static inline ch_span ch_span_of(const void *p, size_t n)
{
	return (ch_span){ p, n };
}

static inline ch_span ch_span_str(const char *s)
{
	return (ch_span){ (const uint8_t *)s, strlen(s) };
}

/* Variable time: for public data only. Secrets go through ch_ct_equal(). */
static inline bool ch_span_eq(ch_span a, ch_span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Order by bytes, then by length: -1, 0 or 1. Public data only. */
static inline int ch_span_cmp(ch_span a, ch_span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c == 0)
		return (a.n > b.n) - (a.n < b.n);
	return c < 0 ? -1 : 1;
}

#endif
