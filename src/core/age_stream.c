/* age's payload chunk by chunk: see age_stream.h. Spec: c2sp.org/age, "Payload". */
#include "age_stream.h"

#include "wipe.h"

/* "the first 11 bytes are a big endian chunk counter ...; the last byte is 0x01 for the final
 * chunk and 0x00 for all preceding ones" */
static void ch_age_stream_nonce(uint8_t out[12], uint64_t index, bool last)
{
	memset(out, 0, 12);
	for (unsigned i = 0; i < 8; i++)
		out[10 - i] = (uint8_t)(index >> 8 * i);
	out[11] = last;
}

/* payload key = HKDF-SHA-256(ikm = file key, salt = nonce, info = "payload") */
void ch_age_stream_key(struct ch_aead *a, const struct ch_file_key *key,
    const uint8_t nonce[CH_AGE_NONCE])
{
	struct ch_secret32 payload;

	ch_hkdf(payload.b, sizeof payload.b, ch_span_of(key->b, sizeof key->b),
	    ch_span_of(nonce, CH_AGE_NONCE), CH_LIT("payload"));
	ch_aead_key(a, &payload);
	ch_wipe(&payload, sizeof payload);
}

ch_err ch_age_stream_seal(struct ch_aead *a, uint8_t *out, uint64_t index, bool last, ch_span in)
{
	uint8_t nonce[12];

	CH_ASSERT(in.n <= CH_AGE_CHUNK);
	ch_age_stream_nonce(nonce, index, last);
	return ch_aead_seal(a, out, nonce, in);
}

ch_err ch_age_stream_open(struct ch_aead *a, uint8_t *out, uint64_t index, bool last, ch_span in)
{
	uint8_t nonce[12];

	CH_ASSERT(in.n <= CH_AGE_SEALED);
	if (in.n < CH_AEAD_TAG)
		return CH_E_TRUNCATED;
	ch_age_stream_nonce(nonce, index, last);
	return ch_aead_open(a, out, nonce, in);
}
