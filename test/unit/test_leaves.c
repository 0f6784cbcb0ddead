/* The part `leaves`: made, judged, and every way to cheat with it. */
#include "sample.h"

#include "hex.h"

static struct sample s;
static uint8_t buf[1 << 17], twin[1 << 17];
static ch_stmt paper;

static void start(void)
{
	sample_make(&s, CH_LIT(SAMPLE_BODY), false, 0);
	check_ok(ch_stmt_parse_as(&paper, ch_span_str((const char *)s.statement), CH_K_PAPER,
	    false));
}

static ch_span make(const ch_selection *which)
{
	struct ch_wr w = ch_wr_of(buf, sizeof buf);

	check_ok(ch_leaves_format(&w, &s.paper, &s.seeds, which, &s.work));
	return ch_wr_span(&w);
}

static ch_selection everything(void)
{
	ch_selection all = { 0 };

	for (unsigned i = 0; i < CH_H_KEYS; i++)
		ch_selection_add(&all, CH_LEAF_HEAD, i);
	for (unsigned i = 0; i < SAMPLE_PASSAGES; i++)
		ch_selection_add(&all, CH_LEAF_PASSAGE, i);
	for (unsigned k = CH_LEAF_INFO; k < CH_LEAF_KINDS; k++)
		for (unsigned i = 0; i < s.paper.head.count[ch_leaf_field((ch_leaf_kind)k)]; i++)
			ch_selection_add(&all, (ch_leaf_kind)k, i);
	return all;
}

static void test_all_and_none(void **state)
{
	ch_selection which = { 0 };
	ch_leaves l;

	(void)state;
	start();
	check_ok(ch_leaves_verify(&l, make(&which), &paper));
	assert_int_equal(l.n_leaves, 0);
	assert_int_equal(l.total[CH_LEAF_PASSAGE], CH_TOTAL_HIDDEN);
	which = everything();
	check_ok(ch_leaves_verify(&l, make(&which), &paper));
	assert_memory_equal(&which, &l.shown, sizeof which);
	assert_int_equal(l.total[CH_LEAF_PASSAGE], SAMPLE_PASSAGES);
	assert_int_equal(l.total[CH_LEAF_POSITION], 3);
	assert_int_equal(l.n_leaves, 24 + 7 + 2 + 3 + 2);
}

/* Headings and list lines come along; the iterator walks what is shown. */
static void test_closure(void **state)
{
	ch_selection which = { 0 };
	struct ch_rd r;
	ch_leaves l;
	ch_leaf leaf;
	ch_span v;
	unsigned n = 0;

	(void)state;
	start();
	ch_selection_add(&which, CH_LEAF_PASSAGE, 4);
	ch_selection_add(&which, CH_LEAF_ATTACHMENT, 1);
	check_ok(ch_leaves_verify(&l, make(&which), &paper));
	assert_int_equal(l.n_shown[CH_LEAF_PASSAGE], 3);
	assert_true(ch_selection_has(&l.shown, CH_LEAF_PASSAGE, 0));
	assert_true(ch_selection_has(&l.shown, CH_LEAF_PASSAGE, 2));
	assert_int_equal(l.shown.head, 1u << CH_H_ATTACHMENTS);
	check_ok(ch_leaves_find(&leaf, &l, CH_LEAF_PASSAGE, 4));
	check_span(leaf.bytes, "No.");
	check_err(ch_leaves_find(&leaf, &l, CH_LEAF_PASSAGE, 1), CH_E_ABSENT);
	check_err(ch_leaves_head(&v, &l, CH_H_ACT), CH_E_ABSENT);
	for (r = ch_rd_of(l.block); ch_leaves_next(&leaf, &r);)
		n++;
	assert_int_equal(n, l.n_leaves);
	ch_selection_add(&which, CH_LEAF_PASSAGE, SAMPLE_PASSAGES);
	struct ch_wr w = ch_wr_of(buf, sizeof buf);

	check_err(ch_leaves_format(&w, &s.paper, &s.seeds, &which, &s.work), CH_E_ABSENT);
}

/* Every selection of passages verifies and shows itself and its headings alone. */
static void test_every_selection(void **state)
{
	ch_leaves l;

	(void)state;
	start();
	for (unsigned bits = 0; bits < 1u << SAMPLE_PASSAGES; bits++) {
		ch_selection which = { .passage = { bits } };
		uint64_t want = bits;

		for (unsigned i = SAMPLE_PASSAGES; i-- > 0;)
			if ((want >> i & 1) && s.passage[i].parent)
				want |= 1u << (s.passage[i].parent - 1);
		check_ok(ch_leaves_verify(&l, make(&which), &paper));
		assert_int_equal(l.shown.passage[0], want);
	}
}

