/* One paper: cover, standing, what can be done; its text once signed for; its delivery record in
 * words. Everything is judged anew from the files each time the page is shown. */
#include <stdio.h>

#include "act.h"
#include "cause.h"
#include "colleagues.h"
#include "field.h"
#include "pages.h"
#include "paper_say.h"
#include "reading.h"
#include "save.h"
#include "token.h"
#include "when.h"

static const struct {
	unsigned key;
	ch_msg label;
} cover_facts[] = {
	{ CH_H_FROM, CH_M_COVER_FROM }, { CH_H_BY, CH_M_COVER_BY },
	{ CH_H_TO, CH_M_COVER_TO }, { CH_H_FORM, CH_M_COVER_FORM },
	{ CH_H_ACT, CH_M_COVER_ACT }, { CH_H_BASIS, CH_M_COVER_BASIS },
	{ CH_H_EFFECTIVE, CH_M_COVER_EFFECTIVE }, { CH_H_CAVEAT, CH_M_COVER_CAVEAT },
	{ CH_H_CHARACTERISE, CH_M_COVER_CHARACTERISE },
	{ CH_H_MAY_CONFIRM, CH_M_COVER_MAY_CONFIRM },
	{ CH_H_OPERATIVE, CH_M_COVER_OPERATIVE },
};

static void number_link(struct ch_page *p, const struct ch_talks *t, ch_span number)
{
	char folder[CH_NUMBER_MAX + 1] = "";

	for (size_t i = 0; i < number.n && i < CH_NUMBER_MAX; i++)
		folder[i] = number.p[i] == '/' ? '-' : (char)number.p[i];
	ch_html_put(&p->html, "<a class=\"number\" href=\"/h/%u/talks/%s/papers/%s\">%.*s</a>",
	    p->home->n, t->name, folder, CH_SPAN(number));
}

void ch_page_cover(struct ch_page *p, const struct ch_talks *t, const ch_span v[CH_H_KEYS])
{
	struct ch_html *w = &p->html;
	int64_t by;

	ch_html_put(w, "<dl class=\"facts\">");
	for (size_t i = 0; i < CH_COUNT(cover_facts); i++) {
		ch_span value = v[cover_facts[i].key];

		if (value.n == 0)
			continue;
		ch_html_put(w, "<dt>");
		ch_html_say(w, cover_facts[i].label);
		ch_html_put(w, "</dt><dd>");
		ch_page_head_value(p, cover_facts[i].key, value);
		ch_html_put(w, "</dd>");
	}
	if (v[CH_H_RE].n > 0) {
		ch_html_put(w, "<dt>");
		ch_html_say(w, CH_M_COVER_RE);
		ch_html_put(w, "</dt><dd>");
		number_link(p, t, ch_val_re(v[CH_H_RE]).number);
		ch_html_put(w, "</dd>");
	}
	if (v[CH_H_ANSWER_BY].n > 0 && ch_when_parse(&by, v[CH_H_ANSWER_BY]) == CH_OK)
		ch_page_fact_when(p, CH_M_COVER_ANSWER_BY, by);
	ch_html_put(w, "</dl>");
}

/* ---- what can be done ---- */

enum { IF_WAITS = 1, IF_OURS = 2, IF_THEIRS = 4, IF_DELIVERED = 8, IF_PENDING = 16, IF_HERE = 32,
	IF_OTHER = 64 };
static const struct {
	const char *path;
	ch_msg label;
	unsigned if_;
	bool primary;
} acts[] = {
	{ "sign-for", CH_M_ACT_SIGN_FOR, IF_WAITS, true },
	{ "decline", CH_M_ACT_DECLINE, IF_WAITS, false },
	{ "decline", CH_M_ACT_DECLINE, IF_OTHER, false },
	{ "take-back", CH_M_ACT_TAKE_BACK, IF_OURS | IF_PENDING, false },
	{ "answer", CH_M_ACT_ANSWER, IF_THEIRS | IF_DELIVERED | IF_HERE, true },
	{ "confirm", CH_M_ACT_CONFIRM, IF_DELIVERED | IF_HERE, false },
	{ "disclose", CH_M_ACT_DISCLOSE, IF_OURS | IF_DELIVERED | IF_HERE, false },
	{ "contest", CH_M_ACT_CONTEST, IF_DELIVERED | IF_HERE, false },
	{ "statement", CH_M_ACT_SAY, IF_DELIVERED | IF_HERE, false },
	{ "export", CH_M_ACT_EXPORT, IF_DELIVERED, false },
};

/* Only pages that exist are offered. */
static bool has_page(const char *last)
{
	for (const ch_page_row *row = ch_page_table; row->path; row++) {
		size_t n = strlen("talks/*/papers/*/");

		if (strncmp(row->path, "talks/*/papers/*/", n) == 0 &&
		    strcmp(&row->path[n], last) == 0)
			return true;
	}
	return false;
}

