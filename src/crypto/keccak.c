/*
 * Keccak-f[1600]: see keccak.h. One source, keccak_round.h, for one state in plain C, and for four
 * in the compilers' own vectors, which are registers of AVX2; no intrinsics.
 */
#include "keccak.h"

#include "err.h"
#include "wipe.h"

#define CH_INLINE __attribute__((always_inline))
#define TURN(x, n) ((x) << (n) | (x) >> ((64 - (n)) % 64))

/* Section 3.2.5: the constants of the rounds. */
static const uint64_t iotas[24] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
	0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
	0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
	0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
	0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/* Section 3.2.2: how far each lane turns. */
static const uint8_t rho[25] = {
	0, 1, 62, 28, 27,
	36, 44, 6, 55, 20,
	3, 10, 43, 25, 39,
	41, 45, 15, 21, 8,
	18, 2, 61, 56, 14,
};

#define LANE uint64_t
#define ROUND round_one
#define ROUNDS rounds_one
#include "keccak_round.h"

static CH_OWN_FRAME void one(struct ch_keccak *s)
{
	rounds_one(s->at);
}

static void four(struct ch_keccak4 *s)
{
	struct ch_keccak t;

	for (size_t i = 0; i < 4; i++) {
		for (size_t lane = 0; lane < 25; lane++)
			t.at[0][lane] = s->at[0][lane][i];
		one(&t);
		for (size_t lane = 0; lane < 25; lane++)
			s->at[0][lane][i] = t.at[0][lane];
	}
	ch_wipe(&t, sizeof t);
}

const ch_keccak_way ch_keccak_plain = { one, four };

#ifdef __x86_64__

#define AVX2 __attribute__((target("avx2,bmi,bmi2")))
#define LANE ch_lane4
#define ROUND round_four
#define ROUNDS rounds_four
#include "keccak_round.h"

static AVX2 void one_avx2(struct ch_keccak *s)
{
	rounds_one(s->at);
}

static AVX2 void four_avx2(struct ch_keccak4 *s)
{
	rounds_four(s->at);
}

const ch_keccak_way *ch_keccak_best(void)
{
	static const ch_keccak_way avx2 = { one_avx2, four_avx2 };

	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
	    __builtin_cpu_supports("bmi2") ? &avx2 : &ch_keccak_plain;
}

#else

const ch_keccak_way *ch_keccak_best(void)
{
	return &ch_keccak_plain;
}

#endif
