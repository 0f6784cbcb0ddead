/* UTF-8 as RFC 3629 has it: shortest form, no surrogates, up to U+10FFFF. */
#ifndef CH_UTF8_H
#define CH_UTF8_H

#include "rd.h"

/* The next code point; FORMAT sticks when the bytes are not UTF-8 (TRUNCATED when cut off). */
uint32_t ch_utf8_next(struct ch_rd *r);

bool ch_utf8_is_valid(ch_span s);

#endif
