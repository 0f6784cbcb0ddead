/*
 * One more delegate, at the home that has the party key: a request is read, its words are compared,
 * powers are chosen; the list is signed and told, and a welcome goes back.
 */
#include <stdio.h>

#include "act.h"
#include "dec.h"
#include "delegate_page.h"
#include "field.h"
#include "pages.h"
#include "talks_page.h"

#define REQUEST_MAX (64u << 10)

void ch_page_keys_begin(struct ch_page *p, ch_msg title, const ch_args *args)
{
	struct ch_html *w = &p->html;

	p->nav = CH_M_NAV_KEYS;
	ch_page_begin_bare(p, title, args);
	ch_html_put(w, "<p class=\"over\"><a href=\"/h/%u/keys\">", p->home->n);
	ch_html_say(w, CH_M_NAV_KEYS);
	ch_html_put(w, "</a></p><h1>");
	ch_html_say_with(w, title, args);
	ch_html_put(w, "</h1>");
}

static void on_published(void *ctx, ch_span origin, const char *not_yet)
{
	struct ch_job *j = ctx;
	size_t n = strlen(j->said[2]);

	if (not_yet)
		(void)snprintf(&j->said[2][n], sizeof j->said[2] - n, "%s%.*s", n ? ", " : "",
		    CH_SPAN(origin));
}

ch_delegate_ears ch_page_ears(struct ch_job *j)
{
	return (ch_delegate_ears){ .published = on_published, .ctx = j };
}

void ch_page_told(struct ch_page *p)
{
	const struct ch_job *j = NULL;
	uint64_t id;

	if (ch_dec_parse(&id, ch_page_query(p, "done"), UINT32_MAX) == CH_OK)
		j = ch_job_find(p->home, (unsigned)id);
	if (!j || j->said[2][0] == '\0')
		return;
	ch_page_note_begin(p, CH_NOTE_MIND);
	ch_html_put(&p->html, "<p>");
	ch_html_say_with(&p->html, CH_M_KEYS_NOT_YET, CH_ARGS(j->said[2]));
	ch_html_put(&p->html, "</p>");
	ch_page_note_end(p);
}

/* ---- the request ---- */

static void add_form(struct ch_page *p, ch_err e, const struct ch_problem *why)
{
	if (e != CH_OK)
		p->status = 422;
	ch_page_keys_begin(p, CH_M_ADD, NULL);
	if (e != CH_OK)
		ch_page_fault_text(p, e, why);
	ch_page_lead(p, CH_M_ADD_LEAD);
	ch_page_form_begin(p, "/h/%u/keys/add", p->home->n);
	ch_page_field(p, "file", CH_M_ADD_FILE, CH_M_DROP_HINT, CH_LIT(""),
	    CH_FIELD_MANY | CH_FIELD_NEEDED);
	ch_html_put(&p->html, "<p class=\"acts\">");
	ch_page_button(p, CH_M_ADD_READ, true);
	ch_html_put(&p->html, "</p></form>");
	ch_page_quiet(p, CH_M_ADD_QUIET);
}

void ch_page_add(struct ch_page *p)
{
	add_form(p, CH_OK, NULL);
}

void ch_page_add_post(struct ch_page *p)
{
	struct ch_problem why = { 0 };
	struct ch_delegate_add a = { 0 };
	struct ch_buf b;
	ch_err e;

	ch_buf_init(&b, REQUEST_MAX);
	e = ch_buf_put(&b, ch_page_form_text(p, "file"));
	if (e == CH_OK)
		e = ch_delegate_add_prepare(&a, &p->home->home, ch_buf_span(&b), 0, &why);
	if (e == CH_OK) {
		ch_delegate_add_deinit(&a);
		ch_desk_hold(p->home, CH_HELD_REQUEST, &b, "");
		ch_page_go(p, "/h/%u/keys/add/compare", p->home->n);
	} else {
		add_form(p, e, &why);
	}
	ch_buf_deinit(&b);
}

/* ---- comparing, and the powers ---- */

