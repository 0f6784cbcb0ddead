/* The passphrase, and putting the keys away again. */
#include "field.h"
#include "pages.h"
#include "wipe.h"

struct unlock {
	struct ch_pass pass;
};

static ch_err unlock_run(struct ch_job *j)
{
	struct unlock *a = j->arg;
	ch_err e = ch_home_unlock(&j->home, ch_pass_span(&a->pass), &j->why);

	ch_pass_wipe(&a->pass);
	j->fresh_keys = e == CH_OK;
	return e;
}

static const ch_job_kind unlock_kind = {
	.title = CH_M_JOB_UNLOCK, .done = CH_M_JOB_UNLOCK_DONE, .arg_size = sizeof(struct unlock),
	.run = unlock_run, .wants = CH_JOB_ASKS_AGAIN,
};

/* Where to afterwards: a page of this home, nothing else. */
static void way_on(struct ch_page *p, char go[CH_JOB_GO], ch_span to)
{
	struct ch_page probe = { .home = p->home };
	struct ch_rd r = ch_rd_of(to);
	char own[24];

	ch_page_go(&probe, "/h/%u/", p->home->n);
	memcpy(own, probe.go, strlen(probe.go) + 1);
	if (to.n < 300 && ch_rd_starts(&r, ch_span_str(own)))
		ch_page_go(&probe, "%.*s", CH_SPAN(to));
	else
		ch_page_go(&probe, "/h/%u/talks", p->home->n);
	memcpy(go, probe.go, CH_JOB_GO);
}

void ch_page_unlock(struct ch_page *p)
{
	struct ch_html *w = &p->html;
	char go[CH_JOB_GO];

	if (p->home->home.unlocked) {
		way_on(p, go, ch_page_query(p, "to"));
		ch_page_go(p, "%s", go);
		return;
	}
	ch_page_begin(p, CH_M_UNLOCK, NULL);
	if (ch_page_query(p, "wrong").n > 0) {
		ch_page_note_begin(p, CH_NOTE_TROUBLE);
		ch_html_put(w, "<p id=\"wrong\" role=\"alert\">");
		ch_html_say(w, CH_M_UNLOCK_WRONG);
		ch_html_put(w, "</p>");
		ch_page_note_end(p);
	}
	ch_html_put(w, "<p>");
	ch_html_say_with(w, CH_M_UNLOCK_TEXT, CH_ARGS(p->home->home.delegate));
	ch_html_put(w, "</p>");
	ch_page_form_begin(p, "/h/%u/unlock", p->home->n);
	ch_html_put(w, "<input type=\"hidden\" name=\"to\" value=\"%.*s\"><p class=\"field\">"
	    "<label for=\"pass\">", CH_SPAN(ch_page_query(p, "to")));
	ch_html_say(w, CH_M_PASSPHRASE);
	ch_html_put(w, "</label><input id=\"pass\" name=\"pass\" type=\"password\" required "
	    "autofocus autocomplete=\"off\" spellcheck=\"false\" dir=\"auto\"></p><p>");
	ch_page_button(p, CH_M_UNLOCK_BUTTON, true);
	ch_html_put(w, "</p></form><p class=\"quiet\">");
	ch_html_say(w, CH_M_UNLOCK_QUIET);
	ch_html_put(w, "</p>");
}

void ch_page_unlock_post(struct ch_page *p)
{
	struct ch_job *j = ch_job_new(p->home, &unlock_kind);

	if (j) {
		struct unlock *a = j->arg;
		struct ch_page probe = { 0 };

		ch_page_pass_take(&a->pass, p, "pass");
		way_on(p, j->go, ch_page_form(p, "to"));
		ch_page_go(&probe, "/h/%u/unlock?wrong=1&to=%s", p->home->n, j->go);
		memcpy(j->back, probe.go, sizeof j->back);
	}
	ch_page_job(p, j);
}

void ch_page_lock_post(struct ch_page *p)
{
	ch_desk_lock(p->home);
	ch_page_go(p, "/h/%u/unlock", p->home->n);
}

void ch_page_sync_post(struct ch_page *p)
{
	ch_desk_sync_now(p->home);
	ch_page_go(p, "/h/%u/talks", p->home->n);
}
