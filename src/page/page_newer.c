/*
 * Two windows on one draft. A form says by a digest what stood in the draft when its page was made;
 * what is newer there is never saved over: both texts are shown, and the person chooses. Nothing is
 * kept of what was sent but in that page.
 */
#include "compose.h"

#include "field.h"
#include "hex.h"
#include "pages.h"

#define WAS_LEN (2 * sizeof(ch_hash))

/* ---- the digest ---- */

static const char *was_of(char out[WAS_LEN + 1], const struct ch_draft *d, bool files)
{
	struct ch_wr w = ch_wr_of(out, WAS_LEN);
	ch_hash h;

	ch_draft_digest(&h, d, files);
	ch_hex_put(&w, ch_span_of(h.b, sizeof h.b));
	out[w.n] = '\0';
	return out;
}

void ch_compose_was(struct ch_page *p, const struct ch_draft *d, bool files)
{
	char was[WAS_LEN + 1] = "";

	ch_html_put(&p->html, "<input type=\"hidden\" name=\"was\" autocomplete=\"off\" "
	    "value=\"%s\">", d->id[0] ? was_of(was, d, files) : "");
}

bool ch_compose_is_newest(struct ch_page *p, const struct ch_draft *d, bool files)
{
	char was[WAS_LEN + 1];

	return ch_span_eq(ch_page_form(p, "was"), ch_span_str(was_of(was, d, files)));
}

bool ch_compose_same(const struct ch_draft *a, const struct ch_draft *b)
{
	ch_hash of_a, of_b;

	ch_draft_digest(&of_a, a, false);
	ch_draft_digest(&of_b, b, false);
	return ch_hash_eq(&of_a, &of_b);
}

/* ---- both texts ---- */

/* The next line with its end. */
static ch_span line(struct ch_rd *r)
{
	struct ch_rd probe = *r;
	ch_span s = ch_rd_until(&probe, '\n');

	return probe.err == CH_OK ? ch_rd_take(r, s.n + 1) : ch_rd_rest(r);
}

/* How many bytes of whole lines both begin with. */
static size_t same_head(ch_span a, ch_span b)
{
	struct ch_rd ra = ch_rd_of(a), rb = ch_rd_of(b);
	size_t n = 0;

	while (ch_rd_left(&ra) > 0 && ch_rd_left(&rb) > 0) {
		ch_span one = line(&ra);

		if (!ch_span_eq(one, line(&rb)))
			break;
		n += one.n;
	}
	return n;
}

static bool line_begins(ch_span s, size_t at)
{
	return at == 0 || s.p[at - 1] == '\n';
}

/* … and end with, behind the first `head`. */
static size_t same_tail(ch_span a, ch_span b, size_t head)
{
	const size_t most = (a.n < b.n ? a.n : b.n) - head;
	size_t n = 0, whole = 0;

	while (n < most && a.p[a.n - 1 - n] == b.p[b.n - 1 - n]) {
		n++;
		if (line_begins(a, a.n - n) && line_begins(b, b.n - n))
			whole = n;
	}
	return whole;
}

/* Line by line as it was typed, what the other has not set apart. */
static void text(struct ch_page *p, ch_span mine, ch_span other)
{
	struct ch_html *w = &p->html;
	size_t head = same_head(mine, other), tail = same_tail(mine, other, head);
	struct ch_rd r = ch_rd_of(mine);

	ch_html_put(w, "<div class=\"sheet as-written\" dir=\"auto\">");
	if (mine.n == 0)
		ch_html_say(w, CH_M_NEWER_EMPTY);
	ch_html_text(w, ch_rd_take(&r, head));
	if (mine.n > head + tail) {
		ch_html_put(w, "<mark>");
		ch_html_text(w, ch_rd_take(&r, mine.n - head - tail));
		ch_html_put(w, "</mark>");
	}
	ch_html_text(w, ch_rd_rest(&r));
	ch_html_put(w, "</div>");
}

