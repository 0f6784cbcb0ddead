/* Envelopes that no paper names: kept for two days, counted for whoever sent them, then let go. */
#include "play.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "hex.h"

#define DAYS (2 * 86400)

static const char *program;

/* Where the registry keeps these bytes. */
static void file_of(char out[400], const struct play *p, ch_span envelope)
{
	char hex[65] = { 0 };
	struct ch_wr w = ch_wr_of(hex, 64);
	ch_hash h;

	ch_sha256(&h, envelope);
	ch_hex_put(&w, ch_span_of(h.b, 32));
	(void)snprintf(out, 400, "%s/envelopes/%s", p->dir, hex);
}

static bool there(const struct play *p, ch_span envelope)
{
	char path[400];

	file_of(path, p, envelope);
	return access(path, F_OK) == 0;
}

static void lay(const struct play *p, ch_span envelope)
{
	char path[400];

	file_of(path, p, envelope);
	check_ok(ch_file_write(path, envelope, 0600));
}

static void limit(const struct play *p, unsigned open)
{
	char path[300], text[100];

	(void)snprintf(path, sizeof path, "%s/limits", p->dir);
	(void)snprintf(text, sizeof text, "chancery/registry-limits@v1\nrate 0\nburst 500\n"
	    "open %u\nbytes 1000000\n", open);
	check_ok(ch_file_write(path, ch_span_str(text), 0600));
}

/* Stopped, and started at that time; it looks as soon as it is up. */
static void again(struct play *p, int64_t later)
{
	assert_int_equal(play_stop(p, SIGTERM), 0);
	p->w.now += later;
	play_clock(p);
	assert_true(play_start(p));
	assert_int_equal(play_sign_in(p, 0, 0), 200);
}

static void await_gone(const struct play *p, ch_span envelope)
{
	for (unsigned i = 0; i < 1000 && there(p, envelope); i++)
		(void)nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	assert_false(there(p, envelope));
}

static void expect(struct play_answer *a, int status)
{
	if (a->status != status)
		fail_msg("%d %.*s", a->status, (int)a->body.n, (const char *)a->body.p);
	free(a);
}

static void test_let_go(void **state)
{
	const ch_span loose = CH_LIT("nobody's"), other = CH_LIT("another"), old = CH_LIT("of old");
	struct play *p = play_opening(program);
	struct world_delivery d, e;
	struct play_answer *a;
	ch_span kept, ended, pack;

	(void)state;
	play_write(p, &d, NULL, &kept, &pack);
	expect(play_put(p, kept), 201);
	expect(play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack), 201);
	play_write(p, &e, &d, &ended, &pack);
	expect(play_put(p, ended), 201);
	expect(play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack), 201);
	expect(play_say(p, &e, "take-back", world_sign(&p->w, 0, 1, world_about(&p->w, &e,
	    CH_K_TAKE_BACK, 0, NULL))), 200);
	assert_false(there(p, ended));
	limit(p, 1);
	again(p, 0);
	expect(play_put(p, loose), 201);
	a = play_put(p, other);
	assert_true(play_has(a, "without a paper"));
	expect(a, 403);
	assert_false(there(p, other));
	expect(play_put(p, loose), 200); /* nothing more is kept */

	/* As a crash may leave them: one of a paper with its end, one that no row knows. */
	limit(p, 9);
	lay(p, ended);
	lay(p, old);
	again(p, 0);
	assert_false(there(p, ended));
	again(p, DAYS - 100);
	expect(play_put(p, other), 201);
	assert_true(there(p, loose) && there(p, old));
	again(p, 99); /* they are younger than two days by a second */
	expect(play_put(p, other), 200); /* asked for again: two days more */
	assert_true(there(p, loose) && there(p, old));
	again(p, 1);
	await_gone(p, loose);
	await_gone(p, old);
	assert_true(there(p, kept) && there(p, other));
	again(p, DAYS - 2);
	assert_true(there(p, other));
	limit(p, 1);
	again(p, 1);
	await_gone(p, other);
	assert_true(there(p, kept));
	expect(play_put(p, loose), 201); /* what was let go is counted no more */
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_free(p);
}

/* One that a paper names is nobody's no more, and stays. */
static void test_taken_over(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d;
	ch_span kept, pack;

	(void)state;
	limit(p, 1);
	again(p, 0);
	play_write(p, &d, NULL, &kept, &pack);
	expect(play_put(p, kept), 201);
	expect(play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack), 201);
	expect(play_put(p, kept), 200); /* the same again makes it no more loose than before */
	expect(play_put(p, CH_LIT("the next")), 201);
	again(p, DAYS);
	await_gone(p, CH_LIT("the next"));
	assert_true(there(p, kept));
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_free(p);
}

/* A file without its row has not come in, nor has a row without its file. */
static void test_half_here(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d, e;
	char path[400];
	ch_span envelope, pack;
	struct play_answer *a;

	(void)state;
	play_write(p, &d, NULL, &envelope, &pack);
	lay(p, envelope);
	for (unsigned i = 0; i < 2; i++) { /* by the loop, and once the crew knows the roster */
		a = play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack);
		assert_true(play_has(a, "no-envelope"));
		expect(a, 422);
	}
	expect(play_put(p, envelope), 200);
	expect(play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack), 201);
	play_write(p, &e, &d, &envelope, &pack);
	expect(play_put(p, envelope), 201);
	file_of(path, p, envelope);
	assert_int_equal(unlink(path), 0);
	a = play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack);
	assert_true(play_has(a, "no-envelope"));
	expect(a, 422);
	expect(play_put(p, envelope), 201);
	expect(play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack), 201);
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_free(p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_let_go),
		cmocka_unit_test(test_taken_over),
		cmocka_unit_test(test_half_here),
	};

	if (argc < 2)
		return 2;
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
