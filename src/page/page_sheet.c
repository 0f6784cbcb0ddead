/*
 * The recovery sheet, made to be printed; the backup of what cannot be made again; the roster as a
 * file, for the operator of a registry.
 */
#include <stdio.h>

#include "field.h"
#include "pages.h"
#include "party.h"
#include "tar.h"

#define FILE_MAX ((size_t)1 << 20)
#define BACKUP_MAX ((size_t)20 << 20)
#define NAMES_MAX 4096u

/* ---- the sheet ---- */

static void line_to_fill(struct ch_page *p, ch_msg label)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<dt>");
	ch_html_say(w, label);
	ch_html_put(w, "</dt><dd class=\"fill\"></dd>");
}

static void facts(struct ch_page *p, const struct ch_roster_file *r)
{
	struct ch_html *w = &p->html;
	const struct ch_home *h = &p->home->home;

	ch_html_put(w, "<dl class=\"facts\">");
	ch_page_fact(p, CH_M_SHEET_PARTY, r->roster.stmt.v[CH_ROSTER_TITLE]);
	ch_page_fact(p, CH_M_PARTY_HANDLE, ch_span_str(h->handle));
	ch_page_fact(p, CH_M_SHEET_DELEGATE, ch_span_str(h->delegate));
	ch_page_fact_when(p, CH_M_SHEET_MADE, r->roster.time);
	ch_page_fact(p, CH_M_SHEET_PLACE, ch_span_str(h->dir));
	line_to_fill(p, CH_M_SHEET_PASS);
	line_to_fill(p, CH_M_SHEET_WHERE);
	ch_html_put(w, "</dl>");
}

static void steps(struct ch_page *p)
{
	static const ch_msg step[] = { CH_M_SHEET_STEP_1, CH_M_SHEET_STEP_2, CH_M_SHEET_STEP_3,
		CH_M_SHEET_STEP_4 };
	struct ch_html *w = &p->html;

	ch_html_tag(w, "h3", CH_M_SHEET_BACK);
	ch_html_put(w, "<ol class=\"numbered\">");
	for (size_t i = 0; i < CH_COUNT(step); i++)
		ch_html_tag(w, "li", step[i]);
	ch_html_put(w, "</ol>");
}

void ch_page_sheet(struct ch_page *p)
{
	struct ch_html *w = &p->html;
	struct ch_roster_file r = { 0 };

	if (!ch_page_own_roster(p, &r))
		return;
	p->nav = CH_M_NAV_KEYS;
	ch_page_begin(p, ch_page_query(p, "new").n ? CH_M_SHEET_NEW : CH_M_SHEET, NULL);
	ch_html_put(w, "<div class=\"no-print\">");
	ch_page_say(p, CH_M_SHEET_WHY);
	ch_html_put(w, "<p class=\"acts\"><button class=\"primary\" data-print=\"1\" hidden>");
	ch_html_say(w, CH_M_SHEET_PRINT);
	ch_html_put(w, "</button><a class=\"button\" href=\"/h/%u/backup\">", p->home->n);
	ch_html_say(w, CH_M_SHEET_BACKUP);
	ch_html_put(w, "</a><a class=\"button\" href=\"/h/%u/talks\">", p->home->n);
	ch_html_say(w, CH_M_GO_ON);
	ch_html_put(w, "</a></p></div><article class=\"sheet recovery\">"
	    "<h2 class=\"sheet-title\">");
	ch_html_say(w, CH_M_SHEET);
	ch_html_put(w, "</h2>");
	facts(p, &r);
	ch_html_tag(w, "h3", CH_M_SHEET_WORDS);
	ch_html_put(w, "<div class=\"large\">");
	ch_page_fingerprint(p, r.roster.stmt.v[CH_ROSTER_PARTY_KEY]);
	ch_html_put(w, "</div>");
	ch_page_say(p, CH_M_SHEET_WORDS_WHY);
	steps(p);
	ch_page_say(p, CH_M_SHEET_NOBODY);
	ch_html_put(w, "</article>");
	ch_roster_file_deinit(&r);
}

void ch_page_roster_file(struct ch_page *p)
{
	struct ch_roster_file r = { 0 };
	char name[CH_HANDLE_MAX + 16];

	if (!ch_page_own_roster(p, &r))
		return;
	(void)snprintf(name, sizeof name, "%s-roster.txt", p->home->home.handle);
	ch_page_file(p, "text/plain; charset=utf-8", name, ch_buf_span(&r.bytes));
	ch_roster_file_deinit(&r);
}

