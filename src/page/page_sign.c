/* Sign for, decline, take back: the three ends of a delivery that a person decides. Each page says
 * what the act makes provable, and to whom; the button on it is the act. */
#include "act.h"
#include "cause.h"
#include "colleagues.h"
#include "field.h"
#include "pages.h"
#include "reply.h"

typedef struct {
	const char *last;   /* of its path */
	ch_kind kind;
	bool ours;          /* of a paper of ours */
	ch_msg title, sentence, button;
	ch_msg provable[3], follows[3];
	const ch_job_kind *job;
} end_page;

struct ending {
	char folder[CH_NUMBER_MAX + 1];
	uint8_t reason[4096];
	size_t n_reason;
};

/* ---- the work ---- */

/* What another end it has, when it has one already. */
static ch_err say_end(struct ch_job *j, const struct ch_dossier *d, ch_err e)
{
	struct ch_problem quiet = { 0 };
	ch_delivery *v;

	if (e != CH_E_CONFLICT || strcmp(j->why.type, "already-ended") != 0)
		return e;
	v = ch_alloc(sizeof *v);
	if (v && ch_dossier_judge(v, d, &quiet) == CH_OK) {
		j->why = (struct ch_problem){ 0 };
		e = ch_problem_set(&j->why, e, "%s was there first: %s; nothing changed",
		    d->number, ch_standing_text(ch_standing_of(v, d->ours, d->hold)));
	}
	ch_free(v, sizeof *v);
	return e;
}

/* In sight of its cover, and not after a colleague did. */
static ch_err may_sign(const struct ch_dossier *d, struct ch_problem *why)
{
	ch_persons who;
	ch_err e = ch_colleagues_must_hold(d, why);

	if (e != CH_OK || ch_dossier_part(d, "handover").n == 0)
		return e;
	ch_colleagues_signed(&who, d, "receipt");
	return who.own || who.n == 0 ? CH_OK : ch_problem_set(why, CH_E_CONFLICT,
	    "%s is signed for already, by %s, and opens here too; nothing more was signed",
	    d->number, who.text);
}

static ch_err end_it(struct ch_job *j, ch_kind kind, bool ours)
{
	const struct ending *a = j->arg;
	struct ch_dossier d = { 0 };
	struct ch_reading r = { 0 };
	ch_err e = ch_dossier_open(&d, &j->home, &j->talks, ch_span_str(a->folder), &j->why);

	if (e == CH_OK && d.ours != ours)
		e = ch_problem_set(&j->why, CH_E_DENIED, ours ?
		    "%s is not our own paper; nothing was signed" :
		    "%s is our own paper; nothing was signed", d.number);
	if (e == CH_OK) {
		memcpy(j->said[0], d.number, sizeof d.number);
		e = kind == CH_K_RECEIPT ? may_sign(&d, &j->why) : CH_OK;
	}
	if (e == CH_OK) {
		e = ch_reply_post(&d, &j->watch, kind, ch_span_of(a->reason, a->n_reason),
		    &j->why);
		e = say_end(j, &d, e);
	}
	if (e == CH_OK && kind == CH_K_RECEIPT) {
		ch_job_stage(j, CH_M_JOB_OPENING, 0);
		e = ch_reply_examine(&r, &d, &j->watch, &j->why);
		ch_reading_close(&r);
	}
	ch_dossier_close(&d);
	return e;
}

static ch_err sign_run(struct ch_job *j)
{
	return end_it(j, CH_K_RECEIPT, false);
}

static ch_err decline_run(struct ch_job *j)
{
	return end_it(j, CH_K_DECLINE, false);
}

static ch_err take_back_run(struct ch_job *j)
{
	return end_it(j, CH_K_TAKE_BACK, true);
}

#define WANTS CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_TALKS | CH_JOB_SIGN_IN
static const ch_job_kind sign_job = {
	.title = CH_M_JOB_SIGN, .done = CH_M_JOB_SIGN_DONE, .wants = WANTS,
	.arg_size = sizeof(struct ending), .run = sign_run,
};
static const ch_job_kind decline_job = {
	.title = CH_M_JOB_DECLINE, .done = CH_M_JOB_DECLINE_DONE, .wants = WANTS,
	.arg_size = sizeof(struct ending), .run = decline_run,
};
static const ch_job_kind take_back_job = {
	.title = CH_M_JOB_TAKE_BACK, .done = CH_M_JOB_TAKE_BACK_DONE, .wants = WANTS,
	.arg_size = sizeof(struct ending), .run = take_back_run,
};

/* ---- the three ---- */

static const end_page sign_for = {
	.last = "sign-for", .kind = CH_K_RECEIPT, .title = CH_M_SIGN_TITLE,
	.sentence = CH_M_SIGN_SENTENCE, .button = CH_M_ACT_SIGN_FOR,
	.provable = { CH_M_SIGN_TO_AUTHOR, CH_M_SIGN_TO_US, CH_M_SIGN_TO_OTHERS },
	.follows = { CH_M_SIGN_FOLLOWS_KEY, CH_M_SIGN_FOLLOWS_OPEN, CH_M_SIGN_FOLLOWS_STANDS },
	.job = &sign_job,
};
static const end_page decline = {
	.last = "decline", .kind = CH_K_DECLINE, .title = CH_M_DECLINE_TITLE,
	.sentence = CH_M_DECLINE_SENTENCE, .button = CH_M_ACT_DECLINE,
	.provable = { CH_M_DECLINE_TO_AUTHOR, CH_M_DECLINE_TO_US, CH_M_DECLINE_TO_OTHERS },
	.follows = { CH_M_DECLINE_FOLLOWS_SEALED, CH_M_DECLINE_FOLLOWS_ANEW,
	    CH_M_SIGN_FOLLOWS_STANDS },
	.job = &decline_job,
};
static const end_page take_back = {
	.last = "take-back", .kind = CH_K_TAKE_BACK, .ours = true, .title = CH_M_TAKE_BACK_TITLE,
	.sentence = CH_M_TAKE_BACK_SENTENCE, .button = CH_M_ACT_TAKE_BACK,
	.provable = { CH_M_TAKE_BACK_TO_ADDRESSEE, CH_M_TAKE_BACK_TO_US,
	    CH_M_TAKE_BACK_TO_OTHERS },
	.follows = { CH_M_TAKE_BACK_FOLLOWS_SEALED, CH_M_TAKE_BACK_FOLLOWS_FIRST,
	    CH_M_SIGN_FOLLOWS_STANDS },
	.job = &take_back_job,
};

