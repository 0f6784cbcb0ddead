/*
 * Instants: `YYYY-MM-DDTHH:MM:SSZ`, whole seconds, never :60, compared as 64-bit integers
 * (seconds since 1970-01-01T00:00:00Z). Years 1970 to 9999. Never compare the strings.
 */
#ifndef CH_WHEN_H
#define CH_WHEN_H

#include "rd.h"
#include "wr.h"

#define CH_WHEN_LEN 20

/* FORMAT: any other spelling, or a day that does not exist. */
CH_MUST_USE ch_err ch_when_parse(int64_t *out, ch_span in);

/* `t` must lie in 1970..9999 (LIMIT sticks in w otherwise). */
void ch_when_put(struct ch_wr *w, int64_t t);

/* A date `YYYY-MM-DD` alone, as the instant at which it begins in UTC. */
CH_MUST_USE ch_err ch_when_parse_date(int64_t *out, ch_span in);
void ch_when_put_date(struct ch_wr *w, int64_t t);

/* The year of an instant. */
unsigned ch_when_year(int64_t t);

#endif
