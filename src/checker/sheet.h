/*
 * A small writer of HTML and XML into a buffer, for pages that anyone may see: published folders,
 * a registry's front page. ch_sheet_raw() and ch_sheet_bytes() are for what the house wrote; all
 * else is escaped, and what is hidden is marked. The first error sticks in err.
 */
#ifndef CH_SHEET_H
#define CH_SHEET_H

#include "mem.h"
#include "public_words.h"
#include "verdict.h"

struct ch_sheet {
	struct ch_buf *out;
	unsigned lang; /* of ch_public_codes */
	bool isolate; /* foreign words in a direction of their own (U+2068, U+2069) */
	ch_err err;
};

/* What stands at a place of a sentence. */
typedef struct {
	enum { CH_SHEET_NOTHING, CH_SHEET_TEXT, CH_SHEET_NUMBER, CH_SHEET_TIME, CH_SHEET_PHRASE,
		CH_SHEET_LINK, CH_SHEET_MADE } kind;
	ch_span text;     /* foreign words, or HTML that this writer made */
	uint64_t n;
	int64_t time;
	const char *word; /* what a judge says; or where a link leads */
	ch_public_msg said;
} ch_sheet_arg;

static inline ch_sheet_arg ch_arg_text(ch_span foreign)
{
	return (ch_sheet_arg){ .kind = CH_SHEET_TEXT, .text = foreign };
}

static inline ch_sheet_arg ch_arg_number(uint64_t n)
{
	return (ch_sheet_arg){ .kind = CH_SHEET_NUMBER, .n = n };
}

static inline ch_sheet_arg ch_arg_time(int64_t t)
{
	return (ch_sheet_arg){ .kind = CH_SHEET_TIME, .time = t };
}

static inline ch_sheet_arg ch_arg_phrase(const char *english)
{
	return (ch_sheet_arg){ .kind = CH_SHEET_PHRASE, .word = english };
}

static inline ch_sheet_arg ch_arg_link(const char *to, ch_public_msg said)
{
	return (ch_sheet_arg){ .kind = CH_SHEET_LINK, .word = to, .said = said };
}

static inline ch_sheet_arg ch_arg_made(ch_span html)
{
	return (ch_sheet_arg){ .kind = CH_SHEET_MADE, .text = html };
}

void ch_sheet_raw(struct ch_sheet *h, const char *html);
void ch_sheet_bytes(struct ch_sheet *h, ch_span html);
void ch_sheet_text(struct ch_sheet *h, const char *text);
void ch_sheet_span(struct ch_sheet *h, ch_span foreign);
void ch_sheet_number(struct ch_sheet *h, uint64_t n);
void ch_sheet_when(struct ch_sheet *h, int64_t t);
void ch_sheet_time(struct ch_sheet *h, int64_t t); /* <time>, for a person, in UTC */

/* A sentence of ours in the language of the sheet, with up to four places. */
#define CH_SHEET_PLACES 4
#define CH_SHEET_ARGS(...) ((const ch_sheet_arg[CH_SHEET_PLACES]){ __VA_ARGS__ })
void ch_sheet_say(struct ch_sheet *h, ch_public_msg id);
void ch_sheet_say_with(struct ch_sheet *h, ch_public_msg id, const ch_sheet_arg *args);
/* The same between a start and an end tag: tag is a literal, "h2". */
void ch_sheet_tag(struct ch_sheet *h, const char *tag, ch_public_msg id);
/* What a judge says, in the language of the sheet where it has the phrase. */
void ch_sheet_phrase(struct ch_sheet *h, const char *english);

/* <nav>: where the page stands in each language. */
void ch_sheet_languages(struct ch_sheet *h, const char *const to[CH_PUBLIC_LANGS]);

/* The one sentence about an item (verdict.h), without its full stop. */
void ch_sheet_story(struct ch_sheet *h, const struct ch_verdict *v);
/* The table of keys, and a row of it: whose key it is, and its fingerprint words. */
void ch_sheet_keys_begin(struct ch_sheet *h, ch_public_msg title);
void ch_sheet_key(struct ch_sheet *h, const ch_vkey *key, bool is_registry);
void ch_sheet_keys_end(struct ch_sheet *h);

#endif
