/* One paper: cover, standing, what can be done; its text once signed for; its delivery record in
 * words. Everything is judged anew from the files each time the page is shown. */
#include <stdio.h>

#include "act.h"
#include "clock.h"
#include "markdown.h"
#include "md_html.h"
#include "pages.h"
#include "paper_say.h"
#include "reading.h"
#include "when.h"

static const struct {
	unsigned key;
	ch_msg label;
	bool term;
} cover_facts[] = {
	{ CH_H_FROM, CH_M_COVER_FROM, false }, { CH_H_BY, CH_M_COVER_BY, false },
	{ CH_H_TO, CH_M_COVER_TO, false }, { CH_H_FORM, CH_M_COVER_FORM, true },
	{ CH_H_ACT, CH_M_COVER_ACT, true }, { CH_H_BASIS, CH_M_COVER_BASIS, true },
	{ CH_H_EFFECTIVE, CH_M_COVER_EFFECTIVE, false }, { CH_H_CAVEAT, CH_M_COVER_CAVEAT, false },
	{ CH_H_CHARACTERISE, CH_M_COVER_CHARACTERISE, false },
	{ CH_H_MAY_CONFIRM, CH_M_COVER_MAY_CONFIRM, false },
	{ CH_H_OPERATIVE, CH_M_COVER_OPERATIVE, false },
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

		if (!cover_facts[i].term) {
			ch_page_fact(p, cover_facts[i].label, value);
		} else if (value.n > 0) {
			ch_html_put(w, "<dt>");
			ch_html_say(w, cover_facts[i].label);
			ch_html_put(w, "</dt><dd>");
			ch_page_term(p, value);
			ch_html_put(w, "</dd>");
		}
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

enum { IF_WAITS = 1, IF_OURS = 2, IF_THEIRS = 4, IF_DELIVERED = 8, IF_PENDING = 16 };
static const struct {
	const char *path;
	ch_msg label;
	unsigned if_;
	bool primary;
} acts[] = {
	{ "sign-for", CH_M_ACT_SIGN_FOR, IF_WAITS, true },
	{ "decline", CH_M_ACT_DECLINE, IF_WAITS, false },
	{ "take-back", CH_M_ACT_TAKE_BACK, IF_OURS | IF_PENDING, false },
	{ "answer", CH_M_ACT_ANSWER, IF_THEIRS | IF_DELIVERED, true },
	{ "confirm", CH_M_ACT_CONFIRM, IF_DELIVERED, false },
	{ "disclose", CH_M_ACT_DISCLOSE, IF_OURS | IF_DELIVERED, false },
	{ "contest", CH_M_ACT_CONTEST, IF_DELIVERED, false },
	{ "statement", CH_M_ACT_SAY, IF_DELIVERED, false },
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
	ch_standing s = ch_standing_of(v, d->ours);
	unsigned is = (s == CH_STANDING_WAITS ? IF_WAITS : 0) | (d->ours ? IF_OURS : IF_THEIRS) |
	    (v->state == CH_STATE_DELIVERED ? IF_DELIVERED : 0) |
	    (s == CH_STANDING_REGISTERED || s == CH_STANDING_NOTICED ? IF_PENDING : 0);

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

static void attachments(struct ch_page *p, const ch_paper *paper)
{
	struct ch_html *w = &p->html;
	ch_item it;

	if (paper->head.count[CH_H_ATTACHMENTS] == 0)
		return;
	ch_html_put(w, "<section class=\"attached\" aria-labelledby=\"attached\">"
	    "<h2 id=\"attached\">");
	ch_html_say(w, CH_M_ATTACHMENTS);
	ch_html_put(w, "</h2><ol>");
	for (uint32_t i = 0; i < paper->head.count[CH_H_ATTACHMENTS]; i++) {
		if (ch_stmt_item(&it, &paper->head, CH_H_ATTACHMENTS, i) != CH_OK)
			continue;
		ch_html_put(w, "<li><bdi>%.*s</bdi> <span class=\"quiet\">%.*s · ",
		    CH_SPAN(it.v[CH_AT_NAME].n ? it.v[CH_AT_NAME] : it.v[CH_AT_FILE]),
		    CH_SPAN(it.v[CH_AT_TYPE]));
		ch_page_size(p, ch_val_dec(it.v[CH_AT_SIZE]));
		ch_html_put(w, "</span></li>");
	}
	ch_html_put(w, "</ol></section>");
}

/* What could mislead in a text is said above it: who wrote it need not have used our desk. */
static void mind_markdown(struct ch_page *p, const ch_paper *paper)
{
	ch_md_finding f = ch_markdown_check(paper->passage, paper->n_passages);
	char number[12];

	if (f.fault == CH_MD_NONE)
		return;
	(void)snprintf(number, sizeof number, "%u", f.passage + 1);
	ch_page_note_begin(p, CH_NOTE_MIND);
	ch_html_put(&p->html, "<p>");
	ch_html_say_with(&p->html, CH_M_MD_MIND, CH_ARGS(number));
	ch_html_put(&p->html, "</p><p lang=\"en\" dir=\"ltr\">%s.</p>", ch_md_fault_text(f.fault));
	ch_page_note_end(p);
}

void ch_page_passage(struct ch_page *p, ch_span text, uint32_t i, uint64_t end_ms)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<div class=\"passage\" id=\"p%u\" data-n=\"%u\" dir=\"auto\">", i + 1,
	    i + 1);
	if (ch_clock_ms() < end_ms)
		ch_md_html(w, text);
	else
		ch_md_plain(w, text);
	ch_html_put(w, "</div>");
}

