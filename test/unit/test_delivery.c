/* The judge of delivery records: states, bounds, and what convicts the registry. */
#include "record.h"

static int start_hybrid(void **state)
{
	static struct fix f;

	memset(&f.d, 0, sizeof f.d);
	world_start_hybrid(&f.w, false);
	*state = &f;
	return 0;
}

static void build(struct fix *f)
{
	f->n = world_record(f->part, &f->w, &f->d, WORLD_BY_REGISTRY | WORLD_BY_ALPHA,
	    f->w.now + 60);
}

static void begin(struct fix *f)
{
	begin_after(f, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, f->w.now + 5);
}

static void delivered(void **state)
{
	struct fix *f = *state;
	ch_by by;

	begin(f);
	world_register(&f->w, &f->d);
	world_notice(&f->w, &f->d);
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	f->d.opened = world_sign(&f->w, 1, 1, world_about(&f->w, &f->d, CH_K_OPENED, 1, NULL));
	build(f);
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_DELIVERED);
	assert_int_equal(f->x.findings, 0);
	assert_true(f->x.receipt_counts && f->x.told);
	for (unsigned s = CH_STEP_CHARTER; s <= CH_STEP_HANDOVER; s++) {
		assert_null(f->x.step[s].why);
		assert_true(f->x.step[s].signed_);
	}
	assert_true(f->x.step[CH_STEP_OPENED].signed_ && f->x.step[CH_STEP_COVER].signed_);
	assert_true(f->x.step[CH_STEP_HANDOVER].logged);
	assert_int_equal(f->x.step[CH_STEP_HANDOVER].index, f->d.at_handover);
	assert_int_equal(ch_times_latest(&f->x.step[CH_STEP_SUBMITTED].after, &by), WORLD_T0 + 5);
	assert_int_equal(by, CH_BY_REGISTRY);
	assert_int_equal(ch_times_earliest(&f->x.step[CH_STEP_HANDOVER].before, NULL),
	    f->w.now + 60);
	check_span(f->x.author, "alpha.example");
	assert_int_equal(f->x.serial, 1);
}

/* Without the trust nothing is signed; without rosters neither. */
static void not_trusted(void **state)
{
	struct fix *f = *state;

	world_deliver(&f->w, &f->d);
	build(f);
	f->w.trust.n_parties = 1; /* the addressee's key is not known */
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_NOTICED);
	assert_false(f->x.receipt_counts);
	assert_string_equal(f->x.step[CH_STEP_RECEIPT].why,
	    "the party's key is not in the trust file");
	f->w.trust.n_registries = 0;
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_SUBMITTED);
	assert_int_equal(f->x.findings & (1u << CH_FIND_NOT_REGISTRY), 0);
	f->w.trust.n_parties = 0;
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_NONE);
	no_conviction(f);
}

static void attack_26_receipt_without_key(void **state)
{
	struct fix *f = *state;
	ch_part *p;

	world_deliver(&f->w, &f->d);
	build(f);
	world_drop(f->part, &f->n, "keybox");
	check_ok(judge(f));
	assert_false(f->x.receipt_counts);
	assert_int_equal(f->x.state, CH_STATE_NOTICED);
	assert_true(found(f, CH_FIND_KEYBOX_ABSENT));
	no_conviction(f);
	build(f);
	p = world_part(f->part, f->n, "keybox");
	p->bytes.n--;
	check_ok(judge(f));
	assert_false(f->x.receipt_counts);
	assert_true(found(f, CH_FIND_KEYBOX_DIFFERS));
	no_conviction(f);
}

