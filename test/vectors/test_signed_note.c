/* Go's sumdb/note, transparency-dev/formats, sigsum and Sunlight: notes, checkpoints, vkeys. */
#include "tlog.h"

#include "checkpoint.h"
#include "merkle.h"
#include "vectors_json.h"

static unsigned counted;

/* note or note_base64, malloc'd */
static ch_span note_of(const json_t *c)
{
	const json_t *plain = json_object_get(c, "note"), *b64 = json_object_get(c, "note_base64");
	const char *s = json_string_value(plain ? plain : b64);
	size_t len = json_string_length(plain ? plain : b64), n = len;
	uint8_t *p = check_copy(s, len);

	if (!plain)
		check_ok(ch_b64_parse(p, &n, len, ch_span_of(s, len), CH_B64_PADDED));
	return ch_span_of(p, n);
}

/* Whether `name` stands in the list at key. */
static bool has(const json_t *c, const char *key, ch_span name)
{
	const json_t *v;
	size_t i;

	json_array_foreach (json_object_get(c, key), i, v)
		if (ch_span_eq(ch_span_str(json_string_value(v)), name))
			return true;
	return false;
}

static void open_one(const json_t *c)
{
	const char *want = vec_str(c, "result"), *desc = vec_str(c, "desc");
	ch_span in = note_of(c);
	ch_note note;
	const json_t *v;
	size_t i, found = 0;
	bool wrong = false;
	ch_err e = ch_note_parse(&note, in, CH_NOTE_TEXT_MAX);

	if ((e != CH_OK) != (strcmp(want, "malformed") == 0))
		fail_msg("%s", desc);
	json_array_foreach (json_object_get(c, "vkeys"), i, v) {
		ch_vkey k;

		check_ok(ch_vkey_parse(&k, ch_span_str(json_string_value(v))));
		if (e != CH_OK)
			continue;
		ch_err one = ch_note_verify(&note, &k);
		wrong |= one == CH_E_AUTH;
		found += one == CH_OK;
		if (one == CH_OK && strcmp(want, "ok") == 0)
			assert_true(has(c, "verified", k.name));
	}
	/* Two verifiers for one line ("ambiguous key") are the caller's affair. */
	if (strcmp(want, "ok") == 0)
		assert_int_equal(found, json_array_size(json_object_get(c, "verified")));
	if (strcmp(want, "invalid signature") == 0)
		assert_true(wrong);
	if (strcmp(want, "unverified") == 0)
		assert_true(found == 0 && !wrong);
	counted++;
	free((void *)(uintptr_t)in.p);
}

/* A PRIVATE+KEY+name+id+base64(1 || seed) as Go has it. */
static void secret_of(struct ch_edsecret *sec, ch_vkey *key, const char *text)
{
	struct ch_rd r = ch_rd_of(ch_span_str(text));
	uint8_t raw[33];
	struct ch_secret32 seed;
	ch_edkey pub;

	CH_RD_LIT(&r, "PRIVATE+KEY+");
	ch_span name = ch_rd_until(&r, '+');
	(void)ch_rd_until(&r, '+');
	check_ok(ch_b64_parse_n(raw, sizeof raw, ch_rd_rest(&r), CH_B64_PADDED));
	memcpy(seed.b, raw + 1, 32);
	ch_ed25519_keypair(&pub, sec, &seed);
	ch_vkey_make(key, name, CH_VKEY_ED25519, &pub);
}

static void bad_vkeys_of(const char *good)
{
	size_t n = strlen(good);
	ch_vkey k;

	for (size_t a = 0; a < n; a++)
		for (size_t b = a; b <= n; b++)
			if (b - a < n)
				assert_int_not_equal(ch_vkey_parse(&k, ch_span_of(good + a, b - a)),
				    CH_OK);
	for (size_t i = 0; i < n; i++) {
		uint8_t *p = check_copy(good, n);

		p[i]++;
		assert_int_not_equal(ch_vkey_parse(&k, ch_span_of(p, n)), CH_OK);
		free(p);
	}
}

