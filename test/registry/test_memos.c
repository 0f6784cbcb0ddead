/*
 * What a running registry remembers, and what changes beside it. What the crew finds out before a
 * batch is used, and counts for nothing once the batch itself changes what it was found out under.
 */
#include "play.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"

static const char *program;

/* A number of /metrics. */
static unsigned long long figure(struct play *p, const char *name)
{
	struct play_answer *a = play_ask(p, "GET", "/metrics", NULL, (ch_span){ 0 });
	unsigned long long value;
	char line[100];
	const uint8_t *at;
	int n = snprintf(line, sizeof line, "\n%s ", name);

	assert_int_equal(a->status, 200);
	at = memmem(a->body.p, a->body.n, line, (size_t)n);
	assert_non_null(at);
	value = strtoull((const char *)at + n, NULL, 10);
	free(a);
	return value;
}

static unsigned long long used(struct play *p, const char *what)
{
	char name[64];

	(void)snprintf(name, sizeof name, "chancery_crew_used_total{work=\"%s\"}", what);
	return figure(p, name);
}

static int status_of(struct play_answer *a)
{
	int status = a->status;

	free(a);
	return status;
}

static void sent(struct play *p, struct world_delivery *d, const struct world_delivery *last)
{
	ch_span envelope, pack;

	play_write(p, d, last, &envelope, &pack);
	assert_in_range(status_of(play_put(p, envelope)), 200, 201);
	assert_int_equal(status_of(play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack)),
	    201);
}

static void test_used(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d;
	struct play_answer *a;

	(void)state;
	assert_int_equal(used(p, "signatures") + used(p, "deposit") + used(p, "keybox"), 0);
	sent(p, &d, NULL);
	assert_int_equal(used(p, "signatures"), 1);
	assert_int_equal(used(p, "deposit"), 1);
	assert_int_equal(used(p, "envelope"), 1);
	world_receive(&p->w, &d);
	a = play_say(p, &d, "receipt", d.receipt);
	assert_int_equal(a->status, 200);
	d.handover = play_part(p, a, "handover");
	d.keybox = play_part(p, a, "keybox");
	free(a);
	assert_int_equal(used(p, "signatures"), 2);
	assert_int_equal(used(p, "keybox"), 1);
	d.opened = world_sign(&p->w, 1, 1, world_about(&p->w, &d, CH_K_OPENED, 1, NULL));
	assert_int_equal(status_of(play_say(p, &d, "opened", d.opened)), 200);
	assert_int_equal(used(p, "signatures"), 3);
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_free(p);
}

struct request {
	const char *path, *token;
	ch_span body;
};

/* Two requests in one piece, so that one batch does both; their statuses. */
static void together(int status[2], struct play *p, const struct request r[2])
{
	static uint8_t bytes[1 << 19];
	struct ch_wr w = ch_wr_of(bytes, sizeof bytes);
	unsigned long long batches = figure(p, "chancery_batch_operations_count"),
	    done = figure(p, "chancery_batch_operations_sum");
	struct play_answer *a;
	const uint8_t *second;

	for (int i = 0; i < 2; i++) {
		char head[400];

		(void)snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: a\r\n%s%s%s"
		    "Content-Length: %zu\r\n\r\n", r[i].path,
		    r[i].token ? "Authorization: Bearer " : "", r[i].token ? r[i].token : "",
		    r[i].token ? "\r\n" : "", r[i].body.n);
		ch_wr_str(&w, head);
		ch_wr_put(&w, r[i].body);
	}
	check_ok(ch_wr_done(&w));
	a = play_raw(p, ch_wr_span(&w));
	status[0] = a->status;
	second = memmem(a->body.p, a->body.n, "HTTP/1.1 ", 9);
	assert_non_null(second);
	status[1] = atoi((const char *)second + 9);
	free(a);
	assert_int_equal(figure(p, "chancery_batch_operations_count"), batches + 1);
	assert_int_equal(figure(p, "chancery_batch_operations_sum"), done + 2);
}

/* The roster that recalls a delegate comes in the batch in which that delegate signs: the crew
 * judged by the old one, and the batch by the new one. */
