/* The judge of extracts: what may be said of a shown paper, and attacks on it by name. */
#include "world.h"

#include <stdio.h>

#include "cover.h"

static struct ch_extract_work work;

struct fix {
	struct world w;
	struct world_delivery d;
	ch_part part[32];
	size_t n;
	ch_extract x;
};

static int start(void **state)
{
	static struct fix f;

	memset(&f.d, 0, sizeof f.d);
	world_start(&f.w, false);
	world_deliver(&f.w, &f.d);
	*state = &f;
	return 0;
}

static int stop(void **state)
{
	world_stop(&((struct fix *)*state)->w);
	return 0;
}

static ch_err judge(struct fix *f)
{
	ch_evidence ev = { f->part, f->n, f->w.exercise, &f->w.trust };
	struct ch_diag diag;
	ch_err e = ch_extract_judge(&f->x, &work, &ev, &diag);

	if (e != CH_OK)
		assert_true(check_is_zero(&f->x, sizeof f->x));
	return e;
}

static bool found(const struct fix *f, ch_extract_finding x)
{
	return f->x.findings >> x & 1;
}

static ch_selection keys(const unsigned *k, size_t n)
{
	ch_selection s = { 0 };

	for (size_t i = 0; i < n; i++)
		ch_selection_add(&s, CH_LEAF_HEAD, k[i]);
	return s;
}

static ch_selection few(void)
{
	static const unsigned k[] = { CH_H_FROM, CH_H_TO, CH_H_FORM, CH_H_ACT, CH_H_MAY_CONFIRM };

	return keys(k, CH_COUNT(k));
}

static ch_span confirmation(struct fix *f, int party, const char *leaves)
{
	struct world *w = &f->w;
	ch_stmt s = { .kind = CH_K_CONFIRMATION, .exercise = w->exercise };
	ch_hash receipt = world_text_hash(f->d.receipt);

	s.v[CH_CONF_TALKS] = world_hash(w, &w->talks);
	s.v[CH_CONF_PARTY] = w->party[party].handle;
	s.v[CH_CONF_ROSTER] = world_ref(w, w->party[party].ref.n, &w->party[party].ref.hash);
	s.v[CH_CONF_PAPER] = world_hash(w, &f->d.d);
	s.v[CH_CONF_RECEIPT] = world_hash(w, &receipt);
	s.v[CH_CONF_LEAVES] = world_str(w, leaves);
	s.v[CH_CONF_SENTENCE] = party ? CH_LIT("received") : CH_LIT("sent");
	s.v[CH_CONF_TIME] = world_when(w, w->now);
	return world_sign(w, party, 1, world_format(w, &s));
}

static ch_span disclosure(struct fix *f, int party, const char *leaves, const char *passages)
{
	struct world *w = &f->w;
	ch_stmt s = { .kind = CH_K_DISCLOSURE, .exercise = w->exercise };

	s.v[CH_DISC_TALKS] = world_hash(w, &w->talks);
	s.v[CH_DISC_PARTY] = w->party[party].handle;
	s.v[CH_DISC_ROSTER] = world_ref(w, w->party[party].ref.n, &w->party[party].ref.hash);
	s.v[CH_DISC_PAPER] = world_hash(w, &f->d.d);
	s.v[CH_DISC_LEAVES] = world_str(w, leaves);
	s.v[CH_DISC_PASSAGES] = world_str(w, passages);
	s.v[CH_DISC_TIME] = world_when(w, w->now);
	return world_sign(w, party, 1, world_format(w, &s));
}

static void build(struct fix *f, const ch_selection *s, bool delivery)
{
	f->n = world_extract(f->part, &f->w, &f->d, world_leaves(&f->w, &f->d, s), delivery);
}

