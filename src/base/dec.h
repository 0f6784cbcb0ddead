/* Decimal integers in their one spelling: digits only, no leading zero, no sign. */
#ifndef CH_DEC_H
#define CH_DEC_H

#include "rd.h"
#include "wr.h"

/* FORMAT: empty, leading zero or another character        LIMIT: above max */
CH_MUST_USE ch_err ch_dec_parse(uint64_t *out, ch_span in, uint64_t max);

void ch_dec_put(struct ch_wr *w, uint64_t v);

/* Exactly `digits` digits, with leading zeros (numbers of papers, dates). v must fit. */
void ch_dec_put_fixed(struct ch_wr *w, uint64_t v, unsigned digits);

#endif
