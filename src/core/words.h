/*
 * The words of this version: acts, forms, bases, modes and positions. The lists are closed for a
 * version; an unknown word of a later one is kept and shown as unknown, never dropped.
 */
#ifndef CH_WORDS_H
#define CH_WORDS_H

#include "span.h"

typedef enum {
	CH_WORDS_FORM,     /* note, letter, non-paper ...                 */
	CH_WORDS_ACT,      /* proposal, reply, acceptance ...             */
	CH_WORDS_BASIS,    /* confidential, open, without-prejudice ...   */
	CH_WORDS_MODE,     /* signed, off-record                          */
	CH_WORDS_POSITION, /* demand, prefer, nonstarter ...              */
	CH_WORDS_POWER,    /* send, sign-for, bind ...                    */
	CH_WORDS_COUNT,
} ch_words;

/* Word i of a list, NULL behind the last. */
const char *ch_word_at(ch_words list, unsigned i);
bool ch_word_is_known(ch_words list, ch_span word);

bool ch_act_is_known(ch_span act);
bool ch_form_is_known(ch_span form);
bool ch_basis_is_known(ch_span basis);
bool ch_mode_is_known(ch_span mode);
bool ch_position_is_known(ch_span position);

#define CH_WORD_GROUP 5

/*
 * Sixteen bits as a group that can be said aloud: consonant, vowel, consonant, vowel, consonant,
 * of 4, 2, 4, 2 and 4 bits. Constant time.
 */
void ch_word_group(uint8_t out[CH_WORD_GROUP], unsigned v);

/* Five groups of five letters and a NUL: the first 80 bits of SHA-256 of the vkey's text, as
 * pronounceable letters, to be compared by voice (doc/formats/home.md). */
#define CH_WORDS_LEN 29
void ch_party_words(char out[CH_WORDS_LEN + 1], ch_span vkey);

#endif