static void confirmed(void **state)
{
	struct fix *f = *state;
	ch_selection s = few();
	ch_span conf = confirmation(f, WORLD_BRAVO, "from,to,form,act"), v;
	size_t at = world_log(&f->w, conf);

	build(f, &s, true);
	world_add(f->part, &f->n, &f->w, "confirmation", conf);
	world_add(f->part, &f->n, &f->w, "confirmation.proof",
	    world_proof(&f->w, at, WORLD_BY_REGISTRY, f->w.now));
	check_ok(judge(f));
	assert_true(f->x.confirmed && f->x.delivered && !f->x.disclosed);
	assert_int_equal(f->x.findings, 0);
	assert_true(f->x.step[CH_XS_PAPER].signed_);
	assert_true(f->x.step[CH_XS_CONFIRMATION].logged);
	check_ok(ch_leaves_head(&v, &f->x.leaves, CH_H_ACT));
	check_span(v, "follow-up");
	check_err(ch_leaves_head(&v, &f->x.leaves, CH_H_SUBJECT), CH_E_ABSENT);
	check_span(f->x.speaker, "bravo.example");
	assert_string_equal(ch_extract_shown_by(&f->x),
	    "shown by a holder, not disclosed by its author");
}

static void confirmed_too_much(void **state)
{
	struct fix *f = *state;
	ch_selection s = few();

	build(f, &s, true);
	world_add(f->part, &f->n, &f->w, "confirmation",
	    confirmation(f, WORLD_BRAVO, "from,to,form,act,subject"));
	check_ok(judge(f));
	assert_true(found(f, CH_XF_KEY_NOT_ALLOWED));
	assert_false(f->x.confirmed);
	build(f, &s, true);
	world_add(f->part, &f->n, &f->w, "confirmation", confirmation(f, WORLD_BRAVO, "from,to"));
	check_ok(judge(f));
	assert_true(found(f, CH_XF_KEY_NOT_CONFIRMED));
	assert_false(f->x.confirmed);
	/* The author's own paper binds its author to no list. */
	build(f, &s, true);
	world_add(f->part, &f->n, &f->w, "confirmation",
	    confirmation(f, WORLD_ALPHA, "from,to,form,act,subject"));
	check_ok(judge(f));
	assert_true(f->x.confirmed);
	s.head &= ~(1u << CH_H_MAY_CONFIRM);
	build(f, &s, true);
	world_add(f->part, &f->n, &f->w, "confirmation",
	    confirmation(f, WORLD_BRAVO, "from,to,form,act"));
	check_ok(judge(f));
	assert_true(found(f, CH_XF_MAY_CONFIRM_HIDDEN));
}

static void disclosed(void **state)
{
	struct fix *f = *state;
	ch_selection s = few();

	ch_selection_add(&s, CH_LEAF_PASSAGE, 1); /* its heading, 0, comes along */
	build(f, &s, false);
	world_add(f->part, &f->n, &f->w, "disclosure",
	    disclosure(f, WORLD_ALPHA, "from,to,form,act,may-confirm", "0,1"));
	check_ok(judge(f));
	assert_true(f->x.disclosed);
	assert_int_equal(f->x.leaves.total[CH_LEAF_PASSAGE], 4);
	assert_int_equal(f->x.leaves.n_shown[CH_LEAF_PASSAGE], 2);
	assert_string_equal(ch_extract_shown_by(&f->x), "disclosed by its author");
	/* One leaf more than the disclosure lists: a holder shows it. */
	ch_selection_add(&s, CH_LEAF_PASSAGE, 3);
	build(f, &s, false);
	world_add(f->part, &f->n, &f->w, "disclosure",
	    disclosure(f, WORLD_ALPHA, "from,to,form,act,may-confirm", "0,1"));
	check_ok(judge(f));
	assert_false(f->x.disclosed);
	assert_true(found(f, CH_XF_LEAF_NOT_DISCLOSED));
	/* Signed by the addressee, as a leak would be. */
	build(f, &s, false);
	world_add(f->part, &f->n, &f->w, "disclosure",
	    disclosure(f, WORLD_BRAVO, "from,to,form,act,may-confirm", "0,1,2,3"));
	check_ok(judge(f));
	assert_false(f->x.disclosed);
	assert_true(found(f, CH_XF_DISCLOSED_BY_OTHER));
}

