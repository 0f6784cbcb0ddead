/* The outbox: what has not left, why, and until when it can be taken out without a trace; what is
 * out there unsigned; what was taken back. */
#include <stdio.h>

#include "background.h"
#include "clock.h"
#include "compose.h"
#include "outgoing.h"
#include "pages.h"
#include "visit.h"

#define ROWS 50u

/* ---- what has not left ---- */

static const ch_desk_contact *contact_of(struct ch_page *p, const char *talks)
{
	const ch_row_talks *t = ch_index_talks(p->home->index, ch_span_str(talks));

	return t ? ch_desk_contact_find(p->home, t->origin) : NULL;
}

/* Why it is still here. */
static void because(struct ch_page *p, const char *talks)
{
	const ch_desk_contact *c = contact_of(p, talks);
	struct ch_html *w = &p->html;
	uint64_t now = ch_clock_ms();
	int64_t wall = ch_clock_wall(), next;

	ch_html_put(w, "<p class=\"clock\">");
	if (c && c->n_failed > 0) {
		next = wall + (int64_t)(c->next_ms > now ? (c->next_ms - now) / 1000 : 0);
		ch_html_say(w, CH_M_OUTBOX_AWAY);
		ch_html_put(w, " ");
		ch_html_when_short(w, c->since);
		ch_html_put(w, ". ");
		ch_html_say(w, CH_M_OUTBOX_NEXT);
		ch_html_put(w, " ");
		ch_html_until(w, next, wall);
		ch_html_put(w, ".");
	} else {
		ch_html_say(w, CH_M_OUTBOX_SOON);
	}
	ch_html_put(w, "</p>");
}

static void act(struct ch_page *p, const char *what, const char *id, const char *last, ch_msg label,
    bool primary)
{
	ch_page_form_begin(p, "/h/%u/%s/%s/%s", p->home->n, what, id, last);
	ch_page_button(p, label, primary);
	ch_html_put(&p->html, "</form>");
}

static void head(struct ch_page *p, const struct ch_draft *d, const char *number)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<li class=\"waits\"><h3>");
	if (d && d->id[0])
		ch_compose_subject(p, d);
	else
		ch_html_put(w, "<bdi class=\"number\">%s</bdi>", number);
	ch_html_put(w, "</h3><p class=\"quiet\">");
}

static void to_whom(struct ch_page *p, ch_span to, const char *number)
{
	const char *handle = (const char *)ch_arena_copy(p->arena, to).p;

	ch_html_say_with(&p->html, CH_M_WAY_TO, CH_ARGS(handle ? handle : ""));
	if (number[0])
		ch_html_put(&p->html, " · <bdi class=\"number\">%s</bdi>", number);
	ch_html_put(&p->html, "</p>");
}

static void countdown(struct ch_page *p, int64_t at)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<p class=\"clock\">");
	ch_html_say(w, CH_M_OUTBOX_LEAVES);
	ch_html_put(w, " <span data-left=\"%llu\" data-say=\"%s\">",
	    (unsigned long long)(at - p->now), ch_html_word(w, CH_M_OUTBOX_IN));
	ch_html_until(w, at, p->now);
	ch_html_put(w, "</span></p>");
}

static void item(struct ch_page *p, const ch_outbox_item *it, const struct ch_draft *d)
{
	struct ch_html *w = &p->html;

	head(p, d, it->number);
	to_whom(p, ch_span_str(it->to), it->number);
	if (it->not_before > p->now) {
		countdown(p, it->not_before);
	} else {
		because(p, it->talks);
		CH_HTML_IF(w, !it->maybe_sent, "<span data-left=\"0\"></span>");
	}
	ch_html_put(w, "<p class=\"quiet\">");
	ch_html_say(w, it->maybe_sent ? CH_M_OUTBOX_MAYBE : CH_M_OUTBOX_HERE);
	ch_html_put(w, "</p><div class=\"acts\">");
	if (!it->maybe_sent)
		act(p, "outbox", it->id, "cancel", CH_M_OUTBOX_CANCEL, true);
	act(p, "outbox", it->id, "now", CH_M_OUTBOX_NOW, false);
	ch_html_put(w, "</div></li>");
}

