/* See file_form.h. The hidden field comes first, so that nothing of a stranger is kept. */
#include "file_form.h"

#include "multipart.h"
#include "wipe.h"

struct coming {
	struct ch_page *p;
	ch_file_came *done;
	struct ch_multipart form;
	struct ch_buf file;
	struct ch_problem why;
	unsigned part;                  /* 1: the hidden field, 2: the file */
	char token[CH_SECRET_TEXT + 1]; /* wiped with what came */
	size_t n_token;
	ch_err err;
};

void ch_file_form(struct ch_page *p, const char *path, ch_msg label, ch_msg button)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<form method=\"post\" enctype=\"multipart/form-data\" "
	    "action=\"/h/%u/%s\" class=\"drop\"><input type=\"hidden\" name=\"form\" value=\"%s\">"
	    "<p><label for=\"file\">", p->home->n, path, p->session ? p->session->csrf : "");
	ch_html_say(w, label);
	ch_html_put(w, "</label><input type=\"file\" id=\"file\" name=\"file\" required></p>"
	    "<p class=\"acts\">");
	ch_page_button(p, button, true);
	ch_html_put(w, "</p></form>");
}

/* ---- parts ---- */

static ch_err on_part(void *ctx, ch_span name, ch_span file)
{
	struct coming *c = ctx;

	(void)file;
	c->part++;
	if (c->part == 1 && ch_span_eq(name, CH_LIT("form")))
		return CH_OK;
	if (c->part != 2 || !ch_span_eq(name, CH_LIT("file")))
		return CH_OK; /* a button's name: not looked at */
	if (c->n_token == CH_SECRET_TEXT &&
	    ch_ct_equal(c->token, c->p->session->csrf, CH_SECRET_TEXT))
		return CH_OK;
	return ch_problem_set(&c->why, CH_E_DENIED, "this form is not from this desk, or it is an "
	    "old one; nothing was added; load the page again");
}

static ch_err on_part_bytes(void *ctx, ch_span bytes)
{
	struct coming *c = ctx;

	if (c->part == 2 && ch_buf_put(&c->file, bytes) != CH_OK)
		return ch_problem_set(&c->why, CH_E_LIMIT, "the file is larger than what belongs "
		    "here; nothing was changed; look for the right one");
	for (size_t i = 0; c->part == 1 && i < bytes.n && c->n_token < CH_SECRET_TEXT; i++)
		c->token[c->n_token++] = (char)bytes.p[i];
	return CH_OK;
}

/* ---- as a stream ---- */

static void let_go(struct coming *c)
{
	ch_buf_deinit(&c->file);
	ch_wipe(c, sizeof *c);
}

static void on_bytes(void *ctx, struct ch_http_req *r, ch_span bytes)
{
	struct coming *c = ((struct ch_page *)ch_http_data(r))->data;

	(void)ctx;
	if (c->err == CH_OK)
		c->err = ch_multipart_write(&c->form, bytes);
}

static void on_end(void *ctx, struct ch_http_req *r)
{
	struct coming *c = ((struct ch_page *)ch_http_data(r))->data;
	struct ch_page *p = c->p;

	(void)ctx;
	if (c->err == CH_OK)
		c->err = ch_multipart_end(&c->form);
	if (c->err == CH_OK && c->part < 2)
		c->err = ch_problem_set(&c->why, CH_E_FORMAT, "no file came; nothing was added");
	c->done(p, &c->file, c->err, &c->why);
	let_go(c);
	ch_page_answer(p);
}

static void on_abort(void *ctx, struct ch_http_req *r)
{
	struct ch_page *p = ch_http_data(r);

	(void)ctx;
	let_go(p->data);
	ch_html_deinit(&p->html);
}

void ch_file_form_take(struct ch_page *p, size_t max, ch_file_came *done)
{
	static const ch_http_sink sink = { on_bytes, on_end, on_abort };
	struct coming *c = ch_arena_alloc(p->arena, sizeof *c);
	ch_span type = ch_http1_get(ch_http_head(p->req), "Content-Type");

	if (!c) {
		ch_page_fault(p, CH_E_NOMEM, NULL);
		ch_page_answer(p);
		return;
	}
	*c = (struct coming){ .p = p, .done = done };
	ch_buf_init(&c->file, max);
	c->err = ch_multipart_init(&c->form, type);
	c->form.ctx = c;
	c->form.on_part = on_part;
	c->form.on_bytes = on_part_bytes;
	p->data = c;
	ch_http_take_stream(p->req, max + (64u << 10), &sink);
}
