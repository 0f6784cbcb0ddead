/*
 * Curve25519 for the checking page: the field of 2^255 - 19, and the points of edwards25519 in
 * extended coordinates (RFC 8032, section 5.1.4; RFC 7748). Variable time throughout: it sees
 * public data only and is compiled for the browser alone. The programs use libsodium.
 */
#ifndef CH_CURVE_H
#define CH_CURVE_H

#include "span.h"

#define CH_FE_LIMBS 9u

/* Nine limbs of 29 bits, least first, each below 2^30 between calls; any value of the class. */
typedef struct { uint32_t v[CH_FE_LIMBS]; } ch_fe;

typedef struct { ch_fe x, y, z, t; } ch_point;

/* The low 255 bits; a value of p or more is taken modulo p. */
ch_fe ch_fe_of(const uint8_t in[32]);
ch_fe ch_fe_small(uint32_t n);
/* The one spelling, below p. */
void ch_fe_bytes(uint8_t out[32], const ch_fe *a);
ch_fe ch_fe_add(const ch_fe *a, const ch_fe *b);
ch_fe ch_fe_sub(const ch_fe *a, const ch_fe *b);
ch_fe ch_fe_mul(const ch_fe *a, const ch_fe *b);
/* a^e, e of 32 bytes, least first. */
ch_fe ch_fe_pow(const ch_fe *a, const uint8_t e[32]);
ch_fe ch_fe_invert(const ch_fe *a);
bool ch_fe_is_zero(const ch_fe *a);
bool ch_fe_eq(const ch_fe *a, const ch_fe *b);

/* False when no point has this y. Bit 255 is the sign of x. */
bool ch_point_of(ch_point *out, const uint8_t in[32]);
void ch_point_bytes(uint8_t out[32], const ch_point *p);
ch_point ch_point_zero(void);
ch_point ch_point_negate(const ch_point *p);
/* Complete: any two points, equal ones too. */
ch_point ch_point_add(const ch_point *p, const ch_point *q);
/* [a]p + [b]q; scalars of 32 bytes, least first. */
ch_point ch_point_mul2(const uint8_t a[32], const ch_point *p, const uint8_t b[32],
    const ch_point *q);
bool ch_point_is_zero(const ch_point *p);

#endif
