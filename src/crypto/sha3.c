/* SHA-3 and SHAKE: the sponge (FIPS 202 section 4) over keccak.h. See sha3.h. */
#include "sha3.h"

#include "keccak.h"
#include "wipe.h"

/* Sections 6.1 and 6.2: bytes of a block; the bits that end a message, and the padding's first. */
static const struct { uint8_t rate, end; } algs[CH_N_SHA3] = {
	[CH_SHA3_256] = { 136, 0x06 },
	[CH_SHA3_512] = { 72, 0x06 },
	[CH_SHAKE128] = { 168, 0x1f },
	[CH_SHAKE256] = { 136, 0x1f },
};

/* The last bit of the padding (section 5.1), in the last lane of a block. */
#define LAST (UINT64_C(1) << 63)

struct ch_sponge {
	struct ch_keccak state;
	const ch_keccak_way *way;
	size_t rate, at;
};

/* Lanes are little-endian (section 3.1.2 and appendix B.1). */
static inline uint64_t ch_sha3_little(uint64_t x)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(x) : x;
}

static inline uint64_t ch_sha3_lane(const uint8_t p[8])
{
	uint64_t x;

	memcpy(&x, p, sizeof x);
	return ch_sha3_little(x);
}

static inline void ch_sha3_bytes(uint8_t p[8], uint64_t lane)
{
	uint64_t x = ch_sha3_little(lane);

	memcpy(p, &x, sizeof x);
}

/*
 * Compilers keep lanes in slots of their frames, where nobody can name them. So all the room that
 * was used below a caller of this is wiped (gcc and clang took up to 1,500 bytes).
 */
static CH_OWN_FRAME void ch_sha3_sweep(void)
{
	uint8_t frames[1792];

	ch_wipe(frames, sizeof frames);
}

static void ch_sponge_put(struct ch_sponge *s, ch_span in)
{
	for (size_t i = 0, n; i < in.n; i += n) {
		uint64_t *lane = &s->state.at[0][s->at / 8];

		n = s->at % 8 == 0 && in.n - i >= 8 ? 8 : 1;
		*lane ^= n == 8 ? ch_sha3_lane(&in.p[i]) : (uint64_t)in.p[i] << s->at % 8 * 8;
		s->at += n;
		if (s->at == s->rate) {
			s->way->one(&s->state);
			s->at = 0;
		}
	}
}

static void ch_sponge_take(struct ch_sponge *s, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++, s->at++) {
		if (s->at == s->rate) {
			s->way->one(&s->state);
			s->at = 0;
		}
		out[i] = (uint8_t)(s->state.at[0][s->at / 8] >> s->at % 8 * 8);
	}
}

static CH_OWN_FRAME void ch_sponge_hash(struct ch_sponge *s, uint8_t end, uint8_t *out, size_t n,
    ch_span a, ch_span b)
{
	ch_sponge_put(s, a);
	ch_sponge_put(s, b);
	s->state.at[0][s->at / 8] ^= (uint64_t)end << s->at % 8 * 8;
	s->state.at[0][s->rate / 8 - 1] ^= LAST;
	s->at = s->rate;
	ch_sponge_take(s, out, n);
}

void ch_sha3(ch_sha3_alg alg, uint8_t *out, size_t n, ch_span a, ch_span b)
{
	struct ch_sponge s = { .way = ch_keccak_best(), .rate = algs[alg].rate };

	CH_ASSERT(alg >= CH_SHAKE128 || n == (alg == CH_SHA3_256 ? 32 : 64));
	ch_sponge_hash(&s, algs[alg].end, out, n, a, b);
	ch_sha3_sweep();
	ch_wipe(&s, sizeof s);
}

static CH_OWN_FRAME void ch_shake_lanes(struct ch_keccak4 *s, ch_sha3_alg alg, uint8_t *out,
    size_t n, const uint8_t seed[32], const uint8_t *tails, size_t n_tail)
{
	const ch_keccak_way *way = ch_keccak_best();
	const size_t n_lanes = algs[alg].rate / 8;
	ch_lane4 *a = s->at[0];

	for (size_t i = 0; i < 4; i++) {
		a[i] ^= ch_sha3_lane(&seed[8 * i]);
		for (size_t k = 0; k < n_tail; k++)
			a[4][i] ^= (uint64_t)tails[i * n_tail + k] << 8 * k;
	}
	a[4] ^= (uint64_t)algs[alg].end << 8 * n_tail;
	a[n_lanes - 1] ^= LAST;
	for (size_t at = 0, lane = n_lanes; at < n; at += 8, lane++) {
		if (lane == n_lanes) {
			way->four(s);
			lane = 0;
		}
		for (size_t i = 0; i < 4; i++)
			ch_sha3_bytes(&out[i * n + at], a[lane][i]);
	}
}

void ch_shake_four(ch_sha3_alg alg, uint8_t *out, size_t n, const uint8_t seed[32],
    const uint8_t *tails, size_t n_tail)
{
	struct ch_keccak4 s = { 0 };

	CH_ASSERT(alg >= CH_SHAKE128 && n_tail < 8 && n % 8 == 0);
	ch_shake_lanes(&s, alg, out, n, seed, tails, n_tail);
	ch_sha3_sweep();
	ch_wipe(&s, sizeof s);
}
