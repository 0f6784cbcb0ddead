/* The small setter of Markdown: whatever it sets is what md_sheet.c sets with cmark, byte for byte;
 * by hand, by chance, and beside every code point. */
#include "check.h"
#include "md_sheet.h"
#include "md_small.h"

#define SHOWN(s) (int)(s).n, (const char *)(s).p

static struct ch_md_small work;
static struct ch_buf theirs, ours;

/* ---- ours as HTML ---- */

static const char *const tag[CH_MDS_COUNT] = { "p", "h3", "h4", "h5", "ul", "ol", "li",
	"blockquote", "em", "strong", "code", "br" };

static void on_open(void *ctx, ch_mds_tag t, uint32_t start)
{
	struct ch_sheet *h = ctx;

	ch_sheet_raw(h, "<");
	ch_sheet_raw(h, tag[t]);
	if (t == CH_MDS_OL && start != 1) {
		ch_sheet_raw(h, " start=\"");
		ch_sheet_number(h, start);
		ch_sheet_raw(h, "\"");
	}
	ch_sheet_raw(h, ">");
}

static void on_close(void *ctx, ch_mds_tag t)
{
	ch_sheet_raw(ctx, "</");
	ch_sheet_raw(ctx, tag[t]);
	ch_sheet_raw(ctx, ">");
}

static void on_text(void *ctx, ch_span text)
{
	ch_sheet_span(ctx, text);
}

static struct ch_sheet begin(struct ch_buf *b)
{
	ch_buf_reset(b);
	return (struct ch_sheet){ .out = b };
}

/* True: it was set, and alike. */
static bool alike(ch_span passage)
{
	struct ch_sheet a = begin(&theirs), b = begin(&ours);
	const ch_mds_ear ear = { on_open, on_close, on_text, &b };

	if (!ch_md_small(&work, &ear, passage))
		return false;
	ch_md_sheet(&a, passage, "image");
	check_ok(a.err);
	check_ok(b.err);
	if (!ch_span_eq(ch_buf_span(&theirs), ch_buf_span(&ours)))
		print_error("%.*s\n---- theirs\n%.*s\n---- ours\n%.*s\n", SHOWN(passage),
		    SHOWN(ch_buf_span(&theirs)), SHOWN(ch_buf_span(&ours)));
	assert_true(ch_span_eq(ch_buf_span(&theirs), ch_buf_span(&ours)));
	return true;
}

