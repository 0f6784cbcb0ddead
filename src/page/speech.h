/* Speaking in public from the pages: what was ticked and written, exactly what the public will see
 * of it, and the job that signs and posts it. Confirm, disclose, contest, statement. */
#ifndef CH_SPEECH_H
#define CH_SPEECH_H

#include "act.h"
#include "speak.h"

/* What the form says; also the job's argument. */
struct ch_speech_form {
	ch_kind kind;
	char folder[CH_NUMBER_MAX + 1]; /* of the paper; empty: about none */
	ch_selection which;
	bool usual, all, characterises, has_about;
	ch_hash about;
	uint8_t text[4096];
	size_t n_text;
};

/* Take `text` of the form. False: it was said why it may not stand, and the page is answered. */
CH_MUST_USE bool ch_speech_take_text(struct ch_speech_form *f, struct ch_page *p);

/* Make it ready, as it would be signed. NULL: answered with the reason. Free it. */
struct ch_speaking *ch_speech_ready(struct ch_page *p, const struct ch_talks *t,
    const struct ch_speech_form *f);

/* The sheet that the public will see, and what is learnt beside it. */
void ch_speech_shown(struct ch_page *p, const struct ch_speaking *s);
/* Passages that are shown, in their order, and how many are missing where. `series`: as with
 * ch_page_passage(). */
void ch_speech_passages(struct ch_page *p, const ch_leaves *l, char series);
/* The same of words without a paper that is shown. */
void ch_speech_words(struct ch_page *p, const struct ch_speaking *s, ch_span text);
/* The statement that is contested or spoken of, as a quotation. */
void ch_speech_contested(struct ch_page *p, const struct ch_speaking *s);
/* "What becomes known, to everybody": who says so, under which key. */
void ch_speech_known(struct ch_page *p, const struct ch_speaking *s);

/* The name of a head key for a person; CH_M_COUNT: not one that is offered. */
ch_msg ch_speech_key(unsigned head_key);

/* Sign and post it by a job; it leads back to where p's path began. */
void ch_speech_start(struct ch_page *p, const struct ch_speech_form *f);

#endif
