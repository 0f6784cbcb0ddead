/* Pieces of the pages that act on a paper: see act.h. */
#include "act.h"

#include "reply.h"
#include "text.h"

#define LINE_MAX 4096u

bool ch_act_open(struct ch_page *p, struct ch_act *a)
{
	struct ch_problem why = { 0 };
	ch_err e;

	*a = (struct ch_act){ 0 };
	p->nav = CH_M_NAV_TALKS;
	if (!ch_page_talks(p, &a->t, p->arg[0]))
		return false;
	a->v = ch_alloc(sizeof *a->v);
	if (!ch_page_paper(p, &a->d, a->v, &a->t, p->arg[1]))
		return false;
	a->standing = ch_standing_of(a->v, a->d.ours, a->d.hold);
	e = ch_dossier_cover(&a->cover, &a->text, &a->d, &why);
	if (e != CH_OK && e != CH_E_ABSENT) {
		ch_page_fault(p, e, &why);
		return false;
	}
	return true;
}

void ch_act_close(struct ch_act *a)
{
	ch_buf_deinit(&a->text);
	ch_dossier_close(&a->d);
	ch_free(a->v, sizeof *a->v);
	ch_talks_deinit(&a->t);
}

void ch_act_to_paper(struct ch_page *p, const struct ch_act *a)
{
	ch_page_go(p, "/h/%u/talks/%s/papers/%.*s", p->home->n, a->t.name, CH_SPAN(p->arg[1]));
}

void ch_act_begin(struct ch_page *p, const struct ch_act *a, ch_msg title)
{
	struct ch_html *w = &p->html;

	ch_page_begin_bare(p, title, CH_ARGS(a->d.number));
	ch_html_put(w, "<p class=\"over\"><a href=\"/h/%u/talks/%s\"><bdi>%s</bdi></a> · "
	    "<a class=\"number\" href=\"/h/%u/talks/%s/papers/%.*s\"><bdi>%s</bdi></a></p><h1>",
	    p->home->n, a->t.name, a->t.name, p->home->n, a->t.name, CH_SPAN(p->arg[1]),
	    a->d.number);
	ch_html_say_with(w, title, CH_ARGS(a->d.number));
	ch_html_put(w, "</h1>");
}

void ch_act_cover(struct ch_page *p, const struct ch_act *a)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<article class=\"sheet cover\" aria-labelledby=\"cover\"><header>"
	    "<h2 id=\"cover\">");
	ch_html_say(w, CH_M_COVER);
	ch_html_put(w, "</h2><span class=\"number\">%s</span>", a->d.number);
	ch_page_cover_sheet(p, &a->t, a->cover.v);
	ch_html_put(w, "</article>");
}

void ch_act_sentence(struct ch_page *p, ch_msg id)
{
	ch_html_put(&p->html, "<p class=\"means\">");
	ch_html_say(&p->html, id);
	ch_html_put(&p->html, "</p>");
}

void ch_act_list(struct ch_page *p, ch_msg head, const ch_msg *line, size_t n, const ch_args *args)
{
	ch_html_tag(&p->html, "h2", head);
	ch_html_put(&p->html, "<ul class=\"plain\">");
	for (size_t i = 0; i < n; i++) {
		ch_html_put(&p->html, "<li>");
		ch_html_say_with(&p->html, line[i], args);
		ch_html_put(&p->html, "</li>");
	}
	ch_html_put(&p->html, "</ul>");
}

void ch_act_form(struct ch_page *p, const struct ch_act *a, const char *last)
{
	ch_page_form_begin(p, "/h/%u/talks/%s/papers/%.*s/%s", p->home->n, a->t.name,
	    CH_SPAN(p->arg[1]), last);
}

void ch_act_link(struct ch_page *p, const struct ch_act *a, const char *last, ch_msg label,
    bool button)
{
	ch_html_put(&p->html, "<a");
	CH_HTML_IF(&p->html, button, " class=\"button\"");
	ch_html_put(&p->html, " href=\"/h/%u/talks/%s/papers/%.*s%s%s\">", p->home->n, a->t.name,
	    CH_SPAN(p->arg[1]), last[0] ? "/" : "", last);
	ch_html_say(&p->html, label);
	ch_html_put(&p->html, "</a> ");
}

ch_err ch_act_line(ch_span *out, struct ch_page *p, const char *name, struct ch_problem *why)
{
	ch_span given = ch_page_form(p, name);
	uint8_t *room = ch_arena_alloc(p->arena, LINE_MAX);
	struct ch_wr w = ch_wr_of(room, room ? LINE_MAX : 0);
	ch_err e = room ? CH_OK : CH_E_NOMEM;

	*out = (ch_span){ 0 };
	if (given.n == 0)
		return CH_OK;
	if (e == CH_OK)
		e = ch_text_to_nfc(&w, given);
	if (e == CH_OK)
		e = ch_text_check_line(ch_wr_span(&w), LINE_MAX);
	if (e == CH_OK)
		*out = ch_wr_span(&w);
	else if (!ch_err_is_fault(e))
		ch_problem_set(why, e, "what you wrote has to be one line of at most %u bytes, "
		    "without control or invisible characters; nothing was signed", LINE_MAX);
	return e;
}

void ch_act_pending(struct ch_page *p, const struct ch_dossier *d, const ch_delivery *v)
{
	static const struct {
		ch_kind kind;
		ch_msg id;
	} kinds[] = {
		{ CH_K_RECEIPT, CH_M_PENDING_RECEIPT }, { CH_K_DECLINE, CH_M_PENDING_DECLINE },
		{ CH_K_TAKE_BACK, CH_M_PENDING_TAKE_BACK },
	};

	if (v->state == CH_STATE_DELIVERED || ch_standing_is_unsigned_end(
	    ch_standing_of(v, d->ours, d->hold)))
		return;
	for (size_t i = 0; i < CH_COUNT(kinds); i++) {
		if (!ch_reply_pending(d, kinds[i].kind))
			continue;
		ch_page_note_begin(p, CH_NOTE_MIND);
		ch_html_put(&p->html, "<p>");
		ch_html_say(&p->html, kinds[i].id);
		ch_html_put(&p->html, "</p>");
		ch_page_note_end(p);
	}
}