void ch_page_passages(struct ch_page *p, const ch_paper *paper)
{
	uint64_t end = ch_clock_ms() + CH_PAGE_MARKDOWN_MS;

	mind_markdown(p, paper);
	for (uint32_t i = 0; i < paper->n_passages; i++)
		ch_page_passage(p, paper->passage[i].text, i, end);
}

/* The sheet: number and caveat on top, the text, its attachments. */
static void sheet(struct ch_page *p, const struct ch_dossier *d, const ch_paper *paper)
{
	struct ch_html *w = &p->html;
	const ch_span *v = paper->head.v;

	ch_html_put(w, "<article class=\"sheet\" aria-labelledby=\"text\"><h2 id=\"text\" "
	    "class=\"unseen\">");
	ch_html_say(w, CH_M_PAPER_TEXT);
	ch_html_put(w, "</h2><header><span class=\"number\">%s</span>", d->number);
	if (v[CH_H_COPY].n > 0) {
		ch_html_put(w, "<span>");
		ch_html_say(w, CH_M_COVER_COPY);
		ch_html_put(w, " %.*s</span>", CH_SPAN(v[CH_H_COPY]));
	}
	if (v[CH_H_CAVEAT].n > 0)
		ch_html_put(w, "<span class=\"caveat\">%.*s</span>", CH_SPAN(v[CH_H_CAVEAT]));
	ch_html_put(w, "</header>");
	if (v[CH_H_TITLE].n > 0)
		ch_html_put(w, "<p class=\"sheet-title\" dir=\"auto\">%.*s</p>",
		    CH_SPAN(v[CH_H_TITLE]));
	ch_page_passages(p, paper);
	if (v[CH_H_DATE].n > 0) {
		ch_html_put(w, "<p class=\"sheet-date\">");
		ch_html_date(w, v[CH_H_DATE]);
		ch_html_put(w, "</p>");
	}
	ch_html_put(w, "</article>");
	attachments(p, paper);
}

static void text_or_why(struct ch_page *p, const struct ch_dossier *d, const ch_delivery *v)
{
	struct ch_reading r = { 0 };
	struct ch_problem why = { 0 };
	ch_standing s = ch_standing_of(v, d->ours);
	ch_err e;

	if (!ch_page_is_open(d, v)) {
		ch_html_put(&p->html, "<div class=\"sheet sealed\"><p>");
		ch_html_say(&p->html, ch_standing_is_unsigned_end(s) ? CH_M_STAYS_SEALED :
		    CH_M_SEALED_UNTIL);
		ch_html_put(&p->html, "</p></div>");
		return;
	}
	if (ch_page_kept(p)) {
		sheet(p, d, ch_page_kept(p)->paper);
		return;
	}
	if (ch_page_query(p, "unopened").n > 0)
		return; /* the job said why */
	e = ch_reading_open(&r, d, NULL, &why);
	if (e == CH_OK)
		sheet(p, d, r.paper);
	else
		ch_page_fault_text(p, e, &why);
	ch_reading_close(&r);
}

/* ---- the page ---- */

static void page(struct ch_page *p, const struct ch_talks *t, const struct ch_dossier *d,
    const ch_delivery *v)
{
	struct ch_html *w = &p->html;
	struct ch_buf text = { 0 };
	struct ch_problem why = { 0 };
	ch_cover c = { 0 };
	ch_err e = ch_dossier_cover(&c, &text, d, &why);
	ch_span subject = e == CH_OK ? c.v[CH_H_SUBJECT] : (ch_span){ 0 };
	ch_standing s = ch_standing_of(v, d->ours);

	ch_page_begin_bare(p, CH_M_PAPER_TITLE, CH_ARGS(d->number));
	ch_html_put(w, "<p class=\"over\"><a href=\"/h/%u/talks/%s\"><bdi>%s</bdi></a> · "
	    "<bdi class=\"number\">%s</bdi></p><h1 dir=\"auto\">%.*s</h1><p class=\"standing\">",
	    p->home->n, t->name, t->name, d->number,
	    CH_SPAN(subject.n ? subject : ch_span_str(d->number)));
	ch_html_say(w, ch_page_standing(s));
	ch_html_put(w, "</p>");
	ch_act_pending(p, d, v);
	acts_line(p, d, v);
	ch_html_put(w, "<div class=\"beside\"><div>");
	text_or_why(p, d, v);
	ch_html_put(w, "</div><aside aria-labelledby=\"cover\"><h2 id=\"cover\">");
	ch_html_say(w, CH_M_COVER);
	ch_html_put(w, "</h2>");
	if (e == CH_OK) {
		ch_page_cover(p, t, c.v);
	} else if (e == CH_E_ABSENT && ch_standing_is_unsigned_end(s)) {
		ch_html_put(w, "<p class=\"quiet\">");
		ch_html_say(w, CH_M_COVER_NEVER_SEEN);
		ch_html_put(w, "</p>");
	} else {
		ch_page_fault_text(p, e, &why);
	}
	ch_html_put(w, "</aside></div>");
	ch_page_record(p, d, v);
	ch_buf_deinit(&text);
}

void ch_page_paper_show(struct ch_page *p)
{
	struct ch_talks t = { 0 };
	struct ch_dossier d = { 0 };
	ch_delivery *v;

	if (!ch_page_talks(p, &t, p->arg[0]))
		return;
	p->nav = CH_M_NAV_TALKS;
	v = ch_alloc(sizeof *v);
	if (ch_page_paper(p, &d, v, &t, p->arg[1]) && !ch_page_opens_first(p, &d, v))
		page(p, &t, &d, v);
	ch_dossier_close(&d);
	ch_free(v, sizeof *v);
	ch_talks_deinit(&t);
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
	if (e == CH_OK && (d->ours || v->state == CH_STATE_DELIVERED))
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
