/* Raw appends over HTTP: places, levels, the same again at the same place, also after a kill. */
#include "play.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proof.h"
#include "tile.h"

#define MANY 4096u

static const char *program;

static struct play *opening(void)
{
	struct play *p = malloc(sizeof *p);

	assert_non_null(p);
	play_open(p, program);
	assert_true(play_start(p));
	assert_int_equal(play_enrol(p, 0), 0);
	assert_int_equal(play_roster(p, 0), 200);
	assert_int_equal(play_sign_in(p, 0, 0), 200);
	return p;
}

static ch_hash entry(uint64_t i)
{
	ch_hash h;

	ch_sha256(&h, ch_span_of(&i, sizeof i));
	return h;
}

static struct play_answer *post(struct play *p, const char *query, ch_span body)
{
	char path[64];

	(void)snprintf(path, sizeof path, "/v1/entries%s", query);
	return play_ask(p, "POST", path, p->token[0][0], body);
}

static void refused(struct play *p, const char *query, size_t n, int status)
{
	static uint8_t body[(MANY + 1) * 32];
	struct play_answer *a = post(p, query, ch_span_of(body, n));

	assert_int_equal(a->status, status);
	free(a);
}

/* Answered with exactly these places, and the level. */
static void appended(struct play *p, const ch_hash *e, size_t n, const uint64_t *want)
{
	static char text[MANY * 8];
	struct play_answer *a = post(p, "", ch_span_of(e, n * sizeof *e));
	size_t at = 0;

	assert_int_equal(a->status, 200);
	assert_non_null(strstr((const char *)a->room, "\r\nChancery-Level: durable\r\n"));
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%llu\n",
		    (unsigned long long)want[i]);
	assert_true(ch_span_eq(a->body, ch_span_of(text, at)));
	free(a);
}

/* Size of the newest checkpoint. */
static unsigned long long size_of(struct play *p)
{
	struct play_answer *a = play_ask(p, "GET", "/log/checkpoint", NULL, (ch_span){ 0 });
	const char *line = memchr(a->body.p, '\n', a->body.n);
	unsigned long long size;

	assert_int_equal(a->status, 200);
	assert_non_null(line);
	size = strtoull(line + 1, NULL, 10);
	free(a);
	return size;
}

static void test_places(void **state)
{
	struct play *p = opening();
	uint64_t at = size_of(p);
	ch_hash e[5] = { entry(0), entry(1), entry(0), entry(2), entry(1) };
	uint64_t want[5] = { at, at + 1, at, at + 2, at + 1 };

	(void)state;
	appended(p, e, 1, want);
	assert_int_equal(size_of(p), at + 1);
	appended(p, e, 5, want);
	appended(p, e, 5, want);
	assert_int_equal(size_of(p), at + 3);
	assert_int_equal(play_enrol(p, 1), 0);
	assert_int_equal(play_roster(p, 1), 200); /* a statement between */
	assert_int_equal(size_of(p), at + 4);
	(void)play_stop(p, SIGKILL);
	assert_true(play_start(p));
	assert_int_equal(play_sign_in(p, 0, 0), 200);
	appended(p, e, 5, want);
	e[3] = entry(3);
	want[3] = at + 4;
	appended(p, e, 5, want);
	assert_int_equal(size_of(p), at + 5);
	play_free(p);
}

/* As many as one request may bring, killed at once, and asked for again. */
static void test_many(void **state)
{
	static ch_hash e[MANY], leaves[CH_TILE_WIDTH];
	static uint64_t want[MANY];
	struct play *p = opening();
	struct play_answer *a;
	uint64_t at = size_of(p);

	(void)state;
	for (uint64_t i = 0; i < MANY; i++) {
		e[i] = entry(i);
		want[i] = at + i;
	}
	appended(p, e, MANY, want);
	(void)play_stop(p, SIGKILL);
	assert_true(play_start(p));
	assert_int_equal(play_sign_in(p, 0, 0), 200);
	appended(p, e, MANY, want);
	assert_int_equal(size_of(p), at + MANY);
	a = play_ask(p, "GET", "/log/tile/entries/003", NULL, (ch_span){ 0 });
	assert_int_equal(a->status, 200);
	check_ok(ch_bundle_leaves(leaves, CH_TILE_WIDTH, a->body));
	for (uint64_t i = 0; i < CH_TILE_WIDTH; i++) {
		ch_hash leaf;

		ch_merkle_leaf(&leaf, ch_span_of(e[3 * CH_TILE_WIDTH + i - at].b, 32));
		assert_true(ch_hash_eq(&leaf, &leaves[i]));
	}
	free(a);
	play_free(p);
}

static void test_published(void **state)
{
	static struct ch_proof_facts facts;
	struct play *p = opening();
	uint64_t at = size_of(p);

	(void)state;
	for (uint64_t i = 0; i < 3; i++) { /* the third is the second again */
		ch_hash e = entry(i < 2 ? i : 1);
		struct play_answer *a = post(p, "?level=published", ch_span_of(e.b, sizeof e.b));

		assert_int_equal(a->status, 200);
		assert_non_null(strstr((const char *)a->room,
		    "\r\nChancery-Level: published\r\n"));
		check_ok(ch_proof_verify(&facts, a->body, ch_span_of(e.b, sizeof e.b),
		    &p->w.registry.vkey, NULL));
		assert_int_equal(facts.proof.index, at + (i < 2 ? i : 1));
		free(a);
	}
	assert_int_equal(size_of(p), at + 2);
	play_free(p);
}

static void test_refused(void **state)
{
	struct play *p = opening();
	unsigned long long before = size_of(p);
	ch_hash e = entry(0);
	struct play_answer *a;

	(void)state;
	refused(p, "", 0, 400);
	refused(p, "", 31, 400);
	refused(p, "", 33, 400);
	refused(p, "", (size_t)MANY * 32 + 32, 413);
	refused(p, "?level=soon", 32, 400);
	refused(p, "?level=published", 64, 400);
	a = play_ask(p, "POST", "/v1/entries", NULL, ch_span_of(e.b, sizeof e.b));
	assert_int_equal(a->status, 401);
	free(a);
	a = play_ask(p, "POST", "/v1/rosters?level=soon", NULL, CH_LIT("x\n"));
	assert_int_equal(a->status, 400);
	assert_true(play_has(a, "The level is `durable`, `published` or `witnessed`"));
	free(a);
	assert_int_equal(size_of(p), before);
	play_free(p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_refused),
	};

	if (argc != 2)
		return 2;
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
