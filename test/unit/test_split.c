/* Split views: whatever parts can be shown, whatever does not cannot, and no flaw passes. */
#include "fork.h"

static struct fork ours, theirs;
static struct ch_split_work work;
static ch_split split;
static ch_part part[CH_PACK_PARTS_MAX];
static ch_trust trust;
static ch_vkey log_key, other_key;
static struct ch_edsecret log_sec, other_sec;
static uint8_t notes[8192], file[CH_SPLIT_MAX];
static struct ch_wr note;

static void set_up(uint32_t at)
{
	tlog_vkey(&log_key, &log_sec, "log.example", CH_VKEY_ED25519, 1);
	tlog_vkey(&other_key, &other_sec, "log.example", CH_VKEY_ED25519, 2);
	trust = (ch_trust){ .n_registries = 1, .registry = { log_key } };
	fork_make(&ours, FORK_NEVER);
	fork_make(&theirs, at);
	note = ch_wr_of(notes, sizeof notes);
}

static ch_span sign(const struct fork *f, size_t size)
{
	return fork_sign(&note, f, size, log_key.name, &log_sec);
}

static ch_err put(struct ch_wr *w, ch_span a, ch_span b, struct fork *nodes)
{
	*w = ch_wr_of(file, sizeof file);
	return ch_split_put(w, &work, &log_key, a, b, nodes ? fork_node : NULL, nodes);
}

static ch_err judge(ch_span in)
{
	ch_evidence ev = { part, 0, false, &trust };
	ch_err e = ch_pack_parse(part, &ev.n, CH_COUNT(part), in, CH_PACK_SPLIT, false);

	return e == CH_OK ? ch_split_judge(&split, &work, &ev, NULL) : e;
}

/* ---- every pair of small trees ---- */

static void check_pair(size_t small, size_t large, uint32_t at, bool swap)
{
	ch_span a, b;
	struct ch_wr w;
	ch_err e;

	note = ch_wr_of(notes, sizeof notes);
	a = sign(&ours, small);
	b = sign(&theirs, large);
	e = swap ? put(&w, b, a, &theirs) : put(&w, a, b, &theirs);
	if (at >= small) { /* the first `small` entries are the same */
		check_err(e, CH_E_ABSENT);
		return;
	}
	check_ok(e);
	check_ok(judge(ch_wr_span(&w)));
	assert_null(split.why);
	assert_true(split.tree[0].size == small && split.tree[1].size == large);
	assert_true(!ch_hash_eq(&split.prefix, &split.tree[0].root) ||
	    (small == large && !ch_hash_eq(&split.tree[1].root, &split.tree[0].root)));
}

static void test_pairs(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < 18; at++) {
		set_up(at);
		for (size_t large = 1; large < 19; large++)
			for (size_t small = 1; small <= large; small++)
				check_pair(small, large, at, (small + large) % 2);
	}
	set_up(300);
	check_pair(512, 1024, 300, false);
	check_pair(700, 1100, 300, true);
	check_pair(256, 1100, 300, true);
}

/* ---- what nobody can be shown ---- */

static void test_nothing(void **state)
{
	static struct fork bent;
	struct ch_wr w;
	ch_span a, b;

	(void)state;
	set_up(3);
	a = sign(&ours, 10);
	b = sign(&theirs, 20);
	check_err(put(&w, a, a, &theirs), CH_E_ABSENT);
	check_err(put(&w, a, sign(&ours, 20), &ours), CH_E_ABSENT);
	check_err(put(&w, a, b, NULL), CH_E_ABSENT);
	check_err(put(&w, sign(&ours, 0), b, &theirs), CH_E_ABSENT);
	/* nodes that are not those of what was signed */
	bent = theirs;
	bent.leaf[15].b[0] ^= 1;
	check_err(put(&w, a, b, &bent), CH_E_ABSENT);
	check_err(put(&w, a, b, &ours), CH_E_ABSENT);
	/* another log, another key */
	b = fork_sign(&note, &theirs, 20, CH_LIT("other.example"), &log_sec);
	check_err(put(&w, a, b, &theirs), CH_E_ABSENT);
	b = fork_sign(&note, &theirs, 20, log_key.name, &other_sec);
	check_err(put(&w, a, b, &theirs), CH_E_ABSENT);
	check_err(put(&w, a, CH_LIT("no note"), &theirs), CH_E_TRUNCATED);
	w = ch_wr_of(file, 100);
	check_err(ch_split_put(&w, &work, &log_key, a, sign(&theirs, 10), NULL, NULL), CH_E_LIMIT);
}

