/*
 * Meeting a registry: its card is fetched, or dropped, and its words are compared before it is
 * pinned. And one on this machine, for trials.
 */
#include <stdio.h>

#include "field.h"
#include "pages.h"
#include "talks_page.h"
#include "words.h"

/* ---- fetching ---- */

struct meet {
	char url[CH_LINK_URL_MAX];
	bool trial;
	struct ch_buf card;
};

static ch_err meet_run(struct ch_job *j)
{
	struct meet *a = j->arg;
	ch_watch_card read;
	ch_span body;
	ch_err e = CH_OK;

	ch_buf_init(&a->card, CH_WATCH_NOTE_MAX);
	if (a->trial) {
		e = ch_trial_have(&j->at->desk->trial, j->at->desk->http, &j->why);
		if (e == CH_OK)
			ch_trial_url(a->url, &j->at->desk->trial);
	}
	if (e == CH_OK)
		e = ch_link_open_url(&j->link, &j->home, ch_span_str(a->url), &j->why);
	if (e == CH_OK)
		e = ch_link_get(&body, &j->link, "/v1/registry", &j->why);
	if (e == CH_OK)
		e = ch_buf_put(&a->card, body);
	if (e == CH_OK)
		e = ch_watch_read_card(&read, ch_buf_span(&a->card), j->home.exercise, &j->why);
	/* The desk made this one itself: there is nobody to compare words with. */
	if (e == CH_OK && a->trial)
		e = ch_watch_pin(&j->home, ch_buf_span(&a->card), ch_span_str(a->url), &j->why);
	return e;
}

static void meet_end(struct ch_job *j)
{
	struct meet *a = j->arg;

	if (j->err == CH_OK && !a->trial)
		ch_desk_hold(j->at, CH_HELD_CARD, &a->card, a->url);
	ch_buf_deinit(&a->card);
}

static const ch_job_kind meet_kind = {
	.title = CH_M_JOB_MEET, .done = CH_M_JOB_MEET_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK, .arg_size = sizeof(struct meet), .run = meet_run,
	.end = meet_end,
};

static void start(struct ch_page *p, const char *url, bool trial)
{
	struct ch_job *j = ch_job_new(p->home, &meet_kind);

	if (j) {
		struct meet *a = j->arg;

		(void)snprintf(a->url, sizeof a->url, "%s", url);
		a->trial = trial;
		(void)snprintf(j->go, sizeof j->go, trial ? "/h/%u/open" : "/h/%u/meet/compare",
		    p->home->n);
		(void)snprintf(j->back, sizeof j->back, "/h/%u/meet", p->home->n);
	}
	ch_page_job(p, j);
}

/* ---- the form ---- */

static void trial_part(struct ch_page *p)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<section aria-labelledby=\"trial\"><h2 id=\"trial\">");
	ch_html_say(w, CH_M_TRIAL);
	ch_html_put(w, "</h2>");
	if (!p->home->home.exercise) {
		ch_page_quiet(p, CH_M_TRIAL_NOT_REAL);
	} else {
		ch_page_say(p, CH_M_TRIAL_TEXT);
		ch_page_form_begin(p, "/h/%u/meet/trial", p->home->n);
		ch_page_button(p, CH_M_TRIAL_BUTTON, false);
		ch_html_put(w, "</form>");
	}
	ch_html_put(w, "</section>");
}

static void meet_form(struct ch_page *p, ch_span url, ch_err e, const struct ch_problem *why)
{
	struct ch_html *w = &p->html;

	if (e != CH_OK)
		p->status = 422;
	p->nav = CH_M_NAV_TALKS;
	ch_page_begin(p, CH_M_MEET, NULL);
	if (e != CH_OK)
		ch_page_fault_text(p, e, why);
	ch_page_lead(p, CH_M_MEET_LEAD);
	ch_page_form_begin(p, "/h/%u/meet", p->home->n);
	ch_page_field(p, "url", CH_M_MEET_URL, CH_M_MEET_URL_HINT, url,
	    CH_FIELD_NEEDED | CH_FIELD_FIRST | CH_FIELD_PLAIN);
	ch_html_put(w, "<details><summary>");
	ch_html_say(w, CH_M_MEET_CARD_MORE);
	ch_html_put(w, "</summary>");
	ch_page_field(p, "card", CH_M_MEET_CARD, CH_M_MEET_CARD_HINT, CH_LIT(""), CH_FIELD_MANY);
	ch_html_put(w, "</details><p class=\"acts\">");
	ch_page_button(p, CH_M_MEET_BUTTON, true);
	ch_html_put(w, "</p></form>");
	trial_part(p);
}

