/*
 * Laws of the judge of records: whatever a holder does to an honest record (parts dropped, bytes
 * flipped, signature lines cut off, parts of another delivery put in), it convicts nobody, and
 * the receipt counts only while submission, receipt, handover and keybox are untouched.
 */
#include "world.h"

static struct ch_delivery_work work;
static struct world w;
static uint32_t state_ = 7;

static uint32_t rnd(uint32_t n)
{
	state_ = state_ * 1664525u + 1013904223u;
	return (state_ >> 8) % n;
}

static void law(const ch_part *part, size_t n, bool whole)
{
	ch_evidence ev = { part, n, w.exercise, &w.trust };
	ch_delivery x;

	if (ch_delivery_judge(&x, &work, &ev, NULL) != CH_OK) {
		assert_true(check_is_zero(&x, sizeof x));
		return;
	}
	for (unsigned i = 0; i < CH_FIND_COUNT; i++)
		if (ch_finding_convicts((ch_finding)i))
			assert_false(x.findings >> i & 1);
	if (x.receipt_counts)
		assert_true(whole);
	if (x.state != CH_STATE_NONE)
		assert_true(x.step[CH_STEP_SUBMITTED].signed_);
}

/* What the receipt cannot do without. */
static bool is_needed(ch_span name)
{
	static const char *const needed[] = { "submission", "receipt", "handover", "keybox" };

	for (size_t i = 0; i < CH_COUNT(needed); i++)
		if (ch_span_eq(name, ch_span_str(needed[i])))
			return true;
	return false;
}

static void subsets(void **state)
{
	struct world_delivery d = { 0 };
	ch_part all[32], some[32];
	size_t n;

	(void)state;
	world_start(&w, false);
	world_deliver(&w, &d);
	n = world_record(all, &w, &d, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, w.now + 60);
	for (unsigned round = 0; round < 200; round++) {
		size_t k = 0;
		bool whole = true;

		for (size_t i = 0; i < n; i++) {
			if (rnd(4) == 0)
				whole = whole && !is_needed(all[i].name);
			else
				some[k++] = all[i];
		}
		law(some, k, whole);
	}
	world_stop(&w);
}

static void flips(void **state)
{
	struct world_delivery d = { 0 };
	ch_part all[32];
	size_t n;

	(void)state;
	world_start(&w, false);
	world_deliver(&w, &d);
	n = world_record(all, &w, &d, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, w.now + 60);
	for (unsigned round = 0; round < 400; round++) {
		ch_part *p = &all[rnd((uint32_t)n)];
		ch_span keep = p->bytes;
		uint8_t *c = check_copy(keep.p, keep.n);

		c[rnd((uint32_t)keep.n)] ^= (uint8_t)(1u << rnd(8));
		p->bytes.p = c;
		law(all, n, !is_needed(p->name));
		p->bytes = keep;
		free(c);
	}
	world_stop(&w);
}

/* Parts of another delivery of the same parties. */
static void mixed(void **state)
{
	static struct world_delivery d[2];
	ch_part a[32], b[32];
	size_t n;

	(void)state;
	world_start(&w, false);
	world_deliver(&w, &d[0]);
	d[1].serial = 2;
	world_paper(&w, &d[1], w.party[1].handle, NULL);
	world_submit(&w, &d[1]);
	d[1].pair.n = 2; /* the place of the second paper; its author knew none */
	world_register(&w, &d[1]);
	world_notice(&w, &d[1]);
	world_receive(&w, &d[1]);
	world_hand_over(&w, &d[1]);
	n = world_record(a, &w, &d[0], WORLD_BY_REGISTRY, w.now + 60);
	assert_int_equal(world_record(b, &w, &d[1], WORLD_BY_REGISTRY, w.now + 60), n);
	for (unsigned round = 0; round < 200; round++) {
		ch_part mix[32];
		bool whole = true;

		for (size_t i = 0; i < n; i++) {
			bool other = rnd(6) == 0;

			mix[i] = other ? b[i] : a[i];
			whole = whole && !(other && is_needed(a[i].name));
		}
		law(mix, n, whole);
	}
	world_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(subsets),
		cmocka_unit_test(flips),
		cmocka_unit_test(mixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
