/* Rosters: opening, chaining, and who signed. */
#include "world.h"

struct fix {
	struct world w;
	ch_roster a, b;
};

static int start(void **state)
{
	static struct fix f;

	world_start(&f.w, false);
	check_ok(ch_roster_open(&f.a, f.w.party[0].roster, &f.w.party[0].key.vkey, NULL));
	check_ok(ch_roster_open(&f.b, f.w.party[1].roster, NULL, NULL));
	*state = &f;
	return 0;
}

static int stop(void **state)
{
	world_stop(&((struct fix *)*state)->w);
	return 0;
}

static void opens(void **state)
{
	struct fix *f = *state;
	ch_delegate d;
	uint32_t at;
	ch_edkey keys[CH_ROSTER_KEYS_MAX];

	check_span(f->a.party, "alpha.example");
	assert_int_equal(f->a.n, 2);
	assert_int_equal(f->a.quorum[CH_POW_BIND], 1);
	assert_int_equal(ch_roster_keys(keys, &f->a), 7);
	check_ok(ch_roster_find(&d, &at, &f->a, CH_LIT("alpha.example/a0000002")));
	assert_int_equal(at, 1);
	check_span(d.person, "second");
	assert_true(d.powers >> CH_POW_SEND & 1);
	assert_false(d.powers >> CH_POW_DRAFT & 1);
	check_err(ch_roster_find(&d, NULL, &f->a, CH_LIT("alpha.example/a0000003")), CH_E_ABSENT);
	check_ok(ch_roster_distinct(&f->a, &f->b));
	assert_true(ch_roster_is_current(&f->a, f->a.valid_until));
	assert_false(ch_roster_is_current(&f->a, f->a.valid_until + 1));
}

/* Every byte matters: no flipped roster opens, and the output is zero. */
static void flipped(void **state)
{
	struct fix *f = *state;
	ch_span note = f->w.party[0].roster;
	uint8_t *c = check_copy(note.p, note.n);
	ch_roster r;

	for (size_t i = 0; i < note.n; i += 7) {
		c[i] ^= 1;
		assert_int_not_equal(ch_roster_open(&r, ch_span_of(c, note.n),
		    &f->w.party[0].key.vkey, NULL), CH_OK);
		assert_true(check_is_zero(&r, sizeof r));
		c[i] ^= 1;
	}
	for (size_t n = 0; n < note.n; n += 11)
		assert_int_not_equal(ch_roster_open(&r, ch_span_of(c, n), NULL, NULL), CH_OK);
	free(c);
}

/* What was accepted opens again to the same value; what is no roster never does. */
static void reopened(void **state)
{
	struct fix *f = *state;
	ch_span note = f->w.party[0].roster;
	ch_roster r;

	check_ok(ch_roster_reopen(&r, note));
	assert_memory_equal(&r, &f->a, sizeof r);
	for (size_t n = 0; n < note.n; n += 11) {
		assert_int_not_equal(ch_roster_reopen(&r, ch_span_of(note.p, n)), CH_OK);
		assert_true(check_is_zero(&r, sizeof r));
	}
	assert_int_not_equal(ch_roster_reopen(&r, f->w.charter), CH_OK);
	assert_true(check_is_zero(&r, sizeof r));
}

static void pinned(void **state)
{
	struct fix *f = *state;
	struct ch_diag diag;
	ch_roster r;

	check_err(ch_roster_open(&r, f->w.party[0].roster, &f->w.party[1].key.vkey, &diag),
	    CH_E_CONFLICT);
	assert_non_null(diag.what);
	/* Signed by a delegate instead of the party. */
	ch_note note;

	check_ok(ch_note_parse(&note, f->w.party[0].roster, CH_NOTE_TEXT_MAX_ROSTER));
	check_err(ch_roster_open(&r, world_sign(&f->w, 0, 1, note.text), NULL, NULL), CH_E_AUTH);
}

static void refuses(struct world *w, ch_err want)
{
	ch_roster r;
	struct world_party keep = w->party[0];

	world_enrol(w, 0);
	check_err(ch_roster_open(&r, w->party[0].roster, NULL, NULL), want);
	w->party[0].version = keep.version;
	w->party[0].previous = keep.previous;
}

