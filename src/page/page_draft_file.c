/*
 * Files for a draft. With script they come as PUT, raw, the name in the query, with progress;
 * without it as a form with the hidden field first. Either way they flow sealed to the disk, so
 * that one of any size needs no memory. A Word document may become the text instead.
 */
#include <stdio.h>

#include "clock.h"
#include "compose.h"
#include "multipart.h"
#include "outgoing.h"
#include "pages.h"
#include "paper_say.h"
#include "wipe.h"

#define LARGEST (((uint64_t)8 << 30) + ((uint64_t)1 << 20))

/* ---- the list ---- */

static void file_row(struct ch_page *p, const struct ch_draft *d, size_t i, bool edit)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<li><bdi>%.*s</bdi> <span class=\"quiet\">",
	    CH_SPAN(d->file[i].name));
	ch_page_size(p, d->file[i].size);
	ch_html_put(w, "</span>");
	if (edit) {
		ch_page_form_begin(p, "/h/%u/drafts/%s/files/%s/remove", p->home->n, d->id,
		    d->file[i].file);
		ch_html_put(w, "<button class=\"link\">");
		ch_html_say(w, CH_M_FILES_REMOVE);
		ch_html_put(w, "<span class=\"unseen\"> %.*s</span></button></form>",
		    CH_SPAN(d->file[i].name));
	}
	ch_html_put(w, "</li>");
}

static void add_form(struct ch_page *p, const struct ch_draft *d)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<form method=\"post\" enctype=\"multipart/form-data\" "
	    "action=\"/h/%u/drafts/%s/files\" class=\"drop\" id=\"drop\">"
	    "<input type=\"hidden\" name=\"form\" value=\"%s\"><p><label for=\"file\">",
	    p->home->n, d->id, p->session ? p->session->csrf : "");
	ch_html_say(w, CH_M_FILES_ADD);
	ch_html_put(w, "</label><input type=\"file\" id=\"file\" name=\"file\" required></p>"
	    "<p class=\"acts\"><button>");
	ch_html_say(w, CH_M_FILES_ATTACH);
	ch_html_put(w, "</button><button class=\"link\" formaction=\"/h/%u/drafts/%s/word\">",
	    p->home->n, d->id);
	ch_html_say(w, CH_M_FILES_WORD);
	ch_html_put(w, "</button></p></form><p class=\"quiet\">");
	ch_html_say(w, CH_M_FILES_ABOUT);
	ch_html_put(w, "</p>");
}

void ch_compose_files(struct ch_page *p, const struct ch_draft *d, bool edit)
{
	struct ch_html *w = &p->html;

	if (d->n_files > 0) {
		ch_html_put(w, "<ol>");
		for (size_t i = 0; i < d->n_files; i++)
			file_row(p, d, i, edit);
		ch_html_put(w, "</ol>");
	}
	if (edit)
		add_form(p, d);
}

void ch_page_file_remove(struct ch_page *p)
{
	struct ch_draft *d = ch_alloc(sizeof *d);
	struct ch_problem why = { 0 };
	ch_err e;

	if (ch_compose_load(p, d)) {
		e = ch_draft_remove_file(&p->home->home, p->arg[0], p->arg[1], &why);
		if (e == CH_OK)
			ch_page_go(p, "/h/%u/drafts/%s#attach", p->home->n, d->id);
		else
			ch_page_fault(p, e, &why);
	}
	if (d)
		ch_draft_deinit(d);
	ch_free(d, sizeof *d);
}

/* ---- a Word document: a job ---- */

struct word {
	char id[CH_DRAFT_ID + 1];
	struct ch_buf docx, text;
	unsigned beside;
};

static ch_err word_run(struct ch_job *j)
{
	struct word *a = j->arg;

	return ch_word_read(&a->text, &a->beside, ch_buf_span(&a->docx), &j->why);
}

