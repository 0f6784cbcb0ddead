/* Talks: what needs an answer from here, the next clock, the last event. And one talks: its parties
 * and its papers both ways. The pattern for lists. */
#include <stdlib.h>

#include "dec.h"
#include "pages.h"
#include "talks_page.h"

#define PAGE_ROWS 50u

/* ---- all talks ---- */

static void needs_row(struct ch_page *p, const ch_row *r)
{
	struct ch_html *w = &p->html;
	const ch_row_talks *t = &p->home->index->talks[r->talks];

	ch_html_put(w, "<li><a class=\"need\" href=\"/h/%u/talks/%s/papers/%s\">"
	    "<span class=\"what\">", p->home->n, t->name, r->folder);
	ch_html_say(w, ch_row_waits(r) ? CH_M_NEED_SIGN : CH_M_NEED_ANSWER);
	ch_html_put(w, "</span><span class=\"subject\"><bdi>%s</bdi></span>"
	    "<span class=\"quiet\"><bdi>%s</bdi> · <bdi>%s</bdi>",
	    r->subject[0] ? r->subject : r->number, r->party, r->number);
	if (r->answer_by != 0 && !ch_row_waits(r)) {
		ch_html_put(w, " · ");
		ch_html_say(w, CH_M_CLOCK_ANSWER);
		ch_html_put(w, " ");
		ch_html_until(w, r->answer_by, p->now);
	} else if (r->lapse != 0) {
		ch_html_put(w, " · ");
		ch_html_say(w, CH_M_CLOCK_LAPSE);
		ch_html_put(w, " ");
		ch_html_until(w, r->lapse, p->now);
	}
	ch_html_put(w, "</span></a></li>");
}

static void needs(struct ch_page *p, const struct ch_index *x)
{
	struct ch_html *w = &p->html;
	size_t n = 0;

	ch_html_put(w, "<section aria-labelledby=\"needs\"><h2 id=\"needs\">");
	ch_html_say(w, CH_M_NEEDS);
	ch_html_put(w, "</h2>");
	for (size_t i = 0; i < x->n; i++) {
		if (!ch_row_waits(&x->row[i]) && !ch_row_wants_answer(&x->row[i]))
			continue;
		if (n == PAGE_ROWS)
			break;
		if (n++ == 0)
			ch_html_put(w, "<ul class=\"needs\">");
		needs_row(p, &x->row[i]);
	}
	if (n > 0) {
		ch_html_put(w, "</ul>");
	} else {
		ch_html_put(w, "<p class=\"quiet\">");
		ch_html_say(w, CH_M_NEEDS_NOTHING);
		ch_html_put(w, "</p>");
	}
	ch_html_put(w, "</section>");
}

static void talks_card(struct ch_page *p, const ch_row_talks *t)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<li><a class=\"card\" href=\"/h/%u/talks/%s\"><strong><bdi>%s</bdi>"
	    "</strong>", p->home->n, t->name, t->title[0] ? t->title : t->name);
	if (t->others[0]) {
		ch_html_put(w, "<span>");
		ch_html_say_with(w, CH_M_TALKS_WITH, CH_ARGS(t->others));
		ch_html_put(w, "</span>");
	}
	ch_html_put(w, "<span class=\"quiet\">");
	if (t->state != CH_TALKS_FORCE) {
		ch_html_say(w, ch_page_talks_state(t->state));
	} else {
		ch_html_say_count(w, CH_M_PAPERS_ONE, t->n);
		if (t->n_waiting > 0) {
			ch_html_put(w, " · <b>");
			ch_html_say_count(w, CH_M_WAITING_ONE, t->n_waiting);
			ch_html_put(w, "</b>");
		}
	}
	ch_html_put(w, "</span>");
	if (t->clock != 0) {
		ch_html_put(w, "<span class=\"clock\">");
		ch_html_say(w, CH_M_NEXT_CLOCK);
		ch_html_put(w, " ");
		ch_html_until(w, t->clock, p->now);
		ch_html_put(w, "</span>");
	}
	if (t->last != 0) {
		ch_html_put(w, "<span class=\"quiet\">");
		ch_html_say(w, CH_M_LAST_EVENT);
		ch_html_put(w, " ");
		ch_html_when_short(w, t->last);
		ch_html_put(w, "</span>");
	}
	ch_html_put(w, "</a></li>");
}

struct needy {
	const ch_row_talks *t;
};

