/* Drafts: begun, saved (by the person, or by the script each second or so), listed, discarded. */
#include "compose.h"
#include "outgoing.h"
#include "pages.h"
#include "paper_say.h"

/* ---- from the form ---- */

/* One line: what could not stand in one becomes a space. */
static ch_span line_of(struct ch_page *p, const char *name)
{
	ch_span in = ch_page_form(p, name);
	uint8_t *out = ch_arena_alloc(p->arena, in.n + 1);
	size_t n = 0, from = 0;

	if (!out)
		return (ch_span){ 0 };
	for (size_t i = 0; i < in.n; i++)
		out[n++] = in.p[i] < 0x20 ? ' ' : in.p[i];
	while (n > 0 && out[n - 1] == ' ')
		n--;
	while (from < n && out[from] == ' ')
		from++;
	return ch_span_of(&out[from], n - from);
}

/* Line ends as LF; NUL is no letter. */
static ch_span text_of(struct ch_page *p)
{
	ch_span in = ch_page_form(p, "text");
	uint8_t *out = ch_arena_alloc(p->arena, in.n + 1);
	size_t n = 0;

	if (!out)
		return (ch_span){ 0 };
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] != '\0' &&
		    !(in.p[i] == '\r' && i + 1 < in.n && in.p[i + 1] == '\n'))
			out[n++] = in.p[i] == '\r' ? '\n' : in.p[i];
	return ch_span_of(out, n);
}

const ch_compose_field ch_compose_fields[CH_COMPOSE_FIELDS] = {
	{ CH_DR_TO, "to", CH_M_COVER_TO, false },
	{ CH_DR_RE, "re", CH_M_COVER_RE, false },
	{ CH_DR_ANSWER_BY, "answer-by", CH_M_COVER_ANSWER_BY, false },
	{ CH_DR_FORM, "kind", CH_M_COVER_FORM, true },
	{ CH_DR_ACT, "act", CH_M_COVER_ACT, true },
	{ CH_DR_BASIS, "basis", CH_M_COVER_BASIS, true },
	{ CH_DR_SUBJECT, "subject", CH_M_COMPOSE_SUBJECT, false },
	{ CH_DR_CAVEAT, "caveat", CH_M_COVER_CAVEAT, false },
	{ CH_DR_TITLE, "title", CH_M_COMPOSE_TITLE, false },
	{ CH_DR_OPERATIVE, "operative", CH_M_COVER_OPERATIVE, false },
	{ CH_DR_CHARACTERISE, "characterise", CH_M_COVER_CHARACTERISE, false },
	{ CH_DR_MAY_CONFIRM, "may-confirm", CH_M_COVER_MAY_CONFIRM, false },
	{ CH_DR_DATE, "date", CH_M_HEAD_DATE, false },
	{ CH_DR_LANGUAGES, "languages", CH_M_HEAD_LANGUAGES, false },
	{ CH_DR_COPY, "copy", CH_M_COVER_COPY, false },
	{ CH_DR_LAPSE, "lapse", CH_M_COMPOSE_LAPSE, false },
};

static void take_fields(struct ch_page *p, struct ch_draft *d)
{
	for (size_t i = 0; i < CH_COMPOSE_FIELDS; i++)
		d->v[ch_compose_fields[i].key] = line_of(p, ch_compose_fields[i].name);
	d->text = text_of(p);
}

static void save_and_go(struct ch_page *p, struct ch_draft *d)
{
	struct ch_problem why = { 0 };
	ch_err e = ch_draft_save(d, &p->home->home, &why);

	if (e == CH_OK)
		e = ch_leaving_end(&p->home->home, d->id);
	if (e != CH_OK)
		ch_page_fault(p, e, &why);
	else if (ch_span_eq(ch_page_form(p, "do"), CH_LIT("review")))
		ch_page_go(p, "/h/%u/drafts/%s/review", p->home->n, d->id);
	else
		ch_page_go(p, "/h/%u/drafts/%s", p->home->n, d->id);
}

/* ---- a new one ---- */

static bool in_force(struct ch_page *p, struct ch_talks *t)
{
	if (!ch_page_talks(p, t, p->arg[0]))
		return false;
	p->nav = CH_M_NAV_DRAFTS;
	if (t->state == CH_TALKS_FORCE)
		return true;
	p->status = 422;
	ch_page_begin(p, CH_M_COMPOSE, NULL);
	ch_html_tag(&p->html, "p", CH_M_COMPOSE_NOT_YET);
	ch_talks_deinit(t);
	return false;
}

/* To answer a paper: its number, and whose it is. */
static void answering(struct ch_page *p, struct ch_draft *d, const struct ch_talks *t)
{
	const ch_row_talks *rt = ch_index_talks(p->home->index, ch_span_str(t->name));
	const ch_row *r = rt ? ch_index_row(p->home->index, rt, ch_page_query(p, "re")) : NULL;

	if (!r)
		return;
	d->v[CH_DR_RE] = ch_span_str(r->number);
	d->v[CH_DR_ACT] = CH_LIT("reply");
	if (!r->ours)
		d->v[CH_DR_TO] = ch_span_str(r->party);
}

