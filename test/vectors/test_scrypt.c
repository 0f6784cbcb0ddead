/* RFC 7914 section 12, as far as our fixed r = 8, p = 1 reaches: the first 32 of the 64 bytes. */
#include "check.h"

#include "crypto.h"
#include "vectors_json.h"

#define FILE_NAME "scrypt-rfc7914/scrypt.json"

static int number(const json_t *t, const char *key)
{
	return (int)json_integer_value(json_object_get(t, key));
}

static const char *why_not(const json_t *t)
{
	if (number(t, "r") != 8 || number(t, "p") != 1)
		return "other r or p than ours";
	if (number(t, "N") > 1 << 16)
		return "takes 1 GiB of memory";
	return NULL;
}

static void one(const json_t *t)
{
	unsigned log_n = 0;
	size_t n;
	uint8_t *out = vec_bytes(&n, t, "out");
	struct ch_secret32 got;

	while (1 << log_n < number(t, "N"))
		log_n++;
	check_ok(ch_scrypt(&got, ch_span_str(vec_str(t, "password")),
	    ch_span_str(vec_str(t, "salt")), log_n));
	assert_memory_equal(got.b, out, 32);
	free(out);
}

static void test_all(void **state)
{
	json_t *all = vec_json(FILE_NAME), *t;
	unsigned ran = 0, skipped = 0;
	size_t i;

	(void)state;
	json_array_foreach(all, i, t) {
		char name[40];

		if (!why_not(t)) {
			one(t);
			ran++;
			continue;
		}
		snprintf(name, sizeof name, "N=%d r=%d p=%d", number(t, "N"), number(t, "r"),
		    number(t, "p"));
		vec_skip(name, why_not(t));
		skipped++;
	}
	json_decref(all);
	assert_int_equal(ran, 1);
	assert_int_equal(skipped, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all) };

	vec_require(FILE_NAME);
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