/* One side: what differs of the cover, and the text. */
static void side(struct ch_page *p, ch_msg head, const struct ch_draft *d,
    const struct ch_draft *other)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<div><section>");
	ch_html_tag(w, "h2", head);
	ch_html_put(w, "<dl class=\"facts\">");
	if (d->id[0])
		ch_page_fact_when(p, CH_M_COMPOSE_SAVED, d->saved);
	for (size_t i = 0; i < CH_COMPOSE_FIELDS; i++) {
		ch_span v = d->v[ch_compose_fields[i].key];

		if (other && ch_span_eq(v, other->v[ch_compose_fields[i].key]))
			continue;
		ch_html_put(w, "<dt>");
		ch_html_say(w, ch_compose_fields[i].label);
		ch_html_put(w, "</dt><dd>");
		if (v.n == 0)
			ch_html_say(w, CH_M_NEWER_EMPTY);
		else if (ch_compose_fields[i].word)
			ch_page_term(p, v);
		else
			ch_html_put(w, "<bdi>%.*s</bdi>", CH_SPAN(v));
		ch_html_put(w, "</dd>");
	}
	ch_html_put(w, "</dl>");
	text(p, d->text, other ? other->text : d->text);
	ch_html_put(w, "</section></div>");
}

/* ---- the choice ---- */

static void hidden(struct ch_page *p, const char *name, ch_span value)
{
	ch_html_put(&p->html, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	ch_html_own(&p->html, value);
	ch_html_put(&p->html, "\">");
}

static void choice(struct ch_page *p, const struct ch_draft *now, const struct ch_draft *typed)
{
	struct ch_html *w = &p->html;
	ch_span talks = now ? now->v[CH_DR_TALKS] : ch_page_form(p, "talks");

	if (now)
		ch_page_form_begin(p, "/h/%u/drafts/%s", p->home->n, now->id);
	else
		ch_page_form_begin(p, "/h/%u/talks/%.*s/compose", p->home->n, CH_SPAN(talks));
	for (size_t i = 0; i < CH_COMPOSE_FIELDS; i++)
		hidden(p, ch_compose_fields[i].name, typed->v[ch_compose_fields[i].key]);
	hidden(p, "text", typed->text);
	hidden(p, "talks", talks);
	if (now)
		ch_compose_was(p, now, false);
	ch_html_put(w, "<p class=\"acts\">");
	if (now) {
		ch_html_put(w, "<a class=\"button primary\" href=\"/h/%u/drafts/%s\">",
		    p->home->n, now->id);
		ch_html_say(w, CH_M_NEWER_THEIRS);
		ch_html_put(w, "</a>");
		ch_page_button(p, CH_M_NEWER_MINE, false);
		ch_html_put(w, "<button formaction=\"/h/%u/talks/%.*s/compose\">", p->home->n,
		    CH_SPAN(talks));
		ch_html_say(w, CH_M_NEWER_BOTH);
		ch_html_put(w, "</button></p>");
	} else {
		ch_page_button(p, CH_M_NEWER_AGAIN, true);
		ch_html_put(w, "<a class=\"button\" href=\"/h/%u/outbox\">", p->home->n);
		ch_html_say(w, CH_M_NAV_OUTBOX);
		ch_html_put(w, "</a></p>");
	}
	ch_html_put(w, "</form>");
}

void ch_compose_newer(struct ch_page *p, const struct ch_draft *now, const struct ch_draft *typed)
{
	p->status = 409;
	ch_page_begin(p, now ? CH_M_NEWER : CH_M_NEWER_GONE, NULL);
	ch_page_note_begin(p, CH_NOTE_MIND);
	ch_html_tag(&p->html, "p", now ? CH_M_NEWER_TEXT : CH_M_NEWER_GONE_TEXT);
	ch_page_note_end(p);
	choice(p, now, typed);
	if (now && now->n_files > 0)
		ch_page_quiet(p, CH_M_NEWER_FILES);
	ch_html_put(&p->html, "<div class=\"%s\">", now ? "halves" : "");
	if (now)
		side(p, CH_M_NEWER_SIDE_THEIRS, now, typed);
	side(p, CH_M_NEWER_SIDE_MINE, typed, now);
	ch_html_put(&p->html, "</div>");
}
