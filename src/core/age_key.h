/*
 * age's keys as text (c2sp.org/age): a recipient "age1..." in lower case, an identity
 * "AGE-SECRET-KEY-1..." in upper case. The type tag is there so that a hybrid type can join:
 * code outside the two files of a type never looks past it.
 */
#ifndef CH_AGE_KEY_H
#define CH_AGE_KEY_H

#include "crypto.h"
#include "rd.h"
#include "wr.h"

#define CH_AGE_RECIPIENT_MAX 2048 /* characters; room for the hybrid form */
#define CH_AGE_IDENTITY_MAX 128

typedef enum {
	CH_AGE_NONE = 0,
	CH_AGE_X25519 = 1,
} ch_age_type;

/* Public. */
typedef struct {
	ch_age_type type;
	ch_xkey x;
} ch_age_recipient;

/* Secret; the recipient is kept beside it because every unwrapping needs it. */
struct ch_age_identity {
	ch_age_type type;
	struct ch_secret32 secret;
	ch_age_recipient recipient;
};

/* FORMAT: not the canonical text of a type we know        LIMIT: too long */
CH_MUST_USE ch_err ch_age_recipient_parse(ch_age_recipient *out, ch_span in);
void ch_age_recipient_put(struct ch_wr *w, const ch_age_recipient *r);
bool ch_age_recipient_eq(const ch_age_recipient *a, const ch_age_recipient *b);

/* The same for identities; constant time in the secret. */
CH_MUST_USE ch_err ch_age_identity_parse(struct ch_age_identity *out, ch_span in);
void ch_age_identity_put(struct ch_wr *w, const struct ch_age_identity *id);

/* Make an identity of 32 random bytes. */
void ch_age_identity_make(struct ch_age_identity *out, ch_age_type type,
    const struct ch_secret32 *random);
void ch_age_identity_wipe(struct ch_age_identity *id);

#endif
