/*
 * What Markdown would hide, turn or join: see markdown.h. A line scanner, not a renderer: it errs
 * towards a finding. Code is known by fences and by spans that close on their line; a span over
 * several lines is not taken for code, because what stands between may end it.
 */
#include "markdown.h"

static bool ch_md_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool ch_md_is_alpha(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The byte at i; 0, which no passage holds, behind the end. */
static uint8_t ch_md_at(ch_span s, size_t i)
{
	return i < s.n ? s.p[i] : 0;
}

/* Length of the run of c at i. */
static size_t ch_md_run(ch_span s, size_t i, uint8_t c)
{
	size_t n = 0;

	while (i + n < s.n && s.p[i + n] == c)
		n++;
	return n;
}

static size_t ch_md_skip_blanks(ch_span s, size_t i)
{
	while (ch_md_is_blank(ch_md_at(s, i)))
		i++;
	return i;
}

static size_t ch_md_line_end(ch_span s, size_t i)
{
	while (i < s.n && s.p[i] != '\n')
		i++;
	return i;
}

/* Blanks, quote marks and list marks before the text of a line. */
static size_t ch_md_skip_marks(ch_span s, size_t i)
{
	for (;;) {
		uint8_t c;

		i = ch_md_skip_blanks(s, i);
		c = ch_md_at(s, i);
		if (c != '>' && !((c == '-' || c == '*' || c == '+') &&
		    ch_md_is_blank(ch_md_at(s, i + 1))))
			return i;
		i++;
	}
}

/* An autolink, `<https://...>` or `<a@b>`: shown as it stands. Its length, or 0. */
static size_t ch_md_autolink(ch_span s, size_t at)
{
	bool scheme = false, mail = false;
	size_t i = at + 1;

	for (; i < s.n && s.p[i] > ' ' && s.p[i] != '<' && s.p[i] != '>'; i++) {
		if (s.p[i] == '"' || s.p[i] == '\'' || s.p[i] == '`')
			return 0;
		scheme |= s.p[i] == ':' && i >= at + 3;
		mail |= s.p[i] == '@' && i > at + 1;
		if (!scheme && !mail && s.p[i] == '/')
			return 0;
	}
	return ch_md_at(s, i) == '>' && (scheme || mail) && ch_md_is_alpha(s.p[at + 1]) ?
	    i + 1 - at : 0;
}

static bool ch_md_is_tag(ch_span s, size_t at)
{
	uint8_t c = ch_md_at(s, at + 1);

	return ch_md_is_alpha(c) || c == '/' || c == '!' || c == '?';
}

/* Behind the code span that opens at `at` (a run of backticks), if it closes on its line. */
static size_t ch_md_code_span(ch_span s, size_t at, size_t end)
{
	size_t n = ch_md_run(s, at, '`'), k;

	for (size_t i = at + n; i < end; i += k) {
		k = ch_md_run(s, i, '`');
		if (k == n)
			return i + n;
		k = k ? k : 1;
	}
	return at + n;
}

/* Behind what stands at i and is not to be looked into: an escape, code, an autolink. */
static size_t ch_md_step(ch_span s, size_t i, size_t end)
{
	size_t n;

	switch (s.p[i]) {
	case '\\':
		return i + 1 < end ? i + 2 : i + 1;
	case '`':
		return ch_md_code_span(s, i, end);
	case '<':
		n = ch_md_autolink(s, i);
		return i + (n ? n : 1);
	default:
		return i + 1;
	}
}

/* ---- lines ---- */

/* An open fence: its character and length; none when length is 0. */
struct ch_md_fence {
	uint8_t c;
	size_t n;
};

/* Whether the line [i, end) opens or closes a fence, or stands inside one: not text. */
static bool ch_md_fence_line(struct ch_md_fence *f, ch_span s, size_t i, size_t end)
{
	uint8_t c;
	size_t n;

	i = ch_md_skip_marks(s, i);
	c = i < end ? s.p[i] : 0;
	n = c == '`' || c == '~' ? ch_md_run(s, i, c) : 0;
	if (f->n == 0) {
		/* Backticks behind backticks: a code span, no fence. */
		for (size_t k = i + n; n >= 3 && c == '`' && k < end; k++)
			if (s.p[k] == '`')
				return false;
		if (n < 3)
			return false;
		*f = (struct ch_md_fence){ c, n };
		return true;
	}
	if (c == f->c && n >= f->n && ch_md_skip_blanks(s, i + n) >= end)
		f->n = 0;
	return true;
}

/* Whether a line is an underline: `===` or `---`. */
static bool ch_md_is_underline(ch_span s, size_t i, size_t end)
{
	size_t n;

	i = ch_md_skip_marks(s, i);
	n = ch_md_run(s, i, '=');
	if (n == 0)
		n = ch_md_run(s, i, '-');
	return n > 0 && ch_md_skip_blanks(s, i + n) >= end;
}

static bool ch_md_is_atx(ch_span s, size_t i, size_t end)
{
	size_t n;

	i = ch_md_skip_marks(s, i);
	n = ch_md_run(s, i, '#');
	return n >= 1 && n <= 6 && (i + n >= end || ch_md_is_blank(s.p[i + n]));
}

/* What a line of text is taken for, without looking into it. */
static ch_md_fault ch_md_line(ch_span s, size_t i, size_t end)
{
	if (ch_md_skip_blanks(s, i) >= end)
		return CH_MD_BLANK_LINE;
	if (i == 0 && ch_md_is_blank(s.p[0]))
		return CH_MD_INDENTED;
	if (i > 0 && ch_md_is_underline(s, i, end))
		return CH_MD_SETEXT;
	if (ch_md_is_atx(s, i, end) && (i > 0 || ch_passage_level(s) == 0))
		return CH_MD_HEADING;
	return CH_MD_NONE;
}

static ch_md_fault ch_md_inline(size_t *at, ch_span s, size_t i, size_t end)
{
	for (; i < end; i = ch_md_step(s, i, end)) {
		*at = i;
		if (s.p[i] == '<' && ch_md_is_tag(s, i) && ch_md_autolink(s, i) == 0)
			return CH_MD_RAW_HTML;
	}
	return CH_MD_NONE;
}

/* One passage alone. */
static ch_md_fault ch_md_passage(size_t *at, ch_span s)
{
	struct ch_md_fence fence = { 0 };
	size_t end, opened = 0;

	for (size_t i = 0; i < s.n; i = end + 1) {
		bool inside = fence.n > 0;
		ch_md_fault f;

		end = ch_md_line_end(s, i);
		if (ch_md_fence_line(&fence, s, i, end)) {
			opened = inside ? opened : i;
			continue;
		}
		*at = i;
		f = ch_md_line(s, i, end);
		if (f == CH_MD_NONE)
			f = ch_md_inline(at, s, i, end);
		if (f != CH_MD_NONE)
			return f;
	}
	*at = opened;
	return fence.n ? CH_MD_OPEN_FENCE : CH_MD_NONE;
}

/* ---- link definitions ---- */

typedef struct {
	ch_span label; /* with its brackets */
	uint32_t passage;
	size_t at;
	bool used;
} ch_md_definition;

/* The label at `[`: with its brackets, no bracket inside, may cross a line. Empty: none. */
static ch_span ch_md_label(ch_span s, size_t i)
{
	struct ch_rd r = ch_rd_of(s);
	size_t n = 1;

	for (; n < 1000 && i + n < s.n && s.p[i + n] != ']' && s.p[i + n] != '['; n++)
		if (s.p[i + n] == '\\')
			n++;
	if (ch_md_at(s, i + n) != ']')
		return (ch_span){ 0 };
	(void)ch_rd_take(&r, i);
	return ch_rd_take(&r, n + 1);
}

/* Next byte of a label as it is compared: letters folded, runs of white space one blank. */
static uint8_t ch_md_fold(ch_span s, size_t *i)
{
	uint8_t c = ch_md_at(s, *i);

	(*i)++;
	if (!ch_md_is_blank(c) && c != '\n')
		return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
	while (ch_md_is_blank(ch_md_at(s, *i)) || ch_md_at(s, *i) == '\n')
		(*i)++;
	return ' ';
}

static bool ch_md_same_label(ch_span a, ch_span b)
{
	size_t i = 0, k = 0;

	while (i < a.n && k < b.n)
		if (ch_md_fold(a, &i) != ch_md_fold(b, &k))
			return false;
	return i >= a.n && k >= b.n;
}

/* Whether the label at i defines: first on its line, a colon behind. */
static bool ch_md_defines(ch_span s, size_t line, size_t i, ch_span label)
{
	return i == ch_md_skip_marks(s, line) && ch_md_at(s, i + label.n) == ':';
}

struct ch_md_walk {
	ch_md_definition def[CH_MD_DEFINITIONS_MAX];
	uint32_t n;
	bool uses; /* second pass: look for uses, not definitions */
};

static ch_md_fault ch_md_meet(struct ch_md_walk *w, ch_span label, bool defines,
    uint32_t passage, size_t at)
{
	if (w->uses == defines)
		return CH_MD_NONE;
	for (uint32_t k = 0; k < w->n; k++) {
		if (!ch_md_same_label(w->def[k].label, label))
			continue;
		if (defines)
			return CH_MD_DOUBLE_DEFINITION;
		if (w->def[k].passage != passage)
			return CH_MD_CROSS_DEFINITION;
		w->def[k].used = true;
	}
	if (!defines)
		return CH_MD_NONE;
	if (w->n == CH_MD_DEFINITIONS_MAX)
		return CH_MD_MANY_DEFINITIONS;
	w->def[w->n++] = (ch_md_definition){ label, passage, at, false };
	return CH_MD_NONE;
}

/* Meet every label of a passage outside code. */
static ch_md_fault ch_md_labels(struct ch_md_walk *w, size_t *at, ch_span s, uint32_t passage)
{
	struct ch_md_fence fence = { 0 };
	size_t end;

	for (size_t line = 0; line < s.n; line = end + 1) {
		end = ch_md_line_end(s, line);
		if (ch_md_fence_line(&fence, s, line, end))
			continue;
		for (size_t i = line; i < end; i = ch_md_step(s, i, end)) {
			ch_span label = s.p[i] == '[' ? ch_md_label(s, i) : (ch_span){ 0 };

			if (label.n == 0 || ch_md_at(s, i + label.n) == '(')
				continue;
			*at = i;
			ch_md_fault f =
			    ch_md_meet(w, label, ch_md_defines(s, line, i, label), passage, i);

			if (f != CH_MD_NONE)
				return f;
		}
	}
	return CH_MD_NONE;
}

static void ch_md_walk(struct ch_md_walk *w, ch_md_finding *out, const ch_passage *passage,
    uint32_t n)
{
	for (uint32_t i = 0; i < n && out->fault == CH_MD_NONE; i++) {
		out->passage = i;
		out->fault = ch_md_labels(w, &out->at, passage[i].text, i);
	}
}

static ch_md_finding ch_md_definitions(const ch_passage *passage, uint32_t n)
{
	struct ch_md_walk w;
	ch_md_finding out = { 0 };

	w.n = 0;
	w.uses = false;
	ch_md_walk(&w, &out, passage, n);
	if (out.fault != CH_MD_NONE || w.n == 0)
		return out;
	w.uses = true;
	ch_md_walk(&w, &out, passage, n);
	for (uint32_t k = 0; k < w.n && out.fault == CH_MD_NONE; k++)
		if (!w.def[k].used)
			out = (ch_md_finding){ CH_MD_UNUSED_DEFINITION, w.def[k].passage,
			    w.def[k].at };
	return out;
}

ch_md_finding ch_markdown_check(const ch_passage *passage, uint32_t n)
{
	ch_md_finding f = { 0 };

	for (uint32_t i = 0; i < n && f.fault == CH_MD_NONE; i++) {
		f.passage = i;
		f.fault = ch_md_passage(&f.at, passage[i].text);
	}
	if (f.fault == CH_MD_NONE)
		f = ch_md_definitions(passage, n);
	if (f.fault == CH_MD_NONE)
		f = (ch_md_finding){ 0 };
	return f;
}

const char *ch_md_fault_text(ch_md_fault f)
{
	static const char *const text[CH_MD_COUNT] = {
		[CH_MD_NONE] = "nothing found",
		[CH_MD_RAW_HTML] = "HTML outside code: put it between backticks, or write \\<",
		[CH_MD_OPEN_FENCE] =
		    "a code fence is not closed in its passage (no empty line inside)",
		[CH_MD_BLANK_LINE] = "a line of blanks: leave it empty or take it out",
		[CH_MD_INDENTED] = "a passage begins with blanks and would join what stands before",
		[CH_MD_SETEXT] = "an underlined heading: write # before it instead",
		[CH_MD_HEADING] =
		    "a # that is no heading to us: it needs a passage of its own and a blank",
		[CH_MD_UNUSED_DEFINITION] = "a link definition that nothing uses would stay unseen",
		[CH_MD_CROSS_DEFINITION] = "a link definition is used by another passage",
		[CH_MD_DOUBLE_DEFINITION] =
		    "a link label is defined twice: the second stays unseen",
		[CH_MD_MANY_DEFINITIONS] = "too many link definitions",
	};

	CH_ASSERT(f < CH_MD_COUNT);
	return text[f];
}
