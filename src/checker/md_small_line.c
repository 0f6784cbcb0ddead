/* Lines of Markdown, as far as they are sure: code, escapes, emphasis. CommonMark 0.30, section 6,
 * the delimiter run algorithm of its appendix. */
#include "md_small_line.h"

#include "text.h"

enum { TEXT, CODE, SOFT, HARD, RUN };

static const uint8_t *at(const struct ch_md_small *m, size_t i)
{
	return &m->para[i];
}

/* ---- what stands beside a run ---- */

typedef enum { KIND_LETTER, KIND_BLANK, KIND_SIGN, KIND_UNKNOWN } kind;

/* Code points whose kind is beyond doubt; the first row that has one says which. */
static const struct {
	uint32_t from, to;
	kind is;
} known[] = {
	{ 0xa0, 0xa0, KIND_BLANK }, { 0xa1, 0xa1, KIND_SIGN }, { 0xa7, 0xa7, KIND_SIGN },
	{ 0xab, 0xab, KIND_SIGN }, { 0xb6, 0xb7, KIND_SIGN }, { 0xbb, 0xbb, KIND_SIGN },
	{ 0xbf, 0xbf, KIND_SIGN }, { 0xa0, 0x24f, KIND_LETTER },
	{ 0x37e, 0x37e, KIND_SIGN }, { 0x387, 0x387, KIND_SIGN }, { 0x386, 0x3ce, KIND_LETTER },
	{ 0x400, 0x481, KIND_LETTER }, { 0x48a, 0x52f, KIND_LETTER },
	{ 0x5d0, 0x5ea, KIND_LETTER }, { 0x60c, 0x60c, KIND_SIGN }, { 0x61f, 0x61f, KIND_SIGN },
	{ 0x620, 0x64a, KIND_LETTER }, { 0x660, 0x669, KIND_LETTER }, { 0x671, 0x6d3, KIND_LETTER },
	{ 0x1e00, 0x1eff, KIND_LETTER }, { 0x2000, 0x200a, KIND_BLANK },
	{ 0x2010, 0x2027, KIND_SIGN }, { 0x202f, 0x202f, KIND_BLANK }, { 0x2030,
	0x2043, KIND_SIGN },
	{ 0x20a0, 0x20bf, KIND_LETTER }, { 0x3000, 0x3000, KIND_BLANK },
	{ 0x3001, 0x3003, KIND_SIGN }, { 0x3008, 0x3011, KIND_SIGN }, { 0x3041,
	0x3096, KIND_LETTER },
	{ 0x30a1, 0x30fa, KIND_LETTER }, { 0x4e00, 0x9fff, KIND_LETTER },
	{ 0xac00, 0xd7a3, KIND_LETTER }, { 0xff01, 0xff03, KIND_SIGN }, { 0xff08,
	0xff09, KIND_SIGN },
	{ 0xff0c, 0xff0c, KIND_SIGN }, { 0xff1a, 0xff1b, KIND_SIGN }, { 0xff1f, 0xff1f, KIND_SIGN },
};

static bool is_sign(uint8_t c)
{
	return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
	    (c >= '{' && c <= '~');
}

static kind kind_of(const struct ch_md_small *m, size_t i)
{
	int32_t cp;

	if (i >= m->n_para || *at(m, i) == ' ' || *at(m, i) == '\n')
		return KIND_BLANK;
	if (*at(m, i) < 0x80)
		return is_sign(*at(m, i)) ? KIND_SIGN : KIND_LETTER;
	if (ch_text_decode(&cp, ch_span_of(m->para, m->n_para), i) == 0)
		return KIND_UNKNOWN;
	for (size_t k = 0; k < CH_COUNT(known); k++)
		if ((uint32_t)cp >= known[k].from && (uint32_t)cp <= known[k].to)
			return known[k].is;
	return KIND_UNKNOWN;
}

static kind kind_before(const struct ch_md_small *m, size_t i)
{
	if (i == 0)
		return KIND_BLANK;
	while (i > 1 && (*at(m, i - 1) & 0xc0) == 0x80)
		i--;
	return kind_of(m, i - 1);
}

/* ---- parts ---- */

static ch_mds_part *part(struct ch_md_small *m, uint8_t what, size_t from, size_t to)
{
	ch_mds_part *p = &m->part[m->n_parts < CH_MD_SMALL_PARTS ? m->n_parts : 0];

	if (m->n_parts == CH_MD_SMALL_PARTS)
		m->fits = false;
	else
		m->n_parts++;
	*p = (ch_mds_part){ .kind = what, .last = -1, .next = -1,
		.text = ch_span_of(at(m, from), to - from) };
	return p;
}

