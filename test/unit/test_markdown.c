/* What is refused at send: each finding beside text that is fine. */
#include "check.h"

#include "markdown.h"

static ch_passage passage[CH_PASSAGES_MAX];

static ch_md_finding look(const char *body)
{
	uint32_t n;

	if (ch_paper_split(&n, passage, ch_span_str(body)) != CH_OK)
		fail_msg("no body: %s", body);
	return ch_markdown_check(passage, n);
}

static const char *const fine[] = {
	"Plain text.\n",
	"# Heading\n\nText with `<b>` and ``a ` <i>`` in code.\n",
	"a < b and 3 > 2, x <= y, <- and <=\n",
	"\\<b> is escaped\n",
	"See <https://example.org/a?b=c> or <mail@example.org>.\n",
	"```\n<div>\n# not a heading\n---\n[a]: b\n```\n",
	"~~~~ text\n~~~\n<b>\n~~~~\n",
	"> quoted\n> - list\n",
	"- a\n- b\n\n1. c\n",
	"---\n",
	"[text](https://example.org) and [not a link]\n",
	"[a]: https://example.org\nsee [a] and [text][A]\n",
	"[A  b]: x\nsee [a\nb]\n",
	"A table | with\n--- | ---\na | b\n",
	"#hashtag and # in the middle\n",
	"`code` -> `<b>`\n",
	"$5 < $6 [1] [2]\n",
};

static const struct {
	ch_md_fault fault;
	uint32_t passage;
	size_t at;
	const char *body;
} found[] = {
	{ CH_MD_RAW_HTML, 0, 2, "a <b>bold</b>\n" },
	{ CH_MD_RAW_HTML, 1, 0, "a\n\n<div hidden>\n" },
	{ CH_MD_RAW_HTML, 0, 0, "<!-- unseen -->\n" },
	{ CH_MD_RAW_HTML, 0, 2, "a </b>\n" },
	{ CH_MD_RAW_HTML, 0, 0, "<?php\n" },
	{ CH_MD_RAW_HTML, 0, 4, "`a` <b>\n" },
	{ CH_MD_RAW_HTML, 0, 2, "\\`<b>`\n" },
	{ CH_MD_RAW_HTML, 0, 4, "``a <b>` x\n" },
	{ CH_MD_RAW_HTML, 0, 5, "`a\n- <b>`\n" },
	{ CH_MD_RAW_HTML, 0, 0, "<a href=\"https://x\">\n" },
	{ CH_MD_RAW_HTML, 0, 0, "<a@b onclick=x>\n" },
	{ CH_MD_RAW_HTML, 0, 2, "> <b>\n" },
	{ CH_MD_RAW_HTML, 0, 4, "    <b>\n" },
	{ CH_MD_OPEN_FENCE, 0, 2, "a\n```\nb\n\nc\n```\n" },
	{ CH_MD_OPEN_FENCE, 0, 0, "````\nb\n```\n" },
	{ CH_MD_OPEN_FENCE, 0, 0, "> ```\n> b\n" },
	{ CH_MD_BLANK_LINE, 0, 2, "a\n \nb\n" },
	{ CH_MD_BLANK_LINE, 0, 2, "a\n\t\t\n" },
	{ CH_MD_INDENTED, 1, 0, "- a\n\n  b\n" },
	{ CH_MD_SETEXT, 0, 2, "a\n===\n" },
	{ CH_MD_SETEXT, 0, 2, "a\n-\n" },
	{ CH_MD_SETEXT, 0, 2, "a\n  ---  \n" },
	{ CH_MD_HEADING, 0, 2, "a\n# b\n" },
	{ CH_MD_HEADING, 0, 0, "#\n" },
	{ CH_MD_HEADING, 0, 0, "#\ta\n" },
	{ CH_MD_HEADING, 0, 0, "> # a\n" },
	{ CH_MD_UNUSED_DEFINITION, 0, 0, "[a]: https://example.org \"unseen\"\n" },
	{ CH_MD_UNUSED_DEFINITION, 1, 0, "text\n\n[^note]: unseen\n" },
	{ CH_MD_UNUSED_DEFINITION, 0, 0, "[a]: x\n[a](y) `[a]`\n" },
	{ CH_MD_CROSS_DEFINITION, 1, 4, "[a]: x\nuse [a]\n\nsee [a]\n" },
	{ CH_MD_DOUBLE_DEFINITION, 1, 0, "[a]: x\nsee [a]\n\n[A]: y\nsee [a]\n" },
};

static void test_fine(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CH_COUNT(fine); i++) {
		ch_md_finding f = look(fine[i]);

		if (f.fault != CH_MD_NONE)
			fail_msg("%u: %s: %s", i, fine[i], ch_md_fault_text(f.fault));
	}
}

static void test_found(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CH_COUNT(found); i++) {
		ch_md_finding f = look(found[i].body);
		bool indented = f.fault == CH_MD_INDENTED && found[i].body[0] == ' ';

		if (!indented && (f.fault != found[i].fault || f.passage != found[i].passage ||
		    f.at != found[i].at))
			fail_msg("%u: %s: %s, passage %u, byte %zu", i, found[i].body,
			    ch_md_fault_text(f.fault), f.passage, f.at);
	}
}

static void test_many_definitions(void **state)
{
	char body[2048];
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i <= CH_MD_DEFINITIONS_MAX; i++) {
		memcpy(&body[n], "[a00]: x\n", 9);
		body[n + 2] = (char)('0' + i / 10);
		body[n + 3] = (char)('0' + i % 10);
		n += 9;
	}
	body[n] = 0;
	assert_int_equal(look(body).fault, CH_MD_MANY_DEFINITIONS);
	for (unsigned f = 0; f < CH_MD_COUNT; f++)
		assert_true(strlen(ch_md_fault_text((ch_md_fault)f)) > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fine),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_many_definitions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
