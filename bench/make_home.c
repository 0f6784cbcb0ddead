/*
 * A home with many papers, for figures only: bravo.example's, papers from alpha.example, all but
 * the last fifty signed for and opened. Made of the tests' small world, whose register begins
 * anew for each paper; so the records hold one by one, and no two of them together.
 * Usage: make_home FOLDER PAPERS BYTES PASSPHRASE
 */
#include <string.h>
#include <sys/stat.h>

#include "bench.h"
#include "dec.h"
#include "envelope.h"
#include "pair.h"
#include "seal_sink.h"
#include "shelf.h"
#include "world.h"

#define WAITING 50u

static struct world w;
static struct ch_home home;
static struct ch_talks talks;
static struct ch_seal_sink to_e, to_body;
static char body[1 << 20], folder[CH_PATH_MAX];
static uint8_t sealed[2 << 20];
static ch_passage passage[CH_PASSAGES_MAX];
static size_t n_body;
static uint64_t dice = 0x9e3779b97f4a7c15;

static uint32_t throw(uint32_t sides)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (uint32_t)(dice >> 33) % sides;
}

/* Not durable, so that it is quick: it can be made again. */
static void put_file(const char *dir, const char *name, ch_span bytes)
{
	char path[CH_PATH_MAX];
	FILE *f;

	check_ok(ch_path(path, "%s/%s", dir, name));
	f = fopen(path, "wb");
	bench_need(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fclose(f) == 0, path);
	bench_need(chmod(path, 0600) == 0, path);
}

static void put_folder(const char *fmt, const char *name)
{
	char rel[CH_PATH_MAX];

	check_ok(ch_path(rel, fmt, name));
	check_ok(ch_path(folder, "%s/%s", home.dir, rel));
	bench_need(mkdir(folder, 0700) == 0, folder);
}

/* ---- texts ---- */

/* A word of a language that nobody speaks; a few are in every paper, most in few. */
static void put_word(struct ch_wr *t)
{
	static const char *const part[] = { "ka", "lo", "mi", "ter", "ven", "shi", "pa", "rul",
		"don", "es", "fir", "gan", "hul", "jo", "bra", "cer" };
	static const char *const rare[] = { "граница", "пролив", "حدود", "無旗", "Überfahrt",
		"naïve" };
	uint32_t n = throw(100) < 50 ? throw(64) : throw(60) < 59 ? throw(2000) : throw(60000);

	if (throw(400) == 0) {
		ch_wr_str(t, rare[throw(CH_COUNT(rare))]);
		return;
	}
	do {
		ch_wr_str(t, part[n % 16]);
		n /= 16;
	} while (n > 0);
}

static void write_body(size_t i, size_t bytes)
{
	struct ch_wr t = ch_wr_of(body, sizeof body);

	CH_WR_LIT(&t, "# Of the lanes, paper ");
	ch_dec_put(&t, i);
	while (t.err == CH_OK && t.n < bytes) {
		CH_WR_LIT(&t, "\n\nWe hold that ");
		for (unsigned k = 0; k < 40 + throw(60); k++) {
			put_word(&t);
			ch_wr_str(&t, k % 9 == 8 ? ", " : " ");
		}
		CH_WR_LIT(&t, "all of it.");
	}
	CH_WR_LIT(&t, "\n");
	check_ok(ch_wr_done(&t));
	n_body = t.n;
	body[n_body] = '\0';
}

/* ---- one paper ---- */

static ch_err emit_to(void *ctx, ch_span bytes)
{
	ch_wr_put(ctx, bytes);
	return CH_OK;
}

static ch_span envelope(const struct world_delivery *d)
{
	static const struct ch_secret64 wrap[WORLD_DELEGATES] = { { { 5 } }, { { 6 } } };
	static const struct ch_seal_random random = { .wrap = wrap };
	ch_age_recipient to[WORLD_DELEGATES];
	struct ch_wr out = ch_wr_of(sealed, sizeof sealed);
	struct ch_tar_writer outer, bundle;
	uint64_t n_bundle, n;
	ch_paper p;

	for (unsigned i = 0; i < WORLD_DELEGATES; i++)
		to[i] = w.party[WORLD_BRAVO].d[i].seal.recipient;
	check_ok(ch_paper_parse(&p, passage, d->paper_text, w.exercise));
	check_ok(ch_bundle_size(&n_bundle, &p.head, d->paper_text.n, d->signature.n));
	n = ch_body_size(n_bundle, &d->k.recipient);
	check_ok(ch_seal_sink_init(&to_e, emit_to, &out));
	ch_tar_writer_init(&outer, ch_seal_sink_emit, &to_e);
	check_ok(ch_seal_sink_init(&to_body, ch_tar_writer_emit, &outer));
	ch_tar_writer_init(&bundle, ch_seal_sink_emit, &to_body);
	check_ok(ch_seal_sink_start(&to_e, to, WORLD_DELEGATES, &random));
	check_ok(ch_tar_writer_member(&outer, CH_LIT("cover.txt"), d->cover));
	check_ok(ch_tar_writer_begin(&outer, CH_LIT("body.age"), n));
	check_ok(ch_seal_sink_start(&to_body, &d->k.recipient, 1, &random));
	check_ok(ch_bundle_put_texts(&bundle, d->paper_text, &p.head, &d->seeds, d->signature));
	check_ok(ch_tar_writer_finish(&bundle, 0));
	check_ok(ch_seal_sink_finish(&to_body));
	check_ok(ch_tar_writer_end(&outer));
	check_ok(ch_tar_writer_finish(&outer, ch_outer_size(d->cover.n, n)));
	check_ok(ch_seal_sink_finish(&to_e));
	ch_seal_sink_deinit(&to_e);
	ch_seal_sink_deinit(&to_body);
	return ch_wr_span(&out);
}

