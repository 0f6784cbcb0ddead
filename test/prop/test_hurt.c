/*
 * Every prefix and every single bit of a short file is refused, binary and armored, whatever kind
 * of key it is sealed to and however it is pushed; where the damage names the layer, the error is
 * that layer's. A cut of a long file is never taken for a whole one: at once, through sinks,
 * through armor, and at a place.
 */
#include "check.h"

#include "armor.h"
#include "seal_seek.h"
#include "seal_sink.h"

#define SHORT 33
#define LONG (2 * CH_AGE_CHUNK + 500)
#define PASS "published, never use"

static uint8_t plain[LONG], sealed[LONG + 8192], armored[2 * LONG + 16384], got[LONG + 1];
static struct ch_open_sink sink;
static struct ch_armor_sink arm;
static struct ch_dearmor_sink dearm;
static struct ch_age_identity id;

/* A kind of key: its identity's text, or none for the passphrase. */
static const struct kind {
	const char *name, *identity;
} kinds[] = {
	{ "x25519", "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX" },
	{ "hybrid", "AGE-SECRET-KEY-PQ-"
		"1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR" },
	{ "scrypt", NULL },
};

static struct ch_open_keys keys_of(const struct kind *k)
{
	if (!k->identity)
		return (struct ch_open_keys){ .pass = CH_LIT(PASS), .max_log_n = 6 };
	check_ok(ch_age_identity_parse(&id, ch_span_str(k->identity)));
	return (struct ch_open_keys){ .ids = &id, .n_ids = 1 };
}

static ch_span seal(const struct kind *k, size_t n)
{
	static const uint8_t salt[CH_AGE_SCRYPT_SALT] = { 7 };
	static const struct ch_secret64 wrap = { { 9 } };
	const struct ch_seal_random rnd = { .file_key = { { 3 } }, .nonce = { 4 }, .wrap = &wrap };
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed);
	ch_span text = ch_span_of(plain, n);

	if (k->identity)
		check_ok(ch_seal_buffer(&w, text, &id.recipient, 1, &rnd));
	else
		check_ok(ch_seal_buffer_passphrase(&w, text, CH_LIT(PASS), salt, 2, &rnd));
	return ch_wr_span(&w);
}

static ch_err put(void *ctx, ch_span s)
{
	ch_wr_put(ctx, s);
	return CH_OK;
}

static ch_span armor(ch_span in)
{
	struct ch_wr w = ch_wr_of(armored, sizeof armored);

	ch_armor_sink_init(&arm, put, &w);
	check_ok(ch_armor_sink_write(&arm, in));
	check_ok(ch_armor_sink_finish(&arm));
	return ch_wr_span(&w);
}

/* What came out is the beginning of the text, all of it when it opened. */
static ch_err judge(ch_err e, const struct ch_wr *w, size_t n)
{
	assert_int_equal(w->err, CH_OK);
	assert_memory_equal(got, plain, w->n);
	assert_true(w->n <= n && w->n % CH_AGE_CHUNK == (w->n < n ? 0 : n % CH_AGE_CHUNK));
	if (e == CH_OK)
		assert_int_equal(w->n, n);
	else if (n <= CH_AGE_CHUNK)
		assert_int_equal(w->n, 0);
	return e;
}

static ch_err open_buffer(ch_span in, const struct ch_open_keys *k, size_t n)
{
	struct ch_wr w = ch_wr_of(got, sizeof got);
	ch_err e = ch_open_buffer(&w, NULL, in, k);

	if (e != CH_OK) {
		assert_int_equal(w.n, 0);
		return e;
	}
	return judge(e, &w, n);
}

/* Through the sinks, out of an allocation of its own; the armor's first when there is one. */
static ch_err open_sink(ch_span in, const struct ch_open_keys *k, size_t n, bool is_armored,
    size_t piece)
{
	struct ch_wr w = ch_wr_of(got, sizeof got);
	uint8_t *p = check_copy(in.p, in.n);
	struct ch_rd r = ch_rd_of(ch_span_of(p, in.n));
	ch_err e = CH_OK;

	check_ok(ch_open_sink_init(&sink, put, &w, k));
	ch_dearmor_sink_init(&dearm, ch_open_sink_emit, &sink);
	while (e == CH_OK && ch_rd_left(&r) > 0) {
		size_t left = ch_rd_left(&r);
		ch_span s = ch_rd_take(&r, left < piece ? left : piece);

		e = is_armored ? ch_dearmor_sink_write(&dearm, s) : ch_open_sink_write(&sink, s);
	}
	if (e == CH_OK && is_armored)
		e = ch_dearmor_sink_finish(&dearm);
	if (e == CH_OK)
		e = ch_open_sink_finish(&sink);
	ch_open_sink_deinit(&sink);
	free(p);
	return judge(e, &w, n);
}

/* Length of the header, by the way the readers find it. */
static size_t header_of(ch_span in)
{
	size_t n, seen = 0;

	check_ok(ch_age_header_find(&n, &seen, in));
	return n;
}

static void test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < CH_COUNT(kinds); i++) {
		struct ch_open_keys k = keys_of(&kinds[i]);
		ch_span in = seal(&kinds[i], SHORT);
		size_t payload = header_of(in) + CH_AGE_NONCE;

		for (size_t n = 0; n <= in.n; n++) {
			ch_span cut = ch_span_of(sealed, n);
			ch_err want = n < payload + CH_AEAD_TAG ? CH_E_TRUNCATED : CH_E_AUTH;

			want = n == in.n ? CH_OK : want;
			check_err(open_buffer(cut, &k, SHORT), want);
			check_err(open_sink(cut, &k, SHORT, false, 1 + n % 99), want);
		}
	}
}

