/*
 * The charter: made of the answers, or fetched from the registry; read in plain words, with the
 * words of every key; then signed and posted.
 */
#include <stdio.h>

#include "field.h"
#include "pages.h"
#include "talks_page.h"

/* ---- having its text ---- */

struct text {
	size_t n;
	struct ch_buf answer[CH_TALKS_PARTIES_MAX];
	struct ch_buf text;
};

/* A trial registry is run by this desk, so who answers is admitted by it. */
static ch_err admit(struct ch_job *j, ch_span answer)
{
	ch_part part[4];
	const ch_part *roster;
	size_t n = 0;
	ch_err e = ch_pack_parse(part, &n, CH_COUNT(part), answer, CH_PACK_ANSWER,
	    j->home.exercise);

	roster = e == CH_OK ? ch_pack_find(part, n, CH_LIT("roster")) : NULL;
	return roster ? ch_trial_admit(&j->at->desk->trial, roster->bytes, &j->why) :
	    ch_problem_set(&j->why, CH_E_FORMAT, "what stands there is no answer to an "
		"invitation; nothing was signed");
}

static ch_err build_run(struct ch_job *j)
{
	struct text *a = j->arg;
	ch_span answers[CH_TALKS_PARTIES_MAX];
	struct ch_wr w;
	uint8_t *at;
	ch_item reg;
	ch_err e = ch_talks_registry(&reg, &j->talks);

	for (size_t i = 0; i < a->n; i++)
		answers[i] = ch_buf_span(&a->answer[i]);
	for (size_t i = 0; e == CH_OK && i < a->n; i++)
		if (ch_trial_is(&j->at->desk->trial, reg.v[CH_CR_ORIGIN]))
			e = admit(j, answers[i]);
	ch_buf_init(&a->text, CH_STMT_MAX);
	if (e == CH_OK)
		e = ch_buf_reserve(&at, &a->text, CH_STMT_MAX);
	if (e == CH_OK) {
		w = ch_wr_of(at, CH_STMT_MAX);
		e = ch_talks_build(&w, &j->home, &j->talks, answers, a->n, &j->why);
		ch_buf_commit(&a->text, e == CH_OK ? w.n : 0);
	}
	return e;
}

static ch_err fetch_run(struct ch_job *j)
{
	struct text *a = j->arg;
	struct ch_buf note;
	ch_note parsed;
	ch_item reg;
	ch_err e = ch_talks_registry(&reg, &j->talks);

	ch_buf_init(&note, CH_STMT_ROSTER_MAX);
	ch_buf_init(&a->text, CH_STMT_MAX);
	if (e == CH_OK)
		e = ch_page_enter(j, reg.v[CH_CR_ORIGIN], (ch_span){ 0 });
	if (e == CH_OK)
		e = ch_link_sign_in(&j->link, &j->why);
	if (e == CH_OK)
		e = ch_talks_fetch(&note, &j->watch, &j->talks, &j->why);
	if (e == CH_OK)
		e = ch_note_parse(&parsed, ch_buf_span(&note), CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_buf_put(&a->text, parsed.text);
	ch_buf_deinit(&note);
	return e;
}

static void text_end(struct ch_job *j)
{
	struct text *a = j->arg;

	if (j->err == CH_OK)
		ch_desk_hold(j->at, CH_HELD_CHARTER, &a->text, j->talks_name);
	ch_buf_deinit(&a->text);
	for (size_t i = 0; i < a->n; i++)
		ch_buf_deinit(&a->answer[i]);
}

static const ch_job_kind build_kind = {
	.title = CH_M_JOB_BUILD, .done = CH_M_JOB_BUILD_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_TALKS, .arg_size = sizeof(struct text),
	.run = build_run, .end = text_end,
};

static const ch_job_kind fetch_kind = {
	.title = CH_M_JOB_FETCH, .done = CH_M_JOB_BUILD_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_TALKS, .arg_size = sizeof(struct text),
	.run = fetch_run, .end = text_end,
};

static struct ch_job *talks_job(struct ch_page *p, const ch_job_kind *kind, const char *go)
{
	struct ch_job *j = p->arg[0].n <= CH_TALKS_NAME_MAX ? ch_job_new(p->home, kind) : NULL;

	if (!j)
		return NULL;
	memcpy(j->talks_name, p->arg[0].p, p->arg[0].n);
	(void)snprintf(j->go, sizeof j->go, "/h/%u/talks/%s%s", p->home->n, j->talks_name, go);
	(void)snprintf(j->back, sizeof j->back, "/h/%u/talks/%s", p->home->n, j->talks_name);
	return j;
}

void ch_page_answers_post(struct ch_page *p)
{
	struct ch_job *j = talks_job(p, &build_kind, "/charter");
	struct text *a = j ? j->arg : NULL;
	ch_err e = CH_OK;

	for (unsigned i = 0; a && e == CH_OK && i < CH_TALKS_PARTIES_MAX - 1; i++) {
		char name[16];
		ch_span text;

		(void)snprintf(name, sizeof name, "a%u", i);
		text = ch_page_form_text(p, name);
		if (text.n == 0)
			break;
		ch_buf_init(&a->answer[a->n], CH_PACK_MAX);
		e = ch_buf_put(&a->answer[a->n++], text);
	}
	ch_page_job(p, j);
}

void ch_page_fetch_post(struct ch_page *p)
{
	ch_page_job(p, talks_job(p, &fetch_kind, "/charter"));
}

/* ---- reading ---- */

static void parties(struct ch_page *p, const ch_stmt *c)
{
	struct ch_html *w = &p->html;
	ch_item it;

	ch_html_put(w, "<section aria-labelledby=\"keys\"><h2 id=\"keys\">");
	ch_html_say(w, CH_M_CHARTER_KEYS);
	ch_html_put(w, "</h2>");
	ch_page_say(p, CH_M_CHARTER_CALL);
	ch_html_put(w, "<ul class=\"parties\">");
	for (uint32_t i = 0; i < c->count[CH_CHARTER_PARTIES]; i++) {
		if (ch_stmt_item(&it, c, CH_CHARTER_PARTIES, i) != CH_OK)
			break;
		ch_html_put(w, "<li class=\"large\"><strong><bdi>%.*s</bdi></strong> <span class="
		    "\"quiet\"><bdi>%.*s</bdi> · <bdi>%.*s</bdi></span>",
		    CH_SPAN(it.v[CH_CP_TITLE]), CH_SPAN(it.v[CH_CP_HANDLE]),
		    CH_SPAN(it.v[CH_CP_CODE]));
		ch_page_fingerprint(p, it.v[CH_CP_KEY]);
		ch_html_put(w, "</li>");
	}
	ch_html_put(w, "</ul></section>");
}

static void sign_form(struct ch_page *p, const char *talks)
{
	struct ch_html *w = &p->html;

	ch_page_form_begin(p, "/h/%u/talks/%s/sign", p->home->n, talks);
	ch_page_tick(p, "same", CH_M_CHARTER_SAME, false, true);
	ch_page_note_begin(p, CH_NOTE_MIND);
	ch_page_say(p, CH_M_CHARTER_BINDS);
	ch_page_note_end(p);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_CHARTER_SIGN, true);
	ch_html_put(w, "<a class=\"button\" href=\"/h/%u/talks/%s\">", p->home->n, talks);
	ch_html_say(w, CH_M_CHARTER_NOT_NOW);
	ch_html_put(w, "</a></p></form>");
}