/* ---- files that were bent ---- */

static void test_key(void **state)
{
	struct ch_wr w;

	(void)state;
	set_up(3);
	check_ok(put(&w, sign(&ours, 10), sign(&theirs, 20), &theirs));
	check_ok(judge(ch_wr_span(&w)));
	assert_null(split.why);
	trust.registry[0] = other_key;
	check_ok(judge(ch_wr_span(&w)));
	assert_non_null(strstr(split.why, "signed by the key that you trust"));
	trust.n_registries = 0;
	check_ok(judge(ch_wr_span(&w)));
	assert_non_null(strstr(split.why, "no key of this log"));
	assert_true(ch_span_eq(split.log.name, log_key.name));
}

/* No flipped bit, no cut and no second spelling: the file holds as it is, or not at all. A bit of
 * the claimed key may be any other key of the right id: there are none. */
static void test_bits(void **state)
{
	struct ch_wr w;
	uint8_t *copy;
	size_t n;

	(void)state;
	set_up(5);
	check_ok(put(&w, sign(&ours, 7), sign(&theirs, 13), &theirs));
	n = w.n;
	copy = check_copy(file, n);
	for (size_t i = 0; i < n; i++) {
		copy[i] ^= 1u << i % 8;
		if (judge(ch_span_of(copy, n)) == CH_OK && !split.why)
			fail_msg("byte %zu", i);
		copy[i] ^= 1u << i % 8;
		if (judge(ch_span_of(copy, i)) == CH_OK)
			fail_msg("cut at %zu", i);
	}
	check_ok(judge(ch_span_of(copy, n)));
	assert_null(split.why);
	free(copy);
}

/* A change of the parts, and what the judge says. */
static const char *bend(int how, size_t *n)
{
	static uint8_t more[4096];
	static ch_part spare;
	struct ch_wr w = ch_wr_of(more, sizeof more);
	ch_part t;

	switch (how) {
	case 0: /* the wrong order */
		t = part[1];
		part[1].bytes = part[2].bytes;
		part[2].bytes = t.bytes;
		return NULL;
	case 1: /* no hashes */
		*n -= 1;
		return NULL;
	case 2: /* one hash too many */
		ch_wr_put(&w, ch_span_of(part[3].bytes.p, 45));
		ch_wr_put(&w, part[3].bytes);
		part[3].bytes = ch_wr_span(&w);
		return "its hashes do not make";
	case 3: /* one too few */
		part[3].bytes.p += 45;
		part[3].bytes.n -= 45;
		return "its hashes do not make";
	case 4: /* none of them */
		part[3].bytes = CH_LIT("\n");
		return NULL;
	case 5: /* a part that does not belong there */
		spare = (ch_part){ CH_LIT("spare"), CH_LIT("x") };
		part[(*n)++] = spare;
		return NULL;
	case 6: /* another name of a part */
		part[3].name = CH_LIT("path");
		return NULL;
	case 7: /* something behind the key */
		ch_wr_put(&w, part[0].bytes);
		CH_WR_LIT(&w, "\n");
		part[0].bytes = ch_wr_span(&w);
		return NULL;
	default: /* the same tree twice */
		part[2].bytes = part[1].bytes;
		*n = 3;
		return "of one tree";
	}
}

