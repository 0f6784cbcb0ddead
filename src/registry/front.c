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
		ch_sheet_say(h, CH_P_FRONT_NOBODY);
}

static ch_err put_cosigners(struct ch_sheet *h, struct ch_reg *reg, struct ch_op *op)
{
	ch_row_checkpoint cp = { 0 };
	ch_note *note = ch_op_alloc(op, sizeof *note);
	ch_span text;
	ch_err e = op->err == CH_OK ? last_cosigned(&cp, reg, op) : op->err;

	if (e == CH_E_ABSENT) {
		ch_sheet_say(h, CH_P_FRONT_NOBODY);
		ch_sheet_raw(h, "</dd></dl>\n");
		return CH_OK;
	}
	if (e != CH_OK || !ch_cosigned_note(&text, reg, op, &cp))
		return e != CH_OK ? e : op->err;
	e = ch_note_parse(note, text, CH_NOTE_TEXT_MAX);
	if (e == CH_OK) {
		put_names(h, note, reg->folder.origin);
		ch_sheet_raw(h, "</dd>\n");
		ch_sheet_tag(h, "dt", CH_P_FRONT_UP_TO);
		ch_sheet_raw(h, "<dd id=\"cosigned\">");
		ch_sheet_number(h, cp.size);
		ch_sheet_raw(h, "</dd></dl>\n");
	}
	return e;
}

/* ---- the page ---- */

static const char *const here[CH_PUBLIC_LANGS] = { "/?lang=en", "/?lang=fr" };

/* The one that the address asks for, else the first that the reader's browser names. */
static unsigned language(struct ch_op *op)
{
	const ch_http1_head *head = ch_http_head(op->req);
	ch_span asked;

	if (ch_http1_param(&asked, head->query, "lang") == CH_OK)
		for (unsigned i = 0; i < CH_PUBLIC_LANGS; i++)
			if (ch_span_eq(asked, ch_span_str(ch_public_codes[i])))
				return i;
	return ch_http1_language(ch_http1_get(head, "accept-language"), ch_public_codes,
	    CH_PUBLIC_LANGS);
}

static void put_drop(struct ch_sheet *h)
{
	ch_sheet_raw(h, "<div class=\"drop\" id=\"drop\"><p><a class=\"button\" id=\"check\" "
	    "href=\"/check?lang=");
	ch_sheet_raw(h, ch_public_codes[h->lang]);
	ch_sheet_raw(h, "\">");
	ch_sheet_say(h, CH_P_FRONT_CHECK);
	ch_sheet_raw(h, "</a></p>\n<p class=\"when\"><span id=\"drop-here\" hidden>");
	ch_sheet_say(h, CH_P_FRONT_DROP);
	ch_sheet_raw(h, " </span>");
	ch_sheet_say(h, CH_P_FRONT_LOCAL);
	ch_sheet_raw(h, "</p></div>\n");
}

static void put_lead(struct ch_sheet *h, const struct ch_reg *reg)
{
	if (reg->folder.exercise) {
		ch_sheet_raw(h, "<p class=\"exercise\">");
		ch_sheet_say(h, CH_P_FRONT_EXERCISE);
		ch_sheet_raw(h, "</p>\n");
	}
	ch_sheet_raw(h, "<header><p class=\"house\">");
	ch_sheet_say(h, CH_P_FRONT_HOUSE);
	ch_sheet_raw(h, "</p>\n");
	ch_sheet_languages(h, here);
	ch_sheet_raw(h, "</header>\n<h1><bdi id=\"origin\">");
	ch_sheet_span(h, reg->folder.origin);
	ch_sheet_raw(h, "</bdi></h1>\n<p class=\"lead\">");
	ch_sheet_say(h, CH_P_FRONT_LEAD);
	ch_sheet_raw(h, "</p>\n");
	if (ch_check_page_head().n)
		put_drop(h);
}