static void test_cut_and_flipped(void **state)
{
	ch_selection which = everything();
	ch_leaves l;

	(void)state;
	start();
	which = everything();
	ch_span all = make(&which);

	for (size_t n = 0; n < all.n; n += n % 64 < 60 ? 1 : 23)
		assert_int_not_equal(ch_leaves_verify(&l, ch_span_of(buf, n), &paper), CH_OK);
	assert_true(check_is_zero(&l, sizeof l));
	for (size_t i = 0; i < all.n; i += i % 97 < 50 ? 1 : 5) {
		buf[i] ^= (uint8_t)(1u << i % 8);
		assert_int_not_equal(ch_leaves_verify(&l, all, &paper), CH_OK);
		buf[i] ^= (uint8_t)(1u << i % 8);
	}
	buf[all.n] = '\n';
	check_err(ch_leaves_verify(&l, ch_span_of(buf, all.n + 1), &paper), CH_E_FORMAT);
	check_err(ch_leaves_parse(&l, all, true), CH_E_FORMAT);
}

/* Replace the first `from` by `to` in the part. */
static ch_span edit(ch_span in, const char *from, const char *to)
{
	size_t nf = strlen(from), nt = strlen(to);

	for (size_t i = 0; i + nf <= in.n; i++)
		if (memcmp(&in.p[i], from, nf) == 0) {
			memcpy(twin, in.p, i);
			memcpy(&twin[i], to, nt);
			memcpy(&twin[i + nt], &in.p[i + nf], in.n - i - nf);
			return ch_span_of(twin, in.n - nf + nt);
		}
	fail_msg("no %s", from);
	return in;
}

static void refused(ch_span in)
{
	ch_leaves l;

	assert_int_not_equal(ch_leaves_verify(&l, in, &paper), CH_OK);
	assert_true(check_is_zero(&l, sizeof l));
}

static void test_lies(void **state)
{
	ch_selection which = everything();

	(void)state;
	start();
	which = everything();
	ch_span all = make(&which);

	refused(edit(all, "head 24", "head 23"));                  /* tree size       */
	refused(edit(all, "passages 7 ", "passages 8 "));
	refused(edit(all, "passages 7 ", "passages 9 "));
	refused(edit(all, "passages 7 ", "passages 07 "));
	refused(edit(all, "leaves 38\n", "leaves 37\n"));
	refused(edit(all, "leaf head 8 ", "leaf head 9 "));        /* an act as basis */
	refused(edit(all, "leaf head 9 ", "leaf head 8 "));        /* two acts        */
	refused(edit(all, "act proposal", "act withdraw"));
	refused(edit(all, "leaf passage 4 3", "leaf passage 4 1"));
	refused(edit(all, "leaf passage 4 3", "leaf passage 4 0"));
	refused(edit(all, "leaf passage 4", "leaf passage 5"));
	refused(edit(all, "info 2 ", "info 3 "));                  /* list count      */
	refused(edit(all, "attachments 2 ", "attachments 1 "));
	refused(edit(all, "position demand line", "position accept line"));
	refused(edit(all, "chancery/", "chancery-exercise/"));
	refused(edit(all, "path 5\n", "path 05\n"));
	refused(edit(all, "chancery/leaves@v1", "chancery/leaves@v2"));
}

/* A part with one leaf block left out, doubled, or moved before its neighbour. */
static void test_order(void **state)
{
	ch_selection which = everything();
	size_t at[64], n = 0;
	ch_leaf leaf;
	ch_leaves l;

	(void)state;
	start();
	which = everything();
	ch_span all = make(&which);

	check_ok(ch_leaves_verify(&l, all, &paper));
	for (struct ch_rd r = ch_rd_of(l.block);; n++) {
		at[n] = all.n - l.block.n + r.at;
		if (!ch_leaves_next(&leaf, &r))
			break;
	}
	assert_int_equal(n, 38);
	for (size_t i = 0; i + 1 < n; i++) {
		size_t a = at[i + 1] - at[i], b = at[i + 2] - at[i + 1];

		memcpy(twin, all.p, all.n);
		memcpy(&twin[at[i]], &all.p[at[i + 1]], b);
		memcpy(&twin[at[i] + b], &all.p[at[i]], a);
		refused(ch_span_of(twin, all.n));
		memcpy(&twin[at[i]], &all.p[at[i]], a);         /* twice the same */
		memcpy(&twin[at[i] + a], &all.p[at[i]], a);
		memcpy(&twin[at[i] + 2 * a], &all.p[at[i + 2]], all.n - at[i + 2]);
		refused(ch_span_of(twin, at[i] + 2 * a + all.n - at[i + 2]));
	}
	/* Left out, with an honest count: refused for a heading or a list line, true otherwise. */
	for (size_t i = 0; i < n; i++) {
		bool needed = i == CH_H_INFO || i == CH_H_POSITIONS || i == CH_H_ATTACHMENTS ||
		    i == 24 + 0 || i == 24 + 2 || i == 24 + 5;
		ch_span shorter = edit(all, "leaves 38\n", "leaves 37\n");

		memmove(&twin[at[i]], &twin[at[i + 1]], all.n - at[i + 1]);
		shorter.n -= at[i + 1] - at[i];
		if (needed)
			refused(shorter);
		else
			check_ok(ch_leaves_verify(&l, shorter, &paper));
	}
}

