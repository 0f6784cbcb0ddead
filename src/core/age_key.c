/* age's keys as text: see age_key.h. Spec: c2sp.org/age, "Native recipient types". */
#include "age_key.h"

#include "bech32.h"
#include "ct.h"
#include "wipe.h"

/* One row a type. Human-readable parts are compared as written, so that "AGE1..." and
 * "age-secret-key-1..." are not the canonical spellings. */
typedef struct {
	ch_age_type type;
	const char *public, *secret; /* secret: in lower case, NULL for hardware */
	size_t n;                    /* bytes of a public key */
} ch_age_row;

static const ch_age_row ch_age_rows[] = {
	{ CH_AGE_X25519, "age", "age-secret-key-", sizeof(ch_xkey) },
	{ CH_AGE_HYBRID, "age1pq", "age-secret-key-pq-", sizeof(ch_xwing_pub) },
	{ CH_AGE_TAG, "age1tag", NULL, sizeof(ch_p256c) },
	{ CH_AGE_TAGPQ, "age1tagpq", NULL, sizeof(ch_pq256_pub) },
};

static const ch_age_row *ch_age_row_of(ch_age_type type)
{
	CH_ASSERT(type >= CH_AGE_X25519 && type <= CH_AGE_TAGPQ);
	return &ch_age_rows[type - CH_AGE_X25519];
}

/* All members of the union begin where it begins. */
static ch_span ch_age_public(const ch_age_recipient *r)
{
	return ch_span_of(&r->tagpq, ch_age_row_of(r->type)->n);
}

/* ---- recipients ---- */

static ch_err ch_age_check(const ch_age_recipient *r)
{
	ch_p256 point;

	switch (r->type) {
	case CH_AGE_HYBRID:
		return ch_mlkem_ek_check(&r->hybrid.m);
	case CH_AGE_TAG:
		return ch_p256_decompress(&point, &r->tag);
	case CH_AGE_TAGPQ:
		return ch_pq256_check(&r->tagpq);
	default:
		return CH_OK;
	}
}

ch_err ch_age_recipient_parse(ch_age_recipient *out, ch_span in)
{
	ch_bech32 b;
	ch_err e;
	size_t n = 0;

	memset(out, 0, sizeof *out);
	if (in.n > CH_AGE_RECIPIENT_MAX)
		return CH_E_LIMIT;
	e = ch_bech32_parse(&b, in);
	for (size_t i = 0; e == CH_OK && i < CH_COUNT(ch_age_rows); i++)
		if (ch_span_eq(b.hrp, ch_span_str(ch_age_rows[i].public)))
			out->type = ch_age_rows[i].type;
	if (e == CH_OK && out->type != CH_AGE_NONE) {
		const ch_age_row *row = ch_age_row_of(out->type);

		e = ch_bech32_bytes((uint8_t *)&out->tagpq, &n, row->n, &b);
		if (e == CH_OK && n == row->n)
			e = ch_age_check(out);
	}
	if (e == CH_OK && n > 0 && n == ch_age_row_of(out->type)->n)
		return CH_OK;
	memset(out, 0, sizeof *out);
	return e == CH_E_NOMEM || e == CH_E_INTERNAL ? e : CH_E_FORMAT;
}

ch_err ch_age_recipient_check(const ch_age_recipient *r)
{
	if (r->type == CH_AGE_HYBRID)
		return ch_xwing_check(&r->hybrid);
	if (r->type == CH_AGE_X25519)
		return ch_x25519_check(&r->x);
	return ch_age_check(r);
}

void ch_age_recipient_put(struct ch_wr *w, const ch_age_recipient *r)
{
	ch_bech32_put(w, ch_span_str(ch_age_row_of(r->type)->public), ch_age_public(r),
	    CH_BECH32_LOWER);
}

bool ch_age_recipient_eq(const ch_age_recipient *a, const ch_age_recipient *b)
{
	if (a->type != b->type || a->type == CH_AGE_NONE)
		return a->type == b->type;
	return ch_span_eq(ch_age_public(a), ch_age_public(b));
}

