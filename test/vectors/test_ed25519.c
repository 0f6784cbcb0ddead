/*
 * CCTV's 914 signatures on which libraries differ. Our rule is libsodium's, and this is its
 * fingerprint: 43 are taken, all others refused. Another library under us shows here first.
 */
#include "check.h"

#include "crypto.h"
#include "vectors_json.h"

#define FILE_NAME "ed25519-cctv/ed25519vectors.json"

static bool has_flag(const json_t *t, const char *flag)
{
	json_t *f;
	size_t i;

	json_array_foreach(json_object_get(t, "flags"), i, f)
		if (strcmp(json_string_value(f), flag) == 0)
			return true;
	return false;
}

static void test_all(void **state)
{
	json_t *all = vec_json(FILE_NAME), *t;
	unsigned taken = 0, refused = 0, sound = 0;
	size_t i;

	(void)state;
	json_array_foreach(all, i, t) {
		size_t n_key, n_sig;
		uint8_t *key = vec_bytes(&n_key, t, "key"), *sig = vec_bytes(&n_sig, t, "sig");

		assert_true(n_key == 32 && n_sig == 64);
		if (ch_ed25519_verify((const ch_sig *)sig, ch_span_str(vec_str(t, "msg")),
			(const ch_edkey *)key) == CH_OK) {
			/* never a small or second spelling */
			assert_false(has_flag(t, "low_order_A") || has_flag(t, "low_order_R") ||
			    has_flag(t, "non_canonical_A") || has_flag(t, "non_canonical_R"));
			taken++;
		} else {
			refused++;
		}
		if (ch_ed25519_key_is_sound((const ch_edkey *)key)) {
			assert_false(has_flag(t, "low_order_component_A"));
			sound++;
		}
		free(key), free(sig);
	}
	json_decref(all);
	printf("%u taken, %u refused, %u keys sound\n", taken, refused, sound);
	assert_int_equal(taken, 43);
	assert_int_equal(refused, 914 - 43);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all) };

	vec_require(FILE_NAME);
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
