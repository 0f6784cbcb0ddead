/*
 * age's keys as text (c2sp.org/age): a recipient "age1..." in lower case, an identity
 * "AGE-SECRET-KEY-..." in upper case. Code outside the files of a type never looks past its tag.
 */
#ifndef CH_AGE_KEY_H
#define CH_AGE_KEY_H

#include "crypto.h"
#include "kem.h"
#include "rd.h"
#include "wr.h"

#define CH_AGE_RECIPIENT_MAX 2048 /* characters; a hybrid one has 1,959, a tagged one 2,015 */
#define CH_AGE_IDENTITY_MAX 128

typedef enum {
	CH_AGE_NONE = 0,
	CH_AGE_X25519 = 1, /* age1..., classic                                          */
	CH_AGE_HYBRID = 2, /* age1pq1..., ML-KEM-768 with X25519: the default            */
	CH_AGE_TAG = 3,    /* age1tag1..., P-256 in hardware, classic; recipients only   */
	CH_AGE_TAGPQ = 4,  /* age1tagpq1..., ML-KEM-768 with P-256; recipients only      */
} ch_age_type;

/* Whether a future quantum computer finds nothing: the two worlds never meet in one file. */
static inline bool ch_age_is_hybrid(ch_age_type t)
{
	return t == CH_AGE_HYBRID || t == CH_AGE_TAGPQ;
}

/* Public. Parsed ones can be sealed to: on the curve, below the modulus. */
typedef struct {
	ch_age_type type;
	union {
		ch_xkey x;
		ch_xwing_pub hybrid;
		ch_p256c tag;
		ch_pq256_pub tagpq;
	};
} ch_age_recipient;

/* A recipient for who seals many files to it: what depends on the key alone is worked out once.
 * Some 7 KiB: below the shell it is never a local. */
typedef struct {
	ch_age_recipient to;
	ch_mlkem_ready m; /* of a hybrid one, else nothing */
} ch_age_ready;

/*
 * Secret. What every unwrapping needs is kept beside the seed: the recipient, and a hybrid key
 * expanded. Some 4 KiB: below the shell it is never a local.
 */
struct ch_age_identity {
	ch_age_type type;
	struct ch_secret32 secret;
	struct ch_xwing_key hybrid; /* of CH_AGE_HYBRID */
	ch_age_recipient recipient;
};

/* FORMAT: not the canonical text of a type we know, or no sound key        LIMIT: too long
 * NOMEM, INTERNAL: the libraries. An X25519 key of low order shows at sealing. */
CH_MUST_USE ch_err ch_age_recipient_parse(ch_age_recipient *out, ch_span in);
/* What parsing leaves out because stock age seals to it or fails late: X25519 of low order. FORMAT:
 * nobody can seal to it. */
CH_MUST_USE ch_err ch_age_recipient_check(const ch_age_recipient *r);
void ch_age_recipient_put(struct ch_wr *w, const ch_age_recipient *r);
bool ch_age_recipient_eq(const ch_age_recipient *a, const ch_age_recipient *b);
/* FORMAT: no sound key        NOMEM, INTERNAL: the libraries */
CH_MUST_USE ch_err ch_age_ready_make(ch_age_ready *out, const ch_age_recipient *r);

/* The same for identities; constant time in the secret. */
CH_MUST_USE ch_err ch_age_identity_parse(struct ch_age_identity *out, ch_span in);
void ch_age_identity_put(struct ch_wr *w, const struct ch_age_identity *id);

/* Make an identity of 32 random bytes; X25519 or HYBRID. NOMEM, INTERNAL: never for X25519. */
CH_MUST_USE ch_err ch_age_identity_make(struct ch_age_identity *out, ch_age_type type,
    const struct ch_secret32 *random);
void ch_age_identity_wipe(struct ch_age_identity *id);

/* The recipient of an identity's text, for who need not open. Errors as ch_age_identity_parse(). */
CH_MUST_USE ch_err ch_age_identity_recipient(ch_age_recipient *out, ch_span identity);

#endif
