/*
 * An exercise with oneself: two sides in this desk, a trial registry between them, talks in force
 * and a first paper. All of it by the functions that the other pages use; each step is skipped when
 * an earlier run did it, so that one that was cut off can be repeated.
 */
#include <stdio.h>

#include "field.h"
#include "letter.h"
#include "outbox.h"
#include "pages.h"
#include "talks_page.h"
#include "visit.h"

#define TALKS "practice"
#define WORK  12u /* its keys guard nothing */

struct side {
	struct ch_home home;
	struct ch_link link;
	struct ch_watch watch;
	struct ch_talks talks;
};

struct practice {
	struct ch_pass pass;
	ch_tongue tongue;
	struct side *side[2];  /* North, South */
	char origin[256], url[CH_LINK_URL_MAX];
};

static const char *const folder[2] = { "north", "south" };
static const char *const handle[2] = { "north.example", "south.example" };
static const ch_msg title[2] = { CH_M_PRACTICE_NORTH, CH_M_PRACTICE_SOUTH };

/* ---- the steps ---- */

static ch_err have_party(struct ch_job *j, unsigned i)
{
	struct practice *a = j->arg;
	struct side *s = a->side[i];
	struct ch_dir d;
	char base[CH_PATH_MAX], dir[CH_PATH_MAX];
	bool there = false;
	ch_err e = ch_home_list(&d, base, CH_DESK_PRACTICE, &j->why);

	for (size_t n = 0; n < d.n; n++)
		there = there || strcmp(d.names[n], folder[i]) == 0;
	ch_dir_deinit(&d);
	if (e == CH_OK)
		e = ch_path(dir, "%s/%s", base, folder[i]);
	if (e == CH_OK && there) {
		e = ch_home_open(&s->home, dir, &j->why);
		if (e == CH_OK)
			e = ch_home_unlock(&s->home, ch_pass_span(&a->pass), &j->why);
	} else if (e == CH_OK) {
		e = ch_party_new(&s->home, &(ch_party_new_ask){
		    .handle = ch_span_str(handle[i]), .person = CH_LIT("you"), .dir = dir,
		    .title = ch_span_str(ch_lang_text(a->tongue, title[i])),
		    .work = WORK, .exercise = true }, ch_pass_span(&a->pass), &j->why);
	}
	return e == CH_OK ? ch_home_lock(&s->home, &j->why) : e;
}

static ch_err meet(struct ch_job *j, struct side *s)
{
	struct practice *a = j->arg;
	struct ch_buf card;
	ch_span body;
	ch_err e = ch_link_open_url(&s->link, &s->home, ch_span_str(a->url), &j->why);

	ch_buf_init(&card, CH_WATCH_NOTE_MAX);
	if (e == CH_OK)
		e = ch_link_get(&body, &s->link, "/v1/registry", &j->why);
	if (e == CH_OK)
		e = ch_buf_put(&card, body);
	ch_link_close(&s->link);
	if (e == CH_OK)
		e = ch_watch_pin(&s->home, ch_buf_span(&card), ch_span_str(a->url), &j->why);
	ch_buf_deinit(&card);
	return e == CH_OK ? ch_page_enter_as(&s->watch, &s->link, &s->home, &j->at->desk->trial,
	    ch_span_str(a->origin), ch_pass_span(&a->pass), &j->why) : e;
}

static ch_err reload(struct side *s, struct ch_problem *why)
{
	ch_talks_deinit(&s->talks);
	return ch_talks_load(&s->talks, &s->home, TALKS, why);
}

static ch_err open_talks(struct ch_job *j)
{
	struct practice *a = j->arg;
	struct side *s = a->side[0];
	struct ch_buf card, url;
	ch_talks_ask ask = {
		.name = CH_LIT(TALKS), .code = CH_LIT("NORTH"), .n = 1,
		.title = ch_span_str(ch_lang_text(a->tongue, CH_M_PRACTICE_TALKS)),
	};
	ch_err e;

	if (reload(s, NULL) == CH_OK)
		return CH_OK;
	ask.with[0].handle = ch_span_str(handle[1]);
	ask.with[0].code = CH_LIT("SOUTH");
	ch_buf_init(&card, CH_WATCH_NOTE_MAX);
	ch_buf_init(&url, CH_LINK_URL_MAX + 1);
	e = ch_page_ask_registry(&ask, &card, &url, &s->home, ch_span_str(a->origin), &j->why);
	if (e == CH_OK)
		e = ch_talks_open(&s->home, &ask, &j->why);
	ch_buf_deinit(&card);
	ch_buf_deinit(&url);
	return e == CH_OK ? reload(s, &j->why) : e;
}

