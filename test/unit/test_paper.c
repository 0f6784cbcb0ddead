/* paper.txt: parsing, headings, commitments. */
#include "sample.h"

#include "words.h"

static struct sample s, other;
static ch_passage passage[CH_PASSAGES_MAX];

static void test_parse(void **state)
{
	static const unsigned level[] = { 1, 0, 2, 0, 0, 1, 0 };
	static const uint32_t parent[] = { 0, 1, 1, 3, 3, 0, 6 };

	(void)state;
	sample_make(&s, CH_LIT(SAMPLE_BODY), false, 0);
	assert_int_equal(s.paper.n_passages, SAMPLE_PASSAGES);
	for (unsigned i = 0; i < SAMPLE_PASSAGES; i++) {
		assert_int_equal(s.passage[i].level, level[i]);
		assert_int_equal(s.passage[i].parent, parent[i]);
	}
	check_span(s.passage[3].text, "From noon,\nlocal time.");
	check_span(s.paper.body, SAMPLE_BODY);
}

static void test_twins(void **state)
{
	ch_paper p;

	(void)state;
	sample_make(&s, CH_LIT(SAMPLE_BODY), false, 0);
	check_err(ch_paper_parse(&p, passage, sample_txt(&s), true), CH_E_FORMAT);
	for (size_t n = 0; n < s.n_txt; n++) {
		uint8_t *c = check_copy(s.txt, n);
		ch_err e = ch_paper_parse(&p, passage, ch_span_of(c, n), false);

		/* A text that ends behind a passage is another paper. */
		if (e == CH_OK)
			assert_true(c[n - 1] == '\n' && p.n_passages < SAMPLE_PASSAGES + 1);
		else
			assert_true(check_is_zero(&p, sizeof p) &&
			    check_is_zero(passage, sizeof passage[0]));
		free(c);
	}
}

static ch_err split(const char *body)
{
	uint32_t n;

	return ch_paper_split(&n, passage, ch_span_str(body));
}

static void test_split(void **state)
{
	static uint8_t many[3 * CH_PASSAGES_MAX + 8], big[CH_PASSAGE_MAX + 2];
	uint32_t n;

	(void)state;
	check_ok(split("a\n"));
	check_ok(split("a\nb\n\nc\n"));
	check_err(split(""), CH_E_FORMAT);
	check_err(split("\n"), CH_E_FORMAT);
	check_err(split("a"), CH_E_TRUNCATED);
	check_err(split("a\n\n"), CH_E_FORMAT);
	check_err(split("a\n\n\nb\n"), CH_E_FORMAT);
	check_err(split("\na\n"), CH_E_FORMAT);
	check_err(split("a\r\n"), CH_E_FORMAT);
	check_err(split("e\xcc\x81\n"), CH_E_FORMAT);
	check_err(split("\xff\n"), CH_E_FORMAT);
	for (size_t i = 0; i < sizeof many; i++)
		many[i] = i % 3 ? '\n' : 'x';
	check_ok(ch_paper_split(&n, passage, ch_span_of(many, 3 * CH_PASSAGES_MAX - 1)));
	assert_int_equal(n, CH_PASSAGES_MAX);
	check_err(ch_paper_split(&n, passage, ch_span_of(many, 3 * CH_PASSAGES_MAX + 2)),
	    CH_E_LIMIT);
	memset(big, 'x', sizeof big);
	big[CH_PASSAGE_MAX] = '\n';
	check_ok(ch_paper_split(&n, passage, ch_span_of(big, CH_PASSAGE_MAX + 1)));
	big[CH_PASSAGE_MAX] = 'x';
	big[CH_PASSAGE_MAX + 1] = '\n';
	check_err(ch_paper_split(&n, passage, ch_span_of(big, CH_PASSAGE_MAX + 2)), CH_E_LIMIT);
}