static ch_msg power_what(unsigned i)
{
	static const ch_msg text[CH_POW_COUNT] = {
		[CH_POW_SEND] = CH_M_POWER_SEND_WHAT, [CH_POW_SIGN_FOR] = CH_M_POWER_SIGN_FOR_WHAT,
		[CH_POW_BIND] = CH_M_POWER_BIND_WHAT, [CH_POW_DISCLOSE] = CH_M_POWER_DISCLOSE_WHAT,
		[CH_POW_SPEAK] = CH_M_POWER_SPEAK_WHAT, [CH_POW_ENROL] = CH_M_POWER_ENROL_WHAT,
		[CH_POW_DRAFT] = CH_M_POWER_DRAFT_WHAT,
	};

	return text[i];
}

static void powers(struct ch_page *p, unsigned now)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<fieldset class=\"powers\"><legend>");
	ch_html_say(w, CH_M_ADD_POWERS);
	ch_html_put(w, "</legend>");
	for (unsigned i = 0; i < CH_POW_COUNT; i++) {
		ch_html_put(w, "<p class=\"tick\"><input type=\"checkbox\" value=\"yes\" "
		    "name=\"p%u\" id=\"p%u\" aria-describedby=\"w%u\"", i, i, i);
		CH_HTML_IF(w, now & 1u << i, " checked");
		ch_html_put(w, "><label for=\"p%u\">", i);
		ch_html_say(w, ch_page_power(i));
		ch_html_put(w, "</label> <span class=\"quiet\" id=\"w%u\">", i);
		ch_html_say(w, power_what(i));
		ch_html_put(w, "</span></p>");
	}
	ch_html_put(w, "</fieldset>");
}

static void who(struct ch_page *p, const struct ch_delegate_add *a)
{
	const ch_delegate *d = &a->request.who;
	struct ch_html *w = &p->html;
	char version[24];

	(void)snprintf(version, sizeof version, "%llu", (unsigned long long)a->version);
	ch_html_put(w, "<dl class=\"facts\">");
	ch_page_fact(p, CH_M_ADD_WHO, d->person);
	ch_page_fact(p, CH_M_ADD_OFFICE, d->title);
	ch_page_fact(p, CH_M_SHEET_DELEGATE, d->name);
	ch_page_fact_when(p, CH_M_ADD_ASKED, a->request.time);
	ch_page_fact(p, CH_M_KEYS_VERSION, ch_span_str(version));
	ch_html_put(w, "</dl>");
	ch_page_words_large(p, CH_M_ADD_WORDS, a->request.item.v[CH_DEL_KEY]);
	ch_page_say(p, CH_M_ADD_CALL);
	if (a->n_same > 0) {
		ch_page_note_begin(p, CH_NOTE_MIND);
		ch_page_say(p, CH_M_ADD_SAME);
		ch_page_note_end(p);
	}
}

static void sign_form(struct ch_page *p, const struct ch_delegate_add *a)
{
	ch_page_form_begin(p, "/h/%u/keys/add/sign", p->home->n);
	if (a->there)
		ch_page_say(p, CH_M_ADD_THERE);
	else
		powers(p, a->powers);
	ch_page_tick(p, "same", CH_M_WORDS_SAME, false, true);
	ch_page_field(p, "pass", CH_M_ADD_PASS, CH_M_ADD_PASS_HINT, CH_LIT(""),
	    CH_FIELD_NEEDED | CH_FIELD_SECRET);
	ch_page_form_end(p, a->there ? CH_M_ADD_AGAIN : CH_M_ADD_BUTTON, CH_M_LEAVE_IT, "keys");
}

/* What was ticked before the passphrase was wrong; 0: nothing yet. */
static unsigned chosen(const struct ch_held *held)
{
	uint64_t n = 0;

	return ch_dec_parse(&n, ch_span_str(held->name), (1u << CH_POW_COUNT) - 1) == CH_OK ?
	    (unsigned)n : 0;
}

