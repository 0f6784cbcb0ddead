/* What the pages of opening, joining and signing share: see talks_page.h. */
#include <stdio.h>

#include "desk.h"
#include "field.h"
#include "talks_page.h"
#include "visit.h"

void ch_page_words_large(struct ch_page *p, ch_msg label, ch_span vkey)
{
	ch_html_put(&p->html, "<div class=\"large\"><p class=\"quiet\">");
	ch_html_say(&p->html, label);
	ch_html_put(&p->html, "</p>");
	ch_page_fingerprint(p, vkey);
	ch_html_put(&p->html, "</div>");
}

/* ---- terms ---- */

static ch_msg confirm_text(ch_span v)
{
	return ch_span_eq(v, CH_LIT("free")) ? CH_M_TERM_CONFIRM_FREE :
	    ch_span_eq(v, CH_LIT("never")) ? CH_M_TERM_CONFIRM_NEVER : CH_M_TERM_CONFIRM_CONSENT;
}

static void term(struct ch_page *p, ch_msg label, ch_msg text, ch_span v)
{
	char value[300];
	struct ch_html *w = &p->html;

	(void)snprintf(value, sizeof value, "%.*s", CH_SPAN(v));
	ch_html_put(w, "<dt>");
	ch_html_say(w, label);
	ch_html_put(w, "</dt><dd>");
	ch_html_say_with(w, text, CH_ARGS(value));
	ch_html_put(w, "</dd>");
}

static void term_if(struct ch_page *p, ch_msg label, ch_msg text, ch_span v, ch_msg otherwise)
{
	if (v.n > 0)
		term(p, label, text, v);
	else if (otherwise != CH_M_COUNT)
		term(p, label, otherwise, v);
}

/* Words of the formats, with commas in between, as a person says them. */
static void term_list(struct ch_page *p, ch_msg label, ch_span list)
{
	struct ch_html *w = &p->html;
	struct ch_rd r = ch_rd_of(list);

	ch_html_put(w, "<dt>");
	ch_html_say(w, label);
	ch_html_put(w, "</dt><dd>");
	while (!ch_rd_at_end(&r)) {
		struct ch_rd look = r;
		ch_span one = ch_rd_until(&look, ',');

		if (look.err == CH_OK)
			r = look;
		else
			one = ch_rd_rest(&r);
		ch_page_term(p, one);
		ch_html_put(w, "%s", look.err == CH_OK ? ", " : "");
	}
	ch_html_put(w, "</dd>");
}

static void registries(struct ch_page *p, const ch_stmt *c)
{
	ch_item it;

	for (uint32_t i = 0; i < c->count[CH_CHARTER_REGISTRIES]; i++) {
		if (ch_stmt_item(&it, c, CH_CHARTER_REGISTRIES, i) != CH_OK)
			break;
		ch_html_put(&p->html, "<dt>");
		ch_html_say(&p->html, CH_M_TERM_REGISTRY);
		ch_html_put(&p->html, "</dt><dd><bdi>%.*s</bdi><br><bdi class=\"quiet\">%.*s"
		    "</bdi>", CH_SPAN(it.v[CH_CR_ORIGIN]), CH_SPAN(it.v[CH_CR_URL]));
		ch_page_fingerprint(p, it.v[CH_CR_VKEY]);
		ch_html_put(&p->html, "</dd>");
	}
}

