/*
 * Small files: many of 2 KiB, each to three hybrid recipients, sealed and opened in memory by one
 * handle; recipients are made ready and identities expanded once. By CPU time, medians of five
 * runs, one thread.
 * Usage: bench_small [files a run, default 10000]
 */
#include <string.h>

#include "bench.h"
#include "dec.h"
#include "seal.h"

enum { TO = 3, SIZE = 2048, KEPT = 64 };

static struct ch_seal seal;
static struct ch_open handle;
static struct ch_age_identity id[TO];
static ch_age_ready ready[TO];
static const ch_age_ready *const to[TO] = { &ready[0], &ready[1], &ready[2] };
static struct ch_secret64 wrap[TO];
static struct ch_seal_random fresh = { .wrap = wrap };
static uint8_t text[SIZE], box[SIZE + CH_AEAD_TAG], back[CH_AGE_CHUNK];

/* What opening goes through in turn. */
static uint8_t file[KEPT][16384];
static size_t head[KEPT], size[KEPT];

/* Randomness as it would be, and none of its cost: it is not ours. */
static void renew(size_t i)
{
	uint64_t n = i + 1;

	for (unsigned k = 0; k < TO; k++) {
		memcpy(wrap[k].b, &n, sizeof n);
		memcpy(&wrap[k].b[32], &n, sizeof n);
	}
	memcpy(fresh.file_key.b, &n, sizeof n);
	memcpy(fresh.nonce, &n, sizeof n);
}

static size_t seal_one(uint8_t *out, size_t cap, size_t *header, size_t i)
{
	struct ch_wr w = ch_wr_of(out, cap);
	size_t n;

	renew(i);
	bench_need(ch_seal_start_ready(&seal, &w, to, TO, &fresh) == CH_OK, "seal");
	*header = w.n - CH_AGE_NONCE;
	bench_need(ch_seal_chunk(&seal, box, &n, ch_span_of(text, sizeof text), true) == CH_OK,
	    "seal");
	ch_wr_put(&w, ch_span_of(box, n));
	bench_need(ch_wr_done(&w) == CH_OK, "seal");
	return w.n;
}

static void open_one(size_t which, size_t i)
{
	const struct ch_open_keys keys = { .ids = &id[which], .ready = &ready[which].m,
		.n_ids = 1 };
	const uint8_t *p = file[i % KEPT];
	size_t n, h, seen = 0, n_all = size[i % KEPT];
	struct ch_file_key key;

	bench_need(ch_age_header_find(&h, &seen, ch_span_of(p, n_all)) == CH_OK &&
	    h == head[i % KEPT] &&
	    ch_open_start(&handle, &key, ch_span_of(p, h), &p[h], &keys) == CH_OK &&
	    ch_open_chunk(&handle, back, &n, ch_span_of(&p[h + CH_AGE_NONCE],
		n_all - h - CH_AGE_NONCE)) == CH_OK && n == SIZE &&
	    ch_open_finish(&handle) == CH_OK, "open");
}

static void run_seal(size_t i)
{
	static uint8_t out[16384];
	size_t h;

	(void)seal_one(out, sizeof out, &h, i);
}

static void run_first(size_t i)
{
	open_one(0, i);
}

static void run_any(size_t i)
{
	open_one(i % TO, i);
}

static void measure(const char *what, void (*op)(size_t i), size_t n)
{
	double rate[BENCH_RUNS], begun;

	for (int run = 0; run < BENCH_RUNS; run++) {
		begun = bench_cpu();
		for (size_t i = 0; i < n; i++)
			op(i);
		rate[run] = (double)n / (bench_cpu() - begun);
	}
	bench_row(what, bench_quantile(rate, BENCH_RUNS, 0.5), "files/s", NULL, 0);
}

int main(int argc, char **argv)
{
	uint64_t n = 10000;

	bench_need(argc < 2 || ch_dec_parse(&n, ch_span_str(argv[1]), 1000000) == CH_OK,
	    "usage: bench_small [files]");
	bench_need(ch_crypto_init() == CH_OK && ch_seal_init(&seal) == CH_OK &&
	    ch_open_init(&handle) == CH_OK, "begin");
	memset(text, 'x', sizeof text);
	for (unsigned i = 0; i < TO; i++) {
		const struct ch_secret32 seed = { { (uint8_t)(i + 1) } };

		bench_need(ch_age_identity_make(&id[i], CH_AGE_HYBRID, &seed) == CH_OK &&
		    ch_age_ready_make(&ready[i], &id[i].recipient) == CH_OK, "key");
	}
	for (size_t i = 0; i < KEPT; i++)
		size[i] = seal_one(file[i], sizeof file[i], &head[i], i);
	measure("small files, seal: 2 KiB to 3 hybrid recipients", run_seal, (size_t)n);
	measure("small files, open by the first stanza", run_first, (size_t)n);
	measure("small files, open, average of the three", run_any, (size_t)n);
	ch_seal_deinit(&seal);
	ch_open_deinit(&handle);
	return 0;
}
