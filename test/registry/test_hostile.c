/* Every endpoint with truncated, oversized, bent and meaningless bodies: one problem in one line,
 * and the server lives. */
#include "play.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "checkpoint.h"
#include "hex.h"

static const char *program;

static const char *const paths[] = {
	"/v1/registry", "/v1/deposit-key", "/v1/challenges", "/v1/tokens", "/v1/rosters",
	"/v1/rosters/a", "/v1/rosters/alpha.example/0",
	"/v1/rosters/alpha.example/99999999999999999999",
	"/v1/charters", "/v1/charters/00", "/v1/envelopes/zz", "/v1/submissions", "/v1/mailboxes/x",
	"/v1/talks/x/sent", "/v1/talks/x/heads", "/v1/talks/x/statements?after=-1",
	"/v1/deliveries/x",
	"/v1/deliveries/x/receipt", "/v1/deliveries/x/decline", "/v1/deliveries/x/take-back",
	"/v1/deliveries/x/opened", "/v1/deliveries/x/defect", "/v1/deliveries/x/key-missing",
	"/v1/statements", "/v1/statements/x", "/v1/statements/x/extract", "/v1/cosignatures",
	"/v1/checkpoints", "/v1/checkpoints?above=x", "/v1/checkpoints?above=1&above=2",
	"/log/tile",
	"/log/tile/", "/log/tile/0/../../keys", "/log/tile/0/000.p/0", "/log/tile/0/000.p/257",
	"/log/tile/63/x999/999", "/v1", "/", "//", "/v1/rosters/%00", "/v1/rosters//1",
};

/* Where a request takes a body, and a sound one. */
struct target {
	char path[120];
	ch_span body;
	const char *token;
};

static bool is_one_problem(const struct play_answer *a)
{
	size_t lines = 0;

	for (size_t i = 0; i < a->body.n; i++)
		lines += a->body.p[i] == '\n';
	return a->status >= 400 && a->status < 600 && lines <= 1 &&
	    play_has(a, "{\"type\":\"urn:chancery:problem:");
}

/* A refusal, or (with no body to speak of) an answer; never silence. */
static void expect_refusal(struct play_answer *a, const char *what, size_t i)
{
	if (!is_one_problem(a))
		fail_msg("%s %zu: %d %.*s", what, i, a->status, (int)a->body.n,
		    (const char *)a->body.p);
	free(a);
}

static void bend(struct play *p, const struct target *t)
{
	uint8_t *copy = malloc(t->body.n);
	size_t step = t->body.n / 23 + 1;

	assert_non_null(copy);
	for (size_t n = 0; n < t->body.n; n += step)
		expect_refusal(play_ask(p, "POST", t->path, t->token, ch_span_of(t->body.p, n)),
		    t->path, n);
	for (size_t i = 0; i < t->body.n; i += step) {
		memcpy(copy, t->body.p, t->body.n);
		copy[i] ^= 1;
		expect_refusal(play_ask(p, "POST", t->path, t->token,
		    ch_span_of(copy, t->body.n)), t->path, i);
	}
	free(copy);
}

static struct play *opening(struct world_delivery *d, ch_span *pack)
{
	struct play *p = malloc(sizeof *p);
	ch_span envelope;

	assert_non_null(p);
	play_open(p, program);
	assert_true(play_start(p));
	play_admit(p);
	assert_int_equal(play_sign_in(p, 0, 0), 200);
	play_write(p, d, NULL, &envelope, pack);
	free(play_put(p, envelope));
	return p;
}

static void closing(struct play *p)
{
	struct play_answer *a = play_ask(p, "GET", "/health", NULL, (ch_span){ 0 });

	assert_int_equal(a->status, 200);
	free(a);
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_close(p);
	free(p);
}

static void target_of(struct target *t, const struct world_delivery *d, const char *what,
    ch_span body)
{
	char hex[65] = { 0 };
	struct ch_wr w = ch_wr_of(hex, 64);

	ch_hex_put(&w, ch_span_of(d->l.b, 32));
	(void)snprintf(t->path, sizeof t->path, "/v1/deliveries/%s/%s", hex, what);
	t->body = body;
	t->token = NULL;
}

static void test_bent(void **state)
{
	struct world_delivery d;
	ch_span pack;
	struct play *p = opening(&d, &pack);
	ch_part part = { CH_LIT("charter"), p->w.charter };
	struct play_answer *a;
	struct target t[] = {
		{ "/v1/submissions", pack, p->token[0][0] },
		{ "/v1/charters", world_pack(&p->w, &part, 1, CH_PACK_SUBMISSION), NULL },
		{ "/v1/rosters", { 0 }, NULL },
	}, about;

	(void)state;
	p->w.now += 60;
	world_enrol(&p->w, 1);
	t[2].body = p->w.party[1].roster;
	for (size_t i = 0; i < CH_COUNT(t); i++)
		bend(p, &t[i]);
	p->w.party[1].version = 1; /* nothing of it went in */
	a = play_ask(p, "GET", "/v1/rosters/bravo.example/2", NULL, (ch_span){ 0 });
	assert_int_equal(a->status, 404);
	free(a);
	a = play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack);
	assert_int_equal(a->status, 201);
	free(a);
	target_of(&about, &d, "take-back",
	    world_sign(&p->w, 0, 1, world_about(&p->w, &d, CH_K_TAKE_BACK, 0, NULL)));
	bend(p, &about);
	closing(p);
}

