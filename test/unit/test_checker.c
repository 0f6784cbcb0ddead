/*
 * The browser's primitives against the programs': SHA-256 and SHA-512 at every length round a
 * block, Ed25519 and X25519 against libsodium on good, flipped and mixed-order input, points of
 * P-256 against OpenSSL. CCTV's signatures are held by test_ed25519.c, linked with these.
 */
#include "check.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
#include <sodium.h>

#include "crypto.h"
#include "curve.h"
#include "p256.h"
#include "sha512.h"

static void test_hashes(void **state)
{
	uint8_t in[520], want[64], got[64];
	struct ch_sha512 big;
	struct ch_sha256 small;
	ch_hash h;

	(void)state;
	randombytes_buf(in, sizeof in);
	for (size_t n = 0; n <= sizeof in; n++) {
		SHA512(in, n, want);
		ch_sha512_init(&big);
		ch_sha512_update(&big, ch_span_of(in, n / 3));
		ch_sha512_update(&big, ch_span_of(in + n / 3, n - n / 3));
		ch_sha512_final(&big, got);
		assert_memory_equal(got, want, 64);
		SHA256(in, n, want);
		ch_sha256_init(&small);
		ch_sha256_update(&small, ch_span_of(in, n / 2));
		ch_sha256_update(&small, ch_span_of(in + n / 2, n - n / 2));
		ch_sha256_final(&small, &h);
		assert_memory_equal(h.b, want, 32);
		ch_sha256(&h, ch_span_of(in, n));
		assert_memory_equal(h.b, want, 32);
	}
}

/* The field at its edges: numbers round 0 and p, and round 2^255. */
static void test_field(void **state)
{
	uint8_t b[32], edge[32];

	(void)state;
	for (unsigned low = 0; low < 256; low++) {
		memset(edge, 0xff, sizeof edge);
		edge[0] = (uint8_t)low;
		edge[31] = 0x7f;
		ch_fe a = ch_fe_of(edge), one = ch_fe_small(1), i, z;

		ch_fe_bytes(b, &a);
		assert_int_equal(memcmp(b, edge, 32) == 0, low < 0xed);
		z = ch_fe_sub(&a, &a);
		assert_true(ch_fe_is_zero(&z));
		i = ch_fe_invert(&a);
		i = ch_fe_mul(&i, &a);
		assert_int_equal(ch_fe_eq(&i, &one), low != 0xed);
	}
}

static void same(const uint8_t sig[64], const uint8_t *msg, size_t n, const uint8_t key[32])
{
	int want = crypto_sign_ed25519_verify_detached(sig, msg, n, key);
	ch_err got = ch_ed25519_verify((const ch_sig *)sig, ch_span_of(msg, n),
	    (const ch_edkey *)key);

	assert_int_equal(got == CH_OK, want == 0);
}

static void test_signatures(void **state)
{
	uint8_t pk[32], sk[64], sig[64], msg[200];

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		size_t n = randombytes_uniform(sizeof msg);

		randombytes_buf(msg, sizeof msg);
		crypto_sign_ed25519_keypair(pk, sk);
		crypto_sign_ed25519_detached(sig, NULL, msg, n, sk);
		check_ok(ch_ed25519_verify((ch_sig *)sig, ch_span_of(msg, n), (ch_edkey *)pk));
		for (unsigned k = 0; k < 6; k++) {
			unsigned at = randombytes_uniform(64 * 8), in_key = at % 256;

			sig[at / 8] ^= (uint8_t)(1u << at % 8);
			same(sig, msg, n, pk);
			sig[at / 8] ^= (uint8_t)(1u << at % 8);
			pk[in_key / 8] ^= (uint8_t)(1u << in_key % 8);
			same(sig, msg, n, pk);
			pk[in_key / 8] ^= (uint8_t)(1u << in_key % 8);
		}
		sig[63] |= 0x10; /* S beyond the order */
		same(sig, msg, n, pk);
	}
}

static void test_keys(void **state)
{
	static const uint8_t eight[32] = {
		0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
		0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
		0x6d, 0x53, 0xfc, 0x05,
	};
	uint8_t pk[32], sk[64];
	unsigned sound = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		ch_point p, torsion;

		crypto_sign_ed25519_keypair(pk, sk);
		assert_true(ch_ed25519_key_is_sound((ch_edkey *)pk));
		/* The same key and each of the seven points of low order. */
		assert_true(ch_point_of(&p, pk) && ch_point_of(&torsion, eight));
		for (unsigned k = 0; k < 7; k++) {
			p = ch_point_add(&p, &torsion);
			ch_point_bytes(pk, &p);
			assert_false(ch_ed25519_key_is_sound((ch_edkey *)pk));
		}
		p = ch_point_add(&p, &torsion);
		ch_point_bytes(pk, &p);
		assert_true(ch_ed25519_key_is_sound((ch_edkey *)pk));
		randombytes_buf(pk, sizeof pk);
		assert_int_equal(ch_ed25519_key_is_sound((ch_edkey *)pk),
		    crypto_core_ed25519_is_valid_point(pk));
		sound += ch_ed25519_key_is_sound((ch_edkey *)pk);
	}
	assert_true(sound < 50); /* one in sixteen of what is random */
}

static void test_x25519(void **state)
{
	uint8_t sec[32], pub[32], want[32];
	struct ch_secret32 out;

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		randombytes_buf(sec, sizeof sec);
		randombytes_buf(pub, sizeof pub);
		assert_int_equal(crypto_scalarmult_curve25519(want, sec, pub), 0);
		check_ok(ch_x25519(&out, (struct ch_secret32 *)sec, (ch_xkey *)pub));
		assert_memory_equal(out.b, want, 32);
	}
	for (unsigned low = 0; low < 2; low++) {
		memset(pub, 0, sizeof pub);
		pub[0] = (uint8_t)low;
		check_err(ch_x25519(&out, (struct ch_secret32 *)sec, (ch_xkey *)pub), CH_E_AUTH);
		assert_true(check_is_zero(&out, sizeof out));
	}
}

/* Random x with either first byte, and what is no x at all. */
static void test_p256(void **state)
{
	EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *p = EC_POINT_new(g);
	unsigned found = 0;

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		ch_p256c in;
		ch_p256 out, want = { { 0 } };
		int on;

		randombytes_buf(in.b, sizeof in.b);
		in.b[0] = i % 20 ? 2 + i % 2 : 4;
		if (i % 10 == 9)
			memset(in.b + 1, 0xff, 8);
		on = EC_POINT_oct2point(g, p, in.b, sizeof in.b, NULL);
		assert_int_equal(ch_p256_decompress(&out, &in) == CH_OK, on == 1);
		if (on == 1)
			EC_POINT_point2oct(g, p, POINT_CONVERSION_UNCOMPRESSED, want.b, 65, NULL);
		assert_memory_equal(&out, &want, sizeof out);
		assert_int_equal(ch_p256_check(&out) == CH_OK, on == 1);
		out.b[1 + randombytes_uniform(64)] ^= 1;
		assert_true(ch_p256_check(&out) != CH_OK);
		found += on == 1;
	}
	assert_true(found > 10 && found < 50);
	EC_POINT_free(p);
	EC_GROUP_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_field),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_x25519),
		cmocka_unit_test(test_p256),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
