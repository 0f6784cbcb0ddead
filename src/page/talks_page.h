/* What the pages of opening, joining and signing share; of page_meet.c, page_open.c, page_join.c,
 * page_forming.c and page_practice.c only. */
#ifndef CH_TALKS_PAGE_H
#define CH_TALKS_PAGE_H

#include "page.h"

/* A key's words, large, under a heading. */
void ch_page_words_large(struct ch_page *p, ch_msg label, ch_span vkey);
/* The terms of a charter, each with its meaning. */
void ch_page_terms(struct ch_page *p, const ch_stmt *charter);
/* "bravo.example" -> BRAVO; empty when the first part has not two letters. */
#define CH_CODE_MAX 8u
ch_span ch_page_code(char out[CH_CODE_MAX + 1], ch_span handle);

/* In a job: the registry stands in our roster, which is published there; a registry that does not
 * know us yet is no error. A trial registry admits us first. Needs the lock. */
CH_MUST_USE ch_err ch_page_enter(struct ch_job *j, ch_span origin, ch_span pass);
/* The same for any home that is unlocked and locked for this operation. */
CH_MUST_USE ch_err ch_page_enter_as(struct ch_watch *w, struct ch_link *l, struct ch_home *h,
    const struct ch_trial *t, ch_span origin, ch_span pass, struct ch_problem *why);
/* The terms for a draft: the card and address of a pinned registry. Spans into the buffers. */
CH_MUST_USE ch_err ch_page_ask_registry(ch_talks_ask *ask, struct ch_buf *card, struct ch_buf *url,
    const struct ch_home *h, ch_span origin, struct ch_problem *why);

/* Talks that are not in force: what comes next, on their page. */
void ch_page_forming(struct ch_page *p, const struct ch_talks *t);
/* Where talks begin: on the list. */
void ch_page_talks_ways(struct ch_page *p);

#endif
