/*
 * Drafts: what a person writes and has not sealed yet, in the home as drafts/<id>/
 *
 *   draft.age      everything typed, and the list of attachments, to the archive key
 *   <hex>.age      an attachment, to the archive key, streamed
 *   leaving.txt    from the moment the person said "seal and send": since when, with what delay,
 *                  and, once it is being sealed, under which number and nonce
 *
 * A draft that leaves stays until its paper is registered: cut off anywhere, it is there, and what
 * became of it is read from the outbox and the papers (ch_draft_state_of), so nothing is sent twice
 * and nothing is lost. Drafts belong to one desk (desk.lock); commands do not touch them.
 * Format: doc/formats/home.md, "Drafts".
 */
#ifndef CH_DRAFT_H
#define CH_DRAFT_H

#include "outbox.h"

#define CH_DRAFT_ID       16u
#define CH_DRAFTS_MAX     1000u
#define CH_DRAFT_LINE_MAX ((size_t)4096)
#define CH_DRAFT_NAME_MAX 256u
#define CH_DRAFT_DELAY_MAX ((uint64_t)7 * 86400)

typedef enum {
	CH_DR_TALKS, CH_DR_TO, CH_DR_FORM, CH_DR_ACT, CH_DR_BASIS, CH_DR_RE, CH_DR_SUBJECT,
	CH_DR_TITLE, CH_DR_CAVEAT, CH_DR_ANSWER_BY, CH_DR_OPERATIVE, CH_DR_CHARACTERISE,
	/* only in a draft of version 2, which has one of them */
	CH_DR_DATE, CH_DR_LANGUAGES, CH_DR_COPY, CH_DR_MAY_CONFIRM, CH_DR_LAPSE,
	CH_DR_SAID, /* why it could not be sealed the last time */
	CH_DR_KEYS
} ch_draft_key;

typedef struct {
	char file[CH_DRAFT_ID + 5]; /* in the draft's folder: <16 hex>.age */
	uint64_t size;              /* of what is in it */
	ch_hash digest;
	ch_span name;
} ch_draft_file;

struct ch_draft {
	char id[CH_DRAFT_ID + 1];
	int64_t saved;
	ch_span v[CH_DR_KEYS]; /* one line each, may be empty */
	ch_span text;
	size_t n_files;
	ch_draft_file file[CH_ATTACHMENTS_MAX];
	struct ch_buf bytes;   /* what the spans point into, when it was loaded */
};

/* The text in draft.age; spans point into `text`. FORMAT, LIMIT, TRUNCATED. */
CH_MUST_USE ch_err ch_draft_parse(struct ch_draft *d, ch_span text);
/* FORMAT and LIMIT stick in w for what would not parse. */
CH_MUST_USE ch_err ch_draft_format(struct ch_wr *w, const struct ch_draft *d);

/* Of what a person typed, and with `files` of what is attached too; not of when it was saved, nor
 * of why it came back. Two that say the same have the same. */
void ch_draft_digest(ch_hash *out, const struct ch_draft *d, bool files);

bool ch_draft_is_id(ch_span id);
/* A fresh id; all else empty. */
CH_MUST_USE ch_err ch_draft_begin(struct ch_draft *d);
/* ABSENT; AUTH, FORMAT: damaged; LOCKED. deinit is fine in any case. */
CH_MUST_USE ch_err ch_draft_load(struct ch_draft *d, const struct ch_home *h, ch_span id,
    struct ch_problem *why);
void ch_draft_deinit(struct ch_draft *d);
/* Durable on return; `saved` is set. */
CH_MUST_USE ch_err ch_draft_save(struct ch_draft *d, const struct ch_home *h,
    struct ch_problem *why);
/* With its attachments. None is fine. */
CH_MUST_USE ch_err ch_draft_discard(const struct ch_home *h, const char *id,
    struct ch_problem *why);
/* The ids. */
CH_MUST_USE ch_err ch_draft_list(struct ch_dir *out, const struct ch_home *h);
/* Remove what a crash left of unfinished writes, and attachments that no draft names. Before
 * anything is taken in; unlocked home. */
void ch_draft_sweep(const struct ch_home *h);

/* ---- attachments ---- */

/* One on its way in: sealed to disk as it comes, nothing of it in the clear. */
struct ch_draft_taking;
CH_MUST_USE ch_err ch_draft_take(struct ch_draft_taking **out, const struct ch_home *h,
    const char *id, struct ch_problem *why);
/* The first error sticks. LIMIT: larger than a paper may be. */
CH_MUST_USE ch_err ch_draft_take_more(struct ch_draft_taking *t, ch_span bytes);
/* It is whole: into the list, under the last part of `name`. FORMAT: the name cannot stand in a
 * paper; LIMIT: too many. Ends and releases in any case. */
CH_MUST_USE ch_err ch_draft_take_end(struct ch_draft_taking *t, ch_span name,
    struct ch_problem *why);
/* It will not become whole: nothing stays. NULL is fine. */
void ch_draft_take_drop(struct ch_draft_taking *t);
/* The one whose `file` is this. ABSENT. */
CH_MUST_USE ch_err ch_draft_remove_file(const struct ch_home *h, ch_span id, ch_span file,
    struct ch_problem *why);
/* Whether a file may be called so, cleaned of the folders before it, in NFC, into out. */
CH_MUST_USE ch_err ch_draft_name(struct ch_wr *out, ch_span name);

/* ---- leaving ---- */

typedef struct {
	char talks[CH_TALKS_NAME_MAX + 1];
	int64_t since;                  /* by the home's clock */
	uint64_t delay;                 /* seconds */
	bool sealing;                   /* number and nonce are fixed */
	char number[CH_NUMBER_MAX + 1];
	ch_hash nonce;
} ch_leaving;

CH_MUST_USE ch_err ch_leaving_parse(ch_leaving *out, ch_span text);
CH_MUST_USE ch_err ch_leaving_format(struct ch_wr *w, const ch_leaving *l);
/* ABSENT: nobody said that it should go. */
CH_MUST_USE ch_err ch_leaving_load(ch_leaving *out, const struct ch_home *h, const char *id);
CH_MUST_USE ch_err ch_leaving_save(const ch_leaving *l, const struct ch_home *h, const char *id);
/* It is an ordinary draft again. None is fine. */
CH_MUST_USE ch_err ch_leaving_end(const struct ch_home *h, const char *id);

typedef enum {
	CH_DRAFT_OPEN,     /* being written                                               */
	CH_DRAFT_WANTED,   /* to be sealed as soon as the registry can be asked           */
	CH_DRAFT_STAGED,   /* sealed, in the outbox                                       */
	CH_DRAFT_REJECTED, /* the registry did not take it: outbox/rejected-<nonce>       */
	CH_DRAFT_GONE,     /* its paper is registered: the draft may go                   */
	CH_DRAFT_BACK,     /* sealing was cut off, or it was taken out of the outbox      */
} ch_draft_state;
/* Files alone decide; a locked home will do. */
CH_MUST_USE ch_err ch_draft_state_of(ch_draft_state *out, ch_leaving *leaving,
    const struct ch_home *h, const char *id);

/* ---- to a letter ---- */

/* The ask of a draft, for ch_letter_look() and ch_letter_write(); spans stay the draft's. */
CH_MUST_USE ch_err ch_draft_ask(ch_letter_ask *out, struct ch_arena *a, const struct ch_home *h,
    const struct ch_draft *d);

#endif
