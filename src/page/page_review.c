/* Before sealing: what they see before signing, what can later be shown and to whom; then seal and
 * send, after a while in which it can be taken back without a trace. */
#include <stdio.h>

#include "act.h"
#include "cause.h"
#include "compose.h"
#include "dec.h"
#include "outgoing.h"
#include "pages.h"

static const struct {
	unsigned seconds;
	ch_msg id;
} delays[] = {
	{ 60, CH_M_DELAY_MINUTE }, { 300, CH_M_DELAY_FIVE }, { 3600, CH_M_DELAY_HOUR },
	{ 86400, CH_M_DELAY_DAY }, { 0, CH_M_DELAY_NONE },
};

/* ---- looking at it ---- */

struct review {
	struct ch_draft *d;
	struct ch_talks t;
	struct ch_letter *l;
	ch_letter_ask ask;
};

/* Everything that can be known without the network. False: answered already. */
static bool look(struct ch_page *p, struct review *r)
{
	struct ch_problem why = { 0 };
	ch_err e;

	*r = (struct review){ .d = ch_alloc(sizeof *r->d), .l = ch_alloc(sizeof *r->l) };
	if (!r->l || !ch_compose_load(p, r->d)) {
		if (!r->l)
			ch_page_fault(p, CH_E_NOMEM, NULL);
		return false;
	}
	if (!ch_page_talks(p, &r->t, ch_arena_copy(p->arena, r->d->v[CH_DR_TALKS])))
		return false;
	p->nav = CH_M_NAV_DRAFTS;
	e = ch_draft_ask(&r->ask, p->arena, &p->home->home, r->d);
	r->ask.text_name = ch_html_word(&p->html, CH_M_COMPOSE_THE_TEXT);
	if (e == CH_OK)
		e = ch_letter_look(r->l, &p->home->home, &r->t, &r->ask, &why);
	if (e == CH_OK)
		return true;
	p->status = 422;
	ch_page_begin(p, CH_M_REVIEW_CANNOT, NULL);
	ch_page_note_begin(p, CH_NOTE_MIND);
	ch_cause_say(&p->html, p->arena, ch_span_str(why.text[0] ? why.text : ch_err_text(e)));
	ch_page_note_end(p);
	ch_html_put(&p->html, "<p><a class=\"button primary\" href=\"/h/%u/drafts/%s\">",
	    p->home->n, r->d->id);
	ch_html_say(&p->html, CH_M_REVIEW_BACK);
	ch_html_put(&p->html, "</a></p>");
	return false;
}

static void done(struct review *r)
{
	if (r->l)
		ch_letter_close(r->l);
	ch_free(r->l, sizeof *r->l);
	ch_talks_deinit(&r->t);
	if (r->d)
		ch_draft_deinit(r->d);
	ch_free(r->d, sizeof *r->d);
}

/* ---- the two lists ---- */

static const char *text_of(struct ch_page *p, ch_span s)
{
	const char *t = (const char *)ch_arena_copy(p->arena, s).p;

	return t ? t : "";
}

/* What the cover says, as they will read it. */
static void before(struct ch_page *p, const struct review *r)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<section aria-labelledby=\"before\"><h2 id=\"before\">");
	ch_html_say(w, CH_M_REVIEW_BEFORE);
	ch_html_put(w, "</h2><article class=\"sheet cover\"><header><span>");
	ch_html_say(w, CH_M_REVIEW_NUMBER);
	ch_html_put(w, "</span>");
	ch_page_cover_sheet(p, &r->t, r->l->head.v);
	ch_html_put(w, "<dl class=\"facts\">");
	ch_page_fact_when(p, CH_M_LAPSES, r->l->lapse);
	ch_html_put(w, "</dl></article><p class=\"quiet\">");
	ch_html_say(w, CH_M_REVIEW_BEFORE_ONLY);
	ch_html_put(w, "</p></section>");
}

static void later(struct ch_page *p, const struct review *r)
{
	static const ch_msg lines[] = { CH_M_REVIEW_TO_REGISTRY, CH_M_REVIEW_TO_ADDRESSEE,
		CH_M_REVIEW_TO_ANYONE_THEY, CH_M_REVIEW_TO_ANYONE_WE, CH_M_REVIEW_TO_PUBLIC,
		CH_M_REVIEW_BINDS };
	const ch_span *v = r->l->head.v;
	ch_span may = v[CH_H_MAY_CONFIRM].n ? v[CH_H_MAY_CONFIRM] :
	    CH_LIT("from, to, form, act, date");

	ch_html_put(&p->html, "<section>");
	ch_act_list(p, CH_M_REVIEW_LATER, lines, CH_COUNT(lines), CH_ARGS(text_of(p,
	    v[CH_H_TO]), text_of(p, may)));
	ch_html_put(&p->html, "</section>");
}

