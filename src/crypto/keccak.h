/*
 * F1: the permutation Keccak-f[1600] (FIPS 202 section 3.3), over one state and over four side by
 * side. For sha3.c alone. Constant time: no branch and no address depends on a state.
 */
#ifndef CH_KECCAK_H
#define CH_KECCAK_H

#include <stdint.h>

/* One lane of four states. By pointer only: how it is passed by value depends on the machine. */
typedef uint64_t ch_lane4 __attribute__((vector_size(32)));

/* at[0] is the state, lane x + 5 y at [x + 5 y]; at[1] is where every other round puts it. Both are
 * as secret as what was hashed, and wiped by the caller. */
struct ch_keccak { uint64_t at[2][25]; };
struct ch_keccak4 { ch_lane4 at[2][25]; };

typedef struct {
	void (*one)(struct ch_keccak *s);
	void (*four)(struct ch_keccak4 *s);
} ch_keccak_way;

/* For every machine. */
extern const ch_keccak_way ch_keccak_plain;

/* The fastest for this machine: another where it has AVX2 and BMI2. Asked anew each time, of what
 * the compiler's library found out when the program was loaded. */
const ch_keccak_way *ch_keccak_best(void);

#endif
