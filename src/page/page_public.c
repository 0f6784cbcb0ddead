/*
 * What is public of some talks: every item in the words and passages that anyone reads who gets the
 * published folder, and the writing of that folder. The sentences are those of the judge
 * (verdict.h), so that page, folder and chancery-verify cannot differ.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cause.h"
#include "field.h"
#include "hex.h"
#include "pages.h"
#include "public.h"
#include "speech.h"
#include "verdict.h"

/* ---- one item ---- */

struct record {
	struct ch_talks talks;
	struct ch_public all;
	struct ch_arena arena;
	struct ch_verdict *v;
	struct ch_buf extract, words;
	ch_trust *trust;
};

static ch_err put_words(void *ctx, ch_span bytes)
{
	return ch_buf_put(ctx, bytes);
}

static ch_err judge(struct ch_page *p, struct record *r, const ch_public_item *it,
    struct ch_problem *why)
{
	struct ch_watch none = { .home = &p->home->home };
	struct ch_tell tell = { .emit = put_words, .ctx = &r->words,
		.in = ch_cause_judges(&p->html) };
	ch_err e;

	ch_buf_deinit(&r->extract);
	ch_buf_deinit(&r->words);
	ch_buf_init(&r->words, 65536);
	e = ch_public_extract(&r->extract, it, &none, &r->talks, (ch_span){ 0 }, why);
	if (e == CH_OK)
		e = ch_verdict_open(r->v, ch_buf_span(&r->extract));
	if (e == CH_OK)
		e = ch_verdict_judge(r->v, r->trust);
	if (e == CH_OK)
		ch_verdict_story(&tell, r->v);
	return e == CH_OK ? tell.err : e;
}

/* A note, and the passages of a disclosure: set as the published folder has them. */
static void words(struct ch_page *p, const ch_extract *x)
{
	struct ch_html *w = &p->html;
	bool shown = x->has_paper && x->leaves.n_shown[CH_LEAF_PASSAGE] > 0;

	if (x->note.n == 0 && !shown)
		return;
	ch_html_put(w, "<div class=\"sheet public\">");
	if (x->note.n > 0)
		ch_html_put(w, "<p dir=\"auto\">%.*s</p>", CH_SPAN(x->note));
	if (shown)
		ch_speech_passages(p, &x->leaves, '\0');
	ch_html_put(w, "</div>");
}

static void place(struct ch_page *p, const ch_public_item *it, const ch_fact *f)
{
	struct ch_html *w = &p->html;
	char n[24];

	ch_html_put(w, "<p class=\"quiet\">");
	if (it->proof.n == 0) {
		ch_html_say(w, CH_M_PUBLISH_UNPOSTED);
	} else {
		(void)snprintf(n, sizeof n, "%llu", (unsigned long long)it->index);
		ch_html_say_with(w, CH_M_PUBLISH_PLACE, CH_ARGS(n));
	}
	if (f && f->claimed) {
		ch_html_put(w, " · ");
		ch_html_say(w, CH_M_PUBLISH_DATED);
		ch_html_put(w, " ");
		ch_html_when(w, f->claimed);
	}
	ch_html_put(w, "</p>");
}

/* What may be said of it; of our own, no contestation. */
static void answers(struct ch_page *p, const struct record *r, const ch_public_item *it)
{
	struct ch_html *w = &p->html;
	char hex[65] = "";
	struct ch_wr to = ch_wr_of(hex, 64);

	ch_hex_put(&to, ch_span_of(it->hash.b, sizeof it->hash.b));
	ch_html_put(w, "<p class=\"quiet\">");
	if (!it->ours) {
		ch_html_put(w, "<a href=\"/h/%u/talks/%s/public/%s/contest\">", p->home->n,
		    r->talks.name, hex);
		ch_html_say(w, CH_M_PUBLISH_CONTEST);
		ch_html_put(w, "</a> · ");
	}
	ch_html_put(w, "<a href=\"/h/%u/talks/%s/public/%s/statement\">", p->home->n,
	    r->talks.name, hex);
	ch_html_say(w, CH_M_PUBLISH_SAY);
	ch_html_put(w, "</a></p><details><summary>");
	ch_html_say(w, CH_M_PUBLISH_HASH);
	ch_html_put(w, "</summary><code dir=\"ltr\">%s</code></details>", hex);
}

static void item(struct ch_page *p, struct record *r, const ch_public_item *it)
{
	struct ch_html *w = &p->html;
	struct ch_problem why = { 0 };
	ch_err e = judge(p, r, it, &why);

	ch_html_put(w, "<li class=\"%s\">", it->ours ? "ours" : "theirs");
	if (e != CH_OK) {
		ch_page_fault_text(p, e, &why);
	} else {
		ch_html_put(w, "<h2");
		CH_HTML_IF(w, !ch_cause_judges(w), " lang=\"en\" dir=\"ltr\"");
		ch_html_put(w, ">");
		ch_html_text(w, ch_buf_span(&r->words));
		ch_html_put(w, "</h2>");
		words(p, &r->v->extract);
		place(p, it, ch_verdict_statement(&r->v->extract));
		answers(p, r, it);
	}
	ch_html_put(w, "</li>");
}

