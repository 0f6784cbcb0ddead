/*
 * First run: make a party, take up the folder of one, or practise. Nothing but `chancery desk` was
 * typed. Also the list of homes of a desk that has several.
 */
#include <stdio.h>

#include "field.h"
#include "first.h"
#include "pages.h"
#include "party.h"
#include "text.h"

/* ---- the doors ---- */

static void door(struct ch_page *p, const char *to, ch_msg title, ch_msg text)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<li><a class=\"card\" href=\"%s\"><strong>", to);
	ch_html_say(w, title);
	ch_html_put(w, "</strong><span>");
	ch_html_say(w, text);
	ch_html_put(w, "</span></a></li>");
}

static void doors(struct ch_page *p)
{
	ch_html_put(&p->html, "<ul class=\"cards doors\">");
	door(p, "/first/party", CH_M_FIRST_PARTY, CH_M_FIRST_PARTY_TEXT);
	door(p, "/first/join", CH_M_FIRST_JOIN, CH_M_FIRST_JOIN_TEXT);
	door(p, "/first/practice", CH_M_FIRST_PRACTICE, CH_M_FIRST_PRACTICE_TEXT);
	door(p, "/first/folder", CH_M_FIRST_FOLDER, CH_M_FIRST_FOLDER_TEXT);
	ch_html_put(&p->html, "</ul>");
}

void ch_page_first(struct ch_page *p)
{
	ch_page_begin(p, CH_M_FIRST, NULL);
	ch_page_lead(p, CH_M_FIRST_LEAD);
	doors(p);
	ch_page_quiet(p, CH_M_FIRST_INVITED);
}

/* ---- homes of this desk ---- */

static void home_row(struct ch_page *p, const struct ch_desk_home *h)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<li><a class=\"card\" href=\"/h/%u/talks\"><strong><bdi>%s</bdi></strong>"
	    "<span><bdi>%s</bdi></span><span class=\"quiet\">", h->n,
	    h->title[0] ? h->title : h->home.handle, h->home.delegate);
	ch_html_say(w, h->home.unlocked ? CH_M_HOME_UNLOCKED : CH_M_HOME_LOCKED);
	if (h->home.exercise) {
		ch_html_put(w, " · ");
		ch_html_say(w, CH_M_HOME_EXERCISE);
	}
	ch_html_put(w, "</span></a>");
	if (h->home.unlocked) {
		ch_page_form_begin(p, "/h/%u/lock", h->n);
		ch_html_put(w, "<button class=\"link\" aria-label=\"%s: %s\">",
		    ch_html_word(w, CH_M_LOCK_NOW), h->home.handle);
		ch_html_say(w, CH_M_LOCK_NOW);
		ch_html_put(w, "</button></form>");
	}
	ch_html_put(w, "</li>");
}

static void homes(struct ch_page *p)
{
	ch_page_begin(p, CH_M_HOMES, NULL);
	ch_html_put(&p->html, "<ul class=\"cards\">");
	for (unsigned i = 1; i < p->desk->n_homes; i++)
		home_row(p, p->desk->home[i]);
	ch_html_put(&p->html, "</ul><section aria-labelledby=\"more\"><h2 id=\"more\">");
	ch_html_say(&p->html, CH_M_HOMES_MORE);
	ch_html_put(&p->html, "</h2>");
	doors(p);
	ch_html_put(&p->html, "</section>");
}

void ch_page_homes(struct ch_page *p)
{
	if (p->desk->n_homes < 2)
		ch_page_first(p);
	else if (p->desk->n_homes == 2)
		ch_page_go(p, "/h/1/talks");
	else
		homes(p);
}

void ch_page_homes_list(struct ch_page *p)
{
	if (p->desk->n_homes < 2)
		ch_page_first(p);
	else
		homes(p);
}

/* ---- a party ---- */

static ch_err make_run(struct ch_job *j)
{
	struct ch_first_form *a = j->arg;
	const ch_party_new_ask ask = {
		.handle = ch_span_str(a->handle), .title = ch_span_str(a->title),
		.person = ch_span_str(a->person), .delegate_title = ch_span_str(a->office),
		.work = a->exercise ? CH_FIRST_WORK_PRACTICE : CH_HOME_WORK,
		.exercise = a->exercise,
	};
	ch_err e = ch_party_new(&j->home, &ask, ch_pass_span(&a->pass), &j->why);

	ch_pass_wipe(&a->pass);
	return e;
}

void ch_first_made(struct ch_job *j, const char *page)
{
	struct ch_desk_home *h;

	if (j->err != CH_OK)
		return;
	j->err = ch_desk_add(&h, j->at->desk, j->home.dir, &j->why);
	if (j->err != CH_OK)
		return;
	ch_desk_unlocked(h, &j->home);
	(void)snprintf(j->go, sizeof j->go, "/h/%u/%s", h->n, page);
}

static void make_end(struct ch_job *j)
{
	ch_first_made(j, "sheet?new=1");
}

static const ch_job_kind make_kind = {
	.title = CH_M_JOB_PARTY, .done = CH_M_JOB_PARTY_DONE,
	.arg_size = sizeof(struct ch_first_form), .run = make_run, .end = make_end,
};

