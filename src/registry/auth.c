/* Tables of challenges and tokens: see auth.h. */
#include "auth.h"

#include "hex.h"
#include "mem.h"
#include "rng.h"
#include "wipe.h"

struct token {
	ch_hash hash; /* of the 64 digits; the token itself is not kept */
	int64_t until;
	size_t n_party, n_delegate;
	uint8_t party[CH_NAME_MAX], delegate[CH_NAME_MAX];
};

struct challenge {
	ch_hash value;
	int64_t until;
};

struct ch_auth {
	size_t next_challenge, next_token;
	struct challenge challenge[CH_CHALLENGES];
	struct token token[CH_TOKENS];
};

ch_err ch_auth_new(struct ch_auth **out)
{
	*out = ch_alloc(sizeof **out);
	return *out ? CH_OK : CH_E_NOMEM;
}

void ch_auth_free(struct ch_auth *a)
{
	if (a)
		ch_free(a, sizeof *a);
}

ch_err ch_auth_challenge(ch_hash *out, struct ch_auth *a, int64_t now)
{
	struct challenge *c = &a->challenge[a->next_challenge];
	ch_err e = ch_random(out->b, sizeof out->b);

	if (e != CH_OK)
		return e;
	a->next_challenge = (a->next_challenge + 1) % CH_CHALLENGES;
	c->value = *out;
	c->until = now + CH_CHALLENGE_S;
	return CH_OK;
}

ch_err ch_auth_use(struct ch_auth *a, const ch_hash *challenge, int64_t now)
{
	for (size_t i = 0; i < CH_CHALLENGES; i++) {
		struct challenge *c = &a->challenge[i];

		if (c->until == 0 || !ch_hash_eq(&c->value, challenge))
			continue;
		if (c->until < now) {
			c->until = 0;
			return CH_E_ABSENT;
		}
		c->until = 0;
		return CH_OK;
	}
	return CH_E_ABSENT;
}

/* A free or expired place, else the next one round. */
static struct token *place(struct ch_auth *a, int64_t now)
{
	for (size_t i = 0; i < CH_TOKENS; i++)
		if (a->token[i].until < now)
			return &a->token[i];
	a->next_token = (a->next_token + 1) % CH_TOKENS;
	return &a->token[a->next_token];
}

ch_err ch_auth_token(uint8_t hex[64], struct ch_auth *a, ch_span party, ch_span delegate,
    int64_t now)
{
	uint8_t raw[32];
	struct ch_wr w = ch_wr_of(hex, 64);
	struct token *t = place(a, now);
	ch_err e = ch_random(raw, sizeof raw);

	memset(hex, 0, 64);
	if (e != CH_OK)
		return e;
	if (party.n > CH_NAME_MAX || delegate.n > CH_NAME_MAX) {
		ch_wipe(raw, sizeof raw);
		return CH_E_LIMIT;
	}
	ch_hex_put(&w, ch_span_of(raw, sizeof raw));
	ch_wipe(raw, sizeof raw);
	memset(t, 0, sizeof *t);
	ch_sha256(&t->hash, ch_span_of(hex, 64));
	t->until = now + CH_TOKEN_S;
	t->n_party = party.n;
	t->n_delegate = delegate.n;
	memcpy(t->party, party.p, party.n);
	memcpy(t->delegate, delegate.p, delegate.n);
	return ch_wr_done(&w);
}

void ch_auth_forget(struct ch_auth *a, ch_span delegate)
{
	for (size_t i = 0; i < CH_TOKENS; i++) {
		struct token *t = &a->token[i];

		if (t->until && ch_span_eq(ch_span_of(t->delegate, t->n_delegate), delegate))
			ch_wipe(t, sizeof *t);
	}
}

ch_err ch_auth_who(ch_who *out, const struct ch_auth *a, ch_span authorization, int64_t now)
{
	struct ch_rd r = ch_rd_of(authorization);
	const struct token *found = NULL;
	ch_span token;
	ch_hash hash;

	*out = (ch_who){ 0 };
	CH_RD_LIT(&r, "Bearer ");
	token = ch_rd_take(&r, 64);
	if (ch_rd_done(&r) != CH_OK)
		return CH_E_ABSENT;
	ch_sha256(&hash, token);
	for (size_t i = 0; i < CH_TOKENS; i++)
		if (ch_ct_equal(a->token[i].hash.b, hash.b, sizeof hash.b))
			found = &a->token[i];
	if (!found || found->until < now)
		return CH_E_ABSENT;
	out->party = ch_span_of(found->party, found->n_party);
	out->delegate = ch_span_of(found->delegate, found->n_delegate);
	return CH_OK;
}
