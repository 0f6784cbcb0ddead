/* Search: words in subjects, parties, numbers and texts, and what narrows them down; newest
 * first. */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "dec.h"
#include "pages.h"
#include "search.h"
#include "search_excerpt.h"
#include "when.h"

#define PAGE_ROWS 20u
#define SHOW_MS   60u /* so long texts are opened for one page; the rest goes without */

/* What was asked. */
struct ask {
	ch_span q, talks, from, until;
	ch_query query;
	int way;              /* 1: from here, -1: to here, 0: both */
	ch_standing standing; /* NONE: any */
	int64_t least, most;  /* registered; 0: any */
	uint64_t first;
};

static int64_t day(ch_span date, const char *time)
{
	char text[32];
	int64_t t;

	if (date.n != 10)
		return 0;
	(void)snprintf(text, sizeof text, "%.*sT%sZ", CH_SPAN(date), time);
	return ch_when_parse(&t, ch_span_str(text)) == CH_OK ? t : 0;
}

static void take_ask(struct ask *a, struct ch_page *p)
{
	ch_span way = ch_page_query(p, "way");
	uint64_t n;

	*a = (struct ask){ .q = ch_page_query(p, "q"), .talks = ch_page_query(p, "talks"),
		.from = ch_page_query(p, "from"), .until = ch_page_query(p, "until") };
	ch_query_parse(&a->query, a->q);
	a->way = ch_span_eq(way, CH_LIT("ours")) ? 1 : ch_span_eq(way, CH_LIT("theirs")) ? -1 : 0;
	if (ch_dec_parse(&n, ch_page_query(p, "standing"), CH_STANDING_COUNT - 1) == CH_OK)
		a->standing = (ch_standing)n;
	a->least = day(a->from, "00:00:00");
	a->most = day(a->until, "23:59:59");
	if (ch_dec_parse(&a->first, ch_page_query(p, "first"), 1000000) != CH_OK)
		a->first = 0;
}

static bool narrows(const struct ask *a)
{
	return a->talks.n > 0 || a->way != 0 || a->standing != CH_STANDING_NONE || a->least != 0 ||
	    a->most != 0;
}

static bool fits(const struct ask *a, const ch_row_talks *t, const ch_row *r)
{
	return (a->talks.n == 0 || ch_span_eq(a->talks, ch_span_str(t->name))) &&
	    (a->way == 0 || r->ours == (a->way > 0)) &&
	    (a->standing == CH_STANDING_NONE || r->standing == a->standing) &&
	    (a->least == 0 || r->registered >= a->least) &&
	    (a->most == 0 || (r->registered != 0 && r->registered <= a->most));
}

/* ---- finding ---- */

static ch_err by_words(ch_row_ref *f, size_t *n, struct ch_page *p, const struct ask *a)
{
	const struct ch_index *x = p->home->index;
	struct ch_search_db *db = ch_search_of(p->home);
	ch_search_hit *hit;
	size_t n_hits;
	ch_err e = db ? ch_search_db_find(&hit, &n_hits, db, a->query.match, p->arena) :
	    CH_E_NOMEM;

	for (size_t i = 0; e == CH_OK && i < n_hits && *n < x->n; i++) {
		const ch_row_talks *t = ch_index_talks(x, ch_span_str(hit[i].talks));
		const ch_row *r = ch_index_row(x, t, ch_span_str(hit[i].folder));

		if (r && fits(a, t, r))
			f[(*n)++].row = r;
	}
	return e;
}

static ch_err find(ch_row_ref **f, size_t *n, struct ch_page *p, const struct ask *a)
{
	const struct ch_index *x = p->home->index;
	ch_err e = CH_OK;

	*n = 0;
	*f = ch_arena_alloc(p->arena, (x->n + 1) * sizeof **f);
	if (!*f)
		return CH_E_NOMEM;
	if (a->query.n > 0)
		e = by_words(*f, n, p, a);
	else
		for (size_t i = 0; i < x->n && narrows(a); i++)
			if (fits(a, &x->talks[x->row[i].talks], &x->row[i]))
				(*f)[(*n)++].row = &x->row[i];
	qsort(*f, *n, sizeof **f, ch_row_newest_first);
	return e;
}

/* ---- the form ---- */

static void option(struct ch_html *w, const char *value, bool chosen)
{
	ch_html_put(w, "<option value=\"%s\"", value);
	CH_HTML_IF(w, chosen, " selected");
	ch_html_put(w, ">");
}

static void select_begin(struct ch_html *w, const char *name, ch_msg label, ch_msg any)
{
	ch_html_put(w, "<div><label for=\"%s\">", name);
	ch_html_say(w, label);
	ch_html_put(w, "</label><select id=\"%s\" name=\"%s\">", name, name);
	option(w, "", false);
	ch_html_say(w, any);
	ch_html_put(w, "</option>");
}

