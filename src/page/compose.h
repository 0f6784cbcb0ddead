/* What the pages of a draft share: its form, its list of files, its state. */
#ifndef CH_COMPOSE_H
#define CH_COMPOSE_H

#include "draft.h"
#include "page.h"

/* A draft of p->home and what became of it; `d` from ch_alloc. False: answered already. Must be
 * one that may be written, else the page leads to the outbox. */
CH_MUST_USE bool ch_compose_load(struct ch_page *p, struct ch_draft *d);

/* The page that writes it. `d->id` empty: not saved yet. */
void ch_compose_show(struct ch_page *p, const struct ch_talks *t, const struct ch_draft *d);

/* What a form of a draft holds beside its text: read from it, and shown of two that differ. */
#define CH_COMPOSE_FIELDS 16
typedef struct {
	ch_draft_key key;
	const char *name; /* of the field */
	ch_msg label;
	bool word;        /* its value is one of the formats' words */
} ch_compose_field;
extern const ch_compose_field ch_compose_fields[CH_COMPOSE_FIELDS];

/* The hidden field `was`: what stands in the draft now, with `files` its attachments as well; and
 * whether the form was made of just that. */
void ch_compose_was(struct ch_page *p, const struct ch_draft *d, bool files);
bool ch_compose_is_newest(struct ch_page *p, const struct ch_draft *d, bool files);
/* Whether both say the same, files aside. */
bool ch_compose_same(const struct ch_draft *a, const struct ch_draft *b);
/* Another window saved a newer one, `now`, or (NULL) sent or discarded it: both texts, and what may
 * be done. Nothing is saved. Answers with 409. */
void ch_compose_newer(struct ch_page *p, const struct ch_draft *now, const struct ch_draft *typed);

/* One sentence about a form, an act, a basis; nothing for an unknown word. */
void ch_compose_why(struct ch_page *p, ch_span token);

/* The text as passages, or why it cannot stand. */
void ch_compose_preview(struct ch_page *p, ch_span text);

/* Attachments: names, sizes; with forms to remove one when `edit`. */
void ch_compose_files(struct ch_page *p, const struct ch_draft *d, bool edit);

/* Subject, or a word for none. */
void ch_compose_subject(struct ch_page *p, const struct ch_draft *d);

/* A Word document as Markdown, by pandoc. What a reader would not see in it: */
enum { CH_WORD_CHANGES = 1, CH_WORD_COMMENTS = 2, CH_WORD_HIDDEN = 4 };
#define CH_WORD_MAX ((size_t)32 << 20)
/* ABSENT: pandoc is not installed        FORMAT: it cannot read it        LIMIT: too large, slow */
CH_MUST_USE ch_err ch_word_read(struct ch_buf *text, unsigned *beside, ch_span docx,
    struct ch_problem *why);

#endif