void ch_page_terms(struct ch_page *p, const ch_stmt *c)
{
	const ch_span *v = c->v, none = { 0 };

	ch_html_put(&p->html, "<dl class=\"facts\">");
	ch_page_fact(p, CH_M_TERM_TITLE, v[CH_CHARTER_TITLE]);
	ch_page_fact(p, CH_M_TERM_NAME, v[CH_CHARTER_NAME]);
	ch_page_fact(p, CH_M_TERM_OPENED, v[CH_CHARTER_PARTY]);
	registries(p, c);
	term_list(p, CH_M_TERM_BASIS, v[CH_CHARTER_BASIS]);
	term_list(p, CH_M_TERM_BASES, v[CH_CHARTER_BASES]);
	term(p, CH_M_TERM_PUBLIC, confirm_text(v[CH_CHARTER_CONFIRM]), none);
	ch_page_fact(p, CH_M_TERM_LANGUAGES, v[CH_CHARTER_LANGUAGES]);
	ch_page_fact(p, CH_M_TERM_WORD_SET, v[CH_CHARTER_WORD_SET]);
	term_if(p, CH_M_TERM_ANSWER, CH_M_TERM_ANSWER_TEXT, v[CH_CHARTER_ANSWER_DAYS],
	    CH_M_TERM_ANSWER_NONE);
	term_if(p, CH_M_TERM_LAPSE, CH_M_TERM_LAPSE_TEXT, v[CH_CHARTER_LAPSE_DAYS], CH_M_COUNT);
	term_if(p, CH_M_TERM_DEEMED, CH_M_TERM_DEEMED_TEXT, v[CH_CHARTER_DEEMED_DAYS],
	    CH_M_TERM_DEEMED_NONE);
	term_if(p, CH_M_TERM_AT_ONCE, CH_M_TERM_PLAIN, v[CH_CHARTER_EFFECTIVE_REGISTRATION],
	    CH_M_TERM_AT_ONCE_USUAL);
	term_if(p, CH_M_TERM_NOTICE, CH_M_TERM_PLAIN, v[CH_CHARTER_EFFECTIVE_NOTICE],
	    CH_M_TERM_NOTICE_USUAL);
	term_if(p, CH_M_TERM_RECEIPT, CH_M_TERM_PLAIN, v[CH_CHARTER_EFFECTIVE_RECEIPT],
	    CH_M_TERM_RECEIPT_USUAL);
	term_if(p, CH_M_TERM_ROUNDS, CH_M_TERM_ROUNDS_TEXT, v[CH_CHARTER_ROUNDS],
	    CH_M_TERM_ROUNDS_NONE);
	term(p, CH_M_TERM_PACKAGE, ch_span_eq(v[CH_CHARTER_PACKAGE], CH_LIT("yes")) ?
	    CH_M_TERM_PACKAGE_YES : CH_M_TERM_PACKAGE_NO, none);
	ch_html_put(&p->html, "</dl>");
}

ch_span ch_page_code(char out[CH_CODE_MAX + 1], ch_span handle)
{
	size_t n = 0;

	memset(out, 0, CH_CODE_MAX + 1);
	for (size_t i = 0; i < handle.n && handle.p[i] != '.' && n < CH_CODE_MAX; i++)
		if (handle.p[i] >= 'a' && handle.p[i] <= 'z')
			out[n++] = (char)(handle.p[i] - 'a' + 'A');
	return n >= 2 ? ch_span_of(out, n) : (ch_span){ (const uint8_t *)"", 0 };
}

/* ---- in jobs ---- */

static ch_err admit(const struct ch_trial *t, const struct ch_home *h, struct ch_problem *why)
{
	struct ch_roster_file own = { 0 };
	ch_err e = ch_party_roster(&own, h, ch_span_str(h->handle), 0, why);

	if (e == CH_OK)
		e = ch_trial_admit(t, ch_buf_span(&own.bytes), why);
	ch_roster_file_deinit(&own);
	return e;
}

ch_err ch_page_enter_as(struct ch_watch *w, struct ch_link *l, struct ch_home *h,
    const struct ch_trial *t, ch_span origin, ch_span pass, struct ch_problem *why)
{
	uint64_t version;
	ch_err e = ch_party_renew(&version, h, origin, false, pass, why);

	if (e == CH_OK && ch_trial_is(t, origin))
		e = admit(t, h, why);
	if (e == CH_OK)
		e = ch_visit(w, l, h, origin, false, why);
	if (e == CH_OK)
		e = ch_party_publish(w, why);
	if (e == CH_OK || strcmp(why->type, "not-enrolled") != 0)
		return e;
	*why = (struct ch_problem){ 0 };
	return CH_OK;
}

ch_err ch_page_enter(struct ch_job *j, ch_span origin, ch_span pass)
{
	return ch_page_enter_as(&j->watch, &j->link, &j->home, &j->at->desk->trial, origin, pass,
	    &j->why);
}

ch_err ch_page_ask_registry(ch_talks_ask *ask, struct ch_buf *card, struct ch_buf *url,
    const struct ch_home *h, ch_span origin, struct ch_problem *why)
{
	ch_watch_card read;
	struct ch_rd r;
	ch_err e = ch_watch_card_file(card, h, origin);

	if (e == CH_OK)
		e = ch_watch_url_file(url, h, origin);
	if (e != CH_OK)
		return ch_problem_set(why, e, "this registry was not met here yet; nothing was "
		    "done");
	e = ch_watch_read_card(&read, ch_buf_span(card), h->exercise, why);
	r = ch_rd_of(ch_buf_span(url));
	ask->origin = read.stmt.v[CH_RG_REGISTRY];
	ask->vkey = read.stmt.v[CH_RG_VKEY];
	ask->cosigner = read.stmt.v[CH_RG_COSIGNER];
	ask->url = ch_rd_line1(&r);
	return e;
}
