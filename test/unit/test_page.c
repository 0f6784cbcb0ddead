/* What pages are written with: escaping, sentences, times; words that page and command share. */
#include "cause.h"
#include "check.h"
#include "html.h"
#include "page.h"
#include "standing.h"

static struct ch_html w;

static void says(const char *want)
{
	ch_span got = ch_buf_span(&w.b);

	assert_int_equal(w.err, CH_OK);
	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.p, want, got.n);
	ch_buf_reset(&w.b);
}

static void test_put(void **state)
{
	(void)state;
	ch_html_init(&w, (ch_tongue){ 0 });
	ch_html_put(&w, "<a href=\"/x/%u?%s\">%.*s</a>%%", 7u, "a\"b", CH_SPAN(CH_LIT("<b>&'")));
	says("<a href=\"/x/7?a&quot;b\">&lt;b&gt;&amp;&#39;</a>%");
	ch_html_put(&w, "%zu %llu %d %c", (size_t)1, 2ull, -3, '<');
	says("1 2 -3 &lt;");
	ch_html_deinit(&w);
}

static void cause(unsigned lang, const char *text, const char *want)
{
	struct ch_arena a;

	ch_arena_init(&a, 65536);
	w.tongue.lang = lang;
	ch_cause_say(&w, &a, ch_span_str(text));
	says(want);
	w.tongue.lang = 0;
	ch_arena_deinit(&a);
}

/* What a lower floor says is said in the language of the page, with what it is about. */
static void test_cause(void **state)
{
	unsigned fr = ch_lang_find(CH_LIT("fr"));

	(void)state;
	ch_html_init(&w, (ch_tongue){ 0 });
	cause(0, "the disk is full", "<p class=\"said\">the disk is full.</p>");
	cause(fr, "the disk is full", "<p class=\"said\">le disque est plein.</p>");
	cause(fr, "the attachment a<b could be cannot be read: the disk is full; nothing was sent.",
	    "<p class=\"said\">la pièce <bdi>a&lt;b could be</bdi> ne peut être lue\u00a0: "
	    "<bdi>le disque est plein</bdi>\u00a0; "
	    "rien n’a été envoyé.</p>");
	cause(fr, "x: y was not written: not found; choose an empty folder",
	    "<p class=\"said\"><bdi>x: y</bdi> n’a pas été écrit\u00a0: "
	    "<bdi>introuvable</bdi>\u00a0; choisissez un dossier vide.</p>");
	cause(fr, "the disk is full up", "<p lang=\"en\" dir=\"ltr\" class=\"said\">"
	    "the disk is full up.</p>");
	cause(fr, "", "<p lang=\"en\" dir=\"ltr\" class=\"said\">.</p>");
	ch_html_deinit(&w);
}

/* What could turn or hide text is shown, also where a piece of a long text ends. */
static void test_marks(void **state)
{
	uint8_t text[4096];
	size_t n = 0;

	(void)state;
	ch_html_init(&w, (ch_tongue){ 0 });
	ch_html_put(&w, "%s", "a\xe2\x80\xae" "b\x1b[2J");
	says("a&lt;U+202E&gt;b&lt;U+001B&gt;[2J");
	for (unsigned pad = 0; pad < 8; pad++) {
		n = 0;
		for (; n < 508 + pad; n++)
			text[n] = 'x';
		memcpy(&text[n], "\xf0\x9f\x8c\x8d", 4);
		n += 4;
		ch_html_text(&w, ch_span_of(text, n));
		assert_int_equal(w.b.n, n);
		assert_memory_equal(w.b.p, text, n);
		ch_buf_reset(&w.b);
	}
	memset(text, 0x80, sizeof text); /* nothing but broken UTF-8 */
	ch_html_text(&w, ch_span_of(text, sizeof text));
	assert_int_equal(w.err, CH_OK);
	for (size_t i = 0; i < w.b.n; i++)
		assert_true(w.b.p[i] < 0x80);
	ch_html_deinit(&w);
}

static void test_sentences(void **state)
{
	(void)state;
	ch_html_init(&w, (ch_tongue){ 0 });
	ch_html_say_with(&w, CH_M_TALKS_WITH, CH_ARGS("<x>"));
	says("with <bdi>&lt;x&gt;</bdi>");
	ch_html_say_plain(&w, CH_M_TALKS_WITH, CH_ARGS("<x>"));
	says("with &lt;x&gt;");
	ch_html_say_plain(&w, CH_M_TALKS_WITH, NULL);
	says("with ");
	ch_html_say_count(&w, CH_M_PAPERS_ONE, 1);
	says("one paper");
	ch_html_say_count(&w, CH_M_PAPERS_ONE, 2);
	says("2 papers");
	w.tongue.words = ch_lang_word_set(CH_LIT("law"));
	ch_html_say_count(&w, CH_M_PAPERS_ONE, 2);
	says("2 letters");
	w.tongue = (ch_tongue){ .lang = ch_lang_find(CH_LIT("fr")) };
	ch_html_say_count(&w, CH_M_PAPERS_ONE, 2);
	says("2 plis");
	ch_html_deinit(&w);
}

static void test_until(void **state)
{
	(void)state;
	ch_html_init(&w, (ch_tongue){ 0 });
	ch_html_until(&w, 1000, 1000);
	says("a moment ago");
	ch_html_until(&w, 1059, 1000);
	says("in less than a minute");
	ch_html_until(&w, 1000, 1000 + 3600);
	says("one hour ago");
	ch_html_until(&w, 1000 + 3 * 86400, 1000);
	says("in 3 days");
	ch_html_date(&w, CH_LIT("2026-02-03"));
	says("<time datetime=\"2026-02-03\">3 February 2026</time>");
	ch_html_date(&w, CH_LIT("<2026>"));
	says("&lt;2026&gt;");
	ch_html_deinit(&w);
}

static void test_accept(void **state)
{
	unsigned fr = ch_lang_find(CH_LIT("fr"));

	(void)state;
	assert_true(fr > 0);
	assert_int_equal(ch_lang_accept(CH_LIT("fr-CH, fr;q=0.9, en;q=0.8")), fr);
	assert_int_equal(ch_lang_accept(CH_LIT("de, fr;q=0.5")), fr);
	assert_int_equal(ch_lang_accept(CH_LIT("de-DE,de;q=0.9,en;q=0.1, fr")), 0);
	assert_int_equal(ch_lang_accept(CH_LIT("xx")), 0);
	assert_int_equal(ch_lang_accept(CH_LIT(",,;;  --")), 0);
	assert_int_equal(ch_lang_accept((ch_span){ 0 }), 0);
}

/* Page and command say the same of a paper. */
static void test_standings(void **state)
{
	(void)state;
	for (unsigned s = 0; s < CH_STANDING_COUNT; s++) {
		ch_msg id = ch_page_standing((ch_standing)s);

		assert_string_equal(ch_lang_text((ch_tongue){ 0 }, id),
		    ch_standing_text((ch_standing)s));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_cause),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_until),
		cmocka_unit_test(test_accept),
		cmocka_unit_test(test_standings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