ch_err ch_age_ready_make(ch_age_ready *out, const ch_age_recipient *r)
{
	ch_err e = CH_OK;

	memset(out, 0, sizeof *out);
	if (r->type == CH_AGE_HYBRID)
		e = ch_mlkem_ready_make(&out->m, &r->hybrid.m);
	else if (r->type == CH_AGE_TAGPQ)
		e = ch_mlkem_ready_make(&out->m, &r->tagpq.m);
	if (e == CH_OK)
		out->to = *r;
	return e;
}

/* ---- identities ---- */

static ch_err ch_age_secret(ch_age_type *type, struct ch_secret32 *secret, ch_span in)
{
	ch_bech32 b;
	size_t n = 0;
	ch_err e;

	*type = CH_AGE_NONE;
	memset(secret, 0, sizeof *secret);
	if (in.n > CH_AGE_IDENTITY_MAX)
		return CH_E_LIMIT;
	e = ch_bech32_parse(&b, in);
	if (e == CH_OK && ch_span_eq(b.hrp, CH_LIT("AGE-SECRET-KEY-")))
		*type = CH_AGE_X25519;
	else if (e == CH_OK && ch_span_eq(b.hrp, CH_LIT("AGE-SECRET-KEY-PQ-")))
		*type = CH_AGE_HYBRID;
	if (*type != CH_AGE_NONE &&
	    ch_bech32_bytes(secret->b, &n, sizeof secret->b, &b) == CH_OK && n == sizeof secret->b)
		return CH_OK;
	ch_wipe(secret, sizeof *secret);
	*type = CH_AGE_NONE;
	return CH_E_FORMAT;
}

ch_err ch_age_identity_parse(struct ch_age_identity *out, ch_span in)
{
	struct ch_secret32 secret;
	ch_age_type type;
	ch_err e = ch_age_secret(&type, &secret, in);

	memset(out, 0, sizeof *out);
	if (e == CH_OK)
		e = ch_age_identity_make(out, type, &secret);
	ch_wipe(&secret, sizeof secret);
	return e;
}

void ch_age_identity_put(struct ch_wr *w, const struct ch_age_identity *id)
{
	const ch_age_row *row = ch_age_row_of(id->type);

	CH_ASSERT(row->secret);
	ch_bech32_put(w, ch_span_str(row->secret), ch_span_of(id->secret.b, sizeof id->secret.b),
	    CH_BECH32_UPPER);
}

ch_err ch_age_identity_make(struct ch_age_identity *out, ch_age_type type,
    const struct ch_secret32 *random)
{
	ch_err e = CH_OK;

	CH_ASSERT(type == CH_AGE_X25519 || type == CH_AGE_HYBRID);
	memset(out, 0, sizeof *out);
	out->type = out->recipient.type = type;
	out->secret = *random;
	if (type == CH_AGE_HYBRID)
		e = ch_xwing_expand(&out->recipient.hybrid, &out->hybrid, random);
	else
		ch_x25519_base(&out->recipient.x, random);
	CH_CT_PUBLIC(&out->recipient, sizeof out->recipient);
	if (e != CH_OK)
		ch_age_identity_wipe(out);
	return e;
}

void ch_age_identity_wipe(struct ch_age_identity *id)
{
	ch_wipe(id, sizeof *id);
}

/* Expanded into the caller's frame there is no room for: only the public half is kept. */
ch_err ch_age_identity_recipient(ch_age_recipient *out, ch_span identity)
{
	struct ch_secret32 secret;
	ch_age_type type;
	ch_err e = ch_age_secret(&type, &secret, identity);

	memset(out, 0, sizeof *out);
	if (e == CH_OK && type == CH_AGE_HYBRID)
		e = ch_xwing_public(&out->hybrid, &secret);
	else if (e == CH_OK)
		ch_x25519_base(&out->x, &secret);
	if (e == CH_OK) {
		out->type = type;
		CH_CT_PUBLIC(out, sizeof *out);
	}
	ch_wipe(&secret, sizeof secret);
	return e;
}