void ch_page_compose(struct ch_page *p)
{
	struct ch_talks t = { 0 };
	struct ch_draft *d;

	if (!in_force(p, &t))
		return;
	d = ch_arena_alloc(p->arena, sizeof *d);
	if (d) {
		d->v[CH_DR_FORM] = CH_LIT("note");
		d->v[CH_DR_ACT] = CH_LIT("proposal");
		d->v[CH_DR_BASIS] = t.charter.v[CH_CHARTER_BASIS];
		answering(p, d, &t);
		ch_compose_show(p, &t, d);
	} else {
		ch_page_fault(p, CH_E_NOMEM, NULL);
	}
	ch_talks_deinit(&t);
}

void ch_page_compose_post(struct ch_page *p)
{
	struct ch_talks t = { 0 };
	struct ch_draft *d;

	if (!in_force(p, &t))
		return;
	d = ch_arena_alloc(p->arena, sizeof *d);
	if (!d || ch_draft_begin(d) != CH_OK) {
		ch_page_fault(p, CH_E_NOMEM, NULL);
	} else {
		take_fields(p, d);
		d->v[CH_DR_TALKS] = ch_span_str(t.name);
		save_and_go(p, d);
	}
	ch_talks_deinit(&t);
}

void ch_page_answer_to(struct ch_page *p)
{
	ch_page_go(p, "/h/%u/talks/%.*s/compose?re=%.*s", p->home->n, CH_SPAN(p->arg[0]),
	    CH_SPAN(p->arg[1]));
}

/* ---- one that is there ---- */

bool ch_compose_load(struct ch_page *p, struct ch_draft *d)
{
	struct ch_problem why = { 0 };
	ch_leaving l;
	ch_draft_state s;
	ch_err e = d ? ch_draft_load(d, &p->home->home, p->arg[0], &why) : CH_E_NOMEM;

	p->nav = CH_M_NAV_DRAFTS;
	if (e == CH_OK)
		e = ch_outgoing_state(&s, &l, p->home, d->id);
	if (e != CH_OK) {
		ch_page_fault(p, e, &why);
		return false;
	}
	if (s == CH_DRAFT_WANTED || s == CH_DRAFT_STAGED || s == CH_DRAFT_GONE) {
		ch_page_go(p, "/h/%u/outbox", p->home->n);
		return false;
	}
	if (s == CH_DRAFT_BACK && d->v[CH_DR_SAID].n == 0)
		d->v[CH_DR_SAID] = CH_LIT("sealing was cut off, or it was taken out of the outbox; "
		    "nothing left this machine");
	return true;
}

void ch_page_draft(struct ch_page *p)
{
	struct ch_draft *d = ch_alloc(sizeof *d);
	struct ch_talks t = { 0 };

	if (ch_compose_load(p, d) && ch_page_talks(p, &t, ch_arena_copy(p->arena,
	    d->v[CH_DR_TALKS])))
		ch_compose_show(p, &t, d);
	ch_talks_deinit(&t);
	if (d)
		ch_draft_deinit(d);
	ch_free(d, sizeof *d);
}

/* It is on its way, gone with its paper, or was discarded, and something else was typed here. */
static bool is_gone(struct ch_page *p, const struct ch_draft *typed)
{
	struct ch_draft *d = ch_alloc(sizeof *d);
	struct ch_problem quiet = { 0 };
	ch_leaving l;
	ch_draft_state s = CH_DRAFT_OPEN;
	ch_err e = d ? ch_draft_load(d, &p->home->home, p->arg[0], &quiet) : CH_E_NOMEM;
	bool gone = e == CH_E_ABSENT && ch_page_form(p, "talks").n > 0;

	if (e == CH_OK)
		e = ch_outgoing_state(&s, &l, p->home, d->id);
	if (e == CH_OK && (s == CH_DRAFT_WANTED || s == CH_DRAFT_STAGED || s == CH_DRAFT_GONE))
		gone = !ch_compose_same(d, typed);
	if (d)
		ch_draft_deinit(d);
	ch_free(d, sizeof *d);
	return gone;
}

void ch_page_draft_post(struct ch_page *p)
{
	struct ch_draft *typed = ch_arena_alloc(p->arena, sizeof *typed);
	struct ch_draft *d = typed ? ch_alloc(sizeof *d) : NULL;

	if (typed)
		take_fields(p, typed);
	if (typed && is_gone(p, typed)) {
		p->nav = CH_M_NAV_DRAFTS;
		ch_compose_newer(p, NULL, typed);
	} else if (ch_compose_load(p, d)) {
		if (ch_compose_is_newest(p, d, false) || ch_compose_same(d, typed)) {
			take_fields(p, d);
			d->v[CH_DR_SAID] = (ch_span){ 0 };
			save_and_go(p, d);
		} else {
			ch_compose_newer(p, d, typed);
		}
	}
	if (d)
		ch_draft_deinit(d);
	ch_free(d, sizeof *d);
}

