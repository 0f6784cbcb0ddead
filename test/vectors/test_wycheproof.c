/* Wycheproof: the edge cases on which real libraries fell, for the primitives of crypto.h. */
#include "check.h"

#include "crypto.h"
#include "vectors_json.h"
#include "wipe.h"

#define FOLDER "wycheproof"

typedef void (*case_fn)(const json_t *group, const json_t *test);

static unsigned n_ran, n_skipped;

static bool is(const json_t *t, const char *result)
{
	return strcmp(vec_str(t, "result"), result) == 0;
}

static void each(const char *file, case_fn fn, unsigned want_ran, unsigned want_skipped)
{
	json_t *all = vec_json(file), *g, *t;
	size_t i, j;

	n_ran = n_skipped = 0;
	json_array_foreach(json_object_get(all, "testGroups"), i, g)
		json_array_foreach(json_object_get(g, "tests"), j, t)
			fn(g, t);
	assert_int_equal(n_ran + n_skipped,
	    json_integer_value(json_object_get(all, "numberOfTests")));
	json_decref(all);
	printf("%s: %u ran, %u skipped\n", file, n_ran, n_skipped);
	assert_int_equal(n_ran, want_ran);
	assert_int_equal(n_skipped, want_skipped);
}

static void leave(const json_t *t, const char *why)
{
	char name[32];

	snprintf(name, sizeof name, "tcId %d",
	    (int)json_integer_value(json_object_get(t, "tcId")));
	vec_skip(name, why);
	n_skipped++;
}

static void one_aead(const json_t *g, const json_t *t)
{
	size_t n_key, n_iv, n_aad, n_msg, n_ct, n_tag;
	uint8_t *key = vec_bytes(&n_key, t, "key"), *iv = vec_bytes(&n_iv, t, "iv");
	uint8_t *aad = vec_bytes(&n_aad, t, "aad"), *msg = vec_bytes(&n_msg, t, "msg");
	uint8_t *ct = vec_bytes(&n_ct, t, "ct"), *tag = vec_bytes(&n_tag, t, "tag");
	uint8_t *sealed = malloc(n_ct + n_tag + 1), *out = malloc(n_msg + 16);
	struct ch_aead a;

	(void)g;
	if (n_iv != 12) {
		leave(t, "our nonces have 12 bytes by type");
	} else if (n_aad != 0) {
		leave(t, "our seal has no associated data");
	} else {
		n_ran++;
		check_ok(ch_aead_init(&a));
		ch_aead_key(&a, (const struct ch_secret32 *)key);
		memcpy(sealed, ct, n_ct);
		memcpy(&sealed[n_ct], tag, n_tag);
		memset(out, 0xaa, n_msg + 16);
		if (is(t, "valid")) {
			check_ok(ch_aead_open(&a, out, iv, ch_span_of(sealed, n_ct + n_tag)));
			assert_memory_equal(out, msg, n_msg);
			check_ok(ch_aead_seal(&a, out, iv, ch_span_of(msg, n_msg)));
			assert_memory_equal(out, sealed, n_msg + 16);
			/* in place, both ways */
			check_ok(ch_aead_open(&a, sealed, iv, ch_span_of(sealed, n_ct + n_tag)));
			assert_memory_equal(sealed, msg, n_msg);
			check_ok(ch_aead_seal(&a, sealed, iv, ch_span_of(sealed, n_msg)));
			assert_memory_equal(sealed, out, n_msg + 16);
		} else {
			check_err(ch_aead_open(&a, out, iv, ch_span_of(sealed, n_ct + n_tag)),
			    CH_E_AUTH);
			assert_true(check_is_zero(out, n_ct));
		}
		ch_aead_deinit(&a);
	}
	free(key), free(iv), free(aad), free(msg), free(ct), free(tag), free(sealed), free(out);
}

static void test_aead(void **state)
{
	(void)state;
	each(FOLDER "/chacha20_poly1305_test.json", one_aead, 45, 280);
}

static bool has_flag(const json_t *t, const char *flag)
{
	json_t *f;
	size_t i;

	json_array_foreach(json_object_get(t, "flags"), i, f)
		if (strcmp(json_string_value(f), flag) == 0)
			return true;
	return false;
}