static size_t run_length(const struct ch_md_small *m, size_t i)
{
	size_t n = 1;

	while (i + n < m->n_para && *at(m, i + n) == *at(m, i))
		n++;
	return n;
}

static size_t take_run(struct ch_md_small *m, size_t i)
{
	size_t n = run_length(m, i);
	kind before = kind_before(m, i), after = kind_of(m, i + n);
	bool left = after != KIND_BLANK && (after != KIND_SIGN || before != KIND_LETTER);
	bool right = before != KIND_BLANK && (before != KIND_SIGN || after != KIND_LETTER);
	ch_mds_part *p = part(m, RUN, i, i + n);

	if (before == KIND_UNKNOWN || after == KIND_UNKNOWN || n > 1000)
		m->fits = false;
	p->mark = *at(m, i);
	p->left = p->whole = (uint16_t)n;
	p->opens = left && (p->mark == '*' || !right || before == KIND_SIGN);
	p->closes = right && (p->mark == '*' || !left || after == KIND_SIGN);
	if (m->fits && (p->opens || p->closes)) {
		p->last = m->last;
		if (m->last >= 0)
			m->part[m->last].next = (int16_t)(m->n_parts - 1);
		m->last = (int16_t)(m->n_parts - 1);
	}
	return i + n;
}

/* Up to the run of as many; else the run is text, if no other follows that might be mistaken. */
static size_t take_code(struct ch_md_small *m, size_t i)
{
	size_t n = run_length(m, i), from = i + n, to = from;
	bool other = n > 40; /* cmark looks no further than 80 */

	while (to < m->n_para) {
		size_t k = *at(m, to) == '`' ? run_length(m, to) : 1;

		if (*at(m, to) == '`' && k == n && n <= 40) {
			(void)part(m, CODE, from, to);
			return to + n;
		}
		other = other || *at(m, to) == '`';
		to += k;
	}
	if (other)
		m->fits = false;
	(void)part(m, TEXT, i, from);
	return from;
}

/* A line's end: two blanks before it make it hard; blanks before it are not text. */
static size_t take_end(struct ch_md_small *m, size_t i)
{
	bool hard = i > 1 && *at(m, i - 1) == ' ' && *at(m, i - 2) == ' ';
	ch_mds_part *p = m->n_parts ? &m->part[m->n_parts - 1] : NULL;

	if (p && p->kind == TEXT)
		while (p->text.n > 0 && p->text.p[p->text.n - 1] == ' ')
			p->text.n--;
	(void)part(m, hard ? HARD : SOFT, i, i + 1);
	return i + 1;
}

static size_t take_escape(struct ch_md_small *m, size_t i)
{
	if (i + 1 < m->n_para && *at(m, i + 1) == '\n') {
		(void)part(m, HARD, i, i + 1);
		return i + 2;
	}
	if (i + 1 < m->n_para && is_sign(*at(m, i + 1))) {
		(void)part(m, TEXT, i + 1, i + 2);
		return i + 2;
	}
	(void)part(m, TEXT, i, i + 1);
	return i + 1;
}

static size_t take_text(struct ch_md_small *m, size_t i)
{
	size_t to = i;
	uint8_t c = 0;

	while (to < m->n_para) {
		c = *at(m, to);
		if (c == '*' || c == '_' || c == '`' || c == '\\' || c == '\n')
			break;
		to++;
	}
	(void)part(m, TEXT, i, to);
	return to;
}

static void take_all(struct ch_md_small *m)
{
	for (size_t i = 0; m->fits && i < m->n_para;) {
		switch (*at(m, i)) {
		case '*':
		case '_':
			i = take_run(m, i);
			break;
		case '`':
			i = take_code(m, i);
			break;
		case '\\':
			i = take_escape(m, i);
			break;
		case '\n':
			i = take_end(m, i);
			break;
		default:
			i = take_text(m, i);
		}
	}
}

/* ---- emphasis ---- */

static void unlink_run(struct ch_md_small *m, int16_t i)
{
	const ch_mds_part *p = &m->part[i];

	if (p->last >= 0)
		m->part[p->last].next = p->next;
	if (p->next >= 0)
		m->part[p->next].last = p->last;
}

