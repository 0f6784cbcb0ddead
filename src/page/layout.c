/* Around every page: whose desk, where one can go, how it stands with the registries. */
#include "layout.h"

#include <stdarg.h>
#include <stdio.h>

#include "asset.h"
#include "cause.h"
#include "clock.h"
#include "party.h"

static void head_of_document(struct ch_page *p, ch_msg title, const ch_args *args)
{
	struct ch_html *w = &p->html;
	const ch_lang *lang = &ch_langs[w->tongue.lang];

	ch_html_put(w, "<!doctype html><html lang=\"%s\" dir=\"%s\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
	    "<meta name=\"color-scheme\" content=\"light dark\"><title>",
	    strcmp(lang->code, "xx") == 0 ? "he" : lang->code, lang->rtl ? "rtl" : "ltr");
	ch_html_say_plain(w, title, args);
	if (p->home && p->home->n > 0)
		ch_html_put(w, " · %s", p->home->home.handle);
	ch_html_put(w, "</title><link rel=\"icon\" href=\"data:,\">"
	    "<link rel=\"stylesheet\" href=\"%s\">"
	    "<script src=\"%s\" defer></script></head>", CH_ASSET_DESK_CSS, CH_ASSET_DESK_JS);
}

static bool is_unlocked(const struct ch_page *p)
{
	return p->home && p->home->n > 0 && p->home->home.unlocked;
}

static void nav(struct ch_page *p)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<nav aria-label=\"%s\"><ul>", ch_html_word(w, CH_M_NAV));
	for (const ch_page_row *row = ch_page_table; row->path; row++) {
		if (row->nav == CH_M_COUNT || row->method != CH_HTTP1_GET ||
		    strchr(row->path, '*'))
			continue;
		ch_html_put(w, "<li><a href=\"/h/%u/%s\"", p->home->n, row->path);
		CH_HTML_IF(w, p->nav == row->nav, " aria-current=\"page\"");
		ch_html_put(w, ">");
		ch_html_say(w, row->nav);
		ch_html_put(w, "</a></li>");
	}
	ch_html_put(w, "</ul></nav>");
}

static void masthead(struct ch_page *p)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<header><a class=\"skip\" href=\"#main\">");
	ch_html_say(w, CH_M_SKIP);
	ch_html_put(w, "</a>");
	if (p->home && p->home->home.exercise) {
		ch_html_put(w, "<p class=\"exercise\">");
		ch_html_say(w, CH_M_EXERCISE);
		ch_html_put(w, "</p>");
	}
	ch_html_put(w, "<div class=\"mast\"><div class=\"mast-line\"><a class=\"house\" "
	    "href=\"/\">chancery</a>");
	if (p->home && p->home->n > 0) {
		ch_html_put(w, "<span class=\"whose\"><bdi class=\"party\">%s</bdi>"
		    " <bdi class=\"handle\">%s</bdi></span>",
		    p->home->title[0] ? p->home->title : "", p->home->home.handle);
	}
	if (is_unlocked(p)) {
		ch_page_form_begin(p, "/h/%u/lock", p->home->n);
		ch_html_put(w, "<button class=\"link\">");
		ch_html_say(w, CH_M_LOCK_NOW);
		ch_html_put(w, "</button></form>");
	}
	ch_html_put(w, "</div>");
	if (is_unlocked(p) && !p->home->home.waits)
		nav(p);
	ch_html_put(w, "</div></header>");
}

/* What a job that ended says on the page it led to: ?done=<id>. */
static void news(struct ch_page *p)
{
	ch_span id = p->home ? ch_page_query(p, "done") : (ch_span){ 0 };
	const struct ch_job *j;
	unsigned n = 0;

	for (size_t i = 0; i < id.n && i < 9; i++)
		n = n * 10 + (unsigned)(id.p[i] >= '0' && id.p[i] <= '9' ? id.p[i] - '0' : 0);
	j = n ? ch_job_find(p->home, n) : NULL;
	if (!j || j->state != CH_JOB_ENDED || j->err != CH_OK)
		return;
	ch_page_note_begin(p, CH_NOTE_NEWS);
	ch_html_put(&p->html, "<p role=\"status\">");
	ch_html_say_with(&p->html, j->kind->done, CH_ARGS(j->said[0], j->said[1], j->said[2],
	    j->said[3]));
	ch_html_put(&p->html, "</p>");
	ch_page_note_end(p);
}

