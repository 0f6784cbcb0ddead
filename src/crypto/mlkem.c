/*
 * ML-KEM-768 as FIPS 203 has it, with k = 3, eta = 2, d_u = 10, d_v = 4: see mlkem.h. What is
 * secret has one struct of working memory, wiped at the end of every operation.
 */
#include "mlkem.h"

#include "ct.h"
#include "mlkem_poly.h"
#include "sha3.h"
#include "wipe.h"

#define K 3
#define MATRIX 9   /* K rows of K */
#define VEC 1152   /* bytes of K polynomials at 12 bits a coefficient */
#define C1 960     /* ... at 10 bits: the first part of a ciphertext */
#define SAMPLE 504 /* three blocks of SHAKE128: enough for all but one polynomial in 130 */
#define LONG_SAMPLE 1008

struct ch_mlkem_work {
	struct ch_poly vec[K]; /* the secret, or the sender's, in the NTT form */
	struct ch_poly sum, a, noise;
	uint8_t hash[64];
	uint8_t random[8][128]; /* what noise is made of */
};

/* G of section 4.1: the hash of a, then b. */
static void hash_g(uint8_t out[64], ch_span a, ch_span b)
{
	ch_sha3(CH_SHA3_512, out, 64, a, b);
}

/* An entry that three blocks were not enough for. More than six chance does not reach (2^-600). */
static ch_err sample_long(struct ch_poly *a, const uint8_t rho[32], const uint8_t at[2])
{
	uint8_t bytes[LONG_SAMPLE]; /* public, not wiped */

	ch_sha3(CH_SHAKE128, bytes, sizeof bytes, ch_span_of(rho, 32), ch_span_of(at, 2));
	return ch_poly_sample(a, bytes, sizeof bytes) ? CH_OK : CH_E_INTERNAL;
}

/* The matrix of rho, four entries at a time, or its transpose. */
static CH_OWN_FRAME ch_err sample(struct ch_poly matrix[MATRIX], const uint8_t rho[32],
    bool transposed)
{
	uint8_t bytes[4][SAMPLE]; /* public, not wiped */
	uint8_t at[4][2];
	ch_err e = CH_OK;

	for (size_t n = 0; n < MATRIX; n += 4) {
		for (size_t i = 0; i < 4; i++) {
			at[i][transposed] = (uint8_t)((n + i) % K);
			at[i][!transposed] = (uint8_t)((n + i) / K);
		}
		ch_shake_four(CH_SHAKE128, bytes[0], SAMPLE, rho, at[0], 2);
		for (size_t i = 0; i < 4 && n + i < MATRIX && e == CH_OK; i++)
			if (!ch_poly_sample(&matrix[n + i], bytes[i], SAMPLE))
				e = sample_long(&matrix[n + i], rho, at[i]);
	}
	return e;
}

/* PRF of section 4.1, for every polynomial of noise that an operation needs. */
static void draw(struct ch_mlkem_work *w, const uint8_t seed[32])
{
	static const uint8_t number[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };

	for (size_t i = 0; i < 8; i += 4)
		ch_shake_four(CH_SHAKE256, w->random[i], 128, seed, &number[i], 1);
}

/* Row i of a matrix times the vector. */
static void row(struct ch_mlkem_work *w, const struct ch_poly matrix[MATRIX], size_t i)
{
	memset(&w->sum, 0, sizeof w->sum);
	for (size_t j = 0; j < K; j++)
		ch_poly_mul_add(&w->sum, &matrix[i * K + j], &w->vec[j]);
}

/* Bytes of 12 bits a coefficient, times the vector. */
static void product(struct ch_mlkem_work *w, const uint8_t in[VEC])
{
	memset(&w->sum, 0, sizeof w->sum);
	for (size_t j = 0; j < K; j++) {
		ch_poly_decode(&w->a, &in[j * CH_POLY_BYTES]);
		ch_poly_mul_add(&w->sum, &w->a, &w->vec[j]);
	}
}