/* ---- the page ---- */

/* Where a person finds it again: in the home directory, under the talks' name. */
static void put_folder(char out[CH_PATH_MAX], const struct ch_talks *t)
{
	const char *home = getenv("HOME");

	if (!home || home[0] != '/' ||
	    ch_path(out, "%s/chancery-public-%s", home, t->name) != CH_OK)
		out[0] = '\0';
}

static void publish_form(struct ch_page *p, const struct ch_talks *t)
{
	struct ch_html *w = &p->html;
	char folder[CH_PATH_MAX];

	put_folder(folder, t);
	ch_html_tag(w, "h2", CH_M_PUBLISH_AS_FOLDER);
	ch_page_say(p, CH_M_PUBLISH_FOLDER_WHAT);
	ch_page_form_begin(p, "/h/%u/talks/%s/public", p->home->n, t->name);
	ch_page_field(p, "folder", CH_M_PUBLISH_FOLDER, CH_M_PUBLISH_FOLDER_HINT,
	    ch_span_str(folder), CH_FIELD_NEEDED | CH_FIELD_PLAIN);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_PUBLISH_BUTTON, true);
	ch_html_put(w, "</p></form>");
	ch_page_quiet(p, CH_M_PUBLISH_NOTHING_SEALED);
}

static void show(struct ch_page *p, struct record *r)
{
	struct ch_html *w = &p->html;

	p->nav = CH_M_NAV_TALKS;
	ch_page_begin_bare(p, CH_M_PUBLISH_TITLE, NULL);
	ch_html_put(w, "<p class=\"over\"><a href=\"/h/%u/talks/%s\"><bdi>%s</bdi></a></p>",
	    p->home->n, r->talks.name, r->talks.name);
	ch_html_tag(w, "h1", CH_M_PUBLISH_TITLE);
	ch_page_say(p, CH_M_PUBLISH_WHAT);
	if (r->all.n == 0)
		ch_page_say(p, CH_M_PUBLISH_NOTHING);
	ch_html_put(w, "<ol class=\"timeline told\">");
	for (size_t i = 0; i < r->all.n; i++)
		item(p, r, &r->all.item[i]);
	ch_html_put(w, "</ol>");
	ch_page_quiet(p, CH_M_PUBLISH_NOT_SHOWN);
	publish_form(p, &r->talks);
}

void ch_page_public(struct ch_page *p)
{
	struct record r = { 0 };
	struct ch_problem why = { 0 };
	ch_err e;

	if (!ch_page_talks(p, &r.talks, p->arg[0]))
		return;
	ch_arena_init(&r.arena, (size_t)4 << 20);
	r.v = ch_alloc(sizeof *r.v);
	r.trust = ch_alloc(sizeof *r.trust);
	e = r.v && r.trust ? ch_public_trust(r.trust, &r.arena, &r.talks) : CH_E_NOMEM;
	if (e == CH_OK)
		e = ch_public_load(&r.all, &p->home->home, &r.talks, &why);
	if (e == CH_OK)
		show(p, &r);
	else
		ch_page_fault(p, e, &why);
	ch_public_close(&r.all);
	ch_buf_deinit(&r.extract);
	ch_buf_deinit(&r.words);
	ch_free(r.v, sizeof *r.v);
	ch_free(r.trust, sizeof *r.trust);
	ch_arena_deinit(&r.arena);
	ch_talks_deinit(&r.talks);
}

/* ---- the folder ---- */

struct publish {
	char folder[CH_PATH_MAX];
};

static ch_err publish_run(struct ch_job *j)
{
	struct publish *a = j->arg;
	ch_published done;
	unsigned n = 0;
	ch_err e = CH_OK;

	if (a->folder[0] != '/')
		e = ch_problem_set(&j->why, CH_E_FORMAT, "the folder is to be named whole, from "
		    "/ on; nothing was written");
	if (e == CH_OK)
		e = ch_public_sync(&n, &j->watch, &j->talks, &j->why);
	if (e == CH_OK)
		e = ch_publish(&done, a->folder, &j->watch, &j->talks, &j->why);
	if (e != CH_OK)
		return e;
	(void)snprintf(j->said[0], sizeof j->said[0], "%.255s", a->folder);
	(void)snprintf(j->said[1], sizeof j->said[1], "%u", done.n_items);
	return CH_OK;
}

static const ch_job_kind publish_kind = {
	.title = CH_M_JOB_PUBLISH, .done = CH_M_JOB_PUBLISH_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_TALKS | CH_JOB_SIGN_IN,
	.arg_size = sizeof(struct publish), .run = publish_run,
};

void ch_page_public_post(struct ch_page *p)
{
	struct ch_talks t = { 0 };
	struct ch_job *j;

	if (!ch_page_talks(p, &t, p->arg[0]))
		return;
	j = ch_job_new(p->home, &publish_kind);
	if (j) {
		struct publish *a = j->arg;

		ch_page_form_copy(a->folder, sizeof a->folder, p, "folder");
		memcpy(j->talks_name, t.name, sizeof j->talks_name);
	}
	ch_page_job(p, j);
	ch_talks_deinit(&t);
}
