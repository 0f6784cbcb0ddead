/*
 * What the judges of the core take for one delivery record and one extract, in microseconds, beside
 * as many bare Ed25519 verifications as there are signatures under what they judge.
 */
#include "bench.h"
#include "world.h"

static struct world w;
static struct world_delivery d;
static ch_part part[32];
static size_t n_part, n_each;
static struct ch_delivery_work delivery_work;
static struct ch_extract_work extract_work;

static void judge_record(void)
{
	ch_evidence ev = { part, n_part, w.exercise, &w.trust };
	ch_delivery x;

	check_ok(ch_delivery_judge(&x, &delivery_work, &ev, NULL));
	bench_need(x.state == CH_STATE_DELIVERED && x.findings == 0, "no delivery");
}

static void judge_extract(void)
{
	ch_evidence ev = { part, n_part, w.exercise, &w.trust };
	ch_extract x;

	check_ok(ch_extract_judge(&x, &extract_work, &ev, NULL));
	bench_need(x.delivered, "no extract");
}

static void verify_raw(void)
{
	static const uint8_t text[512] = { 'x' };
	static ch_sig sig;
	static bool signed_;

	if (!signed_)
		ch_ed25519_sign(&sig, ch_span_of(text, sizeof text), &w.registry.secret);
	signed_ = true;
	check_ok(ch_ed25519_verify(&sig, ch_span_of(text, sizeof text), &w.registry.vkey.key));
}

/* Microseconds a call, median of the runs. */
static double time_of(void (*run)(void))
{
	double v[BENCH_RUNS];

	for (unsigned r = 0; r < BENCH_RUNS; r++) {
		double from = bench_now();

		for (size_t i = 0; i < n_each; i++)
			run();
		v[r] = 1e6 * (bench_now() - from) / (double)n_each;
	}
	return bench_quantile(v, BENCH_RUNS, 0.5);
}

/* Lines that begin with an em dash, and the enrolment proofs of rosters. */
static size_t signatures(void)
{
	size_t n = 0;

	for (size_t i = 0; i < n_part; i++) {
		struct ch_rd r = ch_rd_of(part[i].bytes), name = ch_rd_of(part[i].name);

		if (ch_rd_starts(&name, CH_LIT("roster.")))
			n += 3u * WORLD_DELEGATES;
		while (!ch_rd_at_end(&r) && r.err == CH_OK) {
			n += ch_rd_starts(&r, CH_LIT("\xe2\x80\x94 "));
			(void)ch_rd_until(&r, '\n');
		}
	}
	return n;
}

static void row(const char *what, void (*run)(void), double raw)
{
	char peer[64];
	size_t n = signatures();

	(void)snprintf(peer, sizeof peer, "libsodium, %zu bare verifications", n);
	bench_row(what, time_of(run), "us", peer, raw * (double)n);
}

int main(int argc, char **argv)
{
	ch_selection shown = ch_selection_cover();
	double raw;

	for (uint32_t i = 0; i < 2; i++)
		ch_selection_add(&shown, CH_LEAF_PASSAGE, i);
	n_each = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	bench_need(n_each > 0, "usage: bench_verify [TIMES]");
	world_start(&w, false);
	world_deliver(&w, &d);
	raw = time_of(verify_raw);
	bench_row("verify: one bare signature", raw, "us", NULL, 0);
	n_part = world_record(part, &w, &d, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, w.now + 60);
	row("verify: one delivery record", judge_record, raw);
	n_part = world_extract(part, &w, &d, world_leaves(&w, &d, &shown), true);
	row("verify: one extract with its delivery", judge_extract, raw);
	world_stop(&w);
	return 0;
}