static void unsound(void **state)
{
	struct world *w = &((struct fix *)*state)->w;
	struct world_party keep = w->party[0];

	w->party[0].quorum[CH_POW_SEND] = 3;
	refuses(w, CH_E_FORMAT);
	w->party[0] = keep;
	w->party[0].d[0].powers = "send,rule";
	refuses(w, CH_E_FORMAT);
	w->party[0] = keep;
	w->party[0].d[1].sign_in = w->party[0].d[0].sign_in; /* another's name */
	refuses(w, CH_E_FORMAT);
	w->party[0] = keep;
	w->party[0].d[1].name = w->party[0].d[0].name;
	refuses(w, CH_E_FORMAT);
	w->party[0] = keep;
	w->party[0].d[1].sign_in = w->party[0].d[1].key; /* one key for two purposes */
	refuses(w, CH_E_FORMAT);
	w->party[0] = keep;
	w->party[0].d[1].key.secret = w->party[0].d[0].key.secret; /* enrolled without consent */
	refuses(w, CH_E_AUTH);
	w->party[0] = keep;
}

static void chained(void **state)
{
	struct world *w = &((struct fix *)*state)->w;
	struct fix *f = *state;
	ch_roster next, third;
	struct ch_diag diag;

	world_enrol(w, 0);
	check_ok(ch_roster_open(&next, w->party[0].roster, &f->a.party_key, NULL));
	check_ok(ch_roster_follows(&next, &f->a, NULL));
	world_enrol(w, 0);
	check_ok(ch_roster_open(&third, w->party[0].roster, &f->a.party_key, NULL));
	check_err(ch_roster_follows(&third, &f->a, &diag), CH_E_CONFLICT);
	check_err(ch_roster_follows(&f->b, &f->a, &diag), CH_E_CONFLICT);
	check_ok(ch_roster_follows(&third, &next, NULL));
	check_ok(ch_roster_distinct(&third, &f->a)); /* one party's versions */
}

