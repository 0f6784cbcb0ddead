/*
 * Charters: the statement that all parties of a talks sign, by a `bind` quorum of each. It pins
 * the parties' keys and rosters, names registries, cosigners and neutrals, and holds the rules of
 * effect. Public data, no allocation; spans point into the charter's text.
 */
#ifndef CH_CHARTER_H
#define CH_CHARTER_H

#include "roster.h"

#define CH_CHARTER_PARTIES_MAX 64u

typedef struct {
	ch_span handle, code, title, tie;
	ch_vkey key;   /* the party key that is pinned */
	ch_ref roster; /* which version it begins with */
} ch_charter_party;

typedef struct {
	ch_span origin, url;
	ch_vkey key;
	bool has_cosigner;
	ch_vkey cosigner; /* the registry's own */
} ch_charter_registry;

typedef struct {
	ch_stmt stmt;
	ch_hash hash;  /* of this version                          */
	ch_hash talks; /* the talks id: hash of the first charter  */
	uint64_t version;
	uint32_t n;    /* parties, sorted by handle */
	bool exercise;
	/* All of them, read once by a caller who keeps them; or NULL. */
	const ch_charter_party *party;
	const ch_charter_registry *registry;
} ch_charter;

/* Bit i is party i. */
typedef struct {
	uint64_t signed_, missing;
	bool complete;
} ch_charter_signed;

typedef enum {
	CH_EFFECT_REGISTRATION,
	CH_EFFECT_NOTICE,
	CH_EFFECT_RECEIPT,
} ch_effect;

/*
 * Two to 64 parties sorted by handle, codes and keys unique, the opener one of them, at least one
 * registry, no origin twice, no act under two effects; version 1 has no `talks` and no
 * `previous`, later ones have both; origins begin `exercise.` exactly in an exercise.
 * FORMAT, LIMIT; `diag` may be NULL.
 */
CH_MUST_USE ch_err ch_charter_parse(ch_charter *out, ch_span text, struct ch_diag *diag);

/* Party and registry i. Never fail on a parsed charter. */
void ch_charter_party_at(ch_charter_party *out, const ch_charter *c, uint32_t i);
void ch_charter_registry_at(ch_charter_registry *out, const ch_charter *c, uint32_t i);
/* Neutral cosigner i < stmt.count[CH_CHARTER_NEUTRALS]. */
void ch_charter_neutral_at(ch_vkey *out, const ch_charter *c, uint32_t i);

/* Look-ups; `at` may be NULL. ABSENT. */
CH_MUST_USE ch_err ch_charter_find(ch_charter_party *out, uint32_t *at, const ch_charter *c,
    ch_span handle);
CH_MUST_USE ch_err ch_charter_find_code(ch_charter_party *out, uint32_t *at, const ch_charter *c,
    ch_span code);
CH_MUST_USE ch_err ch_charter_find_registry(ch_charter_registry *out, const ch_charter *c,
    ch_span origin);

/*
 * Who signed. `rosters`: one for each party in party order, NULL where it is not at hand (that
 * party then counts as missing); each must be the version the charter names, under the pinned
 * key. Lines stand in party order, then roster order; a party below its quorum is missing.
 * CONFLICT: another roster, or a key in two of them        otherwise as ch_roster_lines()
 * FORMAT also: a line by nobody of these rosters
 */
CH_MUST_USE ch_err ch_charter_judge(ch_charter_signed *out, const ch_charter *c,
    const ch_note *note, const ch_roster *const *rosters);

/* The next version of the same talks with the same parties and keys. CONFLICT if not. */
CH_MUST_USE ch_err ch_charter_follows(const ch_charter *next, const ch_charter *last);

/*
 * When an act takes effect: by the charter's lists, else by the design's defaults (acceptance,
 * rejection, withdrawal, objection, contestation: registration; request: notice; else receipt).
 */
ch_effect ch_charter_effect(const ch_charter *c, ch_span act);
const char *ch_effect_name(ch_effect e);

#endif