/* A signed paper sealed again to a third: it says to whom it was written. */
static void attack_01_surreptitious_forwarding(void **state)
{
	struct fix *f = *state;
	struct world_delivery third = { 0 };
	static struct ch_delivery_work dwork;
	ch_selection s = few();
	ch_delivery x;
	ch_evidence ev = { f->part, 0, false, &f->w.trust };

	/* Written to gamma; bravo is made to sign for it. */
	world_paper(&f->w, &third, CH_LIT("gamma.example"), NULL);
	world_submit(&f->w, &third);
	world_register(&f->w, &third);
	world_receive(&f->w, &third);
	world_hand_over(&f->w, &third);
	f->n = world_extract(f->part, &f->w, &third, world_leaves(&f->w, &third, &s), true);
	check_ok(judge(f));
	assert_true(found(f, CH_XF_NOT_ADDRESSEE));
	assert_false(f->x.delivered);
	ev.n = world_record(f->part, &f->w, &third, WORLD_BY_REGISTRY, f->w.now);
	check_ok(ch_delivery_judge(&x, &dwork, &ev, NULL));
	assert_true(x.findings >> CH_FIND_COVER_DIFFERS & 1);
	assert_false(x.step[CH_STEP_COVER].signed_);
}

/* Every byte of the leaves flipped, cut or moved: nothing else is ever shown as proven. */
static void attack_20_merkle_confusion(void **state)
{
	struct fix *f = *state;
	ch_selection s = few();
	ch_span leaves;
	uint8_t *c;

	ch_selection_add(&s, CH_LEAF_PASSAGE, 3);
	leaves = world_leaves(&f->w, &f->d, &s);
	c = check_copy(leaves.p, leaves.n);
	f->n = world_extract(f->part, &f->w, &f->d, ch_span_of(c, leaves.n), false);
	check_ok(judge(f));
	for (size_t i = 0; i < leaves.n; i++) {
		c[i] ^= 1;
		assert_int_not_equal(judge(f), CH_OK);
		c[i] ^= 1;
	}
	for (size_t n = 0; n < leaves.n; n += 5) {
		world_part(f->part, f->n, "leaves")->bytes.n = n;
		assert_int_not_equal(judge(f), CH_OK);
	}
	free(c);
}

/* A passage without its heading, or the list of gaps hidden, does not pass. */
static void attack_21_misleading_excerpt(void **state)
{
	struct fix *f = *state;
	ch_selection s = few();
	ch_span leaves;
	char *text, *at, *end;

	ch_selection_add(&s, CH_LEAF_PASSAGE, 1);
	leaves = world_leaves(&f->w, &f->d, &s);
	text = strndup((const char *)leaves.p, leaves.n);
	at = strstr(text, "leaf passage 0 ");
	end = strstr(text, "leaf passage 1 ");
	assert_true(at && end);
	memmove(at, end, strlen(end) + 1);
	at = strstr(text, "leaves 7");
	assert_non_null(at);
	at[7] = '6';
	f->n = world_extract(f->part, &f->w, &f->d, ch_span_str(text), false);
	check_err(judge(f), CH_E_FORMAT);
	free(text);
}

/* `passages 4` said to be 3 or 5. */
static void tree_size_lied_about(void **state)
{
	struct fix *f = *state;
	ch_selection s = few();
	ch_span leaves;
	uint8_t *c;
	char *at;

	ch_selection_add(&s, CH_LEAF_PASSAGE, 1);
	leaves = world_leaves(&f->w, &f->d, &s);
	c = check_copy(leaves.p, leaves.n);
	at = memmem(c, leaves.n, "passages 4 ", 11);
	assert_non_null(at);
	f->n = world_extract(f->part, &f->w, &f->d, ch_span_of(c, leaves.n), false);
	check_ok(judge(f));
	for (char d = '1'; d <= '9'; d++) {
		at[9] = d;
		if (d != '4')
			assert_int_not_equal(judge(f), CH_OK);
	}
	free(c);
}

