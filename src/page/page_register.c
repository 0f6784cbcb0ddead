/*
 * The registers that this home watches: the checkpoint seen last, who cosigned it and when, how it
 * stands with the connection, and any evidence that a registry showed two histories. From the files
 * alone; looking again is the background's.
 */
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "pages.h"
#include "party.h"
#include "visit.h"

#define REGISTRIES_MAX 64u

/* ---- who cosigned ---- */

/* The key under which a line is known here. False: none is. */
static bool cosigner_key(ch_vkey *out, ch_msg *who, struct ch_roster_file *r, struct ch_page *p,
    const struct ch_watch *v, const ch_note_line *line)
{
	const struct ch_home *h = &p->home->home;
	ch_span handle = line->name;
	ch_delegate d;

	if (v->has_cosigner && ch_note_line_is_by(line, &v->cosigner)) {
		*out = v->cosigner;
		*who = CH_M_COSIGNER_REGISTRY;
		return true;
	}
	for (size_t i = 0; i < handle.n; i++)
		if (handle.p[i] == '/')
			handle.n = i;
	if (ch_party_roster(r, h, handle, 0, NULL) != CH_OK ||
	    ch_roster_find(&d, NULL, &r->roster, line->name) != CH_OK)
		return false;
	*out = d.cosign;
	*who = ch_span_eq(line->name, ch_span_str(h->delegate)) ? CH_M_COSIGNER_HERE :
	    CH_M_COSIGNER_PARTY;
	return true;
}

static void cosigner_row(struct ch_page *p, const struct ch_watch *v, const ch_note *note,
    size_t i)
{
	struct ch_html *w = &p->html;
	struct ch_roster_file r = { 0 };
	ch_msg who = CH_M_COSIGNER_UNKNOWN;
	uint64_t t = 0;
	ch_vkey key;
	bool known = cosigner_key(&key, &who, &r, p, v, &note->line[i]);
	ch_err e = known ? ch_cosignature_line_verify(&t, note, i, &key) : CH_E_ABSENT;

	ch_html_put(w, "<li><strong><bdi>%.*s</bdi></strong> <span class=\"quiet\">",
	    CH_SPAN(note->line[i].name));
	ch_html_say(w, known && e != CH_OK ? CH_M_COSIGNER_FALSE : who);
	ch_html_put(w, "</span>");
	if (e == CH_OK && t <= INT64_MAX) {
		ch_html_put(w, "<br>");
		ch_html_when(w, (int64_t)t);
		ch_html_put(w, " <span class=\"quiet\">");
		ch_html_until(w, (int64_t)t, p->now);
		ch_html_put(w, "</span>");
	}
	ch_html_put(w, "</li>");
	ch_roster_file_deinit(&r);
}

/* The checkpoint of `bytes`, when it is one of this register, with everybody who cosigned it. */
static bool cosigners(struct ch_page *p, const struct ch_watch *v, ch_span bytes)
{
	struct ch_html *w = &p->html;
	ch_checkpoint cp;
	ch_note note;
	size_t n = 0;

	if (ch_checkpoint_open(&cp, &note, bytes, &v->vkey) != CH_OK)
		return false;
	ch_html_put(w, "<h3>");
	ch_html_say_count(w, CH_M_REGISTER_COSIGNERS_ONE, cp.size);
	ch_html_put(w, "</h3><ul class=\"plain\">");
	for (size_t i = 0; i < note.n; i++)
		if (!ch_note_line_is_by(&note.line[i], &v->vkey)) {
			cosigner_row(p, v, &note, i);
			n++;
		}
	if (n == 0)
		ch_html_tag(w, "li", CH_M_REGISTER_COSIGNERS_NONE);
	ch_html_put(w, "</ul>");
	return true;
}

static void checkpoint(struct ch_page *p, const struct ch_watch *v, const char *origin)
{
	struct ch_html *w = &p->html;
	char path[CH_PATH_MAX];
	struct ch_buf kept;

	if (v->size == 0) {
		ch_page_say(p, CH_M_REGISTER_NOTHING_SEEN);
		return;
	}
	ch_html_put(w, "<p>");
	ch_html_say_count(w, CH_M_REGISTER_ENTRIES_ONE, v->size);
	ch_html_put(w, "</p>");
	ch_buf_init(&kept, CH_WATCH_NOTE_MAX);
	if (ch_home_path(path, &p->home->home, "registries/%s/cosigners.txt", origin) != CH_OK ||
	    ch_file_read(&kept, path) != CH_OK || !cosigners(p, v, ch_buf_span(&kept)))
		(void)cosigners(p, v, ch_buf_span(&v->note));
	ch_buf_deinit(&kept);
	ch_page_quiet(p, CH_M_REGISTER_COSIGNERS_WHY);
}

/* ---- how it stands ---- */

