/*
 * What the registry allows: pure decisions on parsed values, so that they can be tested without a
 * server. NULL means allowed; otherwise the problem to answer with.
 */
#ifndef CH_RULES_H
#define CH_RULES_H

#include "charter.h"

#define CH_LAPSE_MAX_S (400 * (int64_t)86400)
#define CH_ENVELOPE_LEAST 16384

typedef struct {
	unsigned status;
	const char *kebab, *title;
} ch_rule;

typedef struct {
	const ch_stmt *l;
	ch_span origin;             /* ours */
	int64_t now;
	const ch_roster *author, *addressee; /* the newest of both */
	const ch_charter *charter;  /* the newest complete one of the talks; NULL: none */
	ch_ref last;                /* of the pair; { 0 } before the first */
	const ch_hash *seen;        /* head at the place that L names; NULL: no such place */
	uint64_t log_size;
} ch_submit_facts;

/* Everything about L but what is seen for the first time, its envelope and its deposit. */
const ch_rule *ch_rule_submission(const ch_submit_facts *f);

/* E as uploaded against L: its size, and a plaintext that is one of the padded sizes. `head` is
 * its beginning, as long as an age header may be. */
const ch_rule *ch_rule_envelope(const ch_stmt *l, uint64_t size, ch_span head);

/* A statement about a delivery against its L: same talks, paper, cover, this registry, and the
 * place of L in its pair. */
typedef struct {
	const ch_stmt *s;
	const ch_stmt *l;
	const ch_hash *hash; /* of L */
	ch_span origin;
	ch_ref place;
} ch_about_facts;
const ch_rule *ch_rule_about(const ch_about_facts *f);

/* Whether a roster still lets this delegate act: there, and not recalled. */
bool ch_rule_is_enrolled(const ch_roster *r, ch_span delegate);

#endif
