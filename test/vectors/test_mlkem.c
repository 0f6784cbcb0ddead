/* ML-KEM-768: NIST's ACVP and Wycheproof, each case both ways where it has both. */
#include "check.h"

#include "mlkem.h"
#include "vectors_json.h"

static unsigned n_ran, n_skipped;

static void counted(const char *file, unsigned want_ran, unsigned want_skipped)
{
	printf("%s: %u ran, %u skipped\n", file, n_ran, n_skipped);
	assert_int_equal(n_ran, want_ran);
	assert_int_equal(n_skipped, want_skipped);
	n_ran = n_skipped = 0;
}

/* Wrong lengths cannot be said in our types. False: left out, by name. */
static bool fits(const json_t *t, size_t n, size_t want, const char *what)
{
	char name[32];

	if (n == want)
		return true;
	snprintf(name, sizeof name, "tcId %d", (int)json_integer_value(json_object_get(t, "tcId")));
	vec_skip(name, what);
	assert_string_equal(vec_str(t, "result"), "invalid");
	n_skipped++;
	return false;
}

/* A member in hexadecimal of either case; length 0 when it is absent. */
static uint8_t *member(size_t *n, const json_t *t, const char *key)
{
	const char *s = json_string_value(json_object_get(t, key));
	char *low = strdup(s ? s : "");
	uint8_t *p;

	assert_non_null(low);
	for (char *c = low; *c; c++)
		*c |= *c >= 'A' && *c <= 'F' ? 0x20 : 0;
	p = vec_hex(n, low);
	free(low);
	return p;
}

/* A member of exactly so many bytes. */
static uint8_t *exact(const json_t *t, const char *key, size_t want)
{
	size_t n;
	uint8_t *p = member(&n, t, key);

	assert_int_equal(n, want);
	return p;
}

static void keygen(const json_t *t, const uint8_t seed[64], bool with_dk)
{
	uint8_t *want_ek = exact(t, "ek", CH_MLKEM_EK);
	ch_mlkem_ek ek;
	struct ch_mlkem_dk dk;

	check_ok(ch_mlkem_keygen_derand(&ek, &dk, (const struct ch_secret64 *)seed));
	assert_memory_equal(ek.b, want_ek, sizeof ek);
	if (with_dk) {
		uint8_t *want_dk = exact(t, "dk", CH_MLKEM_DK);

		assert_memory_equal(dk.b, want_dk, sizeof dk);
		free(want_dk);
	}
	check_ok(ch_mlkem_ek_check(&ek));
	free(want_ek);
}

static void decaps(const uint8_t *dk, const uint8_t *ct, const uint8_t *want)
{
	struct ch_secret32 ss;

	check_ok(ch_mlkem_decaps(&ss, (const struct ch_mlkem_dk *)dk, (const ch_mlkem_ct *)ct));
	assert_memory_equal(ss.b, want, 32);
}

static void encaps(const uint8_t *ek, const uint8_t *m, const uint8_t *want_c, const uint8_t *want)
{
	struct ch_secret32 ss;
	ch_mlkem_ct ct;

	check_ok(ch_mlkem_encaps_derand(&ct, &ss, (const ch_mlkem_ek *)ek,
	    (const struct ch_secret32 *)m));
	assert_memory_equal(ct.b, want_c, sizeof ct);
	assert_memory_equal(ss.b, want, 32);
}

static void refused(const uint8_t *ek, const uint8_t *m)
{
	struct ch_secret32 ss;
	ch_mlkem_ct ct;

	memset(&ss, 0xaa, sizeof ss);
	memset(&ct, 0xaa, sizeof ct);
	check_err(ch_mlkem_ek_check((const ch_mlkem_ek *)ek), CH_E_FORMAT);
	check_err(ch_mlkem_encaps_derand(&ct, &ss, (const ch_mlkem_ek *)ek,
	    (const struct ch_secret32 *)m), CH_E_FORMAT);
	assert_true(check_is_zero(&ss, sizeof ss));
	assert_true(check_is_zero(&ct, sizeof ct));
}

typedef void (*case_fn)(const json_t *group, const json_t *test);

static void each(const char *file, case_fn fn, unsigned want_ran, unsigned want_skipped)
{
	json_t *all = vec_json(file), *g, *t;
	size_t i, j;

	json_array_foreach(json_object_get(all, "testGroups"), i, g)
		json_array_foreach(json_object_get(g, "tests"), j, t)
			fn(g, t);
	json_decref(all);
	counted(file, want_ran, want_skipped);
}