/* Once the addressee signed that the key is missing, only K itself helps. */
static void key_missing(void **state)
{
	struct fix *f = *state;
	struct ch_secret32 r = { { 9 } };
	struct ch_age_identity other;
	uint8_t text[CH_AGE_IDENTITY_MAX + 1];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	world_deliver(&f->w, &f->d);
	f->d.key_missing = world_sign(&f->w, 1, 1,
	    world_about(&f->w, &f->d, CH_K_KEY_MISSING, 1, "keybox-does-not-open"));
	build(f);
	check_ok(judge(f));
	assert_false(f->x.receipt_counts);
	assert_true(found(f, CH_FIND_KEY_ABSENT));
	f->d.key = f->d.bundle_key;
	build(f);
	check_ok(judge(f));
	assert_true(f->x.receipt_counts);
	assert_int_equal(f->x.state, CH_STATE_DELIVERED);
	check_ok(ch_age_identity_make(&other, f->d.k.type, &r));
	ch_age_identity_put(&w, &other);
	CH_WR_LIT(&w, "\n");
	f->d.key = ch_wr_span(&w);
	build(f);
	check_ok(judge(f));
	assert_false(f->x.receipt_counts);
	assert_true(found(f, CH_FIND_KEY_DIFFERS));
	/* The author cannot plead it for the addressee, nor a holder by an unsigned text. */
	f->d.key = (ch_span){ 0 };
	f->d.key_missing = world_sign(&f->w, 0, 1,
	    world_about(&f->w, &f->d, CH_K_KEY_MISSING, 1, "keybox-does-not-open"));
	build(f);
	check_ok(judge(f));
	assert_true(f->x.receipt_counts);
}

static void declined_and_taken_back(void **state)
{
	struct fix *f = *state;

	begin(f);
	world_register(&f->w, &f->d);
	f->d.decline = world_sign(&f->w, 1, 1,
	    world_about(&f->w, &f->d, CH_K_DECLINE, 1, "Not the right channel"));
	world_end(&f->w, &f->d, "declined", (ch_span){ 0 });
	build(f);
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_DECLINED);
	check_span(f->x.reason, "Not the right channel");
	assert_int_equal(f->x.findings, 0);
	/* Without the addressee's own word the registry's alone shows nothing. */
	world_drop(f->part, &f->n, "decline");
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_REGISTERED);
	no_conviction(f);

	f->d.decline = (ch_span){ 0 };
	f->d.take_back = world_sign(&f->w, 0, 1,
	    world_about(&f->w, &f->d, CH_K_TAKE_BACK, 0, NULL));
	world_end(&f->w, &f->d, "taken-back", (ch_span){ 0 });
	build(f);
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_TAKEN_BACK);
	assert_false(f->x.told);
}

static void lapse(struct fix *f, unsigned by, int64_t when)
{
	char *name;
	ch_span cp = world_checkpoint(&f->w, by, when), seen;
	int64_t now = f->w.now;

	seen = world_seen(&f->w, cp);
	assert_true(asprintf(&name, "checkpoint.%zu", f->w.n_log) > 0);
	f->w.now = WORLD_T0 + 7 * 86400 + 100;
	world_end(&f->w, &f->d, "lapsed", seen);
	f->w.now = now;
	f->d.seen = (ch_span){ 0 };
	f->d.checkpoint = cp;
	f->d.checkpoint_name = world_str(&f->w, name);
	free(name);
	build(f);
	check_ok(judge(f));
}

static void lapsed(void **state)
{
	struct fix *f = *state;
	int64_t due = WORLD_T0 + 7 * 86400;

	world_paper(&f->w, &f->d, f->w.party[1].handle, NULL);
	world_submit(&f->w, &f->d);
	world_register(&f->w, &f->d);
	lapse(f, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, due);
	assert_int_equal(f->x.state, CH_STATE_LAPSED);
	assert_int_equal(f->x.findings, 0);
	assert_false(f->x.told);
	lapse(f, WORLD_BY_REGISTRY | WORLD_BY_NEUTRAL, due + 9);
	assert_int_equal(f->x.state, CH_STATE_LAPSED);
	/* The addressee's cosigner is not asked and does not help. */
	lapse(f, WORLD_BY_REGISTRY | WORLD_BY_BRAVO, due);
	assert_int_equal(f->x.state, CH_STATE_REGISTERED);
	assert_true(found(f, CH_FIND_LAPSED_EARLY));
	lapse(f, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, due - 1);
	assert_true(found(f, CH_FIND_LAPSED_EARLY));
	assert_int_equal(f->x.state, CH_STATE_REGISTERED);
	lapse(f, WORLD_BY_ALPHA | WORLD_BY_NEUTRAL, due);
	assert_true(found(f, CH_FIND_LAPSED_EARLY));
	/* A holder who drops the checkpoint convicts nobody. */
	lapse(f, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, due);
	f->n--;
	check_ok(judge(f));
	assert_true(found(f, CH_FIND_TIME_NOT_SHOWN));
	no_conviction(f);
	assert_int_equal(f->x.state, CH_STATE_REGISTERED);
}

