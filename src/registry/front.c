/*
 * The registry's front page for a person: what the log is, its newest checkpoint, who cosigned, and
 * the page that checks evidence in the browser. Nothing here needs a token; nothing remote is asked
 * for. Without script it says what held when it was sent.
 */
#include "check_page.h"
#include "handlers.h"
#include "sheet.h"

#define PAGE_MAX 65536
#define HTML "text/html; charset=utf-8"

#define HEADERS "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n" \
    "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n" \
    "Content-Security-Policy: "

/* The page allows its own script and style by their hashes in a policy of its own. */
#define CHECK_HEADERS HEADERS "frame-ancestors 'none'\r\n"

bool ch_get_check(struct ch_reg *reg, struct ch_op *op)
{
	ch_span head = ch_check_page_head(), tail = ch_check_page_tail();
	size_t room = head.n + tail.n + 2;
	struct ch_wr w;

	(void)reg;
	if (head.n == 0)
		return ch_refuse(op, 404, "not-here", "This registry was built without the "
		    "checking page");
	w = ch_wr_of(ch_op_alloc(op, room), room);
	if (op->err != CH_OK)
		return false;
	ch_wr_put(&w, head);
	CH_WR_LIT(&w, "{}");
	ch_wr_put(&w, tail);
	op->cache = "public, max-age=3600";
	op->extra = CHECK_HEADERS;
	return ch_give_text(op, 200, HTML, ch_wr_span(&w));
}

/* ---- the newest checkpoint that others cosigned ---- */

/* The first one above ever earlier places: recent, in a few questions of the store. */
static ch_err last_cosigned(ch_row_checkpoint *cp, struct ch_reg *reg, struct ch_op *op)
{
	uint64_t size = reg->log->done.size, back = 1;
	ch_err e = CH_E_ABSENT;

	for (; e == CH_E_ABSENT && size > 0; back *= 8) {
		uint64_t above = back < size ? size - back : 0;

		e = ch_store_checkpoint_cosigned(cp, reg->store, op->arena, above);
		if (above == 0)
			break;
	}
	return e;
}

static bool said_before(const ch_note *note, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (ch_span_eq(note->line[k].name, note->line[i].name))
			return true;
	return false;
}

/* Everyone but the registry itself, once. */
static void put_names(struct ch_sheet *h, const ch_note *note, ch_span origin)
{
	bool any = false;

	for (size_t i = 0; i < note->n; i++) {
		if (ch_span_eq(note->line[i].name, origin) || said_before(note, i))
			continue;
		ch_sheet_raw(h, any ? ", " : "");
		ch_sheet_span(h, note->line[i].name);
		any = true;
	}
	if (!any)
		ch_sheet_raw(h, "nobody besides the registry yet");
}

static ch_err put_cosigners(struct ch_sheet *h, struct ch_reg *reg, struct ch_op *op)
{
	ch_row_checkpoint cp = { 0 };
	ch_note *note = ch_op_alloc(op, sizeof *note);
	ch_span text;
	ch_err e = op->err == CH_OK ? last_cosigned(&cp, reg, op) : op->err;

	if (e == CH_E_ABSENT) {
		ch_sheet_raw(h, "nobody besides the registry yet</dd></dl>\n");
		return CH_OK;
	}
	if (e != CH_OK || !ch_cosigned_note(&text, reg, op, &cp))
		return e != CH_OK ? e : op->err;
	e = ch_note_parse(note, text, CH_NOTE_TEXT_MAX);
	if (e == CH_OK) {
		put_names(h, note, reg->folder.origin);
		ch_sheet_raw(h, "</dd>\n<dt>Up to entry</dt><dd id=\"cosigned\">");
		ch_sheet_number(h, cp.size);
		ch_sheet_raw(h, "</dd></dl>\n");
	}
	return e;
}

/* ---- the page ---- */