static void sealed(struct ch_page *p, const struct review *r)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<section aria-labelledby=\"sealed\"><h2 id=\"sealed\">");
	ch_html_say(w, CH_M_REVIEW_SEALED);
	ch_html_put(w, "</h2><article class=\"sheet\">");
	if (r->l->head.v[CH_H_TITLE].n > 0)
		ch_html_put(w, "<p class=\"sheet-title\" dir=\"auto\">%.*s</p>",
		    CH_SPAN(r->l->head.v[CH_H_TITLE]));
	ch_compose_preview(p, r->d->text);
	ch_html_put(w, "</article>");
	if (r->d->n_files > 0) {
		ch_html_put(w, "<div class=\"attached\">");
		ch_html_tag(w, "h3", CH_M_ATTACHMENTS);
		ch_compose_files(p, r->d, false);
		ch_html_put(w, "</div>");
	}
	ch_html_put(w, "</section>");
}

static void form(struct ch_page *p, const struct review *r)
{
	struct ch_html *w = &p->html;

	ch_page_form_begin(p, "/h/%u/drafts/%s/send", p->home->n, r->d->id);
	ch_compose_was(p, r->d, true);
	ch_html_put(w, "<div class=\"field\"><label for=\"delay\">");
	ch_html_say(w, CH_M_REVIEW_DELAY);
	ch_html_put(w, "</label><select id=\"delay\" name=\"delay\">");
	for (size_t i = 0; i < CH_COUNT(delays); i++) {
		ch_html_put(w, "<option value=\"%u\">", delays[i].seconds);
		ch_html_say(w, delays[i].id);
		ch_html_put(w, "</option>");
	}
	ch_html_put(w, "</select><p class=\"quiet\">");
	ch_html_say(w, CH_M_REVIEW_DELAY_ABOUT);
	ch_html_put(w, "</p></div><p class=\"acts\">");
	ch_page_button(p, CH_M_REVIEW_SEND, true);
	ch_html_put(w, "<a class=\"button\" href=\"/h/%u/drafts/%s\">", p->home->n, r->d->id);
	ch_html_say(w, CH_M_REVIEW_BACK);
	ch_html_put(w, "</a></p></form>");
}

void ch_page_review(struct ch_page *p)
{
	struct review r;

	if (look(p, &r)) {
		ch_page_begin_bare(p, CH_M_REVIEW, NULL);
		ch_html_put(&p->html, "<p class=\"over\"><a href=\"/h/%u/talks/%s\"><bdi>%s</bdi>"
		    "</a> · <a href=\"/h/%u/drafts/%s\">", p->home->n, r.t.name, r.t.name,
		    p->home->n, r.d->id);
		ch_html_say(&p->html, CH_M_COMPOSE);
		ch_html_put(&p->html, "</a></p><h1>");
		ch_html_say(&p->html, CH_M_REVIEW);
		ch_html_put(&p->html, "</h1>");
		if (ch_page_query(p, "newer").n > 0) {
			ch_page_note_begin(p, CH_NOTE_MIND);
			ch_html_tag(&p->html, "p", CH_M_REVIEW_NEWER);
			ch_page_note_end(p);
		}
		ch_html_put(&p->html, "<div class=\"halves\"><div>");
		before(p, &r);
		sealed(p, &r);
		ch_html_put(&p->html, "</div><div>");
		later(p, &r);
		form(p, &r);
		ch_html_put(&p->html, "</div></div>");
	}
	done(&r);
}

/* ---- seal and send ---- */

static ch_err want(struct ch_page *p, const struct review *r, uint64_t delay)
{
	ch_leaving l = { .since = p->now, .delay = delay };

	(void)snprintf(l.talks, sizeof l.talks, "%s", r->t.name);
	return ch_leaving_save(&l, &p->home->home, r->d->id);
}

/* Only what was looked at is sealed: a draft that is newer is looked at again. */
void ch_page_send(struct ch_page *p)
{
	struct review r;
	uint64_t delay = delays[0].seconds;
	const bool ready = look(p, &r);
	ch_err e;

	if (ready && !ch_compose_is_newest(p, r.d, true)) {
		ch_page_go(p, "/h/%u/drafts/%s/review?newer=1", p->home->n, r.d->id);
	} else if (ready) {
		e = ch_dec_parse(&delay, ch_page_form(p, "delay"), CH_DRAFT_DELAY_MAX);
		if (e == CH_OK)
			e = want(p, &r, delay);
		if (e == CH_OK)
			ch_page_job(p, ch_outgoing_job(p->home, r.d->id, r.t.name, true));
		else
			ch_page_fault(p, e, NULL);
	}
	done(&r);
}