void ch_layout_trouble(struct ch_page *p, const ch_desk_contact *c)
{
	struct ch_html *w = &p->html;
	uint64_t now = ch_clock_ms();
	int64_t wall = ch_clock_wall();
	bool net = c->err == CH_E_NET;

	ch_page_note_begin(p, CH_NOTE_TROUBLE);
	ch_html_put(w, "<p>");
	ch_html_say_with(w, net ? CH_M_CONTACT_FAILS : CH_M_CONTACT_PROBLEM, CH_ARGS(c->origin));
	ch_html_put(w, " ");
	ch_html_when(w, c->since);
	ch_html_put(w, ". ");
	ch_html_say(w, net ? CH_M_CONTACT_FAILS_CALM : CH_M_CONTACT_PROBLEM_CALM);
	ch_html_put(w, " ");
	ch_html_until(w, wall + (int64_t)(c->next_ms > now ? (c->next_ms - now) / 1000 : 0), wall);
	ch_html_put(w, ".</p><details");
	CH_HTML_IF(w, !net, " open");
	ch_html_put(w, "><summary>");
	ch_html_say(w, CH_M_DETAILS);
	ch_html_put(w, "</summary>");
	ch_cause_say(w, p->arena, ch_span_str(c->text));
	ch_html_put(w, "</details>");
	ch_page_note_end(p);
}

/* Only a terminal can ask for a touch or a number. */
static void waits_for_token(struct ch_page *p, const ch_desk_contact *c)
{
	ch_page_note_begin(p, CH_NOTE_TROUBLE);
	ch_html_put(&p->html, "<p>");
	ch_html_say_with(&p->html, CH_M_CONTACT_TOKEN, CH_ARGS(c->token));
	ch_html_put(&p->html, "</p><p><code dir=\"ltr\">chancery sign-for %s</code></p>", c->token);
	ch_page_note_end(p);
}

/* The last thing that any paper here tells of; 0: nothing. */
static int64_t last_event(const struct ch_desk_home *h)
{
	int64_t last = 0;

	for (size_t i = 0; h->index && i < h->index->n_talks; i++)
		if (h->index->talks[i].last > last)
			last = h->index->talks[i].last;
	return last;
}

/* Clocks of papers run by this machine's, so a clock that was moved is told. */
static void clock_note(struct ch_page *p, const struct ch_desk_home *h)
{
	struct ch_html *w = &p->html;
	int64_t last = last_event(h);
	bool behind = last > p->now + 3600;

	if (!behind && h->clock_moved == 0)
		return;
	ch_page_note_begin(p, CH_NOTE_MIND);
	ch_html_put(w, "<p>");
	ch_html_say(w, behind ? CH_M_CLOCK_BEHIND : h->clock_moved > 0 ? CH_M_CLOCK_AHEAD :
	    CH_M_CLOCK_BACK);
	ch_html_put(w, " ");
	ch_html_when(w, p->now);
	if (behind) {
		ch_html_put(w, "; ");
		ch_html_say(w, CH_M_CLOCK_LAST);
		ch_html_put(w, " ");
		ch_html_when(w, last);
	}
	ch_html_put(w, ". ");
	ch_html_say(w, CH_M_CLOCK_CALM);
	ch_html_put(w, "</p>");
	ch_page_note_end(p);
}

/* A desk whose delegate was recalled; what it is told by registries is the same. */
static bool recalled_note(struct ch_page *p, const struct ch_home *h)
{
	struct ch_html *w = &p->html;
	struct ch_roster_file r = { 0 };
	ch_delegate d = { 0 };

	if (!h->waits && ch_party_roster(&r, h, ch_span_str(h->handle), 0, NULL) == CH_OK &&
	    ch_roster_find(&d, NULL, &r.roster, ch_span_str(h->delegate)) == CH_OK && d.recalled) {
		ch_page_note_begin(p, CH_NOTE_TROUBLE);
		ch_html_put(w, "<p>");
		ch_html_say_with(w, CH_M_RECALLED, CH_ARGS(h->delegate));
		ch_html_put(w, " ");
		ch_html_when(w, d.recalled_at);
		ch_html_put(w, ". ");
		ch_html_say(w, CH_M_RECALLED_CALM);
		ch_html_put(w, "</p>");
		ch_page_note_end(p);
	}
	ch_roster_file_deinit(&r);
	return d.recalled;
}

void ch_layout_head(struct ch_page *p, ch_msg title, const ch_args *args)
{
	const struct ch_desk_home *h = is_unlocked(p) ? p->home : NULL;
	struct ch_html *w = &p->html;
	bool recalled = false;

	head_of_document(p, title, args);
	ch_html_put(w, "<body");
	CH_HTML_IF(w, p->session && !p->session->no_keys, " data-keys=\"1\"");
	ch_html_put(w, ">");
	masthead(p);
	ch_html_put(w, "<main id=\"main\" tabindex=\"-1\">");
	news(p);
	if (h)
		clock_note(p, h);
	if (h)
		recalled = recalled_note(p, &h->home);
	for (size_t i = 0; h && i < h->n_contacts; i++) {
		/* The page of registers tells it in the place of that register. */
		if (h->contact[i].n_failed > 0 && p->nav != CH_M_NAV_REGISTER &&
		    !(recalled && h->contact[i].err == CH_E_DENIED))
			ch_layout_trouble(p, &h->contact[i]);
		if (h->contact[i].token[0])
			waits_for_token(p, &h->contact[i]);
	}
}