/* The registry's own clock before the lapse time: its word alone convicts it. */
static void lapsed_before_its_time(void **state)
{
	struct fix *f = *state;

	begin(f);
	world_register(&f->w, &f->d);
	world_end(&f->w, &f->d, "lapsed", f->d.seen);
	build(f);
	check_ok(judge(f));
	assert_true(found(f, CH_FIND_LAPSED_EARLY));
}

static void two_ends(void **state)
{
	struct fix *f = *state;
	ch_delivery first;

	begin(f);
	world_register(&f->w, &f->d);
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	build(f);
	check_ok(judge(f));
	first = f->x;
	f->d.take_back = world_sign(&f->w, 0, 1,
	    world_about(&f->w, &f->d, CH_K_TAKE_BACK, 0, NULL));
	world_end(&f->w, &f->d, "taken-back", (ch_span){ 0 });
	build(f);
	check_ok(judge(f));
	assert_true(found(f, CH_FIND_TWO_ENDS));
	assert_int_equal(f->x.state, CH_STATE_DELIVERED); /* the handover beats every other end */
	/* The same shown by two records that each look whole. */
	world_drop(f->part, &f->n, "handover");
	world_drop(f->part, &f->n, "handover.proof");
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_TAKEN_BACK);
	no_conviction(f);
	assert_true(ch_delivery_two_ends(&first, &f->x));
	assert_false(ch_delivery_two_ends(&first, &first));
}

static void pair_misfit(void **state)
{
	struct fix *f = *state;

	begin(f);
	f->d.pair.hash.b[0] ^= 1;
	world_register(&f->w, &f->d);
	build(f);
	check_ok(judge(f));
	assert_true(found(f, CH_FIND_PAIR_MISFIT));
	f->d.pair.hash.b[0] ^= 1;
	f->d.pair.n++;
	world_register(&f->w, &f->d);
	build(f);
	check_ok(judge(f));
	assert_true(found(f, CH_FIND_PAIR_MISFIT));
}

/* A receipt under a roster that a lower entry had replaced convicts the registry. */
static void old_roster(void **state)
{
	struct fix *f = *state;
	struct world_party keep;
	size_t at;
	ch_span newer;

	begin(f);
	world_register(&f->w, &f->d);
	keep = f->w.party[1];
	world_enrol(&f->w, 1);
	newer = f->w.party[1].roster;
	at = world_log(&f->w, newer);
	f->w.party[1] = keep;
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	build(f);
	world_add(f->part, &f->n, &f->w, "roster.bravo.example.2", newer);
	check_ok(judge(f));
	no_conviction(f); /* its place is not shown */
	world_add(f->part, &f->n, &f->w, "roster.bravo.example.2.proof",
	    world_proof(&f->w, at, WORLD_BY_REGISTRY, f->w.now));
	check_ok(judge(f));
	assert_true(found(f, CH_FIND_OLD_ROSTER));
}

/* Stripping a line of a receipt never convicts the registry, and the receipt no longer counts. */
static void attack_03_signature_stripping(void **state)
{
	struct fix *f = *state;
	ch_note n;
	ch_part *p;
	struct ch_wr w;
	uint8_t buf[8192];

	f->w.party[1].quorum[CH_POW_SIGN_FOR] = 2;
	world_enrol(&f->w, 1);
	world_charter(&f->w);
	world_deliver(&f->w, &f->d);
	build(f);
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_DELIVERED);
	p = world_part(f->part, f->n, "receipt");
	check_ok(ch_note_parse(&n, p->bytes, CH_NOTE_TEXT_MAX));
	w = ch_wr_of(buf, sizeof buf);
	ch_note_put_text(&w, n.text);
	ch_note_put_line(&w, &n.line[0]);
	p->bytes = ch_wr_span(&w);
	check_ok(judge(f));
	assert_false(f->x.receipt_counts);
	no_conviction(f);
	/* Signed again by the other party. */
	p->bytes = world_sign(&f->w, 0, 3, n.text);
	check_ok(judge(f));
	assert_false(f->x.step[CH_STEP_RECEIPT].signed_);
	assert_false(f->x.receipt_counts);
	no_conviction(f);
	/* The submission signed again by another than its author. */
	build(f);
	p = world_part(f->part, f->n, "submission");
	check_ok(ch_note_parse(&n, p->bytes, CH_NOTE_TEXT_MAX));
	p->bytes = world_sign(&f->w, 1, 1, n.text);
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_NONE);
}