/* On the page's thread, which alone writes drafts: behind the text that is there. */
static ch_err into_draft(struct word *a, const struct ch_home *h, struct ch_problem *why)
{
	struct ch_draft *d = ch_alloc(sizeof *d);
	struct ch_buf all;
	ch_err e = d ? ch_draft_load(d, h, ch_span_str(a->id), why) : CH_E_NOMEM;

	ch_buf_init(&all, CH_PAPER_MAX);
	if (e == CH_OK && d->text.n > 0 && (e = ch_buf_put(&all, d->text)) == CH_OK)
		e = ch_buf_str(&all, "\n\n");
	if (e == CH_OK)
		e = ch_buf_put(&all, ch_buf_span(&a->text));
	if (e == CH_OK) {
		d->text = ch_buf_span(&all);
		e = ch_draft_save(d, h, why);
	}
	ch_buf_deinit(&all);
	if (d)
		ch_draft_deinit(d);
	ch_free(d, sizeof *d);
	return e;
}

static void word_end(struct ch_job *j)
{
	struct word *a = j->arg;

	if (j->err == CH_OK)
		j->err = into_draft(a, &j->at->home, &j->why);
	if (j->err == CH_OK)
		(void)snprintf(j->go, sizeof j->go, "/h/%u/drafts/%s?word=%u", j->at->n,
		    a->id, a->beside);
	ch_buf_deinit(&a->docx);
	ch_buf_deinit(&a->text);
}

static const ch_job_kind word_kind = {
	.title = CH_M_JOB_WORD, .done = CH_M_JOB_WORD_DONE, .wants = CH_JOB_UNLOCKED,
	.arg_size = sizeof(struct word), .run = word_run, .end = word_end,
};

/* ---- files that come ---- */

struct coming {
	struct ch_page *p;
	struct ch_draft_taking *taking;
	struct ch_buf docx;
	bool word, checked, begun;  /* checked: the hidden field was right */
	unsigned part;              /* 1: that field, 2: the file          */
	ch_span name;
	char token[CH_SECRET_TEXT + 1];
	size_t n_token;
	struct ch_multipart *form;  /* NULL: raw */
	struct ch_problem why;
	ch_err err;
};

static void let_go(struct coming *c)
{
	ch_draft_take_drop(c->taking);
	c->taking = NULL;
	ch_buf_deinit(&c->docx);
	ch_free(c->form, sizeof *c->form);
	c->form = NULL;
}

/* A draft that may be written to; the file is begun. */
static ch_err begin(struct coming *c)
{
	struct ch_page *p = c->p;
	ch_draft_state s;
	ch_leaving l;
	ch_err e = ch_draft_is_id(p->arg[0]) ? CH_OK : CH_E_ABSENT;
	const char *id = (const char *)p->arg[0].p;

	if (e == CH_OK)
		e = ch_outgoing_state(&s, &l, p->home, id);
	if (e == CH_OK && (s == CH_DRAFT_WANTED || s == CH_DRAFT_STAGED))
		e = ch_problem_set(&c->why, CH_E_CONFLICT, "the paper is on its way already; the "
		    "file was not added");
	c->begun = e == CH_OK;
	if (e == CH_OK && c->word)
		ch_buf_init(&c->docx, CH_WORD_MAX);
	else if (e == CH_OK)
		e = ch_draft_take(&c->taking, &p->home->home, id, &c->why);
	return e;
}

static ch_err more(struct coming *c, ch_span bytes)
{
	c->p->home->used_ms = ch_clock_ms();
	if (!c->word)
		return ch_draft_take_more(c->taking, bytes);
	if (ch_buf_put(&c->docx, bytes) == CH_OK)
		return CH_OK;
	return ch_problem_set(&c->why, CH_E_LIMIT, "the document is too large to become passages "
	    "(32 MiB); the draft is as it was; attach it instead");
}

static void word_job(struct coming *c)
{
	struct ch_page *p = c->p;
	struct ch_job *j = ch_job_new(p->home, &word_kind);
	struct word *a;

	if (j) {
		a = j->arg;
		memcpy(a->id, p->arg[0].p, CH_DRAFT_ID);
		a->docx = c->docx; /* moved */
		c->docx = (struct ch_buf){ 0 };
		(void)snprintf(j->back, sizeof j->back, "/h/%u/drafts/%s", p->home->n, a->id);
	}
	ch_page_job(p, j);
}

