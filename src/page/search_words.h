/*
 * Words as the search knows them, the same for what is searched and what is sought: runs of letters
 * and digits, without case, accents, vowel points and other marks, forms made equal (NFKD). In
 * scripts without spaces between words (Chinese, Japanese, Thai and their like) each character is
 * a word, so that a word of two characters is found as two that stand together.
 */
#ifndef CH_SEARCH_WORDS_H
#define CH_SEARCH_WORDS_H

#include "span.h"

#define CH_WORD_MAX 64u /* bytes of a folded word; what is longer is cut */

typedef struct {
	ch_span text;
	size_t at;              /* where it goes on              */
	size_t from, to;        /* the word's place in the text  */
	uint8_t fold[CH_WORD_MAX];
	size_t n;
} ch_lexer;

/* The next word; false at the end. Begin with { .text = … }. */
bool ch_lexer_next(ch_lexer *w);

#define CH_QUERY_WORDS 16u
#define CH_QUERY_MAX   512u  /* bytes of what a person typed; what is longer is cut */
#define CH_MATCH_MAX   2048u

/* What a person seeks. All terms must stand in a paper; one in double quotes, as it stands; the
 * last word of another may go on. */
typedef struct {
	char match[CH_MATCH_MAX]; /* for MATCH: no syntax of theirs gets in; "" seeks nothing */
	struct {
		uint8_t fold[CH_WORD_MAX];
		size_t n;
		bool goes_on;
	} word[CH_QUERY_WORDS];
	size_t n;
} ch_query;

void ch_query_parse(ch_query *q, ch_span typed);
/* Which of the query's words this is, as a bit; 0: none. */
uint32_t ch_query_bit(const ch_query *q, const ch_lexer *w);
/* The bits of all that stand in a text. */
uint32_t ch_query_bits(const ch_query *q, ch_span text);

#endif
