/* Sentences of lower floors in the language of the page: see cause.h. The text is hostile where it
 * holds words from outside: a match only chooses among our own sentences, and arguments are escaped
 * as any other. */
#include "cause.h"

#include <string.h>

#include "public_words.h"

#define PLACE 3u /* "{0}" */

typedef struct {
	ch_span v[CH_LANG_ARGS];
	size_t n_own; /* bytes of the sentence that are its own */
} fit;

static const ch_phrase *judges(ch_tongue t)
{
	for (unsigned i = 0; i < CH_PUBLIC_LANGS; i++)
		if (strcmp(ch_langs[t.lang].code, ch_public_codes[i]) == 0)
			return ch_public_phrases[i];
	return NULL;
}

static ch_span rest_of(ch_span s, size_t at)
{
	return ch_span_of(&s.p[at], s.n - at);
}

/* The pattern's own words up to its next place. */
static ch_span own_words(ch_span pattern)
{
	size_t n = 0;

	while (n < pattern.n && pattern.p[n] != '{')
		n++;
	return ch_span_of(pattern.p, n);
}

/* Where `words` first stand in `text`, or at its end when they are last; text.n + 1: nowhere. */
static size_t find(ch_span text, ch_span words, bool last)
{
	if (words.n > text.n)
		return text.n + 1;
	if (words.n == 0)
		return last ? text.n : 0;
	for (size_t i = last ? text.n - words.n : 0; i + words.n <= text.n; i++)
		if (ch_span_eq(ch_span_of(&text.p[i], words.n), words))
			return i;
	return text.n + 1;
}

static bool fits(fit *f, ch_span pattern, ch_span text)
{
	ch_span own = own_words(pattern);

	*f = (fit){ .n_own = own.n };
	if (own.n > text.n || !ch_span_eq(ch_span_of(text.p, own.n), own))
		return false;
	pattern = rest_of(pattern, own.n);
	text = rest_of(text, own.n);
	while (pattern.n >= PLACE) {
		unsigned k = (unsigned)(pattern.p[1] - '0');
		size_t at;

		pattern = rest_of(pattern, PLACE);
		own = own_words(pattern);
		at = find(text, own, own.n == pattern.n);
		if (at > text.n || k >= CH_LANG_ARGS)
			return false;
		f->v[k] = ch_span_of(text.p, at);
		f->n_own += own.n;
		pattern = rest_of(pattern, own.n);
		text = rest_of(text, at + own.n);
	}
	return text.n == 0;
}

static bool best(ch_msg *id, fit *f, ch_span text)
{
	bool found = false;
	fit now;

	*f = (fit){ 0 };
	for (unsigned i = 0; i < CH_M_COUNT; i++) {
		ch_tongue english = { 0 };

		if (strncmp(ch_lang_keys[i], "cause.", 6) != 0 ||
		    !fits(&now, ch_span_str(ch_lang_text(english, (ch_msg)i)), text) ||
		    (found && now.n_own <= f->n_own))
			continue;
		*f = now;
		*id = (ch_msg)i;
		found = true;
	}
	return found;
}

/* What stands at a place is often a reason of its own, without places, or a judge's. */
static const char *argument(struct ch_arena *a, ch_tongue t, ch_span text)
{
	const char *said = ch_phrase_find(judges(t), text);
	ch_msg id = 0;
	fit f;

	if (best(&id, &f, text) && f.n_own == text.n)
		return ch_lang_text(t, id);
	if (said)
		return said;
	text = ch_arena_copy(a, text);
	return text.p ? (const char *)text.p : "";
}

bool ch_cause_find(ch_msg *id, ch_args *args, struct ch_arena *a, ch_tongue t, ch_span text)
{
	fit f;

	*args = (ch_args){ 0 };
	if (!best(id, &f, text))
		return false;
	for (size_t i = 0; i < CH_LANG_ARGS; i++)
		if (f.v[i].p)
			args->v[i] = argument(a, t, f.v[i]);
	return true;
}

void ch_cause_say(struct ch_html *w, struct ch_arena *a, ch_span text)
{
	ch_args args;
	ch_msg id = 0;

	while (text.n > 0 && text.p[text.n - 1] == '.')
		text.n--;
	if (ch_cause_find(&id, &args, a, w->tongue, text)) {
		ch_html_put(w, "<p class=\"said\">");
		ch_html_say_with(w, id, &args);
		ch_html_put(w, ".</p>");
	} else {
		ch_html_put(w, "<p lang=\"en\" dir=\"ltr\" class=\"said\">%.*s.</p>",
		    CH_SPAN(text));
	}
}

const ch_phrase *ch_cause_judges(const struct ch_html *w)
{
	return judges(w->tongue);
}

void ch_cause_judge(struct ch_html *w, const char *english)
{
	const char *said = ch_phrase_find(ch_cause_judges(w), ch_span_str(english));

	if (said)
		ch_html_put(w, "%s", said);
	else
		ch_html_put(w, "<span lang=\"en\" dir=\"ltr\">%s</span>", english);
}
