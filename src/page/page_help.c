/* Help: the manual, and a switch for single keys. */
#include "manual.h"
#include "pages.h"

static const ch_manual_page *find(ch_span name)
{
	for (const ch_manual_page *m = ch_manual; m->name; m++)
		if (ch_span_eq(name, ch_span_str(m->name)))
			return m;
	return NULL;
}

static bool is_french(const struct ch_page *p)
{
	return strcmp(ch_langs[p->html.tongue.lang].code, "fr") == 0;
}

static const ch_manual_text *text_of(const struct ch_page *p, const ch_manual_page *m)
{
	return &m->in[is_french(p) && m->in[1].title ? 1 : 0];
}

static const char *code_of(const ch_manual_page *m, const ch_manual_text *text)
{
	return text == &m->in[1] ? "fr" : "en";
}

void ch_page_help(struct ch_page *p)
{
	if (p->home && p->home->n > 0)
		ch_page_go(p, "/h/%u/help/%s", p->home->n, ch_manual[0].name);
	else
		ch_page_go(p, "/help/%s", ch_manual[0].name);
}

/* Single keys disturb who speaks to the machine: WCAG 2.1.4 asks for a switch. */
static void switch_keys(struct ch_page *p)
{
	bool off = p->session->no_keys;

	ch_page_form_begin(p, "/single-keys");
	ch_html_put(&p->html, "<input type=\"hidden\" name=\"to\" value=\"%.*s\">"
	    "<input type=\"hidden\" name=\"keys\" value=\"%s\">",
	    CH_SPAN(ch_http_head(p->req)->path), off ? "on" : "off");
	ch_page_button(p, off ? CH_M_KEYS_ON : CH_M_KEYS_OFF, false);
	ch_html_put(&p->html, "</form>");
}

static void contents(struct ch_page *p, const ch_manual_page *here)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<aside><nav aria-label=\"%s\"><ul class=\"plain\">",
	    ch_html_word(w, CH_M_HELP_PAGES));
	for (const ch_manual_page *m = ch_manual; m->name; m++) {
		const ch_manual_text *text = text_of(p, m);

		ch_html_put(w, "<li><a lang=\"%s\" href=\"%s\"", code_of(m, text), m->name);
		CH_HTML_IF(w, m == here, " aria-current=\"page\"");
		ch_html_put(w, ">%s</a></li>", text->title);
	}
	ch_html_put(w, "</ul></nav></aside>");
}

void ch_page_help_show(struct ch_page *p)
{
	struct ch_html *w = &p->html;
	const ch_manual_page *m = find(p->arg[0]);
	const ch_manual_text *text;

	if (!m) {
		ch_page_not_found(p);
		return;
	}
	text = text_of(p, m);
	p->nav = CH_M_NAV_HELP;
	ch_page_begin_bare(p, CH_M_HELP_TITLE, CH_ARGS(text->title));
	if (strcmp(ch_langs[w->tongue.lang].code, code_of(m, text)) != 0)
		ch_html_put(w, "<p class=\"quiet\">%s</p>", ch_html_word(w, CH_M_HELP_ENGLISH));
	ch_html_put(w, "<div class=\"beside\"><article class=\"manual\" lang=\"%s\" dir=\"ltr\">"
	    "<h1>%s</h1>", code_of(m, text), text->title);
	ch_html_made(w, text->html);
	if (strcmp(m->name, "keyboard") == 0 && p->session)
		switch_keys(p);
	ch_html_put(w, "</article>");
	contents(p, m);
	ch_html_put(w, "</div>");
}

void ch_page_single_keys(struct ch_page *p)
{
	p->session->no_keys = ch_span_eq(ch_page_form(p, "keys"), CH_LIT("off"));
	ch_page_go(p, "%.*s", CH_SPAN(ch_page_form(p, "to")));
}
