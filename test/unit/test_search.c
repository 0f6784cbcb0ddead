/* The search: what a word is in which script, queries that nobody can break, what is found. */
#include "check.h"
#include "search_db.h"
#include "search_excerpt.h"

static char said[1024];

/* All words, folded, with bars between. */
static const char *words(const char *text)
{
	ch_lexer l = { .text = ch_span_str(text) };
	struct ch_wr w = ch_wr_of(said, sizeof said - 1);

	memset(said, 0, sizeof said);
	while (ch_lexer_next(&l)) {
		if (w.n > 0)
			CH_WR_LIT(&w, "|");
		ch_wr_put(&w, ch_span_of(l.fold, l.n));
	}
	check_ok(ch_wr_done(&w));
	return said;
}

static void test_words(void **state)
{
	(void)state;
	assert_string_equal(words("Two  patrol-boats, l'accord no. 12"),
	    "two|patrol|boats|l|accord|no|12");
	assert_string_equal(words("Überfahrt naïve ﬁn Ω"), "uberfahrt|naive|fin|ω");
	assert_string_equal(words("ГРАНИЦА Ёлка"), "граница|елка");
	assert_string_equal(words("حُدُود الـــعلم"), "حدود|العلم");
	assert_string_equal(words("無旗。懸掛ab"), "無|旗|懸|掛|ab");
	assert_string_equal(words("…—\xff\xc3 \xe2\x80\xae!"), "");
	assert_string_equal(words(""), "");
}

static const char *match(const char *typed)
{
	static ch_query q;

	ch_query_parse(&q, ch_span_str(typed));
	return q.match;
}

static void test_queries(void **state)
{
	(void)state;
	assert_string_equal(match("Patrol boats"), " \"patrol\" * \"boats\" *");
	assert_string_equal(match("\"joint room\" x"), " \"joint room\" \"x\"");
	assert_string_equal(match("無旗"), " \"無 旗\" *");
	assert_string_equal(match("2026/0001"), " \"2026 0001\" *");
	assert_string_equal(match("\"open to the end"), " \"open to the end\"");
	for (const char *const *s = (const char *const[]){ "", "\"", "\"\"", "*", "- ^ : ( )",
	    "\xff\xfe", NULL }; *s; s++)
		assert_string_equal(match(*s), "");
	/* Longer than anybody types: cut, not refused. */
	static char long_one[CH_QUERY_MAX * 2];
	memset(long_one, 'x', sizeof long_one - 1);
	assert_true(strlen(match(long_one)) > CH_WORD_MAX);
	for (size_t i = 1; i < sizeof long_one - 1; i += 2)
		long_one[i] = ' ';
	assert_true(strlen(match(long_one)) > 0);
}

static size_t found(struct ch_search_db *db, const char *typed)
{
	struct ch_arena a;
	ch_search_hit *hit;
	size_t n;

	ch_arena_init(&a, 1 << 20);
	check_ok(ch_search_db_find(&hit, &n, db, match(typed), &a));
	for (size_t i = 0; i < n; i++)
		assert_string_equal(hit[i].talks, "strait");
	ch_arena_deinit(&a);
	return n;
}

static void test_db(void **state)
{
	ch_search_doc one = { "strait", "A-B-2026-0001", "Patrols", "A-B/2026/0001 a.example",
		{ 0 }, false };
	ch_search_doc two = { "strait", "A-B-2026-0002", "無旗", "A-B/2026/0002 b.example",
		CH_LIT("Две лодки, без флага.\n\nA joint room, staffed by both."), true };
	struct ch_search_db *db;
	bool has_text = true;

	(void)state;
	ch_search_db_memory();
	check_ok(ch_search_db_new(&db));
	ch_search_db_begin(db);
	check_ok(ch_search_db_put(db, &one));
	check_ok(ch_search_db_put(db, &two));
	check_ok(ch_search_db_end(db));
	assert_true(ch_search_db_has(&has_text, db, "strait", "A-B-2026-0001") && !has_text);
	assert_false(ch_search_db_has(&has_text, db, "other", "A-B-2026-0001"));
	assert_int_equal(found(db, "patrol"), 1);
	assert_int_equal(found(db, "旗"), 1);
	assert_int_equal(found(db, "旗無"), 0);
	assert_int_equal(found(db, "ФЛАГ"), 1);
	assert_int_equal(found(db, "\"joint room\""), 1);
	assert_int_equal(found(db, "\"room joint\""), 0);
	assert_int_equal(found(db, "2026"), 2);
	assert_int_equal(found(db, "2026 лодки"), 1);
	assert_int_equal(found(db, "boats"), 0);
	/* Signed for meanwhile: the text comes, and nothing stands there twice. */
	one.text = CH_LIT("Two boats.");
	one.has_text = true;
	check_ok(ch_search_db_put(db, &one));
	assert_int_equal(found(db, "boats"), 1);
	assert_int_equal(found(db, "patrols"), 1);
	for (const char *const *s = (const char *const[]){ "\" OR 1", "a AND", "NEAR(a b)", "t : a",
	    "-a", "a*", "^a", "''; drop table t; --", NULL }; *s; s++)
		(void)found(db, *s);
	ch_search_db_free(db);
}

static void excerpt(const char *typed, const char *text, const char *want)
{
	const ch_passage passage[] = { { .text = CH_LIT("# Nothing") },
		{ .text = ch_span_str(text) } };
	struct ch_html w;
	ch_query q;
	ch_span got;

	ch_html_init(&w, (ch_tongue){ 0 });
	ch_query_parse(&q, ch_span_str(typed));
	ch_excerpt_best(&w, &q, passage, 2, "/x");
	got = ch_buf_span(&w.b);
	assert_int_equal(w.err, CH_OK);
	if (want)
		assert_non_null(memmem(got.p, got.n, want, strlen(want)));
	else
		assert_int_equal(got.n, 0);
	ch_html_deinit(&w);
}

static void test_excerpts(void **state)
{
	char text[4000];

	(void)state;
	excerpt("boats", "Two Boats <b>here</b>.", "href=\"/x#p2\">2</a> Two <mark>Boats</mark> "
	    "&lt;b&gt;here");
	excerpt("無旗", "懸掛無旗。", "懸掛<mark>無</mark><mark>旗</mark>。");
	excerpt("absent", "Two boats.", NULL);
	memset(text, ' ', sizeof text);
	for (size_t i = 0; i + 3 < sizeof text; i += 3)
		memcpy(&text[i], "\xd1\x8f", 2);
	memcpy(&text[3000], " ship ", 6);
	text[sizeof text - 1] = '\0';
	excerpt("ship", text, "<mark>ship</mark>");
	excerpt("ship", text, "… я");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_db),
		cmocka_unit_test(test_excerpts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
