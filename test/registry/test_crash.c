/*
 * Nothing acknowledged is lost, nothing is done twice (attacks 29 and 30): the same scene over and
 * over, each time with a disk that fails, or a process that dies, one step later.
 */
#include "play.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "checkpoint.h"
#include "file.h"
#include "hex.h"
#include "tile.h"

#define STEPS 11
#define ENTRIES 8 /* two rosters, charter, two registered, notice, handover, ended */

static const char *program, *shim;

/* What is asked, in order, and what was answered the first time. */
struct scene {
	struct play *p;
	struct world_delivery d, e;
	ch_span envelope[2], pack[2];
	struct play_answer *first[STEPS];
	bool written;
	uint64_t size; /* of the last checkpoint seen */
	ch_hash root;
};

static struct play_answer *status_only(int status)
{
	struct play_answer *a = calloc(1, sizeof *a);

	assert_non_null(a);
	a->status = status;
	return a;
}

static struct play_answer *fetch(struct scene *s)
{
	char path[100] = "/v1/envelopes/";
	struct ch_wr w = ch_wr_of(path + 14, 64);
	ch_hash h;

	ch_sha256(&h, s->envelope[0]);
	ch_hex_put(&w, ch_span_of(h.b, 32));
	return play_ask(s->p, "GET", path, s->p->token[1][0], (ch_span){ 0 });
}

static struct play_answer *step(struct scene *s, int i)
{
	struct play *p = s->p;

	switch (i) {
	case 0:
	case 1:
		return play_ask(p, "POST", "/v1/rosters", NULL, p->w.party[i].roster);
	case 2:
		return status_only(play_charter(p));
	case 3:
		return status_only(play_sign_in(p, 0, 0));
	case 4:
		return status_only(play_sign_in(p, 1, 0));
	case 5:
		return play_put(p, s->envelope[0]);
	case 6:
	case 9:
		return play_ask(p, "POST", "/v1/submissions", p->token[0][0], s->pack[i == 9]);
	case 7:
		return fetch(s);
	case 8:
		if (!s->d.receipt.n)
			world_receive(&p->w, &s->d);
		return play_say(p, &s->d, "receipt", s->d.receipt);
	default:
		if (!s->e.take_back.n)
			s->e.take_back = world_sign(&p->w, 0, 1,
			    world_about(&p->w, &s->e, CH_K_TAKE_BACK, 0, NULL));
		return play_say(p, &s->e, "take-back", s->e.take_back);
	}
}

static bool is_done(const struct play_answer *a)
{
	return a->status == 200 || a->status == 201;
}

/* Remember the checkpoint that is shown. */
static void look(struct scene *s)
{
	struct play_answer *a = play_ask(s->p, "GET", "/log/checkpoint", NULL, (ch_span){ 0 });
	ch_checkpoint cp;
	ch_note note;

	if (a->status == 200) {
		check_ok(ch_checkpoint_open(&cp, &note, a->body, &s->p->w.registry.vkey));
		assert_true(cp.size >= s->size);
		s->size = cp.size;
		s->root = cp.root;
	}
	free(a);
}

/* Papers need the deposit key of the registry and the second needs the first's place. */
static bool prepare(struct scene *s)
{
	if (s->written)
		return true;
	play_write(s->p, &s->d, NULL, &s->envelope[0], &s->pack[0]);
	play_write(s->p, &s->e, &s->d, &s->envelope[1], &s->pack[1]);
	s->written = true;
	return true;
}

/* Play all steps that answer; false when the registry is gone. */
static bool play_through(struct scene *s)
{
	for (int i = 0; i < STEPS; i++) {
		struct play_answer *a;

		if (i == 5)
			(void)prepare(s);
		if (i == 9)
			free(play_put(s->p, s->envelope[1]));
		a = step(s, i);
		if (a->status == 0) {
			free(a);
			return false;
		}
		look(s);
		if (!is_done(a) || s->first[i]) {
			free(a);
			continue;
		}
		s->first[i] = a;
	}
	return true;
}

