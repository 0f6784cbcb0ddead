/*
 * A header that two file keys would fit is refused. ChaCha20-Poly1305 commits to no key: with two
 * keys in hand a sender finds a payload that is authentic under both, made here. Two stanzas that
 * wrap one key each would then show two readers two texts of one file, and let whoever asks what
 * opens learn which key was tried. What commits the key is the header's MAC: it is HMAC-SHA-256
 * under a key derived from the file key, so a second file key with the same MAC would be a
 * collision of SHA-256. Every opener checks it before the payload, and does not look for another
 * stanza when it fails.
 */
#include "check.h"

#include <openssl/bn.h>
#include <sodium.h>

#include "seal_sink.h"

#define BLOCKS 3
#define TEXT (16 * BLOCKS)

static const struct ch_file_key keys[2] = { { { 1 } }, { { 2 } } };
static const uint8_t nonce[CH_AGE_NONCE] = { 3 };
static struct ch_age_identity ids[2];
static uint8_t chunk[TEXT + CH_AEAD_TAG]; /* authentic under both keys */
static uint8_t texts[2][TEXT];
static uint8_t file[4096];
static struct ch_open_sink sink;

/* ---- Poly1305 as numbers ---- */

static BN_CTX *bn;
static BIGNUM *p, *two128;

static BIGNUM *num(const uint8_t *le, size_t n)
{
	BIGNUM *x = BN_lebin2bn(le, (int)n, NULL);

	assert_non_null(x);
	return x;
}

/* The one-time key of chunk 0, marked as the last: r and s of RFC 8439, section 2.5. */
static void one_time(BIGNUM **r, BIGNUM **s, const struct ch_file_key *key)
{
	static const uint8_t chunk_nonce[12] = { [11] = 1 };
	uint8_t payload[32], block[32];

	ch_hkdf(payload, 32, ch_span_of(key->b, 16), ch_span_of(nonce, 16), CH_LIT("payload"));
	crypto_stream_chacha20_ietf(block, sizeof block, chunk_nonce, payload);
	for (size_t i = 3; i < 16; i += 4)
		block[i] &= 15;
	for (size_t i = 4; i < 16; i += 4)
		block[i] &= 252;
	*r = num(block, 16);
	*s = num(block + 16, 16);
}

/* acc + x * r^e mod p */
static void add_term(BIGNUM *acc, const BIGNUM *x, const BIGNUM *r, BN_ULONG e)
{
	BIGNUM *t = BN_new(), *power = BN_new();

	assert_true(BN_set_word(power, e) && BN_mod_exp(t, r, power, p, bn));
	assert_true(BN_mod_mul(t, t, x, p, bn) && BN_mod_add(acc, acc, t, p, bn));
	BN_free(t);
	BN_free(power);
}

/*
 * What the first two blocks must add up to, so that the tag is `tag`: one of the up to four values
 * that are it mod 2^128, less the third block and the block of lengths. NULL: there is no such.
 */
static BIGNUM *rest(const BIGNUM *r, const BIGNUM *s, const BIGNUM *tag, const uint8_t third[17],
    unsigned which)
{
	static const uint8_t lengths[17] = { [8] = TEXT, [16] = 1 };
	BIGNUM *want = BN_new(), *minus = BN_new(), *x = num(third, 17), *l = num(lengths, 17);

	assert_true(BN_mod_sub(want, tag, s, two128, bn));
	for (unsigned i = 0; i < which; i++)
		assert_true(BN_add(want, want, two128));
	if (BN_cmp(want, p) >= 0) {
		BN_free(want);
		want = NULL;
	}
	BN_zero(minus);
	add_term(minus, x, r, 2);
	add_term(minus, l, r, 1);
	if (want)
		assert_true(BN_mod_sub(want, want, minus, p, bn));
	BN_free(minus);
	BN_free(x);
	BN_free(l);
	return want;
}

