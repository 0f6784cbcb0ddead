/* litewitness's transcripts: 11 requests in order, each with its status. */
#include "check.h"

#include "vectors_json.h"
#include "witness.h"


static void take_log(ch_witness_log *out, const json_t *log)
{
	const char *origin = vec_str(log, "origin"), *vkey;

	out->origin = ch_span_str(origin);
	out->n = 1;
	vkey = json_string_value(json_object_get(log, "vkey"));
	if (vkey) {
		check_ok(ch_vkey_parse(&out->key[0], ch_span_str(vkey)));
	} else {
		size_t n;
		uint8_t *pub = vec_bytes(&n, log, "ed25519_hex");
		ch_edkey key;

		assert_int_equal(n, sizeof key.b);
		memcpy(key.b, pub, n);
		free(pub);
		ch_vkey_make(&out->key[0], out->origin, CH_VKEY_ED25519, &key);
	}
}

/* The status, and what stands in the body with 409. */
static unsigned ask(ch_witness_state *state, const ch_witness_log *log, const char *body)
{
	static ch_witness_request q;
	static ch_note note;
	ch_checkpoint tree;
	ch_witness_state next;
	unsigned status;

	if (ch_witness_parse(&q, ch_span_str(body)) != CH_OK ||
	    ch_witness_open(&tree, &note, &q) != CH_OK)
		return 400;
	status = ch_witness_judge(&next, state,
	    ch_span_eq(tree.origin, log->origin) ? log : NULL, &q, &tree, &note);
	*state = next;
	return status;
}

/* Where the specification, or a strict reader, answers otherwise than this litewitness did. */
static unsigned wanted(const json_t *talk, size_t i, unsigned theirs)
{
	if (strcmp(vec_str(talk, "name"), "litewitness") != 0 || theirs != 403)
		return theirs;
	if (i == 1) {
		vec_skip("403 for a wrong signature", "its base64 is not canonical: 400");
		return 400;
	}
	vec_skip("403 for an unknown log", "the specification now says 404");
	return 404;
}

static void test_transcripts(void **state)
{
	json_t *all = vec_json("tlog-witness/transcripts.json");
	unsigned run = 0;

	(void)state;
	for (size_t t = 0; t < json_array_size(all); t++) {
		const json_t *talk = json_array_get(all, t);
		const json_t *requests = json_object_get(talk, "requests");
		ch_witness_state held = { 0 };
		ch_witness_log log = { 0 };

		take_log(&log, json_object_get(talk, "log"));
		for (size_t i = 0; i < json_array_size(requests); i++, run++) {
			const json_t *q = json_array_get(requests, i);
			unsigned status = (unsigned)json_integer_value(
			    json_object_get(q, "status"));
			const char *says = json_string_value(json_array_get(
			    json_object_get(q, "asserts"), 0));

			assert_int_equal(ask(&held, &log, vec_str(q, "body")),
			    wanted(talk, i, status));
			if (status == 409)
				assert_true(says[9] - '0' == (char)held.size);
		}
	}
	assert_int_equal(run, 11);
	json_decref(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_transcripts) };

	vec_require("tlog-witness/transcripts.json");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
