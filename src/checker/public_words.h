/*
 * What published folders and the front page of a registry say, in each language of web/public/lang:
 * English first. Put into the program while building; tools/make-public holds the languages to the
 * same keys and places, and the phrases of the judges to what the judges say.
 */
#ifndef CH_PUBLIC_WORDS_H
#define CH_PUBLIC_WORDS_H

#include "public_keys.h"
#include "tell.h"

extern const char *const ch_public_codes[CH_PUBLIC_LANGS]; /* "en", "fr" */
extern const char *const ch_public_texts[CH_PUBLIC_LANGS][CH_P_COUNT];
/* What the judges say in English, in that language: for struct ch_tell and ch_phrase_find(). */
extern const ch_phrase *const ch_public_phrases[CH_PUBLIC_LANGS];
/* The files of a published folder in that language: index.html, index.fr.html. */
extern const char *const ch_public_index[CH_PUBLIC_LANGS];
extern const char *const ch_public_feed[CH_PUBLIC_LANGS];

/* README.txt of a published folder, one language after the other. */
ch_span ch_public_readme(void);

#endif