static void one_x25519(const json_t *g, const json_t *t)
{
	size_t n_pub, n_sec, n_shared;
	uint8_t *pub = vec_bytes(&n_pub, t, "public"), *sec = vec_bytes(&n_sec, t, "private");
	uint8_t *shared = vec_bytes(&n_shared, t, "shared");
	struct ch_secret32 out;
	ch_err e;

	(void)g;
	assert_true(n_pub == 32 && n_sec == 32 && n_shared == 32);
	memset(&out, 0xaa, sizeof out);
	e = ch_x25519(&out, (const struct ch_secret32 *)sec, (const ch_xkey *)pub);
	check_err(ch_x25519_check((const ch_xkey *)pub),
	    has_flag(t, "ZeroSharedSecret") ? CH_E_FORMAT : CH_OK);
	if (has_flag(t, "ZeroSharedSecret")) {
		check_err(e, CH_E_AUTH);
		assert_true(check_is_zero(&out, sizeof out));
	} else {
		check_ok(e);
		assert_memory_equal(out.b, shared, 32);
	}
	n_ran++;
	free(pub), free(sec), free(shared);
}

static void test_x25519(void **state)
{
	(void)state;
	each(FOLDER "/x25519_test.json", one_x25519, 518, 0);
}

static void one_ed25519(const json_t *g, const json_t *t)
{
	size_t n_pk, n_msg, n_sig;
	uint8_t *pk = vec_bytes(&n_pk, json_object_get(g, "publicKey"), "pk");
	uint8_t *msg = vec_bytes(&n_msg, t, "msg"), *sig = vec_bytes(&n_sig, t, "sig");

	assert_int_equal(n_pk, 32);
	if (n_sig != 64) {
		assert_true(is(t, "invalid"));
		leave(t, "our signatures have 64 bytes by type");
	} else {
		ch_err e = ch_ed25519_verify((const ch_sig *)sig, ch_span_of(msg, n_msg),
		    (const ch_edkey *)pk);

		check_err(e, is(t, "valid") ? CH_OK : CH_E_AUTH);
		n_ran++;
	}
	free(pk), free(msg), free(sig);
}

static void test_ed25519(void **state)
{
	(void)state;
	each(FOLDER "/ed25519_test.json", one_ed25519, 139, 12);
}

static void one_hmac(const json_t *g, const json_t *t)
{
	size_t n_key, n_msg, n_tag;
	uint8_t *key = vec_bytes(&n_key, t, "key"), *msg = vec_bytes(&n_msg, t, "msg");
	uint8_t *tag = vec_bytes(&n_tag, t, "tag"), out[32];

	(void)g;
	assert_true(n_tag == 32 || n_tag == 16);
	ch_hmac(out, ch_span_of(key, n_key), ch_span_of(msg, n_msg));
	assert_int_equal(ch_ct_equal(out, tag, n_tag), is(t, "valid"));
	n_ran++;
	free(key), free(msg), free(tag);
}

static void test_hmac(void **state)
{
	(void)state;
	each(FOLDER "/hmac_sha256_test.json", one_hmac, 174, 0);
}

static void one_hkdf(const json_t *g, const json_t *t)
{
	size_t n_ikm, n_salt, n_info, n_okm;
	uint8_t *ikm = vec_bytes(&n_ikm, t, "ikm"), *salt = vec_bytes(&n_salt, t, "salt");
	uint8_t *info = vec_bytes(&n_info, t, "info"), *okm = vec_bytes(&n_okm, t, "okm");
	uint8_t *out;

	(void)g;
	if (!is(t, "valid")) {
		assert_true(json_integer_value(json_object_get(t, "size")) > 8160);
		leave(t, "asking for more than 8160 bytes is a trap, not an error");
	} else {
		out = malloc(n_okm + 1);
		out[n_okm] = 0x5a;
		ch_hkdf(out, n_okm, ch_span_of(ikm, n_ikm), ch_span_of(salt, n_salt),
		    ch_span_of(info, n_info));
		assert_memory_equal(out, okm, n_okm);
		assert_int_equal(out[n_okm], 0x5a);
		free(out);
		n_ran++;
	}
	free(ikm), free(salt), free(info), free(okm);
}

static void test_hkdf(void **state)
{
	(void)state;
	each(FOLDER "/hkdf_sha256_test.json", one_hkdf, 83, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aead),
		cmocka_unit_test(test_ed25519),
		cmocka_unit_test(test_hkdf),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_x25519),
	};

	vec_require(FOLDER);
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
