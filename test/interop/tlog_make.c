/*
 * Write a log of ours as files, for other programs to read: tlog_make DIR N [STEP]. Entries are
 * made by the rule of entries from numbered salts; every STEP-th entry gets a proof in DIR/proofs.
 * Prints the vkey. Keys are test keys.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "tlog.h"

#include "entry.h"
#include "proof.h"
#include "tile.h"

#define MOST 70000

static ch_hash entries[MOST], leaves[MOST];

static void write_file(const char *dir, ch_span path, ch_span bytes)
{
	char name[1024];

	snprintf(name, sizeof name, "%s/%.*s", dir, (int)path.n, (const char *)path.p);
	for (char *c = name + strlen(dir) + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = 0;
		(void)mkdir(name, 0777);
		*c = '/';
	}
	FILE *f = fopen(name, "wb");
	if (!f || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0) {
		perror(name);
		exit(1);
	}
}

static ch_err fetch(void *ctx, unsigned level, uint64_t index, ch_hash *out)
{
	(void)ctx;
	ch_merkle_root(out, &leaves[index << level], (size_t)1 << level);
	return CH_OK;
}

static void write_tile(const char *dir, const ch_tile *t)
{
	static uint8_t buf[CH_TILE_WIDTH * 34];
	uint8_t path[CH_TILE_PATH_MAX];
	struct ch_wr w = ch_wr_of(buf, sizeof buf), p = ch_wr_of(path, sizeof path);

	for (unsigned i = 0; i < t->width; i++) {
		uint64_t at = t->index * CH_TILE_WIDTH + i;
		ch_hash h;

		if (t->entries) {
			ch_bundle_put(&w, ch_span_of(entries[at].b, CH_ENTRY_SIZE));
			continue;
		}
		(void)fetch(NULL, 8u * t->level, at, &h);
		ch_wr_put(&w, ch_span_of(h.b, sizeof h.b));
	}
	ch_tile_put(&p, t);
	write_file(dir, ch_wr_span(&p), ch_wr_span(&w));
}

static void write_proof(const char *dir, size_t i, size_t n, ch_span checkpoint)
{
	static uint8_t buf[8192];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	ch_hash path[CH_MERKLE_PROOF_MAX];
	ch_salt salt = { { 0 } };
	char name[64];
	size_t k;

	tlog_entry(salt.b, (uint32_t)i);
	if (ch_merkle_prove_inclusion(path, &k, i, n, fetch, NULL) != CH_OK)
		exit(1);
	ch_proof_put(&w, ch_span_of(salt.b, sizeof salt.b), i, path, k, checkpoint);
	snprintf(name, sizeof name, "proofs/%zu.proof", i);
	write_file(dir, ch_span_str(name), ch_wr_span(&w));
}

int main(int argc, char **argv)
{
	unsigned long n = argc > 2 ? strtoul(argv[2], NULL, 10) : MOST + 1;
	unsigned long step = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	uint8_t buf[1024], key[CH_VKEY_MAX];
	struct ch_wr w = ch_wr_of(buf, sizeof buf), k = ch_wr_of(key, sizeof key);
	ch_checkpoint cp = { .origin = CH_LIT("registry.example/log"), .size = n };
	struct ch_edsecret sec;
	struct ch_tile_walk walk;
	ch_tile t;
	ch_vkey log;

	if (n > MOST || ch_crypto_init() != CH_OK)
		return 2;
	for (uint32_t i = 0; i < n; i++) {
		ch_salt salt = { { 0 } };

		tlog_entry(salt.b, i);
		ch_entry_make(&entries[i], &salt, CH_LIT("statement\n"), true);
		ch_merkle_leaf(&leaves[i], ch_span_of(entries[i].b, CH_ENTRY_SIZE));
	}
	(void)mkdir(argv[1], 0777);
	ch_tile_walk_init(&walk, 0, n);
	while (ch_tile_walk_next(&t, &walk))
		write_tile(argv[1], &t);
	tlog_vkey(&log, &sec, "registry.example/log", CH_VKEY_ED25519, 1);
	ch_merkle_root(&cp.root, leaves, n);
	ch_checkpoint_sign(&w, &cp, &sec);
	write_file(argv[1], CH_LIT("checkpoint"), ch_wr_span(&w));
	for (size_t i = 0; step > 0 && i < n; i += step)
		write_proof(argv[1], i, n, ch_wr_span(&w));
	ch_vkey_put(&k, &log);
	printf("%.*s\n", (int)k.n, (const char *)key);
	return ch_wr_done(&k) == CH_OK ? 0 : 1;
}