/* Another copy's leaves, and leaves of another paper, do not fit D. */
static void test_other_paper(void **state)
{
	ch_selection which = ch_selection_cover();
	static struct sample other;
	ch_leaves l;

	(void)state;
	start();
	sample_make(&other, CH_LIT(SAMPLE_BODY), false, 1);
	struct ch_wr w = ch_wr_of(buf, sizeof buf);

	check_ok(ch_leaves_format(&w, &other.paper, &other.seeds, &which, &other.work));
	check_err(ch_leaves_verify(&l, ch_wr_span(&w), &paper), CH_E_AUTH);
	which = (ch_selection){ .passage = { 1 } };
	w = ch_wr_of(buf, sizeof buf);
	check_ok(ch_leaves_format(&w, &other.paper, &other.seeds, &which, &other.work));
	check_err(ch_leaves_verify(&l, ch_wr_span(&w), &paper), CH_E_AUTH);
}

/* A count shown without any passage would tell more than is listed. */
static void test_count_alone(void **state)
{
	ch_selection which = ch_selection_cover();
	uint8_t salt[CH_SALT];
	char line[64] = "passages 7 ";

	(void)state;
	start();
	ch_body_salt(salt, &s.seeds, false);
	struct ch_wr w = ch_wr_of(&line[11], 40);

	ch_hex_put(&w, ch_span_of(salt, sizeof salt));
	refused(edit(make(&which), "passages -", line));
}

/* A paper of one passage, and one of 4,096 passages, every path. */
static void test_sizes(void **state)
{
	static ch_passage many[CH_PASSAGES_MAX];
	ch_selection which = { .passage = { 1 } };
	ch_leaves l;
	ch_hash head, body;

	(void)state;
	sample_make(&s, CH_LIT("Yes.\n"), true, 0);
	check_ok(ch_stmt_parse_as(&paper, ch_span_str((const char *)s.statement), CH_K_PAPER,
	    true));
	check_ok(ch_leaves_verify(&l, make(&which), &paper));
	assert_int_equal(l.total[CH_LEAF_PASSAGE], 1);
	start();
	for (uint32_t n = 1; n <= CH_PASSAGES_MAX; n = n < 40 ? n + 1 : n * 2 - (n & 1)) {
		static uint8_t h[64], b[64];
		uint32_t last = n - 1;

		for (uint32_t i = 0; i < n; i++)
			many[i].text = CH_LIT("x");
		s.paper.passage = many;
		s.paper.n_passages = n;
		check_ok(ch_paper_roots(&head, &body, &s.paper, &s.seeds, &s.work));
		struct ch_wr wh = ch_wr_of(h, sizeof h), wb = ch_wr_of(b, sizeof b);

		paper.v[CH_PAPER_HEAD] = ch_val_put_hash(&wh, &head);
		paper.v[CH_PAPER_BODY] = ch_val_put_hash(&wb, &body);
		which = (ch_selection){ 0 };
		ch_selection_add(&which, CH_LEAF_PASSAGE, n / 2);
		ch_selection_add(&which, CH_LEAF_PASSAGE, last);
		check_ok(ch_leaves_verify(&l, make(&which), &paper));
		assert_int_equal(l.total[CH_LEAF_PASSAGE], n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_and_none),
		cmocka_unit_test(test_closure),
		cmocka_unit_test(test_every_selection),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_other_paper),
		cmocka_unit_test(test_count_alone),
		cmocka_unit_test(test_sizes),
	};

	check_ok(ch_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
