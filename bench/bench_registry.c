/*
 * A registry under load: two parties of one delegate, many talks, one connection each; every
 * message is made beforehand. Beside it what the same disk gives SQLite in WAL mode with a full
 * flush a commit.
 *
 * Usage: bench_registry DIR PORT PID TALKS SUBMISSIONS DELIVERIES
 *   DIR, PORT, PID  of a running, new registry named register.example
 *   the last two are counts for each talks
 */
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "dec.h"
#include "hex.h"
#include "messages.h"
#include "pair.h"
#include "rng.h"
#include "setting.h"

static struct world w;
static struct messages m;
static size_t n_lines;
static uint16_t port;
static unsigned long pid;

static void write_delivery(struct load_ask out[KINDS], struct world_delivery *d)
{
	messages_of_author(out, &m, d);
	messages_of_addressee(out, &m, d);
}

/* ---- the runs ---- */

/* A row, and how many requests were in flight. */
static void row(const char *what, double ours, const char *unit, double raw)
{
	char name[128];

	(void)snprintf(name, sizeof name, "registry, %zu in flight: %s", n_lines, what);
	bench_row(name, ours, unit, raw > 0 ? "SQLite WAL, one row a commit" : NULL, raw);
}

static uint64_t metric(const char *name)
{
	size_t mark = w.used;
	ch_span all = setting_ask(&w, "GET", "/metrics", (ch_span){ 0 }, 200);
	const char *at = memmem(all.p, all.n, name, strlen(name));
	uint64_t v = at ? strtoull(at + strlen(name), NULL, 10) : 0;

	w.used = mark;
	return v;
}

/* Latencies of one kind (or all: KINDS), in ms. */
static size_t latencies(double *out, const struct load_line *line, size_t n, unsigned kind)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < line[i].n; j++)
			if (kind == KINDS || line[i].ask[j].kind == kind)
				out[k++] = 1e3 * (line[i].ask[j].to - line[i].ask[j].from);
	return k;
}

static void latency_rows(const char *what, const struct load_line *line, size_t n, unsigned kind)
{
	char name[128];
	size_t all = 0, k;
	double *v;

	for (size_t i = 0; i < n; i++)
		all += line[i].n;
	v = malloc(all * sizeof *v);
	bench_need(v != NULL, "no memory");
	k = latencies(v, line, n, kind);
	(void)snprintf(name, sizeof name, "%s, p50", what);
	row(name, bench_quantile(v, k, 0.5), "ms", 0);
	(void)snprintf(name, sizeof name, "%s, p99", what);
	row(name, bench_quantile(v, k, 0.99), "ms", 0);
	free(v);
}

/* Take kinds from..to of deliveries first..first+n of each talks as its line. */
static void cut(struct load_line *line, struct load_ask (*all)[KINDS], size_t talks, size_t each,
    size_t first, size_t n, unsigned from, unsigned to)
{
	for (size_t t = 0; t < talks; t++) {
		struct load_line *l = &line[t];

		free(l->ask);
		*l = (struct load_line){ .ask = calloc(n * KINDS, sizeof *l->ask) };
		bench_need(l->ask != NULL, "no memory");
		for (size_t i = 0; i < n; i++)
			for (unsigned k = from; k <= to; k++)
				l->ask[l->n++] = all[t * each + first + i][k];
	}
}

/* Commits a second of one row of a kibibyte, beside the registry's own folder. */
static double sqlite_rate(const char *dir)
{
	static const char row[1024];
	char path[512];
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	double start, took;
	unsigned n = 0;

	(void)snprintf(path, sizeof path, "%s/../bench.sqlite", dir);
	(void)unlink(path);
	bench_need(sqlite3_open(path, &db) == SQLITE_OK &&
		sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
				 "PRAGMA wal_autocheckpoint=0;"
				 "CREATE TABLE t(k INTEGER PRIMARY KEY, v BLOB)",
		    NULL, NULL, NULL) == SQLITE_OK &&
		sqlite3_prepare_v2(db, "INSERT INTO t(v) VALUES(?)", -1, &q, NULL) == SQLITE_OK &&
		sqlite3_bind_blob(q, 1, row, sizeof row, SQLITE_STATIC) == SQLITE_OK,
	    "no SQLite beside");
	start = bench_now();
	do {
		bench_need(sqlite3_step(q) == SQLITE_DONE && sqlite3_reset(q) == SQLITE_OK,
		    "a commit failed");
		n++;
		took = bench_now() - start;
	} while (took < 2);
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
	(void)unlink(path);
	return n / took;
}

