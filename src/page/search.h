/* The search of one home: what is in its database, and filling it in the background. */
#ifndef CH_SEARCH_H
#define CH_SEARCH_H

#include "desk.h"
#include "search_db.h"
#include "search_words.h"

/* Of an unlocked home; made at the first call, gone when it is locked. NULL: no memory. */
struct ch_search_db *ch_search_of(struct ch_desk_home *h);
/* Papers that are not in yet. */
size_t ch_search_left(const struct ch_desk_home *h);
/* Take in what is missing, a piece at a time; with every turn of the desk. */
void ch_search_fill(struct ch_desk_home *h);

/* The largest envelope whose text is shown beside a hit: opening it must not hold up the desk. */
#define CH_SEARCH_SHOW_MAX ((uint64_t)1 << 20)

#endif
