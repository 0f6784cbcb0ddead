/*
 * Somebody who joins a party that exists, on their own machine: a home that waits, its request to
 * send and its words to say, the welcome that comes back, the words of the party key to compare.
 */
#include <stdio.h>

#include "delegate_page.h"
#include "field.h"
#include "file_form.h"
#include "first.h"
#include "pages.h"
#include "talks_page.h"

#define WELCOME_MAX (CH_PACK_MAX + (1u << 20))

/* ---- asking ---- */

static ch_err ask_run(struct ch_job *j)
{
	struct ch_first_form *a = j->arg;
	ch_err e = ch_delegate_ask_new(&j->home, &(ch_delegate_ask){
	    .handle = ch_span_str(a->handle), .person = ch_span_str(a->person),
	    .title = ch_span_str(a->office), .exercise = a->exercise, .classic = a->classic,
	    .work = a->exercise ? CH_FIRST_WORK_PRACTICE : CH_HOME_WORK },
	    ch_pass_span(&a->pass), &j->why);

	ch_pass_wipe(&a->pass);
	return e;
}

static void ask_end(struct ch_job *j)
{
	ch_first_made(j, "wait");
}

static const ch_job_kind ask_kind = {
	.title = CH_M_JOB_PARTY, .done = CH_M_JOB_ASK_DONE,
	.arg_size = sizeof(struct ch_first_form), .run = ask_run, .end = ask_end,
};

static void ask_form(struct ch_page *p, const struct ch_first_form *a, ch_msg wrong)
{
	struct ch_html *w = &p->html;

	if (wrong != CH_M_COUNT)
		p->status = 422;
	ch_page_begin(p, CH_M_FIRST_JOIN, NULL);
	ch_page_wrong(p, wrong);
	ch_page_lead(p, CH_M_ASK_LEAD);
	ch_page_form_begin(p, "/first/join");
	ch_page_field(p, "handle", CH_M_ASK_HANDLE, CH_M_ASK_HANDLE_HINT, ch_span_str(a->handle),
	    CH_FIELD_NEEDED | CH_FIELD_FIRST | CH_FIELD_PLAIN);
	ch_page_field(p, "person", CH_M_PARTY_PERSON, CH_M_PARTY_PERSON_HINT,
	    ch_span_str(a->person), CH_FIELD_NEEDED);
	ch_page_field(p, "office", CH_M_PARTY_OFFICE, CH_M_PARTY_OFFICE_HINT,
	    ch_span_str(a->office), 0);
	ch_page_new_pass(p, CH_M_PASSPHRASE, CH_M_ASK_PASS_ADVICE);
	ch_page_tick(p, "exercise", CH_M_ASK_EXERCISE, a->exercise, false);
	ch_page_tick(p, "classic", CH_M_ASK_CLASSIC, a->classic, false);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_ASK_BUTTON, true);
	ch_html_put(w, "</p></form>");
	ch_page_quiet(p, CH_M_ASK_QUIET);
}

void ch_page_ask(struct ch_page *p)
{
	ask_form(p, &(struct ch_first_form){ 0 }, CH_M_COUNT);
}

void ch_page_ask_post(struct ch_page *p)
{
	struct ch_job *j = ch_job_new(p->desk->home[0], &ask_kind);
	ch_msg wrong = j ? ch_first_take(j->arg, p, false) : CH_M_COUNT;

	if (wrong != CH_M_COUNT) {
		ask_form(p, j->arg, wrong);
		ch_job_free(j);
		return;
	}
	if (j)
		(void)snprintf(j->back, sizeof j->back, "/first/join");
	ch_page_job(p, j);
}

/* ---- waiting ---- */

static void step(struct ch_page *p, ch_msg title, ch_msg text)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<li><h2>");
	ch_html_say(w, title);
	ch_html_put(w, "</h2>");
	ch_page_say(p, text);
}