static void acts_line(struct ch_page *p, const struct ch_dossier *d, const ch_delivery *v)
{
	ch_standing s = ch_standing_of(v, d->ours, d->hold);
	unsigned is = (s == CH_STANDING_WAITS ? IF_WAITS : 0) | (d->ours ? IF_OURS : IF_THEIRS) |
	    (v->state == CH_STATE_DELIVERED ? IF_DELIVERED : 0) |
	    (s == CH_STANDING_REGISTERED || s == CH_STANDING_NOTICED ? IF_PENDING : 0) |
	    (d->hold == CH_HOLD_WHOLE ? IF_HERE : 0) |
	    (s == CH_STANDING_WAITS_OTHER ? IF_OTHER : 0);

	ch_html_put(&p->html, "<p class=\"acts\">");
	for (size_t i = 0; i < CH_COUNT(acts); i++) {
		if ((acts[i].if_ & is) != acts[i].if_ || !has_page(acts[i].path))
			continue;
		ch_html_put(&p->html, "<a class=\"button%s\" "
		    "href=\"/h/%u/talks/%s/papers/%.*s/%s\">",
		    acts[i].primary ? " primary" : "", p->home->n, d->talks->name,
		    CH_SPAN(p->arg[1]), acts[i].path);
		ch_html_say(&p->html, acts[i].label);
		ch_html_put(&p->html, "</a> ");
	}
	ch_html_put(&p->html, "</p>");
}

/* ---- the text ---- */

/* What it answers, when that can be read here without waiting; else nothing. */
static bool open_answered(struct ch_page *p, struct ch_reading *r, struct ch_dossier *od,
    const struct ch_talks *t, ch_span re)
{
	ch_delivery *v = ch_alloc(sizeof *v);
	struct ch_problem quiet = { 0 };
	bool can = v && re.n > 0 && ch_dossier_open(od, &p->home->home, t, ch_val_re(re).number,
	    &quiet) == CH_OK && ch_dossier_judge(v, od, &quiet) == CH_OK;

	can = can && v->size <= CH_PAGE_LARGE && (od->ours || !ch_token_is_used(od->home)) &&
	    ch_page_is_open(od, v) &&
	    ch_reading_open(r, od, NULL, &quiet) == CH_OK;
	ch_free(v, sizeof *v);
	return can;
}

/* The text; beside what it answers, if it answers something. */
static void sheets(struct ch_page *p, const struct ch_talks *t, const struct ch_dossier *d,
    const ch_paper *paper, ch_span re)
{
	struct ch_html *w = &p->html;
	struct ch_reading *r = ch_arena_alloc(p->arena, sizeof *r);
	struct ch_dossier *od = ch_arena_alloc(p->arena, sizeof *od);

	if (r && od && open_answered(p, r, od, t, re)) {
		ch_html_put(w, "<div class=\"pair\"><section class=\"answered\" "
		    "aria-labelledby=\"answers\"><h2 id=\"answers\">");
		ch_html_say(w, CH_M_PAPER_ANSWERS);
		ch_html_put(w, "</h2>");
		ch_page_paper_sheet(p, od->number, r->paper, 'q');
		ch_html_put(w, "</section><section aria-labelledby=\"own\"><h2 id=\"own\">");
		ch_html_say(w, CH_M_PAPER_OWN);
		ch_html_put(w, "</h2>");
		ch_page_paper_sheet(p, d->number, paper, 'p');
		ch_html_put(w, "</section></div>");
	} else {
		ch_page_paper_sheet(p, d->number, paper, 'p');
	}
	if (r && od) {
		ch_reading_close(r);
		ch_dossier_close(od);
	}
}

/* Why there is no text: sealed, or with a colleague. */
static void sealed(struct ch_page *p, const struct ch_act *a)
{
	struct ch_problem where = { 0 };

	ch_html_put(&p->html, "<div class=\"sheet sealed\">");
	if (ch_colleagues_say(&a->d, a->v, &where) != CH_OK)
		ch_cause_say(&p->html, p->arena, ch_span_str(where.text));
	else
		ch_html_tag(&p->html, "p", ch_standing_is_unsigned_end(a->standing) ?
		    CH_M_STAYS_SEALED : CH_M_SEALED_UNTIL);
	ch_html_put(&p->html, "</div>");
}

/* ---- the page ---- */

static void cover(struct ch_page *p, const struct ch_act *a)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<aside aria-labelledby=\"cover\"><h2 id=\"cover\">");
	ch_html_say(w, CH_M_COVER);
	ch_html_put(w, "</h2>");
	if (a->cover.v[CH_H_FROM].n > 0)
		ch_page_cover(p, &a->t, a->cover.v);
	else
		ch_page_quiet(p, a->d.hold == CH_HOLD_WHOLE ? CH_M_COVER_NEVER_SEEN :
		    CH_M_COVER_ELSEWHERE);
	ch_html_put(w, "</aside>");
}

