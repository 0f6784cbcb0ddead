/*
 * SHA-256 of crypto.h for the browser (FIPS 180-4); the programs use OpenSSL. Public data only.
 */
#include "crypto.h"

struct ch_sha256_state {
	uint32_t h[8];
	uint64_t n; /* bytes so far */
	uint8_t block[64];
};

_Static_assert(sizeof(struct ch_sha256_state) <= sizeof(struct ch_sha256), "the state must fit");

static const uint32_t ch_sha256_k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t ch_sha256_turn(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

/* The message schedule, sixteen words that are overwritten as they go. */
static uint32_t ch_sha256_word(uint32_t w[16], unsigned t, const uint8_t *block)
{
	if (t < 16) {
		w[t] = 0;
		for (unsigned i = 0; i < 4; i++)
			w[t] = w[t] << 8 | block[4 * t + i];
	} else {
		uint32_t a = w[(t + 1) % 16], b = w[(t + 14) % 16];

		w[t % 16] += w[(t + 9) % 16] +
		    (ch_sha256_turn(a, 7) ^ ch_sha256_turn(a, 18) ^ a >> 3) +
		    (ch_sha256_turn(b, 17) ^ ch_sha256_turn(b, 19) ^ b >> 10);
	}
	return w[t % 16];
}

/* FIPS 180-4, section 6.2.2; v[0..7] are a..h. */
static void ch_sha256_block(uint32_t h[8], const uint8_t *block)
{
	uint32_t v[8], w[16];

	memcpy(v, h, sizeof v);
	for (unsigned t = 0; t < 64; t++) {
		uint32_t t1 = v[7] + ch_sha256_k[t] + ch_sha256_word(w, t, block) +
		    (ch_sha256_turn(v[4], 6) ^ ch_sha256_turn(v[4], 11) ^
		    ch_sha256_turn(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6]));
		uint32_t t2 = (ch_sha256_turn(v[0], 2) ^ ch_sha256_turn(v[0], 13) ^
		    ch_sha256_turn(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^
		    (v[1] & v[2]));

		for (unsigned i = 7; i > 0; i--)
			v[i] = v[i - 1];
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (unsigned i = 0; i < 8; i++)
		h[i] += v[i];
}

void ch_sha256_init(struct ch_sha256 *s)
{
	static const uint32_t start[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	memset(s, 0, sizeof *s);
	memcpy(s->opaque, start, sizeof start);
}

void ch_sha256_update(struct ch_sha256 *s, ch_span in)
{
	struct ch_sha256_state *st = (struct ch_sha256_state *)s->opaque;

	for (size_t i = 0; i < in.n; i++) {
		st->block[st->n++ % sizeof st->block] = in.p[i];
		if (st->n % sizeof st->block == 0)
			ch_sha256_block(st->h, st->block);
	}
}

void ch_sha256_final(struct ch_sha256 *s, ch_hash *out)
{
	struct ch_sha256_state *st = (struct ch_sha256_state *)s->opaque;
	static const uint8_t one[1] = { 0x80 }, zero[1];
	uint64_t bits = 8 * st->n;
	uint8_t length[8];

	for (unsigned i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	ch_sha256_update(s, ch_span_of(one, 1));
	while (st->n % sizeof st->block != sizeof st->block - sizeof length)
		ch_sha256_update(s, ch_span_of(zero, 1));
	ch_sha256_update(s, ch_span_of(length, sizeof length));
	for (unsigned i = 0; i < 32; i++)
		out->b[i] = (uint8_t)(st->h[i / 4] >> (24 - 8 * (i % 4)));
}

void ch_sha256(ch_hash *out, ch_span in)
{
	struct ch_sha256 s;

	ch_sha256_init(&s);
	ch_sha256_update(&s, in);
	ch_sha256_final(&s, out);
}
