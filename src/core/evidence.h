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
#include "places.h"
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
	uint64_t seen;   /* size of that checkpoint it names, when it is shown here      */
	ch_signers who;  /* delegates of `roster`, for statements of a party             */
	ch_ref roster;
	const char *why; /* NULL when nothing failed                                     */
} ch_fact;

/* How far a fact is acknowledged, by the lines that its own proof carries. */
typedef enum {
	CH_LEVEL_NONE,      /* no proof: the registry's or a signer's word          */
	CH_LEVEL_PUBLISHED, /* in a checkpoint that the log signed                  */
	CH_LEVEL_WITNESSED, /* and cosigned by both sides, a neutral, or your policy */
} ch_level;
ch_level ch_fact_level(const ch_fact *f);
const char *ch_level_name(ch_level l);     /* `none`, `published`, `witnessed` */
const char *ch_level_text(const ch_fact *f); /* by whom, in a phrase */

/* Latest of `after`, earliest of `before`; 0 when there is none. `by` may be NULL. */
int64_t ch_times_latest(const ch_times *t, ch_by *by);
int64_t ch_times_earliest(const ch_times *t, ch_by *by);
const char *ch_by_name(ch_by by); /* "the registry's own cosigner", ... */

/* The bytes of a part; empty when it is not there. */
ch_span ch_evidence_find(const ch_evidence *ev, ch_span name);

/* Registers of drills have an origin that begins `exercise.`. */
bool ch_origin_is_exercise(ch_span origin);

/* ---- for the judges ---- */

#define CH_EVIDENCE_OPENED 8

/* Work space of a judge; the caller's memory. */
struct ch_evidence_work {
	ch_note note, cp_note;
	ch_stmt stmt;                     /* of `note` */
	ch_roster author, addressee, other;
	ch_charter charter;
	bool has_charter;                 /* signed by all, under trusted keys */
	bool has_registry, has_cosigner;
	bool own_cosigner;                /* by the registry's own statement, not the charter's */
	bool bad_registry;                /* part `registry` is here and not its statement */
	ch_vkey registry, cosigner;
	struct ch_proof_facts proof;
	ch_places places;                 /* all that proofs and checkpoints here show */
	unsigned n_opened;                /* rosters that were found sound, as far as kept */
	struct {
		const uint8_t *bytes;
		const ch_vkey *pin;
	} opened[CH_EVIDENCE_OPENED];
};

/* Forget all, then find the registry's key in the trust and its cosigner in part `registry`. */
void ch_evidence_begin(struct ch_evidence_work *w, const ch_evidence *ev, ch_span origin);

/* Keep the first reason why a fact does not hold. */
void ch_fact_fail(ch_fact *f, const char *why);

/* Part `name`, a note of this kind, into w->note and w->stmt; present and hash of f.
 * ABSENT: no such part        FORMAT …: not such a note */
CH_MUST_USE ch_err ch_evidence_open(ch_fact *f, struct ch_evidence_work *w, const ch_evidence *ev,
    const char *name, ch_kind kind);

/*
 * Open `roster.<party>.<version>` whose hash is ref's, under the trusted key of the party, into
 * *slot, which may hold it already. False, and the reason in f, when that cannot be done.
 */
bool ch_evidence_roster(ch_roster *slot, ch_fact *f, struct ch_evidence_work *w,
    const ch_evidence *ev, ch_span party, const ch_ref *ref);

/* ch_roster_open() of a part under a key of the trust; what one judgement opened before is not
 * judged again. */
CH_MUST_USE ch_err ch_evidence_open_roster(ch_roster *out, struct ch_evidence_work *w,
    ch_span part, const ch_vkey *pin);

/* Judge w->note, a statement of a party, by the roster that it names; signed_, who, roster. False:
 * it could not be judged, because the roster is not at hand. */
bool ch_evidence_by_party(ch_fact *f, ch_roster *slot, struct ch_evidence_work *w,
    const ch_evidence *ev);

/* Judge w->note, a statement of the registry: exactly one line, its own. */
void ch_evidence_by_registry(ch_fact *f, const struct ch_evidence_work *w);

/* Judge part `<name>.proof` for f->hash: logged, index, before. ABSENT: there is none. */
CH_MUST_USE ch_err ch_evidence_proof(ch_fact *f, struct ch_evidence_work *w,
    const ch_evidence *ev, ch_span name);

/*
 * The times of part `checkpoint.<size>`, if its bytes are the note that was seen.
 *   known   whether every line of it is by the registry, a party or a neutral whose key is at
 *           hand, and nobody's key is missing: only then may a lack of lines be held against the
 *           registry. A witness of the policy does not count here: it may be a neutral, too.
 * ABSENT: not there        AUTH: not what was named
 */
CH_MUST_USE ch_err ch_evidence_seen(ch_times *out, bool *known, struct ch_evidence_work *w,
    const ch_evidence *ev, ch_span seen);

/* Judge part `charter`: of these talks, author and addressee are parties, and every party signed
 * by a `bind` quorum of the roster it names. */
void ch_evidence_charter(ch_fact *f, struct ch_evidence_work *w, const ch_evidence *ev,
    const ch_stmt *l);

/* Whether registry's cosigner and one of author's or neutrals' date it at or after t. */
bool ch_times_quorum(const ch_times *times, int64_t t);

/* Whether the signers that a handover lists are, in order, those of the receipt. */
bool ch_evidence_same_signers(const ch_stmt *handover, const ch_roster *r,
    const ch_signers *who);

#endif
