/*
 * sigsum-go's policies. Their keys are bare hexadecimal; each becomes a vkey of that key, so
 * that grammar and quorum are what is tested.
 */
#include "tlog.h"

#include "hex.h"
#include "policy.h"
#include "vectors_json.h"

static ch_policy policy;

static bool is_hex_key(const char *s)
{
	return strspn(s, "0123456789abcdef") == 64;
}

/* The same policy with vkeys, malloc'd. */
static char *with_vkeys(const char *text)
{
	size_t cap = 4 * strlen(text) + 256;
	char *out = malloc(cap);
	struct ch_wr w = ch_wr_of(out, cap - 1);
	uint8_t type = CH_VKEY_ED25519;

	assert_non_null(out);
	for (const char *c = text; *c; c++) {
		ch_edkey key;
		ch_vkey v;

		if (strncmp(c, "log ", 4) == 0)
			type = CH_VKEY_ED25519;
		if (strncmp(c, "witness ", 8) == 0)
			type = CH_VKEY_COSIGNATURE;
		if (!is_hex_key(c)) {
			ch_wr_u8(&w, (uint8_t)*c);
			continue;
		}
		check_ok(ch_hex_parse(key.b, 32, ch_span_of(c, 64)));
		ch_vkey_make(&v, CH_LIT("some.name"), type, &key);
		ch_vkey_put(&w, &v);
		c += 63;
	}
	check_ok(ch_wr_done(&w));
	out[w.n] = 0;
	return out;
}

/* Our words for sigsum-go's, in the order of the cases: each fails for its own reason. */
static const char *const reasons[] = {
	"control character", "control character", "the same key twice", "name defined twice",
	"no quorum", "member listed twice", "member not defined before",
};

static unsigned quorums(const json_t *c)
{
	const json_t *q, *v;
	size_t i, k;

	json_array_foreach (json_object_get(c, "quorum"), i, q) {
		uint64_t who = 0;

		json_array_foreach (json_object_get(q, "a"), k, v)
			who |= (uint64_t)1 << (json_integer_value(v) - 1);
		json_array_foreach (json_object_get(q, "b"), k, v)
			who |= (uint64_t)1 << (json_integer_value(v) + 2);
		assert_int_equal(ch_policy_quorum(&policy, who),
		    json_is_true(json_object_get(q, "ok")));
	}
	return (unsigned)i;
}

static void test_cases(void **state)
{
	json_t *j = vec_json("tlog-policy/sigsum-policies.json");
	const json_t *c;
	unsigned valid = 0, judged = 0, invalid = 0;
	size_t i;

	(void)state;
	json_array_foreach (json_object_get(j, "valid"), i, c) {
		char *text = with_vkeys(vec_str(c, "policy"));

		check_ok(ch_policy_parse(&policy, ch_span_str(text), NULL));
		judged += quorums(c);
		valid++;
		free(text);
	}
	json_array_foreach (json_object_get(j, "invalid"), i, c) {
		char *text = with_vkeys(vec_str(c, "policy"));
		struct ch_diag d = { 0 };

		assert_int_not_equal(ch_policy_parse(&policy, ch_span_str(text), &d), CH_OK);
		assert_true(i < CH_COUNT(reasons));
		assert_string_equal(d.what, reasons[i]);
		invalid++;
		free(text);
	}
	assert_true(valid == 1 && judged == 14 && invalid == 7);
	json_decref(j);
}

/* Real policies: three witnesses of which two; and six of which four, one being that group. */
static void test_builtin(void **state)
{
	size_t n;
	char *raw = (char *)vec_read(&n, "tlog-policy/sigsum-test1-2025.builtin-policy");
	char *text = with_vkeys(raw);

	(void)state;
	check_ok(ch_policy_parse(&policy, ch_span_str(text), NULL));
	for (uint64_t who = 0; who < 8; who++)
		assert_int_equal(ch_policy_quorum(&policy, who), __builtin_popcountll(who) >= 2);
	free(raw);
	free(text);
	raw = (char *)vec_read(&n, "tlog-policy/sigsum-test-2025-3.builtin-policy");
	text = with_vkeys(raw);
	check_ok(ch_policy_parse(&policy, ch_span_str(text), NULL));
	assert_true(policy.n_logs == 2 && policy.n_witnesses == 8 && policy.n_groups == 2);
	for (uint64_t who = 0; who < 256; who++)
		assert_int_equal(ch_policy_quorum(&policy, who),
		    (__builtin_popcountll(who & 7) >= 2) + __builtin_popcountll(who >> 3) >= 4);
	free(raw);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_builtin),
	};

	vec_require("tlog-policy");
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