void ch_page_add_compare(struct ch_page *p)
{
	static const ch_msg does[] = { CH_M_ADD_DOES_LIST, CH_M_ADD_DOES_PAPERS,
		CH_M_ADD_DOES_SEEN };
	static const ch_msg not[] = { CH_M_ADD_NOT_KEY, CH_M_ADD_NOT_BEFORE };
	const struct ch_held *held = &p->home->held;
	struct ch_html *w = &p->html;
	struct ch_delegate_add a = { 0 };
	struct ch_problem why = { 0 };
	char person[80];

	if (held->kind != CH_HELD_REQUEST || ch_delegate_add_prepare(&a, &p->home->home,
	    ch_buf_span(&held->bytes), chosen(held), &why) != CH_OK) {
		ch_page_go(p, "/h/%u/keys/add", p->home->n);
		return;
	}
	(void)snprintf(person, sizeof person, "%.*s", CH_SPAN(a.request.who.person));
	ch_page_keys_begin(p, CH_M_ADD_COMPARE, CH_ARGS(person));
	ch_page_wrong(p, ch_page_query(p, "wrong").n ? CH_M_UNLOCK_WRONG : CH_M_COUNT);
	ch_html_put(w, "<div class=\"beside act\"><div>");
	who(p, &a);
	ch_html_put(w, "</div><aside>");
	ch_act_list(p, CH_M_NEW_PASS_DOES, does, CH_COUNT(does), NULL);
	ch_act_list(p, CH_M_NEW_PASS_NOT, not, CH_COUNT(not), NULL);
	ch_html_put(w, "</aside><div>");
	sign_form(p, &a);
	ch_html_put(w, "</div></div>");
	ch_delegate_add_deinit(&a);
}

/* ---- signing ---- */

struct adding {
	struct ch_pass pass;
	struct ch_buf request, welcome;
	unsigned powers;
	char name[CH_NAME_MAX + 1];
};

static ch_err add_run(struct ch_job *j)
{
	struct adding *a = j->arg;
	struct ch_delegate_add d = { 0 };
	ch_delegate_ears ears = ch_page_ears(j);
	ch_err e = ch_delegate_add_prepare(&d, &j->home, ch_buf_span(&a->request), a->powers,
	    &j->why);

	if (e == CH_OK) {
		(void)snprintf(j->said[0], sizeof j->said[0], "%.*s",
		    CH_SPAN(d.request.who.person));
		(void)snprintf(a->name, sizeof a->name, "%.*s", CH_SPAN(d.request.who.name));
		e = ch_delegate_add_finish(&a->welcome, &d, &j->home, &j->watch, &j->link,
		    ch_pass_span(&a->pass), &ears, &j->why);
	}
	(void)snprintf(j->said[1], sizeof j->said[1], "%llu", (unsigned long long)d.version);
	ch_pass_wipe(&a->pass);
	ch_delegate_add_deinit(&d);
	return e;
}

static void add_end(struct ch_job *j)
{
	struct adding *a = j->arg;

	if (j->err == CH_OK)
		ch_desk_hold(j->at, CH_HELD_WELCOME_MADE, &a->welcome, a->name);
	ch_buf_deinit(&a->request);
	ch_buf_deinit(&a->welcome);
}

static const ch_job_kind add_kind = {
	.title = CH_M_JOB_ADD, .done = CH_M_JOB_ADD_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_ASKS_AGAIN,
	.arg_size = sizeof(struct adding), .run = add_run, .end = add_end,
};

/* One that stands in the list already keeps the powers it has there. */
static ch_err read_powers(struct adding *a, struct ch_page *p, struct ch_problem *why)
{
	struct ch_held *held = &p->home->held;
	struct ch_delegate_add d = { 0 };
	char name[8];
	ch_err e = ch_delegate_add_prepare(&d, &p->home->home, ch_buf_span(&held->bytes), 0, why);

	for (unsigned i = 0; e == CH_OK && !d.there && i < CH_POW_COUNT; i++) {
		(void)snprintf(name, sizeof name, "p%u", i);
		if (ch_page_form(p, name).n > 0)
			a->powers |= 1u << i;
	}
	if (e == CH_OK && a->powers == 0 && !d.there)
		e = ch_problem_set(why, CH_E_FORMAT, "a delegate has at least one power; nothing "
		    "was changed; tick one");
	if (e == CH_OK)
		(void)snprintf(held->name, sizeof held->name, "%u", a->powers);
	ch_delegate_add_deinit(&d);
	return e;
}

