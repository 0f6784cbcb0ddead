/*
 * A Word document becomes the text of a draft. pandoc reads it, within bounds: --sandbox, so that
 * it opens no other file and no network, 512 MiB, 20 seconds. What stands in such a file and not in
 * its text is found by asking again: changes and comments of pandoc, hidden words in the XML.
 */
#include "child.h"
#include "compose.h"
#include "filter.h"

#define READ_MS 20000u
#define TEXT_MAX ((size_t)4 << 20)
#define XML_MAX ((size_t)64 << 20)

static bool has(const struct ch_buf *b, const char *what)
{
	size_t n = strlen(what);
	ch_span in = ch_buf_span(b);

	for (size_t i = 0; i + n <= in.n; i++)
		if (in.p[i] == (uint8_t)what[0] &&
		    ch_span_eq(ch_span_of(&in.p[i], n), ch_span_str(what)))
			return true;
	return false;
}

static ch_err ask_pandoc(struct ch_buf *out, const char *pandoc, bool all, ch_span docx)
{
	const char *const argv[] = { "--sandbox", "-f", "docx", "-t",
		all ? "html" : "commonmark-raw_html", "--wrap=none",
		all ? "--track-changes=all" : "--track-changes=accept", "+RTS", "-M512m", "-RTS",
		NULL };

	return ch_filter(out, pandoc, argv, docx, READ_MS);
}

static ch_err beside_text(unsigned *beside, const char *pandoc, ch_span docx)
{
	static const char *const xml[] = { "-p", "/dev/stdin", "word/document.xml", NULL };
	char unzip[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e;

	ch_buf_init(&b, XML_MAX);
	e = ask_pandoc(&b, pandoc, true, docx);
	if (e == CH_OK && (has(&b, "insertion\"") || has(&b, "deletion\"")))
		*beside |= CH_WORD_CHANGES;
	if (e == CH_OK && has(&b, "class=\"comment-start\""))
		*beside |= CH_WORD_COMMENTS;
	ch_buf_reset(&b);
	/* Without unzip nobody can say, so it is said that there may be some. */
	if (e == CH_OK && (ch_child_find(unzip, "unzip") != CH_OK ||
	    ch_filter(&b, unzip, xml, docx, READ_MS) != CH_OK || has(&b, "<w:vanish") ||
	    has(&b, "<w:webHidden")))
		*beside |= CH_WORD_HIDDEN;
	ch_buf_deinit(&b);
	return e;
}

ch_err ch_word_read(struct ch_buf *text, unsigned *beside, ch_span docx, struct ch_problem *why)
{
	char pandoc[CH_PATH_MAX];
	ch_err e = ch_child_find(pandoc, "pandoc");

	*beside = 0;
	ch_buf_init(text, TEXT_MAX);
	if (e != CH_OK)
		return ch_problem_set(why, CH_E_ABSENT, "pandoc is not installed on this machine, "
		    "and without it a Word document cannot become passages; the draft is as it "
		    "was; attach the document, or copy its text");
	e = ask_pandoc(text, pandoc, false, docx);
	if (e == CH_OK)
		e = beside_text(beside, pandoc, docx);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the document could not be turned into passages: %s; "
		    "the draft is as it was; attach the document, or copy its text",
		    e == CH_E_LIMIT ? "it is too large or too intricate" : e == CH_E_FORMAT ?
		    "it is no Word document that pandoc can read" : ch_err_text(e));
	return CH_OK;
}
