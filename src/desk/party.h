/*
 * Parties: our own rosters and those of others, as files rosters/<handle>/<version>.txt with
 * their proofs. A first roster of another party is pinned by a person's decision only; every later
 * one must continue the chain of the one before, signed by the pinned party key.
 */
#ifndef CH_PARTY_H
#define CH_PARTY_H

#include "link.h"
#include "roster.h"
#include "token.h"
#include "watch.h"
#include "words.h"

#define CH_ROSTER_NOTE_MAX (300u << 10)
#define CH_ROSTER_DAYS     90 /* how long a roster is valid */

/* A roster on file; spans point into `bytes`. */
struct ch_roster_file {
	struct ch_buf bytes; /* the whole note */
	ch_roster roster;
	uint64_t version;
	ch_hash hash;        /* of the text: what statements refer to */
};

void ch_roster_file_deinit(struct ch_roster_file *r);

/* Roster `version` of a party, or the newest on file (0). ABSENT. */
CH_MUST_USE ch_err ch_party_roster(struct ch_roster_file *out, const struct ch_home *h,
    ch_span handle, uint64_t version, struct ch_problem *why);

/* The tlog-proof beside it; ABSENT: not published, or not fetched. */
CH_MUST_USE ch_err ch_party_roster_proof(struct ch_buf *out, const struct ch_home *h,
    ch_span handle, uint64_t version);

/*
 * Keep a roster: checked against itself and against the one on file before it (chain, party key).
 * With `first` the first one of a party is pinned; without, an unknown party is ABSENT.
 * CONFLICT: does not continue what is on file. The same bytes again are fine.
 */
CH_MUST_USE ch_err ch_party_keep(const struct ch_home *h, ch_span note, ch_span proof, bool first,
    struct ch_problem *why);

/* Fetch and keep all newer rosters of a pinned party; proofs are checked against the register. */
CH_MUST_USE ch_err ch_party_fetch(struct ch_watch *w, ch_span handle, struct ch_problem *why);

/* Fetch and keep exactly the roster that a charter names: that pins a party we had not met. AUTH:
 * the registry gives another one under this version. */
CH_MUST_USE ch_err ch_party_fetch_named(struct ch_watch *w, ch_span handle, const ch_ref *ref,
    struct ch_problem *why);

/* ---- our own party ---- */

typedef struct {
	ch_span handle, title, person, delegate_title; /* titles may be empty */
	const char *dir;
	unsigned work;
	bool exercise;
	bool classic; /* the sealing suite; hybrid when false */
	const struct ch_token *token; /* the sealing key in hardware, of that suite; or NULL */
} ch_party_new_ask;

/* Keys, enrolment proofs, roster version 1; the home is open and unlocked afterwards. */
CH_MUST_USE ch_err ch_party_new(struct ch_home *h, const ch_party_new_ask *ask, ch_span pass,
    struct ch_problem *why);

/*
 * A new version of our roster, signed by the party key, on file and not yet published: with one
 * more registry (a fresh mailbox) when `origin` is not empty and not there yet; good for 90 days.
 * *version is the newest afterwards; nothing is made when the registry is there and renew is false.
 */
CH_MUST_USE ch_err ch_party_renew(uint64_t *version, struct ch_home *h, ch_span origin, bool renew,
    ch_span pass, struct ch_problem *why);

/* Another sealing key than the newest version names for this home. */
typedef struct {
	bool hybrid;                  /* the suite                      */
	const struct ch_token *token; /* in hardware; NULL: in the home */
} ch_party_seal;

/*
 * The same with a sealing key asked for; nothing but the dates changes when it is there. Another
 * suite means new sealing keys for all delegates at once, so it is for a roster whose only delegate
 * is this home; within the suite the others keep theirs.
 * DENIED: there are others, and the suite would change
 */
CH_MUST_USE ch_err ch_party_renew_seal(uint64_t *version, struct ch_home *h,
    const ch_party_seal *want, ch_span pass, struct ch_problem *why);

/* Bring all our versions that the registry lacks to it, in order, and keep the proofs.
 * DENIED with type `not-enrolled`: the sentence says what to send to the operator. */
CH_MUST_USE ch_err ch_party_publish(struct ch_watch *w, struct ch_problem *why);

#endif
