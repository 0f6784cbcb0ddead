/* The rule of every type of value in a statement (kinds.h). Public data, variable time. */
#ifndef CH_VALUE_H
#define CH_VALUE_H

#include "kinds.h"
#include "rd.h"

/* Whether v is the one spelling of a value of field f (not a list). FORMAT or LIMIT otherwise. */
CH_MUST_USE ch_err ch_value_check(const struct ch_field *f, ch_span v);

/* A paper's number `ALPHA-BRAVO/2026/0001` in parts. FORMAT: another shape. */
typedef struct {
	ch_span from, to; /* codes */
	uint64_t year, serial;
} ch_number;
CH_MUST_USE ch_err ch_number_parse(ch_number *out, ch_span v);

#endif