static int by_need(const void *a, const void *b)
{
	const ch_row_talks *x = ((const struct needy *)a)->t, *y = ((const struct needy *)b)->t;
	bool xn = x->n_waiting + x->n_to_answer > 0, yn = y->n_waiting + y->n_to_answer > 0;

	if (xn != yn)
		return xn ? -1 : 1;
	if (x->last != y->last)
		return x->last > y->last ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void cards(struct ch_page *p, const struct ch_index *x)
{
	struct ch_html *w = &p->html;
	struct needy *by = ch_arena_alloc(p->arena, (x->n_talks + 1) * sizeof *by);

	if (!by)
		return;
	for (size_t i = 0; i < x->n_talks; i++)
		by[i].t = &x->talks[i];
	qsort(by, x->n_talks, sizeof *by, by_need);
	ch_html_put(w, "<section aria-labelledby=\"all\"><h2 id=\"all\">");
	ch_html_say(w, CH_M_TALKS_ALL);
	ch_html_put(w, "</h2>");
	if (x->n_talks == 0) {
		ch_html_put(w, "<p class=\"quiet\">");
		ch_html_say(w, CH_M_TALKS_NONE);
		ch_html_put(w, "</p>");
	} else {
		ch_html_put(w, "<ul class=\"cards\">");
		for (size_t i = 0; i < x->n_talks; i++)
			talks_card(p, by[i].t);
		ch_html_put(w, "</ul>");
	}
	ch_page_talks_ways(p);
	ch_html_put(w, "</section>");
}

/* The index is being made: the page comes again by itself. */
static void still_looking(struct ch_page *p)
{
	const struct ch_index *x = p->home->index;

	if (x && x->n_left == 0)
		return;
	ch_html_put(&p->html, "<p class=\"quiet\" role=\"status\" id=\"looking\" data-poll=\"1\">");
	if (x)
		ch_html_say_count(&p->html, CH_M_LOOKING_ONE, x->n_left);
	else
		ch_html_say(&p->html, CH_M_LOOKING);
	ch_html_put(&p->html, "</p><noscript><meta http-equiv=\"refresh\" content=\"1\">"
	    "</noscript>");
}

/* What an open page asks now and then, to renew itself: a number that grows, or "locked". */
void ch_page_news(struct ch_page *p)
{
	ch_page_file(p, "text/plain; charset=utf-8", "news.txt", (ch_span){ 0 });
	if (p->home->home.unlocked)
		ch_html_put(&p->html, "%u", p->home->news);
	else
		ch_html_put(&p->html, "locked");
}

static void renews_itself(struct ch_page *p)
{
	ch_html_put(&p->html, "<p class=\"unseen\" role=\"status\" id=\"news\" "
	    "data-news=\"%u\" data-from=\"/h/%u/news\" data-say=\"%s\"></p>", p->home->news,
	    p->home->n, ch_html_word(&p->html, CH_M_NEWS));
}

void ch_page_talks_list(struct ch_page *p)
{
	ch_page_begin(p, CH_M_NAV_TALKS, NULL);
	renews_itself(p);
	still_looking(p);
	if (!p->home->index)
		return;
	needs(p, p->home->index);
	cards(p, p->home->index);
}

/* ---- one talks ---- */

static void party_row(struct ch_page *p, const ch_item *it)
{
	struct ch_html *w = &p->html;
	bool own = ch_span_eq(it->v[CH_CP_HANDLE], ch_span_str(p->home->home.handle));

	ch_html_put(w, "<li><strong><bdi>%.*s</bdi></strong> <span class=\"quiet\">",
	    CH_SPAN(it->v[CH_CP_TITLE].n ? it->v[CH_CP_TITLE] : it->v[CH_CP_HANDLE]));
	if (it->v[CH_CP_TITLE].n > 0)
		ch_html_put(w, "<bdi>%.*s</bdi> · ", CH_SPAN(it->v[CH_CP_HANDLE]));
	ch_html_put(w, "<bdi>%.*s</bdi>", CH_SPAN(it->v[CH_CP_CODE]));
	if (own) {
		ch_html_put(w, " · ");
		ch_html_say(w, CH_M_PARTY_OWN);
	}
	ch_html_put(w, "</span>");
	ch_page_fingerprint(p, it->v[CH_CP_KEY]);
	ch_html_put(w, "</li>");
}

static void parties(struct ch_page *p, const struct ch_talks *t)
{
	struct ch_html *w = &p->html;
	ch_item it;

	ch_html_put(w, "<aside aria-labelledby=\"parties\"><h2 id=\"parties\">");
	ch_html_say(w, CH_M_TALKS_PARTIES);
	ch_html_put(w, "</h2><ul class=\"parties\">");
	for (uint32_t i = 0; i < t->charter.count[CH_CHARTER_PARTIES]; i++)
		if (ch_stmt_item(&it, &t->charter, CH_CHARTER_PARTIES, i) == CH_OK)
			party_row(p, &it);
	ch_html_put(w, "</ul><p class=\"quiet\">");
	ch_html_say(w, CH_M_FINGERPRINTS_WHY);
	ch_html_put(w, "</p><p><a href=\"/h/%u/talks/%s/public\">", p->home->n, t->name);
	ch_html_say(w, CH_M_PUBLISH_TITLE);
	ch_html_put(w, "</a></p><details><summary>");
	ch_html_say(w, CH_M_SEES);
	ch_html_put(w, "</summary><ul class=\"plain\"><li>");
	ch_html_say(w, CH_M_SEES_REGISTRY);
	ch_html_put(w, "</li><li>");
	ch_html_say(w, CH_M_SEES_BEFORE);
	ch_html_put(w, "</li><li>");
	ch_html_say(w, CH_M_SEES_AFTER);
	ch_html_put(w, "</li><li>");
	ch_html_say(w, CH_M_SEES_OTHERS);
	ch_html_put(w, "</li></ul></details></aside>");
}

static void clocks(struct ch_page *p, const ch_row *r)
{
	struct ch_html *w = &p->html;
	bool runs = r->standing == CH_STANDING_WAITS ||
	    r->standing == CH_STANDING_WAITS_OTHER || r->standing == CH_STANDING_REGISTERED ||
	    r->standing == CH_STANDING_NOTICED;

	if (runs && r->lapse != 0) {
		ch_html_put(w, "<p class=\"clock\">");
		ch_html_say(w, CH_M_CLOCK_LAPSE);
		ch_html_put(w, " ");
		ch_html_until(w, r->lapse, p->now);
		ch_html_put(w, " · ");
		ch_html_when_short(w, r->lapse);
		ch_html_put(w, "</p>");
	}
	if (r->answer_by != 0 && !r->answered && !ch_standing_is_unsigned_end(r->standing)) {
		ch_html_put(w, "<p class=\"clock\">");
		ch_html_say(w, CH_M_CLOCK_ANSWER);
		ch_html_put(w, " ");
		ch_html_until(w, r->answer_by, p->now);
		ch_html_put(w, " · ");
		ch_html_when_short(w, r->answer_by);
		ch_html_put(w, "</p>");
	}
}

void ch_page_subject(struct ch_page *p, const ch_row *r)
{
	struct ch_html *w = &p->html;

	if (r->subject[0])
		ch_html_put(w, "<bdi>%s</bdi>", r->subject);
	else if (r->hold == CH_HOLD_SENT && r->by[0])
		ch_html_say_with(w, CH_M_SUBJECT_SENT, CH_ARGS(r->by));
	else
		ch_html_say(w, r->hold == CH_HOLD_BEFORE ? CH_M_SUBJECT_BEFORE :
		    CH_M_SUBJECT_NONE);
}

static void timeline_row(struct ch_page *p, const ch_row_talks *t, const ch_row *r)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<li class=\"%s%s\"><p class=\"line\"><span class=\"way\">",
	    r->ours ? "ours" : "theirs", ch_row_waits(r) ? " waits" : "");
	ch_html_say_with(w, r->ours ? CH_M_WAY_TO : CH_M_WAY_FROM, CH_ARGS(r->party));
	ch_html_put(w, "</span> ");
	ch_html_when_short(w, r->registered);
	ch_html_put(w, "</p><h3><a href=\"/h/%u/talks/%s/papers/%s\">", p->home->n, t->name,
	    r->folder);
	ch_page_subject(p, r);
	ch_html_put(w, "</a></h3><p class=\"quiet\">");
	if (r->act[0]) {
		ch_page_term(p, ch_span_str(r->act));
		ch_html_put(w, ", ");
		ch_page_term(p, ch_span_str(r->form));
		ch_html_put(w, " · ");
	}
	ch_html_put(w, "<bdi class=\"number\">%s</bdi>", r->number);
	if (r->re[0]) {
		ch_html_put(w, " · ");
		ch_html_say_with(w, CH_M_ANSWERS, CH_ARGS(r->re));
	}
	ch_html_put(w, "</p><p class=\"standing\">");
	ch_html_say(w, ch_page_standing(r->standing));
	if (r->answered) {
		ch_html_put(w, " · ");
		ch_html_say(w, CH_M_ANSWERED);
	}
	ch_html_put(w, "</p>");
	clocks(p, r);
	ch_html_put(w, "</li>");
}