static ch_span to_archive(ch_span text)
{
	static const struct ch_secret64 wrap = { { 7 } };
	static const struct ch_seal_random random = { .wrap = &wrap };
	struct ch_wr out = ch_wr_of(sealed, sizeof sealed);

	check_ok(ch_seal_buffer(&out, text, &home.archive, 1, &random));
	return ch_wr_span(&out);
}

static void put_logged(const char *name, ch_span note, size_t at)
{
	char file[64];

	(void)snprintf(file, sizeof file, "%s.txt", name);
	put_file(folder, file, note);
	(void)snprintf(file, sizeof file, "%s.proof.txt", name);
	put_file(folder, file, world_proof(&w, at, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, w.now));
}

static void mark(const char *name)
{
	struct ch_dossier d = { 0 };
	ch_delivery v;

	check_ok(ch_dossier_open(&d, &home, &talks, ch_span_str(name), NULL));
	check_ok(ch_dossier_judge(&v, &d, NULL));
	bench_need(v.state == CH_STATE_DELIVERED, "a paper is not delivered");
	check_ok(ch_shelf_mark(&d, &v));
	ch_dossier_close(&d);
}

static void make_paper(size_t i, size_t bytes, bool waits)
{
	struct world_delivery d = { .serial = i };
	size_t used = w.used, n_log = w.n_log, at;
	char name[64], subject[64];

	w.now = WORLD_T0 + (int64_t)i * 20;
	(void)snprintf(subject, sizeof subject, "Passage of ships, note %zu", i);
	(void)snprintf(name, sizeof name, "ALPHA-BRAVO-2026-%04zu", i);
	d.subject = world_str(&w, subject);
	write_body(i, bytes);
	world_paper(&w, &d, CH_LIT("bravo.example"), body);
	d.pair.n = i - 1; /* of a chain whose beginning nobody kept */
	world_submit(&w, &d);
	if (i > 1)
		ch_pair_step(&d.pair, &d.l, false);
	world_register(&w, &d);
	world_notice(&w, &d);
	put_folder("talks/strait/%s", name);
	put_file(folder, "envelope.age", envelope(&d));
	put_file(folder, "cover.age", to_archive(d.cover));
	put_file(folder, "submission.txt", d.submission);
	if (!waits) {
		world_receive(&w, &d);
		world_hand_over(&w, &d);
		d.opened = world_sign(&w, WORLD_BRAVO, 1,
		    world_about(&w, &d, CH_K_OPENED, WORLD_BRAVO, NULL));
		at = world_log(&w, d.opened);
		w.now += 60;
		put_file(folder, "receipt.txt", d.receipt);
		put_file(folder, "keybox.age", d.keybox);
		put_logged("handover", d.handover, d.at_handover);
		put_logged("opened", d.opened, at);
	}
	put_logged("registered", d.registered, d.at_registered);
	put_logged("notice", d.notice, d.at_notice);
	if (!waits)
		mark(name);
	memset(w.arena + used, 0, w.used - used);
	w.used = used;
	w.n_log = n_log;
}

/* ---- the home ---- */

static void make_home(const char *dir, const char *pass)
{
	static const char *const own[] = { "%s", "alpha.example", "bravo.example" };
	struct ch_secret32 archive = { { 42 } };

	memcpy(home.handle, "bravo.example", 13);
	memcpy(home.delegate, w.party[WORLD_BRAVO].d[0].name.p, w.party[WORLD_BRAVO].d[0].name.n);
	home.keys.seal = w.party[WORLD_BRAVO].d[0].seal;
	check_ok(ch_age_identity_make(&home.keys.archive, CH_AGE_HYBRID, &archive));
	check_ok(ch_home_make(&home, dir, ch_span_str(pass), 10, NULL));
	for (int p = 0; p < WORLD_PARTIES; p++) {
		put_folder("rosters/%s", own[p + 1]);
		put_file(folder, "1.txt", w.party[p].roster);
		put_file(folder, "1.proof.txt", world_proof(&w, (size_t)p,
		    WORLD_BY_REGISTRY | WORLD_BY_ALPHA, w.now));
	}
	put_folder("registries/%s", "register.example");
	put_file(folder, "registry.txt", w.registry_note);
	put_file(folder, "url.txt", CH_LIT("http://127.0.0.1:9\n"));
	put_folder("talks/%s", "strait");
	put_file(folder, "charter.txt", w.charter);
	put_file(folder, "charter.proof.txt", world_proof(&w, 2,
	    WORLD_BY_REGISTRY | WORLD_BY_ALPHA, w.now));
	check_ok(ch_talks_load(&talks, &home, "strait", NULL));
	check_ok(ch_home_write_text(&home));
}

int main(int argc, char **argv)
{
	uint64_t n, bytes;

	if (argc != 5 || ch_dec_parse(&n, ch_span_str(argv[2]), 90000) != CH_OK ||
	    ch_dec_parse(&bytes, ch_span_str(argv[3]), sizeof body / 2) != CH_OK)
		return 2;
	world_start_hybrid(&w, false);
	make_home(argv[1], argv[4]);
	for (uint64_t i = 1; i <= n; i++)
		make_paper(i, bytes, i + WAITING > n);
	ch_talks_deinit(&talks);
	ch_home_close(&home);
	world_stop(&w);
	return 0;
}