/* The judge of signatures, line by line. */
static void judged(void **state)
{
	struct fix *f = *state;
	struct world *w = &f->w;
	struct world_delivery d = { 0 };
	ch_signers who;
	ch_roster r;
	ch_stmt s;
	ch_note n;

	w->party[1].quorum[CH_POW_SIGN_FOR] = 2;
	world_enrol(w, 1);
	world_deliver(w, &d);
	check_ok(ch_roster_open(&r, w->party[1].roster, NULL, NULL));
	check_ok(ch_note_parse(&n, d.receipt, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse(&s, n.text));
	check_ok(ch_roster_judge(&who, &n, &s, &r, CH_POW_SIGN_FOR));
	assert_int_equal(who.n, 2);
	assert_int_equal(who.who, 3);
	check_err(ch_roster_judge(&who, &n, &s, &f->a, CH_POW_SIGN_FOR), CH_E_CONFLICT);
	check_err(ch_roster_judge(&who, &n, &s, &f->b, CH_POW_SIGN_FOR), CH_E_CONFLICT);

	ch_note bent = n;

	bent.n = 1;
	check_err(ch_roster_judge(&who, &bent, &s, &r, CH_POW_SIGN_FOR), CH_E_ABSENT);
	assert_true(who.n == 0 && who.who == 0);
	bent = n;
	bent.line[1] = n.line[0]; /* one person twice */
	check_err(ch_roster_judge(&who, &bent, &s, &r, CH_POW_SIGN_FOR), CH_E_FORMAT);
	bent.line[0] = n.line[1]; /* other order */
	check_err(ch_roster_judge(&who, &bent, &s, &r, CH_POW_SIGN_FOR), CH_E_FORMAT);
	bent = n;
	bent.line[0].b64 = n.line[1].b64;
	check_err(ch_roster_judge(&who, &bent, &s, &r, CH_POW_SIGN_FOR), CH_E_AUTH);

	/* What was verified before counts for these bytes, and for no others. */
	ch_known_lines known, other;

	ch_roster_know(&known, &n, &r);
	assert_int_equal(known.n, 2);
	check_ok(ch_roster_judge_known(&who, &n, &s, &r, CH_POW_SIGN_FOR, &known));
	assert_int_equal(who.who, 3);
	check_err(ch_roster_judge_known(&who, &bent, &s, &r, CH_POW_SIGN_FOR, &known), CH_E_AUTH);
	other = known;
	other.line[0].sig.b[0] ^= 1;
	bent.line[0] = n.line[0];
	check_ok(ch_roster_judge_known(&who, &bent, &s, &r, CH_POW_SIGN_FOR, &other));
	bent.text.n--; /* a shorter text is another text */
	s.text = bent.text;
	check_err(ch_roster_judge_known(&who, &bent, &s, &r, CH_POW_SIGN_FOR, &known), CH_E_AUTH);
	s.text = n.text;
	bent = n;
	bent.n = 1;
	check_err(ch_roster_judge_known(&who, &bent, &s, &r, CH_POW_SIGN_FOR, &known), CH_E_ABSENT);
	check_err(ch_roster_judge_known(&who, &n, &s, &f->b, CH_POW_SIGN_FOR, &known),
	    CH_E_CONFLICT);

	/* Two keys of one person are one person. */
	w->party[1].d[1].person = "first";
	world_enrol(w, 1);
	world_receive(w, &d);
	check_ok(ch_roster_open(&r, w->party[1].roster, NULL, NULL));
	check_ok(ch_note_parse(&n, d.receipt, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse(&s, n.text));
	check_err(ch_roster_judge(&who, &n, &s, &r, CH_POW_SIGN_FOR), CH_E_FORMAT);

	/* Recalled, or without the power. */
	w->party[1].quorum[CH_POW_SIGN_FOR] = 1;
	w->party[1].d[0].recalled = true;
	world_enrol(w, 1);
	world_receive(w, &d);
	check_ok(ch_roster_open(&r, w->party[1].roster, NULL, NULL));
	check_ok(ch_note_parse(&n, d.receipt, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse(&s, n.text));
	check_err(ch_roster_judge(&who, &n, &s, &r, CH_POW_SIGN_FOR), CH_E_DENIED);
	w->party[1].d[0].recalled = false;
	w->party[1].d[0].powers = "draft";
	world_enrol(w, 1);
	world_receive(w, &d);
	check_ok(ch_roster_open(&r, w->party[1].roster, NULL, NULL));
	check_ok(ch_note_parse(&n, d.receipt, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse(&s, n.text));
	check_err(ch_roster_judge(&who, &n, &s, &r, CH_POW_SIGN_FOR), CH_E_DENIED);
}

/* A roster made for other talks decides nothing here, whatever powers it gives. */
static void attack_04_roster_of_other_talks(void **state)
{
	struct fix *f = *state;
	struct world *w = &f->w;
	struct world_delivery d = { 0 };
	ch_roster r, last = f->b;
	ch_signers who;
	ch_stmt s;
	ch_note n;

	w->party[1].talks = CH_LIT(
	    "00000000000000000000000000000000000000000000000000000000000000aa");
	world_enrol(w, 1);
	world_deliver(w, &d);
	check_ok(ch_roster_open(&r, w->party[1].roster, NULL, NULL));
	check_err(ch_roster_follows(&r, &last, NULL), CH_E_CONFLICT);
	check_ok(ch_note_parse(&n, d.receipt, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse(&s, n.text));
	check_err(ch_roster_judge(&who, &n, &s, &r, CH_POW_SIGN_FOR), CH_E_CONFLICT);
	/* The same for its own talks. */
	w->party[1].talks = world_hash(w, &w->talks);
	world_enrol(w, 1);
	world_receive(w, &d);
	check_ok(ch_roster_open(&r, w->party[1].roster, NULL, NULL));
	check_ok(ch_note_parse(&n, d.receipt, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse(&s, n.text));
	check_ok(ch_roster_judge(&who, &n, &s, &r, CH_POW_SIGN_FOR));
}

/* One sealing key for two delegates: recalling one would take nothing away. And a key of low
 * order, to which nobody can seal. */
static void attack_39_sealing_keys(void **state)
{
	struct world *w = &((struct fix *)*state)->w;
	struct world_party keep = w->party[0];

	w->party[0].d[1].seal = w->party[0].d[0].seal;
	refuses(w, CH_E_FORMAT);
	w->party[0] = keep;
	memset(&w->party[0].d[1].seal.recipient.x, 0, sizeof(ch_xkey));
	refuses(w, CH_E_FORMAT);
	w->party[0] = keep;
}

/* One suite for a whole version: no delegate of another stands in it. */
static void suites(void **state)
{
	struct fix *f = *state;
	struct world *w = &f->w;
	ch_roster r;

	world_seals(w, 0, true);
	world_enrol(w, 0);
	check_ok(ch_roster_open(&r, w->party[0].roster, NULL, NULL));
	assert_true(r.hybrid);
	check_ok(ch_roster_follows(&r, &f->a, NULL));
	w->party[0].d[1].seal = w->party[1].d[1].seal; /* a classic one among hybrids */
	refuses(w, CH_E_FORMAT);
	world_seals(w, 0, false);
	world_seals(w, 1, true);
	w->party[0].d[1].seal = w->party[1].d[1].seal;
	refuses(w, CH_E_FORMAT);
}

/* As many delegates as there may be: roster, envelope and keybox stay within their bounds. */
static void sixty_four(void **state)
{
	static ch_age_recipient to[CH_ROSTER_DELEGATES_MAX];
	static ch_edkey keys[CH_ROSTER_KEYS_MAX];
	struct world *w = &((struct fix *)*state)->w;
	ch_delegate d;
	ch_roster r;

	world_seals(w, 0, true);
	world_enrol_more(w, 0, CH_ROSTER_DELEGATES_MAX - WORLD_DELEGATES);
	assert_true(w->party[0].roster.n > (size_t)2500 * CH_ROSTER_DELEGATES_MAX);
	assert_true(w->party[0].roster.n < CH_NOTE_TEXT_MAX_ROSTER);
	check_ok(ch_roster_open(&r, w->party[0].roster, &w->party[0].key.vkey, NULL));
	assert_int_equal(r.n, CH_ROSTER_DELEGATES_MAX);
	assert_int_equal(ch_roster_keys(keys, &r), CH_ROSTER_KEYS_MAX);
	for (uint32_t i = 0; i < r.n; i++) {
		ch_roster_delegate(&d, &r, i);
		check_ok(ch_age_recipient_parse(&to[i], d.seal));
		assert_true(ch_age_is_hybrid(to[i].type));
	}
	assert_true(ch_seal_header_size(to, r.n) < CH_AGE_HEADER_MAX);
}

/* Keys of a drill never stand in real rosters. */
static void exercise_keys(void **state)
{
	struct fix *f = *state;
	static struct world x;
	ch_roster r;

	world_start(&x, true);
	check_ok(ch_roster_open(&r, x.party[0].roster, NULL, NULL));
	assert_true(r.exercise);
	check_ok(ch_roster_distinct(&f->a, &r));
	x.party[0].d[0].cosign = f->w.party[0].d[0].cosign;
	world_enrol(&x, 0);
	check_ok(ch_roster_open(&r, x.party[0].roster, NULL, NULL));
	check_err(ch_roster_distinct(&f->a, &r), CH_E_CONFLICT);
	check_err(ch_roster_distinct(&r, &f->a), CH_E_CONFLICT);
	world_stop(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(opens, start, stop),
		cmocka_unit_test_setup_teardown(flipped, start, stop),
		cmocka_unit_test_setup_teardown(reopened, start, stop),
		cmocka_unit_test_setup_teardown(pinned, start, stop),
		cmocka_unit_test_setup_teardown(unsound, start, stop),
		cmocka_unit_test_setup_teardown(chained, start, stop),
		cmocka_unit_test_setup_teardown(judged, start, stop),
		cmocka_unit_test_setup_teardown(attack_04_roster_of_other_talks, start, stop),
		cmocka_unit_test_setup_teardown(attack_39_sealing_keys, start, stop),
		cmocka_unit_test_setup_teardown(suites, start, stop),
		cmocka_unit_test_setup_teardown(sixty_four, start, stop),
		cmocka_unit_test_setup_teardown(exercise_keys, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