static void rejected(struct ch_page *p, const ch_outbox_item *it)
{
	struct ch_html *w = &p->html;

	head(p, NULL, it->number);
	to_whom(p, ch_span_str(it->to), "");
	ch_html_put(w, "<p>");
	ch_html_say(w, CH_M_OUTBOX_REJECTED);
	ch_html_put(w, "</p><div class=\"acts\">");
	act(p, "outbox", it->id, "cancel", CH_M_OUTBOX_LET_GO, false);
	ch_html_put(w, "</div></li>");
}

struct here {
	const ch_outbox_item *item;
	size_t n;
};

static bool is_behind(const struct here *h, const struct ch_draft *d, const char *talks)
{
	for (size_t i = 0; i < h->n; i++)
		if (!h->item[i].rejected && strcmp(h->item[i].talks, talks) == 0 &&
		    ch_span_eq(ch_span_str(h->item[i].to), d->v[CH_DR_TO]))
			return true;
	return false;
}

static void wanted(struct ch_page *p, const struct ch_draft *d, const char *talks,
    const struct here *h)
{
	struct ch_html *w = &p->html;

	head(p, d, "");
	to_whom(p, d->v[CH_DR_TO], "");
	if (is_behind(h, d, talks)) {
		ch_html_put(w, "<p class=\"clock\">");
		ch_html_say(w, CH_M_OUTBOX_BEHIND);
		ch_html_put(w, "</p>");
	} else {
		because(p, talks);
	}
	ch_html_put(w, "<p class=\"quiet\">");
	ch_html_say(w, CH_M_OUTBOX_UNSEALED);
	ch_html_put(w, "</p><div class=\"acts\">");
	act(p, "drafts", d->id, "keep", CH_M_OUTBOX_KEEP, true);
	act(p, "drafts", d->id, "again", CH_M_OUTBOX_AGAIN, false);
	ch_html_put(w, "</div></li>");
}

static size_t drafts(struct ch_page *p, const struct here *h)
{
	struct ch_draft *d = ch_alloc(sizeof *d);
	struct ch_problem quiet = { 0 };
	struct ch_dir ids = { 0 };
	size_t n = 0;

	if (!d || ch_draft_list(&ids, &p->home->home) != CH_OK)
		ids.n = 0;
	for (size_t i = 0; d && i < ids.n; i++) {
		ch_draft_state s;
		ch_leaving l;

		if (ch_outgoing_state(&s, &l, p->home, ids.names[i]) != CH_OK ||
		    s != CH_DRAFT_WANTED || ch_draft_load(d, &p->home->home,
		    ch_span_str(ids.names[i]), &quiet) != CH_OK)
			continue;
		wanted(p, d, l.talks, h);
		ch_draft_deinit(d);
		n++;
	}
	ch_dir_deinit(&ids);
	ch_free(d, sizeof *d);
	return n;
}

static void staged(struct ch_page *p, const ch_outbox_item *it)
{
	struct ch_draft *d = ch_alloc(sizeof *d);
	struct ch_problem quiet = { 0 };
	char id[CH_DRAFT_ID + 1];

	if (!d || !ch_outgoing_draft(id, &p->home->home, it->id) ||
	    ch_draft_load(d, &p->home->home, ch_span_str(id), &quiet) != CH_OK) {
		item(p, it, NULL);
	} else {
		item(p, it, d);
		ch_draft_deinit(d);
	}
	ch_free(d, sizeof *d);
}

static void unsent(struct ch_page *p, const struct here *h)
{
	struct ch_html *w = &p->html;
	size_t shown;

	ch_html_put(w, "<section aria-labelledby=\"unsent\"><h2 id=\"unsent\">");
	ch_html_say(w, CH_M_OUTBOX_UNSENT);
	ch_html_put(w, "</h2><ul class=\"timeline\">");
	shown = drafts(p, h);
	for (size_t i = 0; i < h->n; i++) {
		if (h->item[i].rejected)
			rejected(p, &h->item[i]);
		else
			staged(p, &h->item[i]);
		shown++;
	}
	ch_html_put(w, "</ul>");
	if (shown == 0) {
		ch_html_tag(w, "p", CH_M_OUTBOX_NOTHING);
	} else {
		ch_html_put(w, "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>");
	}
	ch_html_put(w, "</section>");
}

/* ---- what is out there ---- */

