/*
 * F1: the key encapsulations of age's hybrid and tagged recipients, for hpke.h. Randomness is an
 * argument. NOMEM, INTERNAL: the libraries. Outputs are zero on every error. Constant time in
 * secrets.
 *
 * Sources: draft-ietf-hpke-pq, draft-connolly-cfrg-xwing-kem, RFC 9180 section 4.1.
 */
#ifndef CH_KEM_H
#define CH_KEM_H

#include "mlkem.h"
#include "p256.h"

/* MLKEM768-X25519, X-Wing: secure while either of the two is. */
typedef struct { ch_mlkem_ek m; ch_xkey x; } ch_xwing_pub; /* 1,216 bytes, as sent */
typedef struct { ch_mlkem_ct m; ch_xkey x; } ch_xwing_enc; /* 1,120 bytes, as sent */
struct ch_xwing_key { struct ch_mlkem_dk m; struct ch_secret32 x; };

/* The key pair of a seed. */
CH_MUST_USE ch_err ch_xwing_expand(ch_xwing_pub *pub, struct ch_xwing_key *key,
    const struct ch_secret32 *seed);
/* The public key alone, for who has no room for both. */
CH_MUST_USE ch_err ch_xwing_public(ch_xwing_pub *pub, const struct ch_secret32 *seed);
/* FORMAT: a coefficient above the modulus, or X25519 of low order. Public data. */
CH_MUST_USE ch_err ch_xwing_check(const ch_xwing_pub *pub);
/* random: m of ML-KEM, then the ephemeral X25519 secret. ready: to->m made ready, or NULL. FORMAT
 * as ch_xwing_check(). */
CH_MUST_USE ch_err ch_xwing_encaps(ch_xwing_enc *enc, struct ch_secret32 *shared,
    const ch_xwing_pub *to, const ch_mlkem_ready *ready, const struct ch_secret64 *random);
/* An encapsulation for another key is no error. ready: own->m made ready, or NULL. FORMAT: its
 * X25519 half is of low order. */
CH_MUST_USE ch_err ch_xwing_decaps(struct ch_secret32 *shared, const struct ch_xwing_key *key,
    const ch_xwing_pub *own, const ch_mlkem_ready *ready, const ch_xwing_enc *enc);

/* DHKEM(P-256, HKDF-SHA256), to a public key. FORMAT: not on the curve. */
CH_MUST_USE ch_err ch_p256_encaps(ch_p256 *enc, struct ch_secret32 *shared, const ch_p256 *to,
    const struct ch_secret32 *scalar);

/* MLKEM768-P256, to a public key. */
typedef struct { ch_mlkem_ek m; ch_p256 t; } ch_pq256_pub; /* 1,249 bytes, as sent */
typedef struct { ch_mlkem_ct m; ch_p256 t; } ch_pq256_enc; /* 1,153 bytes, as sent */

CH_MUST_USE ch_err ch_pq256_check(const ch_pq256_pub *pub);
/* random: m of ML-KEM, then the ephemeral scalar. ready as above. FORMAT as ch_pq256_check(). */
CH_MUST_USE ch_err ch_pq256_encaps(ch_pq256_enc *enc, struct ch_secret32 *shared,
    const ch_pq256_pub *to, const ch_mlkem_ready *ready, const struct ch_secret64 *random);

#endif
