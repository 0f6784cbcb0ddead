/*
 * The judge of extracts and of public statements: what is shown of a paper, by whom, and whether
 * its author disclosed it or a holder shows it. A pure function of the parts and of whom the
 * asker trusts (doc/formats/extract.md). What is *not* shown is for the caller to say: totals and
 * gaps stand in ch_extract.leaves.
 */
#ifndef CH_EXTRACT_H
#define CH_EXTRACT_H

#include "evidence.h"
#include "leaves.h"

typedef enum {
	CH_XS_PAPER,        /* D's text, signed by its author            */
	CH_XS_RECEIPT,
	CH_XS_HANDOVER,
	CH_XS_CONFIRMATION,
	CH_XS_DISCLOSURE,
	CH_XS_STATEMENT,    /* `statement` or `contestation`, with or without a paper */
	CH_XS_COUNT
} ch_extract_step;

/* Bits of ch_extract.findings. */
typedef enum {
	CH_XF_LEAF_NOT_DISCLOSED, /* a leaf is shown that the author's disclosure does not list */
	CH_XF_KEY_NOT_CONFIRMED,  /* a head key is shown that the confirmation does not list    */
	CH_XF_KEY_NOT_ALLOWED,    /* the confirmation lists a key against `may-confirm`         */
	CH_XF_MAY_CONFIRM_HIDDEN, /* a confirmation, and `may-confirm` is not shown             */
	CH_XF_OTHER_PAPER,        /* a statement in the extract is about another paper          */
	CH_XF_RECEIPT_DIFFERS,    /* handover or confirmation name another receipt              */
	CH_XF_SIGNERS_DIFFER,     /* the handover names other signers than the receipt has      */
	CH_XF_NOT_ADDRESSEE,      /* the receipt is by another party than the line `to`         */
	CH_XF_SPEAKER_NO_PARTY,   /* the confirmation is by neither author nor addressee        */
	CH_XF_DISCLOSED_BY_OTHER, /* the disclosure is signed by another than the author        */
	CH_XF_SENTENCE_UNFIT,     /* not a sentence that this speaker can say of the paper      */
	CH_XF_NOT_REGISTRY,       /* part `registry` is not the registry's own statement        */
	CH_XF_COUNT
} ch_extract_finding;

typedef struct {
	bool exercise;
	bool has_paper;       /* else a public statement alone, author and leaves unset    */
	ch_hash paper, talks;
	ch_span author, speaker; /* speaker: party of confirmation, disclosure or statement */
	ch_span addressee;    /* the receipt's party, when its signature holds             */
	ch_leaves leaves;     /* proven against D; whose D it is, step[PAPER] says         */
	ch_fact step[CH_XS_COUNT];
	ch_kind kind;         /* of the public statement                                   */
	bool delivered;       /* receipt and handover fit each other and D                 */
	bool disclosed;       /* by its author: signed, naming D and every leaf shown      */
	bool confirmed;       /* signed, naming D and only what is shown and allowed       */
	ch_span sentence, note, text, what; /* of confirmation, disclosure, statement      */
	ch_hash about;        /* of a statement or contestation; zero                      */
	uint64_t findings;    /* bits 1 << ch_extract_finding                              */
} ch_extract;

struct ch_extract_work {
	struct ch_evidence_work ev;
	ch_stmt paper;
};

/*
 * Judge the parts of an extract. `work` is the caller's (about 20 KiB, any content).
 * FORMAT: neither paper nor public statement, leaves or delivery without their paper, unknown or
 * private parts (L, keybox), a text that
 * is not of its kind, exercise mixed with real        AUTH: leaves that D does not commit to
 * All else is CH_OK and said in *out. diag may be NULL.
 */
CH_MUST_USE ch_err ch_extract_judge(ch_extract *out, struct ch_extract_work *work,
    const ch_evidence *ev, struct ch_diag *diag);

/* Whether the parts say so: "disclosed by its author", or "shown by a holder, not disclosed by
 * its author", and nothing else. */
const char *ch_extract_shown_by(const ch_extract *x);

/* Whether head key i may be confirmed under the value of `may-confirm` (empty: the default set
 * from, to, form, act, date). */
bool ch_head_may_confirm(unsigned i, ch_span may_confirm);

const char *ch_extract_finding_text(ch_extract_finding f); /* one sentence without a full stop */

#endif