/* The old checkpoint is a prefix of the register as it is now. */
static void check_prefix(struct scene *s, uint64_t old, const ch_hash *root)
{
	ch_hash leaf[CH_TILE_WIDTH], now;
	struct play_answer *a;
	char path[64];

	look(s);
	assert_int_equal(s->size, ENTRIES);
	(void)snprintf(path, sizeof path, "/log/tile/entries/000.p/%u", (unsigned)s->size);
	a = play_ask(s->p, "GET", path, NULL, (ch_span){ 0 });
	assert_int_equal(a->status, 200);
	check_ok(ch_bundle_leaves(leaf, (size_t)s->size, a->body));
	if (old) {
		ch_merkle_root(&now, leaf, (size_t)old);
		assert_true(ch_hash_eq(&now, root));
	}
	free(a);
}

/* No K is left of what has its end: only the key of today's epoch may be there. */
static void check_erased(const struct play *p)
{
	char path[300];
	DIR *dir;
	struct dirent *e;
	FILE *f;
	int c;

	(void)snprintf(path, sizeof path, "%s/deposits/%u", p->dir, (unsigned)(p->w.now / 86400));
	dir = opendir(path);
	assert_non_null(dir);
	while ((e = readdir(dir)))
		assert_true(e->d_name[0] == '.' || strcmp(e->d_name, "key") == 0);
	(void)closedir(dir);
	(void)snprintf(path, sizeof path, "%s/deposits/slots", p->dir);
	f = fopen(path, "rb");
	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		assert_int_equal(c, 0);
	(void)fclose(f);
}

/* Every step again on a sound disk: what was acknowledged is answered with the same bytes. */
static void replay(struct scene *s)
{
	uint64_t old = s->size;
	ch_hash root = s->root;

	s->p->shim_does = NULL;
	assert_true(play_start(s->p));
	for (int i = 0; i < STEPS; i++) {
		struct play_answer *a;

		if (i == 5)
			(void)prepare(s);
		if (i == 9)
			free(play_put(s->p, s->envelope[1]));
		if ((i == 6 || i == 9) && !s->first[i]) /* under the deposit key of now */
			s->pack[i == 9] = play_pack(s->p, i == 9 ? &s->e : &s->d);
		a = step(s, i);
		if (!is_done(a))
			fail_msg("step %d: %d %.*s", i, a->status, (int)a->body.n,
			    (const char *)a->body.p);
		if (s->first[i] && i != 5)
			assert_true(ch_span_eq(a->body, s->first[i]->body));
		free(a);
	}
	check_prefix(s, old, &root);
	assert_int_equal(play_stop(s->p, SIGTERM), 0);
	check_erased(s->p);
}

/* One scene with one fault. False when the fault was never met. */
static bool scene(const char *does, int exit_code)
{
	struct scene *s = calloc(1, sizeof *s);
	bool up, met;
	int end;

	assert_non_null(s);
	s->p = malloc(sizeof *s->p);
	assert_non_null(s->p);
	play_open(s->p, program);
	assert_true(play_start(s->p)); /* a first look at its keys */
	assert_int_equal(play_stop(s->p, SIGTERM), 0);
	for (int i = 0; i < WORLD_PARTIES; i++)
		assert_int_equal(play_enrol(s->p, i), 0);
	s->p->shim = shim;
	s->p->shim_does = does;
	up = play_start(s->p);
	if (up && !play_through(s))
		for (unsigned i = 0; i < 400 && !play_is_gone(s->p); i++)
			(void)nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	end = s->p->pid ? play_stop(s->p, SIGTERM) : s->p->ended;
	met = !up || end != 0;
	/* 128 + SIGTERM: it was on its way out, beyond its own handler */
	if (up && met && end != 128 + SIGTERM)
		assert_int_equal(end, exit_code);
	replay(s);
	for (int i = 0; i < STEPS; i++)
		free(s->first[i]);
	play_close(s->p);
	free(s->p);
	free(s);
	return met;
}

