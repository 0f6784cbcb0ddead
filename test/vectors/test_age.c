/*
 * The CCTV age suite: every file must open, or fail at the layer its `expect` names, and exactly
 * the plaintext of its hash may come out before that.
 */
#include "check.h"

#include <dirent.h>
#include <zlib.h>

#include "armor.h"
#include "b64.h"
#include "seal_sink.h"
#include "vectors.h"

#define FOLDER "age-cctv/testdata"
#define MAX_LOG_N 20 /* what we are willing to do here; the suite asks for 22 and more in vain */

struct age_case {
	const char *name;
	char expect[32];
	char payload[65];
	struct age_case_keys {
		struct ch_age_identity ids[4];
		size_t n_ids;
		char pass[64];
		bool has_file_key;
		struct ch_file_key file_key;
	} keys;
	bool armored, compressed;
	uint8_t *file;
	size_t n;
};

static void unfold(struct age_case *c, const uint8_t *p, size_t n)
{
	uLongf len = 32u << 20;

	c->file = malloc(len);
	assert_non_null(c->file);
	assert_int_equal(uncompress(c->file, &len, p, n), Z_OK);
	c->n = len;
}

static void field(struct age_case *c, const char *key, const char *value)
{
	ch_span v = ch_span_str(value);

	if (strcmp(key, "expect") == 0) {
		snprintf(c->expect, sizeof c->expect, "%s", value);
	} else if (strcmp(key, "payload") == 0) {
		snprintf(c->payload, sizeof c->payload, "%s", value);
	} else if (strcmp(key, "identity") == 0) {
		assert_in_range(c->keys.n_ids, 0, 3);
		check_ok(ch_age_identity_parse(&c->keys.ids[c->keys.n_ids++], v));
	} else if (strcmp(key, "passphrase") == 0) {
		snprintf(c->keys.pass, sizeof c->keys.pass, "%s", value);
	} else if (strcmp(key, "file key") == 0) {
		c->keys.has_file_key = ch_hex_parse(c->keys.file_key.b, 16, v) == CH_OK;
	} else if (strcmp(key, "armored") == 0) {
		c->armored = true;
	} else if (strcmp(key, "compressed") == 0) {
		c->compressed = true;
		assert_string_equal(value, "zlib");
	} else if (strcmp(key, "comment") != 0) {
		fail_msg("%s: unknown key %s", c->name, key);
	}
}

static void load(struct age_case *c, const char *name)
{
	char rel[512];
	size_t n;

	memset(c, 0, sizeof *c);
	c->name = name;
	snprintf(rel, sizeof rel, FOLDER "/%s", name);
	uint8_t *p = vec_read(&n, rel);
	char *line = (char *)p;

	while (*line != '\n') {
		char *end = strchr(line, '\n'), *colon = strstr(line, ": ");

		assert_true(end && colon && colon < end);
		*end = *colon = 0;
		field(c, line, colon + 2);
		line = end + 1;
	}
	n -= (size_t)(line + 1 - (char *)p);
	if (c->compressed) {
		unfold(c, (uint8_t *)line + 1, n);
	} else {
		c->file = check_copy(line + 1, n);
		c->n = n;
	}
	free(p);
}

static struct ch_dearmor_sink dearmor; /* of the file run last; its diag tells armor failures */

static ch_err hash_emit(void *ctx, ch_span bytes)
{
	ch_sha256_update(ctx, bytes);
	return CH_OK;
}

static void keys_of(struct ch_open_keys *k, const struct age_case *c)
{
	memset(k, 0, sizeof *k);
	k->ids = c->keys.ids;
	k->n_ids = c->keys.n_ids;
	k->pass = ch_span_str(c->keys.pass);
	k->max_log_n = MAX_LOG_N;
}