void ch_page_meet(struct ch_page *p)
{
	meet_form(p, CH_LIT(""), CH_OK, NULL);
}

/* A card that was dropped: kept for the comparison as if it had been fetched. */
static ch_err hold_card(struct ch_page *p, const char *url, struct ch_problem *why)
{
	struct ch_buf b;
	ch_watch_card read;
	ch_err e;

	ch_buf_init(&b, CH_WATCH_NOTE_MAX);
	e = ch_buf_put(&b, ch_page_form_text(p, "card"));
	if (e == CH_OK)
		e = ch_watch_read_card(&read, ch_buf_span(&b), p->home->home.exercise, why);
	if (e == CH_OK)
		ch_desk_hold(p->home, CH_HELD_CARD, &b, url);
	ch_buf_deinit(&b);
	return e;
}

void ch_page_meet_post(struct ch_page *p)
{
	struct ch_problem why = { 0 };
	ch_span url = ch_page_form(p, "url");
	char text[CH_LINK_URL_MAX];
	ch_err e = CH_OK;

	ch_page_form_copy(text, sizeof text, p, "url");
	if (text[0] == '\0')
		e = ch_problem_set(&why, CH_E_FORMAT, "the address of the registry is missing");
	if (e == CH_OK && ch_page_form(p, "card").n > 0) {
		e = hold_card(p, text, &why);
		if (e == CH_OK)
			ch_page_go(p, "/h/%u/meet/compare", p->home->n);
	} else if (e == CH_OK) {
		start(p, text, false);
	}
	if (e != CH_OK)
		meet_form(p, url, e, &why);
}

void ch_page_meet_trial(struct ch_page *p)
{
	start(p, "", true);
}

/* ---- comparing ---- */

void ch_page_meet_compare(struct ch_page *p)
{
	struct ch_html *w = &p->html;
	const struct ch_held *held = &p->home->held;
	struct ch_problem why = { 0 };
	ch_watch_card c;

	if (held->kind != CH_HELD_CARD || ch_watch_read_card(&c, ch_buf_span(&held->bytes),
	    p->home->home.exercise, &why) != CH_OK) {
		ch_page_go(p, "/h/%u/meet", p->home->n);
		return;
	}
	p->nav = CH_M_NAV_TALKS;
	ch_page_begin(p, CH_M_MEET_COMPARE, NULL);
	ch_html_put(w, "<dl class=\"facts\">");
	ch_page_fact(p, CH_M_MEET_NAME, c.stmt.v[CH_RG_REGISTRY]);
	ch_page_fact(p, CH_M_MEET_URL, ch_span_str(held->name));
	ch_html_put(w, "</dl>");
	ch_page_words_large(p, CH_M_MEET_WORDS, c.stmt.v[CH_RG_VKEY]);
	ch_page_say(p, CH_M_MEET_CALL);
	ch_page_form_begin(p, "/h/%u/meet/pin", p->home->n);
	ch_page_tick(p, "same", CH_M_WORDS_SAME, false, true);
	ch_page_form_end(p, CH_M_MEET_PIN, CH_M_CANCEL, "meet");
	ch_page_quiet(p, CH_M_MEET_BLIND);
}

void ch_page_meet_pin(struct ch_page *p)
{
	const struct ch_held *held = &p->home->held;
	struct ch_problem why = { 0 };
	ch_err e = held->kind == CH_HELD_CARD && ch_page_form(p, "same").n > 0 ? CH_OK :
	    ch_problem_set(&why, CH_E_DENIED, "the words were not confirmed; nothing was kept");

	if (e == CH_OK)
		e = ch_watch_pin(&p->home->home, ch_buf_span(&held->bytes),
		    ch_span_str(held->name), &why);
	if (e != CH_OK) {
		ch_page_fault(p, e, &why);
		return;
	}
	ch_desk_hold(p->home, CH_HELD_NOTHING, &(struct ch_buf){ 0 }, "");
	ch_page_go(p, "/h/%u/open", p->home->n);
}
