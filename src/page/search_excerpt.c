/* Excerpts: see search_excerpt.h. */
#include "search_excerpt.h"

#define BEFORE 90u  /* bytes of a passage shown before its first hit ... */
#define AFTER  230u /* ... and behind */

void ch_excerpt_marked(struct ch_html *w, const ch_query *q, ch_span text)
{
	ch_lexer words = { .text = text };
	size_t at = 0;

	while (ch_lexer_next(&words)) {
		if (ch_query_bit(q, &words) == 0)
			continue;
		ch_html_text(w, ch_span_of(&text.p[at], words.from - at));
		ch_html_put(w, "<mark>%.*s</mark>", (int)(words.to - words.from),
		    (const char *)&text.p[words.from]);
		at = words.to;
	}
	ch_html_text(w, ch_span_of(&text.p[at], text.n - at));
}

static unsigned count(uint32_t bits)
{
	unsigned n = 0;

	for (; bits; bits &= bits - 1)
		n++;
	return n;
}

static size_t first_hit(const ch_query *q, ch_span text)
{
	ch_lexer w = { .text = text };

	while (ch_lexer_next(&w))
		if (ch_query_bit(q, &w) != 0)
			return w.from;
	return 0;
}

/* Back to where a word begins, or at least a character. */
static size_t soft(ch_span t, size_t at)
{
	size_t back = at;

	while (back > 0 && at - back < 24 && t.p[back] != ' ' && t.p[back] != '\n')
		back--;
	if (back > 0 && at - back < 24)
		return back + 1;
	while (at > 0 && at < t.n && (t.p[at] & 0xc0) == 0x80)
		at--;
	return back == 0 ? 0 : at;
}

static void cut(struct ch_html *w, const ch_query *q, ch_span t)
{
	size_t hit = first_hit(q, t);
	size_t from = hit > BEFORE ? soft(t, hit - BEFORE) : 0;
	size_t to = t.n - hit > AFTER ? soft(t, hit + AFTER) : t.n;

	while (from == 0 && t.n > 0 && (t.p[0] == '#' || t.p[0] == ' ') && to > 0) {
		t = ch_span_of(t.p + 1, t.n - 1); /* a heading's marks */
		to--;
	}
	ch_html_put(w, from > 0 ? "… " : "");
	ch_excerpt_marked(w, q, ch_span_of(&t.p[from], to > from ? to - from : 0));
	ch_html_put(w, to < t.n ? " …" : "");
}

void ch_excerpt_best(struct ch_html *w, const ch_query *q, const ch_passage *passage, uint32_t n,
    const char *href)
{
	unsigned most = 0, all = count((1u << q->n) - 1);
	uint32_t best = 0;

	for (uint32_t i = 0; i < n && most < all; i++) {
		unsigned here = count(ch_query_bits(q, passage[i].text));

		if (here > most) {
			most = here;
			best = i;
		}
	}
	if (most == 0)
		return;
	ch_html_put(w, "<p class=\"excerpt\" dir=\"auto\"><a class=\"quiet\" href=\"%s#p%u\">"
	    "%u</a> ", href, best + 1, best + 1);
	cut(w, q, passage[best].text);
	ch_html_put(w, "</p>");
}