void ch_page_discard(struct ch_page *p)
{
	struct ch_html *w = &p->html;
	struct ch_draft *d = ch_alloc(sizeof *d);

	if (ch_compose_load(p, d)) {
		ch_page_begin(p, CH_M_DISCARD, NULL);
		ch_html_put(w, "<p class=\"subject\">");
		ch_compose_subject(p, d);
		ch_html_put(w, "</p><p>");
		ch_html_say(w, CH_M_DISCARD_TEXT);
		ch_html_put(w, "</p>");
		ch_page_form_begin(p, "/h/%u/drafts/%s/discard", p->home->n, d->id);
		ch_html_put(w, "<p class=\"acts\">");
		ch_page_button(p, CH_M_DISCARD_BUTTON, true);
		ch_html_put(w, "<a class=\"button\" href=\"/h/%u/drafts/%s\">", p->home->n, d->id);
		ch_html_say(w, CH_M_DISCARD_KEEP);
		ch_html_put(w, "</a></p></form>");
	}
	if (d)
		ch_draft_deinit(d);
	ch_free(d, sizeof *d);
}

void ch_page_discard_post(struct ch_page *p)
{
	struct ch_draft *d = ch_alloc(sizeof *d);
	struct ch_problem why = { 0 };
	ch_err e;

	if (ch_compose_load(p, d)) {
		e = ch_draft_discard(&p->home->home, d->id, &why);
		if (e == CH_OK)
			ch_page_go(p, "/h/%u/drafts", p->home->n);
		else
			ch_page_fault(p, e, &why);
	}
	if (d)
		ch_draft_deinit(d);
	ch_free(d, sizeof *d);
}

/* ---- the list ---- */

static void row(struct ch_page *p, const struct ch_draft *d, ch_draft_state s)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<li><a class=\"need\" href=\"/h/%u/drafts/%s\"><span class=\"subject\">",
	    p->home->n, d->id);
	ch_compose_subject(p, d);
	ch_html_put(w, "</span><span class=\"quiet\">");
	if (d->v[CH_DR_TO].n > 0) {
		ch_html_say_with(w, CH_M_WAY_TO, CH_ARGS((const char *)ch_arena_copy(p->arena,
		    d->v[CH_DR_TO]).p));
		ch_html_put(w, " · ");
	}
	ch_html_put(w, "<bdi>%.*s</bdi> · ", CH_SPAN(d->v[CH_DR_TALKS]));
	ch_html_say(w, CH_M_COMPOSE_SAVED);
	ch_html_put(w, " ");
	ch_html_when_short(w, d->saved);
	if (d->n_files > 0) {
		ch_html_put(w, " · ");
		ch_html_say_count(w, CH_M_FILES_ONE, d->n_files);
	}
	ch_html_put(w, "</span>");
	if (s == CH_DRAFT_BACK || s == CH_DRAFT_REJECTED || d->v[CH_DR_SAID].n > 0) {
		ch_html_put(w, "<span class=\"what\">");
		ch_html_say(w, CH_M_DRAFT_BACK);
		ch_html_put(w, "</span>");
	}
	ch_html_put(w, "</a></li>");
}

/* True: it is one for this list, and was shown. */
static bool list_one(struct ch_page *p, struct ch_draft *d, const char *id, bool first)
{
	struct ch_problem quiet = { 0 };
	ch_draft_state s;
	ch_leaving l;
	bool is = ch_draft_load(d, &p->home->home, ch_span_str(id), &quiet) == CH_OK &&
	    ch_outgoing_state(&s, &l, p->home, id) == CH_OK &&
	    (s == CH_DRAFT_OPEN || s == CH_DRAFT_BACK || s == CH_DRAFT_REJECTED);

	if (is) {
		CH_HTML_IF(&p->html, first, "<ul class=\"needs\">");
		row(p, d, s);
	}
	ch_draft_deinit(d);
	return is;
}

void ch_page_drafts(struct ch_page *p)
{
	struct ch_draft *d = ch_alloc(sizeof *d);
	struct ch_dir ids = { 0 };
	size_t n = 0;
	ch_err e = d ? ch_draft_list(&ids, &p->home->home) : CH_E_NOMEM;

	ch_page_begin(p, CH_M_NAV_DRAFTS, NULL);
	ch_html_put(&p->html, "<p class=\"quiet\">");
	ch_html_say(&p->html, CH_M_DRAFTS_TEXT);
	ch_html_put(&p->html, "</p>");
	for (size_t i = 0; e == CH_OK && i < ids.n; i++)
		n += list_one(p, d, ids.names[i], n == 0);
	CH_HTML_IF(&p->html, n > 0, "</ul>");
	if (e != CH_OK)
		ch_page_fault_text(p, e, NULL);
	else if (n == 0)
		ch_html_tag(&p->html, "p", CH_M_DRAFTS_NONE);
	ch_dir_deinit(&ids);
	ch_free(d, sizeof *d);
}
