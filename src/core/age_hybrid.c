/* The hybrid stanza: see age_hybrid.h. */
#include "age_hybrid.h"

#include "b64.h"
#include "ct.h"
#include "hpke.h"
#include "wipe.h"

#define CH_AGE_WRAPPED (sizeof(struct ch_file_key) + CH_AEAD_TAG)
#define CH_AGE_INFO CH_LIT("age-encryption.org/mlkem768x25519")

void ch_age_hybrid_wrap(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
    const ch_age_recipient *to, const ch_mlkem_ready *ready, const struct ch_secret64 *random)
{
	struct ch_secret32 shared;
	struct ch_hpke h;
	uint8_t body[CH_AGE_WRAPPED];
	ch_xwing_enc enc;
	ch_err e;

	CH_ASSERT(to->type == CH_AGE_HYBRID);
	e = ch_xwing_encaps(&enc, &shared, &to->hybrid, ready, random);
	if (e == CH_OK) {
		ch_hpke_base(&h, CH_KEM_XWING, &shared, CH_AGE_INFO);
		e = ch_hpke_seal(a, body, &h, ch_span_of(key->b, sizeof key->b));
		ch_wipe(&h, sizeof h);
	}
	ch_wipe(&shared, sizeof shared);
	if (e != CH_OK) {
		ch_wr_fail(w, e);
		return;
	}
	CH_CT_PUBLIC(&enc, sizeof enc); /* it is sent */
	CH_CT_PUBLIC(body, sizeof body);
	CH_WR_LIT(w, "-> mlkem768x25519 ");
	ch_b64_put(w, ch_span_of(&enc, sizeof enc), CH_B64_RAW);
	CH_WR_LIT(w, "\n");
	ch_age_body_put(w, ch_span_of(body, sizeof body));
}

/*
 * "MUST ... reject any stanza that has more or less than two arguments, or where the second
 * argument is not a canonical base64 encoding of a 1120-byte value. It MUST check that the body
 * length is exactly 32 bytes before attempting to decrypt it"
 */
static ch_err ch_age_hybrid_parse(ch_xwing_enc *enc, uint8_t body[CH_AGE_WRAPPED],
    const ch_age_stanza *s)
{
	if (s->n_args != 1)
		return CH_E_FORMAT;
	if (ch_b64_parse_n((uint8_t *)enc, sizeof *enc, ch_age_stanza_arg(s, 0), CH_B64_RAW) !=
	    CH_OK)
		return CH_E_FORMAT;
	return ch_age_stanza_body(body, CH_AGE_WRAPPED, s);
}

ch_err ch_age_hybrid_unwrap(struct ch_file_key *out, struct ch_aead *a, const ch_age_stanza *s,
    const struct ch_age_identity *id, const ch_mlkem_ready *ready)
{
	uint8_t body[CH_AGE_WRAPPED];
	struct ch_secret32 shared;
	struct ch_hpke h;
	ch_xwing_enc enc;
	ch_err e = ch_age_hybrid_parse(&enc, body, s);

	memset(out, 0, sizeof *out);
	if (e != CH_OK || !id)
		return e == CH_OK ? CH_E_ABSENT : e;
	e = ch_xwing_decaps(&shared, &id->hybrid, &id->recipient.hybrid, ready, &enc);
	if (e == CH_OK) {
		ch_hpke_base(&h, CH_KEM_XWING, &shared, CH_AGE_INFO);
		e = ch_hpke_open(a, out->b, &h, ch_span_of(body, sizeof body));
		ch_wipe(&h, sizeof h);
	}
	ch_wipe(&shared, sizeof shared);
	return e == CH_E_AUTH ? CH_E_ABSENT : e;
}
