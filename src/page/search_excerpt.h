/* What a hit looks like: words marked. */
#ifndef CH_SEARCH_EXCERPT_H
#define CH_SEARCH_EXCERPT_H

#include "html.h"
#include "paper.h"
#include "search_words.h"

/* A text with the words of the query in <mark>. */
void ch_excerpt_marked(struct ch_html *w, const ch_query *q, ch_span text);
/* The passage in which most of the words stand, cut around the first of them; its number goes with
 * it as a link to `href`#p<n>. Nothing when none stands in any. */
void ch_excerpt_best(struct ch_html *w, const ch_query *q, const ch_passage *passage, uint32_t n,
    const char *href);

#endif
