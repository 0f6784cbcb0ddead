/*
 * What makes rosters and homes: shared by party.c and the delegates_*.c files only. A roster is
 * written by copying the fields of the last one and changing what changes.
 */
#ifndef CH_PARTY_DRAFT_H
#define CH_PARTY_DRAFT_H

#include "party.h"

#define CH_PARTY_SMALL_MAX 8192u

/* A roster under construction; heap, for it is large. Public data. */
struct ch_party_draft {
	ch_stmt s;
	struct ch_wr small; /* values */
	struct ch_wr list;  /* delegates or registries being written */
	uint8_t small_b[CH_PARTY_SMALL_MAX], list_b[CH_NOTE_TEXT_MAX_ROSTER];
	uint8_t note_b[CH_ROSTER_NOTE_MAX];
};

/* Empty, or the version after `last`, which outlives it. NULL: no memory. */
struct ch_party_draft *ch_party_draft_new(const struct ch_home *h,
    const struct ch_roster_file *last);
void ch_party_draft_free(struct ch_party_draft *d);

/* What was written to w since it held `from` bytes, as a span that stays. */
ch_span ch_party_since(const struct ch_wr *w, size_t from);

/* This home as a delegate: all but the powers. Values lie in `d` and `ask`. */
CH_MUST_USE ch_err ch_party_draft_own(ch_item *it, struct ch_party_draft *d,
    const struct ch_home *h, const ch_party_new_ask *ask);

/* Dates and the party key's signature; then it is on file. */
CH_MUST_USE ch_err ch_party_draft_sign(struct ch_party_draft *d, const struct ch_home *h,
    const struct ch_secret32 *seed, struct ch_problem *why);

ch_age_type ch_party_age_type(bool hybrid);

/* Keys, a name and a folder for one delegate, without party key, roster or home.txt; `h` is open
 * and unlocked afterwards. Errors as ch_party_new(). */
CH_MUST_USE ch_err ch_party_make_home(struct ch_home *h, const ch_party_new_ask *ask, ch_span pass,
    struct ch_problem *why);

#endif
