/* The X25519 stanza: see age_x25519.h. Spec: c2sp.org/age, "X25519 recipient stanza". */
#include "age_x25519.h"

#include "b64.h"
#include "ct.h"
#include "wipe.h"

#define CH_AGE_WRAPPED (sizeof(struct ch_file_key) + CH_AEAD_TAG)

static const uint8_t ch_age_x25519_nonce[12]; /* "fixed as 12 0x00 bytes" */

/*
 * Key `a` with the wrap key. AUTH when the shared secret is all zero.
 * wrap key = HKDF-SHA-256(ikm = shared secret, salt = share | recipient, info)
 */
static ch_err ch_age_x25519_key(struct ch_aead *a, const struct ch_secret32 *sec,
    const ch_xkey *their, const ch_xkey *share, const ch_xkey *recipient)
{
	struct ch_secret32 shared, wrap;
	uint8_t salt[64];
	ch_err e = ch_x25519(&shared, sec, their);

	memcpy(salt, share->b, 32);
	memcpy(&salt[32], recipient->b, 32);
	if (e == CH_OK) {
		ch_hkdf(wrap.b, sizeof wrap.b, ch_span_of(shared.b, sizeof shared.b),
		    ch_span_of(salt, sizeof salt), CH_LIT("age-encryption.org/v1/X25519"));
		ch_aead_key(a, &wrap);
	}
	ch_wipe(&shared, sizeof shared);
	ch_wipe(&wrap, sizeof wrap);
	return e;
}

void ch_age_x25519_wrap(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
    const ch_age_recipient *to, const ch_mlkem_ready *ready, const struct ch_secret64 *random)
{
	struct ch_secret32 secret;
	uint8_t text[64], body[CH_AGE_WRAPPED];
	struct ch_wr args = ch_wr_of(text, sizeof text);
	ch_xkey share;
	ch_err e;

	(void)ready;
	CH_ASSERT(to->type == CH_AGE_X25519);
	memcpy(secret.b, random->b, sizeof secret.b);
	ch_x25519_base(&share, &secret);
	CH_CT_PUBLIC(&share, sizeof share); /* it is sent */
	e = ch_age_x25519_key(a, &secret, &to->x, &share, &to->x);
	ch_wipe(&secret, sizeof secret);
	if (e == CH_OK)
		e = ch_aead_seal(a, body, ch_age_x25519_nonce, ch_span_of(key->b, sizeof key->b));
	if (e != CH_OK) {
		ch_wr_fail(w, e == CH_E_AUTH ? CH_E_FORMAT : e);
		return;
	}
	CH_CT_PUBLIC(body, sizeof body);
	CH_WR_LIT(&args, "X25519 ");
	ch_b64_put(&args, ch_span_of(share.b, sizeof share.b), CH_B64_RAW);
	ch_age_stanza_put(w, ch_wr_span(&args), ch_span_of(body, sizeof body));
}

/*
 * "MUST ... reject any stanza that has more or less than two arguments, or where the second
 * argument is not a canonical base64 encoding of a 32-byte value. It MUST check that the body
 * length is exactly 32 bytes before attempting to decrypt it"
 */
static ch_err ch_age_x25519_parse(ch_xkey *share, uint8_t body[CH_AGE_WRAPPED],
    const ch_age_stanza *s)
{
	if (s->n_args != 1)
		return CH_E_FORMAT;
	if (ch_b64_parse_n(share->b, sizeof share->b, ch_age_stanza_arg(s, 0), CH_B64_RAW) != CH_OK)
		return CH_E_FORMAT;
	return ch_age_stanza_body(body, CH_AGE_WRAPPED, s);
}

ch_err ch_age_x25519_unwrap(struct ch_file_key *out, struct ch_aead *a, const ch_age_stanza *s,
    const struct ch_age_identity *id, const ch_mlkem_ready *ready)
{
	uint8_t body[CH_AGE_WRAPPED];
	ch_xkey share;
	ch_err e = ch_age_x25519_parse(&share, body, s);

	(void)ready;
	memset(out, 0, sizeof *out);
	if (e != CH_OK || !id)
		return e == CH_OK ? CH_E_ABSENT : e;
	/* "If the shared secret is all 0x00 bytes, the identity ... MUST abort." */
	if (ch_age_x25519_key(a, &id->secret, &share, &share, &id->recipient.x) != CH_OK)
		return CH_E_FORMAT;
	e = ch_aead_open(a, out->b, ch_age_x25519_nonce, ch_span_of(body, sizeof body));
	return e == CH_OK ? CH_OK : CH_E_ABSENT;
}
