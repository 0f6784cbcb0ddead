/* The tagged stanzas: see age_tag.h. */
#include "age_tag.h"

#include "b64.h"
#include "ct.h"
#include "hpke.h"
#include "wipe.h"

#define CH_AGE_WRAPPED (sizeof(struct ch_file_key) + CH_AEAD_TAG)

/* What differs between the two. */
typedef struct {
	const char *name, *info;
	uint16_t kem;
	ch_span enc;     /* the encapsulated key */
	ch_span hashed;  /* what the tag names the recipient by */
} ch_age_tag;

/* tag = HKDF-Extract-SHA-256(ikm = enc || SHA-256(recipient)[:4], salt = info)[:4] */
static void ch_age_tag_put(struct ch_wr *w, const ch_age_tag *t)
{
	uint8_t text[sizeof(ch_pq256_enc) + CH_AGE_TAG_N], mac[32];
	struct ch_wr ikm = ch_wr_of(text, sizeof text);
	ch_hash id;

	ch_sha256(&id, t->hashed);
	ch_wr_put(&ikm, t->enc);
	ch_wr_put(&ikm, ch_span_of(id.b, CH_AGE_TAG_N));
	ch_hmac(mac, ch_span_str(t->info), ch_wr_span(&ikm));
	ch_b64_put(w, ch_span_of(mac, CH_AGE_TAG_N), CH_B64_RAW);
}

/* The stanza, once the key is encapsulated. */
static void ch_age_tag_stanza(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
    const struct ch_secret32 *shared, const ch_age_tag *t)
{
	uint8_t body[CH_AGE_WRAPPED];
	struct ch_hpke h;
	ch_err e;

	ch_hpke_base(&h, t->kem, shared, ch_span_str(t->info));
	e = ch_hpke_seal(a, body, &h, ch_span_of(key->b, sizeof key->b));
	ch_wipe(&h, sizeof h);
	if (e != CH_OK) {
		ch_wr_fail(w, e);
		return;
	}
	CH_CT_PUBLIC(body, sizeof body);
	CH_WR_LIT(w, "-> ");
	ch_wr_str(w, t->name);
	CH_WR_LIT(w, " ");
	ch_age_tag_put(w, t);
	CH_WR_LIT(w, " ");
	ch_b64_put(w, t->enc, CH_B64_RAW);
	CH_WR_LIT(w, "\n");
	ch_age_body_put(w, ch_span_of(body, sizeof body));
}

void ch_age_tag_wrap(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
    const ch_age_recipient *to, const ch_mlkem_ready *ready, const struct ch_secret64 *random)
{
	struct ch_secret32 shared, scalar;
	ch_p256 point, enc;
	ch_age_tag t = { .name = "p256tag", .info = "age-encryption.org/p256tag",
		.kem = CH_KEM_P256, .enc = ch_span_of(enc.b, sizeof enc.b),
		.hashed = ch_span_of(to->tag.b, sizeof to->tag.b) };
	ch_err e;

	(void)ready;
	CH_ASSERT(to->type == CH_AGE_TAG);
	memcpy(scalar.b, random->b, sizeof scalar.b);
	e = ch_p256_decompress(&point, &to->tag);
	if (e == CH_OK)
		e = ch_p256_encaps(&enc, &shared, &point, &scalar);
	ch_wipe(&scalar, sizeof scalar);
	if (e == CH_OK) {
		CH_CT_PUBLIC(&enc, sizeof enc); /* it is sent */
		ch_age_tag_stanza(w, a, key, &shared, &t);
	} else {
		ch_wr_fail(w, e);
	}
	ch_wipe(&shared, sizeof shared);
}

/* The tag names the curve point alone: hardware may not know the other half without a touch. */
void ch_age_tagpq_wrap(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
    const ch_age_recipient *to, const ch_mlkem_ready *ready, const struct ch_secret64 *random)
{
	struct ch_secret32 shared;
	ch_pq256_enc enc;
	ch_age_tag t = { .name = "mlkem768p256tag", .info = "age-encryption.org/mlkem768p256tag",
		.kem = CH_KEM_PQ256, .enc = ch_span_of(&enc, sizeof enc),
		.hashed = ch_span_of(to->tagpq.t.b, sizeof to->tagpq.t.b) };
	ch_err e;

	CH_ASSERT(to->type == CH_AGE_TAGPQ);
	e = ch_pq256_encaps(&enc, &shared, &to->tagpq, ready, random);
	if (e == CH_OK) {
		CH_CT_PUBLIC(&enc, sizeof enc); /* it is sent */
		ch_age_tag_stanza(w, a, key, &shared, &t);
	} else {
		ch_wr_fail(w, e);
	}
	ch_wipe(&shared, sizeof shared);
}