/* Some of the steps, or with CHANCERY_LONG all of them, until two have nothing to meet: one alone
 * was met, and had no consequence. That is right once: SQLite ignores a failed sync of its folder,
 * which ch_store_open() syncs for that reason. */
static void over_all(const char *mode, unsigned from, unsigned stride, unsigned least,
    int exit_code)
{
	char does[64];
	unsigned last = 0, unmet = 0, harmless = 0;

	if (getenv("CHANCERY_LONG"))
		from = stride = 1;
	for (unsigned n = from; unmet < 2; n += stride) {
		(void)snprintf(does, sizeof does, "%s:%u", mode, n);
		assert_true(n < 400);
		if (!scene(does, exit_code)) {
			unmet++;
		} else {
			harmless += unmet;
			unmet = 0;
			last = n;
		}
	}
	print_message("%s: %u steps\n", mode, last);
	assert_true(last >= least && harmless < 2);
}

static void test_kill_before(void **state)
{
	(void)state;
	over_all("kill-before", 1, 3, 20, 128 + SIGKILL);
}

static void test_kill_after(void **state)
{
	(void)state;
	over_all("kill-after", 2, 6, 20, 128 + SIGKILL);
}

/* Whatever the reason: what a flush did not write may be gone, and the next one will not say so. */
static void test_failed_sync(void **state)
{
	(void)state;
	over_all("eio", 1, 5, 20, 5);
	over_all("enospc-sync", 3, 9, 12, 5);
	over_all("enospc-flush", 1, 1, 2, 5);
}

/* A full disk ends nothing: it is told, and reads go on. */
static void test_enospc(void **state)
{
	char does[64];

	(void)state;
	for (unsigned n = 1; n < 80; n += 8) {
		(void)snprintf(does, sizeof does, "enospc:%u", n);
		(void)scene(does, 0);
	}
}

static int health(struct play *p)
{
	struct play_answer *a = play_ask(p, "GET", "/health", NULL, (ch_span){ 0 });
	int status = a->status;

	free(a);
	return status;
}

static bool is_there(struct play *p, const char *name)
{
	char path[400];

	(void)snprintf(path, sizeof path, "%s/%s", p->dir, name);
	return access(path, F_OK) == 0;
}

/* A batch that finds no room uses the reserve up: new work is refused until it is there again. */
static void test_reserve(void **state)
{
	struct play *p = NULL;
	struct play_answer *a = NULL;
	char does[64];
	int status = 0;

	(void)state;
	for (unsigned n = 1; n < 60 && status != 507; n++) {
		if (p) {
			(void)play_stop(p, SIGTERM);
			play_close(p);
			free(p);
		}
		p = malloc(sizeof *p);
		assert_non_null(p);
		play_open(p, program);
		assert_true(play_start(p));
		assert_int_equal(play_stop(p, SIGTERM), 0);
		assert_int_equal(play_enrol(p, 0), 0);
		p->shim = shim;
		p->shim_does = does;
		(void)snprintf(does, sizeof does, "enospc:%u", n);
		if (!play_start(p))
			continue;
		assert_true(is_there(p, "reserve") || health(p) == 503);
		status = play_roster(p, 0);
	}
	assert_int_equal(status, 507);
	assert_int_equal(health(p), 503);
	assert_false(is_there(p, "reserve"));
	a = play_ask(p, "PUT", "/v1/envelopes/00", NULL, CH_LIT("x"));
	assert_int_equal(a->status, 507);
	free(a);
	assert_int_equal(play_roster(p, 0), 507); /* let in, and tried */
	(void)play_stop(p, SIGTERM);
	p->shim_does = NULL; /* room again, as after a new start */
	assert_true(play_start(p));
	assert_int_equal(health(p), 200);
	assert_true(is_there(p, "reserve"));
	assert_int_equal(play_roster(p, 0), 200);
	a = play_ask(p, "PUT", "/v1/envelopes/00", NULL, CH_LIT("x"));
	assert_int_equal(a->status, 401); /* asked who it is, as ever */
	free(a);
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_close(p);
	free(p);
}