/* ---- the backup ---- */

struct pack {
	const struct ch_home *home;
	const char *top;              /* the folder's name in the archive */
	struct ch_tar_writer tar;
	struct ch_buf out;
};

static ch_err emit(void *ctx, ch_span bytes)
{
	return ch_buf_put(ctx, bytes);
}

static ch_err put_bytes(struct pack *k, const char *name, ch_span bytes)
{
	char inside[CH_PATH_MAX];
	ch_err e = ch_path(inside, "%s/%s", k->top, name);

	return e == CH_OK ? ch_tar_writer_member(&k->tar, ch_span_str(inside), bytes) : e;
}

/* A file below the home; one that is not there, or is none, is passed by. */
static ch_err put_file(struct pack *k, const char *name)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e = ch_home_path(path, k->home, "%s", name);

	ch_buf_init(&b, FILE_MAX);
	if (e == CH_OK && (e = ch_file_read(&b, path)) == CH_OK)
		e = put_bytes(k, name, ch_buf_span(&b));
	else if (e == CH_E_ABSENT || e == CH_E_FORMAT)
		e = CH_OK;
	ch_buf_deinit(&b);
	return e;
}

/* All files two floors down: rosters/<handle>/…, registries/<origin>/…, talks/<name>/…; folders of
 * papers lie deeper and stay out. */
static ch_err put_folder(struct pack *k, const char *name)
{
	char path[CH_PATH_MAX], at[CH_PATH_MAX];
	struct ch_dir outer = { 0 }, inner = { 0 };
	ch_err e = ch_home_path(path, k->home, "%s", name);

	if (e == CH_OK)
		e = ch_dir_list(&outer, path, NAMES_MAX);
	for (size_t i = 0; e == CH_OK && i < outer.n; i++) {
		e = ch_home_path(path, k->home, "%s/%s", name, outer.names[i]);
		if (e == CH_OK)
			e = ch_dir_list(&inner, path, 1u << 20);
		for (size_t n = 0; e == CH_OK && n < inner.n; n++) {
			e = ch_path(at, "%s/%s/%s", name, outer.names[i], inner.names[n]);
			if (e == CH_OK)
				e = put_file(k, at);
		}
		ch_dir_deinit(&inner);
	}
	ch_dir_deinit(&outer);
	return e;
}

static ch_err put_keys(struct pack *k)
{
	struct ch_buf keys, party;
	ch_err e;

	ch_buf_init(&keys, FILE_MAX);
	ch_buf_init(&party, FILE_MAX);
	e = ch_home_read_sealed(&keys, &party, k->home);
	if (e == CH_OK)
		e = put_bytes(k, "keys.age", ch_buf_span(&keys));
	if (e == CH_OK && party.n > 0)
		e = put_bytes(k, "party-key.age", ch_buf_span(&party));
	ch_buf_deinit(&keys);
	ch_buf_deinit(&party);
	return e;
}

static ch_err pack_all(struct pack *k)
{
	static const char *const file[] = { "home.txt", "archive.txt" };
	static const char *const folder[] = { "rosters", "registries", "talks" };
	ch_err e = put_keys(k);

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(file); i++)
		e = put_file(k, file[i]);
	for (size_t i = 0; e == CH_OK && i < CH_COUNT(folder); i++)
		e = put_folder(k, folder[i]);
	return e == CH_OK ? ch_tar_writer_finish(&k->tar, 0) : e;
}

void ch_page_backup(struct ch_page *p)
{
	const struct ch_home *h = &p->home->home;
	struct ch_problem why = { 0 };
	char top[64], name[80];
	struct pack k = { .home = h, .top = top };
	const char *id = strrchr(h->delegate, '/');
	ch_err e;

	(void)snprintf(top, sizeof top, "%.40s-%.8s", h->handle, id ? &id[1] : "");
	(void)snprintf(name, sizeof name, "%s-backup.tar", top);
	ch_buf_init(&k.out, BACKUP_MAX);
	ch_tar_writer_init(&k.tar, emit, &k.out);
	e = pack_all(&k);
	if (e == CH_OK) {
		ch_page_file(p, "application/x-tar", name, ch_buf_span(&k.out));
	} else {
		ch_problem_set(&why, e, "the backup could not be made: %s; copy the folder %s "
		    "instead", ch_err_text(e), h->dir);
		ch_page_fault(p, e, &why);
	}
	ch_buf_deinit(&k.out);
}
