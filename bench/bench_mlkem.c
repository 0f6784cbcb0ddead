/*
 * ML-KEM-768: microseconds a key pair, an encapsulation and a decapsulation, from bytes to bytes,
 * every check made each time. Medians of five runs, one thread.
 * Usage: bench_mlkem [operations a run, default 2000]
 */
#include "bench.h"
#include "dec.h"
#include "mlkem.h"

static ch_mlkem_ek ek;
static struct ch_mlkem_dk dk;
static ch_mlkem_ct ct;
static struct ch_secret64 seed = { { 1 } };
static struct ch_secret32 m = { { 2 } }, sent, got;

static bool keygen(void)
{
	return ch_mlkem_keygen_derand(&ek, &dk, &seed) == CH_OK;
}

static bool encaps(void)
{
	return ch_mlkem_encaps_derand(&ct, &sent, &ek, &m) == CH_OK;
}

static bool decaps(void)
{
	return ch_mlkem_decaps(&got, &dk, &ct) == CH_OK && memcmp(&sent, &got, 32) == 0;
}

static void measure(const char *what, bool (*op)(void), size_t n)
{
	double took[BENCH_RUNS], begun;

	for (int run = 0; run < BENCH_RUNS; run++) {
		begun = bench_now();
		for (size_t i = 0; i < n; i++)
			bench_need(op(), what);
		took[run] = (bench_now() - begun) / (double)n * 1e6;
	}
	bench_row(what, bench_quantile(took, BENCH_RUNS, 0.5), "us", NULL, 0);
}

int main(int argc, char **argv)
{
	uint64_t n = 2000;

	bench_need(argc < 2 || ch_dec_parse(&n, ch_span_str(argv[1]), 1000000) == CH_OK,
	    "usage: bench_mlkem [operations]");
	bench_need(ch_crypto_init() == CH_OK, "crypto");
	measure("ML-KEM-768 keygen", keygen, (size_t)n);
	measure("ML-KEM-768 encaps", encaps, (size_t)n);
	measure("ML-KEM-768 decaps", decaps, (size_t)n);
	return 0;
}