static void select_standing(struct ch_page *p, const struct ask *a)
{
	struct ch_html *w = &p->html;
	char value[12];

	select_begin(w, "standing", CH_M_SEARCH_STANDING, CH_M_SEARCH_ANY);
	for (unsigned s = CH_STANDING_NONE + 1; s < CH_STANDING_COUNT; s++) {
		(void)snprintf(value, sizeof value, "%u", s);
		option(w, value, a->standing == (ch_standing)s);
		ch_html_say(w, ch_page_standing((ch_standing)s));
		ch_html_put(w, "</option>");
	}
	ch_html_put(w, "</select></div>");
}

static void filters(struct ch_page *p, const struct ask *a)
{
	struct ch_html *w = &p->html;
	const struct ch_index *x = p->home->index;

	ch_html_put(w, "<details class=\"filters\"");
	CH_HTML_IF(w, narrows(a), " open");
	ch_html_put(w, "><summary>");
	ch_html_say(w, CH_M_SEARCH_NARROW);
	ch_html_put(w, "</summary><div class=\"filter\">");
	select_begin(w, "talks", CH_M_SEARCH_TALKS, CH_M_SEARCH_ALL);
	for (size_t i = 0; x && i < x->n_talks; i++) {
		const ch_row_talks *t = &x->talks[i];

		option(w, t->name, ch_span_eq(a->talks, ch_span_str(t->name)));
		ch_html_put(w, "%s</option>", t->title[0] ? t->title : t->name);
	}
	ch_html_put(w, "</select></div>");
	select_begin(w, "way", CH_M_SEARCH_WAY, CH_M_SEARCH_BOTH);
	option(w, "ours", a->way > 0);
	ch_html_say(w, CH_M_SEARCH_OURS);
	ch_html_put(w, "</option>");
	option(w, "theirs", a->way < 0);
	ch_html_say(w, CH_M_SEARCH_THEIRS);
	ch_html_put(w, "</option></select></div>");
	select_standing(p, a);
	ch_html_put(w, "<div><label for=\"from\">");
	ch_html_say(w, CH_M_SEARCH_FROM);
	ch_html_put(w, "</label><input type=\"date\" id=\"from\" name=\"from\" "
	    "value=\"%.*s\"></div><div><label for=\"until\">", CH_SPAN(a->from));
	ch_html_say(w, CH_M_SEARCH_UNTIL);
	ch_html_put(w, "</label><input type=\"date\" id=\"until\" name=\"until\" value=\"%.*s\">"
	    "</div></div></details>", CH_SPAN(a->until));
}

static void form(struct ch_page *p, const struct ask *a)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<form method=\"get\" role=\"search\" action=\"/h/%u/search\">"
	    "<div class=\"field\"><label for=\"q\">", p->home->n);
	ch_html_say(w, CH_M_SEARCH_WORDS);
	ch_html_put(w, "</label><p class=\"quiet\" id=\"q-hint\">");
	ch_html_say(w, CH_M_SEARCH_HINT);
	ch_html_put(w, "</p><div class=\"seek\"><input type=\"search\" id=\"q\" name=\"q\" "
	    "dir=\"auto\" maxlength=\"200\" autocomplete=\"off\" aria-describedby=\"q-hint\" "
	    "value=\"%.*s\"", CH_SPAN(a->q));
	CH_HTML_IF(w, a->q.n == 0 && !narrows(a), " autofocus");
	ch_html_put(w, ">");
	ch_page_button(p, CH_M_SEARCH_BUTTON, true);
	ch_html_put(w, "</div></div>");
	filters(p, a);
	ch_html_put(w, "</form>");
}

/* ---- results ---- */

static bool is_shown(const struct ch_dossier *d)
{
	char path[CH_PATH_MAX];
	uint64_t size;

	return ch_path(path, "%s/envelope.age", d->dir) == CH_OK &&
	    ch_file_size(&size, path) == CH_OK && size <= CH_SEARCH_SHOW_MAX;
}

/* The passage; nothing when the text is sealed, or large, or the words stand on the cover. */
static void excerpt(struct ch_page *p, const struct ask *a, const struct ch_talks *t,
    const ch_row *r, const char *href)
{
	struct ch_dossier d = { 0 };
	struct ch_reading reading = { 0 };

	if (ch_dossier_glance(&d, &p->home->home, t, ch_span_str(r->folder)) == CH_OK &&
	    is_shown(&d) && ch_reading_open(&reading, &d, NULL, NULL) == CH_OK)
		ch_excerpt_best(&p->html, &a->query, reading.paper->passage,
		    reading.paper->n_passages, href);
	ch_reading_close(&reading);
	ch_dossier_close(&d);
}