static void wait_page(struct ch_page *p, ch_err e, const struct ch_problem *why)
{
	struct ch_html *w = &p->html;
	char words[CH_WORDS_LEN + 1];
	struct ch_problem lost = { 0 };
	struct ch_buf bytes = { 0 };
	ch_request q;
	ch_err here = ch_delegate_request(&bytes, words, &p->home->home, &lost);

	if (here == CH_OK)
		here = ch_request_open(&q, ch_buf_span(&bytes), NULL);
	if (here != CH_OK) {
		ch_page_fault(p, here, &lost);
		ch_buf_deinit(&bytes);
		return;
	}
	if (e != CH_OK)
		p->status = 422;
	ch_page_begin(p, CH_M_WAIT, CH_ARGS(p->home->home.handle));
	if (e != CH_OK)
		ch_page_fault_text(p, e, why);
	ch_page_lead(p, CH_M_WAIT_LEAD);
	ch_html_put(w, "<ol class=\"way\">");
	step(p, CH_M_WAIT_SEND, CH_M_WAIT_SEND_TEXT);
	ch_html_put(w, "<p class=\"acts\"><a class=\"button\" "
	    "href=\"/h/%u/wait/request\" download>", p->home->n);
	ch_html_say(w, CH_M_WAIT_SAVE);
	ch_html_put(w, "</a></p></li>");
	step(p, CH_M_WAIT_SAY, CH_M_WAIT_SAY_TEXT);
	ch_html_put(w, "<div class=\"large\">");
	ch_page_fingerprint(p, q.item.v[CH_DEL_KEY]);
	ch_html_put(w, "</div></li>");
	step(p, CH_M_WAIT_TAKE, CH_M_WAIT_TAKE_TEXT);
	ch_file_form(p, "wait/welcome", CH_M_WAIT_FILE, CH_M_WAIT_READ);
	ch_html_put(w, "</li></ol>");
	ch_page_quiet(p, CH_M_WAIT_QUIET);
	ch_buf_deinit(&bytes);
}

void ch_page_wait(struct ch_page *p)
{
	if (p->home->home.waits)
		wait_page(p, CH_OK, NULL);
	else
		ch_page_go(p, "/h/%u/talks", p->home->n);
}

void ch_page_wait_request(struct ch_page *p)
{
	char words[CH_WORDS_LEN + 1], name[CH_HANDLE_MAX + 32];
	struct ch_problem why = { 0 };
	struct ch_buf bytes = { 0 };
	const char *id = strrchr(p->home->home.delegate, '/');
	ch_err e = ch_delegate_request(&bytes, words, &p->home->home, &why);

	(void)snprintf(name, sizeof name, "%s-%s-request.txt", p->home->home.handle,
	    id ? &id[1] : "");
	if (e == CH_OK)
		ch_page_file(p, "text/plain; charset=utf-8", name, ch_buf_span(&bytes));
	else
		ch_page_fault(p, e, &why);
	ch_buf_deinit(&bytes);
}

/* ---- the welcome ---- */

static void came(struct ch_page *p, struct ch_buf *file, ch_err e, struct ch_problem *why)
{
	struct ch_delegate_join d = { 0 };

	if (e == CH_OK)
		e = ch_delegate_join_prepare(&d, &p->home->home, ch_buf_span(file), why);
	if (e == CH_OK) {
		ch_delegate_join_deinit(&d);
		ch_desk_hold(p->home, CH_HELD_WELCOME, file, "");
		ch_page_go(p, "/h/%u/wait/compare", p->home->n);
	} else {
		wait_page(p, e, why);
	}
}

void ch_page_wait_welcome(struct ch_page *p)
{
	ch_file_form_take(p, WELCOME_MAX, came);
}

static void brings(struct ch_page *p, const struct ch_delegate_join *d)
{
	struct ch_html *w = &p->html;
	const struct { ch_msg say; size_t n; } part[] = {
		{ CH_M_BRINGS_TALKS, d->n_talks },
		{ CH_M_BRINGS_REGISTRIES, d->n_registries },
		{ CH_M_BRINGS_PARTIES, d->n_parties },
	};
	char count[24];
	unsigned n = 0;

	ch_html_put(w, "<dt>");
	ch_html_say(w, CH_M_BRINGS);
	ch_html_put(w, "</dt><dd>");
	for (size_t i = 0; i < CH_COUNT(part); i++) {
		if (part[i].n == 0)
			continue;
		CH_HTML_IF(w, n++ > 0, " · ");
		(void)snprintf(count, sizeof count, "%zu", part[i].n);
		ch_html_say_with(w, part[i].say, CH_ARGS(count));
	}
	if (n == 0)
		ch_html_say(w, CH_M_BRINGS_NOTHING);
	ch_html_put(w, "</dd>");
}