static void test_notes(void **state)
{
	json_t *j = vec_json("signed-note/notes.json");
	const json_t *c;
	size_t i;
	ch_vkey k;

	(void)state;
	json_array_foreach (json_object_get(j, "open"), i, c)
		open_one(c);
	json_array_foreach (json_object_get(j, "sign"), i, c) {
		uint8_t buf[1024];
		struct ch_wr w = ch_wr_of(buf, sizeof buf);
		struct ch_edsecret sec;

		secret_of(&sec, &k, vec_str(c, "skey"));
		ch_note_put_text(&w, ch_span_str(vec_str(c, "text")));
		ch_note_sign_line(&w, k.name, ch_span_str(vec_str(c, "text")), &sec);
		check_ok(ch_wr_done(&w));
		assert_true(ch_span_eq(ch_wr_span(&w), ch_span_str(vec_str(c, "note"))));
		counted++;
	}
	json_array_foreach (json_object_get(j, "vkeys_good"), i, c) {
		check_ok(ch_vkey_parse(&k, ch_span_str(json_string_value(c))));
		bad_vkeys_of(json_string_value(c));
		counted++;
	}
	json_array_foreach (json_object_get(j, "vkeys_bad"), i, c) {
		assert_int_not_equal(ch_vkey_parse(&k, ch_span_str(json_string_value(c))), CH_OK);
		counted++;
	}
	json_decref(j);
}

/* The root as 32 bytes instead of upstream's 7 or 37: then the lines alone decide. */
static void test_checkpoints(void **state)
{
	static const char root[] = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
	json_t *j = vec_json("signed-note/checkpoints.json");
	const json_t *c;
	size_t i;
	unsigned empty_ext = 0;
	ch_checkpoint cp;

	(void)state;
	json_array_foreach (json_object_get(j, "parse"), i, c) {
		const char *body = vec_str(c, "body");
		bool ok = json_is_true(json_object_get(c, "ok"));
		char buf[1024];

		assert_int_not_equal(ch_checkpoint_parse(&cp, ch_span_str(body)), CH_OK);
		counted++;
		if (!ok)
			continue;
		const char *hash = vec_str(c, "hash_base64"), *at = strstr(body, hash);
		const json_t *rest = json_object_get(c, "rest");
		snprintf(buf, sizeof buf, "%.*s%s%s", (int)(at - body), body, root,
		    at + strlen(hash));
		if (rest && strstr(json_string_value(rest), "\n\n")) {
			/* "Extension lines, if any, MUST be non-empty": stricter than upstream. */
			check_err(ch_checkpoint_parse(&cp, ch_span_str(buf)), CH_E_FORMAT);
			empty_ext++;
			continue;
		}
		check_ok(ch_checkpoint_parse(&cp, ch_span_str(buf)));
		assert_true(ch_span_eq(cp.origin, ch_span_str(vec_str(c, "origin"))));
		assert_int_equal(cp.size, json_integer_value(json_object_get(c, "size")));
		assert_true(ch_span_eq(cp.ext, rest ? ch_span_str(json_string_value(rest))
		    : (ch_span){ 0 }));
	}
	assert_int_equal(empty_ext, 1);
	json_array_foreach (json_object_get(j, "origin_length"), i, c) {
		char buf[512], origin[300];
		size_t len = (size_t)json_integer_value(json_object_get(c, "len"));

		memset(origin, 'o', sizeof origin);
		snprintf(buf, sizeof buf, "%.*s\n1\n%s\n", (int)len, origin, root);
		assert_int_equal(ch_checkpoint_parse(&cp, ch_span_str(buf)) == CH_OK,
		    json_is_true(json_object_get(c, "ok")));
		counted++;
	}
	json_decref(j);
}

static void cosigned(const char *text, const char *vkey)
{
	ch_note note;
	ch_vkey k;
	uint64_t t;

	check_ok(ch_note_parse(&note, ch_span_str(text), CH_CHECKPOINT_TEXT_MAX));
	check_ok(ch_vkey_parse(&k, ch_span_str(vkey)));
	check_ok(ch_cosignature_verify(&t, &note, &k));
	assert_true(t > 1600000000);
	counted++;
}

