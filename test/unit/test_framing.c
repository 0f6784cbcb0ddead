/* Attacks on the judge of delivery records: innocent registries framed, guilty ones let off. */
#include "record.h"

#include "pair.h"

static void build(struct fix *f)
{
	f->n = world_record(f->part, &f->w, &f->d, WORLD_BY_REGISTRY | WORLD_BY_ALPHA,
	    f->w.now + 60);
}

static void begin(struct fix *f)
{
	begin_after(f, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, f->w.now + 5);
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
	f->d.seen = (ch_span){ 0 };
	f->d.checkpoint = cp;
	f->d.checkpoint_name = world_str(&f->w, name);
	free(name);
	build(f);
	f->w.now = now;
	check_ok(judge(f));
}

/* A neutral of the charter who is also a witness of the asker's policy: a holder who leaves the
 * charter out must not make an honest lapse look early. */
static void framing_by_a_dropped_charter(void **state)
{
	struct fix *f = *state;
	static ch_policy policy;

	policy.n_witnesses = 2;
	policy.witness[0].key = f->w.neutral.vkey;
	policy.witness[1].key = f->w.cosigner.vkey;
	policy.quorum.need = 0;
	world_paper(&f->w, &f->d, f->w.party[1].handle, NULL);
	world_submit(&f->w, &f->d);
	world_register(&f->w, &f->d);
	lapse(f, WORLD_BY_REGISTRY | WORLD_BY_NEUTRAL, WORLD_T0 + 7 * 86400);
	assert_int_equal(f->x.state, CH_STATE_LAPSED);
	f->w.trust.policy = &policy;
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_LAPSED);
	world_drop(f->part, &f->n, "charter");
	check_ok(judge(f));
	no_conviction(f);
	world_add(f->part, &f->n, &f->w, "registry", world_registry(&f->w));
	check_ok(judge(f));
	no_conviction(f);
	world_drop(f->part, &f->n, "roster.alpha.example.1");
	check_ok(judge(f));
	no_conviction(f);
}

/* A charter of these talks, whole and signed by parties whom the asker trusts, but not by those
 * of the paper: it names no cosigner and no neutral for them. */
