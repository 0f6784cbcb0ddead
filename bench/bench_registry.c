/*
 * A registry under load: two parties of one delegate, many talks, one connection each; every
 * message is made beforehand. Beside it what the same disk gives SQLite in WAL mode with a full flush a commit.
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
#include "load.h"
#include "pair.h"
#include "rng.h"
#include "setting.h"

enum { PUT, SUBMIT, FETCH, RECEIPT, KINDS };

static struct world w;
static uint16_t port;
static unsigned long pid;
static char token[WORLD_PARTIES][65];
static ch_age_recipient deposit_key;

/* ---- messages ---- */

/* Another time makes other talks. */
static void open_talks(int64_t time)
{
	ch_part part = { CH_LIT("charter"), { 0 } };

	w.now = time;
	world_charter(&w);
	part.bytes = w.charter;
	(void)setting_ask(&w, "POST", "/v1/charters",
	    world_pack(&w, &part, 1, CH_PACK_SUBMISSION), 200);
}

static ch_span seal(ch_span text, const ch_age_recipient *to, size_t n)
{
	struct ch_secret64 wrap[WORLD_DELEGATES];
	struct ch_seal_random random = { .wrap = wrap };
	static uint8_t out[32768];
	struct ch_wr wr = ch_wr_of(out, sizeof out);

	check_ok(ch_random(wrap, sizeof wrap));
	check_ok(ch_random(random.file_key.b, sizeof random.file_key.b));
	check_ok(ch_random(random.nonce, sizeof random.nonce));
	check_ok(ch_seal_buffer(&wr, text, to, n, &random));
	return world_keep(&w, ch_wr_span(&wr));
}

static ch_span hex(const ch_hash *h)
{
	return world_hash(&w, h);
}

/* L with its own envelope, key, nonce and place in the pair. */
static ch_hash write_submission(struct world_delivery *d, ch_span envelope)
{
	uint8_t text[CH_AGE_RECIPIENT_MAX];
	struct ch_wr t = ch_wr_of(text, sizeof text);
	struct ch_secret32 secret;
	ch_ref last = d->pair;
	ch_hash e, nonce, key;
	ch_stmt s;

	world_submit(&w, d);
	d->pair = last; /* the world's own L is not sent */
	check_ok(ch_random(secret.b, sizeof secret.b));
	check_ok(ch_random(nonce.b, sizeof nonce.b));
	check_ok(ch_age_identity_make(&d->k, CH_AGE_HYBRID, &secret));
	ch_age_recipient_put(&t, &d->k.recipient);
	ch_sha256(&key, ch_wr_span(&t));
	ch_sha256(&e, envelope);
	s = setting_read(d->submission, CH_K_SUBMISSION);
	s.v[CH_L_ENVELOPE] = hex(&e);
	s.v[CH_L_SIZE] = world_dec(&w, envelope.n);
	s.v[CH_L_KEY] = hex(&key);
	s.v[CH_L_NONCE] = hex(&nonce);
	if (d->pair.n)
		s.v[CH_L_PAIR] = world_ref(&w, d->pair.n, &d->pair.hash);
	d->submission = world_sign(&w, WORLD_ALPHA, 1, world_format(&w, &s));
	d->l = world_text_hash(d->submission);
	ch_pair_step(&d->pair, &d->l, false);
	return e;
}

static ch_span write_pack(struct world_delivery *d)
{
	uint8_t id[CH_AGE_IDENTITY_MAX];
	struct ch_wr t = ch_wr_of(id, sizeof id);
	ch_stmt s = { .kind = CH_K_DEPOSIT };
	ch_part part[2] = { { CH_LIT("submission"), d->submission }, { CH_LIT("deposit"), { 0 } } };

	ch_age_identity_put(&t, &d->k);
	s.v[CH_DEP_TALKS] = hex(&w.talks);
	s.v[CH_DEP_PARTY] = w.party[0].handle;
	s.v[CH_DEP_SUBMISSION] = hex(&d->l);
	s.v[CH_DEP_IDENTITY] = ch_wr_span(&t);
	part[1].bytes = seal(world_format(&w, &s), &deposit_key, 1);
	return world_pack(&w, part, 2, CH_PACK_SUBMISSION);
}

static struct load_ask request(const char *method, const char *before, const ch_hash *h,
    const char *after, const char *who, ch_span body, unsigned want)
{
	ch_span name = hex(h);
	char path[256];

	(void)snprintf(path, sizeof path, "%s%.*s%s", before, (int)name.n, name.p, after);
	return load_ask(method, path, who, body, want);
}