static ch_err invite(struct ch_job *j)
{
	struct practice *a = j->arg;
	struct ch_buf pack, letter;
	struct ch_invitation in;
	ch_err e;

	ch_buf_init(&pack, CH_PACK_MAX);
	ch_buf_init(&letter, CH_STMT_MAX);
	e = ch_talks_invite(&pack, &letter, &a->side[0]->home, &a->side[0]->talks,
	    ch_span_str(handle[1]), &j->why);
	if (e == CH_OK)
		e = ch_invitation_read(&in, &a->side[1]->home, ch_buf_span(&pack), &j->why);
	if (e == CH_OK)
		e = ch_talks_join(&a->side[1]->home, &in, &j->why);
	ch_buf_deinit(&pack);
	ch_buf_deinit(&letter);
	return e;
}

static ch_err sign_as(struct side *s, ch_span text, struct ch_problem *why)
{
	ch_talks_state state;
	ch_err e = ch_link_sign_in(&s->link, why);

	if (e == CH_OK)
		e = ch_talks_sign(&state, &s->watch, TALKS, text, why);
	return e == CH_OK ? reload(s, why) : e;
}

static ch_err build(struct ch_job *j)
{
	struct practice *a = j->arg;
	struct ch_buf answer, text;
	struct ch_wr w;
	uint8_t *at;
	ch_span one;
	ch_err e;

	ch_buf_init(&answer, CH_PACK_MAX);
	ch_buf_init(&text, CH_STMT_MAX);
	e = ch_talks_answer(&answer, &a->side[1]->home, &j->why);
	if (e == CH_OK)
		e = ch_buf_reserve(&at, &text, CH_STMT_MAX);
	if (e == CH_OK) {
		one = ch_buf_span(&answer);
		w = ch_wr_of(at, CH_STMT_MAX);
		e = ch_talks_build(&w, &a->side[0]->home, &a->side[0]->talks, &one, 1, &j->why);
		ch_buf_commit(&text, e == CH_OK ? w.n : 0);
	}
	if (e == CH_OK)
		e = sign_as(a->side[0], ch_buf_span(&text), &j->why);
	ch_buf_deinit(&answer);
	ch_buf_deinit(&text);
	return e;
}

/* The second side signs the very text that the first one did; then the first sees it in force. */
static ch_err charter(struct ch_job *j)
{
	struct practice *a = j->arg;
	ch_err e = open_talks(j);

	if (e == CH_OK && a->side[0]->talks.state == CH_TALKS_DRAFT) {
		e = invite(j);
		if (e == CH_OK)
			e = build(j);
	}
	if (e == CH_OK)
		e = reload(a->side[1], &j->why);
	if (e == CH_OK && a->side[1]->talks.state != CH_TALKS_FORCE)
		e = sign_as(a->side[1], a->side[0]->talks.note.text, &j->why);
	if (e == CH_OK && a->side[0]->talks.state != CH_TALKS_FORCE)
		e = sign_as(a->side[0], a->side[0]->talks.note.text, &j->why);
	return e;
}

static ch_err first_paper(struct ch_job *j)
{
	struct practice *a = j->arg;
	struct side *s = a->side[1];
	struct ch_letter *l = ch_alloc(sizeof *l);
	ch_outbox_item item;
	const ch_letter_ask ask = {
		.to = ch_span_str(handle[0]), .form = CH_LIT("note"), .act = CH_LIT("proposal"),
		.subject = ch_span_str(ch_lang_text(a->tongue, CH_M_PRACTICE_SUBJECT)),
		.text = ch_span_str(ch_lang_text(a->tongue, CH_M_PRACTICE_TEXT)),
		.text_name = "the text",
	};
	ch_err e = l ? ch_letter_write(l, &s->watch, &s->talks, &ask, &j->why) : CH_E_NOMEM;

	if (e == CH_OK) {
		e = ch_outbox_stage(&item, l, 0, NULL, &j->why);
		if (e == CH_OK)
			e = ch_outbox_submit(&item, &s->watch, &s->talks, &j->why);
		ch_letter_close(l);
	}
	if (l)
		ch_free(l, sizeof *l);
	return e;
}

/* ---- the job ---- */

