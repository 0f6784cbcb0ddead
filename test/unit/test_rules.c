/* What the registry allows, one bent fact at a time. */
#include "world.h"

#include "rules.h"

#define TEN_MIB ((uint64_t)10 << 20)

struct facts {
	struct world w;
	struct world_delivery d;
	ch_note note;
	ch_stmt l;
	ch_roster a, b;
	ch_charter c;
	ch_submit_facts f;
};

static struct facts *start(void)
{
	struct facts *x = calloc(1, sizeof *x);
	ch_note charter;

	assert_non_null(x);
	world_start(&x->w, false);
	world_paper(&x->w, &x->d, x->w.party[1].handle, NULL);
	world_submit(&x->w, &x->d);
	check_ok(ch_note_parse(&x->note, x->d.submission, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse(&x->l, x->note.text));
	check_ok(ch_roster_open(&x->a, x->w.party[0].roster, NULL, NULL));
	check_ok(ch_roster_open(&x->b, x->w.party[1].roster, NULL, NULL));
	check_ok(ch_note_parse(&charter, x->w.charter, CH_NOTE_TEXT_MAX));
	check_ok(ch_charter_parse(&x->c, charter.text, NULL));
	x->f = (ch_submit_facts){ .l = &x->l, .origin = x->w.origin, .now = x->w.now,
		.author = &x->a, .addressee = &x->b, .charter = &x->c, .log_size = 3 };
	return x;
}

static void stop(struct facts *x)
{
	world_stop(&x->w);
	free(x);
}

static void refused(const struct facts *x, const char *kebab)
{
	const ch_rule *r = ch_rule_submission(&x->f);

	assert_non_null(r);
	assert_string_equal(r->kebab, kebab);
}

static void test_submission(void **state)
{
	struct facts *x = start();
	ch_hash head = { { 5 } };

	(void)state;
	assert_null(ch_rule_submission(&x->f));
	x->f.origin = CH_LIT("other.example");
	refused(x, "bad-request");
	x->f.origin = x->w.origin;
	x->f.charter = NULL;
	refused(x, "unknown-talks");
	x->f.charter = &x->c;
	x->f.author = &x->b;
	refused(x, "stale-roster");
	x->f.author = &x->a;
	x->f.addressee = &x->a;
	refused(x, "stale-roster");
	x->f.addressee = &x->b;
	x->f.now = x->a.valid_until + 1;
	refused(x, "stale-roster");
	x->f.now = x->w.now + 7 * 86400; /* the lapse time itself is too late */
	refused(x, "lapse-out-of-range");
	x->f.now = x->w.now + 7 * 86400 - CH_LAPSE_MAX_S;
	assert_null(ch_rule_submission(&x->f));
	x->f.now--;
	refused(x, "lapse-out-of-range");
	x->f.now = x->w.now;
	x->f.last.n = 1;
	refused(x, "wrong-serial");
	x->l.v[CH_L_SERIAL] = CH_LIT("2"); /* the second must name a place it saw */
	refused(x, "bad-request");
	x->l.v[CH_L_PAIR] = world_ref(&x->w, 1, &head);
	refused(x, "bad-request");
	x->f.seen = &head;
	assert_null(ch_rule_submission(&x->f));
	x->l.v[CH_L_PAIR] = world_ref(&x->w, 2, &head);
	refused(x, "bad-request");
	stop(x);
}

/* An age header of one stanza, and the size of a file that seals `plain` bytes behind it. */
static uint64_t sealed(struct facts *x, ch_span *head, uint64_t plain)
{
	static uint8_t out[4096];
	struct ch_secret64 wrap = { { 3 } };
	struct ch_seal_random random = { .wrap = &wrap };
	struct ch_wr w = ch_wr_of(out, sizeof out);
	struct ch_seal s;

	check_ok(ch_seal_init(&s));
	check_ok(ch_seal_start(&s, &w, &x->w.party[1].d[0].seal.recipient, 1, &random));
	ch_seal_deinit(&s);
	*head = ch_wr_span(&w);
	return ch_seal_size(w.n - CH_AGE_NONCE, plain);
}

static void test_envelope(void **state)
{
	static const struct { uint64_t plain; bool ok; } cases[] = {
		{ 16384, true }, { 16383, false }, { 15872, false }, { 16896, false },
		{ 17408, true }, { 65536, true }, { 131072, true }, { TEN_MIB, true },
		{ TEN_MIB + 512, false },
	};
	struct facts *x = start();

	(void)state;
	for (size_t i = 0; i < CH_COUNT(cases); i++) {
		ch_span head;
		uint64_t size = sealed(x, &head, cases[i].plain);
		const ch_rule *r;

		x->l.v[CH_L_SIZE] = world_dec(&x->w, size);
		r = ch_rule_envelope(&x->l, size, head);
		if ((r == NULL) != cases[i].ok)
			fail_msg("%llu", (unsigned long long)cases[i].plain);
		assert_non_null(ch_rule_envelope(&x->l, size + 1, head));
		assert_non_null(ch_rule_envelope(&x->l, size, CH_LIT("not age")));
		assert_non_null(ch_rule_envelope(&x->l, size, (ch_span){ 0 }));
	}
	stop(x);
}

static void test_about(void **state)
{
	struct facts *x = start();
	ch_stmt s;
	ch_about_facts f = { .s = &s, .l = &x->l, .hash = &x->d.l, .origin = x->w.origin,
		.place = x->d.pair };
	static const unsigned bent[] = { CH_D_TALKS, CH_D_REGISTRY, CH_D_SUBMISSION, CH_D_PAPER,
		CH_D_COVER, CH_D_PAIR };
	ch_hash h = { { 1 } };

	(void)state;
	check_ok(ch_stmt_parse(&s, world_about(&x->w, &x->d, CH_K_RECEIPT, 1, NULL)));
	assert_null(ch_rule_about(&f));
	for (size_t i = 0; i < CH_COUNT(bent); i++) {
		ch_span kept = s.v[bent[i]];

		s.v[bent[i]] = bent[i] == CH_D_PAIR ? world_ref(&x->w, 1, &h) :
		    bent[i] == CH_D_REGISTRY ? CH_LIT("other.example") : world_hash(&x->w, &h);
		assert_non_null(ch_rule_about(&f));
		s.v[bent[i]] = kept;
	}
	assert_true(ch_rule_is_enrolled(&x->b, x->w.party[1].d[0].name));
	assert_false(ch_rule_is_enrolled(&x->b, x->w.party[0].d[0].name));
	stop(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_submission),
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
