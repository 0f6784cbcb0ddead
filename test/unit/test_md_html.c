/* Passages as HTML: what Markdown may do, and that nothing of a text becomes markup. */
#include "check.h"
#include "md_html.h"

static struct ch_html w;

static void says(const char *passage, const char *want)
{
	ch_span got;

	ch_html_init(&w, (ch_tongue){ 0 });
	ch_md_html(&w, ch_span_str(passage));
	got = ch_buf_span(&w.b);
	assert_int_equal(w.err, CH_OK);
	if (!ch_span_eq(got, ch_span_str(want)))
		print_error("%.*s\nnot %s\n", CH_SPAN(got), want);
	assert_true(ch_span_eq(got, ch_span_str(want)));
	ch_html_deinit(&w);
}

static void test_set(void **state)
{
	(void)state;
	says("One *two* **three** `four`\nfive", "<p>One <em>two</em> <strong>three</strong> "
	    "<code>four</code>\nfive</p>");
	says("# A", "<h3>A</h3>");
	says("#### A", "<h5>A</h5>");
	says("- a\n- b", "<ul><li>a</li><li>b</li></ul>");
	says("3. c\n4. d", "<ol start=\"3\"><li>c</li><li>d</li></ol>");
	says("> quoted", "<blockquote><p>quoted</p></blockquote>");
	says("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>");
	says("a\\\nb", "<p>a<br>b</p>");
}

/* A link is its words and its target; nothing is followed, nothing is loaded. */
static void test_links(void **state)
{
	(void)state;
	says("[bank](https://evil.example/a?b&c)", "<p>bank <span class=\"target\">"
	    "(<bdi>https://evil.example/a?b&amp;c</bdi>)</span></p>");
	says("[x](javascript:alert(1) \"unseen\")", "<p>x <span class=\"target\">"
	    "(<bdi>javascript:alert(1)</bdi> “<bdi>unseen</bdi>”)</span></p>");
	says("<https://a.example>", "<p>https://a.example</p>");
	says("<a@b.example>", "<p>a@b.example</p>");
	says("![map](http://evil.example/m.png)", "<p><span class=\"unloaded\">An image, not "
	    "loaded: map <span class=\"target\">(<bdi>http://evil.example/m.png</bdi>)</span>"
	    "</span></p>");
	says("[a]: https://evil.example", "<p class=\"as-written\">[a]: https://evil.example</p>");
}

static void test_hostile(void **state)
{
	char deep[600];
	struct ch_buf big;

	(void)state;
	says("<script>alert(1)</script>", "<pre><code>&lt;script&gt;alert(1)&lt;/script&gt;\n"
	    "</code></pre>");
	says("a <img src=x onerror=y> b", "<p>a <code>&lt;img src=x onerror=y&gt;</code> b</p>");
	says("a\xe2\x80\xae" "b \"'", "<p>a&lt;U+202E&gt;b &quot;&#39;</p>");
	memset(deep, '>', sizeof deep - 2);
	deep[sizeof deep - 2] = 'x';
	deep[sizeof deep - 1] = '\0';
	ch_html_init(&w, (ch_tongue){ 0 });
	ch_md_html(&w, ch_span_str(deep));
	assert_memory_equal(w.b.p, "<p class=\"as-written\">&gt;", 26);
	ch_html_deinit(&w);
	ch_buf_init(&big, CH_MD_HTML_MAX + 1);
	for (size_t i = 0; i <= CH_MD_HTML_MAX; i++)
		assert_int_equal(ch_buf_put(&big, CH_LIT("[")), CH_OK);
	ch_html_init(&w, (ch_tongue){ 0 });
	ch_md_html(&w, ch_buf_span(&big));
	assert_memory_equal(w.b.p, "<p class=\"as-written\">[", 23);
	ch_html_deinit(&w);
	ch_buf_deinit(&big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
