/*
 * F1: what the house needs of cryptography, and no more. One header, one .c per primitive; only
 * these files include libsodium and OpenSSL. Randomness is an argument everywhere: the core is
 * a pure function of its inputs.
 *
 * Call ch_crypto_init() once, before anything else and before threads.
 */
#ifndef CH_CRYPTO_H
#define CH_CRYPTO_H

#include "err.h"
#include "span.h"

typedef struct { uint8_t b[32]; } ch_hash;    /* SHA-256                                */
typedef struct { uint8_t b[32]; } ch_edkey;   /* Ed25519 public key                     */
typedef struct { uint8_t b[64]; } ch_sig;     /* Ed25519 signature                      */
typedef struct { uint8_t b[32]; } ch_xkey;    /* X25519 public key                      */

struct ch_secret32 { uint8_t b[32]; };        /* a seed, an X25519 scalar, an AEAD key  */
struct ch_secret64 { uint8_t b[64]; };        /* two of them                            */
struct ch_edsecret { uint8_t b[64]; };        /* seed and public key, libsodium's form  */

/* INTERNAL when a library refuses to start. */
CH_MUST_USE ch_err ch_crypto_init(void);

/* SHA-256 (FIPS 180-4). The state is plain memory: assignment clones a running hash. */
struct ch_sha256 { uint64_t opaque[16]; };
void ch_sha256_init(struct ch_sha256 *s);
void ch_sha256_update(struct ch_sha256 *s, ch_span in);
void ch_sha256_final(struct ch_sha256 *s, ch_hash *out);
void ch_sha256(ch_hash *out, ch_span in);

static inline bool ch_hash_eq(const ch_hash *a, const ch_hash *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static inline bool ch_edkey_eq(const ch_edkey *a, const ch_edkey *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

/* HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869). Constant time in key and input. */
void ch_hmac(uint8_t out[32], ch_span key, ch_span in);
/* n <= 8160. */
void ch_hkdf(uint8_t *out, size_t n, ch_span ikm, ch_span salt, ch_span info);

/*
 * Ed25519 (RFC 8032) as libsodium judges it: cofactorless, canonical, no key or R of low order.
 * That rule is *the* rule of our formats. Never batched.
 */
void ch_ed25519_keypair(ch_edkey *pub, struct ch_edsecret *sec, const struct ch_secret32 *seed);
void ch_ed25519_sign(ch_sig *out, ch_span msg, const struct ch_edsecret *sec);
/* AUTH when it does not verify. Variable time: public data. */
CH_MUST_USE ch_err ch_ed25519_verify(const ch_sig *sig, ch_span msg, const ch_edkey *pub);
/* Whether a key lies in the prime-order group; only such keys enrol (delivery.md section 1). */
bool ch_ed25519_key_is_sound(const ch_edkey *pub);

/* X25519 (RFC 7748). */
void ch_x25519_base(ch_xkey *pub, const struct ch_secret32 *sec);
/* FORMAT: of low order, in any spelling, so that nothing can be sealed to it. Public data. */
CH_MUST_USE ch_err ch_x25519_check(const ch_xkey *pub);
/* AUTH when the shared secret is all zero (a key of low order): out is then zero. */
CH_MUST_USE ch_err ch_x25519(struct ch_secret32 *out, const struct ch_secret32 *sec,
    const ch_xkey *pub);

/*
 * ChaCha20-Poly1305 (RFC 8439). The context holds a library handle made once and reused; deinit
 * wipes and frees it.
 */
#define CH_AEAD_TAG 16
struct ch_aead { void *handle; };
CH_MUST_USE ch_err ch_aead_init(struct ch_aead *a);
void ch_aead_deinit(struct ch_aead *a);
void ch_aead_key(struct ch_aead *a, const struct ch_secret32 *key);
/* out has in.n + CH_AEAD_TAG bytes; in place (out == in.p) is allowed. INTERNAL: library fault. */
CH_MUST_USE ch_err ch_aead_seal(struct ch_aead *a, uint8_t *out, const uint8_t nonce[12],
    ch_span in);
/* out has in.n - CH_AEAD_TAG bytes; zero on AUTH (or when in is shorter than a tag). */
CH_MUST_USE ch_err ch_aead_open(struct ch_aead *a, uint8_t *out, const uint8_t nonce[12],
    ch_span in);
/* For ch_crypto_init() alone: INTERNAL when the library lacks it. */
CH_MUST_USE ch_err ch_aead_fetch(void);

/*
 * scrypt (RFC 7914), r = 8, p = 1, N = 2^log_n, 32 bytes out. The caller bounds log_n: memory is
 * 2^(log_n + 10) bytes. NOMEM when the library cannot have it.
 */
CH_MUST_USE ch_err ch_scrypt(struct ch_secret32 *out, ch_span pass, ch_span salt, unsigned log_n);

#endif
