/*
 * The parties of the small world at a registry that fails, for faults.py: with the same keys and
 * the same papers in every process, so that what was asked before a failure is asked again later.
 *
 *   party begin DIR        clock of the exercise; rosters beside it: DIR.alpha, DIR.bravo
 *   party meet PORT        send rosters and charter; then as `token`
 *   party token PORT       sign in; the token
 *   party deliver PORT N   paper N from envelope to handover, one line a step: its name, the status
 *                          of the answer and its bytes in hex
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "file.h"
#include "hex.h"
#include "play.h"

#define PAPERS_MAX 8

static struct play p;

static void begin(void)
{
	static const char *const name[WORLD_PARTIES] = { "alpha", "bravo" };
	char path[300];

	play_clock(&p);
	for (int i = 0; i < WORLD_PARTIES; i++) {
		(void)snprintf(path, sizeof path, "%s.%s", p.dir, name[i]);
		check_ok(ch_file_write(path, p.w.party[i].roster, 0600));
	}
}

/* Nobody answers: the registry is gone. */
static void need(int status)
{
	if (status == 0)
		exit(3);
	if (status != 200) {
		(void)fprintf(stderr, "party: %d\n", status);
		exit(status == 507 || status == 503 || status == 500 ? 4 : 1);
	}
}

static void token(void)
{
	need(play_sign_in(&p, 0, 0));
	(void)printf("%s\n", p.token[0][0]);
}

static void meet(void)
{
	for (int i = 0; i < WORLD_PARTIES; i++)
		need(play_roster(&p, i));
	need(play_charter(&p));
	token();
}

static void say(const char *step, struct play_answer *a)
{
	(void)printf("%s %d ", step, a->status);
	for (size_t i = 0; i < a->body.n; i++)
		(void)printf("%02x", a->body.p[i]);
	(void)printf("\n");
	(void)fflush(stdout);
	if (a->status == 0)
		exit(3);
	free(a);
}

static struct play_answer *fetch(ch_span envelope)
{
	char path[100] = "/v1/envelopes/";
	struct ch_wr w = ch_wr_of(path + 14, 64);
	ch_hash h;

	ch_sha256(&h, envelope);
	ch_hex_put(&w, ch_span_of(h.b, 32));
	return play_ask(&p, "GET", path, p.token[1][0], (ch_span){ 0 });
}

static void deliver(unsigned n)
{
	static struct world_delivery d[PAPERS_MAX];
	ch_span envelope, pack;

	need(play_sign_in(&p, 0, 0));
	need(play_sign_in(&p, 1, 0));
	for (unsigned i = 0; i <= n; i++)
		play_write(&p, &d[i], i ? &d[i - 1] : NULL, &envelope, &pack);
	say("envelope", play_put(&p, envelope));
	say("submission", play_ask(&p, "POST", "/v1/submissions", p.token[0][0], pack));
	say("fetch", fetch(envelope));
	world_receive(&p.w, &d[n]);
	say("receipt", play_say(&p, &d[n], "receipt", d[n].receipt));
}

/* The registry's keys stand in the charter. */
static void learn_keys(void)
{
	struct play_answer *a = play_ask(&p, "GET", "/v1/registry", NULL, (ch_span){ 0 });

	need(a->status);
	play_learn_keys(&p, a->body);
	free(a);
}

int main(int argc, char **argv)
{
	unsigned long n = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;

	if (argc < 3 || n >= PAPERS_MAX)
		return 2;
	world_start_hybrid(&p.w, true);
	if (strcmp(argv[1], "begin") == 0) {
		(void)snprintf(p.dir, sizeof p.dir, "%s", argv[2]);
		begin();
	} else {
		p.port = (unsigned)strtoul(argv[2], NULL, 10);
		learn_keys();
		if (strcmp(argv[1], "meet") == 0)
			meet();
		else if (strcmp(argv[1], "token") == 0)
			token();
		else
			deliver((unsigned)n);
	}
	world_stop(&p.w);
	return 0;
}
