/*
 * For the browser: the few functions of libutf8proc that core/text.c asks, under their names, over
 * tables that tools/unicode_tables.c wrote from the library itself. Same answers, held to it by
 * test/unit/test_checker_unicode.c. Only the folder of this file is on the include path there.
 */
#ifndef CH_CHECKER_UTF8PROC_H
#define CH_CHECKER_UTF8PROC_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t utf8proc_uint8_t;
typedef int32_t utf8proc_int32_t;
typedef ptrdiff_t utf8proc_ssize_t;

/* The library's numbers. */
typedef enum {
	UTF8PROC_CATEGORY_CN = 0,
	UTF8PROC_CATEGORY_LU = 1,
	UTF8PROC_CATEGORY_LO = 5,
	UTF8PROC_CATEGORY_ME = 8,
	UTF8PROC_CATEGORY_ZS = 23,
	UTF8PROC_CATEGORY_ZL = 24,
	UTF8PROC_CATEGORY_ZP = 25,
	UTF8PROC_CATEGORY_CC = 26,
	UTF8PROC_CATEGORY_CF = 27,
	UTF8PROC_CATEGORY_CS = 28,
	UTF8PROC_CATEGORY_CO = 29,
} utf8proc_category_t;

typedef enum {
	UTF8PROC_STABLE = 1 << 1,
	UTF8PROC_COMPOSE = 1 << 3,
	UTF8PROC_DECOMPOSE = 1 << 4,
} utf8proc_option_t;

typedef struct {
	uint8_t category, combining_class;
	uint16_t decomp_seqindex; /* UINT16_MAX: no canonical decomposition in the tables */
} utf8proc_property_t;

/* Other names for the linker, so that a test can hold both beside each other. */
#define utf8proc_iterate ch_uni_iterate
#define utf8proc_encode_char ch_uni_encode
#define utf8proc_category ch_uni_category
#define utf8proc_get_property ch_uni_property
#define utf8proc_decompose_char ch_uni_decompose
#define utf8proc_normalize_utf32 ch_uni_compose

/* A code point of at most n bytes; its length, or below 0. n > 0. */
utf8proc_ssize_t utf8proc_iterate(const uint8_t *in, utf8proc_ssize_t n, int32_t *cp);
utf8proc_ssize_t utf8proc_encode_char(int32_t cp, uint8_t *out);
utf8proc_category_t utf8proc_category(int32_t cp);
const utf8proc_property_t *utf8proc_get_property(int32_t cp);
/* Canonical decomposition, whole; how many there are, written only if they fit. */
utf8proc_ssize_t utf8proc_decompose_char(int32_t cp, int32_t *out, utf8proc_ssize_t cap,
    int options, const int *last_boundclass);
/* Canonical composition of what is decomposed and in order; in place; the new length. */
utf8proc_ssize_t utf8proc_normalize_utf32(int32_t *buf, utf8proc_ssize_t n, int options);

#endif
