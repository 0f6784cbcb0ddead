/*
 * The full text of a home's papers, as an index of SQLite's FTS5 in memory and nowhere else: made
 * after unlocking of what is sealed on the disk, wiped and gone when the home is locked. It holds
 * which word stands where, never a text.
 *
 * One thread fills it while another asks: each call takes the lock for as long as it lasts.
 */
#ifndef CH_SEARCH_DB_H
#define CH_SEARCH_DB_H

#include "mem.h"

struct ch_search_db;

/* Once, before this process uses SQLite at all: it takes its memory from ch_alloc() from then on,
 * so that what it lets go of is wiped. */
void ch_search_db_memory(void);
/* NOMEM; INTERNAL: this SQLite has no FTS5. */
CH_MUST_USE ch_err ch_search_db_new(struct ch_search_db **out);
void ch_search_db_free(struct ch_search_db *x);

typedef struct {
	const char *talks, *folder; /* which paper: two names that stay its name */
	const char *subject, *about; /* searched: what stands on its cover        */
	ch_span text;                /* empty: sealed, or none                    */
	bool has_text;               /* nothing more is to come                   */
} ch_search_doc;

/* Around many puts, so that they are laid down together. */
void ch_search_db_begin(struct ch_search_db *x);
CH_MUST_USE ch_err ch_search_db_end(struct ch_search_db *x);
/* Take one in; an earlier one of this paper gives way. NOMEM, INTERNAL. */
CH_MUST_USE ch_err ch_search_db_put(struct ch_search_db *x, const ch_search_doc *d);
/* Whether it is in; *has_text as it was put. */
bool ch_search_db_has(bool *has_text, struct ch_search_db *x, const char *talks,
    const char *folder);

typedef struct {
	const char *talks, *folder; /* as long as the db */
} ch_search_hit;
/* All papers that match (ch_query.match), in no order that matters; into `a`. NOMEM, INTERNAL. */
CH_MUST_USE ch_err ch_search_db_find(ch_search_hit **out, size_t *n, struct ch_search_db *x,
    const char *match, struct ch_arena *a);

#endif
