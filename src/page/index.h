/*
 * What the lists show: a row for each paper, made of the files of the home and never their
 * authority (a paper's own page judges its record anew). An index is made on the worker and never
 * changes afterwards; the desk swaps a new one in. Rows are made anew only for folders whose stamp
 * changed; the rest comes from the index before, or from desk-index.age in the home, sealed.
 */
#ifndef CH_INDEX_H
#define CH_INDEX_H

#include "dossier.h"
#include "standing.h"

typedef struct {
	const char *number, *folder;   /* ALPHA-BRAVO/2026/0001, ALPHA-BRAVO-2026-0001      */
	const char *party;             /* the other side: addressee of ours, author of theirs */
	const char *form, *act, *basis, *subject, *caveat, *re; /* re: a number; "" for none */
	const char *by;                /* who of us sent it, when another home did; ""       */
	unsigned talks;                /* which of the index                                */
	ch_hold hold;
	bool ours, answered;           /* answered: a later paper names it in re            */
	ch_standing standing;
	int64_t registered, ended;     /* 0: not                                            */
	int64_t lapse, answer_by;      /* clocks; 0: none                                   */
	int64_t last;                  /* of the last thing that happened to it             */
	int64_t stamp;                 /* of its folder; 0: look again                      */
} ch_row;

typedef struct {
	const char *name, *title, *code, *origin, *word_set;
	const char *others;            /* handles of the other parties, "a.example, b.example" */
	ch_talks_state state;
	size_t first, n;               /* its rows                       */
	size_t n_waiting;              /* for our signature              */
	size_t n_to_answer;            /* opened, with a clock, unanswered */
	int64_t clock, last;           /* the next clock that runs; the last event */
} ch_row_talks;

struct ch_index {
	struct ch_arena arena;
	ch_row *row;                   /* by talks, then by folder name */
	ch_row_talks *talks;
	size_t n, n_talks;
	size_t n_left;                 /* folders not looked at yet: the next index has them */
	bool changed;                  /* something differs from the one before */
};

/* For sorting rows in place of a list: the newest registered first, then by name. */
typedef struct {
	const ch_row *row;
} ch_row_ref;
int ch_row_newest_first(const void *a, const void *b);

/* Whether a person here has to do something about it. */
bool ch_row_waits(const ch_row *r);
bool ch_row_wants_answer(const ch_row *r);

/*
 * Look at the home, for at most budget_ms of judging. `before` may be NULL. Unlocked home.
 * Errors: NOMEM, and IO of folders that cannot be listed; a paper that cannot be judged has a row
 * that says no more than its number.
 */
CH_MUST_USE ch_err ch_index_make(struct ch_index **out, const struct ch_home *h,
    const struct ch_index *before, unsigned budget_ms);
void ch_index_free(struct ch_index *x);

/* desk-index.age. load: NULL when there is none that can be used. */
struct ch_index *ch_index_load(const struct ch_home *h);
CH_MUST_USE ch_err ch_index_save(const struct ch_index *x, const struct ch_home *h);

const ch_row_talks *ch_index_talks(const struct ch_index *x, ch_span name);
/* By folder name. */
const ch_row *ch_index_row(const struct ch_index *x, const ch_row_talks *t, ch_span folder);

#endif
