/*
 * Talks on their way into force: invitations and their letters, answers, the charter to read and to
 * sign, who has signed.
 */
#include <stdio.h>

#include "field.h"
#include "pages.h"
#include "talks_page.h"

#define INVITED_MAX 8192u

/* Who was invited, one after the other; false at the end. */
static bool next_invited(ch_span *handle, struct ch_rd *r)
{
	if (ch_rd_at_end(r))
		return false;
	*handle = ch_rd_until(r, ' ');
	(void)ch_rd_line1(r);
	return r->err == CH_OK;
}

/* ---- invitations ---- */

#define LETTER_MAX 8192u

/* In the language of the page, for somebody who types no commands. */
static ch_err write_letter(struct ch_buf *out, struct ch_page *p, const struct ch_talks *t,
    const char *to)
{
	static const ch_msg line[] = { CH_M_LETTER_INVITES, CH_M_LETTER_FILE, CH_M_LETTER_DO,
		CH_M_LETTER_START, CH_M_LETTER_TAKE, CH_M_LETTER_CALL, CH_M_LETTER_ANSWER };
	char ours[CH_WORDS_LEN + 1], theirs[CH_WORDS_LEN + 1];
	const ch_args *args = CH_ARGS(p->home->home.handle, to, t->name, ours, theirs);
	ch_item self, reg;
	struct ch_wr w;
	uint8_t *at;
	ch_err e = ch_talks_party(&self, t, ch_span_str(p->home->home.handle));

	if (e == CH_OK)
		e = ch_talks_registry(&reg, t);
	if (e == CH_OK)
		e = ch_buf_reserve(&at, out, LETTER_MAX);
	if (e != CH_OK)
		return e;
	ch_party_words(ours, self.v[CH_CP_KEY]);
	ch_party_words(theirs, reg.v[CH_CR_VKEY]);
	w = ch_wr_of(at, LETTER_MAX);
	for (size_t i = 0; i < CH_COUNT(line); i++) {
		ch_lang_put(&w, p->html.tongue, line[i], args);
		CH_WR_LIT(&w, "\n\n");
	}
	ch_buf_commit(out, w.err == CH_OK ? w.n - 1 : 0);
	return w.err;
}

static ch_err make_invitation(struct ch_buf *pack, struct ch_buf *letter, struct ch_page *p,
    const struct ch_talks *t, struct ch_problem *why)
{
	struct ch_buf plain;
	ch_err e;

	ch_buf_init(pack, CH_PACK_MAX);
	ch_buf_init(letter, CH_STMT_MAX);
	ch_buf_init(&plain, CH_STMT_MAX);
	e = ch_talks_invite(pack, &plain, &p->home->home, t, p->arg[1], why);
	ch_buf_deinit(&plain);
	return e == CH_OK ? write_letter(letter, p, t, (const char *)p->arg[1].p) : e;
}

static void letter_page(struct ch_page *p, const struct ch_talks *t, const struct ch_buf *letter)
{
	struct ch_html *w = &p->html;
	char handle[CH_HANDLE_MAX + 1];
	ch_item self;

	(void)snprintf(handle, sizeof handle, "%.*s", CH_SPAN(p->arg[1]));
	p->nav = CH_M_NAV_TALKS;
	ch_page_begin(p, CH_M_INVITE, CH_ARGS(handle));
	ch_page_say(p, CH_M_INVITE_LEAD);
	ch_html_put(w, "<p class=\"acts\"><a class=\"button primary\" href=\"/h/%u/talks/%s/invite/"
	    "%s/file\">", p->home->n, t->name, handle);
	ch_html_say(w, CH_M_INVITE_FILE);
	ch_html_put(w, "</a><a class=\"button\" href=\"/h/%u/talks/%s/invite/%s/letter\">",
	    p->home->n, t->name, handle);
	ch_html_say(w, CH_M_INVITE_LETTER);
	ch_html_put(w, "</a><a class=\"button\" href=\"/h/%u/talks/%s\">", p->home->n, t->name);
	ch_html_say(w, CH_M_GO_ON);
	ch_html_put(w, "</a></p>");
	if (ch_talks_party(&self, t, ch_span_str(p->home->home.handle)) == CH_OK)
		ch_page_words_large(p, CH_M_INVITE_OURS, self.v[CH_CP_KEY]);
	ch_html_put(w, "<article class=\"sheet letter\" tabindex=\"0\">"
	    "<pre>%.*s</pre></article>", CH_SPAN(ch_buf_span(letter)));
	ch_page_quiet(p, CH_M_INVITE_QUIET);
}

