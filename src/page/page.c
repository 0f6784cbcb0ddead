/* A page from its first byte to the answer: see page.h. */
#include "page.h"

#include <stdarg.h>
#include <stdio.h>

#include "cause.h"
#include "layout.h"
#include "route.h"

static void begin(struct ch_page *p, ch_msg title, const ch_args *args, bool heading)
{
	p->begun = true;
	ch_layout_head(p, title, args);
	if (!heading)
		return;
	ch_html_put(&p->html, "<h1>");
	ch_html_say_with(&p->html, title, args);
	ch_html_put(&p->html, "</h1>");
}

void ch_page_begin(struct ch_page *p, ch_msg title, const ch_args *args)
{
	begin(p, title, args, true);
}

void ch_page_begin_bare(struct ch_page *p, ch_msg title, const ch_args *args)
{
	begin(p, title, args, false);
}

void ch_page_go(struct ch_page *p, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p->go, sizeof p->go, fmt, ap);
	va_end(ap);
	/* An address of ours and nothing that could end the header line. */
	if (n < 0 || (size_t)n >= sizeof p->go || p->go[0] != '/' || p->go[1] == '/' ||
	    strpbrk(p->go, "\r\n\\"))
		(void)snprintf(p->go, sizeof p->go, "/");
}

void ch_page_job(struct ch_page *p, struct ch_job *j)
{
	unsigned id;

	if (!j) {
		ch_page_fault(p, CH_E_NOMEM, NULL);
		return;
	}
	id = ch_job_start(j);
	ch_page_go(p, "/h/%u/jobs/%u", p->home ? p->home->n : 0, id);
}

void ch_page_job_fill(struct ch_page *p, struct ch_job *j, ch_page_fill *fill)
{
	struct ch_problem why = { 0 };
	ch_err e = j ? fill(j, p, &why) : CH_OK;

	if (e == CH_OK) {
		ch_page_job(p, j);
		return;
	}
	ch_page_fault(p, e, &why);
	ch_job_free(j);
}

static ch_msg fault_head(ch_err e)
{
	switch (e) {
	case CH_E_NET:
		return CH_M_FAULT_NET;
	case CH_E_LOCKED:
		return CH_M_FAULT_LOCKED;
	case CH_E_FULL:
		return CH_M_FAULT_FULL;
	case CH_E_AUTH:
		return CH_M_FAULT_AUTH;
	case CH_E_CONFLICT:
		return CH_M_FAULT_CONFLICT;
	case CH_E_DENIED:
		return CH_M_FAULT_DENIED;
	case CH_E_ABSENT:
		return CH_M_FAULT_ABSENT;
	default:
		return ch_err_is_fault(e) ? CH_M_FAULT_OURS : CH_M_FAULT_INPUT;
	}
}

void ch_page_fault_text(struct ch_page *p, ch_err e, const struct ch_problem *why)
{
	ch_page_note_begin(p, CH_NOTE_TROUBLE);
	ch_cause_say(&p->html, p->arena,
	    ch_span_str(why && why->text[0] ? why->text : ch_err_text(e)));
	ch_html_put(&p->html, "<p>");
	ch_html_say(&p->html, e == CH_E_NET ? CH_M_FAULT_NET_DO : ch_err_is_fault(e) ?
	    CH_M_FAULT_OURS_DO : CH_M_FAULT_DO);
	ch_html_put(&p->html, "</p>");
	ch_page_note_end(p);
}

void ch_page_fault(struct ch_page *p, ch_err e, const struct ch_problem *why)
{
	if (p->begun) {
		ch_page_fault_text(p, e, why);
		return;
	}
	p->status = e == CH_E_ABSENT ? 404 : ch_err_is_fault(e) ? 500 : 422;
	ch_page_begin(p, fault_head(e), NULL);
	ch_page_fault_text(p, e, why);
}

