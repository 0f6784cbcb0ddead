/*
 * The folder of one paper, talks/<name>/<ALPHA-BRAVO-2026-0001>/: all evidence of its delivery, as
 * files that stock tools read. Names of parts as in doc/formats/delivery.md; in the folder they
 * end in `.txt`, proofs in `.proof.txt`, and beside them lie
 *
 *   envelope.age   E as it went over the wire
 *   cover.age      cover.txt, sealed to the archive key
 *   key.age        the author's: K and the file key of E, sealed to the archive key
 *   keybox.age     after handover: K, sealed to the addressee's delegates
 *   pending.<kind>.txt    what we signed and was not answered yet: a retry posts these bytes
 *   conflict-*.txt        bytes that contradict a part on file, kept as evidence
 *
 * Charter, registry card and rosters are on file elsewhere in the home; a loaded dossier has them.
 */
#ifndef CH_DOSSIER_H
#define CH_DOSSIER_H

#include "cover.h"
#include "delivery.h"
#include "talks.h"

#define CH_NUMBER_MAX        64u                   /* ALPHABET-ALPHABET/2026/18446744073709551615 */
#define CH_DOSSIER_MAX       ((size_t)48 << 20)    /* all parts of one */
#define CH_DOSSIER_LIST_MAX  100000u

/* What of a paper lies in this home, of several that its party has: colleagues.h. */
typedef enum {
	CH_HOLD_WHOLE,  /* all of it, or all that can be had                                 */
	CH_HOLD_SENT,   /* ours: another home sent it, and has cover, text and key           */
	CH_HOLD_BEFORE, /* theirs: sealed to delegates of ours of whom this home was none    */
} ch_hold;

struct ch_dossier {
	const struct ch_home *home;    /* borrowed */
	const struct ch_talks *talks;  /* borrowed */
	char dir[CH_PATH_MAX];
	char number[CH_NUMBER_MAX + 1];
	struct ch_arena arena;
	ch_part *part;                 /* in the order of the format, ready for ch_pack_format()  */
	size_t n;
	const ch_trust *trust;         /* keys pinned by the charter */
	const ch_stmt *l;              /* the submission, parsed     */
	ch_hash l_hash;
	bool ours;                     /* we are its author */
	ch_hold hold;
};

/*
 * Open and load. `number` as written or as the folder is called. Cover included when the home is
 * unlocked. ABSENT: no such paper here        FORMAT: a file was altered; the sentence names it
 */
CH_MUST_USE ch_err ch_dossier_open(struct ch_dossier *d, const struct ch_home *home,
    const struct ch_talks *talks, ch_span number, struct ch_problem *why);
/*
 * Only what a list or a search needs: the submission, what dates it, the keybox. Nothing can be
 * judged of it, and a cover or text read through it is proven as ever by itself. Errors as above.
 */
CH_MUST_USE ch_err ch_dossier_glance(struct ch_dossier *d, const struct ch_home *home,
    const struct ch_talks *talks, ch_span number);
/* Make the folder when there is none yet, and load what is there (d->l may then be NULL). */
CH_MUST_USE ch_err ch_dossier_make(struct ch_dossier *d, const struct ch_home *home,
    const struct ch_talks *talks, ch_span number, struct ch_problem *why);
void ch_dossier_close(struct ch_dossier *d);
/* Read again, after a put. Earlier spans into the dossier are gone. */
CH_MUST_USE ch_err ch_dossier_load(struct ch_dossier *d, struct ch_problem *why);

/* The same with parts that came from outside and are not on file yet: to be judged, not stored.
 * What is on file wins. `more` must not point into the dossier. */
CH_MUST_USE ch_err ch_dossier_load_with(struct ch_dossier *d, const ch_part *more, size_t n_more,
    struct ch_problem *why);
/* Whether a part of this name has its place in the folder. */
bool ch_dossier_is_part(ch_span name);

/* The part of that name (`receipt`, `handover.proof`); empty when there is none. */
ch_span ch_dossier_part(const struct ch_dossier *d, const char *name);
ch_evidence ch_dossier_evidence(const struct ch_dossier *d);
/* What the judge says. Spans in *out live as long as the loaded dossier. */
CH_MUST_USE ch_err ch_dossier_judge(ch_delivery *out, const struct ch_dossier *d,
    struct ch_problem *why);

/*
 * Keep a part durably. The same bytes again are fine.
 * CONFLICT: other bytes are on file; both stay, the new ones as conflict-<name>.<hash>.txt
 */
CH_MUST_USE ch_err ch_dossier_put(const struct ch_dossier *d, const char *name, ch_span bytes,
    struct ch_problem *why);
/* A proof, verified by the caller; it may replace an earlier one under another checkpoint. */
CH_MUST_USE ch_err ch_dossier_put_proof(const struct ch_dossier *d, const char *name,
    ch_span proof, struct ch_problem *why);
/* A checkpoint note that a statement names as seen. The first note of a size stays. */
CH_MUST_USE ch_err ch_dossier_put_checkpoint(const struct ch_dossier *d, uint64_t size,
    ch_span note, struct ch_problem *why);
/* The size of the checkpoint on which `ended` rests; 0 when it rests on none. */
uint64_t ch_dossier_lapse_size(const struct ch_dossier *d);
/* Whether p is that checkpoint, by name and hash. */
bool ch_dossier_dates_lapse(const struct ch_dossier *d, ch_span ended, const ch_part *p);
/* Keep it. One of this size that we saw ourselves gives way: nothing that counts names it. */
CH_MUST_USE ch_err ch_dossier_put_lapse(const struct ch_dossier *d, const ch_part *p,
    struct ch_problem *why);

/* `cover.age`, opened and checked against L. Spans into `text`. LOCKED; ABSENT: there is none. */
CH_MUST_USE ch_err ch_dossier_cover(ch_cover *out, struct ch_buf *text,
    const struct ch_dossier *d, struct ch_problem *why);

/* The file of a part: `receipt` -> `<dir>/receipt.txt`, `keybox` -> `<dir>/keybox.age`. */
CH_MUST_USE ch_err ch_dossier_file(char out[CH_PATH_MAX], const struct ch_dossier *d,
    const char *name);

/* Folder names of all papers of a talks, sorted; none when the talks has no folder yet. */
CH_MUST_USE ch_err ch_dossier_list(struct ch_dir *out, const struct ch_home *home,
    const struct ch_talks *talks);
/* `ALPHA-BRAVO-2026-0001` as a number; a number stays. FORMAT. */
CH_MUST_USE ch_err ch_dossier_number(char out[CH_NUMBER_MAX + 1], ch_span name);
/* The hash of the submission in the folder of that name. ABSENT, FORMAT. */
CH_MUST_USE ch_err ch_dossier_l(ch_hash *out, const struct ch_home *home,
    const struct ch_talks *talks, const char *name);

#endif