static bool is_unsigned(const ch_row *r)
{
	return r->ours && (r->standing == CH_STANDING_REGISTERED ||
	    r->standing == CH_STANDING_NOTICED || r->standing == CH_STANDING_SUBMITTED);
}

static bool is_taken_back(const ch_row *r)
{
	return r->ours && r->standing == CH_STANDING_TAKEN_BACK;
}

static void sent_row(struct ch_page *p, const ch_row *r)
{
	struct ch_html *w = &p->html;
	const ch_row_talks *t = &p->home->index->talks[r->talks];

	ch_html_put(w, "<li><a class=\"need\" href=\"/h/%u/talks/%s/papers/%s\">"
	    "<span class=\"subject\">", p->home->n, t->name, r->folder);
	ch_page_subject(p, r);
	ch_html_put(w, "</span><span class=\"quiet\">");
	ch_html_say_with(w, CH_M_WAY_TO, CH_ARGS(r->party));
	ch_html_put(w, " · <bdi class=\"number\">%s</bdi> · ", r->number);
	ch_html_when_short(w, r->last);
	ch_html_put(w, "</span><span class=\"standing\">");
	ch_html_say(w, ch_page_standing(r->standing));
	ch_html_put(w, "</span></a>");
	if (is_unsigned(r)) {
		ch_html_put(w, "<p><a href=\"/h/%u/talks/%s/papers/%s/take-back\">", p->home->n,
		    t->name, r->folder);
		ch_html_say(w, CH_M_ACT_TAKE_BACK);
		ch_html_put(w, "<span class=\"unseen\"> %s</span></a></p>", r->number);
	}
	ch_html_put(w, "</li>");
}

static void sent(struct ch_page *p, const char *id, ch_msg title, ch_msg none,
    bool (*is)(const ch_row *r))
{
	const struct ch_index *x = p->home->index;
	struct ch_html *w = &p->html;
	size_t n = 0;

	ch_html_put(w, "<section aria-labelledby=\"%s\"><h2 id=\"%s\">", id, id);
	ch_html_say(w, title);
	ch_html_put(w, "</h2>");
	for (size_t i = x ? x->n : 0; i > 0 && n < ROWS; i--) {
		if (!is(&x->row[i - 1]))
			continue;
		CH_HTML_IF(w, n == 0, "<ul class=\"needs\">");
		sent_row(p, &x->row[i - 1]);
		n++;
	}
	CH_HTML_IF(w, n > 0, "</ul>");
	if (n == 0) {
		ch_html_put(w, "<p class=\"quiet\">");
		ch_html_say(w, none);
		ch_html_put(w, "</p>");
	}
	ch_html_put(w, "</section>");
}

void ch_page_outbox(struct ch_page *p)
{
	struct ch_problem why = { 0 };
	ch_outbox_item *it = NULL;
	size_t n = 0;
	ch_err e = ch_outbox_list(&it, &n, p->arena, &p->home->home, &why);

	ch_page_begin(p, CH_M_NAV_OUTBOX, NULL);
	if (e != CH_OK)
		ch_page_fault_text(p, e, &why);
	unsent(p, &(struct here){ it, n });
	sent(p, "out", CH_M_OUTBOX_OUT, CH_M_OUTBOX_OUT_NONE, is_unsigned);
	sent(p, "back", CH_M_OUTBOX_BACK, CH_M_OUTBOX_BACK_NONE, is_taken_back);
	/* What just left is in the lists in a moment: the script asks again. */
	CH_HTML_IF(&p->html, p->home->looked_ms == 0 || ch_background_looks(p->home),
	    "<span hidden data-left=\"0\"></span>");
}

/* ---- acts ---- */

struct waiting {
	char id[80];
};

static ch_err find_item(ch_outbox_item *out, struct ch_arena *a, struct ch_job *j)
{
	const struct waiting *w = j->arg;
	ch_outbox_item *it;
	size_t n;
	ch_err e = ch_outbox_list(&it, &n, a, &j->home, &j->why);

	for (size_t i = 0; e == CH_OK && i < n; i++)
		if (strcmp(it[i].id, w->id) == 0) {
			*out = it[i];
			return CH_OK;
		}
	return e == CH_OK ? ch_problem_set(&j->why, CH_E_ABSENT, "it is not in the outbox any "
	    "more: it was sent, or taken out") : e;
}

