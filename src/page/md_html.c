/* Markdown for reading: see md_html.h. Trusts cmark to parse, and nothing of what it parses. */
#include "md_html.h"

#include <cmark.h>

#include "rd.h"

#define DEPTH_MAX 24u

static ch_span text_of(const char *s)
{
	return ch_span_str(s ? s : "");
}

void ch_md_plain(struct ch_html *w, ch_span passage)
{
	ch_html_put(w, "<p class=\"as-written\">");
	ch_html_text(w, passage);
	ch_html_put(w, "</p>");
}

/* ---- blocks ---- */

/* A paragraph in a list without empty lines stands in its item as it is. */
static bool is_tight(cmark_node *paragraph)
{
	cmark_node *item = cmark_node_parent(paragraph);
	cmark_node *list = item ? cmark_node_parent(item) : NULL;

	return list && cmark_node_get_type(list) == CMARK_NODE_LIST &&
	    cmark_node_get_list_tight(list);
}

static void list(struct ch_html *w, cmark_node *n, bool enter)
{
	bool ordered = cmark_node_get_list_type(n) == CMARK_ORDERED_LIST;
	int start = cmark_node_get_list_start(n);

	if (!enter)
		ch_html_put(w, ordered ? "</ol>" : "</ul>");
	else if (!ordered)
		ch_html_put(w, "<ul>");
	else if (start != 1)
		ch_html_put(w, "<ol start=\"%d\">", start);
	else
		ch_html_put(w, "<ol>");
}

static void heading(struct ch_html *w, cmark_node *n, bool enter)
{
	int level = cmark_node_get_heading_level(n);

	ch_html_put(w, enter ? "<h%d>" : "</h%d>", level < 3 ? level + 2 : 5);
}

static void code_block(struct ch_html *w, cmark_node *n)
{
	ch_html_put(w, "<pre><code>");
	ch_html_text(w, text_of(cmark_node_get_literal(n)));
	ch_html_put(w, "</code></pre>");
}

/* True: it was a block. */
static bool block(struct ch_html *w, cmark_node *n, bool enter)
{
	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_DOCUMENT:
		return true;
	case CMARK_NODE_BLOCK_QUOTE:
		ch_html_put(w, enter ? "<blockquote>" : "</blockquote>");
		return true;
	case CMARK_NODE_LIST:
		list(w, n, enter);
		return true;
	case CMARK_NODE_ITEM:
		ch_html_put(w, enter ? "<li>" : "</li>");
		return true;
	case CMARK_NODE_PARAGRAPH:
		if (!is_tight(n))
			ch_html_put(w, enter ? "<p>" : "</p>");
		return true;
	case CMARK_NODE_HEADING:
		heading(w, n, enter);
		return true;
	case CMARK_NODE_THEMATIC_BREAK:
		ch_html_put(w, "<hr>");
		return true;
	case CMARK_NODE_CODE_BLOCK:
	case CMARK_NODE_HTML_BLOCK:
		code_block(w, n);
		return true;
	default:
		return false;
	}
}

/* ---- inlines ---- */

/* <https://…> and the like: the words are the target. */
static bool says_itself(cmark_node *link)
{
	cmark_node *only = cmark_node_first_child(link);
	ch_span url = text_of(cmark_node_get_url(link)), words;
	struct ch_rd r = ch_rd_of(url);

	if (!only || cmark_node_next(only) || cmark_node_get_type(only) != CMARK_NODE_TEXT)
		return false;
	words = text_of(cmark_node_get_literal(only));
	if (ch_span_eq(url, words))
		return true;
	CH_RD_LIT(&r, "mailto:");
	return ch_span_eq(ch_rd_rest(&r), words) && r.err == CH_OK;
}

static void target(struct ch_html *w, cmark_node *n)
{
	ch_span title = text_of(cmark_node_get_title(n));

	ch_html_put(w, " <span class=\"target\">(<bdi>%.*s</bdi>",
	    CH_SPAN(text_of(cmark_node_get_url(n))));
	if (title.n > 0)
		ch_html_put(w, " “<bdi>%.*s</bdi>”", CH_SPAN(title));
	ch_html_put(w, ")</span>");
}

static void image(struct ch_html *w, cmark_node *n, bool enter)
{
	if (enter) {
		ch_html_put(w, "<span class=\"unloaded\">");
		ch_html_say(w, CH_M_MD_IMAGE);
		ch_html_put(w, " ");
		return;
	}
	target(w, n);
	ch_html_put(w, "</span>");
}

static void line(struct ch_html *w, cmark_node *n, bool enter)
{
	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_TEXT:
		ch_html_text(w, text_of(cmark_node_get_literal(n)));
		break;
	case CMARK_NODE_SOFTBREAK:
		ch_html_put(w, "\n");
		break;
	case CMARK_NODE_LINEBREAK:
		ch_html_put(w, "<br>");
		break;
	case CMARK_NODE_CODE:
	case CMARK_NODE_HTML_INLINE:
		ch_html_put(w, "<code>");
		ch_html_text(w, text_of(cmark_node_get_literal(n)));
		ch_html_put(w, "</code>");
		break;
	case CMARK_NODE_EMPH:
		ch_html_put(w, enter ? "<em>" : "</em>");
		break;
	case CMARK_NODE_STRONG:
		ch_html_put(w, enter ? "<strong>" : "</strong>");
		break;
	case CMARK_NODE_LINK:
		if (!enter && !says_itself(n))
			target(w, n);
		break;
	case CMARK_NODE_IMAGE:
		image(w, n, enter);
		break;
	default:
		break;
	}
}

/* ---- a passage ---- */

static bool is_shallow(cmark_node *doc)
{
	cmark_iter *it = cmark_iter_new(doc);
	unsigned depth = 0, most = 0;
	cmark_event_type ev;

	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *n = cmark_iter_get_node(it);

		if (!cmark_node_first_child(n))
			continue; /* a leaf may be entered and not left */
		depth += ev == CMARK_EVENT_ENTER ? 1u : (unsigned)-1;
		most = depth > most ? depth : most;
	}
	cmark_iter_free(it);
	return most <= DEPTH_MAX;
}

static void walk(struct ch_html *w, cmark_node *doc)
{
	cmark_iter *it = cmark_iter_new(doc);
	cmark_event_type ev;

	while (w->err == CH_OK && (ev = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *n = cmark_iter_get_node(it);

		if (!block(w, n, ev == CMARK_EVENT_ENTER))
			line(w, n, ev == CMARK_EVENT_ENTER);
	}
	cmark_iter_free(it);
}

void ch_md_html(struct ch_html *w, ch_span passage)
{
	cmark_node *doc = passage.n <= CH_MD_HTML_MAX ? cmark_parse_document(
	    (const char *)passage.p, passage.n, CMARK_OPT_VALIDATE_UTF8) : NULL;

	/* A link definition that nothing uses would be text that nobody sees. */
	if (!doc || !cmark_node_first_child(doc) || !is_shallow(doc))
		ch_md_plain(w, passage);
	else
		walk(w, doc);
	if (doc)
		cmark_node_free(doc);
}
