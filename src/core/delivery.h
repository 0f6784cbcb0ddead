/*
 * The judge of a delivery record: what is shown of one submission L, by whom, between which
 * cosigned times, and which statements of the registry contradict each other. A pure function of
 * the parts and of whom the asker trusts (doc/formats/delivery.md).
 */
#ifndef CH_DELIVERY_H
#define CH_DELIVERY_H

#include "age_key.h"
#include "cover.h"
#include "evidence.h"

typedef enum {
	CH_STEP_CHARTER,
	CH_STEP_SUBMITTED,   /* L, signed by its author                            */
	CH_STEP_REGISTERED,
	CH_STEP_NOTICED,
	CH_STEP_RECEIPT,     /* signed_ alone: it counts only with handover, below */
	CH_STEP_HANDOVER,
	CH_STEP_DECLINE,
	CH_STEP_TAKE_BACK,
	CH_STEP_ENDED,
	CH_STEP_OPENED,
	CH_STEP_DEFECT,
	CH_STEP_KEY_MISSING,
	CH_STEP_COVER,       /* signed_: its D is L's and its author signed it     */
	CH_STEP_COUNT
} ch_step;

typedef enum {
	CH_STATE_NONE,       /* nothing of it is shown */
	CH_STATE_SUBMITTED,
	CH_STATE_REGISTERED,
	CH_STATE_NOTICED,
	CH_STATE_DELIVERED,
	CH_STATE_DECLINED,
	CH_STATE_LAPSED,
	CH_STATE_TAKEN_BACK,
} ch_state;

/*
 * Findings: bits of ch_delivery.findings. Those of ch_finding_convicts() are portable proof against
 * the registry: texts that it signed contradict each other, the statement they name by hash, or
 * its rules. Nothing that a holder could bring about by dropping a file or a signature line is
 * among them. The others say why something in the record does not count.
 */
typedef enum {
	CH_FIND_TWO_ENDS,           /* handover and another end for one L                     */
	CH_FIND_LAPSED_EARLY,       /* before the time quorum dates the lapse time            */
	CH_FIND_ENDED_LATE,         /* on a statement that was made after the lapse time      */
	CH_FIND_PAIR_MISFIT,        /* places in the pair chain that contradict each other    */
	CH_FIND_OLD_ROSTER,         /* receipt under a roster that a lower entry had replaced */
	CH_FIND_HANDOVER_UNFOUNDED, /* on no receipt for L, signers too few, or an old roster */
	CH_FIND_ENDED_UNFOUNDED,    /* on a text that does not ask for this end               */
	CH_FIND_KEYBOX_UNSOUND,     /* the file that it names is no age file                  */
	CH_FIND_TWO_TREES,          /* two roots for one size of the register                 */
	CH_FIND_TWO_ENTRIES,        /* two entries at one place of it                         */
	CH_FIND_PLACES_SWAPPED,     /* an effect stands below its cause                       */
	CH_FIND_BELOW_SEEN,         /* below a checkpoint that was seen before it was made    */
	CH_FIND_LAST_CONVICTION = CH_FIND_BELOW_SEEN,
	CH_FIND_SIGNERS_DIFFER,     /* handover lists other signers than the receipt here has */
	CH_FIND_KEYBOX_DIFFERS,     /* not the file named: the receipt does not count         */
	CH_FIND_KEYBOX_ABSENT,
	CH_FIND_KEY_ABSENT,         /* key-missing is signed and K is not shown               */
	CH_FIND_KEY_DIFFERS,        /* K is shown and is not the one of L                     */
	CH_FIND_NO_PROOF,           /* a statement of the registry without its place          */
	CH_FIND_NOT_REGISTRY,       /* a statement of the registry that it did not sign       */
	CH_FIND_TIME_NOT_SHOWN,     /* lapsed, and the checkpoint it rests on is not judged   */
	CH_FIND_COVER_DIFFERS,
	CH_FIND_COSIGNED_BACK,      /* its own cosigner dated a later tree before an earlier  */
	CH_FIND_TIME_FALSE,         /* its `time` lies outside its own cosigner's times       */
	CH_FIND_TIME_DOUBTED,       /* its `time` lies outside what other cosigners date      */
	CH_FIND_COUNT
} ch_finding;

typedef struct {
	bool exercise;
	ch_hash l, paper, talks;
	ch_span author, addressee, registry; /* as L names them */
	uint64_t serial;
	int64_t lapse;
	uint64_t size;                       /* of E, padded */
	ch_fact step[CH_STEP_COUNT];
	ch_state state;
	bool receipt_counts;                 /* with handover in place and keybox; K if asked    */
	bool told;                           /* the addressee signed, or a delegate fetched E    */
	ch_span reason, cause;               /* of a decline or take-back; of a defect           */
	uint64_t findings;                   /* bits 1 << ch_finding                             */
} ch_delivery;

struct ch_delivery_work {
	struct ch_evidence_work ev;
	ch_stmt l;
	ch_cover cover;
	ch_age_recipient key; /* K's, and its text */
	uint8_t key_text[CH_AGE_RECIPIENT_MAX];
};

/*
 * Judge the parts of a record. `work` is the caller's (about 20 KiB, any content).
 * FORMAT: no submission, or one of several registries, a part of unknown name, a text that is not
 * of its kind, or exercise mixed with real (diag says which; may be NULL). All else is CH_OK and
 * said in *out.
 */
CH_MUST_USE ch_err ch_delivery_judge(ch_delivery *out, struct ch_delivery_work *work,
    const ch_evidence *ev, struct ch_diag *diag);

/* How far honest clocks may lie apart before a time is held against anybody, in seconds. */
#define CH_DELIVERY_SLACK 600

/* The same L, two judged records: do they show two different ends? Proof against the registry. */
bool ch_delivery_two_ends(const ch_delivery *a, const ch_delivery *b);

const char *ch_state_name(ch_state s);     /* `delivered`, ... */
const char *ch_step_name(ch_step s);
bool ch_step_is_registry(ch_step s);       /* whether the registry says it */
const char *ch_finding_text(ch_finding f); /* one sentence without a full stop */
bool ch_finding_convicts(ch_finding f);

#endif