static void top(struct ch_page *p, const struct ch_act *a, ch_span copy)
{
	struct ch_html *w = &p->html;
	ch_span subject = a->cover.v[CH_H_SUBJECT];

	ch_page_begin_bare(p, CH_M_PAPER_TITLE, CH_ARGS(a->d.number));
	ch_page_running(p, a->d.number, copy, a->cover.v[CH_H_CAVEAT]);
	ch_html_put(w, "<p class=\"over\"><a href=\"/h/%u/talks/%s\"><bdi>%s</bdi></a> · "
	    "<bdi class=\"number\">%s</bdi></p><h1 dir=\"auto\">%.*s</h1><p class=\"standing\">",
	    p->home->n, a->t.name, a->t.name, a->d.number,
	    CH_SPAN(subject.n ? subject : ch_span_str(a->d.number)));
	ch_html_say(w, ch_page_standing(a->standing));
	ch_html_put(w, "</p>");
}

static void page(struct ch_page *p, const struct ch_act *a)
{
	struct ch_html *w = &p->html;
	const struct ch_reading *r = ch_page_kept(p);
	struct ch_reading *own = ch_arena_alloc(p->arena, sizeof *own);
	struct ch_problem why = { 0 };
	ch_err e = own ? CH_OK : CH_E_NOMEM;

	if (own && !r && ch_page_is_open(&a->d, a->v) && ch_page_query(p, "unopened").n == 0) {
		e = ch_reading_open(own, &a->d, NULL, &why);
		r = e == CH_OK ? own : NULL;
	}
	top(p, a, r ? r->paper->head.v[CH_H_COPY] : (ch_span){ 0 });
	ch_act_pending(p, &a->d, a->v);
	ch_page_saved_note(p);
	acts_line(p, &a->d, a->v);
	ch_html_put(w, "<div class=\"beside\"><div>");
	if (r)
		sheets(p, &a->t, &a->d, r->paper, a->cover.v[CH_H_RE]);
	else if (!ch_page_is_open(&a->d, a->v))
		sealed(p, a);
	else if (e != CH_OK)
		ch_page_fault_text(p, e, &why);
	ch_html_put(w, "</div>");
	cover(p, a);
	ch_html_put(w, "</div>");
	ch_page_record(p, &a->d, a->v);
	if (own)
		ch_reading_close(own);
}

void ch_page_paper_show(struct ch_page *p)
{
	struct ch_act a;

	if (ch_act_open(p, &a) && !ch_page_opens_first(p, &a.d, a.v))
		page(p, &a);
	ch_act_close(&a);
}

/* The delivery record alone, to be printed. */
void ch_page_paper_record(struct ch_page *p)
{
	struct ch_act a;

	if (ch_act_open(p, &a)) {
		top(p, &a, (ch_span){ 0 });
		if (a.cover.v[CH_H_FROM].n > 0)
			ch_act_cover(p, &a);
		else
			sealed(p, &a);
		ch_page_record(p, &a.d, a.v);
	}
	ch_act_close(&a);
}

/* ---- check again ---- */

struct check {
	char folder[CH_NUMBER_MAX + 1];
};

static ch_err judge_anew(struct ch_job *j, const struct ch_dossier *d, ch_delivery *v)
{
	struct ch_reading r = { 0 };
	ch_err e = ch_dossier_judge(v, d, &j->why);

	for (unsigned i = 0; e == CH_OK && i < CH_STEP_COUNT; i++)
		if (v->step[i].present && !v->step[i].signed_)
			e = ch_problem_set(&j->why, CH_E_AUTH, "%s is not proven: %s; the record "
			    "on this disk is as it was, and what it shows stands on the page",
			    ch_step_name((ch_step)i), v->step[i].why ? v->step[i].why : "");
	if (e == CH_OK && v->findings != 0)
		e = ch_problem_set(&j->why, CH_E_AUTH, "the record holds findings, listed on the "
		    "page; nothing was changed");
	if (e == CH_OK && d->hold == CH_HOLD_WHOLE && (d->ours || v->state == CH_STATE_DELIVERED))
		e = ch_reading_open(&r, d, NULL, &j->why);
	ch_reading_close(&r);
	return e;
}

static ch_err check_run(struct ch_job *j)
{
	const struct check *a = j->arg;
	struct ch_dossier d = { 0 };
	ch_delivery *v = ch_alloc(sizeof *v);
	ch_err e = v ? ch_dossier_open(&d, &j->home, &j->talks, ch_span_str(a->folder), &j->why) :
	    CH_E_NOMEM;

	if (e == CH_OK) {
		memcpy(j->said[0], d.number, sizeof d.number);
		e = judge_anew(j, &d, v);
	}
	ch_dossier_close(&d);
	ch_free(v, sizeof *v);
	return e;
}

static const ch_job_kind check_kind = {
	.title = CH_M_JOB_CHECK, .done = CH_M_JOB_CHECK_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_TALKS, .arg_size = sizeof(struct check),
	.run = check_run,
};

void ch_page_paper_check(struct ch_page *p)
{
	struct ch_job *j = ch_page_paper_job(p, &check_kind);

	if (j && p->arg[1].n < sizeof((struct check *)j->arg)->folder)
		memcpy(((struct check *)j->arg)->folder, p->arg[1].p, p->arg[1].n);
	ch_page_job(p, j);
}
