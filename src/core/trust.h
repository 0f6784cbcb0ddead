/*
 * Whom the verifier believes. A trust file has the lines
 *
 *     # a comment
 *     registry <vkey>
 *     party <handle> <vkey>
 *
 * and nothing else; quorums of cosigners stand in a tlog-policy file beside it. Spans point into
 * the file's text, which must outlive the trust.
 */
#ifndef CH_TRUST_H
#define CH_TRUST_H

#include "policy.h"

#define CH_TRUST_REGISTRIES_MAX 16u
#define CH_TRUST_PARTIES_MAX 64u
#define CH_TRUST_TEXT_MAX ((size_t)65536)

typedef struct {
	ch_span handle;
	ch_vkey key;
} ch_trust_party;

typedef struct {
	size_t n_registries, n_parties;
	ch_vkey registry[CH_TRUST_REGISTRIES_MAX];
	ch_trust_party party[CH_TRUST_PARTIES_MAX];
	const ch_policy *policy; /* borrowed; NULL: no quorum of cosigners is asked */
} ch_trust;

/* FORMAT, TRUNCATED, LIMIT; `diag` (may be NULL) says what and at which byte. No name twice; keys
 * are sound; policy is left NULL. */
CH_MUST_USE ch_err ch_trust_parse(ch_trust *out, ch_span text, struct ch_diag *diag);

void ch_trust_put_registry(struct ch_wr *w, const ch_vkey *key);
void ch_trust_put_party(struct ch_wr *w, ch_span handle, const ch_vkey *key);

/* NULL when the trust says nothing of them. */
const ch_vkey *ch_trust_registry(const ch_trust *t, ch_span origin);
const ch_vkey *ch_trust_party_key(const ch_trust *t, ch_span handle);

#endif
