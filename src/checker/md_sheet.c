/* Markdown for reading: see md_sheet.h. Trusts cmark to parse, and nothing of what it parses. */
#include "md_sheet.h"

#include <cmark.h>

#define DEPTH_MAX 24u

static ch_span text_of(const char *s)
{
	return ch_span_str(s ? s : "");
}

static void plain(struct ch_sheet *h, ch_span passage)
{
	ch_sheet_raw(h, "<p class=\"as-written\">");
	ch_sheet_span(h, passage);
	ch_sheet_raw(h, "</p>");
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

static void put_start(struct ch_sheet *h, int start)
{
	ch_sheet_raw(h, "<ol start=\"");
	ch_sheet_number(h, (uint64_t)start); /* cmark reads no other: at most nine digits */
	ch_sheet_raw(h, "\">");
}

static void list(struct ch_sheet *h, cmark_node *n, bool enter)
{
	bool ordered = cmark_node_get_list_type(n) == CMARK_ORDERED_LIST;
	int start = cmark_node_get_list_start(n);

	if (!enter)
		ch_sheet_raw(h, ordered ? "</ol>" : "</ul>");
	else if (!ordered)
		ch_sheet_raw(h, "<ul>");
	else if (start != 1)
		put_start(h, start);
	else
		ch_sheet_raw(h, "<ol>");
}

static void heading(struct ch_sheet *h, cmark_node *n, bool enter)
{
	int level = cmark_node_get_heading_level(n);

	ch_sheet_raw(h, enter ? "<h" : "</h");
	ch_sheet_number(h, level < 3 ? (uint64_t)level + 2 : 5);
	ch_sheet_raw(h, ">");
}

static void code_block(struct ch_sheet *h, cmark_node *n)
{
	ch_sheet_raw(h, "<pre><code>");
	ch_sheet_span(h, text_of(cmark_node_get_literal(n)));
	ch_sheet_raw(h, "</code></pre>");
}

/* True: it was a block. */
static bool block(struct ch_sheet *h, cmark_node *n, bool enter)
{
	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_DOCUMENT:
		return true;
	case CMARK_NODE_BLOCK_QUOTE:
		ch_sheet_raw(h, enter ? "<blockquote>" : "</blockquote>");
		return true;
	case CMARK_NODE_LIST:
		list(h, n, enter);
		return true;
	case CMARK_NODE_ITEM:
		ch_sheet_raw(h, enter ? "<li>" : "</li>");
		return true;
	case CMARK_NODE_PARAGRAPH:
		if (!is_tight(n))
			ch_sheet_raw(h, enter ? "<p>" : "</p>");
		return true;
	case CMARK_NODE_HEADING:
		heading(h, n, enter);
		return true;
	case CMARK_NODE_THEMATIC_BREAK:
		ch_sheet_raw(h, "<hr>");
		return true;
	case CMARK_NODE_CODE_BLOCK:
	case CMARK_NODE_HTML_BLOCK:
		code_block(h, n);
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

static void target(struct ch_sheet *h, cmark_node *n)
{
	ch_span title = text_of(cmark_node_get_title(n));

	ch_sheet_raw(h, " <span class=\"target\">(<bdi>");
	ch_sheet_span(h, text_of(cmark_node_get_url(n)));
	if (title.n > 0) {
		ch_sheet_raw(h, "</bdi> “<bdi>");
		ch_sheet_span(h, title);
		ch_sheet_raw(h, "</bdi>”)</span>");
	} else {
		ch_sheet_raw(h, "</bdi>)</span>");
	}
}

static void image(struct ch_sheet *h, cmark_node *n, bool enter, const char *words)
{
	if (enter) {
		ch_sheet_raw(h, "<span class=\"unloaded\">");
		ch_sheet_text(h, words);
		ch_sheet_raw(h, " ");
		return;
	}
	target(h, n);
	ch_sheet_raw(h, "</span>");
}

static void line(struct ch_sheet *h, cmark_node *n, bool enter, const char *image_words)
{
	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_TEXT:
		ch_sheet_span(h, text_of(cmark_node_get_literal(n)));
		break;
	case CMARK_NODE_SOFTBREAK:
		ch_sheet_raw(h, "\n");
		break;
	case CMARK_NODE_LINEBREAK:
		ch_sheet_raw(h, "<br>");
		break;
	case CMARK_NODE_CODE:
	case CMARK_NODE_HTML_INLINE:
		ch_sheet_raw(h, "<code>");
		ch_sheet_span(h, text_of(cmark_node_get_literal(n)));
		ch_sheet_raw(h, "</code>");
		break;
	case CMARK_NODE_EMPH:
		ch_sheet_raw(h, enter ? "<em>" : "</em>");
		break;
	case CMARK_NODE_STRONG:
		ch_sheet_raw(h, enter ? "<strong>" : "</strong>");
		break;
	case CMARK_NODE_LINK:
		if (!enter && !says_itself(n))
			target(h, n);
		break;
	case CMARK_NODE_IMAGE:
		image(h, n, enter, image_words);
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

static void walk(struct ch_sheet *h, cmark_node *doc, const char *image_words)
{
	cmark_iter *it = cmark_iter_new(doc);
	cmark_event_type ev;

	while (h->err == CH_OK && (ev = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *n = cmark_iter_get_node(it);

		if (!block(h, n, ev == CMARK_EVENT_ENTER))
			line(h, n, ev == CMARK_EVENT_ENTER, image_words);
	}
	cmark_iter_free(it);
}

void ch_md_sheet_plain(struct ch_sheet *h, ch_span passage)
{
	struct ch_sheet own = *h;

	own.isolate = false;
	plain(&own, passage);
	h->err = own.err;
}

void ch_md_sheet(struct ch_sheet *h, ch_span passage, const char *image_words)
{
	struct ch_sheet own = *h;
	cmark_node *doc = passage.n <= CH_MD_SHEET_MAX ? cmark_parse_document(
	    (const char *)passage.p, passage.n, CMARK_OPT_VALIDATE_UTF8) : NULL;

	own.isolate = false; /* a passage stands in a block with a direction of its own */
	/* A link definition that nothing uses would be text that nobody sees. */
	if (!doc || !cmark_node_first_child(doc) || !is_shallow(doc))
		plain(&own, passage);
	else
		walk(&own, doc, image_words);
	if (doc)
		cmark_node_free(doc);
	h->err = own.err;
}
