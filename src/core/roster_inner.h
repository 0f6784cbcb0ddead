/* Shared by roster.c and request.c only. */
#ifndef CH_ROSTER_INNER_H
#define CH_ROSTER_INNER_H

#include "roster.h"

/* The next delegate's lines of a list that was parsed: they are known to be sound. */
void ch_roster_rd_item(ch_item *out, struct ch_rd *r);

/* All delegates: names, powers, sealing keys of the suite, enrolments; no key stands twice. Of `r`
 * it reads party, party_key, exercise, hybrid, n, and of stmt the fields talks and delegates.
 * FORMAT, AUTH, with the reason in diag. */
CH_MUST_USE ch_err ch_roster_check(const ch_roster *r, struct ch_diag *diag);

#endif
