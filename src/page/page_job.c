/* A job under way, and how it ended. Without script the page loads itself anew each second. */
#include "dec.h"
#include "pages.h"

static struct ch_job *find(struct ch_page *p)
{
	uint64_t id;

	if (ch_dec_parse(&id, p->arg[0], UINT32_MAX) != CH_OK)
		return NULL;
	return ch_job_find(p->home, (unsigned)id);
}

static void progress(struct ch_page *p, struct ch_job *j)
{
	struct ch_html *w = &p->html;
	uint64_t done = j->n_done, total = j->n_total;
	int stage = j->stage;
	ch_msg what = stage >= 0 ? (ch_msg)stage : j->kind->title;

	ch_html_put(w, "<div id=\"job\" class=\"job\" data-poll=\"1\" role=\"status\"><p>");
	ch_html_say(w, what);
	ch_html_put(w, "</p>");
	if (total > 0)
		ch_html_put(w, "<progress max=\"%llu\" value=\"%llu\" aria-label=\"%s\">"
		    "</progress>", (unsigned long long)total, (unsigned long long)done,
		    ch_html_word(w, what));
	else
		ch_html_put(w, "<progress aria-label=\"%s\"></progress>", ch_html_word(w, what));
	ch_html_put(w, "</div>");
	ch_page_form_begin(p, "/h/%u/jobs/%u/cancel", p->home->n, j->id);
	ch_html_put(w, "<p>");
	ch_page_button(p, CH_M_CANCEL, false);
	ch_html_put(w, "</p></form><p class=\"quiet\">");
	ch_html_say(w, CH_M_JOB_QUIET);
	ch_html_put(w, "</p><noscript><meta http-equiv=\"refresh\" content=\"1\"></noscript>");
}

/* Where a fault leads: not to what a page says to a wrong passphrase. */
static ch_span way_back(const struct ch_job *j)
{
	const char *to = j->back[0] ? j->back : j->go[0] ? j->go : "/";
	const char *wrong = strstr(to, "?wrong=1");

	return ch_span_of(to, wrong ? (size_t)(wrong - to) : strlen(to));
}

void ch_page_job_show(struct ch_page *p)
{
	struct ch_job *j = find(p);

	if (!j) {
		ch_page_not_found(p);
		return;
	}
	if (j->state != CH_JOB_ENDED) {
		ch_page_begin(p, CH_M_JOB_RUNS, NULL);
		progress(p, j);
		return;
	}
	if (j->err == CH_OK && j->go[0]) {
		ch_page_go(p, "%s%cdone=%u", j->go, strchr(j->go, '?') ? '&' : '?', j->id);
		return;
	}
	if (j->err == CH_E_LOCKED && (j->kind->wants & CH_JOB_ASKS_AGAIN)) {
		ch_page_go(p, "%s", j->back);
		return;
	}
	if (j->err != CH_OK) {
		ch_page_fault(p, j->err, &j->why);
	} else {
		ch_page_begin(p, CH_M_JOB_DONE, NULL);
		ch_html_put(&p->html, "<p>");
		ch_html_say_with(&p->html, j->kind->done, CH_ARGS(j->said[0], j->said[1],
		    j->said[2], j->said[3]));
		ch_html_put(&p->html, "</p>");
	}
	ch_html_put(&p->html, "<p><a class=\"button\" href=\"%.*s\">", CH_SPAN(way_back(j)));
	ch_html_say(&p->html, CH_M_GO_ON);
	ch_html_put(&p->html, "</a></p>");
}

void ch_page_job_cancel(struct ch_page *p)
{
	struct ch_job *j = find(p);

	if (j)
		j->cancelled = true;
	ch_page_go(p, "/h/%u/jobs/%.*s", p->home->n, CH_SPAN(p->arg[0]));
}
