/*
 * A party with several homes: what of a paper lies in this one, and which delegates did or can do
 * what. A paper that a colleague sent has its record here and its text there; one that was sealed
 * before this home was added has its record here and its text with those of that time.
 */
#ifndef CH_COLLEAGUES_H
#define CH_COLLEAGUES_H

#include "dossier.h"

#define CH_COLLEAGUES_LEN 256u

/* What of the paper is here; for ch_dossier. */
ch_hold ch_colleagues_hold(const struct ch_dossier *d);

/* Persons in words, "a.person, b.person"; empty when nobody can be named. */
typedef struct {
	char text[CH_COLLEAGUES_LEN];
	size_t n;
	bool own; /* the delegate of this home is among them */
} ch_persons;

/* Who signed a part (`submission`, `receipt`, `decline`, `take-back`), by the roster it names. */
void ch_colleagues_signed(ch_persons *out, const struct ch_dossier *d, const char *part);
/* The one of these three that is on file for its end, NULL: none, or it lapsed. */
const char *ch_colleagues_end(const struct ch_dossier *d);
/* Which of our delegates can still open a paper sent to us and have the power. */
void ch_colleagues_able(ch_persons *out, const struct ch_dossier *d, ch_power power);

/* CH_OK: it is whole here. ABSENT: its text is elsewhere, and the sentence says where. */
ch_err ch_colleagues_say(const struct ch_dossier *d, const ch_delivery *v, struct ch_problem *why);
/* The same of a record that nobody judged yet. Errors as ch_dossier_judge() besides. */
CH_MUST_USE ch_err ch_colleagues_must_hold(const struct ch_dossier *d, struct ch_problem *why);

/* DENIED: our newest roster on file gives this home's delegate no such power; the sentence says who
 * has it. */
CH_MUST_USE ch_err ch_colleagues_may(const struct ch_home *h, ch_power power,
    struct ch_problem *why);

#endif
