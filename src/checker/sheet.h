/*
 * A small writer of HTML and XML into a buffer, for pages that anyone may see: published folders,
 * a registry's front page. ch_sheet_raw() and ch_sheet_bytes() are for what the house wrote; all
 * else is escaped, and what is hidden is marked. The first error sticks in err.
 */
#ifndef CH_SHEET_H
#define CH_SHEET_H

#include "mem.h"
#include "verdict.h"

struct ch_sheet {
	struct ch_buf *out;
	bool isolate; /* foreign words in a direction of their own (U+2068, U+2069) */
	ch_err err;
};

void ch_sheet_raw(struct ch_sheet *h, const char *html);
void ch_sheet_bytes(struct ch_sheet *h, ch_span html);
void ch_sheet_text(struct ch_sheet *h, const char *text);
void ch_sheet_span(struct ch_sheet *h, ch_span foreign);
void ch_sheet_number(struct ch_sheet *h, uint64_t n);
void ch_sheet_when(struct ch_sheet *h, int64_t t);
void ch_sheet_time(struct ch_sheet *h, int64_t t); /* <time>, for a person, in UTC */
/* The one sentence about an item (verdict.h), without its full stop. */
void ch_sheet_story(struct ch_sheet *h, const struct ch_verdict *v);
/* The row of a table: whose key it is, and its fingerprint words. */
void ch_sheet_key(struct ch_sheet *h, const ch_vkey *key, const char *role);

#endif
