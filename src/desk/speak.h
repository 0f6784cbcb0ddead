/*
 * Speaking in public, as command and page ask for it: what is to be said is checked against what
 * the charter, the author and the record allow, and made ready up to the last word, so that it can
 * be shown before it is signed. Rules: doc/formats/extract.md.
 */
#ifndef CH_SPEAK_H
#define CH_SPEAK_H

#include "public.h"

typedef struct {
	ch_kind kind;         /* confirmation, disclosure, statement, contestation             */
	ch_span number;       /* the paper; of statement and contestation: when about one      */
	ch_selection which;   /* confirmation: head keys. disclosure: leaves                    */
	bool usual;           /* confirmation: what its author allows, instead of `which`       */
	bool all;             /* disclosure: every leaf, and the attachments as files           */
	ch_span text;         /* a note of the first two, the words of the others: one line     */
	ch_hash about;        /* the public statement spoken of, with has_about                 */
	bool has_about;
	bool characterises;   /* statement: about what a paper says                             */
} ch_speech;

/* One such utterance, ready to be signed. On the heap: it is large. */
struct ch_speaking {
	struct ch_dossier d;              /* unset when it is about no paper */
	ch_delivery v;
	const struct ch_reading *reading; /* confirmation, disclosure */
	struct ch_reading own;
	struct ch_public all;             /* contestation */
	struct ch_utterance u;
	ch_hash hash;                     /* of what was signed */
};

/* NULL: no memory. free: NULL is fine. */
struct ch_speaking *ch_speak_new(void);
void ch_speak_free(struct ch_speaking *s);

/*
 * Check and make ready; nothing is signed. Where nothing is signed afterwards, w need have no more
 * than its home. `opened` is the paper when the caller has it open already (borrowed), else NULL.
 * A contestation without `about` is of the other side's newest confirmation on file.
 *   DENIED: charter or author do not allow it       ABSENT: no such paper, passage, statement
 *   CONFLICT: not delivered, or one waits already   FORMAT: a text that may not stand
 */
CH_MUST_USE ch_err ch_speak_begin(struct ch_speaking *s, struct ch_watch *w,
    const struct ch_talks *talks, const ch_speech *what, const struct ch_reading *opened,
    struct ch_problem *why);

/* Sign, keep, post. *index is its place. NET: signed and kept, posted by the next sync. */
CH_MUST_USE ch_err ch_speak_finish(uint64_t *index, struct ch_speaking *s, struct ch_problem *why);

#endif
