/* Tables of challenges and tokens: see auth.h. */
#include "auth.h"

#include "hex.h"
#include "mem.h"
#include "rng.h"
#include "wipe.h"

struct token {
	struct token *next; /* in its chain */
	ch_hash hash; /* of the 64 digits; the token itself is not kept */
	int64_t until;
	size_t n_party, n_delegate;
	uint8_t party[CH_NAME_MAX], delegate[CH_NAME_MAX];
};

struct ch_auth {
	size_t next_used, next_token;
	struct ch_secret32 key;      /* of this run: what makes a challenge ours */
	ch_hash used[CH_CHALLENGES]; /* those that signed somebody in */
	struct token *chain[CH_TOKENS]; /* by first bits of the hash */
	struct token token[CH_TOKENS];
};

ch_err ch_auth_new(struct ch_auth **out)
{
	struct ch_auth *a = ch_alloc(sizeof *a);
	ch_err e = a ? ch_random(&a->key, sizeof a->key) : CH_E_NOMEM;

	*out = NULL;
	if (e == CH_OK)
		*out = a;
	else
		ch_auth_free(a);
	return e;
}

void ch_auth_free(struct ch_auth *a)
{
	if (a)
		ch_free(a, sizeof *a);
}

/* The half that proves the other: 16 bytes of a MAC. */
static void mark(uint8_t out[16], const struct ch_auth *a, ch_span head)
{
	uint8_t mac[32];

	ch_hmac(mac, ch_span_of(a->key.b, sizeof a->key.b), head);
	memcpy(out, mac, 16);
	ch_wipe(mac, sizeof mac);
}

ch_err ch_auth_challenge(ch_hash *out, const struct ch_auth *a, int64_t now)
{
	uint64_t until = (uint64_t)(now + CH_CHALLENGE_S);
	ch_err e = ch_random(out->b, 16);

	for (size_t i = 0; i < 8; i++)
		out->b[i] = (uint8_t)(until >> (8 * (7 - i)));
	mark(&out->b[16], a, ch_span_of(out->b, 16));
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

ch_err ch_auth_use(struct ch_auth *a, const ch_hash *challenge, int64_t now)
{
	uint8_t want[16];
	uint64_t until = 0;

	mark(want, a, ch_span_of(challenge->b, 16));
	if (!ch_ct_equal(want, &challenge->b[16], sizeof want))
		return CH_E_ABSENT;
	for (size_t i = 0; i < 8; i++)
		until = until << 8 | challenge->b[i];
	if (until < (uint64_t)now)
		return CH_E_ABSENT;
	for (size_t i = 0; i < CH_CHALLENGES; i++)
		if (ch_hash_eq(&a->used[i], challenge))
			return CH_E_ABSENT;
	a->used[a->next_used] = *challenge;
	a->next_used = (a->next_used + 1) % CH_CHALLENGES;
	return CH_OK;
}

/* A free or expired place, else the next one round; of one delegate only so many, so that none
 * crowds the others out. */
static struct token *place(struct ch_auth *a, ch_span delegate, int64_t now)
{
	struct token *free = NULL, *oldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < CH_TOKENS; i++) {
		struct token *t = &a->token[i];

		if (t->until < now) {
			free = free ? free : t;
		} else if (ch_span_eq(ch_span_of(t->delegate, t->n_delegate), delegate)) {
			n++;
			oldest = oldest && oldest->until <= t->until ? oldest : t;
		}
	}
	if (n >= CH_TOKENS_EACH)
		return oldest;
	if (free)
		return free;
	a->next_token = (a->next_token + 1) % CH_TOKENS;
	return &a->token[a->next_token];
}

static unsigned chain_at(const ch_hash *h)
{
	return (h->b[0] | (unsigned)h->b[1] << 8) % CH_TOKENS;
}

/* Forget a token, if there is one in this place. */
static void drop(struct ch_auth *a, struct token *t)
{
	struct token **at = &a->chain[chain_at(&t->hash)];

	while (*at && *at != t)
		at = &(*at)->next;
	if (*at)
		*at = t->next;
	ch_wipe(t, sizeof *t);
}

ch_err ch_auth_token(uint8_t hex[64], struct ch_auth *a, ch_span party, ch_span delegate,
    int64_t now)
{
	uint8_t raw[32];
	struct ch_wr w = ch_wr_of(hex, 64);
	struct token *t = place(a, delegate, now), **first;
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
	drop(a, t);
	ch_sha256(&t->hash, ch_span_of(hex, 64));
	first = &a->chain[chain_at(&t->hash)];
	t->next = *first;
	*first = t;
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
			drop(a, t);
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
	/* How long this takes shows at most which bits a hash begins with, and those help nobody to
	 * find a token that has it: 256 random bits stand before the hash. */
	for (const struct token *t = a->chain[chain_at(&hash)]; t && !found; t = t->next)
		if (ch_ct_equal(t->hash.b, hash.b, sizeof hash.b))
			found = t;
	if (!found || found->until < now)
		return CH_E_ABSENT;
	out->party = ch_span_of(found->party, found->n_party);
	out->delegate = ch_span_of(found->delegate, found->n_delegate);
	return CH_OK;
}
