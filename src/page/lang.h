/*
 * What the pages say. Sentences come from web/lang/<language>/<area>.txt, `key = text`; each key is
 * a ch_msg, so that a missing one does not compile. {0} to {5} are places for arguments. [witness]
 * is a term of the word set (web/words), put in when the program is built.
 */
#ifndef CH_LANG_H
#define CH_LANG_H

#include <stdbool.h>

#include "messages.h"
#include "span.h"
#include "wr.h"

typedef struct {
	const char *code, *name; /* "fr", "Français" */
	bool rtl;
} ch_lang;

extern const ch_lang ch_langs[CH_LANGS];                 /* English first */
extern const char *const ch_word_sets[CH_WORD_SETS];     /* "diplomacy" first */
extern const char *const ch_lang_keys[CH_M_COUNT];
extern const char *const ch_lang_texts[CH_LANGS][CH_WORD_SETS][CH_M_COUNT];

/* In which words we speak: indices of the two lists. */
typedef struct {
	unsigned lang, words;
} ch_tongue;

static inline const char *ch_lang_text(ch_tongue t, ch_msg id)
{
	return ch_lang_texts[t.lang][t.words][id];
}

/* By code or name; 0 when there is no such one. */
unsigned ch_lang_find(ch_span code);
unsigned ch_lang_word_set(ch_span name);

/* The first of our languages that the value of Accept-Language names; else English. The pseudo
 * language is never chosen so. */
unsigned ch_lang_accept(ch_span header);

/* Arguments for the places; those that are not given are NULL and say nothing. */
#define CH_LANG_ARGS 6
typedef struct {
	const char *v[CH_LANG_ARGS];
} ch_args;
#define CH_ARGS(...) (&(const ch_args){ { __VA_ARGS__ } })

/* The sentence with its places filled, as plain text for a file. */
void ch_lang_put(struct ch_wr *w, ch_tongue t, ch_msg id, const ch_args *args);

#endif
