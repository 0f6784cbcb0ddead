/* Contest, statement: words in public, about a paper, a statement of the other side, or nothing.
 * First what is said, then the page that the public will see, and there the act. */
#include "field.h"
#include "hex.h"
#include "pages.h"
#include "speech.h"

/* The path of the page, for its own form: it has one address for both methods. */
static void own_form(struct ch_page *p)
{
	ch_span path = ch_http_head(p->req)->path;

	ch_page_form_begin(p, "%.*s", CH_SPAN(path));
}

static void head(struct ch_page *p, const struct ch_talks *t, const struct ch_speech_form *f,
    ch_msg title)
{
	struct ch_html *w = &p->html;

	ch_page_begin_bare(p, title, NULL);
	ch_html_put(w, "<p class=\"over\"><a href=\"/h/%u/talks/%s\"><bdi>%s</bdi></a>", p->home->n,
	    t->name, t->name);
	if (f->folder[0])
		ch_html_put(w, " · <a class=\"number\" href=\"/h/%u/talks/%s/papers/%s\">"
		    "<bdi>%s</bdi></a>", p->home->n, t->name, f->folder, f->folder);
	if (f->has_about) {
		ch_html_put(w, " · <a href=\"/h/%u/talks/%s/public\">", p->home->n, t->name);
		ch_html_say(w, CH_M_PUBLISH_TITLE);
		ch_html_put(w, "</a>");
	}
	ch_html_put(w, "</p><h1>");
	ch_html_say(w, title);
	ch_html_put(w, "</h1>");
}

static void leave(struct ch_page *p, const struct ch_talks *t, const struct ch_speech_form *f)
{
	ch_html_put(&p->html, "<a class=\"button\" href=\"/h/%u/talks/%s%s%s\">", p->home->n,
	    t->name, f->has_about ? "/public" : f->folder[0] ? "/papers/" : "", f->folder);
	ch_html_say(&p->html, CH_M_LEAVE_IT);
	ch_html_put(&p->html, "</a>");
}

/* ---- the two pages ---- */

static void write_it(struct ch_page *p, const struct ch_talks *t, const struct ch_speaking *s,
    const struct ch_speech_form *f, ch_msg wrong)
{
	struct ch_html *w = &p->html;
	bool contests = f->kind == CH_K_CONTESTATION;

	head(p, t, f, contests ? CH_M_CONTEST_TITLE : CH_M_STATEMENT_TITLE);
	ch_page_wrong(p, wrong);
	if (contests || f->has_about)
		ch_speech_contested(p, s);
	ch_act_sentence(p, contests ? CH_M_CONTEST_SENTENCE : CH_M_STATEMENT_SENTENCE);
	own_form(p);
	ch_page_field(p, "text", CH_M_STATEMENT_TEXT, CH_M_STATEMENT_TEXT_WHAT,
	    ch_span_of(f->text, f->n_text), CH_FIELD_NEEDED | CH_FIELD_FIRST);
	if (!contests && f->folder[0])
		ch_page_tick(p, "characterises", CH_M_STATEMENT_CHARACTERISES, f->characterises,
		    false);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_SPEAK_REVIEW, true);
	ch_html_put(w, " ");
	leave(p, t, f);
	ch_html_put(w, "</p></form>");
	ch_page_quiet(p, CH_M_SPEAK_REVIEW_WHAT);
}

static void review(struct ch_page *p, const struct ch_talks *t, const struct ch_speaking *s,
    const struct ch_speech_form *f)
{
	struct ch_html *w = &p->html;
	bool contests = f->kind == CH_K_CONTESTATION;

	head(p, t, f, CH_M_SPEAK_SEEN_TITLE);
	ch_html_put(w, "<div class=\"beside act\"><div>");
	ch_speech_words(p, s, s->u.s.v[contests ? (unsigned)CH_CON_TEXT : CH_ST_TEXT]);
	ch_act_sentence(p, contests ? CH_M_CONTEST_UNDONE : CH_M_STATEMENT_UNDONE);
	ch_html_put(w, "</div><aside>");
	ch_speech_known(p, s);
	ch_html_put(w, "</aside><div>");
	own_form(p);
	ch_html_put(w, "<input type=\"hidden\" name=\"text\" value=\"%.*s\">",
	    CH_SPAN(ch_span_of(f->text, f->n_text)));
	CH_HTML_IF(w, f->characterises, "<input type=\"hidden\" name=\"characterises\" "
	    "value=\"yes\">");
	ch_html_put(w, "<p class=\"acts\"><button class=\"primary\" name=\"sure\" value=\"1\">");
	ch_html_say(w, contests ? CH_M_CONTEST_BUTTON : CH_M_STATEMENT_BUTTON);
	ch_html_put(w, "</button> <button name=\"change\" value=\"1\">");
	ch_html_say(w, CH_M_SPEAK_CHANGE);
	ch_html_put(w, "</button> ");
	leave(p, t, f);
	ch_html_put(w, "</p></form></div></div>");
}

/* What is spoken of: a paper, by its folder; a public statement, by its hash; or nothing. */
static bool about(struct ch_page *p, struct ch_speech_form *f, bool said)
{
	if (said) {
		f->has_about = ch_hex_parse(f->about.b, sizeof f->about.b, p->arg[1]) == CH_OK;
		return f->has_about;
	}
	if (p->arg[1].n >= sizeof f->folder)
		return false;
	memcpy(f->folder, p->arg[1].p ? p->arg[1].p : (const uint8_t *)"", p->arg[1].n);
	return true;
}

static void run(struct ch_page *p, ch_kind kind, bool said, bool post)
{
	struct ch_speech_form *f = ch_arena_alloc(p->arena, sizeof *f);
	struct ch_talks t = { 0 };
	struct ch_speaking *s;
	bool empty;

	if (!f) {
		ch_page_fault(p, CH_E_NOMEM, NULL);
		return;
	}
	f->kind = kind;
	p->nav = CH_M_NAV_TALKS;
	if (!about(p, f, said)) {
		ch_page_not_found(p);
		return;
	}
	f->characterises = ch_page_form(p, "characterises").n > 0;
	if (!ch_page_talks(p, &t, p->arg[0]) || (post && !ch_speech_take_text(f, p))) {
		ch_talks_deinit(&t);
		return;
	}
	empty = f->n_text == 0;
	if (post && !empty && ch_page_form(p, "sure").n > 0) {
		ch_speech_start(p, f);
	} else if ((s = ch_speech_ready(p, &t, f))) {
		if (post && !empty && ch_page_form(p, "change").n == 0)
			review(p, &t, s, f);
		else
			write_it(p, &t, s, f, post && empty ? CH_M_STATEMENT_EMPTY : CH_M_COUNT);
		ch_speak_free(s);
	}
	ch_talks_deinit(&t);
}

#define PAGE(name, kind, said, post) \
	void name(struct ch_page *p) \
	{ \
		run(p, kind, said, post); \
	}
PAGE(ch_page_contest, CH_K_CONTESTATION, false, false)
PAGE(ch_page_contest_post, CH_K_CONTESTATION, false, true)
PAGE(ch_page_contest_said, CH_K_CONTESTATION, true, false)
PAGE(ch_page_contest_said_post, CH_K_CONTESTATION, true, true)
PAGE(ch_page_statement, CH_K_STATEMENT, false, false)
PAGE(ch_page_statement_post, CH_K_STATEMENT, false, true)
PAGE(ch_page_statement_said, CH_K_STATEMENT, true, false)
PAGE(ch_page_statement_said_post, CH_K_STATEMENT, true, true)