static void test_armored_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < CH_COUNT(kinds); i++) {
		struct ch_open_keys k = keys_of(&kinds[i]);
		ch_span in = armor(seal(&kinds[i], SHORT));

		for (size_t n = 0; n <= in.n; n++) {
			ch_err e = open_sink(ch_span_of(armored, n), &k, SHORT, true, 1 + n % 99);

			/* The last LF alone may be missing. */
			check_err(e, n + 1 < in.n ? CH_E_TRUNCATED : CH_OK);
			assert_int_equal(dearm.diag.what != NULL, n + 1 < in.n);
		}
	}
}

/* Which errors a changed bit at `at` may give: the layer it lies in decides. */
static bool fits(ch_err e, size_t at, size_t version, size_t mac, size_t header)
{
	if (at < version)
		return e == CH_E_FORMAT;
	if (at >= header) /* nonce and payload */
		return e == CH_E_AUTH;
	if (at >= mac)
		return e == CH_E_AUTH || e == CH_E_FORMAT || e == CH_E_TRUNCATED;
	/* A stanza that fits no more, is none any more, or asks for too much work; or MAC line and
	 * stanza run into one another. */
	return e == CH_E_ABSENT || e == CH_E_FORMAT || e == CH_E_LIMIT || e == CH_E_TRUNCATED;
}

static void test_bits(void **state)
{
	(void)state;
	for (size_t i = 0; i < CH_COUNT(kinds); i++) {
		struct ch_open_keys k = keys_of(&kinds[i]);
		ch_span in = seal(&kinds[i], SHORT);
		size_t header = header_of(in), version = strlen("age-encryption.org/v1\n");
		size_t mac = header - strlen("--- \n") - 43;

		for (size_t bit = 0; bit < in.n * 8; bit++) {
			ch_err e;

			sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
			e = open_buffer(in, &k, SHORT);
			if (!fits(e, bit / 8, version, mac, header))
				fail_msg("%s, bit %zu: %s", kinds[i].name, bit, ch_err_text(e));
			check_err(open_sink(in, &k, SHORT, false, 1 + bit % 99), e);
			sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		check_ok(open_buffer(in, &k, SHORT));
	}
}

/* In armor a changed bit is a damaged armor, or the same file's other byte: then as above. */
static void test_armored_bits(void **state)
{
	size_t damaged = 0, other = 0;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(kinds); i++) {
		struct ch_open_keys k = keys_of(&kinds[i]);
		ch_span in = armor(seal(&kinds[i], SHORT));

		for (size_t bit = 0; bit < in.n * 8; bit++) {
			armored[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (open_sink(in, &k, SHORT, true, 1 + bit % 99) == CH_OK)
				fail_msg("%s, bit %zu of the armor", kinds[i].name, bit);
			*(dearm.diag.what ? &damaged : &other) += 1;
			armored[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		check_ok(open_sink(in, &k, SHORT, true, 50));
	}
	assert_true(damaged > 1000 && other > 1000);
}

/* At a place: the last chunk is asked for first, so nothing else is reached. */
static ch_err open_seek(ch_span in, const struct ch_open_keys *k)
{
	size_t head = header_of(in), n;
	struct ch_rd r = ch_rd_of(in);
	ch_span header = ch_rd_take(&r, head);
	uint8_t nonce[CH_AGE_NONCE];
	struct ch_file_key key;
	struct ch_open o;
	struct ch_seek s;
	ch_err e;

	ch_rd_copy(&r, nonce, sizeof nonce);
	check_ok(ch_open_init(&o));
	check_ok(ch_open_start(&o, &key, header, nonce, k));
	e = ch_seek_start(&s, &o, head, in.n);
	if (e == CH_OK) {
		ch_seek_where w = ch_seek_at(&s, s.n_chunks - 1);

		r = ch_rd_of(in);
		(void)ch_rd_take(&r, (size_t)w.at);
		e = ch_seek_chunk(&s, got, &n, w.chunk, ch_rd_take(&r, w.n_sealed));
	}
	ch_open_deinit(&o);
	return e;
}

static void test_long_cuts(void **state)
{
	struct ch_open_keys k = keys_of(&kinds[0]);
	ch_span in = seal(&kinds[0], LONG), a = armor(in);
	size_t payload = header_of(in) + CH_AGE_NONCE;

	(void)state;
	check_ok(open_seek(in, &k));
	check_ok(open_sink(in, &k, LONG, false, 70000));
	check_ok(open_sink(a, &k, LONG, true, 70000));
	for (size_t i = 0; i <= 2; i++) {
		for (size_t more = 0; more < 40; more++) {
			size_t n = payload + i * CH_AGE_SEALED + more * more;
			ch_span cut = ch_span_of(sealed, n);
			ch_err want = more * more < CH_AEAD_TAG ? CH_E_TRUNCATED : CH_E_AUTH;

			if (n >= in.n)
				continue;
			check_err(open_buffer(cut, &k, LONG), want);
			check_err(open_sink(cut, &k, LONG, false, 70000), want);
			assert_int_not_equal(open_seek(cut, &k), CH_OK);
			/* the armor of a cut file is good: it is the file that is not */
			check_err(open_sink(armor(cut), &k, LONG, true, 70000), want);
			assert_null(dearm.diag.what);
		}
	}
	a = armor(in);
	for (size_t n = 1000; n < a.n; n += 7919)
		check_err(open_sink(ch_span_of(armored, n), &k, LONG, true, 9999), CH_E_TRUNCATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_armored_bits),
		cmocka_unit_test(test_armored_prefixes),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_long_cuts),
		cmocka_unit_test(test_prefixes),
	};

	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i * i >> 4 ^ i);
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
