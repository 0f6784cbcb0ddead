/*
 * What a record gives away of a registry that forks, winds back, reorders, swaps or dates falsely:
 * the registry signed every text here itself, so each lie must convict it, beside an honest twin.
 */
#include "record.h"

#define DAY 86400

static void begin(struct fix *f)
{
	begin_after(f, WORLD_BY_REGISTRY, f->w.now);
}

static void build(struct fix *f, unsigned by, int64_t when)
{
	f->n = world_record(f->part, &f->w, &f->d, by, when);
	world_add(f->part, &f->n, &f->w, "registry", f->w.registry_note);
	check_ok(judge(f));
}

static void usual(struct fix *f)
{
	build(f, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, f->w.now + 60);
}

static void only(const struct fix *f, ch_finding x)
{
	assert_int_equal(f->x.findings, (uint64_t)1 << x);
	assert_true(ch_finding_convicts(x) == (x <= CH_FIND_BELOW_SEEN));
}

static void delivered(struct fix *f)
{
	begin(f);
	world_register(&f->w, &f->d);
	world_notice(&f->w, &f->d);
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	f->d.opened = world_sign(&f->w, 1, 1, world_about(&f->w, &f->d, CH_K_OPENED, 1, NULL));
	usual(f);
	assert_int_equal(f->x.findings, 0);
}

static void other_leaf(struct fix *f, size_t at)
{
	f->w.leaf[at].b[0] ^= 1;
}

/* Two proofs of one record, under two trees of one size. */
static void attack_09_two_trees(void **state)
{
	struct fix *f = *state;
	size_t other;

	world_log(&f->w, f->w.charter);
	other = f->w.n_log - 1;
	delivered(f);
	other_leaf(f, other);
	world_part(f->part, f->n, "notice.proof")->bytes =
	    world_proof(&f->w, f->d.at_notice, WORLD_BY_REGISTRY, f->w.now + 60);
	check_ok(judge(f));
	only(f, CH_FIND_TWO_TREES);
	/* One that is not the registry's is no tree of it. */
	f->w.registry = f->w.cosigner;
	world_part(f->part, f->n, "notice.proof")->bytes =
	    world_proof(&f->w, f->d.at_notice, WORLD_BY_REGISTRY, f->w.now + 60);
	check_ok(judge(f));
	assert_false(f->x.findings >> CH_FIND_TWO_TREES & 1);
}

/* The checkpoint that the author saw, and a proof under another tree of that size. */
static void attack_09_seen_and_shown(void **state)
{
	struct fix *f = *state;

	world_log(&f->w, f->w.charter);
	world_log(&f->w, f->w.charter);
	delivered(f);
	other_leaf(f, 0);
	f->w.n_log = (size_t)ch_val_seen(f->d.seen).size;
	world_add(f->part, &f->n, &f->w, "charter.proof",
	    world_proof(&f->w, f->w.n_log - 1, WORLD_BY_REGISTRY, f->w.now));
	check_ok(judge(f));
	only(f, CH_FIND_TWO_TREES);
}

static void two_entries(void **state)
{
	struct fix *f = *state;
	ch_part *p;

	delivered(f);
	f->w.n_log = f->d.at_handover;
	f->d.at_notice = world_log(&f->w, f->d.notice);
	world_log(&f->w, f->w.charter);
	world_log(&f->w, f->w.charter);
	p = world_part(f->part, f->n, "notice.proof");
	p->bytes = world_proof(&f->w, f->d.at_notice, WORLD_BY_REGISTRY, f->w.now);
	check_ok(judge(f));
	only(f, CH_FIND_TWO_ENTRIES);
}

static void places_swapped(void **state)
{
	struct fix *f = *state;

	begin(f);
	world_register(&f->w, &f->d);
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	f->d.at_registered = world_log(&f->w, f->d.registered);
	usual(f);
	only(f, CH_FIND_PLACES_SWAPPED);
	/* The addressee's word on the handover, below it. */
	memset(&f->d, 0, sizeof f->d);
	delivered(f);
	f->d.at_registered = world_log(&f->w, f->d.registered);
	size_t opened = world_log(&f->w, f->d.opened);

	f->d.at_handover = world_log(&f->w, f->d.handover);
	usual(f);
	world_add(f->part, &f->n, &f->w, "opened.proof",
	    world_proof(&f->w, opened, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, f->w.now + 60));
	check_ok(judge(f));
	assert_true(f->x.findings >> CH_FIND_PLACES_SWAPPED & 1);
}

