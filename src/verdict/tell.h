/*
 * Words for a person or a program, into whatever takes bytes (core/emit.h). Bytes of the input come
 * through marks only (ch_text_mark), so that no escape, bidi or zero-width character reaches a
 * terminal or a page. Pure: no memory, no I/O. Public data, variable time.
 */
#ifndef CH_TELL_H
#define CH_TELL_H

#include "emit.h"
#include "evidence.h"

/* Sentences in another language, by the English of the judges. The list ends with a NULL. */
typedef struct {
	const char *english, *said;
} ch_phrase;

/* The phrase in the language of the list; NULL: it has none, or there is no list. */
const char *ch_phrase_find(const ch_phrase *list, ch_span english);

struct ch_tell {
	ch_emit emit;
	void *ctx;
	const ch_phrase *in; /* for ch_tell_say(); NULL: English */
	bool isolate; /* foreign words between U+2068 and U+2069: a direction of their own */
	ch_err err; /* sticky: the first that emit answered; nothing is told after it */
};

void ch_tell(struct ch_tell *o, const char *words);
void ch_tell_span(struct ch_tell *o, ch_span s);  /* hidden characters as marks */
void ch_tell_lines(struct ch_tell *o, ch_span s); /* the same, every line behind a bar */
void ch_tell_dec(struct ch_tell *o, uint64_t n);
void ch_tell_when(struct ch_tell *o, int64_t t);

/* A sentence of the judges in the language of `in`; at {0} to {3} stand foreign words, at {n} a
 * number. */
#define CH_TELL_PLACES 4
typedef struct {
	ch_span v[CH_TELL_PLACES];
	uint64_t n;
} ch_tell_args;
void ch_tell_say(struct ch_tell *o, const char *english, const ch_tell_args *args);

/* A fact under the words for it: by whom it is signed, where it stands, between which times. */
void ch_tell_fact(struct ch_tell *o, const ch_fact *f, const char *what, bool by_registry);

/* JSON in ASCII: whatever is not printable is escaped, broken UTF-8 is U+FFFD. */
void ch_tell_json_string(struct ch_tell *o, ch_span s);
void ch_tell_json_hex(struct ch_tell *o, const ch_hash *h);

#endif
