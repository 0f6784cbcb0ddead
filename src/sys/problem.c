/* Sentences for people: see problem.h. */
#include "problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "text.h"

#define SHOWN_MAX 200u

ch_err ch_problem_set(struct ch_problem *why, ch_err e, const char *fmt, ...)
{
	va_list ap;

	if (!why || (why->err != CH_OK && why->text[0] != '\0'))
		return e;
	why->err = e;
	va_start(ap, fmt);
	(void)vsnprintf(why->text, sizeof why->text, fmt, ap);
	va_end(ap);
	return e;
}

ch_err ch_problem_about(struct ch_problem *why, ch_err e, const char *before, ch_span text,
    const char *after)
{
	char marked[SHOWN_MAX * 10 + 1];
	struct ch_wr w = ch_wr_of(marked, sizeof marked - 1);
	ch_span cut = { text.p, text.n < SHOWN_MAX ? text.n : SHOWN_MAX };

	ch_text_mark(&w, cut);
	if (w.err != CH_OK)
		w.n = 0;
	for (size_t i = 0; i < w.n; i++)
		if (marked[i] == '\n')
			marked[i] = ' ';
	marked[w.n] = '\0';
	return ch_problem_set(why, e, "%s%s%s", before, marked, after);
}
