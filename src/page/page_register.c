/*
 * The registers that this home watches: the checkpoint seen last, who cosigned it and when, how it
 * stands with the connection, and any evidence that a registry showed two histories. From the files
 * alone; looking again is the background's.
 */
#include <stdio.h>
#include <string.h>

#include "asset.h"
#include "cosigners.h"
#include "field.h"
#include "hex.h"
#include "layout.h"
#include "pages.h"
#include "visit.h"

#define REGISTRIES_MAX 64u

/* ---- who cosigned ---- */

static void cosigner_row(struct ch_page *p, ch_span name, ch_cosigner_who who, int64_t t)
{
	static const ch_msg said[] = {
		[CH_COSIGNER_UNKNOWN] = CH_M_COSIGNER_UNKNOWN,
		[CH_COSIGNER_FALSE] = CH_M_COSIGNER_FALSE,
		[CH_COSIGNER_REGISTRY] = CH_M_COSIGNER_REGISTRY,
		[CH_COSIGNER_PARTY] = CH_M_COSIGNER_PARTY,
		[CH_COSIGNER_HERE] = CH_M_COSIGNER_HERE,
	};
	struct ch_html *w = &p->html;

	ch_html_put(w, "<li><strong><bdi>%.*s</bdi></strong> <span class=\"quiet\">",
	    CH_SPAN(name));
	ch_html_say(w, said[who]);
	ch_html_put(w, "</span>");
	if (t > 0) {
		ch_html_put(w, "<br>");
		ch_html_when(w, t);
		ch_html_put(w, " <span class=\"quiet\">");
		ch_html_until(w, t, p->now);
		ch_html_put(w, "</span>");
	}
	ch_html_put(w, "</li>");
}

static void cosigners(struct ch_page *p, const struct ch_watch *v)
{
	struct ch_html *w = &p->html;
	struct ch_buf kept;
	ch_cosigner_who who;
	ch_checkpoint cp;
	ch_note note;
	int64_t t;
	size_t n = 0;

	if (ch_cosigners_open(&cp, &note, &kept, v) != CH_OK) {
		ch_buf_deinit(&kept);
		return;
	}
	ch_html_put(w, "<h3>");
	ch_html_say_count(w, CH_M_REGISTER_COSIGNERS_ONE, cp.size);
	ch_html_put(w, "</h3><ul class=\"plain\">");
	for (size_t i = 0; i < note.n; i++)
		if (ch_cosigner_at(&who, &t, v, &note, i)) {
			cosigner_row(p, note.line[i].name, who, t);
			n++;
		}
	if (n == 0)
		ch_html_tag(w, "li", CH_M_REGISTER_COSIGNERS_NONE);
	ch_html_put(w, "</ul>");
	ch_buf_deinit(&kept);
}

static void checkpoint(struct ch_page *p, const struct ch_watch *v)
{
	struct ch_html *w = &p->html;

	if (v->size == 0) {
		ch_page_say(p, CH_M_REGISTER_NOTHING_SEEN);
		return;
	}
	ch_html_put(w, "<p>");
	ch_html_say_count(w, CH_M_REGISTER_ENTRIES_ONE, v->size);
	ch_html_put(w, "</p>");
	cosigners(p, v);
	ch_page_quiet(p, CH_M_REGISTER_COSIGNERS_WHY);
}

/* ---- how it stands ---- */

static void contact(struct ch_page *p, const char *origin)
{
	struct ch_html *w = &p->html;
	const ch_desk_contact *c = ch_desk_contact_find(p->home, origin);

	if (c && c->n_failed > 0) {
		ch_layout_trouble(p, c);
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

/* What it kept back or signed about papers: the evidence lies beside them. */
static void talks_alarms(struct ch_page *p, const char *origin)
{
	const struct ch_home *h = &p->home->home;
	struct ch_dir d = { 0 };
	char path[CH_PATH_MAX];

	if (ch_talks_names(&d, h) != CH_OK)
		return;
	for (size_t i = 0; i < d.n; i++) {
		struct ch_talks t = { 0 };
		struct ch_problem quiet = { 0 };
		ch_item reg;

		if (ch_talks_alarm(path, h, d.names[i]) == CH_OK &&
		    ch_talks_load(&t, h, d.names[i], &quiet) == CH_OK &&
		    ch_talks_registry(&reg, &t) == CH_OK &&
		    ch_span_eq(reg.v[CH_CR_ORIGIN], ch_span_str(origin))) {
			ch_html_put(&p->html, "<p>");
			ch_html_say_with(&p->html, CH_M_REGISTER_ALARM_TALKS,
			    CH_ARGS(d.names[i], path));
			ch_html_put(&p->html, "</p>");
			ch_page_say(p, CH_M_REGISTER_ALARM_DO);
		}
		ch_talks_deinit(&t);
	}
	ch_dir_deinit(&d);
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
	talks_alarms(p, origin);
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
		checkpoint(p, &v);
	ch_html_put(w, "</section>");
	ch_watch_close(&v);
	ch_link_close(&link);
}

/* What the browser runs here: of the program alone, and to be compared with another's. */
static void own_files(struct ch_page *p)
{
	struct ch_html *w = &p->html;
	char hex[2 * sizeof(ch_hash) + 1] = "";
	struct ch_wr x = ch_wr_of(hex, sizeof hex - 1);
	ch_hash all;

	ch_assets_hash(&all);
	ch_hex_put(&x, ch_span_of(all.b, sizeof all.b));
	ch_html_put(w, "<details><summary>");
	ch_html_say(w, CH_M_REGISTER_OWN);
	ch_html_put(w, "</summary>");
	ch_page_say(p, CH_M_REGISTER_OWN_TEXT);
	ch_html_put(w, "<p><code dir=\"ltr\" translate=\"no\" id=\"pages\">%s"
	    "</code></p></details>", hex);
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
	own_files(p);
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