static void put_head(struct ch_sheet *h, const struct ch_reg *reg)
{
	ch_sheet_raw(h, "<!DOCTYPE html>\n<html lang=\"");
	ch_sheet_raw(h, ch_public_codes[h->lang]);
	ch_sheet_raw(h, "\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	ch_sheet_say_with(h, CH_P_FRONT_TITLE, CH_SHEET_ARGS(ch_arg_text(reg->folder.origin)));
	ch_sheet_raw(h, "</title>\n<style>");
	ch_sheet_bytes(h, ch_site_style());
	ch_sheet_raw(h, "</style>\n</head>\n<body>\n<main>\n");
}

static void put_log(struct ch_sheet *h, const struct ch_reg *reg)
{
	struct ch_rd r = ch_rd_of(ch_register_checkpoint(reg->log));
	ch_span root;

	(void)ch_rd_line(&r);
	(void)ch_rd_line(&r);
	root = ch_rd_line(&r);
	ch_sheet_raw(h, "<section>");
	ch_sheet_tag(h, "h2", CH_P_FRONT_LOG);
	ch_sheet_raw(h, "\n<dl>");
	ch_sheet_tag(h, "dt", CH_P_FRONT_ENTRIES);
	ch_sheet_raw(h, "<dd id=\"size\">");
	ch_sheet_number(h, reg->log->done.size);
	ch_sheet_raw(h, "</dd>\n");
	ch_sheet_tag(h, "dt", CH_P_FRONT_ROOT);
	ch_sheet_raw(h, "<dd class=\"mono\" id=\"root\">");
	ch_sheet_span(h, root);
	ch_sheet_raw(h, "</dd>\n");
	ch_sheet_tag(h, "dt", CH_P_FRONT_COSIGNED);
	ch_sheet_raw(h, "<dd id=\"cosigners\" data-nobody=\"");
	ch_sheet_say(h, CH_P_FRONT_NOBODY);
	ch_sheet_raw(h, "\">");
}

/* What the script says stands in the page, so that it is in the page's language. */
static void put_live(struct ch_sheet *h)
{
	ch_sheet_raw(h, "<p class=\"when\" id=\"live\" role=\"status\" data-asked=\"");
	ch_sheet_say_with(h, CH_P_FRONT_ASKED, CH_SHEET_ARGS(ch_arg_made(CH_LIT("{0}"))));
	ch_sheet_raw(h, "\" data-away=\"");
	ch_sheet_say(h, CH_P_FRONT_AWAY);
	ch_sheet_raw(h, "\"></p>\n<p>");
	ch_sheet_say_with(h, CH_P_FRONT_FILES, CH_SHEET_ARGS(
	    ch_arg_link("/log/checkpoint", CH_P_FRONT_CHECKPOINT),
	    ch_arg_link("/v1/registry", CH_P_FRONT_STATEMENT)));
	ch_sheet_raw(h, "</p>\n</section>\n");
}

static void put_keys(struct ch_sheet *h, const struct ch_reg *reg)
{
	ch_sheet_raw(h, "<section>");
	ch_sheet_keys_begin(h, CH_P_FRONT_KEY);
	ch_sheet_key(h, &reg->folder.vkey, false);
	ch_sheet_keys_end(h);
	ch_sheet_tag(h, "p", CH_P_FRONT_COMPARE);
	ch_sheet_raw(h, "\n</section>\n<section>");
	ch_sheet_tag(h, "h2", CH_P_FRONT_NOT);
	ch_sheet_raw(h, "\n");
	ch_sheet_tag(h, "p", CH_P_FRONT_NOT_TEXT);
	ch_sheet_raw(h, "\n</section>\n</main>\n<script>");
	ch_sheet_bytes(h, ch_front_script());
	ch_sheet_raw(h, "</script>\n</body>\n</html>\n");
}

static bool give_headers(struct ch_op *op)
{
	const char *const piece[] = {
		"Vary: Accept-Language\r\n" HEADERS "default-src 'none'; style-src '",
		ch_site_style_source(),
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
	struct ch_sheet h = { .out = &page, .lang = language(op) };
	ch_span text;

	ch_buf_init(&page, PAGE_MAX);
	put_head(&h, reg);
	put_lead(&h, reg);
	put_log(&h, reg);
	if (h.err == CH_OK)
		h.err = put_cosigners(&h, reg, op);
	put_live(&h);
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