/* Push the file in pieces of `piece` bytes, through the armor's decoder when it is armored. */
static ch_err run(struct ch_open_sink *s, char hash[65], const struct age_case *c,
    const struct ch_open_keys *k, size_t piece)
{
	ch_emit emit = c->armored ? ch_dearmor_sink_emit : ch_open_sink_emit;
	void *ctx = c->armored ? (void *)&dearmor : s;
	struct ch_sha256 h;
	ch_hash out;
	struct ch_wr w = ch_wr_of(hash, 64);
	struct ch_rd r = ch_rd_of(ch_span_of(c->file, c->n));
	ch_err e = CH_OK;

	ch_sha256_init(&h);
	check_ok(ch_open_sink_init(s, hash_emit, &h, k));
	ch_dearmor_sink_init(&dearmor, ch_open_sink_emit, s);
	while (e == CH_OK && ch_rd_left(&r) > 0) {
		size_t left = ch_rd_left(&r);

		e = emit(ctx, ch_rd_take(&r, left < piece ? left : piece));
	}
	if (e == CH_OK && c->armored)
		e = ch_dearmor_sink_finish(&dearmor);
	if (e == CH_OK)
		e = ch_open_sink_finish(s);
	ch_sha256_final(&h, &out);
	ch_hex_put(&w, ch_span_of(out.b, sizeof out.b));
	hash[64] = 0;
	return e;
}

/* The suite's word for what happened. */
static const char *verdict(const struct ch_open_sink *s, ch_err e)
{
	if (e == CH_OK)
		return "success";
	if (dearmor.diag.what)
		return "armor failure";
	switch (e) {
	case CH_E_AUTH:
		return s->started ? "payload failure" : "HMAC failure";
	case CH_E_FORMAT:
	case CH_E_TRUNCATED:
		return s->started ? "payload failure" : "header failure";
	case CH_E_LIMIT:
		return s->started ? "?" : "header failure";
	case CH_E_ABSENT:
		return s->started ? "?" : "no match";
	default:
		return "?";
	}
}

