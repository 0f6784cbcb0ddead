/* Tessera's tlog-proof cases, and the layout of the specification's example. */
#include "tlog.h"

#include "proof.h"
#include "vectors_json.h"

static void test_marshal(void **state)
{
	json_t *j = vec_json("tlog-proof/cases.json");
	const json_t *c, *h;
	size_t i, k, counted = 0;

	(void)state;
	json_array_foreach (json_object_get(j, "marshal"), i, c) {
		static uint8_t buf[4096];
		struct ch_wr w = ch_wr_of(buf, sizeof buf);
		const char *extra = json_string_value(json_object_get(c, "extra"));
		ch_hash hash[CH_MERKLE_PROOF_MAX];
		uint8_t got[64];
		ch_proof p;
		size_t n;

		json_array_foreach (json_object_get(c, "hashes_base64"), k, h)
			check_ok(ch_b64_parse_n(hash[k].b, 32, ch_span_str(json_string_value(h)),
			    CH_B64_PADDED));
		n = json_array_size(json_object_get(c, "hashes_base64"));
		ch_proof_put(&w, extra ? ch_span_str(extra) : (ch_span){ 0 },
		    (uint64_t)json_integer_value(json_object_get(c, "index")), hash, n,
		    ch_span_str(vec_str(c, "checkpoint")));
		check_ok(ch_wr_done(&w));
		assert_true(ch_span_eq(ch_wr_span(&w), ch_span_str(vec_str(c, "text"))));
		check_ok(ch_proof_parse(&p, ch_span_str(vec_str(c, "text"))));
		assert_int_equal(p.n, n);
		for (k = 0; k < n; k++)
			assert_true(ch_hash_eq(&p.hash[k], &hash[k]));
		check_ok(ch_proof_extra(got, &n, sizeof got, &p));
		assert_true(ch_span_eq(ch_span_of(got, n), extra ? ch_span_str(extra)
		    : (ch_span){ 0 }));
		counted++;
	}
	assert_int_equal(counted, 3);
	json_decref(j);
}

static void test_malformed(void **state)
{
	json_t *j = vec_json("tlog-proof/cases.json");
	const json_t *c;
	size_t i, counted = 0;

	(void)state;
	json_array_foreach (json_object_get(j, "malformed"), i, c) {
		ch_proof p;

		/* The layout alone stops every one: checkpoints are not looked at here. */
		if (ch_proof_parse(&p, ch_span_str(vec_str(c, "text"))) == CH_OK)
			fail_msg("%s", vec_str(c, "desc"));
		assert_true(check_is_zero(&p, sizeof p));
		counted++;
	}
	assert_int_equal(counted, 10);
	json_decref(j);
}

/* The layout alone: the signatures of the specification's example are cut short. */
static void test_example(void **state)
{
	json_t *j = vec_json("tlog-proof/cases.json");
	uint8_t extra[64];
	ch_proof p;
	size_t n;

	(void)state;
	check_ok(ch_proof_parse(&p, ch_span_str(vec_str(j, "spec_example_layout_only"))));
	check_ok(ch_proof_extra(extra, &n, sizeof extra, &p));
	assert_true(p.index == 73894 && p.n == 5 && n == 39);
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marshal),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_example),
	};

	vec_require("tlog-proof");
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
