/*
 * Rosters: who may act for a party, with which keys and powers. A roster is a signed note whose
 * only line is by the party's own key; it is chained to the version before it.
 *
 * ch_roster_judge() is the one place where it is decided whether a statement was signed.
 * Public data, variable time, no allocation. All spans point into the note's bytes.
 */
#ifndef CH_ROSTER_H
#define CH_ROSTER_H

#include "note.h"
#include "stmt.h"

#define CH_ROSTER_DELEGATES_MAX 64u
#define CH_ROSTER_KEYS_MAX (1u + 3u * CH_ROSTER_DELEGATES_MAX)

typedef enum {
	CH_POW_SEND,
	CH_POW_SIGN_FOR,
	CH_POW_BIND,
	CH_POW_DISCLOSE,
	CH_POW_SPEAK,
	CH_POW_ENROL,
	CH_POW_DRAFT, /* has no quorum: it signs nothing */
	CH_POW_COUNT
} ch_power;

typedef struct {
	ch_span name, person, title;
	unsigned powers; /* bit 1 << ch_power */
	ch_vkey key, sign_in, cosign;
	ch_span seal, auth, post_quantum; /* as written; the last two may be empty */
	bool recalled;
	int64_t recalled_at;
} ch_delegate;

typedef struct {
	ch_stmt stmt;
	ch_hash hash, previous; /* previous: zero for version 1 */
	ch_span party;
	ch_vkey party_key;
	uint64_t version;
	int64_t time, valid_until;
	uint64_t quorum[CH_POW_COUNT];
	uint32_t n; /* delegates */
	bool exercise, hybrid;
	const ch_delegate *read; /* all n, read once by a caller who keeps them; or NULL */
} ch_roster;

/* Whose lines counted: bit i is delegate i of the roster. */
typedef struct {
	uint32_t n;
	uint64_t who;
} ch_signers;

/* The word of a power, and back. ABSENT: no such power. */
const char *ch_power_name(ch_power p);
CH_MUST_USE ch_err ch_power_parse(ch_power *out, ch_span word);
/* The words of bits 1 << ch_power, in order, with `between` between them: a roster has ",". */
void ch_powers_put(struct ch_wr *w, unsigned bits, ch_span between);

/* The power that a statement of a party needs; CH_POW_COUNT for kinds no roster judges. */
ch_power ch_kind_power(ch_kind kind);

/*
 * Open a roster note.
 *   pin   the party's key, from the charter, a trust file or out of band; NULL at first contact:
 *         then the roster's own key is taken, and the caller must have a person compare it
 * Key names: the party key's is the handle; the three keys of a delegate bear the delegate's name
 * (`<handle>/<8 hex>`). Every key is sound and stands once, the sealing keys too; those that can
 * sign signed their own enrolment.
 * FORMAT: not a sound roster        AUTH: a signature or enrolment proof does not verify
 * CONFLICT: another key than the pinned one        as ch_note_parse() besides
 */
CH_MUST_USE ch_err ch_roster_open(ch_roster *out, ch_span note, const ch_vkey *pin,
    struct ch_diag *diag);

/*
 * Open once more the very bytes that ch_roster_open() accepted under the same pin. No signature
 * and no key is judged anew: for a caller who keeps the digests of what it accepted.
 */
CH_MUST_USE ch_err ch_roster_reopen(ch_roster *out, ch_span note);

/* Delegate i < n. Never fails on an opened roster. */
void ch_roster_delegate(ch_delegate *out, const ch_roster *r, uint32_t i);
/* By name; ABSENT. `at` may be NULL. */
CH_MUST_USE ch_err ch_roster_find(ch_delegate *out, uint32_t *at, const ch_roster *r,
    ch_span name);

/* The mailbox at a registry; empty when the roster names no such registry (none stands twice). */
ch_span ch_roster_mailbox(const ch_roster *r, ch_span origin);

/* The text whose raw Ed25519 signature by `key` is an enrolment proof. Purposes: `statements`,
 * `sign-in`, `cosign`. `talks` is the roster's (may be empty). */
CH_MUST_USE ch_err ch_roster_put_enrolment(struct ch_wr *w, bool exercise, ch_span talks,
    ch_span party, const char *purpose, ch_span vkey);

/* The next version of the same party: CONFLICT with the reason in diag (may be NULL) if not. */
CH_MUST_USE ch_err ch_roster_follows(const ch_roster *next, const ch_roster *last,
    struct ch_diag *diag);

/* A roster with `talks` serves these talks alone. `talks` may be empty (a sign-in outside of any).
 */
bool ch_roster_serves(const ch_roster *r, ch_span talks);

/* Whether a statement of time t may still rely on it: t <= valid-until. */
bool ch_roster_is_current(const ch_roster *r, int64_t t);

/* Every Ed25519 key of a roster, the party's first; returns how many (<= CH_ROSTER_KEYS_MAX). */
size_t ch_roster_keys(ch_edkey out[CH_ROSTER_KEYS_MAX], const ch_roster *r);
/* CONFLICT: some key stands in both (two parties, or exercise and real). Versions of one party
 * share keys by nature and are not compared. */
CH_MUST_USE ch_err ch_roster_distinct(const ch_roster *a, const ch_roster *b);

/*
 * Whether `note` is signed as its roster asks.
 *   s      note->text, parsed; its party and `roster` field must name exactly this roster
 *   power  usually ch_kind_power(s->kind)
 * Lines stand in roster order; each is by a delegate of this roster who has the power and is not
 * recalled, none unknown, none spare: distinct keys and distinct persons. At least the quorum.
 * CONFLICT: judged by another roster, or one of other talks        ABSENT: quorum not met
 * DENIED: no such power, or recalled        FORMAT: unknown, repeated or misplaced line
 * AUTH: does not verify
 */
CH_MUST_USE ch_err ch_roster_judge(ch_signers *out, const ch_note *note, const ch_stmt *s,
    const ch_roster *r, ch_power power);

/*
 * The same for a caller who keeps what was verified before: a line costs no verification when its
 * key and signature stand in `known` (NULL: nothing is) and the text has the hash there. All else
 * is judged anew.
 */
typedef struct {
	ch_edkey key;
	ch_sig sig;
} ch_known_line;

typedef struct {
	ch_hash text;
	size_t n;
	ch_known_line line[CH_NOTE_LINES_MAX];
} ch_known_lines;

/* What there is to know of a note that ch_roster_judge() accepted by this roster. */
void ch_roster_know(ch_known_lines *out, const ch_note *note, const ch_roster *r);
CH_MUST_USE ch_err ch_roster_judge_known(ch_signers *out, const ch_note *note, const ch_stmt *s,
    const ch_roster *r, ch_power power, const ch_known_lines *known);

/*
 * The same over a stretch of lines from *at on, for statements of several parties: it stops at
 * the first line that is not by a delegate of r and leaves *at there. No quorum is asked: compare
 * out->n with r->quorum[power].
 */
CH_MUST_USE ch_err ch_roster_lines(ch_signers *out, size_t *at, const ch_note *note,
    const ch_roster *r, ch_power power);

#endif