static void path_of(char out[400], const struct play *p, const char *below)
{
	(void)snprintf(out, 400, "%s/%s", p->dir, below);
}

static int submitted(struct play *p, ch_span pack)
{
	struct play_answer *a =
	    play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack);
	int status = a->status;

	free(a);
	return status;
}

/* Both parties in a registry whose database finds no room while p->dir.full is there. */
static struct play *small_disk(char full[400])
{
	struct play *p = malloc(sizeof *p);

	assert_non_null(p);
	play_open(p, program);
	(void)snprintf(full, 400, "%s.full", p->dir);
	(void)setenv("CHANCERY_FULL", full, 1);
	p->shim = shim;
	p->shim_does = "full:1";
	assert_true(play_start(p));
	play_admit(p);
	assert_int_equal(play_sign_in(p, 0, 0), 200);
	return p;
}

/* The slots of deposits, so many of them. */
static void slots(uint8_t *out, size_t n, const struct play *p)
{
	char path[400];
	FILE *f;

	path_of(path, p, "deposits/slots");
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fread(out, 64, n, f), n);
	(void)fclose(f);
}

static void write_slots(const struct play *p, const uint8_t *in, size_t n)
{
	char path[400];
	FILE *f;

	path_of(path, p, "deposits/slots");
	f = fopen(path, "r+b");
	assert_non_null(f);
	assert_int_equal(fwrite(in, 64, n, f), n);
	(void)fclose(f);
}

/* Of a submission that was rolled back, or that a kill cut off, no deposit stays, not even sealed:
 * its slot is blank. One that is open keeps its own. */
static void test_taken_back(void **state)
{
	static struct world_delivery d;
	static const uint8_t blank[64];
	char full[400], name[64];
	uint8_t slot[2 * 64], was[64];
	ch_span envelope, pack;
	struct play *p = small_disk(full);
	int status;

	(void)state;
	play_write(p, &d, NULL, &envelope, &pack);
	free(play_put(p, envelope));
	check_ok(ch_file_write(full, CH_LIT("x"), 0600));
	assert_int_equal(submitted(p, pack), 507);
	check_erased(p);
	check_ok(ch_file_unlink(full));
	for (unsigned i = 0; (status = submitted(p, pack)) == 507 && i < 100; i++)
		(void)nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	assert_int_equal(status, 201);
	assert_int_equal(play_stop(p, SIGKILL), 128 + SIGKILL);
	slots(slot, 2, p);
	assert_memory_not_equal(slot, blank, sizeof blank);
	assert_memory_equal(slot + 64, blank, sizeof blank);
	memcpy(was, slot, sizeof was);
	memcpy(slot + 64, slot, sizeof was); /* put, and not yet registered */
	write_slots(p, slot, 2);
	(void)snprintf(name, sizeof name, "deposits/%u/spare", (unsigned)(p->w.now / 86400));
	path_of(full, p, name); /* no row knows it either */
	check_ok(ch_file_write(full, CH_LIT("x"), 0600));
	assert_true(play_start(p));
	slots(slot, 2, p);
	assert_memory_equal(slot, was, sizeof was);
	assert_memory_equal(slot + 64, blank, sizeof blank);
	assert_false(is_there(p, name));
	assert_int_equal(play_stop(p, SIGTERM), 0);
	(void)unsetenv("CHANCERY_FULL");
	play_close(p);
	free(p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill_before),
		cmocka_unit_test(test_kill_after),
		cmocka_unit_test(test_failed_sync),
		cmocka_unit_test(test_enospc),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_taken_back),
	};

	if (argc < 3)
		return 2;
	program = argv[1];
	shim = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
