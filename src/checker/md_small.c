/* Blocks of Markdown, as far as they are sure: see md_small.h. Lines within are md_small_line.c.
 * Follows CommonMark 0.30, sections 4 and 5; stricter wherever that is subtle. */
#include "md_small.h"

#include <string.h>

#include "md_small_line.h"

/* A line behind its blanks. */
struct ch_mds_line {
	size_t blanks;
	const uint8_t *p;
	size_t n;
};

static bool no(struct ch_md_small *m)
{
	m->fits = false;
	return false;
}

static void tell_open(struct ch_md_small *m, ch_mds_tag tag, uint32_t start)
{
	if (m->fits)
		m->ear->open(m->ear->ctx, tag, start);
}

static void tell_close(struct ch_md_small *m, ch_mds_tag tag)
{
	if (m->fits)
		m->ear->close(m->ear->ctx, tag);
}

/* ---- what stands anywhere and is not known ---- */

static bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Tags, entities, links: wherever one might begin. */
static bool is_strange(uint8_t c, uint8_t next)
{
	if ((c < ' ' && c != '\n') || c == 0x7f)
		return true;
	if (c == '<')
		return is_letter(next) || next == '/' || next == '!' || next == '?';
	if (c == '&')
		return is_letter(next) || is_digit(next) || next == '#';
	return c == ']' && (next == '(' || next == ':');
}

/* ---- lines ---- */

static bool is_rule_mark(uint8_t c)
{
	return c == '-' || c == '_' || c == '*' || c == '=' || c == '+';
}

/* Nothing but one mark and blanks: a rule, an underline, an empty item. */
static bool is_rule(const struct ch_mds_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->p[i] != l->p[0] && l->p[i] != ' ')
			return false;
	return l->n > 0 && is_rule_mark(l->p[0]);
}

static bool begins(const struct ch_mds_line *l, ch_span s)
{
	return l->n >= s.n && ch_span_eq(ch_span_of(l->p, s.n), s);
}

static bool is_numbered(uint8_t mark)
{
	return mark == '.' || mark == ')';
}

/* Of a list's item: '.' and ')' for numbers; `n` with the blanks behind, 0: none. */
struct ch_mds_mark {
	uint8_t mark;
	uint32_t number;
	size_t n, blanks;
};

static struct ch_mds_mark item_mark(const struct ch_mds_line *l)
{
	struct ch_mds_mark k = { 0 };
	size_t n = 0, from;

	while (n < l->n && n < 9 && is_digit(l->p[n]))
		k.number = k.number * 10 + (uint32_t)(l->p[n++] - '0');
	if (n >= l->n)
		return k;
	k.mark = l->p[n];
	if (n > 0 ? !is_numbered(k.mark) : k.mark != '-' && k.mark != '*' && k.mark != '+')
		return k;
	from = ++n;
	while (n < l->n && l->p[n] == ' ')
		n++;
	if (n > from && n < l->n)
		k.n = n;
	k.blanks = n - from;
	return k;
}

/* What would be a block of another kind, or nearly one. */
static bool is_other_block(const struct ch_mds_line *l)
{
	size_t digits = 0, n = l->n;

	while (n > 0 && l->p[n - 1] == ' ')
		n--;
	while (digits < n && is_digit(l->p[digits]))
		digits++;
	if (digits > 0 && digits + 1 == n && is_numbered(l->p[digits]))
		return true; /* an empty item */
	return l->n == 0 || is_rule(l) || l->p[0] == '>' || begins(l, CH_LIT("```")) ||
	    begins(l, CH_LIT("~~~"));
}

/* 1 to 6 and a blank, else 0; `strange`: nearly one. */
static unsigned heading_level(bool *strange, const struct ch_mds_line *l)
{
	unsigned n = 0;

	while (n < l->n && l->p[n] == '#')
		n++;
	*strange = n > 0 && n == l->n;
	return n <= 6 && n < l->n && n > 0 && l->p[n] == ' ' ? n : 0;
}

/* ---- blocks ---- */

static void end_paragraph(struct ch_md_small *m)
{
	bool own = m->n_lists == 0;

	if (!m->open)
		return;
	m->open = false;
	if (own)
		tell_open(m, CH_MDS_P, 0);
	ch_mds_inline(m);
	if (own)
		tell_close(m, CH_MDS_P);
	m->n_para = 0;
}

/* Lists deeper than n lists are at their end; the item of the last one, too, with `item`. */
static void end_lists(struct ch_md_small *m, unsigned n, bool item)
{
	end_paragraph(m);
	while (m->n_lists > n) {
		uint8_t mark = m->list[--m->n_lists].mark;

		tell_close(m, CH_MDS_LI);
		tell_close(m, is_numbered(mark) ? CH_MDS_OL : CH_MDS_UL);
	}
	if (item)
		tell_close(m, CH_MDS_LI);
}

static bool add(struct ch_md_small *m, const uint8_t *p, size_t n)
{
	if (m->n_para + n + 1 > sizeof m->para)
		return no(m);
	if (m->open)
		m->para[m->n_para++] = '\n';
	memcpy(&m->para[m->n_para], p, n);
	m->n_para += n;
	m->open = true;
	return true;
}