static ch_err fill(struct ch_job *j, struct ch_page *p, struct ch_problem *why)
{
	const struct ch_held *held = &p->home->held;
	struct adding *a = j->arg;
	ch_err e = held->kind == CH_HELD_REQUEST && ch_page_form(p, "same").n > 0 ? CH_OK :
	    ch_problem_set(why, CH_E_DENIED, "the words were not confirmed; nothing was changed");

	if (e == CH_OK)
		e = read_powers(a, p, why);
	if (e != CH_OK)
		return e;
	ch_buf_init(&a->request, REQUEST_MAX);
	ch_buf_init(&a->welcome, CH_PACK_MAX + (1u << 20));
	ch_page_pass_take(&a->pass, p, "pass");
	(void)snprintf(j->go, sizeof j->go, "/h/%u/keys/welcome", p->home->n);
	(void)snprintf(j->back, sizeof j->back, "/h/%u/keys/add/compare?wrong=1", p->home->n);
	return ch_buf_put(&a->request, ch_buf_span(&held->bytes));
}

void ch_page_add_sign(struct ch_page *p)
{
	ch_page_job_fill(p, ch_job_new(p->home, &add_kind), fill);
}

/* ---- the welcome ---- */

void ch_page_welcome(struct ch_page *p)
{
	const struct ch_held *held = &p->home->held;
	struct ch_roster_file r = { 0 };
	struct ch_html *w = &p->html;

	if (held->kind != CH_HELD_WELCOME_MADE) {
		ch_page_go(p, "/h/%u/keys/add", p->home->n);
		return;
	}
	if (!ch_page_own_roster(p, &r))
		return;
	ch_page_keys_begin(p, CH_M_WELCOME_MADE, NULL);
	ch_page_told(p);
	ch_page_lead(p, CH_M_WELCOME_LEAD);
	ch_html_put(w, "<ol class=\"way\"><li><h2>");
	ch_html_say(w, CH_M_WELCOME_SAVE);
	ch_html_put(w, "</h2>");
	ch_page_say(p, CH_M_WELCOME_SAVE_TEXT);
	ch_html_put(w, "<p class=\"acts\"><a class=\"button primary\" "
	    "href=\"/h/%u/keys/welcome/file\" download>", p->home->n);
	ch_html_say(w, CH_M_WELCOME_FILE);
	ch_html_put(w, "</a> <span class=\"quiet\">");
	ch_page_size(p, held->bytes.n);
	ch_html_put(w, "</span></p></li><li><h2>");
	ch_html_say(w, CH_M_WELCOME_SAY);
	ch_html_put(w, "</h2>");
	ch_page_say(p, CH_M_WELCOME_SAY_TEXT);
	ch_html_put(w, "<div class=\"large\">");
	ch_page_fingerprint(p, r.roster.stmt.v[CH_ROSTER_PARTY_KEY]);
	ch_html_put(w, "</div></li></ol>");
	ch_page_quiet(p, CH_M_WELCOME_AGAIN);
	ch_html_put(w, "<p class=\"acts\"><a class=\"button\" href=\"/h/%u/keys\">", p->home->n);
	ch_html_say(w, CH_M_GO_ON);
	ch_html_put(w, "</a></p>");
	ch_roster_file_deinit(&r);
}

void ch_page_welcome_file(struct ch_page *p)
{
	const struct ch_held *held = &p->home->held;
	const char *id = strrchr(held->name, '/');
	char name[CH_HANDLE_MAX + 32];

	if (held->kind != CH_HELD_WELCOME_MADE) {
		ch_page_not_found(p);
		return;
	}
	(void)snprintf(name, sizeof name, "%s-%s-welcome.age", p->home->home.handle,
	    id ? &id[1] : "");
	ch_page_file(p, "application/octet-stream", name, ch_buf_span(&held->bytes));
}
