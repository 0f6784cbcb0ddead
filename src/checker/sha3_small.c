/*
 * SHA-3 and SHAKE of sha3.h for the browser (FIPS 202): a record that shows its key is judged by
 * the public key of that key. Held to libcrypto by test/unit/test_checker.c. Public data only.
 */
#include "sha3.h"

/* Section 3.2.5 and 3.2.2. */
static const uint64_t round_constant[24] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
	0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
	0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
	0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
	0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};
static const uint8_t turn[25] = {
	0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43,
	25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
};

static uint64_t ch_keccak_turn(uint64_t x, unsigned n)
{
	return n ? x << n | x >> (64 - n) : x;
}

static void ch_keccak(uint64_t a[25])
{
	for (unsigned round = 0; round < 24; round++) {
		uint64_t c[5], b[25];

		for (unsigned x = 0; x < 5; x++)
			c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
		for (unsigned i = 0; i < 25; i++)
			a[i] ^= c[(i + 4) % 5] ^ ch_keccak_turn(c[(i + 1) % 5], 1);
		for (unsigned x = 0; x < 5; x++)
			for (unsigned y = 0; y < 5; y++)
				b[y + 5 * ((2 * x + 3 * y) % 5)] =
				    ch_keccak_turn(a[x + 5 * y], turn[x + 5 * y]);
		for (unsigned y = 0; y < 25; y += 5)
			for (unsigned x = 0; x < 5; x++)
				a[y + x] = b[y + x] ^ (~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
		a[0] ^= round_constant[round];
	}
}

struct ch_sponge {
	uint64_t a[25];
	size_t rate, at;
};

static void ch_sponge_xor(struct ch_sponge *s, uint8_t b)
{
	s->a[s->at / 8] ^= (uint64_t)b << 8 * (s->at % 8);
	if (++s->at == s->rate) {
		ch_keccak(s->a);
		s->at = 0;
	}
}

static void ch_sponge_hash(uint8_t *out, size_t n, ch_span x, ch_span y, size_t rate, uint8_t pad)
{
	struct ch_sponge s = { .rate = rate };

	for (size_t i = 0; i < x.n; i++)
		ch_sponge_xor(&s, x.p[i]);
	for (size_t i = 0; i < y.n; i++)
		ch_sponge_xor(&s, y.p[i]);
	s.a[s.at / 8] ^= (uint64_t)pad << 8 * (s.at % 8);
	s.a[rate / 8 - 1] ^= UINT64_C(1) << 63;
	s.at = rate;
	for (size_t i = 0; i < n; i++) {
		if (s.at == rate) {
			ch_keccak(s.a);
			s.at = 0;
		}
		out[i] = (uint8_t)(s.a[s.at / 8] >> 8 * (s.at % 8));
		s.at++;
	}
}

void ch_sha3_begin(struct ch_sha3 *s)
{
	memset(s, 0, sizeof *s);
}

void ch_sha3_hash(struct ch_sha3 *s, ch_sha3_alg alg, uint8_t *out, size_t n, ch_span a, ch_span b)
{
	static const size_t rate[CH_N_SHA3] = { 136, 72, 168, 136 };

	(void)s;
	ch_sponge_hash(out, n, a, b, rate[alg], alg < CH_SHAKE128 ? 0x06 : 0x1f);
}

ch_err ch_sha3_end(struct ch_sha3 *s)
{
	memset(s, 0, sizeof *s);
	return CH_OK;
}

ch_err ch_sha3_256(uint8_t out[32], ch_span in)
{
	ch_sponge_hash(out, 32, in, (ch_span){ 0 }, 136, 0x06);
	return CH_OK;
}

ch_err ch_shake256(uint8_t *out, size_t n, ch_span in)
{
	ch_sponge_hash(out, n, in, (ch_span){ 0 }, 136, 0x1f);
	return CH_OK;
}