/* Runs of which one is both and whose lengths add up to a multiple of 3: implementations differ. */
static bool is_subtle(const ch_mds_part *opener, const ch_mds_part *closer)
{
	return (closer->opens || opener->closes) && closer->whole % 3 != 0 &&
	    (opener->whole + closer->whole) % 3 == 0;
}

static int16_t find_opener(struct ch_md_small *m, int16_t closer)
{
	const ch_mds_part *p, *c = &m->part[closer];

	for (int16_t i = c->last; i >= 0; i = p->last) {
		p = &m->part[i];
		if (!p->opens || p->mark != c->mark)
			continue;
		if (is_subtle(p, c))
			m->fits = false;
		return i;
	}
	return -1;
}

/* Both give up one or two of their marks. The closer, if something of it is left, else the next. */
static int16_t join(struct ch_md_small *m, int16_t opener, int16_t closer)
{
	ch_mds_part *a = &m->part[opener], *b = &m->part[closer];
	uint16_t n = a->left >= 2 && b->left >= 2 ? 2 : 1;
	int16_t next = b->next;

	if (a->n_after == CH_MD_SMALL_TAGS || b->n_before == CH_MD_SMALL_TAGS) {
		m->fits = false;
		return -1;
	}
	a->after[a->n_after++] = n == 2 ? CH_MDS_STRONG : CH_MDS_EM;
	b->before[b->n_before++] = n == 2 ? CH_MDS_STRONG : CH_MDS_EM;
	a->left = (uint16_t)(a->left - n);
	b->left = (uint16_t)(b->left - n);
	while (b->last != opener)
		unlink_run(m, b->last);
	if (a->left == 0)
		unlink_run(m, opener);
	if (b->left > 0)
		return closer;
	unlink_run(m, closer);
	return next;
}

static void match_all(struct ch_md_small *m)
{
	int16_t i = m->last;

	while (i >= 0 && m->part[i].last >= 0)
		i = m->part[i].last;
	while (m->fits && i >= 0) {
		int16_t opener = m->part[i].closes ? find_opener(m, i) : -1, next = m->part[i].next;

		if (opener >= 0) {
			i = join(m, opener, i);
			continue;
		}
		if (m->part[i].closes && !m->part[i].opens)
			unlink_run(m, i);
		i = next;
	}
}

/* ---- telling ---- */

static void tell_code(const ch_mds_ear *ear, ch_span s)
{
	bool strip = false;
	size_t from = 0;

	if (s.n >= 2 && (s.p[0] == ' ' || s.p[0] == '\n') &&
	    (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\n'))
		for (size_t i = 0; i < s.n; i++)
			strip = strip || (s.p[i] != ' ' && s.p[i] != '\n');
	if (strip)
		s = ch_span_of(s.p + 1, s.n - 2);
	ear->open(ear->ctx, CH_MDS_CODE, 0);
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] != '\n')
			continue;
		if (i > from)
			ear->text(ear->ctx, ch_span_of(s.p + from, i - from));
		if (i < s.n)
			ear->text(ear->ctx, CH_LIT(" "));
		from = i + 1;
	}
	ear->close(ear->ctx, CH_MDS_CODE);
}

static void tell_run(const ch_mds_ear *ear, const ch_mds_part *p)
{
	for (unsigned i = 0; i < p->n_before; i++)
		ear->close(ear->ctx, (ch_mds_tag)p->before[i]);
	if (p->left > 0)
		ear->text(ear->ctx, ch_span_of(p->text.p, p->left));
	for (unsigned i = p->n_after; i > 0; i--)
		ear->open(ear->ctx, (ch_mds_tag)p->after[i - 1], 0);
}

void ch_mds_inline(struct ch_md_small *m)
{
	const ch_mds_ear *ear = m->ear;

	while (m->n_para > 0 && *at(m, m->n_para - 1) == ' ')
		m->n_para--;
	m->n_parts = 0;
	m->last = -1;
	take_all(m);
	if (m->fits)
		match_all(m);
	for (unsigned i = 0; m->fits && i < m->n_parts; i++) {
		const ch_mds_part *p = &m->part[i];

		if (p->kind == CODE)
			tell_code(ear, p->text);
		else if (p->kind == RUN)
			tell_run(ear, p);
		else if (p->kind == HARD)
			ear->open(ear->ctx, CH_MDS_BR, 0);
		else if (p->text.n > 0)
			ear->text(ear->ctx, p->text);
	}
}