struct counts {
	uint64_t entries, batches;
	double cpu; /* seconds of the registry's process */
};

static double cpu_now(void)
{
	char path[64], text[1024] = { 0 };
	const char *at;
	unsigned long user = 0, system = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%lu/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	at = fgets(text, sizeof text, f);
	(void)fclose(f);
	at = strrchr(text, ')');
	if (!at || sscanf(at, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		&system) != 2)
		return 0;
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static struct counts counts(void)
{
	return (struct counts){ metric("\nchancery_register_entries "),
		metric("\nchancery_batches_total "), cpu_now() };
}

static void cpu_row(const char *what, struct counts before, double n)
{
	row(what, 1e6 * (counts().cpu - before.cpu) / n, "us", 0);
}

static void batch_row(const char *what, struct counts before, double ops)
{
	struct counts after = counts();

	row(what, ops / (double)(after.batches - before.batches), "a flush", 0);
}

static void run(const char *dir, struct load_ask (*all)[KINDS], size_t talks, size_t subs,
    size_t dels)
{
	struct load_line *line = calloc(talks, sizeof *line);
	size_t each = subs + dels;
	double raw = sqlite_rate(dir), took, n;
	struct counts before;

	bench_need(line != NULL, "no memory");
	cut(line, all, talks, each, 0, each, PUT, PUT);
	n = (double)(talks * each);
	took = load_run(line, talks, port);
	row("envelopes of 17 KiB taken, each flushed", n / took, "/s", raw);
	cut(line, all, talks, each, 0, subs, SUBMIT, SUBMIT);
	n = (double)(talks * subs);
	before = counts();
	took = load_run(line, talks, port);
	row("submissions", n / took, "/s", raw);
	latency_rows("a submission", line, talks, KINDS);
	batch_row("submissions in a batch", before, n);
	cpu_row("a submission, CPU time", before, n);
	cut(line, all, talks, each, subs, dels, SUBMIT, RECEIPT);
	n = (double)(talks * dels);
	before = counts();
	took = load_run(line, talks, port);
	row("whole deliveries (submit, notice, handover)", n / took, "/s", raw);
	latency_rows("a receipt", line, talks, RECEIPT);
	batch_row("writes in a batch", before, 3 * n);
	cpu_row("a whole delivery, CPU time", before, n);
	bench_need(counts().entries - before.entries == (uint64_t)(3 * n), "entries are missing");
	for (size_t t = 0; t < talks; t++)
		free(line[t].ask);
	free(line);
}

static uint64_t number(const char *s, uint64_t max)
{
	uint64_t v;

	bench_need(ch_dec_parse(&v, ch_span_str(s), max) == CH_OK && v, "a number is wanted");
	return v;
}

int main(int argc, char **argv)
{
	static struct world_delivery d;
	struct load_ask (*all)[KINDS];
	size_t talks, subs, dels;
	int64_t start = (int64_t)time(NULL) - 3600;

	bench_need(argc == 7, "usage: bench_registry DIR PORT PID TALKS SUBMISSIONS DELIVERIES");
	port = (uint16_t)number(argv[2], UINT16_MAX);
	pid = (unsigned long)number(argv[3], INT32_MAX);
	n_lines = talks = (size_t)number(argv[4], 512);
	subs = (size_t)number(argv[5], 10000);
	dels = (size_t)number(argv[6], 10000);
	messages_meet(&m, &w, argv[1], port);
	all = calloc(talks * (subs + dels), sizeof *all);
	bench_need(all != NULL, "no memory");
	world_paper(&w, &d, w.party[1].handle, NULL);
	for (size_t t = 0; t < talks; t++) {
		messages_talks(&m, start + (int64_t)t);
		d.pair = (ch_ref){ 0 };
		for (size_t i = 0; i < subs + dels; i++)
			write_delivery(all[t * (subs + dels) + i], &d);
	}
	run(argv[1], all, talks, subs, dels);
	for (size_t i = 0; i < talks * (subs + dels); i++)
		for (unsigned k = 0; k < KINDS; k++)
			load_free(&all[i][k]);
	free(all);
	setting_part(&w);
	return 0;
}
