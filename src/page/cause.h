/*
 * A sentence of a lower floor (struct ch_problem, ch_err_text), which is English, in the language
 * of the page. web/lang/en/cause.txt has it word for word, with places for what varies; the page
 * says the same key in its own language. test/web/test_causes.py holds the list to the code.
 */
#ifndef CH_CAUSE_H
#define CH_CAUSE_H

#include "html.h"
#include "mem.h"
#include "tell.h"

/* Which sentence `text` is, and what stands at its places; false when it is none that we know. Of
 * several that fit, the one with most words of its own. The arguments live in `a`. */
bool ch_cause_find(ch_msg *id, ch_args *args, struct ch_arena *a, ch_tongue t, ch_span text);

/* A paragraph with it, ended by a full stop. What we do not know is marked as English. */
void ch_cause_say(struct ch_html *w, struct ch_arena *a, ch_span text);

/* What the judges say (src/verdict, delivery.h), in the language of the page, as published folders
 * and the checking page say it; NULL: it has none, and English is said. */
const ch_phrase *ch_cause_judges(const struct ch_html *w);

/* One phrase of a judge, marked as English where the language does not have it. */
void ch_cause_judge(struct ch_html *w, const char *english);

#endif
