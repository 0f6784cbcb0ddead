/* Taking up an invitation: its terms, the words to compare by voice, an answer with our keys. */
#include <stdio.h>

#include "field.h"
#include "pages.h"
#include "talks_page.h"

/* ---- the file ---- */

static void join_form(struct ch_page *p, ch_err e, const struct ch_problem *why)
{
	if (e != CH_OK)
		p->status = 422;
	p->nav = CH_M_NAV_TALKS;
	ch_page_begin(p, CH_M_JOIN, NULL);
	if (e != CH_OK)
		ch_page_fault_text(p, e, why);
	ch_page_lead(p, CH_M_JOIN_LEAD);
	ch_page_form_begin(p, "/h/%u/join", p->home->n);
	ch_page_field(p, "file", CH_M_JOIN_FILE, CH_M_DROP_HINT, CH_LIT(""),
	    CH_FIELD_MANY | CH_FIELD_NEEDED);
	ch_html_put(&p->html, "<p class=\"acts\">");
	ch_page_button(p, CH_M_JOIN_READ, true);
	ch_html_put(&p->html, "</p></form>");
}

void ch_page_join(struct ch_page *p)
{
	join_form(p, CH_OK, NULL);
}

void ch_page_join_post(struct ch_page *p)
{
	struct ch_problem why = { 0 };
	struct ch_invitation in;
	struct ch_buf b;
	ch_err e;

	ch_buf_init(&b, CH_PACK_MAX);
	e = ch_buf_put(&b, ch_page_form_text(p, "file"));
	if (e == CH_OK)
		e = ch_invitation_read(&in, &p->home->home, ch_buf_span(&b), &why);
	if (e == CH_OK) {
		ch_desk_hold(p->home, CH_HELD_INVITATION, &b, "");
		ch_page_go(p, "/h/%u/join/compare", p->home->n);
	} else {
		join_form(p, e, &why);
	}
	ch_buf_deinit(&b);
}

/* ---- comparing ---- */

static void compare_form(struct ch_page *p)
{
	ch_page_form_begin(p, "/h/%u/join/take", p->home->n);
	ch_page_tick(p, "same", CH_M_WORDS_SAME, false, true);
	ch_page_field(p, "pass", CH_M_PASSPHRASE, CH_M_OPENING_PASS_HINT, CH_LIT(""),
	    CH_FIELD_NEEDED | CH_FIELD_SECRET);
	ch_page_note_begin(p, CH_NOTE_MIND);
	ch_page_say(p, CH_M_JOIN_BINDS);
	ch_page_note_end(p);
	ch_page_form_end(p, CH_M_JOIN_TAKE, CH_M_JOIN_LEAVE, "talks");
}

void ch_page_join_compare(struct ch_page *p)
{
	const struct ch_held *held = &p->home->held;
	struct ch_html *w = &p->html;
	struct ch_invitation in;
	struct ch_problem why = { 0 };
	ch_item party, reg;

	if (held->kind != CH_HELD_INVITATION || ch_invitation_read(&in, &p->home->home,
	    ch_buf_span(&held->bytes), &why) != CH_OK ||
	    ch_stmt_item(&party, &in.charter, CH_CHARTER_PARTIES, 0) != CH_OK ||
	    ch_stmt_item(&reg, &in.charter, CH_CHARTER_REGISTRIES, 0) != CH_OK) {
		ch_page_go(p, "/h/%u/join", p->home->n);
		return;
	}
	p->nav = CH_M_NAV_TALKS;
	ch_page_begin(p, CH_M_JOIN_COMPARE, NULL);
	if (ch_page_query(p, "wrong").n > 0)
		ch_page_wrong(p, CH_M_UNLOCK_WRONG);
	ch_page_say(p, CH_M_JOIN_CALL);
	ch_page_words_large(p, CH_M_JOIN_THEIRS, party.v[CH_CP_KEY]);
	ch_page_words_large(p, CH_M_MEET_WORDS, reg.v[CH_CR_VKEY]);
	ch_html_put(w, "<section aria-labelledby=\"terms\"><h2 id=\"terms\">");
	ch_html_say(w, CH_M_TERMS);
	ch_html_put(w, "</h2>");
	ch_page_terms(p, &in.charter);
	ch_html_put(w, "</section>");
	compare_form(p);
}

/* ---- taking it up ---- */

struct join {
	struct ch_pass pass;
	struct ch_buf pack;
};

static ch_err join_run(struct ch_job *j)
{
	struct join *a = j->arg;
	struct ch_invitation in;
	ch_item reg;
	ch_err e = ch_invitation_read(&in, &j->home, ch_buf_span(&a->pack), &j->why);

	if (e == CH_OK)
		e = ch_talks_join(&j->home, &in, &j->why);
	if (e == CH_OK)
		e = ch_stmt_item(&reg, &in.charter, CH_CHARTER_REGISTRIES, 0);
	if (e == CH_OK)
		e = ch_page_enter(j, reg.v[CH_CR_ORIGIN], ch_pass_span(&a->pass));
	return e;
}

static void join_end(struct ch_job *j)
{
	struct join *a = j->arg;

	if (j->err == CH_OK)
		ch_desk_hold(j->at, CH_HELD_NOTHING, &(struct ch_buf){ 0 }, "");
	ch_buf_deinit(&a->pack);
}

static const ch_job_kind join_kind = {
	.title = CH_M_JOB_JOIN, .done = CH_M_JOB_JOIN_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_ASKS_AGAIN,
	.arg_size = sizeof(struct join), .run = join_run, .end = join_end,
};

static ch_err fill(struct ch_job *j, struct ch_page *p, struct ch_problem *why)
{
	const struct ch_held *held = &p->home->held;
	struct join *a = j->arg;
	struct ch_invitation in;
	ch_err e = held->kind == CH_HELD_INVITATION && ch_page_form(p, "same").n > 0 ? CH_OK :
	    ch_problem_set(why, CH_E_DENIED, "the words were not confirmed; nothing was changed");

	if (e == CH_OK)
		e = ch_invitation_read(&in, &p->home->home, ch_buf_span(&held->bytes), why);
	if (e != CH_OK)
		return e;
	ch_buf_init(&a->pack, CH_PACK_MAX);
	ch_page_pass_take(&a->pass, p, "pass");
	(void)snprintf(j->go, sizeof j->go, "/h/%u/talks/%.*s", p->home->n,
	    CH_SPAN(in.charter.v[CH_CHARTER_NAME]));
	(void)snprintf(j->back, sizeof j->back, "/h/%u/join/compare?wrong=1", p->home->n);
	return ch_buf_put(&a->pack, ch_buf_span(&held->bytes));
}

void ch_page_join_take(struct ch_page *p)
{
	ch_page_job_fill(p, ch_job_new(p->home, &join_kind), fill);
}