static bool heading(struct ch_md_small *m, const struct ch_mds_line *l, unsigned level)
{
	const ch_mds_tag tag = level == 1 ? CH_MDS_H1 : level == 2 ? CH_MDS_H2 : CH_MDS_H3;
	size_t from = level, to = l->n;

	while (from < to && l->p[from] == ' ')
		from++;
	while (to > from && l->p[to - 1] == ' ')
		to--;
	if (m->n_lists > 0 || l->blanks > 0 || from == to || l->p[to - 1] == '#')
		return no(m);
	end_paragraph(m);
	(void)add(m, &l->p[from], to - from);
	m->open = false;
	tell_open(m, tag, 0);
	ch_mds_inline(m);
	tell_close(m, tag);
	m->n_para = 0;
	return m->fits;
}

/* Which list this item goes on with; n_lists: a new one inside. */
static bool find_list(unsigned *at, struct ch_md_small *m, size_t blanks)
{
	for (*at = 0; *at < m->n_lists; ++*at)
		if (m->list[*at].at == blanks)
			return true;
	return m->n_lists == 0 ? blanks == 0 : blanks >= m->list[m->n_lists - 1].body &&
	    blanks <= m->list[m->n_lists - 1].body + 3;
}

/* What stands in an item is plain; one that breaks into a paragraph is the first. */
static bool is_plain_item(const struct ch_md_small *m, const struct ch_mds_mark *k,
    const struct ch_mds_line *rest, unsigned at)
{
	bool strange;

	if (k->blanks > 4 || is_other_block(rest) || heading_level(&strange, rest) || strange ||
	    item_mark(rest).n > 0)
		return false;
	return at < m->n_lists || !m->open || !is_numbered(k->mark) || k->number == 1;
}

static bool item(struct ch_md_small *m, const struct ch_mds_line *l, const struct ch_mds_mark *k)
{
	const struct ch_mds_line rest = { 0, &l->p[k->n], l->n - k->n };
	unsigned at;

	if (!find_list(&at, m, l->blanks) || !is_plain_item(m, k, &rest, at) ||
	    at == CH_MD_SMALL_DEEP)
		return no(m);
	if (at < m->n_lists && m->list[at].mark == k->mark) {
		end_lists(m, at + 1, true);
	} else {
		end_lists(m, at, false);
		m->n_lists = at + 1;
		tell_open(m, is_numbered(k->mark) ? CH_MDS_OL : CH_MDS_UL, k->number);
	}
	m->list[at].mark = k->mark;
	m->list[at].at = (uint32_t)l->blanks;
	m->list[at].body = (uint32_t)(l->blanks + k->n);
	tell_open(m, CH_MDS_LI, 0);
	return add(m, rest.p, rest.n);
}

/* A line of an item that is not as far in as the item: its blanks are kept by some. */
static bool is_lazy(const struct ch_md_small *m, const struct ch_mds_line *l)
{
	return m->n_lists > 0 && l->blanks < m->list[m->n_lists - 1].body;
}

static bool line(struct ch_md_small *m, const struct ch_mds_line *l)
{
	bool strange;
	unsigned level = heading_level(&strange, l);
	const struct ch_mds_mark k = item_mark(l);

	if (is_other_block(l) || strange)
		return no(m);
	if (level > 0)
		return heading(m, l, level);
	if (k.n > 0)
		return item(m, l, &k);
	if (l->blanks > 0 && (!m->open || is_lazy(m, l)))
		return no(m);
	return add(m, l->p, l->n);
}

/* The next line of what is left; `quoted`: behind its sign. */
static bool next_line(struct ch_mds_line *l, ch_span *rest, bool quoted)
{
	const uint8_t *end = memchr(rest->p, '\n', rest->n);
	size_t n = end ? (size_t)(end - rest->p) : rest->n;

	*l = (struct ch_mds_line){ 0, rest->p, n };
	*rest = ch_span_of(rest->p + n + (end ? 1 : 0), rest->n - n - (end ? 1 : 0));
	if (quoted) {
		if (l->n == 0 || l->p[0] != '>')
			return false;
		l->p++;
		l->n--;
		if (l->n > 0 && l->p[0] == ' ') {
			l->p++;
			l->n--;
		}
	}
	while (l->n > 0 && l->p[0] == ' ') {
		l->blanks++;
		l->p++;
		l->n--;
	}
	return true;
}

bool ch_md_small(struct ch_md_small *m, const ch_mds_ear *ear, ch_span passage)
{
	bool quoted = passage.n > 0 && passage.p[0] == '>';
	struct ch_mds_line l;
	ch_span rest = passage;

	m->ear = ear;
	m->fits = passage.n > 0 && passage.n <= CH_MD_SMALL_MAX;
	m->open = false;
	m->n_para = m->n_lists = m->n_parts = 0;
	for (size_t i = 0; m->fits && i < passage.n; i++)
		if (is_strange(passage.p[i], i + 1 < passage.n ? passage.p[i + 1] : '\n'))
			return false;
	if (!m->fits)
		return false;
	if (quoted)
		tell_open(m, CH_MDS_QUOTE, 0);
	while (m->fits && rest.n > 0)
		if (!next_line(&l, &rest, quoted) || !line(m, &l))
			return false;
	end_lists(m, 0, false);
	end_paragraph(m);
	if (quoted)
		tell_close(m, CH_MDS_QUOTE);
	return m->fits;
}