static void test_headings(void **state)
{
	uint32_t n;

	(void)state;
	assert_int_equal(ch_passage_level(CH_LIT("# a")), 1);
	assert_int_equal(ch_passage_level(CH_LIT("###### a")), 6);
	assert_int_equal(ch_passage_level(CH_LIT("####### a")), 0);
	assert_int_equal(ch_passage_level(CH_LIT("#a")), 0);
	assert_int_equal(ch_passage_level(CH_LIT("#")), 0);
	assert_int_equal(ch_passage_level(CH_LIT(" # a")), 0);
	/* Of a heading: the nearest of a lower level, also past a nearer deeper one. */
	check_ok(ch_paper_split(&n, passage,
	    CH_LIT("### c\n\n# a\n\n### d\n\n## b\n\nx\n\n## e\n\n# f\n\n###### g\n")));
	static const uint32_t parent[] = { 0, 0, 2, 2, 4, 2, 0, 7 };

	assert_int_equal(n, CH_COUNT(parent));
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(passage[i].parent, parent[i]);
}

static void test_attachment_names(void **state)
{
	static const char *const bad[] = { "1.pdf", "00.pdf", "02.pdf", "01", "01.", "01.PDF",
		"01.123456789", "001.pdf", "1-.pdf", "01/pdf", "01.p.f", "01.a-b", "" };

	(void)state;
	assert_true(ch_attachment_is_named(CH_LIT("01.pdf"), 0));
	assert_true(ch_attachment_is_named(CH_LIT("99.12345678"), 98));
	assert_false(ch_attachment_is_named(CH_LIT("100.pdf"), 99));
	for (unsigned i = 0; i < CH_COUNT(bad); i++)
		assert_false(ch_attachment_is_named(ch_span_str(bad[i]), 0));
	assert_false(ch_attachment_is_named(CH_LIT("1-.pdf"), 6));
	assert_false(ch_attachment_is_named(CH_LIT("0:.pdf"), 9));
}

static void test_check_head(void **state)
{
	struct ch_diag diag;
	ch_stmt h;

	(void)state;
	sample_make(&s, CH_LIT(SAMPLE_BODY), false, 0);
	h = s.head;
	h.v[CH_H_NUMBER] = CH_LIT("ALPHA-ALPHA/2026/0001");
	check_err(ch_paper_check_head(&diag, &h), CH_E_CONFLICT);
	assert_int_equal(diag.at, CH_H_NUMBER);
	h = s.head;
	h.v[CH_H_BY] = CH_LIT("bravo.example/0123abcd");
	check_err(ch_paper_check_head(&diag, &h), CH_E_CONFLICT);
	assert_int_equal(diag.at, CH_H_BY);
	h = s.head;
	h.v[CH_H_TO] = h.v[CH_H_FROM];
	check_err(ch_paper_check_head(&diag, &h), CH_E_CONFLICT);
	assert_int_equal(diag.at, CH_H_TO);
	h = s.head;
	h.v[CH_H_INFO] = CH_LIT("info carol.example\ninfo carol.example\n");
	check_err(ch_paper_check_head(&diag, &h), CH_E_CONFLICT);
	assert_int_equal(diag.at, CH_H_INFO);
	h.v[CH_H_INFO] = CH_LIT("info carol.example\ninfo bravo.example\n");
	check_err(ch_paper_check_head(NULL, &h), CH_E_CONFLICT);
	h = s.head;
	h.v[CH_H_ACT] = CH_LIT("act-of-a-later-version");
	check_ok(ch_paper_check_head(&diag, &h));
	assert_false(ch_act_is_known(h.v[CH_H_ACT]));
	assert_true(ch_act_is_known(CH_LIT("holding-reply")));
	assert_true(ch_form_is_known(CH_LIT("note-verbale")));
	assert_true(ch_basis_is_known(CH_LIT("without-prejudice")));
	assert_false(ch_basis_is_known(CH_LIT("without")));
	assert_null(ch_word_at(CH_WORDS_MODE, 2));
}

/* Everything that a reader could see as another paper has another D. */
static void test_commitments_differ(void **state)
{
	ch_hash d;

	(void)state;
	sample_make(&s, CH_LIT("a\n\nb\n"), false, 0);
	d = s.d;
	sample_make(&s, CH_LIT("a\n\nb\n"), false, 0);
	assert_true(ch_hash_eq(&d, &s.d));
	sample_make(&s, CH_LIT("a\nb\n"), false, 0);
	assert_false(ch_hash_eq(&d, &s.d));
	sample_make(&s, CH_LIT("a\n\nb\n\nc\n"), false, 0);
	assert_false(ch_hash_eq(&d, &s.d));
	sample_make(&s, CH_LIT("a\n\nb\n"), true, 0);
	assert_false(ch_hash_eq(&d, &s.d));
	sample_make(&s, CH_LIT("a\n\nb\n"), false, 1);
	assert_false(ch_hash_eq(&d, &s.d));
}

