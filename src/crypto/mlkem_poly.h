/*
 * F1: the arithmetic under ML-KEM: polynomials of 256 coefficients modulo q = 3329 (FIPS 203
 * sections 4.2 and 4.3). For mlkem.c alone; mlkem.h names the type. Constant time in all
 * coefficients and bytes, except where it says public.
 *
 * A polynomial is 16 rows of 16. In the plain form row r holds the coefficients 16 r to 16 r + 15;
 * in the NTT form the rows are columns: c[c * 16 + r] is the standard's element 16 r + c. So every
 * layer of the transform, and every product, works on whole rows, and compilers make vector code
 * of plain loops. Only bytes on the wire have the standard's order.
 *
 * Coefficients are signed and not unique. "Small" means |c| <= 1664, "canonical" 0 <= c < q.
 */
#ifndef CH_MLKEM_POLY_H
#define CH_MLKEM_POLY_H

#include "err.h"
#include "span.h"

#define CH_POLY_N 256
#define CH_POLY_Q 3329
#define CH_POLY_BYTES 384 /* at 12 bits a coefficient */

struct ch_poly { int16_t c[CH_POLY_N]; };

/* Plain (|c| <= q) to NTT form and back (from |c| <= 16384); small out. */
void ch_poly_ntt(struct ch_poly *p);
void ch_poly_intt(struct ch_poly *p);

/* acc += a b / 2^16 in the NTT form; |a| <= 4095, b small. Three such sums fit a coefficient. */
void ch_poly_mul_add(struct ch_poly *acc, const struct ch_poly *a, const struct ch_poly *b);
/* Multiply by 2^16, which undoes the factor of mul_add; small out. */
void ch_poly_unscale(struct ch_poly *p);

void ch_poly_add(struct ch_poly *p, const struct ch_poly *a);
void ch_poly_sub(struct ch_poly *p, const struct ch_poly *a);
void ch_poly_reduce(struct ch_poly *p);    /* any to small                                 */
void ch_poly_canonical(struct ch_poly *p); /* any to canonical                             */

/* Algorithm 8 with eta = 2: noise of 128 bytes, plain form. */
void ch_poly_noise(struct ch_poly *restrict p, const uint8_t in[restrict 128]);
/* Algorithm 7, public: an NTT form by rejection; n is a multiple of 3. False: more is needed. */
CH_MUST_USE bool ch_poly_sample(struct ch_poly *p, const uint8_t *in, size_t n);

/* Algorithms 5 and 6 with d = 12: canonical NTT form to bytes; decoded values are below 4096. */
void ch_poly_encode(uint8_t out[CH_POLY_BYTES], const struct ch_poly *p);
void ch_poly_decode(struct ch_poly *p, const uint8_t in[CH_POLY_BYTES]);
/* Whether all values decoded are below q. Public. */
bool ch_poly_is_canonical(const struct ch_poly *p);

/* Compress to 10 or 4 bits and encode, from canonical plain form, which is lost; and back. */
void ch_poly_pack10(uint8_t out[320], struct ch_poly *p);
void ch_poly_pack4(uint8_t out[128], struct ch_poly *p);
void ch_poly_unpack10(struct ch_poly *p, const uint8_t in[320]);
void ch_poly_unpack4(struct ch_poly *p, const uint8_t in[128]);

/* A message of 32 bytes, one bit a coefficient: from canonical plain form, and back. */
void ch_poly_to_message(uint8_t out[32], const struct ch_poly *p);
void ch_poly_of_message(struct ch_poly *p, const uint8_t in[32]);

#endif