static void one_acvp_keygen(const json_t *g, const json_t *t)
{
	uint8_t *d = exact(t, "d", 32), *z = exact(t, "z", 32), seed[64];

	(void)g;
	memcpy(seed, d, 32);
	memcpy(&seed[32], z, 32);
	keygen(t, seed, true);
	free(d), free(z);
	n_ran++;
}

static void one_acvp_encap_decap(const json_t *g, const json_t *t)
{
	uint8_t *c = exact(t, "c", CH_MLKEM_CT), *k = exact(t, "k", 32), *dk, *ek, *m;

	if (strcmp(vec_str(g, "function"), "encapsulation") == 0) {
		ek = exact(t, "ek", CH_MLKEM_EK);
		m = exact(t, "m", 32);
		encaps(ek, m, c, k);
		free(ek), free(m);
		dk = exact(t, "dk", CH_MLKEM_DK);
	} else {
		dk = exact(g, "dk", CH_MLKEM_DK);
	}
	decaps(dk, c, k);
	free(c), free(k), free(dk);
	n_ran++;
}

static void test_acvp(void **state)
{
	(void)state;
	each("mlkem-acvp/keygen-768.json", one_acvp_keygen, 25, 0);
	each("mlkem-acvp/encapdecap-768.json", one_acvp_encap_decap, 35, 0);
}

static void one_whole(const json_t *g, const json_t *t)
{
	size_t n_seed, n_c;
	uint8_t *seed = member(&n_seed, t, "seed"), *c = member(&n_c, t, "c");
	uint8_t *k;
	ch_mlkem_ek ek;
	struct ch_mlkem_dk dk;

	(void)g;
	if (fits(t, n_seed, 64, "seeds have 64 bytes by type") &&
	    fits(t, n_c, CH_MLKEM_CT, "ciphertexts have 1088 bytes by type")) {
		keygen(t, seed, false);
		check_ok(ch_mlkem_keygen_derand(&ek, &dk, (const struct ch_secret64 *)seed));
		k = exact(t, "K", 32);
		decaps(dk.b, c, k);
		free(k);
		n_ran++;
	}
	free(seed), free(c);
}

static void one_encaps(const json_t *g, const json_t *t)
{
	size_t n_ek;
	uint8_t *ek = member(&n_ek, t, "ek"), *m = exact(t, "m", 32), *c, *k;

	(void)g;
	if (fits(t, n_ek, CH_MLKEM_EK, "keys have 1184 bytes by type")) {
		if (strcmp(vec_str(t, "result"), "valid") == 0) {
			c = exact(t, "c", CH_MLKEM_CT);
			k = exact(t, "K", 32);
			encaps(ek, m, c, k);
			free(c), free(k);
		} else {
			refused(ek, m);
		}
		n_ran++;
	}
	free(ek), free(m);
}

static void one_seed(const json_t *g, const json_t *t)
{
	uint8_t *seed = exact(t, "seed", 64);

	(void)g;
	keygen(t, seed, true);
	free(seed);
	n_ran++;
}

static void one_expanded(const json_t *g, const json_t *t)
{
	size_t n_dk, n_c;
	uint8_t *dk = member(&n_dk, t, "dk"), *c = member(&n_c, t, "c"), *k;
	struct ch_secret32 ss;

	(void)g;
	if (fits(t, n_dk, CH_MLKEM_DK, "keys have 2400 bytes by type") &&
	    fits(t, n_c, CH_MLKEM_CT, "ciphertexts have 1088 bytes by type")) {
		if (strcmp(vec_str(t, "result"), "valid") == 0) {
			k = exact(t, "K", 32);
			decaps(dk, c, k);
			free(k);
		} else {
			memset(&ss, 0xaa, sizeof ss);
			check_err(ch_mlkem_decaps(&ss, (const struct ch_mlkem_dk *)dk,
			    (const ch_mlkem_ct *)c), CH_E_FORMAT);
			assert_true(check_is_zero(&ss, sizeof ss));
		}
		n_ran++;
	}
	free(dk), free(c);
}

static void test_wycheproof(void **state)
{
	(void)state;
	each("wycheproof/mlkem_768_test.json", one_whole, 153, 40);
	each("wycheproof/mlkem_768_encaps_test.json", one_encaps, 245, 20);
	each("wycheproof/mlkem_768_keygen_seed_test.json", one_seed, 100, 0);
	each("wycheproof/mlkem_768_semi_expanded_decaps_test.json", one_expanded, 5, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acvp),
		cmocka_unit_test(test_wycheproof),
	};

	vec_require("mlkem-acvp");
	vec_require("wycheproof");
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