/* A second act leaf, even a true leaf at another index, is no head. */
static void two_act_leaves_in_one_head(void **state)
{
	struct fix *f = *state;
	static const unsigned k[] = { CH_H_ACT };
	ch_selection s = keys(k, 1);
	ch_span leaves = world_leaves(&f->w, &f->d, &s);
	char *text = strndup((const char *)leaves.p, leaves.n), *leaf, *twice;

	leaf = strstr(text, "leaf head");
	assert_non_null(leaf);
	assert_true(asprintf(&twice, "%s%s", text, leaf) > 0);
	*strstr(strstr(twice, "leaves 1"), "1") = '2';
	f->n = world_extract(f->part, &f->w, &f->d, ch_span_str(twice), false);
	check_err(judge(f), CH_E_FORMAT);
	/* At another key's index. */
	free(twice);
	twice = strdup(text);
	leaf = strstr(twice, "leaf head 8");
	assert_non_null(leaf);
	leaf[10] = '7';
	f->part[1].bytes = ch_span_str(twice);
	assert_int_not_equal(judge(f), CH_OK);
	free(twice);
	free(text);
}

/* Two copies of one text: a leaf of one never proves anything about the other. */
static void copy_framed_by_shared_seed(void **state)
{
	struct fix *f = *state;
	struct world_delivery copy = { .serial = 2 };
	ch_selection s = few();
	ch_span other;

	world_paper(&f->w, &copy, f->w.party[1].handle, NULL);
	assert_false(ch_hash_eq(&copy.d, &f->d.d));
	other = world_leaves(&f->w, &copy, &s);
	f->n = world_extract(f->part, &f->w, &f->d, other, false);
	check_err(judge(f), CH_E_AUTH);
}

static void exercise_shown_as_real(void **state)
{
	struct fix *f = *state;
	static struct world x;
	struct world_delivery d = { 0 };
	ch_selection s = few();
	ch_evidence ev = { f->part, 0, false, &x.trust };
	ch_extract out;

	world_start(&x, true);
	world_deliver(&x, &d);
	ev.n = world_extract(f->part, &x, &d, world_leaves(&x, &d, &s), true);
	check_err(ch_extract_judge(&out, &work, &ev, NULL), CH_E_FORMAT);
	ev.exercise = true;
	check_ok(ch_extract_judge(&out, &work, &ev, NULL));
	assert_true(out.exercise && out.delivered);
	/* Parts of the drill among real ones. */
	build(f, &s, true);
	world_part(f->part, f->n, "receipt")->bytes = d.receipt;
	check_err(judge(f), CH_E_FORMAT);
	build(f, &s, true);
	world_part(f->part, f->n, "handover")->bytes = d.handover;
	check_err(judge(f), CH_E_FORMAT);
	world_stop(&x);
}

/* An extract never holds L or keybox: sizes and the number of delegates are nobody's business. */
static void private_parts(void **state)
{
	struct fix *f = *state;
	ch_selection s = few();

	build(f, &s, true);
	world_add(f->part, &f->n, &f->w, "keybox", f->d.keybox);
	check_err(judge(f), CH_E_FORMAT);
	build(f, &s, true);
	world_add(f->part, &f->n, &f->w, "submission", f->d.submission);
	check_err(judge(f), CH_E_FORMAT);
}

static void other_paper(void **state)
{
	struct fix *f = *state;
	struct world_delivery copy = { .serial = 2 };
	ch_selection s = few();

	world_paper(&f->w, &copy, f->w.party[1].handle, NULL);
	f->n = world_extract(f->part, &f->w, &copy, world_leaves(&f->w, &copy, &s), false);
	world_add(f->part, &f->n, &f->w, "receipt", f->d.receipt);
	world_add(f->part, &f->n, &f->w, "handover", f->d.handover);
	world_add(f->part, &f->n, &f->w, "confirmation",
	    confirmation(f, WORLD_BRAVO, "from,to,form,act"));
	check_ok(judge(f));
	assert_true(found(f, CH_XF_OTHER_PAPER));
	assert_false(f->x.delivered || f->x.confirmed);
}

