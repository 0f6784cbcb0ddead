/*
 * Text rules: UTF-8, NFC of Unicode 15.0, no unassigned code point, LF only. Heads carry no
 * control, bidi or zero-width character; ZWJ and ZWNJ only between letters (Persian, Hindi).
 * In passages those characters are allowed and shown as visible marks (ch_text_mark).
 */
#ifndef CH_TEXT_H
#define CH_TEXT_H

#include "rd.h"
#include "wr.h"

/* One line of a head: not empty, at most max bytes, no leading or trailing space. Public data. */
CH_MUST_USE ch_err ch_text_check_line(ch_span in, size_t max);

/* A passage: one or more non-empty lines separated by single LFs; none first, none last. */
CH_MUST_USE ch_err ch_text_check_passage(ch_span in, size_t max);

/* Decode the code point at s.p[at]; returns its length in bytes, 0 when it is not UTF-8. */
unsigned ch_text_decode(int32_t *cp, ch_span s, size_t at);

/* Write `in` for a terminal or a page: control, bidi and zero-width code points and broken UTF-8
 * become visible marks such as <U+202E>; LF stays. */
void ch_text_mark(struct ch_wr *w, ch_span in);

/* Bring UTF-8 into NFC. FORMAT: not UTF-8 or unassigned code points; LIMIT: out too small. */
CH_MUST_USE ch_err ch_text_to_nfc(struct ch_wr *out, ch_span in);

/* An ASCII handle: lower-case domain name of two or more labels, at most 253 bytes. */
bool ch_text_is_handle(ch_span in);

/* A token: [a-z0-9][a-z0-9.-]* of at most 64 bytes, not `-`. */
bool ch_text_is_token(ch_span in);

#endif