static void contact(struct ch_page *p, const char *origin)
{
	struct ch_html *w = &p->html;
	const ch_desk_contact *c = ch_desk_contact_find(p->home, origin);
	struct ch_problem why = { 0 };

	if (c && c->n_failed > 0) {
		memcpy(why.text, c->text, sizeof c->text < sizeof why.text ? sizeof c->text :
		    sizeof why.text - 1);
		ch_page_fault_text(p, c->err, &why);
		return;
	}
	if (!c || c->last_ok == 0) {
		ch_page_quiet(p, CH_M_REGISTER_NOT_ASKED);
		return;
	}
	ch_html_put(w, "<p>");
	ch_html_say(w, CH_M_REGISTER_AGREES);
	ch_html_put(w, " ");
	ch_html_until(w, c->last_ok, p->now);
	ch_html_put(w, " <span class=\"quiet\">");
	ch_html_when_short(w, c->last_ok);
	ch_html_put(w, "</span></p>");
}

static void registry(struct ch_page *p, const char *origin)
{
	struct ch_html *w = &p->html;
	struct ch_problem why = { 0 };
	struct ch_link link = { 0 };
	struct ch_watch v = { 0 };
	ch_err e = ch_link_open(&link, &p->home->home, ch_span_str(origin), &why);

	ch_html_put(w, "<section class=\"sheet register\"><h2><bdi>%s</bdi></h2>", origin);
	if (e == CH_OK)
		e = ch_watch_open(&v, &p->home->home, &link, &why);
	if (e != CH_OK)
		ch_page_fault_text(p, e, &why);
	if (e == CH_E_CONFLICT)
		ch_page_say(p, CH_M_REGISTER_ALARM_DO);
	ch_html_put(w, "<dl class=\"facts\">");
	ch_page_fact(p, CH_M_REGISTER_ADDRESS, ch_span_str(link.url));
	ch_html_put(w, "</dl>");
	if (v.vkey_text[0]) {
		ch_html_put(w, "<p class=\"quiet\">");
		ch_html_say(w, CH_M_REGISTER_WORDS);
		ch_html_put(w, "</p>");
		ch_page_fingerprint(p, ch_span_str(v.vkey_text));
	}
	if (e == CH_OK)
		contact(p, origin);
	if (e == CH_OK)
		checkpoint(p, &v, origin);
	ch_html_put(w, "</section>");
	ch_watch_close(&v);
	ch_link_close(&link);
}

void ch_page_register(struct ch_page *p)
{
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = ch_home_path(path, &p->home->home, "registries");

	if (e == CH_OK)
		e = ch_dir_list(&d, path, REGISTRIES_MAX);
	if (e != CH_OK && e != CH_E_ABSENT) {
		ch_page_fault(p, e, NULL);
		ch_dir_deinit(&d);
		return;
	}
	ch_page_begin(p, CH_M_NAV_REGISTER, NULL);
	ch_page_say(p, CH_M_REGISTER_WHAT);
	ch_page_form_begin(p, "/h/%u/register", p->home->n);
	ch_html_put(&p->html, "<p class=\"acts\">");
	ch_page_button(p, CH_M_REGISTER_LOOK, false);
	ch_html_put(&p->html, "</p></form>");
	for (size_t i = 0; i < d.n; i++)
		registry(p, d.names[i]);
	if (d.n == 0)
		ch_page_say(p, CH_M_REGISTER_NONE);
	ch_dir_deinit(&d);
}

/* ---- looking again ---- */

/* Every registry in turn; the first that does not hold is told, after the others were asked. */
static ch_err look_run(struct ch_job *j)
{
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err first = CH_OK, e = ch_home_path(path, &j->home, "registries");

	if (e == CH_OK)
		e = ch_dir_list(&d, path, REGISTRIES_MAX);
	ch_job_stage(j, CH_M_JOB_REGISTER, d.n);
	for (size_t i = 0; e == CH_OK && i < d.n && !j->cancelled; i++) {
		struct ch_problem why = { 0 };
		ch_err one = ch_visit(&j->watch, &j->link, &j->home, ch_span_str(d.names[i]),
		    false, &why);

		if (one == CH_OK)
			one = ch_watch_keep_cosigners(&j->watch, &why);
		if (one != CH_OK && first == CH_OK) {
			first = one;
			j->why = why;
		}
		ch_job_step(j, i + 1);
	}
	ch_dir_deinit(&d);
	return e != CH_OK ? e : first;
}

static const ch_job_kind look_kind = {
	.title = CH_M_JOB_REGISTER, .done = CH_M_JOB_REGISTER_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK, .arg_size = 1, .run = look_run,
};

void ch_page_register_post(struct ch_page *p)
{
	struct ch_job *j = ch_job_new(p->home, &look_kind);

	if (j)
		(void)snprintf(j->go, sizeof j->go, "/h/%u/register", p->home->n);
	ch_page_job(p, j);
}