/* A handover whose own list of signers is below the quorum of the roster it names. */
static void handover_unfounded(void **state)
{
	struct fix *f = *state;

	f->w.party[1].quorum[CH_POW_SIGN_FOR] = 2;
	world_enrol(&f->w, 1);
	begin(f);
	world_register(&f->w, &f->d);
	f->w.party[1].quorum[CH_POW_SIGN_FOR] = 1;
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	build(f);
	check_ok(judge(f));
	assert_true(found(f, CH_FIND_HANDOVER_UNFOUNDED));
	assert_false(f->x.receipt_counts);
}

/* Signed by R after the lapse time, as its own checkpoint shows, and handed over all the same. */
static void ended_late(void **state)
{
	struct fix *f = *state;
	char *name;

	world_paper(&f->w, &f->d, f->w.party[1].handle, NULL);
	world_submit(&f->w, &f->d);
	world_register(&f->w, &f->d);
	f->d.checkpoint = world_checkpoint(&f->w, WORLD_BY_REGISTRY | WORLD_BY_ALPHA,
	    WORLD_T0 + 8 * 86400);
	f->d.seen = world_seen(&f->w, f->d.checkpoint);
	assert_true(asprintf(&name, "checkpoint.%zu", f->w.n_log) > 0);
	f->d.checkpoint_name = world_str(&f->w, name);
	free(name);
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	build(f);
	check_ok(judge(f));
	no_conviction(f); /* the parties' charter alone says whose the cosigner is */
	world_add(f->part, &f->n, &f->w, "registry", world_registry(&f->w));
	check_ok(judge(f));
	assert_true(found(f, CH_FIND_ENDED_LATE));
	assert_int_equal(f->x.state, CH_STATE_DELIVERED);
}

/* Every kind of object in the place of every other: nothing stands for another. */
static void attack_04_kind_confusion(void **state)
{
	static const char *const name[] = {
		"charter", "submission", "registered", "notice", "receipt", "handover", "opened",
	};
	struct fix *f = *state;

	begin(f);
	world_register(&f->w, &f->d);
	world_notice(&f->w, &f->d);
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	f->d.opened = world_sign(&f->w, 1, 1, world_about(&f->w, &f->d, CH_K_OPENED, 1, NULL));
	for (size_t i = 0; i < CH_COUNT(name); i++)
		for (size_t k = 0; k < CH_COUNT(name); k++) {
			if (i == k)
				continue;
			build(f);
			ch_span other = world_part(f->part, f->n, name[k])->bytes;

			world_part(f->part, f->n, name[i])->bytes = other;
			if (judge(f) == CH_OK) {
				/* A bad charter is said and spoils nothing else. */
				assert_string_equal(name[i], "charter");
				assert_false(f->x.step[CH_STEP_CHARTER].signed_);
			}
		}
}