static ch_err cancel_run(struct ch_job *j)
{
	struct waiting *a = j->arg;

	return ch_outbox_cancel(&j->home, a->id, &j->why);
}

/* Nothing left this machine; the draft is a draft again. */
static void cancel_end(struct ch_job *j)
{
	struct waiting *a = j->arg;
	char id[CH_DRAFT_ID + 1];

	if (j->err != CH_OK || !ch_outgoing_draft(id, &j->at->home, a->id) ||
	    ch_leaving_end(&j->at->home, id) != CH_OK)
		return;
	(void)snprintf(j->go, sizeof j->go, "/h/%u/drafts/%s", j->at->n, id);
}

static const ch_job_kind cancel_kind = {
	.title = CH_M_JOB_CANCEL, .done = CH_M_JOB_CANCEL_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK, .arg_size = sizeof(struct waiting),
	.run = cancel_run, .end = cancel_end,
};

static ch_err now_run(struct ch_job *j)
{
	struct ch_arena a;
	struct ch_talks t = { 0 };
	ch_outbox_item it;
	ch_item reg;
	ch_err e;

	ch_arena_init(&a, (size_t)1 << 20);
	e = find_item(&it, &a, j);
	if (e == CH_OK)
		e = ch_outbox_hasten(&j->home, it.id, &j->why);
	if (e == CH_OK)
		e = ch_talks_load(&t, &j->home, it.talks, &j->why);
	if (e == CH_OK)
		e = ch_talks_registry(&reg, &t);
	if (e == CH_OK)
		e = ch_visit(&j->watch, &j->link, &j->home, reg.v[CH_CR_ORIGIN], true, &j->why);
	if (e == CH_OK)
		e = ch_outbox_submit(&it, &j->watch, &t, &j->why);
	ch_talks_deinit(&t);
	ch_arena_deinit(&a);
	return e == CH_E_NET ? CH_OK : e; /* it goes on trying; the outbox says so */
}

static void now_end(struct ch_job *j)
{
	j->at->outgoing_ms = 0;
}

static const ch_job_kind now_kind = {
	.title = CH_M_JOB_SENDING, .done = CH_M_JOB_SEALING_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK, .arg_size = sizeof(struct waiting),
	.run = now_run, .end = now_end,
};

static void start(struct ch_page *p, const ch_job_kind *kind)
{
	struct ch_job *j = ch_job_new(p->home, kind);

	if (j) {
		(void)snprintf(((struct waiting *)j->arg)->id, sizeof(struct waiting), "%.*s",
		    CH_SPAN(p->arg[0]));
		(void)snprintf(j->go, sizeof j->go, "/h/%u/outbox", p->home->n);
		memcpy(j->back, j->go, sizeof j->back);
	}
	ch_page_job(p, j);
}

void ch_page_outbox_cancel(struct ch_page *p)
{
	start(p, &cancel_kind);
}

void ch_page_outbox_now(struct ch_page *p)
{
	start(p, &now_kind);
}

/* One that waits to be sealed: written on, or tried at once. */
static bool is_wanted(struct ch_page *p, ch_leaving *l)
{
	ch_draft_state s;
	const char *id = (const char *)p->arg[0].p;

	p->nav = CH_M_NAV_OUTBOX;
	if (ch_draft_is_id(p->arg[0]) && !ch_outgoing_is_busy(p->home) &&
	    ch_outgoing_state(&s, l, p->home, id) == CH_OK && s == CH_DRAFT_WANTED)
		return true;
	ch_page_go(p, "/h/%u/outbox", p->home->n);
	return false;
}

void ch_page_draft_keep(struct ch_page *p)
{
	ch_leaving l;
	ch_err e;

	if (!is_wanted(p, &l))
		return;
	e = ch_leaving_end(&p->home->home, (const char *)p->arg[0].p);
	if (e == CH_OK)
		ch_page_go(p, "/h/%u/drafts/%.*s", p->home->n, CH_SPAN(p->arg[0]));
	else
		ch_page_fault(p, e, NULL);
}

void ch_page_draft_again(struct ch_page *p)
{
	ch_leaving l;

	if (is_wanted(p, &l))
		ch_page_job(p, ch_outgoing_job(p->home, (const char *)p->arg[0].p, l.talks, true));
}
