/*
 * The public side of talks: confirmations, disclosures, statements and contestations, ours and
 * those of the other parties. On file under talks/<name>/public/<hash of the text>/:
 *
 *   <kind>.txt             the signed note
 *   <kind>.proof.txt       its place in the register; absent: not answered, a retry posts it
 *   extract.txt            the public extract; what was posted once is never changed
 *   posted.txt             the registry has our extract
 *   attachments/NN.ext     disclosed files, ours only
 *
 * Order of writes: the note and all beside it are durable before anything is posted.
 */
#ifndef CH_PUBLIC_H
#define CH_PUBLIC_H

#include "dossier.h"
#include "extract.h"
#include "reading.h"
#include "watch.h"

#define CH_PUBLIC_MAX 10000u

typedef struct {
	const char *dir;        /* its folder               */
	ch_kind kind;
	ch_hash hash;
	ch_stmt s;
	ch_span note, proof;    /* proof empty: not answered */
	uint64_t index;         /* in the register, when there is a proof */
	bool ours;
} ch_public_item;

/* All that is on file, in register order, what is not answered yet last. */
struct ch_public {
	struct ch_arena arena;
	ch_public_item *item;
	size_t n;
};

/* FORMAT: a file was altered; the sentence names its folder. */
CH_MUST_USE ch_err ch_public_load(struct ch_public *p, const struct ch_home *home,
    const struct ch_talks *talks, struct ch_problem *why);
void ch_public_close(struct ch_public *p);

/* The newest confirmation of paper D by a party that is not ours. ABSENT. */
CH_MUST_USE ch_err ch_public_confirmation(const ch_public_item **out, const struct ch_public *p,
    const ch_hash *d);
CH_MUST_USE ch_err ch_public_find(const ch_public_item **out, const struct ch_public *p,
    const ch_hash *hash);

/* Confirmation, disclosure, statement, contestation. */
bool ch_kind_is_public(ch_kind k);
/* A file in the folder of an item: `extract.txt`. */
CH_MUST_USE ch_err ch_public_path(char out[CH_PATH_MAX], const struct ch_home *home,
    const struct ch_talks *talks, const ch_hash *hash, const char *name);
/* Whom the charter pins, in the form of trust.h, in the arena. */
CH_MUST_USE ch_err ch_public_trust(ch_trust *out, struct ch_arena *a,
    const struct ch_talks *talks);

/* ---- making ---- */

/* A public statement under construction. `d` and `reading` only where a paper is shown. */
struct ch_utterance {
	const struct ch_home *home;
	const struct ch_talks *talks;
	struct ch_watch *watch;
	const struct ch_dossier *d;
	const struct ch_reading *reading;
	ch_selection which;     /* leaves of the extract; what it needs beside is added */
	ch_stmt s;              /* kind, exercise, and what the kind wants to say        */
	struct ch_arena arena;
	struct ch_wr vals;      /* room for values of s                                  */
	bool files;             /* disclosed attachments go along as files               */
	ch_span leaves;         /* the part, made by ch_utterance_leaves()               */
	ch_leaves shown;        /* the same, parsed: exactly what becomes known          */
};

CH_MUST_USE ch_err ch_utterance_begin(struct ch_utterance *u, struct ch_watch *w,
    const struct ch_talks *talks, ch_kind kind);
void ch_utterance_end(struct ch_utterance *u);

/* Make the leaves of `which`, and write into s what they are: keys, passages, attachments. ABSENT:
 * no such passage or attachment. */
CH_MUST_USE ch_err ch_utterance_leaves(struct ch_utterance *u, struct ch_problem *why);

/* Sign and keep; nothing is posted yet. `out` is the hash of the text. */
CH_MUST_USE ch_err ch_utterance_keep(ch_hash *out, struct ch_utterance *u,
    struct ch_problem *why);

/* Post what is kept, check the proof, then post the extract. Safe to repeat. NET: it is kept, and
 * chancery sync posts it. *index is its place. */
CH_MUST_USE ch_err ch_public_post(uint64_t *index, struct ch_watch *w,
    const struct ch_talks *talks, const ch_hash *hash, struct ch_problem *why);

/* Bytes of the extract of an item, all proofs as on file, or anew under the checkpoint `under`
 * when that is not empty. Without extract.txt: the statement with its roster. */
CH_MUST_USE ch_err ch_public_extract(struct ch_buf *out, const ch_public_item *it,
    struct ch_watch *w, const struct ch_talks *talks, ch_span under, struct ch_problem *why);

/* ---- syncing ---- */

/* Post ours that wait, fetch and verify all others of the talks. *n_new is how many came. What does
 * not hold is not kept: AUTH, after the rest was fetched. */
CH_MUST_USE ch_err ch_public_sync(unsigned *n_new, struct ch_watch *w,
    const struct ch_talks *talks, struct ch_problem *why);

/* ---- folders for others ---- */

typedef struct {
	unsigned n_items, n_files;
	uint64_t size;    /* of the checkpoint that orders all; 0: none */
	bool cosigned;
} ch_published;

/* Write the folder of what is public. CONFLICT: it holds other things. */
CH_MUST_USE ch_err ch_publish(ch_published *out, const char *dir, struct ch_watch *w,
    const struct ch_talks *talks, struct ch_problem *why);

/*
 * The delivery record of d as files for a third party; with `paper` also the opened paper. The
 * folder must be absent or empty (CONFLICT). Both sides of a delivery write the same bytes: only
 * what both hold goes in, and all proofs stand under one checkpoint, the first cosigned one above
 * the highest place in the record, with the lines of the registry and of its own cosigner alone.
 * DENIED: the paper bears ORCON and is not ours
 */
CH_MUST_USE ch_err ch_export(unsigned *n_files, const char *dir, const struct ch_dossier *d,
    struct ch_watch *w, bool paper, struct ch_problem *why);

/* Every leaf of a paper. */
ch_selection ch_selection_all(const ch_paper *p);

/* trust.txt: the registries and parties as the charter pins them. */
CH_MUST_USE ch_err ch_trust_file(struct ch_buf *out, const struct ch_talks *talks);

#endif
