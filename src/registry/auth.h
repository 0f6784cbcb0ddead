/*
 * Challenges and tokens. Both live in memory only, in tables of fixed size: a restart signs all
 * out. Real time, never the virtual clock. A token is found by the first bits of its hash, then
 * compared whole.
 */
#ifndef CH_AUTH_H
#define CH_AUTH_H

#include "crypto.h"
#include "vkey.h"

#define CH_CHALLENGE_S 60
#define CH_TOKEN_S 600
#define CH_CHALLENGES 1024
#define CH_TOKENS 1024
#define CH_TOKENS_EACH 32 /* of one delegate */

/* Who is signed in. */
typedef struct {
	ch_span party, delegate; /* into the table's memory */
} ch_who;

struct ch_auth;

CH_MUST_USE ch_err ch_auth_new(struct ch_auth **out);
void ch_auth_free(struct ch_auth *a);

/* A challenge. Nothing is kept of it: it proves itself, and strangers who ask for many take nothing
 * from others. */
CH_MUST_USE ch_err ch_auth_challenge(ch_hash *out, const struct ch_auth *a, int64_t now);
/* Use it up. ABSENT: never given, used or expired. */
CH_MUST_USE ch_err ch_auth_use(struct ch_auth *a, const ch_hash *challenge, int64_t now);
/* A token for a delegate who proved to be one: 64 hex digits. */
CH_MUST_USE ch_err ch_auth_token(uint8_t hex[64], struct ch_auth *a, ch_span party,
    ch_span delegate, int64_t now);
/* Sign a delegate out everywhere: it was recalled. */
void ch_auth_forget(struct ch_auth *a, ch_span delegate);
/* From an Authorization value `Bearer <token>`. ABSENT: none that counts. */
CH_MUST_USE ch_err ch_auth_who(ch_who *out, const struct ch_auth *a, ch_span authorization,
    int64_t now);

#endif