/* A block is 16 bytes with a one behind: 2^128 and up to twice that. */
static bool block(uint8_t out[16], BIGNUM *x)
{
	bool ok = BN_num_bits(x) == 129;

	if (ok) {
		assert_true(BN_sub(x, x, two128));
		assert_int_equal(BN_bn2lebinpad(x, out, 16), 16);
	}
	return ok;
}

/*
 * x1 r^4 + x2 r^3 = w for both (r, w): with v = w / r^3 it is x1 r + x2 = v, so
 * x1 = (v0 - v1) / (r0 - r1) and x2 = v0 - x1 r0.
 */
static bool solve(uint8_t out[32], BIGNUM *const r[2], BIGNUM *const w[2])
{
	BIGNUM *v[2], *x = BN_new(), *d = BN_new(), *three = BN_new();
	bool ok;

	assert_true(BN_set_word(three, 3));
	for (unsigned i = 0; i < 2; i++) {
		v[i] = BN_new();
		assert_true(BN_mod_exp(v[i], r[i], three, p, bn) &&
		    BN_mod_inverse(v[i], v[i], p, bn) && BN_mod_mul(v[i], v[i], w[i], p, bn));
	}
	assert_true(BN_mod_sub(d, r[0], r[1], p, bn) && BN_mod_inverse(d, d, p, bn));
	assert_true(BN_mod_sub(x, v[0], v[1], p, bn) && BN_mod_mul(x, x, d, p, bn));
	assert_true(BN_mod_mul(d, x, r[0], p, bn) && BN_mod_sub(d, v[0], d, p, bn));
	ok = block(out, x) && block(out + 16, d);
	BN_free(v[0]);
	BN_free(v[1]);
	BN_free(x);
	BN_free(d);
	BN_free(three);
	return ok;
}

/* One choice of the third block; each of the up to 16 pairs of values has one chance in 16. */
static bool try_third(BIGNUM *const r[2], BIGNUM *const s[2], const BIGNUM *tag, uint8_t first)
{
	uint8_t third[17] = { first, [16] = 1 };

	for (unsigned j = 0; j < 16; j++) {
		BIGNUM *w[2] = { rest(r[0], s[0], tag, third, j / 4),
			rest(r[1], s[1], tag, third, j % 4) };
		bool ok = w[0] && w[1] && solve(chunk, r, w);

		BN_free(w[0]);
		BN_free(w[1]);
		if (ok) {
			memcpy(chunk + 32, third, 16);
			return true;
		}
	}
	return false;
}

static void make_chunk(void)
{
	BIGNUM *r[2], *s[2], *tag = num(&chunk[TEXT], CH_AEAD_TAG);
	bool found = false;

	one_time(&r[0], &s[0], &keys[0]);
	one_time(&r[1], &s[1], &keys[1]);
	for (unsigned i = 0; i < 256 && !found; i++)
		found = try_third(r, s, tag, (uint8_t)i);
	assert_true(found);
	for (unsigned i = 0; i < 2; i++) {
		BN_free(r[i]);
		BN_free(s[i]);
	}
	BN_free(tag);
}

static int setup(void **state)
{
	struct ch_aead a;

	(void)state;
	bn = BN_CTX_new();
	p = BN_new();
	two128 = BN_new();
	assert_true(BN_set_bit(two128, 128) && BN_set_bit(p, 130) && BN_sub_word(p, 5));
	make_chunk();
	BN_free(p);
	BN_free(two128);
	BN_CTX_free(bn);

	check_ok(ch_aead_init(&a));
	for (size_t i = 0; i < 2; i++) {
		/* By the payload alone the chunk is good under either key. */
		ch_age_stream_key(&a, &keys[i], nonce);
		check_ok(ch_age_stream_open(&a, texts[i], 0, true,
		    ch_span_of(chunk, sizeof chunk)));
	}
	ch_aead_deinit(&a);
	assert_memory_not_equal(texts[0], texts[1], TEXT);
	check_ok(ch_age_identity_parse(&ids[0], CH_LIT("AGE-SECRET-KEY-"
	    "1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX")));
	check_ok(ch_age_identity_parse(&ids[1], CH_LIT("AGE-SECRET-KEY-"
	    "1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0")));
	return 0;
}

