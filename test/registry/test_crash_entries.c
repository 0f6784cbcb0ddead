/*
 * Raw appends against a disk that fails and a process that dies, one step later each time: commits,
 * tiles that a thread writes beside them, and the start after it. What was acknowledged keeps its
 * place, a checkpoint that was shown is a prefix for ever, and what is asked again is done once.
 */
#include "play.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "checkpoint.h"
#include "dec.h"
#include "tile.h"

#define REQUESTS 8u
#define EACH 200u
#define LEAVES_MAX 4096u
#define SEEN_MAX 16u

static const char *program, *shim;

struct scene {
	struct play *p;
	bool acked[REQUESTS];
	uint64_t place[REQUESTS][EACH];
	unsigned n_seen;                 /* checkpoints that were shown */
	uint64_t size[SEEN_MAX];
	ch_hash root[SEEN_MAX];
	ch_hash leaf[LEAVES_MAX];
};

/* Of request r; the last ones of each are the first of the one before. */
static ch_hash entry(unsigned r, unsigned i)
{
	uint64_t of = r > 0 && i >= EACH - 5 ? (uint64_t)(r - 1) * EACH + i - (EACH - 5) :
	    (uint64_t)r * EACH + i;
	ch_hash h;

	ch_sha256(&h, ch_span_of(&of, sizeof of));
	return h;
}

static int post(struct scene *s, unsigned r, uint64_t place[EACH])
{
	ch_hash e[EACH];
	struct play_answer *a;
	struct ch_rd rd;
	int status;

	for (unsigned i = 0; i < EACH; i++)
		e[i] = entry(r, i);
	a = play_ask(s->p, "POST", "/v1/entries", s->p->token[0][0], ch_span_of(e, sizeof e));
	status = a->status;
	rd = ch_rd_of(a->body);
	for (unsigned i = 0; status == 200 && i < EACH; i++)
		check_ok(ch_dec_parse(&place[i], ch_rd_line(&rd), UINT64_MAX));
	if (status == 200)
		check_ok(ch_rd_done(&rd));
	free(a);
	return status;
}

/* Remember the checkpoint that is shown. */
static void look(struct scene *s)
{
	struct play_answer *a = play_ask(s->p, "GET", "/log/checkpoint", NULL, (ch_span){ 0 });
	ch_checkpoint cp;
	ch_note note;

	if (a->status == 200) {
		check_ok(ch_checkpoint_open(&cp, &note, a->body, &s->p->w.registry.vkey));
		assert_true(s->n_seen < SEEN_MAX);
		assert_true(s->n_seen == 0 || cp.size >= s->size[s->n_seen - 1]);
		s->size[s->n_seen] = cp.size;
		s->root[s->n_seen++] = cp.root;
	}
	free(a);
}

/* All requests; false when the registry is gone. */
static bool append_all(struct scene *s)
{
	if (play_sign_in(s->p, 0, 0) != 200)
		return !play_is_gone(s->p);
	for (unsigned r = 0; r < REQUESTS; r++) {
		int status = post(s, r, s->place[r]);

		if (status == 0)
			return false;
		s->acked[r] = status == 200;
		look(s);
	}
	return true;
}

/* Every leaf, from the bundles that are served. */
static void read_leaves(struct scene *s, uint64_t size)
{
	char path[64];

	assert_true(size <= LEAVES_MAX);
	for (uint64_t at = 0; at < size; at += CH_TILE_WIDTH) {
		unsigned width = ch_tile_width(size, 0, at / CH_TILE_WIDTH);
		struct play_answer *a;
		int n = snprintf(path, sizeof path, "/log/tile/entries/%03u",
		    (unsigned)(at / CH_TILE_WIDTH));

		if (width < CH_TILE_WIDTH)
			(void)snprintf(path + n, sizeof path - (size_t)n, ".p/%u", width);
		a = play_ask(s->p, "GET", path, NULL, (ch_span){ 0 });
		assert_int_equal(a->status, 200);
		check_ok(ch_bundle_leaves(&s->leaf[at], width, a->body));
		free(a);
	}
}