/* Algorithm 13, K-PKE.KeyGen. */
static CH_OWN_FRAME ch_err pke_keygen(struct ch_mlkem_work *w, uint8_t ek[CH_MLKEM_EK],
    uint8_t dk[VEC], const uint8_t d[32])
{
	static const uint8_t k[1] = { K };
	const uint8_t *rho = w->hash, *sigma = &w->hash[32];
	struct ch_poly matrix[MATRIX]; /* public, not wiped */
	ch_err e;

	hash_g(w->hash, ch_span_of(d, 32), ch_span_of(k, 1));
	CH_CT_PUBLIC(w->hash, 32); /* rho is part of ek */
	e = sample(matrix, rho, false);
	if (e != CH_OK)
		return e;
	draw(w, sigma);
	for (size_t i = 0; i < K; i++) {
		ch_poly_noise(&w->vec[i], w->random[i]);
		ch_poly_ntt(&w->vec[i]);
	}
	for (size_t i = 0; i < K; i++) {
		row(w, matrix, i);
		ch_poly_unscale(&w->sum);
		ch_poly_noise(&w->noise, w->random[K + i]);
		ch_poly_ntt(&w->noise);
		ch_poly_add(&w->sum, &w->noise);
		ch_poly_canonical(&w->sum);
		ch_poly_encode(&ek[i * CH_POLY_BYTES], &w->sum);
		ch_poly_canonical(&w->vec[i]);
	}
	for (size_t i = 0; i < K; i++)
		ch_poly_encode(&dk[i * CH_POLY_BYTES], &w->vec[i]);
	memcpy(&ek[VEC], rho, 32);
	return CH_OK;
}

/* Algorithm 14, K-PKE.Encrypt. */
static void pke_encrypt(struct ch_mlkem_work *w, uint8_t ct[CH_MLKEM_CT],
    const ch_mlkem_ready *to, const uint8_t m[32], const uint8_t r[32])
{
	draw(w, r);
	for (size_t i = 0; i < K; i++) {
		ch_poly_noise(&w->vec[i], w->random[i]);
		ch_poly_ntt(&w->vec[i]);
	}
	for (size_t i = 0; i < K; i++) {
		row(w, to->matrix, i);
		ch_poly_intt(&w->sum);
		ch_poly_noise(&w->noise, w->random[K + i]);
		ch_poly_add(&w->sum, &w->noise);
		ch_poly_canonical(&w->sum);
		ch_poly_pack10(&ct[i * 320], &w->sum);
	}
	product(w, to->ek.b);
	ch_poly_intt(&w->sum);
	ch_poly_noise(&w->noise, w->random[K + K]);
	ch_poly_add(&w->sum, &w->noise);
	ch_poly_of_message(&w->noise, m);
	ch_poly_add(&w->sum, &w->noise);
	ch_poly_canonical(&w->sum);
	ch_poly_pack4(&ct[C1], &w->sum);
}

/* Algorithm 15, K-PKE.Decrypt. */
static void pke_decrypt(struct ch_mlkem_work *w, uint8_t m[32], const uint8_t dk[VEC],
    const uint8_t ct[CH_MLKEM_CT])
{
	for (size_t i = 0; i < K; i++) {
		ch_poly_unpack10(&w->vec[i], &ct[i * 320]);
		ch_poly_ntt(&w->vec[i]);
	}
	product(w, dk);
	ch_poly_intt(&w->sum);
	ch_poly_unpack4(&w->noise, &ct[C1]);
	ch_poly_sub(&w->noise, &w->sum);
	ch_poly_canonical(&w->noise);
	ch_poly_to_message(m, &w->noise);
}

/* In a frame of its own: where it was inlined gcc 12 left z in a slot of the caller's stack. */
static CH_OWN_FRAME void put_z(struct ch_mlkem_dk *dk, const struct ch_secret64 *d_z)
{
	memcpy(&dk->b[CH_MLKEM_DK - 32], &d_z->b[32], 32);
}

ch_err ch_mlkem_keygen_derand(ch_mlkem_ek *ek, struct ch_mlkem_dk *dk,
    const struct ch_secret64 *d_z)
{
	struct ch_mlkem_work w;
	uint8_t *rest = &dk->b[VEC];
	ch_err e = pke_keygen(&w, ek->b, dk->b, d_z->b);

	CH_CT_PUBLIC(ek, sizeof *ek);
	memcpy(rest, ek->b, CH_MLKEM_EK);
	ch_sha3_256(&rest[CH_MLKEM_EK], ch_span_of(ek->b, CH_MLKEM_EK));
	put_z(dk, d_z);
	ch_wipe(&w, sizeof w);
	if (e != CH_OK) {
		ch_wipe(ek, sizeof *ek);
		ch_wipe(dk, sizeof *dk);
	}
	return e;
}