static void finish(struct coming *c)
{
	struct ch_page *p = c->p;
	struct ch_draft_taking *t = c->taking;
	ch_err e = c->err;

	c->taking = NULL;
	if (e == CH_OK && !c->begun)
		e = ch_problem_set(&c->why, CH_E_FORMAT, "no file came; nothing was added");
	if (e == CH_OK && c->word)
		word_job(c);
	else if (e == CH_OK)
		e = ch_draft_take_end(t, c->name, &c->why);
	else
		ch_draft_take_drop(t);
	p->nav = CH_M_NAV_DRAFTS;
	if (e != CH_OK)
		ch_page_fault(p, e, &c->why);
	else if (!c->word)
		ch_page_go(p, "/h/%u/drafts/%.*s#attach", p->home->n, CH_SPAN(p->arg[0]));
	let_go(c);
	ch_page_answer(p);
}

/* ---- in a form ---- */

static ch_err on_part(void *ctx, ch_span name, ch_span file)
{
	struct coming *c = ctx;

	c->part++;
	if (c->part == 1 && ch_span_eq(name, CH_LIT("form")))
		return CH_OK;
	if (c->part != 2 || !ch_span_eq(name, CH_LIT("file")))
		return CH_OK; /* a button's name: not looked at */
	c->checked = c->n_token == CH_SECRET_TEXT &&
	    ch_ct_equal(c->token, c->p->session->csrf, CH_SECRET_TEXT);
	if (!c->checked)
		return ch_problem_set(&c->why, CH_E_DENIED, "this form is not from this desk, or "
		    "it is an old one; nothing was added; load the page again");
	c->name = ch_arena_copy(c->p->arena, file);
	return begin(c);
}

static ch_err on_part_bytes(void *ctx, ch_span bytes)
{
	struct coming *c = ctx;

	if (c->part == 2 && c->begun)
		return more(c, bytes);
	if (c->part != 1)
		return CH_OK;
	for (size_t i = 0; i < bytes.n && c->n_token < CH_SECRET_TEXT; i++)
		c->token[c->n_token++] = (char)bytes.p[i];
	return CH_OK;
}

/* ---- as a stream ---- */

static void on_bytes(void *ctx, struct ch_http_req *r, ch_span bytes)
{
	struct coming *c = ((struct ch_page *)ch_http_data(r))->data;

	(void)ctx;
	if (c->err == CH_OK)
		c->err = c->form ? ch_multipart_write(c->form, bytes) : more(c, bytes);
}

static void on_end(void *ctx, struct ch_http_req *r)
{
	struct coming *c = ((struct ch_page *)ch_http_data(r))->data;

	(void)ctx;
	if (c->err == CH_OK && c->form)
		c->err = ch_multipart_end(c->form);
	finish(c);
}

static void on_abort(void *ctx, struct ch_http_req *r)
{
	struct ch_page *p = ch_http_data(r);

	(void)ctx;
	let_go(p->data);
	ch_html_deinit(&p->html);
}

static const ch_http_sink sink = { on_bytes, on_end, on_abort };

static void stream(struct ch_page *p, bool word)
{
	struct coming *c = ch_arena_alloc(p->arena, sizeof *c);
	ch_span type = ch_http1_get(ch_http_head(p->req), "Content-Type");

	if (!c) {
		ch_page_fault(p, CH_E_NOMEM, NULL);
		ch_page_answer(p);
		return;
	}
	p->data = c;
	c->p = p;
	c->word = word;
	if (ch_http_head(p->req)->method == CH_HTTP1_PUT) {
		c->name = ch_page_query(p, "name");
		c->err = begin(c);
	} else {
		c->form = ch_alloc(sizeof *c->form);
		c->err = c->form ? ch_multipart_init(c->form, type) : CH_E_NOMEM;
		if (c->form) {
			c->form->ctx = c;
			c->form->on_part = on_part;
			c->form->on_bytes = on_part_bytes;
		}
	}
	ch_http_take_stream(p->req, LARGEST, &sink);
}

void ch_page_file_stream(struct ch_page *p)
{
	stream(p, false);
}

void ch_page_word_stream(struct ch_page *p)
{
	stream(p, true);
}