static void test_parts(void **state)
{
	(void)state;
	for (int how = 0; how < 9; how++) {
		ch_evidence ev = { part, 0, false, &trust };
		struct ch_diag diag = { 0 };
		const char *why;
		struct ch_wr w;
		ch_err e;

		set_up(3);
		check_ok(put(&w, sign(&ours, 10), sign(&theirs, 20), &theirs));
		check_ok(ch_pack_parse(part, &ev.n, CH_COUNT(part), ch_wr_span(&w), CH_PACK_SPLIT,
		    false));
		why = bend(how, &ev.n);
		e = ch_split_judge(&split, &work, &ev, &diag);
		if (e != (why ? CH_OK : CH_E_FORMAT) || (why && !split.why) ||
		    (why && !strstr(split.why, why)) || (!why && !diag.what))
			fail_msg("flaw %d: %d, %s, %s", how, e, split.why, diag.what);
		if (e != CH_OK)
			assert_true(check_is_zero(&split, sizeof split));
	}
}

/* Of one size: hashes have no place, and the order is that of the roots. */
static void test_one_size(void **state)
{
	ch_evidence ev = { part, 0, false, &trust };
	ch_span a, b;
	struct ch_wr w;

	(void)state;
	set_up(3);
	a = sign(&ours, 10);
	b = sign(&theirs, 10);
	check_ok(put(&w, a, b, NULL));
	check_ok(judge(ch_wr_span(&w)));
	assert_null(split.why);
	check_ok(put(&w, b, a, NULL));
	check_ok(ch_pack_parse(part, &ev.n, CH_COUNT(part), ch_wr_span(&w), CH_PACK_SPLIT, false));
	assert_true(ch_hash_eq(&split.prefix, &split.tree[1].root) && ev.n == 3);
	part[3] = (ch_part){ CH_LIT("hashes"), CH_LIT("\n") };
	ev.n = 4;
	check_err(ch_split_judge(&split, &work, &ev, NULL), CH_E_FORMAT);
	ev.n = 3;
	a = part[1].bytes;
	part[1].bytes = part[2].bytes;
	part[2].bytes = a;
	check_err(ch_split_judge(&split, &work, &ev, NULL), CH_E_FORMAT);
}

/* A drill's log makes a drill's file, and neither passes for the other. */
static void test_exercise(void **state)
{
	ch_evidence ev = { part, 0, true, &trust };
	struct ch_wr w;
	ch_span a, b;

	(void)state;
	set_up(3);
	tlog_vkey(&log_key, &log_sec, "exercise.log.example", CH_VKEY_ED25519, 1);
	trust.registry[0] = log_key;
	a = sign(&ours, 10);
	b = sign(&theirs, 10);
	check_ok(put(&w, a, b, NULL));
	check_err(judge(ch_wr_span(&w)), CH_E_FORMAT);
	check_ok(ch_pack_parse(part, &ev.n, CH_COUNT(part), ch_wr_span(&w), CH_PACK_SPLIT, true));
	check_ok(ch_split_judge(&split, &work, &ev, NULL));
	assert_true(!split.why && split.exercise);
	ev.exercise = false;
	check_err(ch_split_judge(&split, &work, &ev, NULL), CH_E_FORMAT);
}

/* Times come from the asker's policy alone. */
static void test_times(void **state)
{
	static ch_policy policy;
	struct ch_edsecret sec;
	ch_span a, b, text;
	struct ch_wr w;
	ch_vkey wit;

	(void)state;
	set_up(3);
	tlog_vkey(&wit, &sec, "wit.example", CH_VKEY_COSIGNATURE, 3);
	a = sign(&ours, 10);
	check_ok(ch_note_parse(&work.note, a, CH_CHECKPOINT_TEXT_MAX));
	text = work.note.text;
	ch_cosignature_put(&note, wit.name, text, 99, &sec);
	ch_cosignature_put(&note, wit.name, text, 77, &sec);
	a = ch_span_of(a.p, (size_t)(&notes[note.n] - a.p));
	b = sign(&theirs, 20);
	check_ok(put(&w, a, b, &theirs));
	check_ok(judge(ch_wr_span(&w)));
	assert_true(!split.why && split.cosigned[0] == 0);
	policy.n_witnesses = 1;
	policy.witness[0].key = wit;
	trust.policy = &policy;
	check_ok(judge(ch_wr_span(&w)));
	assert_true(!split.why && split.cosigned[0] == 99 && split.cosigned[1] == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_one_size),
		cmocka_unit_test(test_exercise),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
