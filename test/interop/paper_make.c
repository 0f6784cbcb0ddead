/*
 * Writes the published vectors of papers (doc/formats/vectors/paper/) into the folder given: one
 * small paper with fixed seeds, real and as an exercise. Test and interop scripts compare.
 */
#include <stdio.h>

#include "sample.h"

static struct sample s;
static uint8_t buf[1 << 17];

static void put(const char *dir, const char *set, const char *name, ch_span bytes, FILE *sums)
{
	char path[4096];
	ch_hash h;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s%s", dir, set, name);
	f = fopen(path, "wb");
	if (!f || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
	ch_sha256(&h, bytes);
	for (size_t i = 0; i < sizeof h.b; i++)
		fprintf(sums, "%02x", h.b[i]);
	fprintf(sums, "  %s%s\n", set, name);
}

static void put_set(const char *dir, const char *set, bool exercise, FILE *sums)
{
	ch_selection which = { .head = 1u << CH_H_ACT, .passage = { 1u << 4 }, .position = { 2 } };
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	ch_span statement;

	sample_make(&s, CH_LIT(SAMPLE_BODY), exercise, 0);
	statement = ch_span_str((const char *)s.statement);
	put(dir, set, "paper.txt", sample_txt(&s), sums);
	put(dir, set, "d.txt", statement, sums);
	put(dir, set, "signature", s.signature, sums);
	put(dir, set, "cover.txt", sample_cover(&s), sums);
	check_ok(ch_seeds_format(&w, &s.paper.head, &s.seeds));
	put(dir, set, "seeds", ch_wr_span(&w), sums);
	w = ch_wr_of(buf, sizeof buf);
	check_ok(ch_leaves_format(&w, &s.paper, &s.seeds, &which, &s.work));
	put(dir, set, "leaves.txt", ch_wr_span(&w), sums);
	w = ch_wr_of(buf, sizeof buf);
	sample_bundle(&w, &s);
	put(dir, set, "bundle.tar", ch_wr_span(&w), sums);
}

/* The outer archive around a stand-in for body.age, for tar alone. */
static void put_outer(const char *dir, FILE *sums)
{
	struct ch_wr out = ch_wr_of(buf, sizeof buf);
	struct ch_tar_writer w;

	ch_tar_writer_init(&w, sample_emit, &out);
	check_ok(ch_tar_writer_member(&w, CH_LIT("cover.txt"), sample_cover(&s)));
	check_ok(ch_tar_writer_member(&w, CH_LIT("body.age"), CH_LIT("age-encryption.org/v1\n")));
	check_ok(ch_tar_writer_finish(&w, ch_outer_size(s.n_cover, 22)));
	put(dir, "", "outer.tar", ch_wr_span(&out), sums);
}

int main(int argc, char **argv)
{
	char path[4096];
	FILE *sums;

	if (argc != 2 || ch_crypto_init() != CH_OK)
		return 2;
	snprintf(path, sizeof path, "%s/SHA256SUMS", argv[1]);
	sums = fopen(path, "wb");
	if (!sums)
		return 1;
	put_set(argv[1], "", false, sums);
	put_set(argv[1], "exercise-", true, sums);
	put_outer(argv[1], sums);
	return fclose(sums) == 0 ? 0 : 1;
}
