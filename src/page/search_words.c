/* Words: see search_words.h. */
#include "search_words.h"

#include <string.h>
#include <utf8proc.h>

#include "text.h"
#include "wipe.h"
#include "wr.h"

#define GOES_ON_MIN 3u /* bytes: too many words begin with one letter */
#define FOLDED_MAX 24 /* of one code point; what decomposes into more is left out */

/* ---- one code point ---- */

typedef enum { SEPARATES, JOINS, ALONE } part_of;

static part_of part_of_ascii(int32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
	    (cp >= '0' && cp <= '9') ? JOINS : SEPARATES;
}

/* Scripts that set no space between words. */
static bool is_unspaced(int32_t cp)
{
	static const struct {
		int32_t from, to;
	} range[] = { { 0x0e00, 0x0eff }, { 0x1000, 0x109f }, { 0x1780, 0x17ff },
		{ 0x3040, 0x30ff }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xf900, 0xfaff },
		{ 0x20000, 0x3ffff } };

	for (size_t i = 0; i < CH_COUNT(range); i++)
		if (cp >= range[i].from && cp <= range[i].to)
			return true;
	return false;
}

static part_of part_of_any(int32_t cp)
{
	if (cp < 128)
		return part_of_ascii(cp);
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
	case UTF8PROC_CATEGORY_CO:
		return is_unspaced(cp) ? ALONE : JOINS;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return JOINS; /* and folds into nothing, or stays with its letter */
	default:
		return SEPARATES;
	}
}

static void put_folded(ch_lexer *w, int32_t cp)
{
	utf8proc_int32_t out[FOLDED_MAX];
	utf8proc_ssize_t n;
	int last = 0;

	if (cp == 0x0640)
		return; /* tatweel only stretches */
	n = utf8proc_decompose_char(cp, out, FOLDED_MAX, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
	    UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_STABLE, &last);
	for (utf8proc_ssize_t i = 0; i < n && n <= FOLDED_MAX; i++) {
		uint8_t bytes[4];
		utf8proc_ssize_t k = utf8proc_encode_char(out[i], bytes);

		if (k > 0 && (size_t)k <= sizeof w->fold - w->n) {
			memcpy(&w->fold[w->n], bytes, (size_t)k);
			w->n += (size_t)k;
		}
	}
}

static void put_one(ch_lexer *w, int32_t cp)
{
	if (cp >= 128)
		put_folded(w, cp);
	else if (w->n < sizeof w->fold)
		w->fold[w->n++] = (uint8_t)(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp);
}

/* ---- words ---- */

/* Length and code point at w->at; broken bytes separate. */
static unsigned decode(int32_t *cp, const ch_lexer *w)
{
	unsigned k;

	*cp = w->text.p[w->at];
	if (*cp < 128)
		return 1;
	k = ch_text_decode(cp, w->text, w->at);
	if (k == 0)
		*cp = ' ';
	return k ? k : 1;
}

/* From w->at on; whether there was a word. */
static bool take(ch_lexer *w)
{
	w->from = w->at;
	w->n = 0;
	while (w->at < w->text.n) {
		int32_t cp;
		unsigned k = decode(&cp, w);
		part_of part = part_of_any(cp);

		if (part == SEPARATES || (part == ALONE && w->n > 0))
			break;
		put_one(w, cp);
		w->at += k;
		if (part == ALONE)
			break;
	}
	w->to = w->at;
	return w->n > 0;
}

bool ch_lexer_next(ch_lexer *w)
{
	while (w->at < w->text.n) {
		int32_t cp;

		if (take(w))
			return true;
		if (w->at == w->from)
			w->at += decode(&cp, w);
	}
	ch_wipe(w->fold, sizeof w->fold); /* the last word outlives no text */
	return false;
}

/* ---- queries ---- */

/* One term: quoted for FTS5, its words noted. Whether it has any. */
static bool put_term(ch_query *q, struct ch_wr *w, ch_span term, bool goes_on)
{
	ch_lexer words = { .text = term };
	size_t before = q->n;

	while (q->n < CH_QUERY_WORDS && ch_lexer_next(&words)) {
		memcpy(q->word[q->n].fold, words.fold, words.n);
		q->word[q->n].n = words.n;
		q->word[q->n++].goes_on = false;
	}
	if (q->n == before)
		return false;
	CH_WR_LIT(w, " \"");
	for (size_t i = before; i < q->n; i++) {
		if (i > before)
			CH_WR_LIT(w, " ");
		ch_wr_put(w, ch_span_of(q->word[i].fold, q->word[i].n));
	}
	goes_on = goes_on && q->word[q->n - 1].n >= GOES_ON_MIN;
	q->word[q->n - 1].goes_on = goes_on;
	ch_wr_str(w, goes_on ? "\" *" : "\"");
	return true;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void ch_query_parse(ch_query *q, ch_span typed)
{
	struct ch_wr w = ch_wr_of(q->match, sizeof q->match - 1);
	size_t n = typed.n < CH_QUERY_MAX ? typed.n : CH_QUERY_MAX;

	*q = (ch_query){ 0 };
	for (size_t at = 0; at < n;) {
		bool quoted = typed.p[at] == '"';
		size_t from = at + quoted, to = from;

		while (to < n && typed.p[to] != '"' && (quoted || !is_blank(typed.p[to])))
			to++;
		if (to > from)
			(void)put_term(q, &w, ch_span_of(&typed.p[from], to - from), !quoted);
		at = to + (to < n && (quoted || is_blank(typed.p[to])));
	}
	if (w.err != CH_OK)
		*q = (ch_query){ 0 };
}

uint32_t ch_query_bit(const ch_query *q, const ch_lexer *w)
{
	for (size_t i = 0; i < q->n; i++) {
		size_t n = q->word[i].n;

		if (w->n >= n && (q->word[i].goes_on || w->n == n) &&
		    ch_span_eq(ch_span_of(w->fold, n), ch_span_of(q->word[i].fold, n)))
			return 1u << i;
	}
	return 0;
}

uint32_t ch_query_bits(const ch_query *q, ch_span text)
{
	ch_lexer w = { .text = text };
	uint32_t bits = 0;

	while (ch_lexer_next(&w))
		bits |= ch_query_bit(q, &w);
	return bits;
}
