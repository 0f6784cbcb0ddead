/* Lower-case hexadecimal, the only spelling we take. Variable time: public data only. */
#ifndef CH_HEX_H
#define CH_HEX_H

#include "rd.h"
#include "wr.h"

/* Exactly n bytes from 2n digits. FORMAT: other length or other characters. */
CH_MUST_USE ch_err ch_hex_parse(uint8_t *out, size_t n, ch_span in);

void ch_hex_put(struct ch_wr *w, ch_span bytes);

#endif
