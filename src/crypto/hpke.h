/*
 * F1: HPKE (RFC 9180), base mode, one message: HKDF-SHA-256 and ChaCha20-Poly1305 over the shared
 * secret of a KEM (kem.h). Constant time in the secret.
 */
#ifndef CH_HPKE_H
#define CH_HPKE_H

#include "crypto.h"

#define CH_KEM_P256 0x0010u     /* DHKEM(P-256, HKDF-SHA256)                  */
#define CH_KEM_PQ256 0x0050u    /* MLKEM768-P256 (draft-ietf-hpke-pq)         */
#define CH_KEM_XWING 0x647au    /* MLKEM768-X25519 (the same draft), X-Wing   */

/* Key and base nonce, which is the nonce of the first message (section 5.1, KeySchedule). */
struct ch_hpke {
	struct ch_secret32 key;
	uint8_t nonce[12];
};

/* The caller wipes. info: at most CH_HPKE_INFO bytes. */
#define CH_HPKE_INFO 64u
void ch_hpke_base(struct ch_hpke *out, uint16_t kem, const struct ch_secret32 *shared,
    ch_span info);

/* The first message, without additional data. out has in.n + CH_AEAD_TAG bytes. INTERNAL. */
CH_MUST_USE ch_err ch_hpke_seal(struct ch_aead *a, uint8_t *out, const struct ch_hpke *h,
    ch_span in);
/* out has in.n - CH_AEAD_TAG bytes. AUTH. */
CH_MUST_USE ch_err ch_hpke_open(struct ch_aead *a, uint8_t *out, const struct ch_hpke *h,
    ch_span in);

/* Section 4, "Cryptographic Dependencies": the labelled hashes, for the KEMs. `suite` is suite_id.
 * Values of at most CH_HPKE_PART bytes. */
#define CH_HPKE_PART 192u
void ch_hpke_extract(uint8_t out[32], ch_span suite, ch_span salt, const char *label, ch_span ikm);
/* n <= 32. */
void ch_hpke_expand(uint8_t *out, size_t n, ch_span suite, const uint8_t prk[32],
    const char *label, ch_span info);

#endif
