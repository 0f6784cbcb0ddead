/*
 * Registered deliveries between complete clients: every message is made, sealed and signed as it
 * is wanted, and every answer verified, opened and written to a journal before the next is sent:
 * one flush for all that came at once. Some processes, each with its share of the talks and a
 * journal of its own, as clients are.
 *
 * Usage: bench_clients DIR PORT PROCESSES TALKS DELIVERIES
 *   DIR, PORT   of a running, new registry named register.example
 *   the last is a count for each talks
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dec.h"
#include "entry.h"
#include "messages.h"
#include "proof.h"
#include "setting.h"

/* What author and addressee of one talks know. */
struct client {
	struct world_delivery d;
	ch_hash talks;
	struct load_ask ask[KINDS];
	unsigned kind;
	size_t done;
	double begun;
};

static struct world w;
static struct messages m;
static struct client *client;
static ch_vkey log_key;
static size_t deliveries;
static int journal;

/* What a process found out, in memory that all share. */
struct result {
	double from, to;
	size_t flushes, n_took;
	double *took; /* each delivery, in ms */
};

static struct result *mine;

/* ---- what a client does with an answer ---- */

static ch_span part_of(const ch_part *part, size_t n, const char *name)
{
	const ch_part *p = ch_pack_find(part, n, ch_span_str(name));

	bench_need(p != NULL, "a part is missing in an answer");
	return p->bytes;
}

/* The registry's statement: signed by its key, and in its log. */
static void verify(ch_span note, ch_span proof)
{
	static struct ch_proof_facts facts;
	ch_proof p;
	ch_note n;
	ch_hash entry;
	ch_salt salt;
	size_t n_salt;

	check_ok(ch_note_parse(&n, note, CH_NOTE_TEXT_MAX));
	check_ok(ch_note_verify(&n, &log_key));
	check_ok(ch_proof_parse(&p, proof));
	check_ok(ch_proof_extra(salt.b, &n_salt, sizeof salt.b, &p));
	ch_entry_make(&entry, &salt, n.text, false);
	check_ok(ch_proof_verify(&facts, proof, ch_span_of(entry.b, sizeof entry.b), &log_key,
	    NULL));
}

static void open_with(ch_span sealed, const struct ch_age_identity *id, struct ch_wr *to)
{
	struct ch_open_keys keys = { .ids = id, .n_ids = 1 };

	check_ok(ch_open_buffer(to, NULL, sealed, &keys));
}

/* K out of the keybox: with it, the addressee opens the paper. */
static void open_keybox(ch_span box, const struct client *c)
{
	uint8_t text[CH_AGE_IDENTITY_MAX + 1];
	struct ch_wr t = ch_wr_of(text, sizeof text);
	struct ch_age_identity k;

	open_with(box, &w.party[WORLD_BRAVO].d[0].seal, &t);
	check_ok(ch_age_identity_parse(&k, ch_span_of(text, t.n - 1)));
	bench_need(memcmp(&k.recipient, &c->d.k.recipient, sizeof k.recipient) == 0,
	    "another key was handed over");
	ch_age_identity_wipe(&k);
}

static void write_journal(ch_span bytes)
{
	bench_need(write(journal, bytes.p, bytes.n) == (ssize_t)bytes.n, "no room for the journal");
}

/* ---- the load ---- */

static void take(void *ctx, size_t i, ch_span body)
{
	static uint8_t plain[LOAD_BODY];
	struct ch_wr to = ch_wr_of(plain, sizeof plain);
	struct client *c = &client[i];
	ch_part part[8];
	size_t n;

	(void)ctx;
	if (c->kind == FETCH)
		open_with(body, &w.party[WORLD_BRAVO].d[0].seal, &to);
	if (c->kind == SUBMIT || c->kind == RECEIPT) {
		const char *name = c->kind == SUBMIT ? "registered" : "handover";
		const char *proof = c->kind == SUBMIT ? "registered.proof" : "handover.proof";

		check_ok(ch_pack_parse(part, &n, CH_COUNT(part), body, CH_PACK_ANSWER, false));
		verify(part_of(part, n, name), part_of(part, n, proof));
		if (c->kind == RECEIPT)
			open_keybox(part_of(part, n, "keybox"), c);
	}
	write_journal(body);
	if (c->kind == RECEIPT)
		mine->took[mine->n_took++] = 1e3 * (c->ask[RECEIPT].to - c->begun);
	c->kind++;
}

static void flush(void *ctx)
{
	(void)ctx;
	bench_need(fdatasync(journal) == 0, "the journal cannot be flushed");
	mine->flushes++;
}

static struct load_ask *next(void *ctx, size_t i)
{
	struct client *c = &client[i];

