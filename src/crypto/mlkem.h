/*
 * F1: ML-KEM-768 (FIPS 203). Pure functions of their inputs: randomness is an argument, as in
 * ML-KEM.KeyGen_internal and ML-KEM.Encaps_internal of the standard, and comes from the system's
 * source in the caller. Every input check of section 7 is made here.
 *
 * Constant time in the seed, in m, in the secret parts of dk and in whether a ciphertext fits.
 * NOMEM or INTERNAL are faults of libcrypto, where it does the work (-Dmlkem=openssl). Outputs are
 * zero on every error.
 */
#ifndef CH_MLKEM_H
#define CH_MLKEM_H

#include "crypto.h"
#include "mlkem_poly.h"

#define CH_MLKEM_EK 1184
#define CH_MLKEM_CT 1088
#define CH_MLKEM_DK 2400

typedef struct { uint8_t b[CH_MLKEM_EK]; } ch_mlkem_ek; /* encapsulation key, public */
typedef struct { uint8_t b[CH_MLKEM_CT]; } ch_mlkem_ct; /* ciphertext */

/* An encapsulation key with all that depends on it alone, for who uses it more than once: public.
 * matrix and hash are the implementation's own. */
typedef struct {
	ch_mlkem_ek ek;
	struct ch_poly matrix[9];
	uint8_t hash[32];
} ch_mlkem_ready;

/* Decapsulation key in the standard's form: secret 1152, ek 1184, hash of ek 32, z 32 bytes. */
struct ch_mlkem_dk { uint8_t b[CH_MLKEM_DK]; };

/* A key pair of a seed of 64 bytes: d, then z (algorithm 16). */
CH_MUST_USE ch_err ch_mlkem_keygen_derand(ch_mlkem_ek *ek, struct ch_mlkem_dk *dk,
    const struct ch_secret64 *d_z);

/* FORMAT when a coefficient of ek is not below the modulus (section 7.2). Public data. */
CH_MUST_USE ch_err ch_mlkem_ek_check(const ch_mlkem_ek *ek);

/* A shared secret and its ciphertext of 32 random bytes m (algorithm 17). FORMAT as ek_check. */
CH_MUST_USE ch_err ch_mlkem_encaps_derand(ch_mlkem_ct *ct, struct ch_secret32 *ss,
    const ch_mlkem_ek *ek, const struct ch_secret32 *m);

/* Make a key ready. FORMAT as ek_check. */
CH_MUST_USE ch_err ch_mlkem_ready_make(ch_mlkem_ready *out, const ch_mlkem_ek *ek);

/* encaps_derand for a key made ready: the same bytes in half the time. */
CH_MUST_USE ch_err ch_mlkem_encaps_ready(ch_mlkem_ct *ct, struct ch_secret32 *ss,
    const ch_mlkem_ready *to, const struct ch_secret32 *m);

/*
 * The shared secret of a ciphertext (algorithm 18). A ciphertext that was not made for dk is no
 * error: it gives a secret that nobody else knows (implicit rejection), so what is sealed with it
 * must carry a tag. FORMAT when dk's hash is not that of its ek (section 7.3).
 */
CH_MUST_USE ch_err ch_mlkem_decaps(struct ch_secret32 *ss, const struct ch_mlkem_dk *dk,
    const ch_mlkem_ct *ct);

/* decaps with dk's own ek made ready. FORMAT also when that is another's. */
CH_MUST_USE ch_err ch_mlkem_decaps_ready(struct ch_secret32 *ss, const struct ch_mlkem_dk *dk,
    const ch_mlkem_ready *own, const ch_mlkem_ct *ct);

#endif
