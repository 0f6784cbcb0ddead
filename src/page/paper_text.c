/* A paper as a sheet: number, copy and caveat, its passages, its attachments. */
#include <stdio.h>

#include "clock.h"
#include "field.h"
#include "markdown.h"
#include "cause.h"
#include "md_html.h"
#include "paper_say.h"

/* By a form: the paper is opened for it, all of it. */
static void save_button(struct ch_page *p, uint32_t n)
{
	ch_page_form_begin(p, "/h/%u/talks/%.*s/papers/%.*s/attachments", p->home->n,
	    CH_SPAN(p->arg[0]), CH_SPAN(p->arg[1]));
	ch_html_put(&p->html, "<input type=\"hidden\" name=\"n\" value=\"%u\">"
	    "<button class=\"link\">", n);
	ch_html_say(&p->html, CH_M_ATTACHMENT_SAVE);
	ch_html_put(&p->html, " <span class=\"unseen\">%u</span></button></form>", n);
}

static void attachments(struct ch_page *p, const ch_paper *paper, char series)
{
	struct ch_html *w = &p->html;
	ch_item it;

	if (paper->head.count[CH_H_ATTACHMENTS] == 0)
		return;
	ch_html_put(w, "<section class=\"attached\" aria-labelledby=\"%c-attached\">"
	    "<h2 id=\"%c-attached\">", series, series);
	ch_html_say(w, CH_M_ATTACHMENTS);
	ch_html_put(w, "</h2><ol>");
	for (uint32_t i = 0; i < paper->head.count[CH_H_ATTACHMENTS]; i++) {
		if (ch_stmt_item(&it, &paper->head, CH_H_ATTACHMENTS, i) != CH_OK)
			continue;
		ch_html_put(w, "<li>");
		ch_page_attachment(p, &it);
		if (series == 'p')
			save_button(p, i + 1);
		ch_html_put(w, "</li>");
	}
	ch_html_put(w, "</ol>");
	if (series == 'p')
		ch_page_quiet(p, CH_M_ATTACHMENT_WHAT);
	ch_html_put(w, "</section>");
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
	ch_html_put(&p->html, "</p>");
	ch_cause_say(&p->html, p->arena, ch_span_str(ch_md_fault_text(f.fault)));
	ch_page_note_end(p);
}

void ch_page_passage(struct ch_page *p, char series, ch_span text, uint32_t i, uint64_t end_ms)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<div class=\"passage\"");
	if (series)
		ch_html_put(w, " id=\"%c%u\"", series, i + 1);
	ch_html_put(w, " data-n=\"%u\" dir=\"auto\">", i + 1);
	if (ch_clock_ms() < end_ms)
		ch_md_html(w, text);
	else
		ch_md_plain(w, text);
	ch_html_put(w, "</div>");
}

void ch_page_passages(struct ch_page *p, const ch_paper *paper, char series)
{
	uint64_t end = ch_clock_ms() + CH_PAGE_MARKDOWN_MS;

	mind_markdown(p, paper);
	for (uint32_t i = 0; i < paper->n_passages; i++)
		ch_page_passage(p, series, paper->passage[i].text, i, end);
}

static void line(struct ch_page *p, const char *number, ch_span copy, ch_span caveat)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<span class=\"number\">%s</span>", number);
	if (copy.n > 0) {
		ch_html_put(w, "<span>");
		ch_html_say(w, CH_M_COVER_COPY);
		ch_html_put(w, " %.*s</span>", CH_SPAN(copy));
	}
	if (caveat.n > 0)
		ch_html_put(w, "<span class=\"caveat\">%.*s</span>", CH_SPAN(caveat));
}

void ch_page_running(struct ch_page *p, const char *number, ch_span copy, ch_span caveat)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<div class=\"running\" aria-hidden=\"true\"><div>");
	line(p, number, copy, caveat);
	if (p->home->home.exercise) {
		ch_html_put(w, "<span>");
		ch_html_say(w, CH_M_HOME_EXERCISE);
		ch_html_put(w, "</span>");
	}
	ch_html_put(w, "</div></div>");
}

void ch_page_paper_sheet(struct ch_page *p, const char *number, const ch_paper *paper, char series)
{
	struct ch_html *w = &p->html;
	const ch_span *v = paper->head.v;

	ch_html_put(w, "<article class=\"sheet\" aria-labelledby=\"%c-text\"><h2 id=\"%c-text\" "
	    "class=\"unseen\">", series, series);
	ch_html_say(w, CH_M_PAPER_TEXT);
	ch_html_put(w, "</h2><header>");
	line(p, number, v[CH_H_COPY], v[CH_H_CAVEAT]);
	ch_html_put(w, "</header>");
	if (v[CH_H_TITLE].n > 0)
		ch_html_put(w, "<p class=\"sheet-title\" dir=\"auto\">%.*s</p>",
		    CH_SPAN(v[CH_H_TITLE]));
	ch_page_passages(p, paper, series);
	if (v[CH_H_DATE].n > 0) {
		ch_html_put(w, "<p class=\"sheet-date\">");
		ch_html_date(w, v[CH_H_DATE]);
		ch_html_put(w, "</p>");
	}
	ch_html_put(w, "</article>");
	attachments(p, paper, series);
}
