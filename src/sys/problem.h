/*
 * Why something did not work, for the person: one sentence that says what happened and where,
 * whether anything was lost, and what to do. It travels beside the ch_err and is printed once, at
 * the top. It holds no secret; what came from outside is marked (ch_text_mark) and cut.
 */
#ifndef CH_PROBLEM_H
#define CH_PROBLEM_H

#include "err.h"
#include "span.h"

struct ch_problem {
	ch_err err;
	unsigned status;  /* of the registry's answer; 0 when it was not the registry's */
	char type[64];    /* its problem type, such as "wrong-serial"; "" otherwise      */
	char text[768];
};

/* Set the sentence and return `e`, so that `return ch_problem_set(why, e, "…");` reads well. The
 * first sentence stays: callers above may add without covering the cause. `why` may be NULL. */
ch_err ch_problem_set(struct ch_problem *why, ch_err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same around a text from outside, which is marked and cut. */
ch_err ch_problem_about(struct ch_problem *why, ch_err e, const char *before, ch_span text,
    const char *after);

#endif
