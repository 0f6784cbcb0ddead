/* Recalling a delegate: what it does, what it cannot do, then the act. */
#include <stdio.h>

#include "act.h"
#include "delegate_page.h"
#include "field.h"
#include "pages.h"

static void form(struct ch_page *p, bool there)
{
	ch_page_form_begin(p, "/h/%u/keys/recall/%.*s", p->home->n, CH_SPAN(p->arg[0]));
	ch_page_field(p, "pass", CH_M_ADD_PASS, CH_M_ADD_PASS_HINT, CH_LIT(""),
	    CH_FIELD_NEEDED | CH_FIELD_SECRET);
	ch_page_form_end(p, there ? CH_M_RECALL_AGAIN : CH_M_RECALL_BUTTON, CH_M_LEAVE_IT, "keys");
}

void ch_page_recall(struct ch_page *p)
{
	static const ch_msg does[] = { CH_M_RECALL_DOES_LIST, CH_M_RECALL_DOES_PAPERS,
		CH_M_RECALL_DOES_ACTS };
	static const ch_msg not[] = { CH_M_RECALL_NOT_HELD, CH_M_RECALL_NOT_SIGNED,
		CH_M_RECALL_NOT_UNDONE };
	struct ch_delegate_recall r = { 0 };
	struct ch_problem why = { 0 };
	struct ch_html *w = &p->html;
	char person[80], version[24];
	ch_err e = ch_delegate_recall_prepare(&r, &p->home->home, p->arg[0], &why);

	if (e != CH_OK) {
		ch_page_fault(p, e, &why);
		ch_delegate_recall_deinit(&r);
		return;
	}
	(void)snprintf(person, sizeof person, "%.*s", CH_SPAN(r.who.person));
	(void)snprintf(version, sizeof version, "%llu", (unsigned long long)r.version);
	ch_page_keys_begin(p, CH_M_RECALL, CH_ARGS(person));
	ch_page_wrong(p, ch_page_query(p, "wrong").n ? CH_M_UNLOCK_WRONG : CH_M_COUNT);
	ch_html_put(w, "<div class=\"beside act\"><div><p class=\"means\">");
	ch_html_say_with(w, r.there ? CH_M_RECALL_THERE : CH_M_RECALL_SENTENCE,
	    CH_ARGS(person, version));
	ch_html_put(w, "</p><dl class=\"facts\">");
	ch_page_fact(p, CH_M_SHEET_DELEGATE, r.who.name);
	ch_page_fact(p, CH_M_ADD_OFFICE, r.who.title);
	ch_html_put(w, "<dt>");
	ch_html_say(w, CH_M_RECALL_LEFT);
	ch_html_put(w, "</dt><dd>%u</dd></dl>", r.n_left);
	if (r.self) {
		ch_page_note_begin(p, CH_NOTE_TROUBLE);
		ch_page_say(p, CH_M_RECALL_SELF);
		ch_page_note_end(p);
	}
	ch_html_put(w, "</div><aside>");
	ch_act_list(p, CH_M_NEW_PASS_DOES, does, CH_COUNT(does), NULL);
	ch_act_list(p, CH_M_NEW_PASS_NOT, not, CH_COUNT(not), NULL);
	ch_html_put(w, "</aside><div>");
	form(p, r.there);
	ch_html_put(w, "</div></div>");
	ch_delegate_recall_deinit(&r);
}

/* ---- the act ---- */

struct recalling {
	struct ch_pass pass;
	char who[CH_NAME_MAX + 1];
};

static ch_err recall_run(struct ch_job *j)
{
	struct recalling *a = j->arg;
	struct ch_delegate_recall r = { 0 };
	ch_delegate_ears ears = ch_page_ears(j);
	ch_err e = ch_delegate_recall_prepare(&r, &j->home, ch_span_str(a->who), &j->why);

	if (e == CH_OK) {
		(void)snprintf(j->said[0], sizeof j->said[0], "%.*s", CH_SPAN(r.who.person));
		(void)snprintf(j->said[1], sizeof j->said[1], "%llu",
		    (unsigned long long)r.version);
		e = ch_delegate_recall_finish(&r, &j->home, &j->watch, &j->link,
		    ch_pass_span(&a->pass), &ears, &j->why);
	}
	ch_pass_wipe(&a->pass);
	ch_delegate_recall_deinit(&r);
	return e;
}

static const ch_job_kind recall_kind = {
	.title = CH_M_JOB_RECALL, .done = CH_M_JOB_RECALL_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_ASKS_AGAIN,
	.arg_size = sizeof(struct recalling), .run = recall_run,
};

void ch_page_recall_post(struct ch_page *p)
{
	struct ch_job *j = ch_job_new(p->home, &recall_kind);

	if (j) {
		struct recalling *a = j->arg;

		(void)snprintf(a->who, sizeof a->who, "%.*s", CH_SPAN(p->arg[0]));
		ch_page_pass_take(&a->pass, p, "pass");
		(void)snprintf(j->go, sizeof j->go, "/h/%u/keys", p->home->n);
		(void)snprintf(j->back, sizeof j->back, "/h/%u/keys/recall/%.8s?wrong=1",
		    p->home->n, a->who);
	}
	ch_page_job(p, j);
}
