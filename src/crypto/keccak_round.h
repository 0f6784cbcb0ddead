/*
 * The permutation for one type of lane: keccak.c includes this once for each, with the type and
 * two names defined. A round is written once; its loops and indices are gone once compiled.
 */

/* FIPS 202 section 3.2, the five steps in the standard's order: from `a` to `to`. */
static inline CH_INLINE void ROUND(LANE *restrict to, const LANE *restrict a, uint64_t iota)
{
	LANE b[5], d[5];

#pragma GCC unroll 5
	for (unsigned x = 0; x < 5; x++)
		b[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
#pragma GCC unroll 5
	for (unsigned x = 0; x < 5; x++)
		d[x] = b[(x + 4) % 5] ^ TURN(b[(x + 1) % 5], 1);
#pragma GCC unroll 5
	for (unsigned y = 0; y < 5; y++) {
		/* Row y of what pi makes comes from a diagonal. */
#pragma GCC unroll 5
		for (unsigned x = 0; x < 5; x++) {
			unsigned from = (x + 3 * y) % 5;

			b[x] = TURN(a[from + 5 * x] ^ d[from], rho[from + 5 * x]);
		}
#pragma GCC unroll 5
		for (unsigned x = 0; x < 5; x++)
			to[x + 5 * y] = b[x] ^ (~b[(x + 1) % 5] & b[(x + 2) % 5]);
	}
	to[0] ^= iota;
}

static inline CH_INLINE void ROUNDS(LANE at[2][25])
{
	for (unsigned i = 0; i < 24; i += 2) {
		ROUND(at[1], at[0], iotas[i]);
		ROUND(at[0], at[1], iotas[i + 1]);
	}
}

#undef LANE
#undef ROUND
#undef ROUNDS
