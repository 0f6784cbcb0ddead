/*
 * What the two judges (delivery.h, extract.h) share: named texts as they came out of a pack or a
 * folder, the rosters among them, proofs with their cosigned times.
 *
 * Facts are said one by one and never summed up into a single yes. Public data, no allocation.
 */
#ifndef CH_EVIDENCE_H
#define CH_EVIDENCE_H

#include "charter.h"
#include "entry.h"
#include "pack.h"
#include "proof.h"
#include "trust.h"

typedef struct {
	const ch_part *part; /* no name twice; of ch_pack_parse(), or of files in a folder */
	size_t n;
	bool exercise;       /* of the pack's type line */
	const ch_trust *trust;
} ch_evidence;

/* On whose word a cosigned time rests. */
typedef enum {
	CH_BY_REGISTRY,  /* the registry's own cosigner                 */
	CH_BY_AUTHOR,    /* a delegate of the paper's author            */
	CH_BY_ADDRESSEE,
	CH_BY_NEUTRAL,   /* named in a charter signed by all            */
	CH_BY_WITNESS,   /* of the policy that the verifier was given   */
	CH_BY_COUNT
} ch_by;

/* A time for each of them; 0: no cosignature. */
typedef struct {
	int64_t t[CH_BY_COUNT];
} ch_times;

/* What is shown of one statement. `why` is a static phrase for the first thing that failed. */
typedef struct {
	bool present;    /* the text is there and well formed                            */
	bool signed_;    /* by whom it must be, under a key that is trusted              */
	bool logged;     /* the proof fits, under the registry's key and policy's quorum */
	uint64_t index;  /* in the register, when logged                                 */
	ch_hash hash;    /* of the text                                                  */
	int64_t claimed; /* the `time` of the statement: its signer's own clock; 0: none */
	ch_times after;  /* of the checkpoint that it names as seen: not before these    */
	ch_times before; /* of the checkpoint of its proof: not after these              */
	ch_signers who;  /* delegates of `roster`, for statements of a party             */
	ch_ref roster;
	const char *why; /* NULL when nothing failed                                     */
} ch_fact;

/* Latest of `after`, earliest of `before`; 0 when there is none. `by` may be NULL. */
int64_t ch_times_latest(const ch_times *t, ch_by *by);
int64_t ch_times_earliest(const ch_times *t, ch_by *by);
const char *ch_by_name(ch_by by); /* "the registry's own cosigner", ... */

/* The bytes of a part; empty when it is not there. */
ch_span ch_evidence_find(const ch_evidence *ev, ch_span name);

/* ---- for the judges ---- */

/* Work space of a judge; the caller's memory, never inspected. */
struct ch_evidence_work {
	ch_note note, cp_note;
	ch_stmt stmt;
	ch_roster author, addressee, other;
	ch_charter charter;
	bool has_author, has_addressee, has_charter;
	bool has_cosigner;
	ch_vkey registry, cosigner;
	bool has_registry;
	struct ch_proof_facts proof;
};

/* Parse the note in part `name` as `kind`. ABSENT: no such part. Into w->note and w->stmt. */
CH_MUST_USE ch_err ch_evidence_open(struct ch_evidence_work *w, const ch_evidence *ev,
    ch_span name, ch_kind kind);

/* Open `roster.<handle>.<version>` whose hash is ref's, under the pinned key. ABSENT: the part is
 * not there or the party is not trusted (`why` says which). */
CH_MUST_USE ch_err ch_evidence_roster(ch_roster *out, const char **why,
    const struct ch_evidence_work *w, const ch_evidence *ev, ch_span party, const ch_ref *ref);

/* Check `<name>.proof` for `text`: fills logged, index, before, why. */
void ch_evidence_proof(ch_fact *f, struct ch_evidence_work *w, const ch_evidence *ev,
    ch_span name, ch_span text);

/* The times of `checkpoint.<size>` when its bytes are the note that was seen. ABSENT: not there.
 * AUTH: it is there and not what was named. */
CH_MUST_USE ch_err ch_evidence_seen(ch_times *out, struct ch_evidence_work *w,
    const ch_evidence *ev, ch_span seen);

#endif