	(void)ctx;
	if (c->kind == KINDS) {
		for (unsigned k = 0; k < KINDS; k++)
			load_free(&c->ask[k]);
		c->done++;
		c->kind = PUT;
	}
	if (c->done == deliveries)
		return NULL;
	w.talks = c->talks;
	if (c->kind == PUT) {
		c->begun = bench_now();
		messages_of_author(c->ask, &m, &c->d);
	}
	if (c->kind == RECEIPT)
		messages_of_addressee(c->ask, &m, &c->d);
	return &c->ask[c->kind];
}

/* One process: its clients, from now to their end. */
static void run(size_t talks, uint16_t port)
{
	const struct load_live live = { .take = take, .flush = flush, .next = next };
	struct load_line *line = calloc(talks, sizeof *line);

	bench_need(line != NULL, "no memory");
	mine->from = bench_now();
	(void)load_run_live(line, talks, port, &live);
	mine->to = bench_now();
	free(line);
}

static void *shared(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	bench_need(p != MAP_FAILED, "no memory");
	return p;
}

static void tell(const struct result *r, size_t processes, double n)
{
	double from = r->from, to = r->to, *took = calloc((size_t)n, sizeof *took);
	size_t k = 0, flushes = 0;

	bench_need(took != NULL, "no memory");
	for (size_t i = 0; i < processes; i++) {
		from = r[i].from < from ? r[i].from : from;
		to = r[i].to > to ? r[i].to : to;
		flushes += r[i].flushes;
		memcpy(&took[k], r[i].took, r[i].n_took * sizeof *took);
		k += r[i].n_took;
	}
	bench_need((double)k == n, "deliveries are missing");
	bench_row("registry: whole deliveries between complete clients", n / (to - from), "/s",
	    NULL, 0);
	bench_row("registry: one of them, upload to opened, p50", bench_quantile(took, k, 0.5),
	    "ms", NULL, 0);
	bench_row("registry: one of them, upload to opened, p99", bench_quantile(took, k, 0.99),
	    "ms", NULL, 0);
	bench_row("registry: answers in a journal flush of the clients",
	    n * KINDS / (double)flushes, "a flush", NULL, 0);
	free(took);
}

/* The clients from..to-1 are this process's. */
static void work(const char *dir, unsigned number, size_t from, size_t to, uint16_t port)
{
	char path[512];

	(void)snprintf(path, sizeof path, "%s/../journal-%u", dir, number);
	journal = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bench_need(journal >= 0, "no journal");
	client += from;
	run(to - from, port);
	close(journal);
}

static void work_all(const char *dir, size_t processes, size_t talks, uint16_t port)
{
	struct result *r = shared(processes * sizeof *r);
	pid_t child;
	int status;

	for (size_t i = 0; i < processes; i++) {
		size_t from = talks * i / processes, to = talks * (i + 1) / processes;

		r[i].took = shared((to - from) * deliveries * sizeof *r[i].took);
		child = fork();
		bench_need(child >= 0, "no process");
		if (child == 0) {
			mine = &r[i];
			work(dir, (unsigned)i, from, to, port);
			_exit(0);
		}
	}
	for (size_t i = 0; i < processes; i++)
		bench_need(wait(&status) > 0 && status == 0, "a client failed");
	tell(r, processes, (double)(talks * deliveries));
}

static uint64_t number(const char *s, uint64_t max)
{
	uint64_t v;

	bench_need(ch_dec_parse(&v, ch_span_str(s), max) == CH_OK && v, "a number is wanted");
	return v;
}

/* One talks a client; the paper is the same for all. */
static void start(size_t talks)
{
	static struct world_delivery d;
	int64_t time = w.now;

	world_paper(&w, &d, w.party[WORLD_BRAVO].handle, NULL);
	client = calloc(talks, sizeof *client);
	bench_need(client != NULL, "no memory");
	for (size_t t = 0; t < talks; t++) {
		messages_talks(&m, time + (int64_t)t);
		client[t].d = d;
		client[t].talks = w.talks;
	}
}

int main(int argc, char **argv)
{
	size_t talks, processes;
	uint16_t port;

	bench_need(argc == 6, "usage: bench_clients DIR PORT PROCESSES TALKS DELIVERIES");
	port = (uint16_t)number(argv[2], UINT16_MAX);
	processes = (size_t)number(argv[3], 64);
	talks = (size_t)number(argv[4], 512);
	deliveries = (size_t)number(argv[5], 10000);
	bench_need(processes <= talks, "more processes than talks");
	messages_meet(&m, &w, argv[1], port);
	check_ok(ch_vkey_parse(&log_key, w.registry.text));
	start(talks);
	work_all(argv[1], processes, talks, port);
	free(client);
	setting_part(&w);
	return 0;
}