static void contact_line(struct ch_page *p)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<div class=\"contact\">");
	for (size_t i = 0; i < p->home->n_contacts; i++) {
		const ch_desk_contact *c = &p->home->contact[i];

		ch_html_put(w, "<span>");
		if (c->last_ok == 0) {
			ch_html_say_with(w, CH_M_CONTACT_NONE_YET, CH_ARGS(c->origin));
		} else {
			ch_html_say_with(w, CH_M_CONTACT_OK, CH_ARGS(c->origin));
			ch_html_put(w, " ");
			ch_html_until(w, c->last_ok, ch_clock_wall());
		}
		ch_html_put(w, "</span> ");
	}
	if (p->home->n_contacts > 0) {
		ch_page_form_begin(p, "/h/%u/sync", p->home->n);
		ch_html_put(w, "<button class=\"link\">");
		ch_html_say(w, CH_M_SYNC_NOW);
		ch_html_put(w, "</button></form>");
	}
	ch_html_put(w, "</div>");
}

static void languages(struct ch_page *p)
{
	struct ch_html *w = &p->html;

	ch_page_form_begin(p, "/language");
	ch_html_put(w, "<input type=\"hidden\" name=\"to\" value=\"%.*s\">",
	    CH_SPAN(ch_http_head(p->req)->path));
	for (unsigned i = 0; i < CH_LANGS; i++) {
		if (strcmp(ch_langs[i].code, "xx") == 0)
			continue;
		ch_html_put(w, "<button class=\"link\" name=\"lang\" value=\"%s\" lang=\"%s\"",
		    ch_langs[i].code, ch_langs[i].code);
		CH_HTML_IF(w, i == w->tongue.lang, " aria-current=\"true\"");
		ch_html_put(w, ">%s</button> ", ch_langs[i].name);
	}
	ch_html_put(w, "</form>");
}

void ch_layout_foot(struct ch_page *p)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "</main><footer><div>");
	if (is_unlocked(p))
		contact_line(p);
	else if (p->session)
		ch_html_put(w, "<a href=\"/help/index\">%s</a>", ch_html_word(w, CH_M_NAV_HELP));
	if (p->session && ch_http_head(p->req)->method != CH_HTTP1_POST)
		languages(p);
	ch_html_put(w, "</div></footer></body></html>");
}

/* ---- pieces ---- */

void ch_page_form_begin(struct ch_page *p, const char *fmt, ...)
{
	char action[CH_JOB_GO];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(action, sizeof action, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof action)
		action[0] = '\0';
	ch_html_put(&p->html, "<form method=\"post\" action=\"%s\">"
	    "<input type=\"hidden\" name=\"form\" value=\"%s\">", action,
	    p->session ? p->session->csrf : "");
}

void ch_page_button(struct ch_page *p, ch_msg label, bool primary)
{
	ch_html_put(&p->html, "<button");
	CH_HTML_IF(&p->html, primary, " class=\"primary\"");
	ch_html_put(&p->html, ">");
	ch_html_say(&p->html, label);
	ch_html_put(&p->html, "</button>");
}

void ch_page_note_begin(struct ch_page *p, ch_note_tone tone)
{
	static const char *const name[] = { "news", "mind", "trouble" };

	ch_html_put(&p->html, "<div class=\"note %s\">", name[tone]);
}

void ch_page_note_end(struct ch_page *p)
{
	ch_html_put(&p->html, "</div>");
}

static void fact_label(struct ch_page *p, ch_msg label)
{
	ch_html_put(&p->html, "<dt>");
	ch_html_say(&p->html, label);
	ch_html_put(&p->html, "</dt><dd>");
}

void ch_page_fact(struct ch_page *p, ch_msg label, ch_span value)
{
	if (value.n == 0)
		return;
	fact_label(p, label);
	ch_html_put(&p->html, "<bdi>%.*s</bdi></dd>", CH_SPAN(value));
}

void ch_page_fact_when(struct ch_page *p, ch_msg label, int64_t t)
{
	if (t == 0)
		return;
	fact_label(p, label);
	ch_html_when(&p->html, t);
	ch_html_put(&p->html, "</dd>");
}