/* A fixed sentence in the wrong mouth, or one that nobody fixed, confirms nothing. */
static void sentence_of_another(void **state)
{
	static const char *const wrong[] = { "sent", "agreed" };
	struct fix *f = *state;
	ch_selection few_ = few();
	ch_note n;
	ch_stmt s;

	for (size_t i = 0; i < CH_COUNT(wrong); i++) {
		check_ok(ch_note_parse(&n, confirmation(f, WORLD_BRAVO, "from,to,form,act"),
		    CH_NOTE_TEXT_MAX));
		check_ok(ch_stmt_parse(&s, n.text));
		s.v[CH_CONF_SENTENCE] = ch_span_str(wrong[i]);
		build(f, &few_, true);
		world_add(f->part, &f->n, &f->w, "confirmation",
		    world_sign(&f->w, WORLD_BRAVO, 1, world_format(&f->w, &s)));
		check_ok(judge(f));
		assert_true(found(f, CH_XF_SENTENCE_UNFIT));
		assert_false(f->x.confirmed);
	}
}

/* What belongs to a paper is refused without it: nobody would judge it. */
static void parts_without_paper(void **state)
{
	struct fix *f = *state;
	ch_selection s = few();

	build(f, &s, true);
	world_add(f->part, &f->n, &f->w, "confirmation",
	    confirmation(f, WORLD_BRAVO, "from,to,form,act"));
	world_drop(f->part, &f->n, "paper");
	check_err(judge(f), CH_E_FORMAT);
	world_drop(f->part, &f->n, "leaves");
	check_err(judge(f), CH_E_FORMAT);
	world_drop(f->part, &f->n, "receipt");
	world_drop(f->part, &f->n, "handover");
	check_err(judge(f), CH_E_FORMAT);
	world_drop(f->part, &f->n, "handover.proof");
	check_ok(judge(f));
	assert_false(f->x.has_paper);
}

static void statement_alone(void **state)
{
	struct fix *f = *state;
	struct world *w = &f->w;
	ch_stmt s = { .kind = CH_K_STATEMENT };
	ch_part part[32];
	ch_evidence ev = { part, 0, false, &w->trust };
	ch_span note;
	ch_part all[32];
	size_t n_all, at;

	s.v[CH_ST_TALKS] = world_hash(w, &w->talks);
	s.v[CH_ST_PARTY] = w->party[1].handle;
	s.v[CH_ST_ROSTER] = world_ref(w, 1, &w->party[1].ref.hash);
	s.v[CH_ST_WHAT] = CH_LIT("no-positive-response");
	s.v[CH_ST_TEXT] = CH_LIT("There is no positive response on the main issue.");
	s.v[CH_ST_TIME] = world_when(w, w->now);
	note = world_sign(w, 1, 1, world_format(w, &s));
	at = world_log(w, note);
	n_all = world_record(all, w, &f->d, 0, w->now);
	world_add(part, &ev.n, w, "statement", note);
	world_add(part, &ev.n, w, "statement.proof",
	    world_proof(w, at, WORLD_BY_BRAVO, w->now + 9));
	part[ev.n++] = *world_part(all, n_all, "roster.bravo.example.1");
	check_ok(ch_extract_judge(&f->x, &work, &ev, NULL));
	assert_false(f->x.has_paper);
	assert_true(f->x.step[CH_XS_STATEMENT].signed_ && f->x.step[CH_XS_STATEMENT].logged);
	check_span(f->x.text, "There is no positive response on the main issue.");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		T(confirmed), T(confirmed_too_much), T(disclosed),
		T(attack_01_surreptitious_forwarding), T(attack_20_merkle_confusion),
		T(attack_21_misleading_excerpt), T(tree_size_lied_about),
		T(two_act_leaves_in_one_head), T(copy_framed_by_shared_seed),
		T(exercise_shown_as_real), T(private_parts), T(other_paper), T(statement_alone),
		T(sentence_of_another), T(parts_without_paper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