static void pager(struct ch_page *p, const ch_row_talks *t, size_t from)
{
	struct ch_html *w = &p->html;

	if (t->n <= PAGE_ROWS)
		return;
	ch_html_put(w, "<nav class=\"pager\" aria-label=\"%s\">", ch_html_word(w, CH_M_PAGER));
	if (from > 0) {
		ch_html_put(w, "<a href=\"/h/%u/talks/%s?from=%zu\">", p->home->n, t->name,
		    from > PAGE_ROWS ? from - PAGE_ROWS : 0);
		ch_html_say(w, CH_M_PAGER_NEWER);
		ch_html_put(w, "</a> ");
	}
	if (from + PAGE_ROWS < t->n) {
		ch_html_put(w, "<a href=\"/h/%u/talks/%s?from=%zu\">", p->home->n, t->name,
		    from + PAGE_ROWS);
		ch_html_say(w, CH_M_PAGER_OLDER);
		ch_html_put(w, "</a>");
	}
	ch_html_put(w, "</nav>");
}

static void timeline(struct ch_page *p, const struct ch_index *x, const ch_row_talks *t)
{
	struct ch_html *w = &p->html;
	ch_row_ref *by = ch_arena_alloc(p->arena, (t->n + 1) * sizeof *by);
	uint64_t from = 0;

	if (!by)
		return;
	for (size_t i = 0; i < t->n; i++)
		by[i].row = &x->row[t->first + i];
	qsort(by, t->n, sizeof *by, ch_row_newest_first);
	if (ch_dec_parse(&from, ch_page_query(p, "from"), t->n) != CH_OK || from == t->n)
		from = 0;
	ch_html_put(w, "<section aria-labelledby=\"papers\"><h2 id=\"papers\">");
	ch_html_say(w, CH_M_TALKS_PAPERS);
	ch_html_put(w, "</h2>");
	if (t->n == 0) {
		ch_html_put(w, "<p class=\"quiet\">");
		ch_html_say(w, CH_M_TALKS_PAPERS_NONE);
		ch_html_put(w, "</p>");
	} else {
		ch_html_put(w, "<ol class=\"timeline\">");
		for (size_t i = from; i < t->n && i < from + PAGE_ROWS; i++)
			timeline_row(p, t, by[i].row);
		ch_html_put(w, "</ol>");
	}
	pager(p, t, from);
	ch_html_put(w, "</section>");
}