void ch_page_invite(struct ch_page *p)
{
	struct ch_problem why = { 0 };
	struct ch_talks t = { 0 };
	struct ch_buf pack, letter;
	char name[120];
	ch_span what = p->arg[2];
	ch_err e;

	if (!ch_page_talks(p, &t, p->arg[0]))
		return;
	e = make_invitation(&pack, &letter, p, &t, &why);
	(void)snprintf(name, sizeof name, "%.48s-%s-%.48s.txt", t.name,
	    ch_span_eq(what, CH_LIT("file")) ? "invitation" : "letter",
	    (const char *)p->arg[1].p);
	if (e != CH_OK)
		ch_page_fault(p, e, &why);
	else if (what.n == 0)
		letter_page(p, &t, &letter);
	else
		ch_page_file(p, "text/plain; charset=utf-8", name,
		    ch_buf_span(ch_span_eq(what, CH_LIT("file")) ? &pack : &letter));
	ch_buf_deinit(&pack);
	ch_buf_deinit(&letter);
	ch_talks_deinit(&t);
}

/* ---- the answer of who was invited ---- */

void ch_page_answer_file(struct ch_page *p)
{
	struct ch_problem why = { 0 };
	struct ch_buf pack;
	char name[120];
	ch_err e;

	ch_buf_init(&pack, CH_PACK_MAX);
	e = ch_talks_answer(&pack, &p->home->home, &why);
	(void)snprintf(name, sizeof name, "%.48s-answer-%.48s.txt", (const char *)p->arg[0].p,
	    p->home->home.handle);
	if (e == CH_OK)
		ch_page_file(p, "text/plain; charset=utf-8", name, ch_buf_span(&pack));
	else
		ch_page_fault(p, e, &why);
	ch_buf_deinit(&pack);
}

/* ---- where it stands, on the page of the talks ---- */

/* The registry has not taken our roster: its operator must admit us. */
static void not_admitted(struct ch_page *p)
{
	const struct ch_home *h = &p->home->home;
	struct ch_roster_file own = { 0 };
	struct ch_buf proof;
	ch_err e = ch_party_roster(&own, h, ch_span_str(h->handle), 0, NULL);

	ch_buf_init(&proof, CH_WATCH_PROOF_MAX);
	if (e == CH_OK && ch_party_roster_proof(&proof, h, ch_span_str(h->handle), own.version) !=
	    CH_OK) {
		ch_page_note_begin(p, CH_NOTE_MIND);
		ch_page_say(p, CH_M_FORMING_ENROL);
		ch_html_put(&p->html, "<p><a href=\"/h/%u/roster\">", p->home->n);
		ch_html_say(&p->html, CH_M_FORMING_ROSTER);
		ch_html_put(&p->html, "</a></p>");
		ch_page_note_end(p);
	}
	ch_buf_deinit(&proof);
	ch_roster_file_deinit(&own);
}

static void of_draft(struct ch_page *p, const struct ch_talks *t)
{
	struct ch_html *w = &p->html;
	struct ch_buf invited;
	struct ch_rd r;
	ch_span who;
	unsigned n = 0;

	ch_buf_init(&invited, INVITED_MAX);
	if (ch_talks_invited(&invited, &p->home->home, t) != CH_OK)
		return;
	ch_page_say(p, CH_M_FORMING_DRAFT);
	ch_html_put(w, "<ol class=\"numbered\"><li>");
	ch_html_say(w, CH_M_FORMING_SEND);
	ch_html_put(w, "<ul class=\"plain\">");
	for (r = ch_rd_of(ch_buf_span(&invited)); next_invited(&who, &r);) {
		ch_html_put(w, "<li><a href=\"/h/%u/talks/%s/invite/%.*s\">", p->home->n, t->name,
		    CH_SPAN(who));
		ch_html_put(w, "%.*s</a></li>", CH_SPAN(who));
	}
	ch_html_put(w, "</ul></li><li>");
	ch_html_say(w, CH_M_FORMING_ANSWERS);
	ch_html_put(w, "</li></ol>");
	ch_page_form_begin(p, "/h/%u/talks/%s/answers", p->home->n, t->name);
	for (r = ch_rd_of(ch_buf_span(&invited)); next_invited(&who, &r); n++) {
		char name[16], handle[CH_HANDLE_MAX + 1];

		(void)snprintf(name, sizeof name, "a%u", n);
		(void)snprintf(handle, sizeof handle, "%.*s", CH_SPAN(who));
		ch_html_put(w, "<p class=\"over\"><bdi>%s</bdi></p>", handle);
		ch_page_field(p, name, CH_M_FORMING_ANSWER, CH_M_DROP_HINT, CH_LIT(""),
		    CH_FIELD_MANY | CH_FIELD_NEEDED);
	}
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_FORMING_BUILD, true);
	ch_html_put(w, "</p></form>");
	ch_buf_deinit(&invited);
}

