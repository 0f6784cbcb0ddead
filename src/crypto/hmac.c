/*
 * HMAC-SHA-256 (RFC 2104) over our SHA-256, and HKDF (RFC 5869) on top. libsodium uses no
 * instruction made for it, and one small file to three hybrid delegates takes some thirty HMACs.
 */
#include "crypto.h"

#include "wipe.h"

struct ch_hmac {
	struct ch_sha256 inner, outer;
};

#define CH_HMAC_BLOCK 64
#define CH_HMAC_DEAD 1792

/* Where a processor has no such instruction, libcrypto leaves a block's schedule on its stack. */
static CH_OWN_FRAME void ch_hmac_wipe_dead(void)
{
	uint8_t dead[CH_HMAC_DEAD];

	ch_wipe(dead, sizeof dead);
}

static void ch_hmac_pad(struct ch_sha256 *s, const uint8_t key[CH_HMAC_BLOCK], uint8_t pad)
{
	uint8_t block[CH_HMAC_BLOCK];

	for (size_t i = 0; i < sizeof block; i++)
		block[i] = key[i] ^ pad;
	ch_sha256_init(s);
	ch_sha256_update(s, ch_span_of(block, sizeof block));
	ch_wipe(block, sizeof block);
}

/* A key longer than a block is hashed first. */
static void ch_hmac_init(struct ch_hmac *h, ch_span key)
{
	uint8_t block[CH_HMAC_BLOCK] = { 0 };
	ch_hash short_key;

	if (key.n > sizeof block) {
		ch_sha256_init(&h->inner);
		ch_sha256_update(&h->inner, key);
		ch_sha256_final(&h->inner, &short_key);
		memcpy(block, short_key.b, sizeof short_key);
		ch_wipe(&short_key, sizeof short_key);
	} else if (key.n) {
		memcpy(block, key.p, key.n);
	}
	ch_hmac_pad(&h->inner, block, 0x36);
	ch_hmac_pad(&h->outer, block, 0x5c);
	ch_wipe(block, sizeof block);
}

static void ch_hmac_final(struct ch_hmac *h, uint8_t out[32])
{
	ch_hash inner, tag;

	ch_sha256_final(&h->inner, &inner);
	ch_sha256_update(&h->outer, ch_span_of(inner.b, sizeof inner));
	ch_sha256_final(&h->outer, &tag);
	memcpy(out, tag.b, sizeof tag);
	ch_wipe(&inner, sizeof inner);
	ch_wipe(&tag, sizeof tag);
	ch_wipe(h, sizeof *h);
	ch_hmac_wipe_dead();
}

void ch_hmac(uint8_t out[32], ch_span key, ch_span in)
{
	struct ch_hmac h;

	ch_hmac_init(&h, key);
	ch_sha256_update(&h.inner, in);
	ch_hmac_final(&h, out);
}

/* RFC 5869 section 2.3: T(i) = HMAC(PRK, T(i-1) | info | i). */
static void ch_hkdf_block(uint8_t t[32], ch_span prev, ch_span prk, ch_span info, uint8_t i)
{
	struct ch_hmac h;

	ch_hmac_init(&h, prk);
	ch_sha256_update(&h.inner, prev);
	ch_sha256_update(&h.inner, info);
	ch_sha256_update(&h.inner, ch_span_of(&i, 1));
	ch_hmac_final(&h, t);
}

void ch_hkdf(uint8_t *out, size_t n, ch_span ikm, ch_span salt, ch_span info)
{
	uint8_t prk[32], t[32];
	size_t done = 0;

	CH_ASSERT(n <= 255 * sizeof t);
	/* Section 2.2: an absent salt is 32 zeros, which as an HMAC key equals the empty one. */
	ch_hmac(prk, salt, ikm);
	for (uint8_t i = 1; done < n; i++) {
		size_t k = n - done < sizeof t ? n - done : sizeof t;

		ch_hkdf_block(t, ch_span_of(t, i == 1 ? 0 : sizeof t), ch_span_of(prk, sizeof prk),
		    info, i);
		memcpy(&out[done], t, k);
		done += k;
	}
	ch_wipe(prk, sizeof prk);
	ch_wipe(t, sizeof t);
}
