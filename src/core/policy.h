/*
 * Whom to believe about a log: its keys, its witnesses and which of them suffice
 * (c2sp.org/tlog-policy). Spans point into the text of the policy, which must outlive it.
 */
#ifndef CH_POLICY_H
#define CH_POLICY_H

#include "checkpoint.h"

#define CH_POLICY_LOGS_MAX 32
#define CH_POLICY_WITNESSES_MAX 64
#define CH_POLICY_GROUPS_MAX 64
#define CH_POLICY_TEXT_MAX ((size_t)65536)

typedef struct {
	ch_span name; /* within the policy only; empty for a log */
	ch_vkey key;
	ch_span url;  /* or empty */
} ch_policy_key;

/* Members are bits: witnesses by their number, groups by theirs (always lower than its own). */
typedef struct {
	ch_span name;
	unsigned need; /* how many members make it */
	uint64_t witnesses, groups;
} ch_policy_group;

typedef struct {
	size_t n_logs, n_witnesses, n_groups;
	ch_policy_key log[CH_POLICY_LOGS_MAX];
	ch_policy_key witness[CH_POLICY_WITNESSES_MAX];
	ch_policy_group group[CH_POLICY_GROUPS_MAX];
	ch_policy_group quorum; /* need = 0: `quorum none` */
} ch_policy;

/*
 * Strict: exactly one quorum, names defined once and before use, members listed once in the whole
 * file, no key twice among the logs or among the witnesses, last line ended by LF.
 * FORMAT, TRUNCATED, LIMIT; `diag` (may be NULL) says what and at which byte of the text.
 */
CH_MUST_USE ch_err ch_policy_parse(ch_policy *out, ch_span text, struct ch_diag *diag);

/* Whether the quorum is met when exactly the witnesses of these bits have cosigned. */
bool ch_policy_quorum(const ch_policy *p, uint64_t witnesses);

/* Who cosigned a checkpoint, and when. */
typedef struct {
	uint64_t witnesses; /* bits by number */
	uint64_t time[CH_POLICY_WITNESSES_MAX];
} ch_policy_cosigners;

/*
 * Check every line of a checkpoint that claims to be by a witness of the policy.
 * AUTH: one of them does not verify. None at all is CH_OK.
 */
CH_MUST_USE ch_err ch_policy_cosigned(ch_policy_cosigners *out, const ch_policy *p,
    const ch_note *note);

/* The same, and the quorum must be met (ABSENT). */
CH_MUST_USE ch_err ch_policy_check(ch_policy_cosigners *out, const ch_policy *p,
    const ch_note *note);

/* The latest moment such that those who cosigned then or later make the quorum, or are at least one
 * where no quorum is asked; 0: there is none. */
uint64_t ch_policy_time(const ch_policy *p, const ch_policy_cosigners *who);

/*
 * Open a checkpoint signed by one of the policy's logs: the one whose name is the origin.
 *   log   its number        Verdicts as ch_checkpoint_open(); ABSENT also: no such log
 */
CH_MUST_USE ch_err ch_policy_open(ch_checkpoint *out, ch_note *note, size_t *log, ch_span in,
    const ch_policy *p);

#endif