ch_err ch_mlkem_ek_check(const ch_mlkem_ek *ek)
{
	struct ch_poly p; /* public, not wiped */
	bool ok = true;

	for (size_t i = 0; i < K; i++) {
		ch_poly_decode(&p, &ek->b[i * CH_POLY_BYTES]);
		ok = ok && ch_poly_is_canonical(&p);
	}
	return ok ? CH_OK : CH_E_FORMAT;
}

/* The matrix, transposed, and the hash of ek. */
static ch_err make_ready(ch_mlkem_ready *out, const uint8_t ek[CH_MLKEM_EK])
{
	memcpy(out->ek.b, ek, CH_MLKEM_EK);
	ch_sha3_256(out->hash, ch_span_of(ek, CH_MLKEM_EK));
	return sample(out->matrix, &ek[VEC], true);
}

ch_err ch_mlkem_ready_make(ch_mlkem_ready *out, const ch_mlkem_ek *ek)
{
	ch_err e = ch_mlkem_ek_check(ek);

	if (e == CH_OK)
		e = make_ready(out, ek->b);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

CH_OWN_FRAME ch_err ch_mlkem_encaps_ready(ch_mlkem_ct *ct, struct ch_secret32 *ss,
    const ch_mlkem_ready *to, const struct ch_secret32 *m)
{
	struct ch_mlkem_work w;

	hash_g(w.hash, ch_span_of(m->b, 32), ch_span_of(to->hash, 32));
	pke_encrypt(&w, ct->b, to, m->b, &w.hash[32]);
	memcpy(ss->b, w.hash, 32);
	ch_wipe(&w, sizeof w);
	return CH_OK;
}

ch_err ch_mlkem_encaps_derand(ch_mlkem_ct *ct, struct ch_secret32 *ss, const ch_mlkem_ek *ek,
    const struct ch_secret32 *m)
{
	ch_mlkem_ready to; /* public, not wiped */
	ch_err e = ch_mlkem_ready_make(&to, ek);

	if (e == CH_OK)
		return ch_mlkem_encaps_ready(ct, ss, &to, m);
	ch_wipe(ct, sizeof *ct);
	ch_wipe(ss, sizeof *ss);
	return e;
}

/* Algorithm 18; what stands in w and the locals is secret until the choice is made, and after. */
static void decaps(struct ch_mlkem_work *w, struct ch_secret32 *ss, const struct ch_mlkem_dk *dk,
    const ch_mlkem_ready *own, const ch_mlkem_ct *ct)
{
	const uint8_t *z = &dk->b[CH_MLKEM_DK - 32];
	uint8_t m[32];
	ch_mlkem_ct again;

	pke_decrypt(w, m, dk->b, ct->b);
	hash_g(w->hash, ch_span_of(m, 32), ch_span_of(own->hash, 32));
	pke_encrypt(w, again.b, own, m, &w->hash[32]);
	ch_sha3(CH_SHAKE256, ss->b, 32, ch_span_of(z, 32), ch_span_of(ct->b, CH_MLKEM_CT));
	ch_ct_move(ss->b, w->hash, 32, ch_ct_equal(again.b, ct->b, CH_MLKEM_CT));
	ch_wipe(m, sizeof m);
	ch_wipe(&again, sizeof again);
}

CH_OWN_FRAME ch_err ch_mlkem_decaps_ready(struct ch_secret32 *ss, const struct ch_mlkem_dk *dk,
    const ch_mlkem_ready *own, const ch_mlkem_ct *ct)
{
	struct ch_mlkem_work w;

	if (!ch_ct_equal(own->hash, &dk->b[VEC + CH_MLKEM_EK], 32)) {
		ch_wipe(ss, sizeof *ss);
		return CH_E_FORMAT;
	}
	decaps(&w, ss, dk, own, ct);
	ch_wipe(&w, sizeof w);
	return CH_OK;
}

/* No check of ek itself: that it is canonical is no matter of section 7.3. */
ch_err ch_mlkem_decaps(struct ch_secret32 *ss, const struct ch_mlkem_dk *dk, const ch_mlkem_ct *ct)
{
	ch_mlkem_ready own; /* public, not wiped */
	ch_err e = make_ready(&own, &dk->b[VEC]);

	if (e == CH_OK)
		return ch_mlkem_decaps_ready(ss, dk, &own, ct);
	ch_wipe(ss, sizeof *ss);
	return e;
}