static void party_form(struct ch_page *p, const struct ch_first_form *a, ch_msg wrong)
{
	struct ch_html *w = &p->html;

	if (wrong != CH_M_COUNT)
		p->status = 422;
	ch_page_begin(p, CH_M_FIRST_PARTY, NULL);
	ch_page_wrong(p, wrong);
	ch_page_lead(p, CH_M_PARTY_LEAD);
	ch_page_form_begin(p, "/first/party");
	ch_page_field(p, "title", CH_M_PARTY_TITLE, CH_M_PARTY_TITLE_HINT, ch_span_str(a->title),
	    CH_FIELD_NEEDED | CH_FIELD_FIRST);
	ch_page_field(p, "handle", CH_M_PARTY_HANDLE, CH_M_PARTY_HANDLE_HINT,
	    ch_span_str(a->handle), CH_FIELD_NEEDED | CH_FIELD_PLAIN);
	ch_page_field(p, "person", CH_M_PARTY_PERSON, CH_M_PARTY_PERSON_HINT,
	    ch_span_str(a->person), CH_FIELD_NEEDED);
	ch_page_field(p, "office", CH_M_PARTY_OFFICE, CH_M_PARTY_OFFICE_HINT,
	    ch_span_str(a->office), 0);
	ch_page_new_pass(p, CH_M_PASSPHRASE, CH_M_PASS_ADVICE);
	ch_page_tick(p, "exercise", CH_M_PARTY_EXERCISE, a->exercise, false);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_PARTY_BUTTON, true);
	ch_html_put(w, "</p></form>");
	ch_page_quiet(p, CH_M_PARTY_QUIET);
}

void ch_page_first_party(struct ch_page *p)
{
	party_form(p, &(struct ch_first_form){ 0 }, CH_M_COUNT);
}

/* What a person writes, as an id: "A. Jones" is a.jones. */
static void as_id(char *s)
{
	size_t n = 0;

	for (const char *c = s; *c; c++) {
		char low = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;

		if ((low >= 'a' && low <= 'z') || (low >= '0' && low <= '9'))
			s[n++] = low;
		else if (n > 0 && s[n - 1] != '.' && s[n - 1] != '-')
			s[n++] = low == '-' ? '-' : '.';
	}
	while (n > 0 && (s[n - 1] == '.' || s[n - 1] == '-'))
		n--;
	s[n] = '\0';
}

static void lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
}

static bool is_line(const char *s, bool needed)
{
	return s[0] ? ch_text_check_line(ch_span_str(s), CH_FIRST_LINE) == CH_OK : !needed;
}

ch_msg ch_first_take(struct ch_first_form *out, struct ch_page *p, bool titled)
{
	ch_msg wrong;

	ch_page_form_copy(out->handle, sizeof out->handle, p, "handle");
	if (titled)
		ch_page_form_copy(out->title, sizeof out->title, p, "title");
	ch_page_form_copy(out->person, sizeof out->person, p, "person");
	ch_page_form_copy(out->office, sizeof out->office, p, "office");
	out->exercise = ch_page_form(p, "exercise").n > 0;
	out->classic = ch_page_form(p, "classic").n > 0;
	lower(out->handle);
	wrong = ch_page_new_pass_take(&out->pass, p);
	if (!is_line(out->title, titled) || !is_line(out->office, false))
		return CH_M_PARTY_WRONG_LINE;
	if (!ch_text_is_handle(ch_span_str(out->handle)))
		return CH_M_PARTY_WRONG_HANDLE;
	as_id(out->person);
	return ch_text_is_token(ch_span_str(out->person)) ? wrong : CH_M_PARTY_WRONG_PERSON;
}

void ch_page_first_party_post(struct ch_page *p)
{
	struct ch_job *j = ch_job_new(p->desk->home[0], &make_kind);
	ch_msg wrong = j ? ch_first_take(j->arg, p, true) : CH_M_COUNT;

	if (wrong != CH_M_COUNT) {
		party_form(p, j->arg, wrong);
		ch_job_free(j);
		return;
	}
	if (j)
		ch_page_go(p, "/first/party");
	if (j)
		memcpy(j->back, p->go, sizeof j->back);
	ch_page_job(p, j);
}

/* ---- a folder ---- */

static void folder_form(struct ch_page *p, ch_span dir, ch_err e, const struct ch_problem *why)
{
	struct ch_html *w = &p->html;

	if (e != CH_OK)
		p->status = 422;
	ch_page_begin(p, CH_M_FIRST_FOLDER, NULL);
	if (e != CH_OK)
		ch_page_fault_text(p, e, why);
	ch_page_say(p, CH_M_FOLDER_LEAD);
	ch_page_form_begin(p, "/first/folder");
	ch_page_field(p, "dir", CH_M_FOLDER_DIR, CH_M_FOLDER_DIR_HINT, dir,
	    CH_FIELD_NEEDED | CH_FIELD_FIRST | CH_FIELD_PLAIN);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_FOLDER_BUTTON, true);
	ch_html_put(w, "</p></form>");
}

void ch_page_first_folder(struct ch_page *p)
{
	folder_form(p, CH_LIT(""), CH_OK, NULL);
}

void ch_page_first_folder_post(struct ch_page *p)
{
	struct ch_problem why = { 0 };
	struct ch_desk_home *h;
	ch_span dir = ch_page_form(p, "dir");
	ch_err e = dir.n > 0 && dir.p[0] == '/' && dir.n < CH_PATH_MAX ? CH_OK :
	    ch_problem_set(&why, CH_E_FORMAT, "the place of a folder begins with a slash, "
		"as in /home/jones/alpha");

	if (e == CH_OK)
		e = ch_desk_add(&h, p->desk, (const char *)dir.p, &why);
	if (e == CH_OK)
		ch_page_go(p, "/h/%u/talks", h->n);
	else
		folder_form(p, dir, e, &why);
}