static ch_err practise(struct ch_job *j)
{
	struct practice *a = j->arg;
	struct ch_trial *t = &j->at->desk->trial;
	ch_err e;

	ch_job_stage(j, CH_M_PRACTICE_STAGE_1, 0);
	e = ch_trial_have(t, j->at->desk->http, &j->why);
	if (e != CH_OK)
		return e;
	ch_trial_url(a->url, t);
	memcpy(a->origin, t->origin, sizeof a->origin);
	ch_job_stage(j, CH_M_PRACTICE_STAGE_2, 0);
	for (unsigned i = 0; e == CH_OK && i < 2; i++)
		e = have_party(j, i);
	ch_job_stage(j, CH_M_PRACTICE_STAGE_3, 0);
	for (unsigned i = 0; e == CH_OK && i < 2; i++)
		e = meet(j, a->side[i]);
	if (e == CH_OK)
		e = charter(j);
	ch_job_stage(j, CH_M_PRACTICE_STAGE_4, 0);
	return e == CH_OK ? first_paper(j) : e;
}

static ch_err practice_run(struct ch_job *j)
{
	struct practice *a = j->arg;
	ch_err e = CH_OK;

	for (unsigned i = 0; i < 2; i++) {
		a->side[i] = ch_alloc(sizeof *a->side[i]);
		if (!a->side[i])
			e = CH_E_NOMEM;
		else
			a->side[i]->home.lock.fd = -1;
	}
	if (e == CH_OK)
		e = practise(j);
	for (unsigned i = 0; i < 2; i++) {
		struct side *s = a->side[i];

		if (!s)
			continue;
		ch_watch_close(&s->watch);
		ch_link_close(&s->link);
		ch_talks_deinit(&s->talks);
		if (s->home.lock.held)
			ch_lock_drop(&s->home.lock);
	}
	return e;
}

static void practice_end(struct ch_job *j)
{
	struct practice *a = j->arg;
	struct ch_desk_home *h;

	for (unsigned i = 0; i < 2; i++) {
		if (!a->side[i])
			continue;
		if (j->err == CH_OK)
			j->err = ch_desk_add(&h, j->at->desk, a->side[i]->home.dir, &j->why);
		if (j->err == CH_OK) {
			ch_desk_unlocked(h, &a->side[i]->home);
			if (i == 0)
				(void)snprintf(j->go, sizeof j->go, "/h/%u/talks", h->n);
		}
		ch_home_close(&a->side[i]->home);
		ch_free(a->side[i], sizeof *a->side[i]);
		a->side[i] = NULL;
	}
}

static const ch_job_kind practice_kind = {
	.title = CH_M_JOB_PRACTICE, .done = CH_M_JOB_PRACTICE_DONE,
	.arg_size = sizeof(struct practice), .run = practice_run, .end = practice_end,
};

/* ---- the page ---- */

static bool was_there(const struct ch_desk *k)
{
	for (size_t i = 1; i < k->n_homes; i++)
		if (strcmp(k->home[i]->home.handle, handle[0]) == 0 && k->home[i]->home.exercise)
			return true;
	return false;
}

static void practice_form(struct ch_page *p, ch_msg wrong)
{
	struct ch_html *w = &p->html;

	if (wrong != CH_M_COUNT)
		p->status = 422;
	ch_page_begin(p, CH_M_FIRST_PRACTICE, NULL);
	ch_page_wrong(p, wrong);
	if (was_there(p->desk)) {
		ch_page_say(p, CH_M_PRACTICE_THERE);
		ch_html_put(w, "<p><a class=\"button\" href=\"/homes\">");
		ch_html_say(w, CH_M_PRACTICE_LIST);
		ch_html_put(w, "</a></p>");
		return;
	}
	ch_page_lead(p, CH_M_PRACTICE_LEAD);
	ch_page_say(p, CH_M_PRACTICE_FIRST);
	ch_page_form_begin(p, "/first/practice");
	ch_page_new_pass(p, CH_M_PASSPHRASE, CH_M_PASS_ADVICE);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_PRACTICE_BUTTON, true);
	ch_html_put(w, "</p></form>");
}

void ch_page_first_practice(struct ch_page *p)
{
	practice_form(p, CH_M_COUNT);
}

void ch_page_first_practice_post(struct ch_page *p)
{
	struct ch_job *j = ch_job_new(p->desk->home[0], &practice_kind);
	struct practice *a = j ? j->arg : NULL;
	ch_msg wrong = a ? ch_page_new_pass_take(&a->pass, p) : CH_M_COUNT;

	if (wrong != CH_M_COUNT) {
		practice_form(p, wrong);
		ch_job_free(j);
		return;
	}
	if (a) {
		a->tongue = p->html.tongue;
		(void)snprintf(j->back, sizeof j->back, "/first/practice");
	}
	ch_page_job(p, j);
}