static void compare_form(struct ch_page *p)
{
	ch_page_form_begin(p, "/h/%u/wait/join", p->home->n);
	ch_page_tick(p, "same", CH_M_WORDS_SAME, false, true);
	ch_page_form_end(p, CH_M_ENTER_BUTTON, CH_M_LEAVE_IT, "wait");
}

void ch_page_wait_compare(struct ch_page *p)
{
	const struct ch_held *held = &p->home->held;
	struct ch_html *w = &p->html;
	struct ch_delegate_join d = { 0 };
	struct ch_problem why = { 0 };
	ch_span title;
	char name[CH_FIRST_LINE + CH_HANDLE_MAX + 1];

	if (held->kind != CH_HELD_WELCOME || ch_delegate_join_prepare(&d, &p->home->home,
	    ch_buf_span(&held->bytes), &why) != CH_OK) {
		ch_page_go(p, "/h/%u/wait", p->home->n);
		return;
	}
	title = d.roster.roster.stmt.v[CH_ROSTER_TITLE];
	(void)snprintf(name, sizeof name, "%.*s", CH_SPAN(title.n ? title : d.roster.roster.party));
	ch_page_begin(p, CH_M_ENTER, CH_ARGS(name));
	ch_page_say(p, CH_M_ENTER_CALL);
	ch_page_words_large(p, CH_M_ENTER_WORDS, d.roster.roster.stmt.v[CH_ROSTER_PARTY_KEY]);
	ch_html_put(w, "<dl class=\"facts\">");
	ch_page_fact(p, CH_M_PARTY_HANDLE, d.roster.roster.party);
	ch_page_fact(p, CH_M_PARTY_PERSON, d.who.person);
	ch_html_put(w, "<dt>");
	ch_html_say(w, CH_M_KEYS_MAY);
	ch_html_put(w, "</dt><dd>");
	ch_page_powers(p, d.who.powers);
	ch_html_put(w, "</dd>");
	brings(p, &d);
	ch_html_put(w, "</dl>");
	compare_form(p);
	ch_page_quiet(p, CH_M_ENTER_QUIET);
	ch_delegate_join_deinit(&d);
}

struct entering {
	struct ch_buf welcome;
};

static ch_err enter_run(struct ch_job *j)
{
	struct entering *a = j->arg;
	struct ch_delegate_join d = { 0 };
	ch_err e = ch_delegate_join_prepare(&d, &j->home, ch_buf_span(&a->welcome), &j->why);

	if (e == CH_OK)
		(void)snprintf(j->said[0], sizeof j->said[0], "%.*s",
		    CH_SPAN(d.roster.roster.party));
	if (e == CH_OK)
		e = ch_delegate_join_finish(&d, &j->home, &j->why);
	ch_delegate_join_deinit(&d);
	return e;
}

static void enter_end(struct ch_job *j)
{
	struct entering *a = j->arg;

	if (j->err == CH_OK) {
		ch_desk_hold(j->at, CH_HELD_NOTHING, &(struct ch_buf){ 0 }, "");
		(void)ch_desk_waits(j->at);
	}
	ch_buf_deinit(&a->welcome);
}

static const ch_job_kind enter_kind = {
	.title = CH_M_JOB_ENTER, .done = CH_M_JOB_ENTER_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK, .arg_size = sizeof(struct entering),
	.run = enter_run, .end = enter_end,
};

static ch_err fill(struct ch_job *j, struct ch_page *p, struct ch_problem *why)
{
	const struct ch_held *held = &p->home->held;
	struct entering *a = j->arg;

	if (held->kind != CH_HELD_WELCOME || ch_page_form(p, "same").n == 0)
		return ch_problem_set(why, CH_E_DENIED, "the words were not confirmed; nothing "
		    "was changed");
	ch_buf_init(&a->welcome, WELCOME_MAX);
	(void)snprintf(j->go, sizeof j->go, "/h/%u/talks", p->home->n);
	(void)snprintf(j->back, sizeof j->back, "/h/%u/wait/compare", p->home->n);
	return ch_buf_put(&a->welcome, ch_buf_span(&held->bytes));
}

void ch_page_wait_join(struct ch_page *p)
{
	ch_page_job_fill(p, ch_job_new(p->home, &enter_kind), fill);
}