static void test_garbage(void **state)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "DELETE", "PATCH" };
	static uint8_t big[600000];
	struct world_delivery d;
	ch_span pack;
	struct play *p = opening(&d, &pack);
	const ch_span bodies[] = { { 0 }, CH_LIT("x"), CH_LIT("chancery/roster@v1\n"),
		ch_span_of(big, 4096), ch_span_of(big, sizeof big) };

	(void)state;
	memset(big, 'a', sizeof big);
	for (size_t i = 0; i < CH_COUNT(paths); i++)
		for (size_t m = 0; m < CH_COUNT(methods); m++)
			for (size_t b = 0; b < CH_COUNT(bodies); b++) {
				struct play_answer *a;

				if ((m == 0 || m == 3) && b > 0)
					continue;
				a = play_ask(p, methods[m], paths[i], p->token[0][0], bodies[b]);
				if (a->status >= 200 && a->status < 300)
					free(a);
				else
					expect_refusal(a, paths[i], m * 10 + b);
			}
	closing(p);
}

static void test_raw(void **state)
{
	static const char *const raw[] = {
		"", "\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
		"POST /v1/rosters HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
		"POST /v1/rosters HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\nabc",
		"POST /v1/rosters HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"POST /v1/rosters HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"PUT /v1/envelopes/0000000000000000000000000000000000000000000000000000000000000000"
		" HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\n",
	};
	struct world_delivery d;
	ch_span pack;
	struct play *p = opening(&d, &pack);

	(void)state;
	for (size_t i = 0; i < CH_COUNT(raw); i++) {
		struct play_answer *a = play_raw(p, ch_span_str(raw[i]));

		assert_true(a->status == 0 || a->status >= 400);
		free(a);
	}
	closing(p);
}

/* Limits of a party, taken while it runs: too fast, too many, too large; others go on. */
static void limit(struct play *p, const char *text)
{
	char path[300];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/limits", p->dir);
	assert_non_null(f = fopen(path, "w"));
	assert_true(fprintf(f, "chancery/registry-limits@v1\n%s", text) > 0);
	(void)fclose(f);
	assert_int_equal(kill(p->pid, SIGHUP), 0);
}

/* Until it answers so; each ask is one request. */
static void await(struct play *p, const char *path, ch_span body, int status, const char *kebab)
{
	struct play_answer *a = NULL;

	for (unsigned i = 0; i < 300; i++) {
		a = play_ask(p, "POST", path, p->token[0][0], body);
		if (a->status == status && (!kebab || play_has(a, kebab)))
			break;
		free(a);
		a = NULL;
		(void)nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	assert_non_null(a);
	free(a);
}

static void test_limits(void **state)
{
	struct world_delivery d = { 0 };
	ch_span pack;
	struct play *p = opening(&d, &pack);
	uint8_t entry[32] = { 7 }, large[64] = { 0 };
	struct play_answer *a;

	(void)state;
	assert_int_equal(play_sign_in(p, 1, 0), 200);
	limit(p, "rate 0\nburst 500\nopen 0\nbytes 99999999\n");
	await(p, "/v1/submissions", pack, 403, "over-limit");
	limit(p, "rate 0\nburst 500\nopen 9\nbytes 100\n");
	await(p, "/v1/submissions", pack, 403, "More is kept");
	limit(p, "rate 0\nburst 500\nopen 9\nbytes 99999999\n");
	await(p, "/v1/submissions", pack, 201, NULL);
	limit(p, "rate 1\nburst 2\nopen 9\nbytes 100\n");
	await(p, "/v1/entries", ch_span_of(entry, sizeof entry), 429, "too-many-requests");
	a = play_ask(p, "POST", "/v1/entries", p->token[1][0], ch_span_of(entry, sizeof entry));
	assert_int_equal(a->status, 200); /* another party's account */
	free(a);
	limit(p, "rate 0\nburst 2\nopen 9\nbytes 10\n");
	await(p, "/v1/entries", ch_span_of(entry, sizeof entry), 200, NULL);
	a = play_put(p, ch_span_of(large, sizeof large));
	assert_int_equal(a->status, 403);
	free(a);
	limit(p, "nonsense\n"); /* stays as it was */
	await(p, "/v1/entries", ch_span_of(entry, sizeof entry), 200, NULL);
	closing(p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bent),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_limits),
	};

	if (argc < 2)
		return 2;
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
