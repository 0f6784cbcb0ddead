/*
 * A registry under load: two parties of one delegate, many talks, one connection each; every
 * message is made beforehand. Beside it what the same disk gives SQLite in WAL mode with a full
 * flush a commit.
 *
 * Usage: bench_registry DIR PORT PID TALKS SUBMISSIONS DELIVERIES
 *   DIR, PORT, PID  of a running, new registry named register.example
 *   the last two are counts for each talks; of deliveries so many are run without the envelope
 *   being fetched, and so many with it and its notice
 */
#include <sqlite3.h>
#include <string.h>
#include <time.h>
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

/* All that is there: each talks has `each` deliveries. */
struct stock {
	struct load_ask (*all)[KINDS];
	size_t talks, each;
};

/* Take these kinds (a set of bits) of deliveries first..first+n of each talks as its line. */
static void cut(struct load_line *line, const struct stock *s, size_t first, size_t n,
    unsigned kinds)
{
	for (size_t t = 0; t < s->talks; t++) {
		struct load_line *l = &line[t];

		free(l->ask);
		*l = (struct load_line){ .ask = calloc(n * KINDS, sizeof *l->ask) };
		bench_need(l->ask != NULL, "no memory");
		for (size_t i = 0; i < n; i++)
			for (unsigned k = 0; k < KINDS; k++)
				if (kinds >> k & 1)
					l->ask[l->n++] = s->all[t * s->each + first + i][k];
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
	double cpu, load; /* seconds of the registry's process, and of this one */
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
		metric("\nchancery_batches_total "), cpu_now(), (double)clock() / CLOCKS_PER_SEC };
}

/* Run n things of `per` writes each, a latency of whose last kind is told. */
static void measure(const char *what, struct load_line *line, size_t talks, double n, double per,
    unsigned last, double raw)
{
	struct counts before = counts(), after;
	double took = load_run(line, talks, port);

	after = counts();
	row(what, n / took, "/s", raw);
	latency_rows(last == RECEIPT ? "a receipt of them" : "one of them", line, talks, last);
	row("their writes in a batch", per * n / (double)(after.batches - before.batches),
	    "a flush", 0);
	row("CPU time of one", 1e6 * (after.cpu - before.cpu) / n, "us", 0);
	row("CPU time of the load for it", 1e6 * (after.load - before.load) / n, "us", 0);
	bench_need(after.entries - before.entries == (uint64_t)(per * n), "entries are missing");
}

static void run(const char *dir, const struct stock *s, size_t subs, size_t dels)
{
	const unsigned deliver = 1u << SUBMIT | 1u << RECEIPT;
	struct load_line *line = calloc(s->talks, sizeof *line);
	double raw = sqlite_rate(dir), talks = (double)s->talks;

	bench_need(line != NULL, "no memory");
	cut(line, s, 0, s->each, 1u << PUT);
	row("envelopes of 17 KiB taken, each flushed",
	    talks * (double)s->each / load_run(line, s->talks, port), "/s", raw);
	cut(line, s, 0, subs, 1u << SUBMIT);
	measure("submissions", line, s->talks, talks * (double)subs, 1, SUBMIT, raw);
	cut(line, s, subs, dels, deliver);
	measure("deliveries (submit, sign for, handover)", line, s->talks, talks * (double)dels, 2,
	    RECEIPT, raw);
	cut(line, s, subs + dels, dels, deliver | 1u << FETCH);
	measure("deliveries with the envelope fetched and its notice", line, s->talks,
	    talks * (double)dels, 3, RECEIPT, raw);
	for (size_t t = 0; t < s->talks; t++)
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
	struct stock s;
	size_t subs, dels;
	int64_t start = (int64_t)time(NULL) - 3600;

	bench_need(argc == 7, "usage: bench_registry DIR PORT PID TALKS SUBMISSIONS DELIVERIES");
	port = (uint16_t)number(argv[2], UINT16_MAX);
	pid = (unsigned long)number(argv[3], INT32_MAX);
	n_lines = s.talks = (size_t)number(argv[4], 512);
	subs = (size_t)number(argv[5], 10000);
	dels = (size_t)number(argv[6], 10000);
	s.each = subs + 2 * dels;
	messages_meet(&m, &w, argv[1], port);
	s.all = calloc(s.talks * s.each, sizeof *s.all);
	bench_need(s.all != NULL, "no memory");
	world_paper(&w, &d, w.party[1].handle, NULL);
	for (size_t t = 0; t < s.talks; t++) {
		messages_talks(&m, start + (int64_t)t);
		d.pair = (ch_ref){ 0 };
		for (size_t i = 0; i < s.each; i++)
			write_delivery(s.all[t * s.each + i], &d);
	}
	run(argv[1], &s, subs, dels);
	for (size_t i = 0; i < s.talks * s.each; i++)
		for (unsigned k = 0; k < KINDS; k++)
			load_free(&s.all[i][k]);
	free(s.all);
	setting_part(&w);
	return 0;
}