static void result(struct ch_page *p, const struct ask *a, const ch_row *r, const char *href)
{
	struct ch_html *w = &p->html;
	const ch_row_talks *t = &p->home->index->talks[r->talks];

	ch_html_put(w, "<p class=\"line\"><span class=\"way\">");
	ch_html_say_with(w, r->ours ? CH_M_WAY_TO : CH_M_WAY_FROM, CH_ARGS(r->party));
	ch_html_put(w, " · <bdi>%s</bdi></span> ", t->title[0] ? t->title : t->name);
	ch_html_when_short(w, r->registered);
	ch_html_put(w, "</p><h3><a href=\"%s\"><bdi>", href);
	ch_excerpt_marked(w, &a->query, ch_span_str(r->subject[0] ? r->subject : r->number));
	ch_html_put(w, "</bdi></a></h3><p class=\"quiet\"><bdi class=\"number\">");
	ch_excerpt_marked(w, &a->query, ch_span_str(r->number));
	ch_html_put(w, "</bdi> · <span class=\"standing\">");
	ch_html_say(w, ch_page_standing(r->standing));
	ch_html_put(w, "</span></p>");
}

static void results(struct ch_page *p, const struct ask *a, const ch_row_ref *f, size_t n)
{
	struct ch_talks t = { 0 };
	uint64_t end = ch_clock_ms() + SHOW_MS;
	char href[CH_JOB_GO];

	ch_html_put(&p->html, "<ol class=\"results\">");
	for (size_t i = (size_t)a->first; i < n && i < a->first + PAGE_ROWS; i++) {
		const ch_row *r = f[i].row;
		const char *name = p->home->index->talks[r->talks].name;

		(void)snprintf(href, sizeof href, "/h/%u/talks/%s/papers/%s", p->home->n, name,
		    r->folder);
		ch_html_put(&p->html, "<li>");
		result(p, a, r, href);
		if (strcmp(t.name, name) != 0) {
			ch_talks_deinit(&t);
			if (ch_talks_load(&t, &p->home->home, name, NULL) != CH_OK)
				ch_talks_deinit(&t);
		}
		if (a->query.n > 0 && t.name[0] && ch_clock_ms() < end)
			excerpt(p, a, &t, r, href);
		ch_html_put(&p->html, "</li>");
	}
	ch_html_put(&p->html, "</ol>");
	ch_talks_deinit(&t);
}

static void more(struct ch_page *p, const struct ask *a, uint64_t first, ch_msg word)
{
	static const char *const way[] = { "theirs", "", "ours" };
	struct ch_html *w = &p->html;

	ch_html_put(w, "<a href=\"/h/%u/search?q=", p->home->n);
	ch_html_url(w, a->q);
	ch_html_put(w, "&amp;talks=");
	ch_html_url(w, a->talks);
	ch_html_put(w, "&amp;way=%s&amp;standing=", way[a->way + 1]);
	if (a->standing != CH_STANDING_NONE)
		ch_html_put(w, "%u", (unsigned)a->standing);
	ch_html_put(w, "&amp;from=");
	ch_html_url(w, a->from);
	ch_html_put(w, "&amp;until=");
	ch_html_url(w, a->until);
	ch_html_put(w, "&amp;first=%llu\">", (unsigned long long)first);
	ch_html_say(w, word);
	ch_html_put(w, "</a> ");
}

static void pager(struct ch_page *p, const struct ask *a, size_t n)
{
	if (n <= PAGE_ROWS)
		return;
	ch_html_put(&p->html, "<nav class=\"pager\" aria-label=\"%s\">",
	    ch_html_word(&p->html, CH_M_PAGER));
	if (a->first > 0)
		more(p, a, a->first > PAGE_ROWS ? a->first - PAGE_ROWS : 0, CH_M_PAGER_NEWER);
	if (a->first + PAGE_ROWS < n)
		more(p, a, a->first + PAGE_ROWS, CH_M_PAGER_OLDER);
	ch_html_put(&p->html, "</nav>");
}

static void answer(struct ch_page *p, const struct ask *a)
{
	struct ch_html *w = &p->html;
	ch_row_ref *f;
	size_t n;
	ch_err e = find(&f, &n, p, a);

	if (e != CH_OK) {
		ch_page_fault_text(p, e, NULL);
		return;
	}
	ch_html_put(w, "<section aria-labelledby=\"found\"><h2 id=\"found\">"
	    "<span role=\"status\">");
	if (n == 0)
		ch_html_say(w, CH_M_SEARCH_NOTHING);
	else
		ch_html_say_count(w, CH_M_SEARCH_FOUND_ONE, n);
	ch_html_put(w, "</span></h2>");
	results(p, a, f, n);
	pager(p, a, n);
	ch_html_put(w, "</section>");
}

void ch_page_search(struct ch_page *p)
{
	struct ask a;
	size_t left = ch_search_left(p->home);

	take_ask(&a, p);
	ch_page_begin(p, CH_M_NAV_SEARCH, NULL);
	form(p, &a);
	if (left > 0) {
		ch_html_put(&p->html, "<p class=\"quiet\" role=\"status\">");
		ch_html_say_count(&p->html, CH_M_SEARCH_LEFT_ONE, left);
		ch_html_put(&p->html, "</p>");
	}
	if (p->home->index && (a.query.n > 0 || narrows(&a)))
		answer(p, &a);
}