static void put_head(struct ch_sheet *h, const struct ch_reg *reg)
{
	ch_sheet_raw(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Registry ");
	ch_sheet_span(h, reg->folder.origin);
	ch_sheet_raw(h, "</title>\n<style>");
	ch_sheet_bytes(h, ch_site_style());
	ch_sheet_raw(h, "</style>\n</head>\n<body>\n<main>\n");
	if (reg->folder.exercise)
		ch_sheet_raw(h, "<p class=\"exercise\">Exercise. This registry is for drills; "
		    "nothing in "
		    "it is about real talks.</p>\n");
	ch_sheet_raw(h, "<p class=\"house\">Registry</p>\n<h1><bdi id=\"origin\">");
	ch_sheet_span(h, reg->folder.origin);
	ch_sheet_raw(h, "</bdi></h1>\n<p class=\"lead\">This registry carries sealed papers "
	    "between "
	    "parties that negotiate, and keeps a register of what happened to them: an append-only "
	    "log in which no line can be changed or left out unseen. It cannot open a paper. The "
	    "log "
	    "holds fingerprints alone; anyone may follow it.</p>\n");
	if (ch_check_page_head().n)
		ch_sheet_raw(h, "<div class=\"drop\" id=\"drop\"><p><a class=\"button\" "
		    "href=\"/check\">Check a file that you were shown</a></p>\n"
		    "<p class=\"when\"><span id=\"drop-here\" hidden>Or drop it here. </span>It is "
		    "checked in your browser; nothing is sent here.</p>\n<p class=\"when\" "
		    "lang=\"fr\">Cette page de contr\xC3\xB4le parle aussi fran\xC3\xA7"
		    "ais.</p></div>\n");
}

static void put_log(struct ch_sheet *h, const struct ch_reg *reg)
{
	struct ch_rd r = ch_rd_of(ch_register_checkpoint(reg->log));
	ch_span root;

	(void)ch_rd_line(&r);
	(void)ch_rd_line(&r);
	root = ch_rd_line(&r);
	ch_sheet_raw(h, "<section><h2>The log now</h2>\n<dl><dt>Entries</dt><dd id=\"size\">");
	ch_sheet_number(h, reg->log->done.size);
	ch_sheet_raw(h, "</dd>\n<dt>Root</dt><dd class=\"mono\" id=\"root\">");
	ch_sheet_span(h, root);
	ch_sheet_raw(h, "</dd>\n<dt>Cosigned by</dt><dd id=\"cosigners\">");
}

static void put_keys(struct ch_sheet *h, const struct ch_reg *reg)
{
	ch_sheet_raw(h, "<p class=\"when\" id=\"live\" role=\"status\"></p>\n"
	    "<p>Files for programs: <a href=\"/log/checkpoint\">checkpoint</a> "
	    "(c2sp.org/tlog-tiles), "
	    "<a href=\"/v1/registry\">the registry\xE2\x80\x99s own "
	    "statement</a>.</p>\n</section>\n"
	    "<section><h2>Its key</h2>\n<table><thead><tr><th scope=\"col\">Whose key</th>"
	    "<th scope=\"col\">Fingerprint in words</th></tr></thead><tbody>\n");
	ch_sheet_key(h, &reg->folder.vkey, "");
	ch_sheet_raw(h, "</tbody></table>\n<p>Compare the words with a source other than this "
	    "page: who "
	    "could forge the page could forge them.</p>\n</section>\n"
	    "<section><h2>What this page does not show</h2>\n<p>That the register is one for all: "
	    "that is what cosigners are for, who compare what each of them was shown. That anyone "
	    "received, opened or agrees with a paper: that stands in the evidence its parties "
	    "hold.</p>\n</section>\n</main>\n<script>");
	ch_sheet_bytes(h, ch_front_script());
	ch_sheet_raw(h, "</script>\n</body>\n</html>\n");
}

static bool give_headers(struct ch_op *op)
{
	const char *const piece[] = {
		HEADERS "default-src 'none'; style-src '", ch_site_style_source(),
		"'; script-src '", ch_front_script_source(),
		"'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
		"frame-ancestors 'none'\r\n",
	};
	size_t room = 1024;
	struct ch_wr w = ch_wr_of(ch_op_alloc(op, room), room - 1);

	for (size_t i = 0; op->err == CH_OK && i < CH_COUNT(piece); i++)
		ch_wr_str(&w, piece[i]);
	if (op->err == CH_OK)
		op->err = w.err;
	op->extra = (const char *)w.p; /* the arena gave zeros: a NUL stands behind it */
	return op->err == CH_OK;
}

bool ch_get_front(struct ch_reg *reg, struct ch_op *op)
{
	struct ch_buf page;
	struct ch_sheet h = { .out = &page };
	ch_span text;

	ch_buf_init(&page, PAGE_MAX);
	put_head(&h, reg);
	put_log(&h, reg);
	if (h.err == CH_OK)
		h.err = put_cosigners(&h, reg, op);
	put_keys(&h, reg);
	text = ch_arena_copy(op->arena, ch_buf_span(&page));
	ch_buf_deinit(&page);
	if (h.err == CH_OK && !text.p)
		h.err = CH_E_NOMEM;
	if (h.err != CH_OK)
		return ch_fault(op, h.err);
	op->cache = "no-cache";
	return give_headers(op) && ch_give_text(op, 200, HTML, text);
}