void ch_page_not_found(struct ch_page *p)
{
	if (p->status == 200)
		p->status = 404;
	ch_page_begin(p, CH_M_NOT_FOUND, NULL);
	ch_html_put(&p->html, "<p>");
	ch_html_say(&p->html, CH_M_NOT_FOUND_TEXT);
	ch_html_put(&p->html, "</p>");
}

void ch_page_file(struct ch_page *p, const char *type, const char *name, ch_span bytes)
{
	char *clean = ch_arena_alloc(p->arena, strlen(name) + 1);

	p->no_layout = true;
	p->type = type;
	for (size_t i = 0; clean && name[i]; i++)
		clean[i] = (char)((name[i] >= 'a' && name[i] <= 'z') ||
		    (name[i] >= 'A' && name[i] <= 'Z') || (name[i] >= '0' && name[i] <= '9') ||
		    (i > 0 && name[i] == '.') || name[i] == '-' ? name[i] : '_');
	p->file = clean ? clean : "file";
	if (p->html.err == CH_OK)
		p->html.err = ch_buf_put(&p->html.b, bytes);
}

/* ---- the answer ---- */

static void cookie_line(char out[160], const struct ch_page *p)
{
	char name[32];

	out[0] = '\0';
	if (!p->fresh_session)
		return;
	ch_page_cookie_name(name, p->desk);
	(void)snprintf(out, 160, "Set-Cookie: %s=%s; Path=/; HttpOnly; SameSite=Strict\r\n", name,
	    p->session->token);
}

/* The request's memory, and the page with it, is gone once answered. */
static void give(struct ch_page *p, const ch_http_answer_head *h)
{
	struct ch_html body = p->html;

	if (p->pull.pull) {
		ch_http_answer_pull(p->req, h, p->pull_size, &p->pull);
	} else if (body.err == CH_OK) {
		ch_http_answer(p->req, h, ch_buf_span(&body.b));
	} else {
		ch_page_refuse(p->req, p->session, 500, CH_M_REFUSED_MEMORY);
	}
	ch_html_deinit(&body);
}

void ch_page_answer(struct ch_page *p)
{
	char extra[2560], cookie[160];
	ch_http_answer_head h = { .status = p->status, .type = "text/html; charset=utf-8",
		.extra = extra };
	const char *base = ch_page_headers(p->fresh_session);

	cookie_line(cookie, p);
	if (p->go[0]) {
		h.status = 303;
		(void)snprintf(extra, sizeof extra, "%sLocation: %s\r\n%s", base, p->go, cookie);
	} else if (p->no_layout) {
		h.type = p->type;
		/* Of a stranger, perhaps: even shown by force it is in a box of its own. */
		(void)snprintf(extra, sizeof extra, "%sContent-Security-Policy: sandbox\r\n"
		    "Content-Disposition: attachment; filename=\"%.200s\"\r\n", base, p->file);
	} else {
		ch_layout_foot(p);
		(void)snprintf(extra, sizeof extra, "%s%s", base, cookie);
	}
	give(p, &h);
}

/* ---- values ---- */

static ch_span value_of(struct ch_page *p, ch_span from, const char *name)
{
	ch_span raw;
	uint8_t *out;
	struct ch_wr w;

	if (ch_http1_param(&raw, from, name) != CH_OK)
		return (ch_span){ (const uint8_t *)"", 0 };
	out = ch_arena_alloc(p->arena, raw.n + 1);
	if (!out)
		return (ch_span){ (const uint8_t *)"", 0 };
	w = ch_wr_of(out, raw.n);
	ch_http1_unescape(&w, raw, true);
	if (w.err != CH_OK)
		return (ch_span){ (const uint8_t *)"", 0 };
	return ch_span_of(out, w.n);
}

ch_span ch_page_query(struct ch_page *p, const char *name)
{
	return value_of(p, p->query, name);
}

ch_span ch_page_form(struct ch_page *p, const char *name)
{
	return value_of(p, p->form, name);
}
