/* The whole way of a paper through a real registry, and what it refuses. */
#include "play.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "checkpoint.h"
#include "hex.h"
#include "seal.h"
#include "tile.h"

static const char *program;

static void closing(struct play *p)
{
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_free(p);
}

/* Ask, expect this status and (if not NULL) this text in the body. */
static void expect(struct play_answer *a, int status, const char *text)
{
	if (a->status != status || (text && !play_has(a, text)))
		fail_msg("%d %.*s", a->status, (int)a->body.n, (const char *)a->body.p);
	free(a);
}

static void expect_problem(struct play_answer *a, int status, const char *kebab)
{
	char type[100];

	(void)snprintf(type, sizeof type, "\"urn:chancery:problem:%s\"", kebab);
	expect(a, status, type);
}

static struct play_answer *submit(struct play *p, ch_span pack)
{
	return play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack);
}

/* Written, uploaded, registered. */
static void sent(struct play *p, struct world_delivery *d, const struct world_delivery *last)
{
	ch_span envelope, pack;
	struct play_answer *a;

	play_write(p, d, last, &envelope, &pack);
	expect(play_put(p, envelope), 201, NULL);
	a = submit(p, pack);
	assert_int_equal(a->status, 201);
	d->registered = play_part(p, a, "registered");
	play_check_proof(p, d->registered, play_part(p, a, "registered.proof"));
	free(a);
}

