/*
 * Reading third-party test vectors from the folder in CHANCERY_SHARED, for tests only.
 *
 * A folder that is absent is never a pass: with CI=true a failure, else a skip by name (exit 77,
 * Meson's word for it). A test counts what it ran and compares with what it expected.
 */
#ifndef CH_TEST_VECTORS_H
#define CH_TEST_VECTORS_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hex.h"
#include "span.h"

#define VEC_UNUSED __attribute__((unused))

/* The path of vectors/<rel>, in a buffer that the next call overwrites. */
VEC_UNUSED static const char *vec_path(const char *rel)
{
	static char path[4096];
	const char *root = getenv("CHANCERY_SHARED");

	snprintf(path, sizeof path, "%s/vectors/%s", root ? root : "../shared", rel);
	return path;
}

/* First line of main(): leave unless the folder or file is there. */
VEC_UNUSED static void vec_require(const char *rel)
{
	const char *ci = getenv("CI");
	struct stat st;

	if (stat(vec_path(rel), &st) == 0)
		return;
	printf("SKIP %s: no such vectors at %s\n", rel, vec_path(rel));
	exit(ci && strcmp(ci, "true") == 0 ? 1 : 77);
}

/* Say that a case is left out, and why; the caller counts. */
VEC_UNUSED static void vec_skip(const char *name, const char *why)
{
	printf("skip %s: %s\n", name, why);
}

/* A whole file, malloc'd, with a NUL behind it; exits when it cannot be read. */
VEC_UNUSED static uint8_t *vec_read(size_t *n, const char *rel)
{
	FILE *f = fopen(vec_path(rel), "rb");
	uint8_t *p = NULL;
	long len = -1;

	if (f && fseek(f, 0, SEEK_END) == 0 && (len = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0)
		p = malloc((size_t)len + 1);
	if (!p || fread(p, 1, (size_t)len, f) != (size_t)len) {
		printf("cannot read %s: %s\n", vec_path(rel), strerror(errno));
		exit(1);
	}
	fclose(f);
	p[len] = 0;
	*n = (size_t)len;
	return p;
}

/* Bytes of a hexadecimal string, malloc'd (never NULL); exits when it is not lower-case hex. */
VEC_UNUSED static uint8_t *vec_hex(size_t *n, const char *text)
{
	size_t len = strlen(text);
	uint8_t *p = malloc(len / 2 + 1);

	if (!p || ch_hex_parse(p, len / 2, ch_span_of(text, len)) != CH_OK) {
		printf("not hexadecimal: %.40s\n", text);
		exit(1);
	}
	*n = len / 2;
	return p;
}

#endif