/* Every header that parses is written again to the same bytes. */
static void reformat(const struct age_case *c, const struct ch_file_key *key)
{
	static uint8_t text[CH_AGE_HEADER_MAX], body[CH_AGE_HEADER_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	size_t n, seen = 0;
	ch_age_header h;
	ch_age_stanza st;

	if (ch_age_header_find(&n, &seen, ch_span_of(c->file, c->n)) != CH_OK)
		return;
	ch_span in = ch_span_of(c->file, n);

	if (ch_age_header_parse(&h, in) != CH_OK)
		return;
	struct ch_rd r = ch_rd_of(h.stanzas);

	ch_age_version_put(&w);
	for (size_t i = 0; i < h.n_stanzas; i++) {
		char args[4096];

		ch_age_stanza_rd(&st, &r);
		assert_true(st.type.n + st.args.n + 2 < sizeof args);
		snprintf(args, sizeof args, "%.*s%s%.*s", (int)st.type.n, (const char *)st.type.p,
		    st.n_args ? " " : "", (int)st.args.n, (const char *)st.args.p);
		check_ok(ch_age_stanza_body(body, st.n_body, &st));
		ch_age_stanza_put(&w, ch_span_str(args), ch_span_of(body, st.n_body));
	}
	check_ok(ch_rd_done(&r));
	if (key) {
		ch_age_mac_put(&w, 0, key);
	} else {
		CH_WR_LIT(&w, "--- ");
		ch_b64_put(&w, ch_span_of(h.mac, sizeof h.mac), CH_B64_RAW);
		CH_WR_LIT(&w, "\n");
	}
	assert_true(ch_span_eq(ch_wr_span(&w), in));
}

/* Every success is sealed again from its file key and nonce to the same payload. */
static void reseal(const struct age_case *c, const struct ch_file_key *key)
{
	static uint8_t out[CH_AGE_CHUNK], again[CH_AGE_SEALED];
	size_t n, m, seen = 0;
	struct ch_open o;
	struct ch_seal s;
	struct ch_rd r = ch_rd_of(ch_span_of(c->file, c->n));
	uint8_t nonce[CH_AGE_NONCE];

	check_ok(ch_age_header_find(&n, &seen, r.in));
	ch_span header = ch_rd_take(&r, n);

	ch_rd_copy(&r, nonce, sizeof nonce);
	check_ok(ch_open_init(&o));
	check_ok(ch_open_with_file_key(&o, header, nonce, key));
	check_ok(ch_seal_init(&s));
	ch_age_stream_key(&s.aead, key, nonce);
	s.ended = false;
	while (ch_rd_left(&r) > 0) {
		size_t left = ch_rd_left(&r);
		ch_span chunk = ch_rd_take(&r, left < CH_AGE_SEALED ? left : CH_AGE_SEALED);

		check_ok(ch_open_chunk(&o, out, &n, chunk));
		check_ok(ch_seal_chunk(&s, again, &m, ch_span_of(out, n), ch_rd_left(&r) == 0));
		assert_true(ch_span_eq(ch_span_of(again, m), chunk));
	}
	ch_open_deinit(&o);
	ch_seal_deinit(&s);
}

static ch_err put_emit(void *ctx, ch_span bytes)
{
	ch_wr_put(ctx, bytes);
	return CH_OK;
}

/* Outer white space, and the kind of line ends, are all in which good armors may differ. */
static size_t canonical(uint8_t *text, size_t n)
{
	size_t k = 0, at = 0;

	while (at < n && strchr(" \t\r\n", text[at]))
		at++;
	while (n > at && strchr(" \t\r\n", text[n - 1]))
		n--;
	for (; at < n; at++)
		if (text[at] != '\r')
			text[k++] = text[at];
	text[k++] = '\n'; /* n bytes held some white space or a missing last LF: one more fits */
	return k;
}

/* A good armor is taken off for good, and put on again to the same text. */
static void dearm(struct age_case *c)
{
	static struct ch_armor_sink s;
	uint8_t *text = malloc(c->n + 1), *again = malloc(c->n + 2);
	uint8_t *bin = malloc(c->n + 1);
	struct ch_wr b = ch_wr_of(bin, c->n), a = ch_wr_of(again, c->n + 2);

	assert_true(text && bin && again);
	assert_true(ch_armor_is(ch_span_of(c->file, c->n)));
	memcpy(text, c->file, c->n);
	ch_dearmor_sink_init(&dearmor, put_emit, &b);
	check_ok(ch_dearmor_sink_write(&dearmor, ch_span_of(c->file, c->n)));
	check_ok(ch_dearmor_sink_finish(&dearmor));
	ch_armor_sink_init(&s, put_emit, &a);
	check_ok(ch_armor_sink_write(&s, ch_span_of(b.p, b.n)));
	check_ok(ch_armor_sink_finish(&s));
	assert_true(ch_span_eq(ch_wr_span(&a), ch_span_of(text, canonical(text, c->n))));
	free(c->file);
	c->file = bin;
	c->n = b.n;
	free(text);
	free(again);
}

static void judge(const struct age_case *c, size_t piece)
{
	static struct ch_open_sink s;
	struct ch_open_keys k;
	char hash[65];

	keys_of(&k, c);
	ch_err e = run(&s, hash, c, &k, piece);

	if (strcmp(verdict(&s, e), c->expect) != 0)
		fail_msg("%s: %s (%s), expected %s", c->name, verdict(&s, e), ch_err_text(e),
		    c->expect);
	if (c->payload[0] && strcmp(hash, c->payload) != 0)
		fail_msg("%s: other plaintext came out", c->name);
	if (!c->payload[0]) /* nothing may come out before a header is accepted */
		assert_string_equal(hash,
		    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	if (!c->armored && strcmp(c->expect, "header failure") != 0)
		reformat(c, e == CH_OK ? &s.facts.file_key : NULL);
	if (e == CH_OK) {
		if (!c->armored)
			reseal(c, &s.facts.file_key);
		if (c->keys.has_file_key)
			assert_memory_equal(s.facts.file_key.b, c->keys.file_key.b, 16);
	}
	ch_open_sink_deinit(&s);
}

static void test_all(void **state)
{
	unsigned ran = 0, armors = 0;
	DIR *d = opendir(vec_path(FOLDER));
	static struct age_case c;

	(void)state;
	assert_non_null(d);
	for (struct dirent *f; (f = readdir(d)) != NULL;) {
		if (f->d_name[0] == '.')
			continue;
		load(&c, f->d_name);
		judge(&c, 1u << 20);
		judge(&c, c.n > 200000 ? 65521 : 1);
		if (c.armored && strcmp(c.expect, "armor failure") != 0) {
			dearm(&c);
			c.armored = false;
			judge(&c, 1u << 20);
			armors++;
		}
		ran++;
		free(c.file);
	}
	closedir(d);
	printf("age: %u ran, %u good armors\n", ran, armors);
	assert_int_equal(ran, 96);
	assert_int_equal(armors, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all) };

	vec_require(FOLDER);
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