static struct play_answer *fetch(struct play *p, const struct world_delivery *d, int party,
    int delegate)
{
	char path[100];
	ch_note note;
	ch_stmt s;

	check_ok(ch_note_parse(&note, d->submission, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse(&s, note.text));
	(void)snprintf(path, sizeof path, "/v1/envelopes/%.64s",
	    (const char *)s.v[CH_L_ENVELOPE].p);
	return play_ask(p, "GET", path, p->token[party][delegate], (ch_span){ 0 });
}

static struct play_answer *record(struct play *p, const struct world_delivery *d, int party)
{
	char path[100] = "/v1/deliveries/";
	struct ch_wr w = ch_wr_of(path + 15, 64);

	ch_hex_put(&w, ch_span_of(d->l.b, 32));
	return play_ask(p, "GET", path, p->token[party][0], (ch_span){ 0 });
}

static struct play_answer *get(struct play *p, const char *path, int party)
{
	return play_ask(p, "GET", path, party < 0 ? NULL : p->token[party][0], (ch_span){ 0 });
}

/* The record as the registry tells it, with rosters and cover of our own, before the judge. */
static ch_delivery judged(struct play *p, const struct world_delivery *d)
{
	static struct ch_delivery_work work;
	struct play_answer *a = record(p, d, 1);
	ch_part part[48];
	ch_evidence ev = { .exercise = true, .trust = &p->w.trust };
	ch_delivery out;
	size_t n;

	assert_int_equal(a->status, 200);
	check_ok(ch_pack_parse(part, &n, 32, a->body, CH_PACK_RECORD, true));
	part[n++] = (ch_part){ CH_LIT("roster.alpha.example.1"), p->w.party[0].roster };
	part[n++] = (ch_part){ CH_LIT("roster.bravo.example.1"), p->w.party[1].roster };
	part[n++] = (ch_part){ CH_LIT("cover"), d->cover };
	ev.part = part;
	ev.n = n;
	check_ok(ch_delivery_judge(&out, &work, &ev, NULL));
	out.author = out.addressee = out.registry = (ch_span){ 0 };
	free(a);
	return out;
}

/* ---- tests ---- */

static void test_delivery(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d;
	struct play_answer *a, *b;
	ch_delivery out;

	(void)state;
	sent(p, &d, NULL);
	expect(fetch(p, &d, 1, 0), 200, "age-encryption.org/v1\n");
	a = record(p, &d, 1);
	assert_true(play_has(a, "delegate bravo.example/b0000001"));
	free(a);
	world_receive(&p->w, &d);
	a = play_say(p, &d, "receipt", d.receipt);
	assert_int_equal(a->status, 200);
	d.handover = play_part(p, a, "handover");
	d.keybox = play_part(p, a, "keybox");
	play_check_proof(p, d.handover, play_part(p, a, "handover.proof"));
	b = play_say(p, &d, "receipt", d.receipt); /* idempotent: the same bytes */
	assert_true(ch_span_eq(a->body, b->body));
	free(a);
	free(b);
	d.opened = world_sign(&p->w, 1, 1, world_about(&p->w, &d, CH_K_OPENED, 1, NULL));
	expect(play_say(p, &d, "opened", d.opened), 200, "opened.proof");
	expect(play_say(p, &d, "opened", d.opened), 200, "opened.proof");
	out = judged(p, &d);
	assert_int_equal(out.state, CH_STATE_DELIVERED);
	assert_true(out.receipt_counts && out.told);
	assert_int_equal(out.findings, 0);
	/* too late for everything else */
	d.decline = world_sign(&p->w, 1, 1, world_about(&p->w, &d, CH_K_DECLINE, 1, "no"));
	expect_problem(play_say(p, &d, "decline", d.decline), 409, "already-ended");
	expect(play_say(p, &d, "decline", d.decline), 409, "\"end\":\"delivered\"");
	closing(p);
}

static ch_span box_opens(struct play *p, const struct world_delivery *d, int delegate)
{
	static uint8_t text[256];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_open_keys keys = { .ids = &p->w.party[1].d[delegate].seal, .n_ids = 1 };

	if (ch_open_buffer(&w, NULL, d->keybox, &keys) != CH_OK)
		return (ch_span){ 0 };
	return ch_wr_span(&w);
}

static void test_keybox(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d;
	struct play_answer *a;
	uint8_t want[128];
	struct ch_wr w = ch_wr_of(want, sizeof want);

	(void)state;
	sent(p, &d, NULL);
	p->w.now += 60;
	p->w.party[1].d[1].recalled = true; /* recalled between sending and signing for it */
	world_enrol(&p->w, 1);
	assert_int_equal(play_roster(p, 1), 200);
	world_receive(&p->w, &d);
	a = play_say(p, &d, "receipt", d.receipt);
	assert_int_equal(a->status, 200);
	d.handover = play_part(p, a, "handover");
	d.keybox = play_part(p, a, "keybox");
	assert_true(memmem(d.handover.p, d.handover.n, "recalled bravo.example/b0000002", 31));
	ch_age_identity_put(&w, &d.k);
	CH_WR_LIT(&w, "\n");
	assert_true(ch_span_eq(box_opens(p, &d, 0), ch_wr_span(&w)));
	assert_int_equal(box_opens(p, &d, 1).n, 0);
	free(a);
	closing(p);
}

static void test_ends(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d, e;
	ch_delivery out;

	(void)state;
	sent(p, &d, NULL);
	d.take_back = world_sign(&p->w, 0, 1, world_about(&p->w, &d, CH_K_TAKE_BACK, 0, NULL));
	expect(play_say(p, &d, "take-back", d.take_back), 200, "ended.proof");
	expect(play_say(p, &d, "take-back", d.take_back), 200, "ended.proof");
	expect_problem(fetch(p, &d, 1, 0), 409, "already-ended");
	world_receive(&p->w, &d);
	expect(play_say(p, &d, "receipt", d.receipt), 409, "\"end\":\"taken-back\"");
	out = judged(p, &d);
	assert_int_equal(out.state, CH_STATE_TAKEN_BACK);
	assert_int_equal(out.findings, 0);
	sent(p, &e, &d);
	e.decline = world_sign(&p->w, 1, 1, world_about(&p->w, &e, CH_K_DECLINE, 1, "not today"));
	expect(play_say(p, &e, "decline", e.decline), 200, "ended.proof");
	out = judged(p, &e);
	assert_int_equal(out.state, CH_STATE_DECLINED);
	assert_int_equal(out.findings, 0);
	expect(get(p, "/v1/mailboxes/bb0000000000000000000000000000bb", 1), 200,
	    "\"state\":\"declined\"");
	expect_problem(get(p, "/v1/mailboxes/bb0000000000000000000000000000bb", 0), 404,
	    "not-found");
	closing(p);
}

/* The newest checkpoint with a line of a cosigner at the world's time. */
static ch_span cosigned(struct play *p, const struct world_key *k)
{
	struct play_answer *a = get(p, "/log/checkpoint", -1);
	uint8_t out[4096];
	struct ch_wr w = ch_wr_of(out, sizeof out);
	ch_note note;

	check_ok(ch_note_parse(&note, a->body, CH_NOTE_TEXT_MAX));
	ch_wr_put(&w, a->body);
	ch_cosignature_put(&w, k->vkey.name, note.text, (uint64_t)p->w.now, &k->secret);
	free(a);
	return world_keep(&p->w, ch_wr_span(&w));
}

static struct play_answer *push(struct play *p, const struct world_key *k)
{
	return play_ask(p, "POST", "/v1/cosignatures", NULL, cosigned(p, k));
}

static void test_lapse(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d;
	ch_delivery out;

	(void)state;
	sent(p, &d, NULL);
	expect_problem(get(p, "/v1/checkpoints?above=0", -1), 404, "not-yet");
	expect(push(p, &p->w.party[0].d[0].cosign), 200, NULL);
	expect(get(p, "/v1/checkpoints?above=0", -1), 200, "alpha.example/a0000001");
	p->w.now += 7 * 86400 + 1;
	play_clock(p);
	/* the addressee's word alone dates nothing */
	expect(push(p, &p->w.party[1].d[0].cosign), 200, NULL);
	assert_int_equal(judged(p, &d).state, CH_STATE_REGISTERED);
	/* no other end from here on: it would be proof against this registry */
	d.decline = world_sign(&p->w, 1, 1, world_about(&p->w, &d, CH_K_DECLINE, 1, "no"));
	expect_problem(play_say(p, &d, "decline", d.decline), 409, "lapse-out-of-range");
	d.take_back = world_sign(&p->w, 0, 1, world_about(&p->w, &d, CH_K_TAKE_BACK, 0, NULL));
	expect_problem(play_say(p, &d, "take-back", d.take_back), 409, "lapse-out-of-range");
	d.decline = d.take_back = (ch_span){ 0 };
	expect(push(p, &p->w.party[0].d[0].cosign), 200, NULL);
	out = judged(p, &d);
	assert_int_equal(out.state, CH_STATE_LAPSED);
	assert_int_equal(out.findings, 0);
	world_receive(&p->w, &d);
	expect(play_say(p, &d, "receipt", d.receipt), 409, "\"end\":\"lapsed\"");
	expect_problem(push(p, &p->w.cosigner), 422, "bad-signature");
	closing(p);
}

static void refused(struct play *p, struct world_delivery *d, unsigned f, ch_span v, int status,
    const char *kebab)
{
	ch_span kept = d->submission;
	struct play_answer *a;

	(void)play_bend(p, d, f, v);
	a = submit(p, play_pack(p, d));
	assert_true(status == 403 || play_has(a, "\"rejected\":\"chancery-exercise/rejected@v1"));
	expect_problem(a, status, kebab);
	d->submission = kept;
	d->l = world_text_hash(kept);
}

static void test_refusals(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d, e;
	ch_span envelope, pack;
	struct world *w = &p->w;
	ch_hash h = { { 9 } };

	(void)state;
	play_write(p, &d, NULL, &envelope, &pack);
	expect_problem(submit(p, pack), 422, "no-envelope");
	expect(play_put(p, envelope), 201, NULL);
	expect(play_put(p, envelope), 200, NULL);
	refused(p, &d, CH_L_SERIAL, CH_LIT("2"), 409, "wrong-serial");
	refused(p, &d, CH_L_SIZE, CH_LIT("16897"), 422, "wrong-size");
	refused(p, &d, CH_L_KEY, world_hash(w, &h), 422, "key-does-not-fit");
	refused(p, &d, CH_L_TALKS, world_hash(w, &h), 422, "unknown-talks");
	refused(p, &d, CH_L_MAILBOX, CH_LIT("aa0000000000000000000000000000aa"), 422,
	    "bad-request");
	refused(p, &d, CH_L_LAPSE, world_when(w, w->now), 422, "lapse-out-of-range");
	refused(p, &d, CH_L_LAPSE, world_when(w, w->now + 401 * 86400), 422,
	    "lapse-out-of-range");
	refused(p, &d, CH_L_ROSTER, world_ref(w, 1, &h), 409, "stale-roster");
	refused(p, &d, CH_L_ADDRESSEE_ROSTER, world_ref(w, 1, &h), 409, "stale-roster");
	refused(p, &d, CH_L_PAIR, world_ref(w, 1, &h), 422, "bad-request");
	expect_problem(play_ask(p, "POST", "/v1/submissions", NULL, pack), 401, "not-signed-in");
	expect_problem(play_ask(p, "POST", "/v1/submissions", p->token[1][0], pack), 403,
	    "not-permitted");
	expect(submit(p, pack), 201, NULL);
	/* nonce, envelope and key are seen once */
	e = d;
	(void)play_bend(p, &e, CH_L_SERIAL, CH_LIT("2"));
	expect_problem(submit(p, play_pack(p, &e)), 409, "repeated");
	expect(get(p, "/v1/talks/x/sent", 0), 400, NULL);
	closing(p);
}

static void test_restart(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d, e;
	struct play_answer *a, *b;
	ch_span envelope, pack;

	(void)state;
	play_write(p, &d, NULL, &envelope, &pack);
	expect(play_put(p, envelope), 201, NULL);
	a = submit(p, pack);
	assert_int_equal(play_stop(p, SIGKILL), 128 + SIGKILL);
	assert_true(play_start(p));
	expect_problem(submit(p, pack), 401, "not-signed-in"); /* tokens live in memory */
	assert_int_equal(play_sign_in(p, 0, 0), 200);
	assert_int_equal(play_sign_in(p, 1, 0), 200);
	b = submit(p, pack);
	assert_int_equal(b->status, 201);
	assert_true(ch_span_eq(a->body, b->body));
	free(a);
	free(b);
	world_receive(&p->w, &d);
	expect(play_say(p, &d, "receipt", d.receipt), 200, "keybox");
	sent(p, &e, &d);
	expect(get(p, "/v1/talks/x/heads", 1), 400, NULL);
	closing(p);
}

static void test_heads_and_publics(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d, e;
	struct play_answer *a;
	ch_stmt s = { .kind = CH_K_STATEMENT, .exercise = true };
	struct world *w = &p->w;
	ch_span talks = world_hash(w, &w->talks), note;
	char path[200];
	ch_note n;

	(void)state;
	sent(p, &d, NULL);
	sent(p, &e, &d);
	(void)snprintf(path, sizeof path, "/v1/talks/%.64s/heads", (const char *)talks.p);
	a = get(p, path, 1);
	assert_int_equal(a->status, 200);
	check_ok(ch_note_parse(&n, a->body, CH_NOTE_TEXT_MAX));
	check_ok(ch_note_verify(&n, &w->registry.vkey));
	note = world_ref(w, e.pair.n, &e.pair.hash);
	assert_non_null(memmem(n.text.p, n.text.n, note.p, note.n));
	free(a);
	s.v[CH_ST_TALKS] = talks;
	s.v[CH_ST_PARTY] = w->party[0].handle;
	s.v[CH_ST_ROSTER] = world_ref(w, w->party[0].ref.n, &w->party[0].ref.hash);
	s.v[CH_ST_WHAT] = CH_LIT("characterisation");
	s.v[CH_ST_TEXT] = CH_LIT("No positive response on the main issue.");
	s.v[CH_ST_TIME] = world_when(w, w->now);
	note = world_sign(w, 0, 1, world_format(w, &s));
	expect(play_ask(p, "POST", "/v1/statements", NULL, note), 201, "statement.proof");
	expect(play_ask(p, "POST", "/v1/statements", NULL, note), 201, "statement.proof");
	(void)snprintf(path, sizeof path, "/v1/talks/%.64s/statements", (const char *)talks.p);
	expect(get(p, path, 1), 200, "\"kind\":\"statement\",\"party\":\"alpha.example\"");
	expect(get(p, "/v1/charters", 1), 200, "\"name\":\"strait-2026\",\"complete\":true");
	(void)snprintf(path, sizeof path, "/v1/charters/%.64s", (const char *)talks.p);
	expect(get(p, path, 1), 200, "charter.proof");
	(void)snprintf(path, sizeof path, "/v1/talks/%.64s/sent?after=0", (const char *)talks.p);
	expect(get(p, path, 0), 200, "\"serial\":2");
	expect(get(p, "/v1/rosters/alpha.example", -1), 200, "roster.proof");
	expect(get(p, "/v1/rosters/alpha.example/1", -1), 200, "roster.proof");
	expect_problem(get(p, "/v1/rosters/alpha.example/2", -1), 404, "not-found");
	closing(p);
}

/* A pack `extract` of one or two parts. */
static ch_span extract_of(struct world *w, const char *first, ch_span a, const char *second,
    ch_span b)
{
	static uint8_t room[65536];
	struct ch_wr out = ch_wr_of(room, sizeof room);
	ch_part part[] = { { ch_span_str(first), a }, { ch_span_str(second), b } };

	check_ok(ch_pack_format(&out, part, b.n ? 2 : 1, CH_PACK_EXTRACT, true));
	return world_keep(w, ch_wr_span(&out));
}

/* The extract beside a public statement: by its party, once, and nothing but that. */
static void test_extracts(void **state)
{
	struct play *p = play_opening(program);
	struct world *w = &p->w;
	ch_stmt s = { .kind = CH_K_STATEMENT, .exercise = true };
	const char *mine = p->token[0][0], *theirs = p->token[1][0];
	ch_span note, other, good;
	char path[200] = "/v1/statements/";
	struct ch_wr hex = ch_wr_of(&path[15], 64);
	struct play_answer *a;
	ch_note n;
	ch_hash h;

	(void)state;
	s.v[CH_ST_TALKS] = world_hash(w, &w->talks);
	s.v[CH_ST_PARTY] = w->party[0].handle;
	s.v[CH_ST_ROSTER] = world_ref(w, w->party[0].ref.n, &w->party[0].ref.hash);
	s.v[CH_ST_WHAT] = CH_LIT("statement");
	s.v[CH_ST_TEXT] = CH_LIT("We shall answer in writing.");
	s.v[CH_ST_TIME] = world_when(w, w->now);
	note = world_sign(w, 0, 1, world_format(w, &s));
	s.v[CH_ST_TEXT] = CH_LIT("Something else.");
	other = world_sign(w, 0, 1, world_format(w, &s));
	check_ok(ch_note_parse(&n, note, CH_NOTE_TEXT_MAX));
	ch_stmt_hash(&h, n.text);
	ch_hex_put(&hex, ch_span_of(h.b, 32));
	(void)snprintf(&path[15 + 64], 20, "/extract");
	good = extract_of(w, "statement", note, "", (ch_span){ 0 });
	expect_problem(play_ask(p, "PUT", path, mine, good), 404, "not-found"); /* not made yet */
	expect(play_ask(p, "POST", "/v1/statements", NULL, note), 201, NULL);
	expect_problem(get(p, path, -1), 404, "not-found");
	expect_problem(play_ask(p, "PUT", path, NULL, good), 401, "not-signed-in");
	expect_problem(play_ask(p, "PUT", path, theirs, good), 403, "not-permitted");
	expect_problem(play_ask(p, "PUT", path, mine, note), 400, "bad-request");
	expect_problem(play_ask(p, "PUT", path, mine,
	    extract_of(w, "statement", other, "", (ch_span){ 0 })), 422, "bad-request");
	expect_problem(play_ask(p, "PUT", path, mine,
	    extract_of(w, "statement", note, "submission", note)), 422, "bad-request");
	expect_problem(play_ask(p, "PUT", path, mine,
	    extract_of(w, "statement", note, "keybox", note)), 422, "bad-request");
	expect(play_ask(p, "PUT", path, mine, good), 201, NULL);
	expect(play_ask(p, "PUT", path, mine, good), 200, NULL);
	expect_problem(play_ask(p, "PUT", path, mine,
	    extract_of(w, "statement", note, "registry", note)), 409, "repeated");
	a = get(p, path, -1);
	assert_int_equal(a->status, 200);
	assert_true(ch_span_eq(a->body, good));
	free(a);
	closing(p);
}

/* The tiles of a small register, as anyone reads them. */
static void test_tiles(void **state)
{
	struct play *p = play_opening(program);
	struct play_answer *a = get(p, "/log/checkpoint", -1), *t;
	ch_checkpoint cp;
	ch_note note;
	ch_hash leaf[256], root;
	char path[60];

	(void)state;
	check_ok(ch_checkpoint_open(&cp, &note, a->body, &p->w.registry.vkey));
	assert_int_equal(cp.size, 3);
	(void)snprintf(path, sizeof path, "/log/tile/entries/000.p/%u", (unsigned)cp.size);
	t = get(p, path, -1);
	assert_int_equal(t->status, 200);
	check_ok(ch_bundle_leaves(leaf, (size_t)cp.size, t->body));
	ch_merkle_root(&root, leaf, (size_t)cp.size);
	assert_true(ch_hash_eq(&root, &cp.root));
	free(t);
	t = get(p, "/log/tile/0/000.p/2", -1);
	assert_int_equal(t->body.n, 64);
	assert_memory_equal(t->body.p, leaf, 64);
	free(t);
	expect_problem(get(p, "/log/tile/0/000.p/4", -1), 404, "not-found");
	expect_problem(get(p, "/log/tile/0/000", -1), 404, "not-found");
	expect_problem(get(p, "/log/tile/8/000.p/1", -1), 404, "not-found");
	free(a);
	closing(p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delivery),
		cmocka_unit_test(test_keybox),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_lapse),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_heads_and_publics),
		cmocka_unit_test(test_extracts),
		cmocka_unit_test(test_tiles),
	};

	if (argc < 2)
		return 2;
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