static void attack_07_recalled_between(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d;
	struct play_answer *a;
	struct request r[2] = { { .path = "/v1/rosters" } };
	char path[160];
	struct ch_wr w;
	int status[2];

	(void)state;
	sent(p, &d, NULL);
	d.receipt = world_sign(&p->w, 1, 2, world_about(&p->w, &d, CH_K_RECEIPT, 1, NULL));
	p->w.now += 60;
	p->w.party[1].d[1].recalled = true;
	world_enrol(&p->w, 1);
	w = ch_wr_of(path, sizeof path - 1);
	memset(path, 0, sizeof path);
	ch_wr_str(&w, "/v1/deliveries/");
	ch_hex_put(&w, ch_span_of(d.l.b, 32));
	ch_wr_str(&w, "/receipt");
	r[0].body = p->w.party[1].roster;
	r[1] = (struct request){ .path = path, .body = d.receipt };
	together(status, p, r);
	assert_int_equal(status[0], 200);
	assert_int_equal(status[1], 409);
	assert_int_equal(used(p, "keybox"), 0);
	assert_int_equal(used(p, "signatures"), 1);
	world_receive(&p->w, &d);
	a = play_say(p, &d, "receipt", d.receipt);
	assert_int_equal(a->status, 200);
	d.handover = play_part(p, a, "handover");
	assert_true(memmem(d.handover.p, d.handover.n, "recalled bravo.example/b0000002", 31));
	free(a);
	assert_int_equal(used(p, "keybox"), 1);
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_free(p);
}

/* The same with a submission, and the roster of its author. */
static void attack_07_replaced_between(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d;
	ch_span envelope, pack;
	struct request r[2] = { { .path = "/v1/rosters" } };
	int status[2];

	(void)state;
	play_write(p, &d, NULL, &envelope, &pack);
	assert_int_equal(status_of(play_put(p, envelope)), 201);
	p->w.now += 60;
	world_enrol(&p->w, 0);
	r[0].body = p->w.party[0].roster;
	r[1] = (struct request){ "/v1/submissions", p->token[0][0], pack };
	together(status, p, r);
	assert_int_equal(status[0], 200);
	assert_int_equal(status[1], 409);
	assert_int_equal(used(p, "signatures"), 0);
	assert_int_equal(used(p, "deposit"), 0);
	sent(p, &d, NULL); /* under the new one it is taken, with the same number */
	assert_int_equal(used(p, "deposit"), 1);
	assert_int_equal(used(p, "envelope"), 1);
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_free(p);
}

/* The operator lets parties in beside the running registry: it counts at once, and a reload neither
 * is needed nor changes it, nor signs anybody out. Another key of a party that is in is refused. */
static void test_enrolled_beside(void **state)
{
	struct play *p = malloc(sizeof *p);
	struct world_party *alpha;
	struct play_answer *a;

	(void)state;
	assert_non_null(p);
	play_open(p, program);
	assert_true(play_start(p));
	alpha = &p->w.party[0];
	assert_int_equal(play_roster(p, 0), 403);
	assert_int_equal(play_enrol(p, 0), 0);
	assert_int_equal(play_roster(p, 0), 200);
	assert_int_equal(play_sign_in(p, 0, 0), 200);
	assert_int_equal(play_roster(p, 1), 403);
	assert_int_equal(kill(p->pid, SIGHUP), 0);
	assert_int_equal(play_enrol(p, 0), 0); /* the same again */
	assert_int_equal(play_enrol(p, 1), 0);
	assert_int_equal(play_roster(p, 1), 200);
	a = play_ask(p, "GET", "/v1/charters", p->token[0][0], (ch_span){ 0 });
	assert_int_equal(a->status, 200);
	free(a);

	alpha->key = world_key_make(&p->w, alpha->handle, CH_VKEY_ED25519, 77, 0);
	alpha->version = 0;
	world_enrol(&p->w, 0);
	assert_int_equal(play_enrol(p, 0), 2);
	assert_int_equal(play_roster(p, 0), 403);
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_free(p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enrolled_beside),
		cmocka_unit_test(test_used),
		cmocka_unit_test(attack_07_recalled_between),
		cmocka_unit_test(attack_07_replaced_between),
	};

	if (argc < 2)
		return 2;
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