static void of_invited(struct ch_page *p, const struct ch_talks *t)
{
	struct ch_html *w = &p->html;

	ch_page_say(p, CH_M_FORMING_INVITED);
	ch_html_put(w, "<ol class=\"numbered\"><li>");
	ch_html_say(w, CH_M_FORMING_SEND_ANSWER);
	ch_html_put(w, " <a href=\"/h/%u/talks/%s/answer\">", p->home->n, t->name);
	ch_html_say(w, CH_M_FORMING_ANSWER_FILE);
	ch_html_put(w, "</a></li><li>");
	ch_html_say(w, CH_M_FORMING_WAIT);
	ch_html_put(w, "</li></ol>");
	ch_page_form_begin(p, "/h/%u/talks/%s/fetch", p->home->n, t->name);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_FORMING_FETCH, true);
	ch_html_put(w, "</p></form>");
}

static void of_signing(struct ch_page *p, const struct ch_talks *t)
{
	struct ch_html *w = &p->html;
	ch_charter_signed is = { 0 };
	bool known = ch_talks_signed(&is, &p->home->home, t) == CH_OK;
	ch_item it;

	ch_page_say(p, CH_M_FORMING_SIGNING);
	ch_html_put(w, "<ul class=\"plain\">");
	for (uint32_t i = 0; i < t->charter.count[CH_CHARTER_PARTIES]; i++) {
		if (ch_stmt_item(&it, &t->charter, CH_CHARTER_PARTIES, i) != CH_OK)
			break;
		ch_html_put(w, "<li><bdi>%.*s</bdi>: ", CH_SPAN(it.v[CH_CP_HANDLE]));
		ch_html_say(w, !known ? CH_M_FORMING_UNKNOWN : is.signed_ >> i & 1 ?
		    CH_M_FORMING_SIGNED : CH_M_FORMING_UNSIGNED);
		ch_html_put(w, "</li>");
	}
	ch_html_put(w, "</ul>");
	ch_page_form_begin(p, "/h/%u/talks/%s/sign", p->home->n, t->name);
	ch_html_put(w, "<input type=\"hidden\" name=\"again\" value=\"yes\"><p class=\"acts\">");
	ch_page_button(p, CH_M_FORMING_AGAIN, false);
	ch_html_put(w, "</p></form>");
}

void ch_page_forming(struct ch_page *p, const struct ch_talks *t)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<section aria-labelledby=\"forming\"><h2 id=\"forming\">");
	ch_html_say(w, CH_M_FORMING);
	ch_html_put(w, "</h2>");
	not_admitted(p);
	if (t->state == CH_TALKS_DRAFT)
		of_draft(p, t);
	else if (t->state == CH_TALKS_INVITED)
		of_invited(p, t);
	else
		of_signing(p, t);
	ch_html_put(w, "<details><summary>");
	ch_html_say(w, CH_M_TERMS);
	ch_html_put(w, "</summary>");
	ch_page_terms(p, &t->charter);
	ch_html_put(w, "</details></section>");
}

void ch_page_talks_ways(struct ch_page *p)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<p class=\"acts\"><a class=\"button\" href=\"/h/%u/open\">", p->home->n);
	ch_html_say(w, CH_M_OPENING);
	ch_html_put(w, "</a><a class=\"button\" href=\"/h/%u/join\">", p->home->n);
	ch_html_say(w, CH_M_JOIN);
	ch_html_put(w, "</a></p>");
}