/* Wound back behind what the author, or who signed for it, had seen. */
static void attack_09_wound_back(void **state)
{
	struct fix *f = *state;
	size_t was;

	world_log(&f->w, f->w.charter);
	was = f->w.n_log;
	world_log(&f->w, f->w.charter);
	begin(f);
	f->w.n_log = was;
	world_register(&f->w, &f->d);
	world_log(&f->w, f->w.charter);
	usual(f);
	only(f, CH_FIND_BELOW_SEEN);
	/* A holder who leaves the checkpoint out convicts nobody. */
	f->d.checkpoint = (ch_span){ 0 };
	usual(f);
	assert_int_equal(f->x.findings, 0);

	/* The same of the one who signed for it. */
	memset(&f->d, 0, sizeof f->d);
	world_paper(&f->w, &f->d, f->w.party[1].handle, NULL);
	world_submit(&f->w, &f->d);
	world_register(&f->w, &f->d);
	was = f->w.n_log;
	world_log(&f->w, f->w.charter);
	see(f, WORLD_BY_REGISTRY, f->w.now);
	world_receive(&f->w, &f->d);
	f->w.n_log = was;
	world_hand_over(&f->w, &f->d);
	world_log(&f->w, f->w.charter);
	usual(f);
	only(f, CH_FIND_BELOW_SEEN);
}

/* ---- times ---- */

static void register_at(struct fix *f, int64_t skew)
{
	const int64_t now = f->w.now;

	f->w.now += skew;
	world_register(&f->w, &f->d);
	f->w.now = now;
}

/* The registry's clock against its own cosigner's: a day either way, and honest seconds. */
static void attack_10_time_of_the_registry(void **state)
{
	static const struct {
		int64_t skew;
		bool lie;
	} c[] = {
		{ 0, false }, { -30, false }, { 300, false }, { -DAY, true }, { DAY, true },
		{ -3600, true }, { 3600, true },
	};
	struct fix *f = *state;

	for (size_t i = 0; i < CH_COUNT(c); i++) {
		memset(&f->d, 0, sizeof f->d);
		begin(f);
		register_at(f, c[i].skew);
		build(f, WORLD_BY_REGISTRY, f->w.now + 60);
		if (!c[i].lie) {
			assert_int_equal(f->x.findings, 0);
			continue;
		}
		only(f, CH_FIND_TIME_FALSE);
		/* Without its own statement nobody knows whose the cosigner is. */
		world_drop(f->part, &f->n, "registry");
		check_ok(judge(f));
		assert_int_equal(f->x.findings, 0);
	}
}

/* Its own cosigner in league: then it contradicts itself, or the others. */
static void attack_10_time_of_the_cosigners(void **state)
{
	struct fix *f = *state;

	begin(f);
	register_at(f, -DAY);
	build(f, WORLD_BY_REGISTRY, f->w.now - DAY);
	assert_int_equal(f->x.findings, (uint64_t)1 << CH_FIND_COSIGNED_BACK |
	    (uint64_t)1 << CH_FIND_TIME_FALSE);
	/* One that is ahead: its own words fit; both sides, or a neutral, dated it earlier. */
	register_at(f, DAY);
	build(f, WORLD_BY_REGISTRY, f->w.now + DAY + 60);
	assert_int_equal(f->x.findings, 0);
	world_part(f->part, f->n, "registered.proof")->bytes =
	    world_proof(&f->w, f->d.at_registered, WORLD_BY_ALPHA | WORLD_BY_BRAVO, f->w.now + 60);
	check_ok(judge(f));
	only(f, CH_FIND_TIME_DOUBTED);
	world_part(f->part, f->n, "registered.proof")->bytes =
	    world_proof(&f->w, f->d.at_registered, WORLD_BY_NEUTRAL, f->w.now + 60);
	check_ok(judge(f));
	only(f, CH_FIND_TIME_DOUBTED);
	/* One party alone, and its clock, brings nothing about. */
	for (unsigned by = WORLD_BY_ALPHA; by <= WORLD_BY_BRAVO; by *= 2) {
		world_part(f->part, f->n, "registered.proof")->bytes =
		    world_proof(&f->w, f->d.at_registered, by, f->w.now + 60);
		check_ok(judge(f));
		assert_int_equal(f->x.findings, 0);
	}
}

/* A receipt that saw a later day than the handover states. */
static void attack_10_time_of_the_handover(void **state)
{
	struct fix *f = *state;

	begin(f);
	world_register(&f->w, &f->d);
	f->w.now += DAY;
	see(f, WORLD_BY_REGISTRY, f->w.now);
	world_receive(&f->w, &f->d);
	f->w.now -= DAY;
	world_hand_over(&f->w, &f->d);
	build(f, WORLD_BY_REGISTRY, f->w.now + DAY + 60);
	only(f, CH_FIND_TIME_FALSE);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		T(attack_09_two_trees), T(attack_09_seen_and_shown), T(two_entries),
		T(places_swapped), T(attack_09_wound_back), T(attack_10_time_of_the_registry),
		T(attack_10_time_of_the_cosigners), T(attack_10_time_of_the_handover),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