static bool may_be_done(const struct ch_act *a, const end_page *end)
{
	if (a->standing == CH_STANDING_WAITS_OTHER)
		return end->kind == CH_K_DECLINE;
	return a->d.ours == end->ours && (a->standing == CH_STANDING_WAITS ||
	    a->standing == CH_STANDING_REGISTERED || a->standing == CH_STANDING_NOTICED);
}

/* Instead of a cover that is with a colleague. */
static void where(struct ch_page *p, const struct ch_act *a)
{
	struct ch_problem why = { 0 };

	if (ch_colleagues_say(&a->d, a->v, &why) != CH_OK)
		ch_cause_say(&p->html, p->arena, ch_span_str(why.text));
}

static void clock_line(struct ch_page *p, const struct ch_act *a)
{
	if (a->v->lapse == 0)
		return;
	ch_html_put(&p->html, "<p class=\"clock\">");
	ch_html_say(&p->html, CH_M_SIGN_LAPSES);
	ch_html_put(&p->html, " ");
	ch_html_when(&p->html, a->v->lapse);
	ch_html_put(&p->html, "</p>");
}

static void form(struct ch_page *p, const struct ch_act *a, const end_page *end)
{
	struct ch_html *w = &p->html;

	ch_act_form(p, a, end->last);
	if (end->kind != CH_K_RECEIPT)
		ch_page_field(p, "reason", CH_M_REASON_FIELD, end->ours ?
		    CH_M_REASON_TO_ADDRESSEE : CH_M_REASON_TO_AUTHOR, (ch_span){ 0 }, 0);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, end->button, true);
	ch_html_put(w, " ");
	if (end->kind == CH_K_RECEIPT)
		ch_act_link(p, a, "decline", CH_M_ACT_DECLINE, true);
	ch_html_put(w, "</p></form><p class=\"quiet later\">");
	if (end->ours || a->d.hold != CH_HOLD_WHOLE) {
		ch_act_link(p, a, "", CH_M_LEAVE_IT, false);
	} else {
		ch_html_put(w, "<a href=\"/h/%u/talks\">", p->home->n);
		ch_html_say(w, CH_M_LATER);
		ch_html_put(w, "</a> ");
		ch_html_say(w, CH_M_LATER_WHAT);
	}
	ch_html_put(w, "</p>");
}

static void show(struct ch_page *p, const end_page *end)
{
	struct ch_act a;
	struct ch_html *w = &p->html;

	if (!ch_act_open(p, &a)) {
		ch_act_close(&a);
		return;
	}
	if (!may_be_done(&a, end)) {
		ch_act_to_paper(p, &a);
	} else {
		ch_act_begin(p, &a, end->title);
		ch_html_put(w, "<div class=\"beside act\"><div>");
		if (a.d.hold == CH_HOLD_WHOLE)
			ch_act_cover(p, &a);
		else
			where(p, &a);
		ch_act_sentence(p, end->sentence);
		ch_html_put(w, "</div><aside>");
		ch_act_list(p, CH_M_PROVABLE, end->provable, CH_COUNT(end->provable),
		    CH_ARGS(p->home->home.handle, p->home->home.delegate));
		ch_act_list(p, CH_M_FOLLOWS, end->follows, CH_COUNT(end->follows), NULL);
		clock_line(p, &a);
		ch_html_put(w, "</aside><div>");
		form(p, &a, end);
		ch_html_put(w, "</div></div>");
	}
	ch_act_close(&a);
}

static void act(struct ch_page *p, const end_page *end)
{
	struct ch_problem why = { 0 };
	struct ending *a;
	struct ch_job *j;
	ch_span reason;
	ch_err e = ch_act_line(&reason, p, "reason", &why);

	if (e != CH_OK) {
		ch_page_fault(p, e, &why);
		return;
	}
	j = ch_page_paper_job(p, end->job);
	if (j && p->arg[1].n < sizeof a->folder) {
		a = j->arg;
		memcpy(a->folder, p->arg[1].p, p->arg[1].n);
		if (reason.n > 0)
			memcpy(a->reason, reason.p, reason.n);
		a->n_reason = reason.n;
	}
	ch_page_job(p, j);
}

void ch_page_sign_for(struct ch_page *p)
{
	show(p, &sign_for);
}

void ch_page_sign_for_post(struct ch_page *p)
{
	act(p, &sign_for);
}

void ch_page_decline(struct ch_page *p)
{
	show(p, &decline);
}

void ch_page_decline_post(struct ch_page *p)
{
	act(p, &decline);
}

void ch_page_take_back(struct ch_page *p)
{
	show(p, &take_back);
}

void ch_page_take_back_post(struct ch_page *p)
{
	act(p, &take_back);
}
