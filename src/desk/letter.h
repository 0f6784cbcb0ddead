/*
 * A paper on its way out: from what the person wrote to a signed paper.txt with its cover, and from
 * there to E. Nothing is written to disk before ch_letter_seal().
 */
#ifndef CH_LETTER_H
#define CH_LETTER_H

#include "charter.h"
#include "dossier.h"
#include "envelope.h"

#define CH_LETTER_ARENA   ((size_t)96 << 20)
#define CH_LETTER_DELEGATES 64u

/* An attachment of a draft: sealed to the archive key, hashed when it came in. */
typedef struct {
	ch_span name;
	uint64_t size;
	ch_hash digest;
} ch_letter_kept;

/* What the person asks for; empty: not given. */
typedef struct {
	ch_span to, form, act, basis, re, subject, title, date, languages, caveat, characterise;
	ch_span may_confirm, answer_by, operative, copy;
	ch_span text;              /* Markdown, any line ends */
	const char *text_name;     /* of the file, for sentences */
	size_t n_attach;
	const char *const *attach; /* files */
	const ch_letter_kept *kept; /* one for each of them, or NULL: they are plain files */
	uint64_t lapse_days;       /* 0: the charter's */
} ch_letter_ask;

struct ch_letter {
	struct ch_watch *watch;        /* borrowed, as is all below  */
	const struct ch_home *home;
	const struct ch_talks *talks;
	const ch_letter_ask *ask;
	struct ch_arena arena;
	struct ch_roster_file own, other;
	ch_charter charter;
	ch_span origin, mailbox;       /* deciding registry; the addressee's mailbox there */
	ch_item from, to;              /* the parties in the charter */
	char number[CH_NUMBER_MAX + 1];
	uint64_t serial;
	ch_ref pair;                   /* the last place we know; n = 0: none */
	int64_t now, lapse;
	ch_stmt head;
	ch_span body, paper_txt, signature, cover;
	ch_paper paper;
	struct ch_paper_work *work;
	struct ch_seeds seeds;
	ch_hash d;
	size_t n_recipients;
	ch_age_recipient recipient[CH_LETTER_DELEGATES];
};

/*
 * Write, number and sign. The other side's newest roster is fetched first: nothing is sealed to
 * one past its date. Uses the network, writes nothing of the paper to disk.
 * FORMAT: something in the ask or the text cannot stand; the sentence names it, and its line
 */
CH_MUST_USE ch_err ch_letter_write(struct ch_letter *l, struct ch_watch *w,
    const struct ch_talks *talks, const ch_letter_ask *ask, struct ch_problem *why);
void ch_letter_close(struct ch_letter *l);

/*
 * What can be known of it without the network and without signing: parties, head (but number and
 * text), body, lapse. For the page before sealing. Errors and closing as above.
 */
CH_MUST_USE ch_err ch_letter_look(struct ch_letter *l, const struct ch_home *home,
    const struct ch_talks *talks, const ch_letter_ask *ask, struct ch_problem *why);

/* The person's text as passages: NFC, LF, one empty line between passages. FORMAT, LIMIT. */
CH_MUST_USE ch_err ch_letter_text(ch_span *body, struct ch_arena *a, ch_span text,
    const char *name, struct ch_problem *why);

/* The list of attachments with sizes and digests, read from the files; into head. */
CH_MUST_USE ch_err ch_letter_attachments(ch_stmt *head, struct ch_arena *a,
    const ch_letter_ask *ask, struct ch_problem *why);

/* The content of attachment i in order, opened on the way when it is of a draft. Errors of reading,
 * of opening (AUTH: altered) and of emit. */
CH_MUST_USE ch_err ch_letter_file(const struct ch_letter *l, uint32_t i, ch_emit emit, void *ctx);

/* The last serial we used towards the addressee, and its place in the pair chain; 0 for none. */
CH_MUST_USE ch_err ch_letter_last(uint64_t *serial, ch_ref *pair, struct ch_letter *l,
    struct ch_problem *why);

/* What E turned out to be. */
struct ch_sealed {
	ch_hash hash;
	uint64_t size;
	struct ch_age_identity k;    /* secret */
	struct ch_file_key file_key; /* secret */
};

/*
 * Stream E into a file: bundle -> age to K -> outer archive -> age to the addressee's delegates,
 * one chunk in memory at a time. CONFLICT: an attachment changed while it was being sealed.
 * The caller wipes *out.
 */
CH_MUST_USE ch_err ch_letter_seal(struct ch_sealed *out, const struct ch_letter *l,
    const char *path, struct ch_problem *why);

#endif