/* Missing names: each name of L changed, and signed again, fits nothing that follows. */
static void attack_02_missing_names(void **state)
{
	static const unsigned field[] = {
		CH_L_TALKS, CH_L_PARTY, CH_L_ADDRESSEE, CH_L_PAPER, CH_L_COVER,
	};
	struct fix *f = *state;
	ch_note n;
	ch_stmt s;

	for (size_t i = 0; i < CH_COUNT(field); i++) {
		memset(&f->d, 0, sizeof f->d);
		world_deliver(&f->w, &f->d);
		check_ok(ch_note_parse(&n, f->d.submission, CH_NOTE_TEXT_MAX));
		check_ok(ch_stmt_parse(&s, n.text));
		s.v[field[i]] = field[i] == CH_L_PARTY || field[i] == CH_L_ADDRESSEE
		    ? CH_LIT("gamma.example")
		    : CH_LIT("00000000000000000000000000000000000000000000000000000000000000ff");
		f->d.submission = world_sign(&f->w, 0, 1, world_format(&f->w, &s));
		build(f);
		if (judge(f) == CH_OK) {
			assert_false(f->x.receipt_counts);
			assert_true(f->x.state <= CH_STATE_SUBMITTED);
		}
	}
}

static void exercise(void **state)
{
	struct fix *f = *state;
	static struct world x;
	struct world_delivery d = { 0 };
	ch_evidence ev = { f->part, 0, false, &x.trust };
	ch_delivery out;

	world_start(&x, true);
	world_deliver(&x, &d);
	ev.n = world_record(f->part, &x, &d, WORLD_BY_REGISTRY, x.now);
	check_err(ch_delivery_judge(&out, &work, &ev, NULL), CH_E_FORMAT);
	ev.exercise = true;
	check_ok(ch_delivery_judge(&out, &work, &ev, NULL));
	assert_true(out.exercise);
	assert_int_equal(out.state, CH_STATE_DELIVERED);
	/* A single real text among them spoils it. */
	world_deliver(&f->w, &f->d);
	world_part(f->part, ev.n, "receipt")->bytes = f->d.receipt;
	check_err(ch_delivery_judge(&out, &work, &ev, NULL), CH_E_FORMAT);
	world_stop(&x);
}

static void unknown_parts(void **state)
{
	struct fix *f = *state;

	world_deliver(&f->w, &f->d);
	build(f);
	world_add(f->part, &f->n, &f->w, "secret", CH_LIT("x"));
	check_err(judge(f), CH_E_FORMAT);
	build(f);
	world_drop(f->part, &f->n, "submission");
	check_err(judge(f), CH_E_FORMAT);
}

/* Who must have cosigned for the word, and that nothing stands for a proof. */
static void test_level(void **state)
{
	ch_fact f = { .signed_ = true, .before = { .t = { 9, 9, 9, 9, 9 } } };

	(void)state;
	assert_int_equal(ch_fact_level(&f), CH_LEVEL_NONE);
	f = (ch_fact){ .logged = true, .before = { .t = { [CH_BY_REGISTRY] = 9 } } };
	assert_int_equal(ch_fact_level(&f), CH_LEVEL_PUBLISHED);
	f.before.t[CH_BY_ADDRESSEE] = 9;
	assert_int_equal(ch_fact_level(&f), CH_LEVEL_PUBLISHED);
	f.before.t[CH_BY_AUTHOR] = 9;
	assert_int_equal(ch_fact_level(&f), CH_LEVEL_WITNESSED);
	assert_string_equal(ch_level_text(&f), "published, and cosigned by both sides");
	f = (ch_fact){ .logged = true, .before = { .t = { [CH_BY_NEUTRAL] = 9 } } };
	assert_int_equal(ch_fact_level(&f), CH_LEVEL_WITNESSED);
	f = (ch_fact){ .logged = true, .before = { .t = { [CH_BY_WITNESS] = 9 } } };
	assert_string_equal(ch_level_name(ch_fact_level(&f)), "witnessed");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
#define HYBRID(f) { #f " (hybrid)", f, start_hybrid, stop, NULL }
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_level),
		T(delivered), T(not_trusted), T(attack_26_receipt_without_key), T(key_missing),
		HYBRID(delivered), HYBRID(attack_26_receipt_without_key), HYBRID(key_missing),
		T(declined_and_taken_back), T(lapsed), T(lapsed_before_its_time), T(two_ends),
		T(pair_misfit), T(old_roster), T(attack_03_signature_stripping),
		T(handover_unfounded), T(ended_late), T(attack_04_kind_confusion),
		T(attack_02_missing_names), T(exercise), T(unknown_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