/* The four messages of the next delivery of these talks. */
static void write_delivery(struct load_ask out[KINDS], struct world_delivery *d)
{
	static const uint8_t plain[16384];
	size_t mark = w.used;
	ch_age_recipient to[WORLD_DELEGATES];
	ch_span envelope, receipt;
	ch_hash e;

	for (unsigned i = 0; i < w.party[1].enrolled; i++)
		to[i] = w.party[1].d[i].seal.recipient;
	envelope = seal(ch_span_of(plain, sizeof plain), to, w.party[1].enrolled);
	d->serial = d->pair.n + 1;
	e = write_submission(d, envelope);
	receipt = world_sign(&w, WORLD_BRAVO, 1,
	    world_about(&w, d, CH_K_RECEIPT, WORLD_BRAVO, NULL));
	out[PUT] = request("PUT", "/v1/envelopes/", &e, "", token[0], envelope, 201);
	out[SUBMIT] = load_ask("POST", "/v1/submissions", token[0], write_pack(d), 201);
	out[FETCH] = request("GET", "/v1/envelopes/", &e, "", token[1], (ch_span){ 0 }, 200);
	out[RECEIPT] = request("POST", "/v1/deliveries/", &d->l, "/receipt", token[1], receipt,
	    200);
	for (unsigned k = 0; k < KINDS; k++)
		out[k].kind = k;
	w.used = mark;
}

/* ---- the runs ---- */

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
	bench_row(name, bench_quantile(v, k, 0.5), "ms", NULL, 0);
	(void)snprintf(name, sizeof name, "%s, p99", what);
	bench_row(name, bench_quantile(v, k, 0.99), "ms", NULL, 0);
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
	bench_row(what, 1e6 * (counts().cpu - before.cpu) / n, "us", NULL, 0);
}

static void batch_row(const char *what, struct counts before, double ops)
{
	struct counts after = counts();

	bench_row(what, ops / (double)(after.batches - before.batches), "a flush", NULL, 0);
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
	bench_row("registry: envelopes of 17 KiB taken, each flushed", n / took, "/s",
	    "SQLite WAL, one row a commit", raw);
	cut(line, all, talks, each, 0, subs, SUBMIT, SUBMIT);
	n = (double)(talks * subs);
	before = counts();
	took = load_run(line, talks, port);
	bench_row("registry: submissions", n / took, "/s", "SQLite WAL, one row a commit", raw);
	latency_rows("registry: a submission", line, talks, KINDS);
	batch_row("registry: submissions in a batch", before, n);
	cpu_row("registry: a submission, CPU time", before, n);
	cut(line, all, talks, each, subs, dels, SUBMIT, RECEIPT);
	n = (double)(talks * dels);
	before = counts();
	took = load_run(line, talks, port);
	bench_row("registry: whole deliveries (submit, notice, handover)", n / took, "/s",
	    "SQLite WAL, one row a commit", raw);
	latency_rows("registry: a receipt", line, talks, RECEIPT);
	batch_row("registry: writes in a batch", before, 3 * n);
	cpu_row("registry: a whole delivery, CPU time", before, n);
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
	ch_stmt key;
	int64_t start = (int64_t)time(NULL) - 3600;

	bench_need(argc == 7, "usage: bench_registry DIR PORT PID TALKS SUBMISSIONS DELIVERIES");
	port = (uint16_t)number(argv[2], UINT16_MAX);
	pid = (unsigned long)number(argv[3], INT32_MAX);
	talks = (size_t)number(argv[4], 512);
	subs = (size_t)number(argv[5], 10000);
	dels = (size_t)number(argv[6], 10000);
	setting_meet(&w, argv[1], port);
	setting_sign_in(token[WORLD_ALPHA], &w, WORLD_ALPHA);
	setting_sign_in(token[WORLD_BRAVO], &w, WORLD_BRAVO);
	key = setting_stmt(&w, "/v1/deposit-key", CH_K_DEPOSIT_KEY);
	check_ok(ch_age_recipient_parse(&deposit_key, key.v[CH_DK_RECIPIENT]));
	all = calloc(talks * (subs + dels), sizeof *all);
	bench_need(all != NULL, "no memory");
	world_paper(&w, &d, w.party[1].handle, NULL);
	for (size_t t = 0; t < talks; t++) {
		open_talks(start + (int64_t)t);
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