/* ---- the file ---- */

/* The stanza that gives key i to identity i. */
static void stanza(struct ch_wr *w, size_t i)
{
	static const struct ch_secret64 wrap = { { 5 } };
	const struct ch_seal_random rnd = { .file_key = keys[i], .wrap = &wrap };
	uint8_t text[4096];
	struct ch_wr whole = ch_wr_of(text, sizeof text);
	struct ch_seal s;
	ch_age_header h;
	struct ch_rd r;

	check_ok(ch_seal_init(&s));
	check_ok(ch_seal_start(&s, &whole, &ids[i].recipient, 1, &rnd));
	ch_seal_deinit(&s);
	r = ch_rd_of(ch_wr_span(&whole));
	check_ok(ch_age_header_parse(&h, ch_rd_take(&r, whole.n - CH_AGE_NONCE)));
	ch_wr_put(w, h.stanzas);
}

/* Both stanzas, `first` first; the MAC is that of key `mac`. */
static ch_span make_file(size_t first, size_t mac)
{
	struct ch_wr w = ch_wr_of(file, sizeof file);

	ch_age_version_put(&w);
	stanza(&w, first);
	stanza(&w, 1 - first);
	ch_age_mac_put(&w, 0, &keys[mac]);
	ch_wr_put(&w, ch_span_of(nonce, sizeof nonce));
	ch_wr_put(&w, ch_span_of(chunk, sizeof chunk));
	check_ok(ch_wr_done(&w));
	return ch_wr_span(&w);
}

static ch_err put(void *ctx, ch_span s)
{
	ch_wr_put(ctx, s);
	return CH_OK;
}

/* At once and through the sink: the text of key `mac`, or nothing at all. */
static void opens(ch_span in, const struct ch_open_keys *k, size_t mac, ch_err want)
{
	uint8_t out[TEXT] = { 0 };
	struct ch_wr w = ch_wr_of(out, sizeof out);

	check_err(ch_open_buffer(&w, NULL, in, k), want);
	assert_true(want == CH_OK ? memcmp(out, texts[mac], TEXT) == 0 :
	    check_is_zero(out, sizeof out));
	w = ch_wr_of(out, sizeof out);
	check_ok(ch_open_sink_init(&sink, put, &w, k));
	check_err(ch_open_sink_write(&sink, in), want);
	check_err(ch_open_sink_finish(&sink), want);
	ch_open_sink_deinit(&sink);
	assert_int_equal(w.n, want == CH_OK ? TEXT : 0);
	assert_true(want != CH_OK || memcmp(out, texts[mac], TEXT) == 0);
}

static void test_two_keys(void **state)
{
	struct ch_age_identity swapped[2] = { ids[1], ids[0] };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		size_t first = i / 2, mac = i % 2;
		ch_span in = make_file(first, mac);

		for (size_t j = 0; j < 2; j++) {
			ch_err want = j == mac ? CH_OK : CH_E_AUTH;

			opens(in, &(struct ch_open_keys){ .ids = &ids[j], .n_ids = 1 }, mac, want);
			opens(in, &(struct ch_open_keys){ .file_key = &keys[j] }, mac, want);
		}
		/* Who holds both gets what the first stanza that fits says: no second chance. */
		ch_err want = first == mac ? CH_OK : CH_E_AUTH;

		opens(in, &(struct ch_open_keys){ .ids = ids, .n_ids = 2 }, mac, want);
		opens(in, &(struct ch_open_keys){ .ids = swapped, .n_ids = 2 }, mac, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_two_keys) };

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, setup, NULL);
}
