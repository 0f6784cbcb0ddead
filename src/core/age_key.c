/* age's keys as text: see age_key.h. Spec: c2sp.org/age, "The X25519 recipient type". */
#include "age_key.h"

#include "bech32.h"
#include "ct.h"
#include "wipe.h"

/* Compared as written: "AGE1..." and "age-secret-key-1..." are not the canonical spellings. */
#define CH_AGE_HRP_PUBLIC "age"
#define CH_AGE_HRP_SECRET "AGE-SECRET-KEY-"

static ch_err ch_age_text(uint8_t out[32], ch_span in, ch_span hrp)
{
	ch_bech32 b;
	size_t n = 0;
	ch_err e = ch_bech32_parse(&b, in);

	if (e == CH_OK && !ch_span_eq(b.hrp, hrp))
		e = CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_bech32_bytes(out, &n, 32, &b);
	if (e == CH_OK && n == 32)
		return CH_OK;
	ch_wipe(out, 32);
	return CH_E_FORMAT;
}

ch_err ch_age_recipient_parse(ch_age_recipient *out, ch_span in)
{
	ch_age_recipient r = { .type = CH_AGE_X25519 };
	ch_err e;

	*out = (ch_age_recipient){ 0 };
	if (in.n > CH_AGE_RECIPIENT_MAX)
		return CH_E_LIMIT;
	e = ch_age_text(r.x.b, in, CH_LIT(CH_AGE_HRP_PUBLIC));
	if (e == CH_OK)
		*out = r;
	return e;
}

void ch_age_recipient_put(struct ch_wr *w, const ch_age_recipient *r)
{
	CH_ASSERT(r->type == CH_AGE_X25519);
	ch_bech32_put(w, CH_LIT(CH_AGE_HRP_PUBLIC), ch_span_of(r->x.b, sizeof r->x.b),
	    CH_BECH32_LOWER);
}

bool ch_age_recipient_eq(const ch_age_recipient *a, const ch_age_recipient *b)
{
	return a->type == b->type && ch_span_eq(ch_span_of(a->x.b, sizeof a->x.b),
	    ch_span_of(b->x.b, sizeof b->x.b));
}

ch_err ch_age_identity_parse(struct ch_age_identity *out, ch_span in)
{
	struct ch_secret32 secret = { 0 };
	ch_err e;

	memset(out, 0, sizeof *out);
	if (in.n > CH_AGE_IDENTITY_MAX)
		return CH_E_LIMIT;
	e = ch_age_text(secret.b, in, CH_LIT(CH_AGE_HRP_SECRET));
	if (e == CH_OK)
		ch_age_identity_make(out, CH_AGE_X25519, &secret);
	ch_wipe(&secret, sizeof secret);
	return e;
}

void ch_age_identity_put(struct ch_wr *w, const struct ch_age_identity *id)
{
	CH_ASSERT(id->type == CH_AGE_X25519);
	ch_bech32_put(w, CH_LIT("age-secret-key-"), ch_span_of(id->secret.b, sizeof id->secret.b),
	    CH_BECH32_UPPER);
}

void ch_age_identity_make(struct ch_age_identity *out, ch_age_type type,
    const struct ch_secret32 *random)
{
	CH_ASSERT(type == CH_AGE_X25519);
	out->type = type;
	out->secret = *random;
	out->recipient = (ch_age_recipient){ .type = type };
	ch_x25519_base(&out->recipient.x, random);
	CH_CT_PUBLIC(&out->recipient, sizeof out->recipient);
}

void ch_age_identity_wipe(struct ch_age_identity *id)
{
	ch_wipe(id, sizeof *id);
}