/* The charter that waits for a signature, or else the one on file. */
void ch_page_charter(struct ch_page *p)
{
	const struct ch_held *held = &p->home->held;
	struct ch_talks t = { 0 };
	ch_stmt s;
	bool waits;

	if (!ch_page_talks(p, &t, p->arg[0]))
		return;
	waits = t.state < CH_TALKS_SIGNING && held->kind == CH_HELD_CHARTER &&
	    strcmp(held->name, t.name) == 0 &&
	    ch_stmt_parse_as(&s, ch_buf_span(&held->bytes), CH_K_CHARTER, t.charter.exercise) ==
	    CH_OK;
	if (!waits)
		s = t.charter;
	p->nav = CH_M_NAV_TALKS;
	ch_page_begin(p, waits ? CH_M_CHARTER_READ : CH_M_CHARTER, NULL);
	ch_html_put(&p->html, "<article class=\"sheet\">");
	ch_page_terms(p, &s);
	ch_html_put(&p->html, "</article>");
	parties(p, &s);
	if (waits)
		sign_form(p, t.name);
	ch_talks_deinit(&t);
}

/* ---- signing ---- */

struct sign {
	struct ch_buf text;
};

static ch_err sign_run(struct ch_job *j)
{
	struct sign *a = j->arg;
	ch_talks_state state = j->talks.state;
	ch_item reg;
	ch_err e = ch_talks_registry(&reg, &j->talks);

	if (e == CH_OK)
		e = ch_page_enter(j, reg.v[CH_CR_ORIGIN], (ch_span){ 0 });
	if (e == CH_OK)
		e = ch_link_sign_in(&j->link, &j->why);
	if (e == CH_OK)
		e = ch_talks_sign(&state, &j->watch, j->talks.name, a->text.n ?
		    ch_buf_span(&a->text) : j->talks.note.text, &j->why);
	return e;
}

static void sign_end(struct ch_job *j)
{
	struct sign *a = j->arg;

	if (j->err == CH_OK)
		ch_desk_hold(j->at, CH_HELD_NOTHING, &(struct ch_buf){ 0 }, "");
	ch_buf_deinit(&a->text);
}

static const ch_job_kind sign_kind = {
	.title = CH_M_JOB_CHARTER, .done = CH_M_JOB_CHARTER_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_TALKS, .arg_size = sizeof(struct sign),
	.run = sign_run, .end = sign_end,
};

static ch_err fill(struct ch_job *j, struct ch_page *p, struct ch_problem *why)
{
	const struct ch_held *held = &p->home->held;
	struct sign *a = j->arg;

	if (ch_page_form(p, "again").n > 0)
		return CH_OK;
	ch_buf_init(&a->text, CH_STMT_MAX);
	if (held->kind != CH_HELD_CHARTER || strcmp(held->name, j->talks_name) != 0 ||
	    ch_page_form(p, "same").n == 0)
		return ch_problem_set(why, CH_E_DENIED, "the words were not confirmed, or the "
		    "charter is not at hand any more; nothing was signed");
	return ch_buf_put(&a->text, ch_buf_span(&held->bytes));
}

void ch_page_sign_post(struct ch_page *p)
{
	ch_page_job_fill(p, talks_job(p, &sign_kind, ""), fill);
}