void ch_page_talks_show(struct ch_page *p)
{
	struct ch_html *w = &p->html;
	struct ch_talks t = { 0 };
	const ch_row_talks *row;
	ch_span title;

	if (!ch_page_talks(p, &t, p->arg[0]))
		return;
	p->nav = CH_M_NAV_TALKS;
	title = t.charter.v[CH_CHARTER_TITLE];
	ch_page_begin_bare(p, CH_M_TALKS_TITLE, CH_ARGS(t.name));
	ch_html_put(w, "<p class=\"over\"><a href=\"/h/%u/talks\">", p->home->n);
	ch_html_say(w, CH_M_NAV_TALKS);
	ch_html_put(w, "</a> · ");
	if (title.n > 0)
		ch_html_put(w, "<bdi>%s</bdi> · ", t.name);
	ch_html_say(w, ch_page_talks_state(t.state));
	ch_html_put(w, "</p><h1><bdi>%.*s</bdi></h1>",
	    CH_SPAN(title.n ? title : ch_span_str(t.name)));
	if (t.state == CH_TALKS_FORCE) {
		ch_html_put(w, "<p class=\"acts\"><a class=\"button\" "
		    "href=\"/h/%u/talks/%s/compose\">", p->home->n, t.name);
		ch_html_say(w, CH_M_COMPOSE_WRITE);
		ch_html_put(w, "</a> <a class=\"button\" href=\"/h/%u/talks/%s/statement\">",
		    p->home->n, t.name);
		ch_html_say(w, CH_M_STATEMENT_TITLE);
		ch_html_put(w, "</a></p>");
	}
	renews_itself(p);
	still_looking(p);
	ch_html_put(w, "<div class=\"beside\">");
	row = ch_index_talks(p->home->index, p->arg[0]);
	if (t.state != CH_TALKS_FORCE)
		ch_page_forming(p, &t);
	else if (row)
		timeline(p, p->home->index, row);
	parties(p, &t);
	ch_html_put(w, "</div>");
	ch_talks_deinit(&t);
}