static void test_cosignatures(void **state)
{
	json_t *j = vec_json("signed-note/cosignature.json");
	const json_t *c;
	size_t i;
	unsigned other = 0;
	ch_vkey k;

	(void)state;
	json_array_foreach (json_object_get(j, "vkeys"), i, c) {
		bool ok = ch_vkey_parse(&k, ch_span_str(vec_str(c, "vkey"))) == CH_OK;

		counted++;
		if (!ok && json_is_true(json_object_get(c, "ok"))) {
			vec_skip(vec_str(c, "desc"), "ML-DSA-44 is not supported");
			other++;
			continue;
		}
		assert_int_equal(ok, json_is_true(json_object_get(c, "ok")));
	}
	assert_int_equal(other, 1);
	json_array_foreach (json_object_get(j, "timestamps"), i, c) {
		uint8_t raw[76];
		bool ok = ch_b64_parse_n(raw, sizeof raw, ch_span_str(vec_str(c, "sig_base64")),
		    CH_B64_PADDED) == CH_OK;
		struct ch_rd r = ch_rd_of(ch_span_of(raw, sizeof raw));

		assert_int_equal(ok, json_object_get(c, "time") != NULL);
		(void)ch_rd_be32(&r);
		if (ok)
			assert_int_equal(ch_rd_be64(&r),
			    json_integer_value(json_object_get(c, "time")));
		counted++;
	}
	json_array_foreach (json_object_get(j, "verify"), i, c)
		cosigned(vec_str(c, "note"), vec_str(c, "vkey"));
	cosigned(vec_str(j, "mirror_note"), json_string_value(json_array_get(
	    json_object_get(json_object_get(j, "mirror"), "verifier_keys"), 0)));
	json_decref(j);
}

static void test_sigsum(void **state)
{
	json_t *j = vec_json("signed-note/sigsum-checkpoint.json");
	const char *text = vec_str(j, "note");
	size_t n, len = strlen(text);
	uint8_t *raw = vec_bytes(&n, j, "ed25519_seed_hex"), *p = check_copy(text, len);
	struct ch_secret32 seed;
	struct ch_edsecret sec;
	ch_edkey pub;
	ch_vkey k;
	ch_checkpoint cp;
	ch_note note;

	(void)state;
	memcpy(seed.b, raw, 32);
	ch_ed25519_keypair(&pub, &sec, &seed);
	check_ok(ch_note_parse(&note, ch_span_str(text), 1024));
	ch_vkey_make(&k, note.line[0].name, CH_VKEY_ED25519, &pub);
	check_ok(ch_checkpoint_open(&cp, &note, ch_span_str(text), &k));
	assert_int_equal(cp.size, 10);
	/* What must break it, and more: every byte. */
	for (size_t i = 0; i < len; i++) {
		p[i] ^= 1;
		assert_int_not_equal(ch_checkpoint_open(&cp, &note, ch_span_of(p, len), &k), CH_OK);
		p[i] ^= 1;
	}
	counted += 1 + (unsigned)json_array_size(json_object_get(j, "must_fail_when_changed"));
	free(raw);
	free(p);
	json_decref(j);
}

static void test_sumdb(void **state)
{
	json_t *j = vec_json("signed-note/sumdb.json");
	const json_t *c = json_object_get(j, "format_tree");
	uint8_t buf[256];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	ch_checkpoint cp = { .origin = CH_LIT("go.sum database tree"), .size = 123456789012 };
	ch_note note;
	ch_vkey k;
	size_t i;

	(void)state;
	ch_merkle_leaf(&cp.root, CH_LIT("hello world"));
	ch_checkpoint_put(&w, &cp);
	check_ok(ch_wr_done(&w));
	assert_true(ch_span_eq(ch_wr_span(&w), ch_span_str(vec_str(c, "text"))));
	counted++;
	/* The first bad tree differs in its origin alone, which is the caller's to compare. */
	json_array_foreach (json_object_get(j, "bad_trees"), i, c) {
		ch_err e = ch_checkpoint_parse(&cp, ch_span_str(json_string_value(c)));

		assert_int_equal(e == CH_OK, i == 0);
		counted++;
	}
	c = json_object_get(j, "real_checkpoint");
	check_ok(ch_vkey_parse(&k, ch_span_str(vec_str(c, "vkey"))));
	check_ok(ch_note_parse(&note, ch_span_str(vec_str(c, "note")), 1024));
	check_ok(ch_note_verify(&note, &k));
	check_ok(ch_checkpoint_parse(&cp, note.text));
	counted++;
	vec_skip("tile_paths, new_tiles_height10", "tiles of another height");
	json_decref(j);
}

static void test_count(void **state)
{
	(void)state;
	printf("%u cases\n", counted);
	assert_int_equal(counted, 15 + 1 + 4 + 2 + 12 + 4 + 8 + 3 + 2 + 6 + 1 + 3 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_checkpoints),
		cmocka_unit_test(test_cosignatures),
		cmocka_unit_test(test_sigsum),
		cmocka_unit_test(test_sumdb),
		cmocka_unit_test(test_count),
	};

	vec_require("signed-note");
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
