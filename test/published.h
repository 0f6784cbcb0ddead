/*
 * Our published vectors, doc/formats/vectors/<folder>/: the same program makes them and holds the
 * code to them. `test_vectors_<x> write` writes the folder; without an argument every file is made
 * in memory, compared byte for byte with the one in the source tree, and the tests then read the
 * tree. A spare or a missing file fails.
 */
#ifndef CH_TEST_PUBLISHED_H
#define CH_TEST_PUBLISHED_H

#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "crypto.h"
#include "hex.h"
#include "wr.h"

#define PUB_UNUSED __attribute__((unused))

static struct {
	const char *folder;
	bool write;
	size_t n; /* files put */
	struct ch_wr sums;
	uint8_t sums_text[16384];
} pub_book;

/* The path of a file in the folder, in a buffer that the next call overwrites. */
static const char *pub_path(const char *name)
{
	static char path[4096];
	const char *root = getenv("CHANCERY_VECTORS");

	assert_non_null(root);
	assert_true(snprintf(path, sizeof path, "%s/%s/%s", root, pub_book.folder, name) < 4096);
	return path;
}

/* A published file, malloc'd, with a NUL behind it. */
static ch_span pub_read(const char *name)
{
	FILE *f = fopen(pub_path(name), "rb");
	uint8_t *p;
	long len;

	if (!f)
		fail_msg("no vector %s", pub_path(name));
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	len = ftell(f);
	assert_true(len >= 0 && fseek(f, 0, SEEK_SET) == 0);
	p = malloc((size_t)len + 1);
	assert_non_null(p);
	assert_int_equal(fread(p, 1, (size_t)len, f), (size_t)len);
	fclose(f);
	p[len] = 0;
	return ch_span_of(p, (size_t)len);
}

PUB_UNUSED static void pub_free(ch_span s)
{
	free((void *)(uintptr_t)s.p);
}

static void pub_write(const char *name, ch_span bytes)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s", pub_path(name));
	for (char *c = path + strlen(path) - strlen(name) - 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = 0;
		(void)mkdir(path, 0755);
		*c = '/';
	}
	f = fopen(path, "wb");
	if (!f)
		fail_msg("cannot write %s", path);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	assert_int_equal(fclose(f), 0);
}

/* One file of the folder. */
PUB_UNUSED static void pub_put(const char *name, ch_span bytes)
{
	ch_span there;

	pub_book.n++;
	if (pub_book.write) {
		pub_write(name, bytes);
		return;
	}
	there = pub_read(name);
	if (!ch_span_eq(there, bytes))
		fail_msg("%s is not what is made today", pub_path(name));
	pub_free(there);
}

/* The same, and its line in SHA256SUMS. */
PUB_UNUSED static void pub_put_summed(const char *name, ch_span bytes)
{
	ch_hash h;

	pub_put(name, bytes);
	ch_sha256(&h, bytes);
	ch_hex_put(&pub_book.sums, ch_span_of(h.b, sizeof h.b));
	ch_wr_str(&pub_book.sums, "  ");
	ch_wr_str(&pub_book.sums, name);
	ch_wr_str(&pub_book.sums, "\n");
}

PUB_UNUSED static void pub_put_sums(void)
{
	check_ok(ch_wr_done(&pub_book.sums));
	pub_put("SHA256SUMS", ch_wr_span(&pub_book.sums));
}

/* Files below a folder of ours, two folders deep at most by way of a list. */
static size_t pub_count(const char *root)
{
	static char todo[64][4096];
	size_t n = 0, n_todo = 1;

	assert_true(snprintf(todo[0], sizeof todo[0], "%s", root) < 4096);
	for (size_t i = 0; i < n_todo; i++) {
		DIR *d = opendir(todo[i]);
		const struct dirent *e;

		assert_non_null(d);
		while ((e = readdir(d)) != NULL) {
			struct stat st;

			if (e->d_name[0] == '.')
				continue;
			assert_true(n_todo < 64);
			assert_true(snprintf(todo[n_todo], sizeof todo[0], "%.2000s/%s", todo[i],
			    e->d_name) < 4096);
			assert_int_equal(stat(todo[n_todo], &st), 0);
			if (S_ISDIR(st.st_mode))
				n_todo++;
			else
				n++;
		}
		closedir(d);
	}
	return n;
}

/* After the last pub_put: so many files, and no other in the folder. */
PUB_UNUSED static void pub_all(size_t want)
{
	assert_int_equal(pub_book.n, want);
	assert_int_equal(pub_count(pub_path("")), want);
}

/* First line of main(). */
PUB_UNUSED static void pub_begin(const char *folder, int argc, char **argv)
{
	pub_book.folder = folder;
	pub_book.write = argc == 2 && strcmp(argv[1], "write") == 0;
	pub_book.sums = ch_wr_of(pub_book.sums_text, sizeof pub_book.sums_text);
	if (ch_crypto_init() != CH_OK || !getenv("CHANCERY_VECTORS"))
		exit(1);
}

/* The words by which vectors say a verdict: those of CCTV where it has one. */
static inline const char *pub_expect(ch_err e)
{
	switch (e) {
	case CH_OK: return "success";
	case CH_E_TRUNCATED: return "truncated";
	case CH_E_FORMAT: return "format failure";
	case CH_E_LIMIT: return "limit";
	case CH_E_AUTH: return "auth failure";
	case CH_E_ABSENT: return "no match";
	default: return "?";
	}
}

#endif