static void framing_by_others_charter(void **state)
{
	struct fix *f = *state;

	world_deliver(&f->w, &f->d);
	build(f);
	check_ok(judge(f));
	assert_true(f->x.step[CH_STEP_CHARTER].signed_);
	struct world_delivery *d = &f->d;
	ch_note n;
	ch_stmt s;

	check_ok(ch_note_parse(&n, d->submission, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse(&s, n.text));
	s.v[CH_L_ADDRESSEE] = CH_LIT("gamma.example");
	world_part(f->part, f->n, "submission")->bytes =
	    world_sign(&f->w, 0, 1, world_format(&f->w, &s));
	check_ok(judge(f));
	assert_false(f->x.step[CH_STEP_CHARTER].signed_);
}

/* L names the addressee's second roster. A receipt under the first one, by whom the second one
 * recalled, is none, and the registry that took it is convicted by L and its own word alone. */
static void attack_38_receipt_under_an_older_roster(void **state)
{
	struct fix *f = *state;
	static struct world_party old, now;

	old = f->w.party[1];
	f->w.party[1].d[0].recalled = true;
	world_enrol(&f->w, 1);
	now = f->w.party[1];
	begin(f);
	world_register(&f->w, &f->d);
	f->w.party[1] = old;
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	build(f);
	f->w.party[1] = now;
	world_add(f->part, &f->n, &f->w, "roster.bravo.example.2", now.roster);
	check_ok(judge(f));
	assert_false(f->x.step[CH_STEP_RECEIPT].signed_);
	assert_false(f->x.receipt_counts);
	assert_int_not_equal(f->x.state, CH_STATE_DELIVERED);
	assert_true(found(f, CH_FIND_HANDOVER_UNFOUNDED));
}

/* One signer listed twice is not a quorum of two. */
static void handover_lists_one_signer_twice(void **state)
{
	struct fix *f = *state;
	struct world_key keep;

	f->w.party[1].quorum[CH_POW_SIGN_FOR] = 2;
	world_enrol(&f->w, 1);
	begin(f);
	world_register(&f->w, &f->d);
	world_receive(&f->w, &f->d);
	keep = f->w.party[1].d[1].key;
	f->w.party[1].d[1].key = f->w.party[1].d[0].key;
	world_hand_over(&f->w, &f->d);
	f->w.party[1].d[1].key = keep;
	build(f);
	check_ok(judge(f));
	assert_false(f->x.receipt_counts);
	assert_true(found(f, CH_FIND_HANDOVER_UNFOUNDED));
}

/* With two registries or layers a receipt counts only with all keyboxes: never with one. */
static void attack_25_several_registries(void **state)
{
	struct fix *f = *state;
	ch_item it = { .v = { CH_LIT("other.example") } };
	uint8_t more[256];
	ch_note n;
	ch_stmt s;

	for (int layers = 0; layers < 2; layers++) {
		struct ch_wr w = ch_wr_of(more, sizeof more);

		memset(&f->d, 0, sizeof f->d);
		world_paper(&f->w, &f->d, f->w.party[1].handle, NULL);
		world_submit(&f->w, &f->d);
		check_ok(ch_note_parse(&n, f->d.submission, CH_NOTE_TEXT_MAX));
		check_ok(ch_stmt_parse(&s, n.text));
		if (layers) {
			it.v[0] = s.v[CH_L_NONCE];
			check_ok(ch_stmt_put_item(&w, CH_K_SUBMISSION, CH_L_LAYERS, &it));
			s.v[CH_L_LAYERS] = ch_wr_span(&w);
			s.count[CH_L_LAYERS] = 1;
		} else {
			ch_wr_put(&w, s.v[CH_L_REGISTRIES]);
			check_ok(ch_stmt_put_item(&w, CH_K_SUBMISSION, CH_L_REGISTRIES, &it));
			s.v[CH_L_REGISTRIES] = ch_wr_span(&w);
			s.count[CH_L_REGISTRIES] = 2;
		}
		f->d.submission = world_sign(&f->w, 0, 1, world_format(&f->w, &s));
		f->d.l = world_text_hash(f->d.submission);
		f->d.pair = (ch_ref){ 0 };
		ch_pair_step(&f->d.pair, &f->d.l, false);
		world_register(&f->w, &f->d);
		world_receive(&f->w, &f->d);
		world_hand_over(&f->w, &f->d);
		build(f);
		check_err(judge(f), CH_E_FORMAT);
	}
}

/* An end in a drawer: without its place in the register, and without the cosigners that the
 * asker's policy wants for it, nothing was delivered and nothing ended. */
static void attack_09_end_outside_of_the_register(void **state)
{
	struct fix *f = *state;

	world_deliver(&f->w, &f->d);
	build(f);
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_DELIVERED);
	world_drop(f->part, &f->n, "handover.proof");
	check_ok(judge(f));
	assert_true(found(f, CH_FIND_NO_PROOF));
	assert_false(f->x.receipt_counts);
	assert_int_equal(f->x.state, CH_STATE_NOTICED);
	no_conviction(f);
	memset(&f->d, 0, sizeof f->d);
	begin(f);
	world_register(&f->w, &f->d);
	f->d.decline = world_sign(&f->w, 1, 1, world_about(&f->w, &f->d, CH_K_DECLINE, 1, NULL));
	world_end(&f->w, &f->d, "declined", (ch_span){ 0 });
	build(f);
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_DECLINED);
	world_drop(f->part, &f->n, "ended.proof");
	check_ok(judge(f));
	assert_int_equal(f->x.state, CH_STATE_REGISTERED);
	no_conviction(f);
}

/* The registry ends L on a decline that was signed for another paper. */
static void ended_on_anothers_decline(void **state)
{
	struct fix *f = *state;
	struct world_delivery other = { .serial = 2 };

	begin(f);
	world_register(&f->w, &f->d);
	world_paper(&f->w, &other, f->w.party[1].handle, NULL);
	world_submit(&f->w, &other);
	f->d.decline = world_sign(&f->w, 1, 1, world_about(&f->w, &other, CH_K_DECLINE, 1, NULL));
	world_end(&f->w, &f->d, "declined", (ch_span){ 0 });
	build(f);
	check_ok(judge(f));
	assert_true(found(f, CH_FIND_ENDED_UNFOUNDED));
	assert_int_equal(f->x.state, CH_STATE_REGISTERED);
}

/* The line `by` names a delegate of somebody else, over the author's own signature. */
static void attack_02_by_of_another_party(void **state)
{
	struct fix *f = *state;
	ch_cover c;

	world_paper(&f->w, &f->d, f->w.party[1].handle, NULL);
	check_ok(ch_cover_parse(&c, f->d.cover, false));
	f->w.party[0].d[0].name = f->w.party[1].d[0].name;
	world_paper(&f->w, &f->d, f->w.party[1].handle, NULL);
	check_err(ch_cover_parse(&c, f->d.cover, false), CH_E_CONFLICT);
	assert_true(check_is_zero(&c, sizeof c));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		T(framing_by_a_dropped_charter), T(framing_by_others_charter),
		T(attack_38_receipt_under_an_older_roster), T(handover_lists_one_signer_twice),
		T(attack_25_several_registries), T(attack_09_end_outside_of_the_register),
		T(ended_on_anothers_decline), T(attack_02_by_of_another_party),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