/* Two copies of a circular share the line `text` and no other byte of a leaf. */
static void test_copies_share_text_alone(void **state)
{
	(void)state;
	sample_make(&s, CH_LIT(SAMPLE_BODY), false, 0);
	sample_make(&other, CH_LIT(SAMPLE_BODY), false, 1);
	assert_true(ch_span_eq(s.paper.head.v[CH_H_TEXT], other.paper.head.v[CH_H_TEXT]));
	check_ok(ch_paper_roots(&s.d, &s.d, &s.paper, &s.seeds, &s.work));
	check_ok(ch_paper_roots(&other.d, &other.d, &other.paper, &other.seeds, &other.work));
	for (unsigned i = 0; i < CH_H_KEYS; i++)
		assert_false(ch_hash_eq(&s.work.head[i], &other.work.head[i]));
	for (unsigned i = 0; i < SAMPLE_PASSAGES; i++)
		assert_false(ch_hash_eq(&s.work.passage[i], &other.work.passage[i]));
	/* Another text, position or attachment gives another line. */
	ch_hash a, b;

	ch_paper_text_line(&a, &s.head, CH_LIT("a\n"), &s.seeds.text);
	ch_paper_text_line(&b, &s.head, CH_LIT("b\n"), &s.seeds.text);
	assert_false(ch_hash_eq(&a, &b));
	s.head.v[CH_H_POSITIONS] = CH_LIT("position x\nposition y\nposition z\n");
	ch_paper_text_line(&b, &s.head, CH_LIT("a\n"), &s.seeds.text);
	assert_false(ch_hash_eq(&a, &b));
}

/* All salts of a paper differ, and none is a seed or part of one. */
static void test_salts_differ(void **state)
{
	static uint8_t salt[CH_LEAF_KINDS * 64][CH_SALT];
	unsigned n = 0;

	(void)state;
	sample_make(&s, CH_LIT(SAMPLE_BODY), false, 0);
	for (unsigned k = CH_LEAF_HEAD; k < CH_LEAF_KINDS; k++)
		for (uint32_t i = 0; i < 24; i++)
			ch_leaf_salt(salt[n++], &s.seeds, (ch_leaf_kind)k, i, i & 1);
	ch_body_salt(salt[n++], &s.seeds, false);
	ch_body_salt(salt[n++], &s.seeds, true);
	for (unsigned i = 0; i < n; i++) {
		assert_memory_not_equal(salt[i], s.seeds.head.b, CH_SALT);
		assert_memory_not_equal(salt[i], s.seeds.body.b, CH_SALT);
		for (unsigned k = 0; k < i; k++)
			assert_memory_not_equal(salt[i], salt[k], CH_SALT);
	}
}

static void test_seeds(void **state)
{
	uint8_t buf[CH_SEEDS_TEXT_MAX];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	struct ch_seeds back;

	(void)state;
	sample_make(&s, CH_LIT(SAMPLE_BODY), false, 0);
	check_ok(ch_seeds_format(&w, &s.paper.head, &s.seeds));
	check_ok(ch_seeds_parse(&back, ch_wr_span(&w), &s.paper.head));
	assert_memory_equal(&back, &s.seeds, sizeof back);
	check_err(ch_seeds_parse(&back, ch_span_of(buf, w.n - 1), &s.paper.head), CH_E_TRUNCATED);
	assert_true(check_is_zero(&back, sizeof back));
	s.paper.head.v[CH_H_FROM] = CH_LIT("bravo.example");
	check_err(ch_seeds_parse(&back, ch_wr_span(&w), &s.paper.head), CH_E_CONFLICT);
	assert_true(check_is_zero(&back, sizeof back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_headings),
		cmocka_unit_test(test_attachment_names),
		cmocka_unit_test(test_check_head),
		cmocka_unit_test(test_commitments_differ),
		cmocka_unit_test(test_copies_share_text_alone),
		cmocka_unit_test(test_salts_differ),
		cmocka_unit_test(test_seeds),
	};

	check_ok(ch_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
