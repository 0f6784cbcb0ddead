/* HPKE in base mode: see hpke.h. */
#include "hpke.h"

#include "wipe.h"
#include "wr.h"

#define CH_HPKE_KDF 0x0001u  /* HKDF-SHA256 */
#define CH_HPKE_AEAD 0x0003u /* ChaCha20Poly1305 */
#define CH_HPKE_TEXT (CH_HPKE_PART + 64u)

void ch_hpke_extract(uint8_t out[32], ch_span suite, ch_span salt, const char *label, ch_span ikm)
{
	uint8_t text[CH_HPKE_TEXT];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	CH_WR_LIT(&w, "HPKE-v1");
	ch_wr_put(&w, suite);
	ch_wr_str(&w, label);
	ch_wr_put(&w, ikm);
	CH_ASSERT(w.err == CH_OK);
	ch_hmac(out, salt, ch_wr_span(&w));
	ch_wipe(text, sizeof text);
}

void ch_hpke_expand(uint8_t *out, size_t n, ch_span suite, const uint8_t prk[32],
    const char *label, ch_span info)
{
	uint8_t text[CH_HPKE_TEXT], t[32];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	CH_ASSERT(n <= sizeof t);
	ch_wr_be16(&w, (uint16_t)n);
	CH_WR_LIT(&w, "HPKE-v1");
	ch_wr_put(&w, suite);
	ch_wr_str(&w, label);
	ch_wr_put(&w, info);
	ch_wr_u8(&w, 1); /* HKDF-Expand (RFC 5869): one block is all that is ever asked for */
	CH_ASSERT(w.err == CH_OK);
	ch_hmac(t, ch_span_of(prk, 32), ch_wr_span(&w));
	memcpy(out, t, n);
	ch_wipe(text, sizeof text);
	ch_wipe(t, sizeof t);
}

/* Section 5.1: KeySchedule with mode_base, an empty psk and an empty psk_id. */
void ch_hpke_base(struct ch_hpke *out, uint16_t kem, const struct ch_secret32 *shared,
    ch_span info)
{
	uint8_t id[10], context[65] = { 0 }, secret[32];
	struct ch_wr w = ch_wr_of(id, sizeof id);
	ch_span suite, all = ch_span_of(context, sizeof context), none = { 0 };

	CH_ASSERT(info.n <= CH_HPKE_INFO);
	CH_WR_LIT(&w, "HPKE");
	ch_wr_be16(&w, kem);
	ch_wr_be16(&w, CH_HPKE_KDF);
	ch_wr_be16(&w, CH_HPKE_AEAD);
	suite = ch_wr_span(&w);
	ch_hpke_extract(&context[1], suite, none, "psk_id_hash", none);
	ch_hpke_extract(&context[33], suite, none, "info_hash", info);
	ch_hpke_extract(secret, suite, ch_span_of(shared->b, sizeof shared->b), "secret", none);
	ch_hpke_expand(out->key.b, sizeof out->key.b, suite, secret, "key", all);
	ch_hpke_expand(out->nonce, sizeof out->nonce, suite, secret, "base_nonce", all);
	ch_wipe(secret, sizeof secret);
}

ch_err ch_hpke_seal(struct ch_aead *a, uint8_t *out, const struct ch_hpke *h, ch_span in)
{
	ch_aead_key(a, &h->key);
	return ch_aead_seal(a, out, h->nonce, in);
}

ch_err ch_hpke_open(struct ch_aead *a, uint8_t *out, const struct ch_hpke *h, ch_span in)
{
	ch_aead_key(a, &h->key);
	return ch_aead_open(a, out, h->nonce, in);
}