static int setup(void **state)
{
	(void)state;
	ch_buf_init(&theirs, 1u << 20);
	ch_buf_init(&ours, 1u << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ch_buf_deinit(&theirs);
	ch_buf_deinit(&ours);
	return 0;
}

/* ---- by hand ---- */

static void test_set(void **state)
{
	static const char *const text[] = {
		"One *two* **three** `four`\nfive", "# A", "## B *c*", "### C\nand on", "###### F",
		"- a\n- b", "3. c\n4. d", "1) c\n2) d", "- a\n  - b\n  - c\n- d",
		"1. a\n   - b\n2. c",
		"* a\n+ b", "- a\nlazy", "- a\n  more", "> quoted\n> more", "> - a\n> - b",
		"a\\\nb", "a  \nb", "***both***", "**a *b* c**", "*a **b***", "a*b*c",
		"a_b_c", "_a_",
		"__a__", "«*a*»", "*«a»*", "Côte d’*Azur*.", "2 * 3 * 4", "\\*no\\*", "`` a`b ``",
		"` a `", "`  `", "an unclosed `code", "a < b & c", "[x] and ]",
		"5 *per cent*, **net**",
		"- one\n- two\n    - three", "*a\nb*", "**a**b", "a **b", "北京*会谈*结束",
		"1986. A year", "a\n- b", "a\n1. b",
	};

	(void)state;
	for (size_t i = 0; i < CH_COUNT(text); i++)
		if (!alike(ch_span_str(text[i])))
			fail_msg("not set: %s", text[i]);
}

/* What is another thing, or subtle. */
static void test_left(void **state)
{
	static const char *const text[] = {
		"", "a <b>", "&amp;", "[a](b)", "[a]: b", "```\nx\n```", "~~~\nx\n~~~",
		"---", "a\n===",
		"a\n---", "    code", "\tx", "#", "# a #", "- ", "-", "1.", "- - a", "- # a",
		"> a\nb",
		"a\n> b", "- a\n - b", "-      a", " a", "a\x01", "<https://a.example>",
		"*\xf0\x9f\x98\x80*", "a\n2. b", "   # a",
	};

	(void)state;
	for (size_t i = 0; i < CH_COUNT(text); i++)
		if (alike(ch_span_str(text[i])))
			fail_msg("set: %s", text[i]);
}

/* Too much of anything is left, not cut. */
static void test_bounds(void **state)
{
	static char big[CH_MD_SMALL_MAX + 2];

	(void)state;
	memset(big, 'a', sizeof big);
	assert_true(alike(ch_span_of(big, CH_MD_SMALL_MAX)));
	assert_false(alike(ch_span_of(big, CH_MD_SMALL_MAX + 1)));
	for (size_t i = 0; i + 2 < sizeof big; i += 2)
		memcpy(&big[i], "a*", 2);
	assert_false(alike(ch_span_of(big, CH_MD_SMALL_MAX)));
	assert_true(alike(CH_LIT("- a\n  - b\n    - c\n      - d")));
	assert_false(alike(CH_LIT("- a\n  - b\n    - c\n      - d\n        - e")));
	memset(big, '*', sizeof big);
	big[16] = 'a';
	assert_true(alike(ch_span_of(big, 33)));
	big[20] = 'a';
	big[16] = '*';
	assert_false(alike(ch_span_of(big, 41)));
}

/* ---- by chance ---- */

static uint32_t seed = 1;

static uint32_t chance(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void test_chance(void **state)
{
	static const char *const piece[] = { "*", "**", "_", "__", "`", "``", "\\", " ", "\n", "- ",
		"* ", "+ ", "1. ", "2. ", "1) ", "> ", "# ", "## ", "a", "b", "word ", "\xc3\xa9",
		"\xc2\xab", "\xc2\xbb", "\xe2\x80\x99", ".", ",", "!", "[", "]", "(", ")",
		"< ", "& ",
		"  ", "    ", "   ", "\n- ", "\n  - ", "\n  ", "\n1. ", "\n   ", "***", "-",
		"=", "#",
		"  \n", "\\\n", "*a*", "**b**" };
	char text[256];
	unsigned n_set = 0;

	(void)state;
	for (unsigned i = 0; i < 60000; i++) {
		uint32_t n = 1 + chance(14);
		size_t len = 0;

		for (uint32_t k = 0; k < n; k++) {
			const char *s = piece[chance(CH_COUNT(piece))];

			memcpy(&text[len], s, strlen(s));
			len += strlen(s);
		}
		n_set += alike(ch_span_of(text, len));
	}
	print_message("%u of 60000 by chance are set\n", n_set);
	assert_in_range(n_set, 10000, 60000);
}

/* Beside every code point: its kind is known as cmark knows it, or it is left. */
static void test_beside(void **state)
{
	static const char *const form[] = { "a%s*b*%sa", "%s_b_%s", "a*%sb%s*a", "a_%sb%s_ c" };
	char c[5] = "", text[64];
	unsigned n_set = 0;

	(void)state;
	for (uint32_t cp = 0x20; cp < 0x10000; cp++) {
		if (cp >= 0xd800 && cp < 0xe000)
			continue;
		memset(c, 0, sizeof c);
		if (cp < 0x80) {
			c[0] = (char)cp;
		} else if (cp < 0x800) {
			c[0] = (char)(0xc0 | cp >> 6);
			c[1] = (char)(0x80 | (cp & 63));
		} else {
			c[0] = (char)(0xe0 | cp >> 12);
			c[1] = (char)(0x80 | (cp >> 6 & 63));
			c[2] = (char)(0x80 | (cp & 63));
		}
		for (size_t i = 0; i < CH_COUNT(form); i++) {
			(void)snprintf(text, sizeof text, form[i], c, c);
			n_set += alike(ch_span_str(text));
		}
	}
	print_message("%u beside code points are set\n", n_set);
	assert_in_range(n_set, 100000, 260000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_chance),
		cmocka_unit_test(test_beside),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