/* On a sound disk everything is asked again. */
static void replay(struct scene *s)
{
	uint64_t place[EACH];
	ch_hash e, leaf, root;

	s->p->shim_does = NULL;
	assert_true(play_start(s->p));
	assert_int_equal(play_sign_in(s->p, 0, 0), 200);
	for (unsigned r = 0; r < REQUESTS; r++) {
		assert_int_equal(post(s, r, place), 200);
		if (s->acked[r])
			assert_memory_equal(place, s->place[r], sizeof place);
		memcpy(s->place[r], place, sizeof place);
	}
	look(s);
	/* Three of them are statements of the play's opening, or fewer; the rest once each. */
	assert_in_range(s->size[s->n_seen - 1], REQUESTS * (EACH - 5) + 5,
	    REQUESTS * (EACH - 5) + 5 + 3);
	read_leaves(s, s->size[s->n_seen - 1]);
	for (unsigned i = 0; i < s->n_seen; i++) {
		ch_merkle_root(&root, s->leaf, (size_t)s->size[i]);
		assert_true(ch_hash_eq(&root, &s->root[i]));
	}
	for (unsigned r = 0; r < REQUESTS; r++)
		for (unsigned i = 0; i < EACH; i++) {
			e = entry(r, i);
			ch_merkle_leaf(&leaf, ch_span_of(e.b, sizeof e.b));
			assert_true(ch_hash_eq(&leaf, &s->leaf[s->place[r][i]]));
		}
	assert_int_equal(play_stop(s->p, SIGTERM), 0);
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
	assert_true(play_start(s->p));
	assert_int_equal(play_enrol(s->p, 0), 0);
	assert_int_equal(play_roster(s->p, 0), 200);
	assert_int_equal(play_stop(s->p, SIGTERM), 0);
	s->p->shim = shim;
	s->p->shim_does = does;
	up = play_start(s->p);
	if (up && !append_all(s))
		for (unsigned i = 0; i < 400 && !play_is_gone(s->p); i++)
			(void)nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	end = s->p->pid ? play_stop(s->p, SIGTERM) : s->p->ended;
	met = !up || end != 0;
	/* 128 + SIGTERM: it was on its way out, beyond its own handler */
	if (up && met && end != 128 + SIGTERM)
		assert_int_equal(end, exit_code);
	replay(s);
	play_close(s->p);
	free(s->p);
	free(s);
	return met;
}

/* Some of the steps, or with CHANCERY_LONG all of them, until none is met. One by itself
 * may pass unseen: SQLite overlooks a failed sync of its folder, and at the end of its work the
 * registry's own checkpoint of the database. */
static void over_all(const char *mode, unsigned from, unsigned stride, int exit_code)
{
	unsigned n = getenv("CHANCERY_LONG") ? 1 : from, n_met = 0, missed = 0;
	char does[64];

	if (getenv("CHANCERY_LONG"))
		stride = 1;
	for (; missed < 2; n += stride) {
		(void)snprintf(does, sizeof does, "%s:%u", mode, n);
		assert_true(n < 600);
		if (scene(does, exit_code)) {
			n_met++;
			missed = 0;
		} else {
			missed++;
		}
	}
	print_message("%s: %u met, up to step %u\n", mode, n_met, n - 3 * stride);
	assert_true(n_met > 2);
}

static void test_kill_before(void **state)
{
	(void)state;
	over_all("kill-before", 1, 5, 128 + SIGKILL);
}

static void test_kill_after(void **state)
{
	(void)state;
	over_all("kill-after", 3, 9, 128 + SIGKILL);
}

static void test_eio(void **state)
{
	(void)state;
	over_all("eio", 2, 4, 5);
}

static void test_eio_write(void **state)
{
	(void)state;
	over_all("eio-write", 1, 29, 5);
}

/* A full disk ends nothing, and reads go on. */
static void test_enospc(void **state)
{
	char does[64];

	(void)state;
	for (unsigned n = 1; n < 160; n += 31) {
		(void)snprintf(does, sizeof does, "enospc:%u", n);
		(void)scene(does, 0);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill_before),
		cmocka_unit_test(test_kill_after),
		cmocka_unit_test(test_eio),
		cmocka_unit_test(test_eio_write),
		cmocka_unit_test(test_enospc),
	};

	if (argc < 3)
		return 2;
	program = argv[1];
	shim = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
