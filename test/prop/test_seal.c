/*
 * Laws of sealing: what is sealed opens, at every size around a chunk's border and in pieces of
 * any size; what is cut, altered or lengthened by one bit does not.
 */
#include "check.h"

#include "age_x25519.h"
#include "seal_sink.h"

#define BIG (3 * CH_AGE_CHUNK + 100)

static uint8_t plain[BIG], sealed[BIG + 4096], opened[BIG + 4096];
static struct ch_age_identity ids[3];
static ch_age_recipient to[3];
static struct ch_secret64 wrap[3];
static struct ch_seal_random rnd = { .wrap = wrap };
static struct ch_seal_sink ss[2];
static struct ch_open_sink os[2];

/* xorshift: reproducible, and no business of anyone else. */
static uint64_t seed = 0x9e3779b97f4a7c15;

static uint64_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void fill(void *p, size_t n)
{
	uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)(next() >> 32);
}

static int setup(void **state)
{
	(void)state;
	fill(plain, sizeof plain);
	for (size_t i = 0; i < 3; i++) {
		struct ch_secret32 s;

		fill(&s, sizeof s);
		check_ok(ch_age_identity_make(&ids[i], CH_AGE_X25519, &s));
		to[i] = ids[i].recipient;
		fill(&wrap[i], sizeof wrap[i]);
	}
	fill(&rnd.file_key, sizeof rnd.file_key);
	fill(rnd.nonce, sizeof rnd.nonce);
	return 0;
}

static ch_span seal(size_t n, size_t n_to)
{
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed);

	check_ok(ch_seal_buffer(&w, ch_span_of(plain, n), to, n_to, &rnd));
	assert_true(w.n == ch_seal_size(ch_seal_header_size(to, n_to), n));
	return ch_wr_span(&w);
}

static ch_err open_as(ch_span in, const struct ch_age_identity *id, size_t n)
{
	const struct ch_open_keys k = { .ids = id, .n_ids = 1 };
	struct ch_wr w = ch_wr_of(opened, n);
	struct ch_open_facts f;
	ch_err e;

	memset(opened, 0xaa, sizeof opened);
	e = ch_open_buffer(&w, &f, in, &k);
	if (e == CH_OK) {
		assert_true(ch_span_eq(ch_wr_span(&w), ch_span_of(plain, n)));
		assert_memory_equal(&f.file_key, &rnd.file_key, 16);
	} else {
		assert_int_equal(w.n, 0);
		assert_true(check_is_zero(&f, sizeof f));
	}
	assert_int_equal(opened[n], 0xaa);
	return e;
}

static const size_t sizes[] = {
	0, 1, 15, 16, 17, 65519, 65520, 65521, 65535, 65536, 65537, 65551, 65552, 65553,
	131071, 131072, 131073, 131087, 131088, 131089, 196607, 196608, 196609,
};

static void test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < CH_COUNT(sizes); i++) {
		ch_span in = seal(sizes[i], 3);

		for (size_t k = 0; k < 3; k++)
			check_ok(open_as(in, &ids[k], sizes[i]));
		if (sizes[i] > 0) /* no room for the last byte */
			check_err(open_as(in, &ids[0], sizes[i] - 1), CH_E_LIMIT);
	}
	for (size_t n = 0; n < 300; n++)
		check_ok(open_as(seal(n, 1), &ids[0], n));
}

static void test_no_room(void **state)
{
	size_t full = seal(20, 1).n;

	(void)state;
	for (size_t cap = 0; cap < full; cap++) {
		uint8_t *p = malloc(cap ? cap : 1);
		struct ch_wr w = ch_wr_of(p, cap);

		check_err(ch_seal_buffer(&w, ch_span_of(plain, 20), to, 1, &rnd), CH_E_LIMIT);
		free(p);
	}
}

static void test_wrong_keys(void **state)
{
	ch_span in = seal(40, 2);
	const struct ch_open_keys by_key = { .file_key = &rnd.file_key };
	const struct ch_open_keys all = { .ids = ids, .n_ids = 3 };
	struct ch_open_facts f;
	struct ch_wr w = ch_wr_of(opened, 40);
	struct ch_file_key other = rnd.file_key;
	const struct ch_open_keys by_other = { .file_key = &other };
	const struct ch_open_keys pass = { .pass = CH_LIT("x"), .max_log_n = 4 };

	(void)state;
	check_err(open_as(in, &ids[2], 40), CH_E_ABSENT);
	check_ok(ch_open_buffer(&w, &f, in, &by_key));
	assert_true(ch_span_eq(ch_wr_span(&w), ch_span_of(plain, 40)));
	assert_int_equal(f.n_stanzas, 2);
	w = ch_wr_of(opened, 40);
	check_ok(ch_open_buffer(&w, NULL, in, &all));
	other.b[15] ^= 1;
	w = ch_wr_of(opened, 40);
	check_err(ch_open_buffer(&w, &f, in, &by_other), CH_E_AUTH);
	check_err(ch_open_buffer(&w, &f, in, &pass), CH_E_AUTH); /* w is sticky */
	w = ch_wr_of(opened, 40);
	check_err(ch_open_buffer(&w, &f, in, &pass), CH_E_ABSENT);
}

static void test_passphrase(void **state)
{
	static const uint8_t salt[16] = { 1, 2, 3 };
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed);
	struct ch_open_keys k = { .pass = CH_LIT("open sesame"), .max_log_n = 10 };
	struct ch_wr o = ch_wr_of(opened, sizeof opened);
	ch_span in;

	(void)state;
	check_ok(ch_seal_buffer_passphrase(&w, ch_span_of(plain, 99), k.pass, salt, 10, &rnd));
	in = ch_wr_span(&w);
	check_ok(ch_open_buffer(&o, NULL, in, &k));
	assert_true(ch_span_eq(ch_wr_span(&o), ch_span_of(plain, 99)));
	k.pass = CH_LIT("open sesam");
	o = ch_wr_of(opened, sizeof opened);
	check_err(ch_open_buffer(&o, NULL, in, &k), CH_E_ABSENT);
	k.max_log_n = 9; /* refused, whatever the passphrase */
	o = ch_wr_of(opened, sizeof opened);
	check_err(ch_open_buffer(&o, NULL, in, &k), CH_E_LIMIT);
	check_err(open_as(in, &ids[0], 99), CH_E_ABSENT);
	/* empty passphrase: the identity list is empty too, and it still means this */
	w = ch_wr_of(sealed, sizeof sealed);
	check_ok(ch_seal_buffer_passphrase(&w, ch_span_of(plain, 9), CH_LIT(""), salt, 4, &rnd));
	k = (struct ch_open_keys){ .max_log_n = 4 };
	o = ch_wr_of(opened, sizeof opened);
	check_ok(ch_open_buffer(&o, NULL, ch_wr_span(&w), &k));
}

/* Every proper prefix and every single bit of a short file; and a byte too many. */
static void test_prefixes_and_bits(void **state)
{
	ch_span in = seal(33, 1);

	(void)state;
	check_ok(open_as(in, &ids[0], 33));
	for (size_t n = 0; n < in.n; n++) {
		uint8_t *p = check_copy(sealed, n);

		assert_int_not_equal(open_as(ch_span_of(p, n), &ids[0], 33), CH_OK);
		free(p);
	}
	for (size_t i = 0; i < in.n; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			sealed[i] ^= (uint8_t)(1u << bit);
			assert_int_not_equal(open_as(in, &ids[0], 33), CH_OK);
			sealed[i] ^= (uint8_t)(1u << bit);
		}
	}
	sealed[in.n] = 0;
	check_err(open_as(ch_span_of(sealed, in.n + 1), &ids[0], 34), CH_E_AUTH);
}

/* The same around borders of chunks, where it is the end mark that must tell. */
static void test_cut_at_chunks(void **state)
{
	ch_span in = seal(BIG, 1);
	size_t head = ch_seal_header_size(to, 1) + CH_AGE_NONCE;

	(void)state;
	for (size_t k = 0; k <= 3; k++) {
		size_t at = head + k * CH_AGE_SEALED;

		check_err(open_as(ch_span_of(sealed, at), &ids[0], BIG), CH_E_TRUNCATED);
		check_err(open_as(ch_span_of(sealed, at + 5), &ids[0], BIG), CH_E_TRUNCATED);
		check_err(open_as(ch_span_of(sealed, at + 99), &ids[0], BIG), CH_E_AUTH);
	}
	check_ok(open_as(in, &ids[0], BIG));
	/* two chunks change places */
	memcpy(opened, &sealed[head], CH_AGE_SEALED);
	memcpy(&sealed[head], &sealed[head + CH_AGE_SEALED], CH_AGE_SEALED);
	memcpy(&sealed[head + CH_AGE_SEALED], opened, CH_AGE_SEALED);
	check_err(open_as(in, &ids[0], BIG), CH_E_AUTH);
	/* a full last chunk with a whole file's end behind it again */
	in = seal(CH_AGE_CHUNK, 1);
	memcpy(&sealed[in.n], &sealed[head], CH_AGE_SEALED);
	check_err(open_as(ch_span_of(sealed, in.n + CH_AGE_SEALED), &ids[0], CH_AGE_CHUNK),
	    CH_E_LIMIT); /* no room is asked for first */
	check_err(open_as(ch_span_of(sealed, in.n + CH_AGE_SEALED), &ids[0], BIG), CH_E_FORMAT);
}

/* Files that only a faulty writer makes, with every tag and MAC in order. */
static void test_faulty_writers(void **state)
{
	ch_span in = seal(CH_AGE_CHUNK, 1);
	size_t head = ch_seal_header_size(to, 1) + CH_AGE_NONCE;
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed);
	struct ch_aead a;

	(void)state;
	check_ok(ch_aead_init(&a));
	/* a full chunk that is not the last, then an empty last one */
	ch_age_stream_key(&a, &rnd.file_key, rnd.nonce);
	check_ok(ch_age_stream_seal(&a, &sealed[head], 0, false, ch_span_of(plain, CH_AGE_CHUNK)));
	check_ok(ch_age_stream_seal(&a, &sealed[in.n], 1, true, (ch_span){ 0 }));
	check_err(open_as(ch_span_of(sealed, in.n + CH_AEAD_TAG), &ids[0], BIG), CH_E_FORMAT);
	/* a stanza that fits, behind it a malformed one of the same type */
	ch_age_version_put(&w);
	ch_age_x25519_wrap(&w, &a, &rnd.file_key, &to[0], NULL, &wrap[0]);
	ch_age_stanza_put(&w, CH_LIT("X25519 AAAA"), ch_span_of(plain, 32));
	ch_age_mac_put(&w, 0, &rnd.file_key);
	ch_wr_zeros(&w, 40);
	check_err(open_as(ch_wr_span(&w), &ids[0], BIG), CH_E_FORMAT);
	/* and the other way round */
	w = ch_wr_of(sealed, sizeof sealed);
	ch_age_version_put(&w);
	ch_age_stanza_put(&w, CH_LIT("X25519 AAAA"), ch_span_of(plain, 32));
	ch_age_x25519_wrap(&w, &a, &rnd.file_key, &to[0], NULL, &wrap[0]);
	ch_age_mac_put(&w, 0, &rnd.file_key);
	ch_wr_zeros(&w, 40);
	check_err(open_as(ch_wr_span(&w), &ids[0], BIG), CH_E_FORMAT);
	ch_aead_deinit(&a);
}

/* The sink starts with the last byte of the nonce, not earlier and not later. */
static void test_sink_starts(void **state)
{
	size_t head = ch_seal_header_size(to, 1) + CH_AGE_NONCE;
	const struct ch_open_keys k = { .ids = ids, .n_ids = 1 };

	(void)state;
	(void)seal(5, 1);
	check_ok(ch_open_sink_init(&os[0], NULL, NULL, &k));
	check_ok(ch_open_sink_write(&os[0], ch_span_of(sealed, head - 1)));
	assert_false(os[0].started);
	check_ok(ch_open_sink_write(&os[0], ch_span_of(&sealed[head - 1], 1)));
	assert_true(os[0].started);
	check_err(ch_open_sink_finish(&os[0]), CH_E_TRUNCATED);
	ch_open_sink_deinit(&os[0]);
}

struct gather {
	uint8_t *p;
	size_t n, cap;
	unsigned calls, fail_at;
};

static ch_err gather(void *ctx, ch_span bytes)
{
	struct gather *g = ctx;

	if (++g->calls == g->fail_at)
		return CH_E_FULL;
	assert_true(bytes.n <= g->cap - g->n);
	memcpy(&g->p[g->n], bytes.p, bytes.n);
	g->n += bytes.n;
	return CH_OK;
}

typedef ch_err (*write_fn)(void *ctx, ch_span bytes);

/* Push in pieces: of `piece` bytes, or of random sizes when it is 0. */
static ch_err push(write_fn fn, void *ctx, const uint8_t *p, size_t n, size_t piece)
{
	struct ch_rd r = ch_rd_of(ch_span_of(p, n));
	ch_err e = CH_OK;

	while (e == CH_OK && ch_rd_left(&r) > 0) {
		size_t k = piece ? piece : next() % 100000, left = ch_rd_left(&r);

		e = fn(ctx, ch_rd_take(&r, k < left ? k : left));
	}
	return e;
}

static void test_sinks(void **state)
{
	static const size_t pieces[] = { 0, 4096, 65535, 65536, 65537, 65552, 1u << 20 };
	static uint8_t streamed[sizeof sealed];

	(void)state;
	for (size_t i = 0; i < CH_COUNT(sizes); i++) {
		size_t n = sizes[i];
		ch_span whole = seal(n, 2);

		for (size_t j = 0; j < CH_COUNT(pieces); j++) {
			struct gather g = { .p = streamed, .cap = sizeof streamed };
			const struct ch_open_keys k = { .ids = &ids[1], .n_ids = 1 };

			check_ok(ch_seal_sink_init(&ss[0], gather, &g));
			check_ok(ch_seal_sink_start(&ss[0], to, 2, &rnd));
			check_ok(push(ch_seal_sink_emit, &ss[0], plain, n, pieces[j]));
			check_ok(ch_seal_sink_finish(&ss[0]));
			ch_seal_sink_deinit(&ss[0]);
			assert_true(ch_span_eq(ch_span_of(streamed, g.n), whole));

			g = (struct gather){ .p = opened, .cap = sizeof opened };
			check_ok(ch_open_sink_init(&os[0], gather, &g, &k));
			check_ok(push(ch_open_sink_emit, &os[0], sealed, whole.n, pieces[j]));
			check_ok(ch_open_sink_finish(&os[0]));
			assert_int_equal(os[0].facts.n_stanzas, 2);
			assert_memory_equal(&os[0].facts.file_key, &rnd.file_key, 16);
			ch_open_sink_deinit(&os[0]);
			assert_true(ch_span_eq(ch_span_of(opened, g.n), ch_span_of(plain, n)));
		}
	}
}

/* Nested: what the first sink emits goes into the second, and back through two opening ones. */
static void test_chain(void **state)
{
	static uint8_t twice[sizeof sealed];
	struct ch_seal_random rnd2 = rnd;
	struct gather g = { .p = twice, .cap = sizeof twice };
	const struct ch_open_keys inner = { .ids = &ids[0], .n_ids = 1 };
	const struct ch_open_keys outer = { .ids = &ids[2], .n_ids = 1 };
	size_t n = 2 * CH_AGE_CHUNK;

	(void)state;
	rnd2.file_key.b[0] ^= 1;
	check_ok(ch_seal_sink_init(&ss[1], gather, &g));
	check_ok(ch_seal_sink_init(&ss[0], ch_seal_sink_emit, &ss[1]));
	check_ok(ch_seal_sink_start(&ss[1], &to[2], 1, &rnd2));
	check_ok(ch_seal_sink_start(&ss[0], to, 1, &rnd));
	check_ok(push(ch_seal_sink_emit, &ss[0], plain, n, 1000));
	check_ok(ch_seal_sink_finish(&ss[0]));
	check_ok(ch_seal_sink_finish(&ss[1]));
	ch_seal_sink_deinit(&ss[0]);
	ch_seal_sink_deinit(&ss[1]);
	size_t n_twice = g.n;

	g = (struct gather){ .p = opened, .cap = sizeof opened };
	check_ok(ch_open_sink_init(&os[1], gather, &g, &inner));
	check_ok(ch_open_sink_init(&os[0], ch_open_sink_emit, &os[1], &outer));
	check_ok(push(ch_open_sink_emit, &os[0], twice, n_twice, 777));
	check_ok(ch_open_sink_finish(&os[0]));
	check_ok(ch_open_sink_finish(&os[1]));
	ch_open_sink_deinit(&os[0]);
	ch_open_sink_deinit(&os[1]);
	assert_true(ch_span_eq(ch_span_of(opened, g.n), ch_span_of(plain, n)));
}

/* An error of emit passes up unchanged, sticks, and nothing more is emitted. */
static void test_emit_fails(void **state)
{
	ch_span whole = seal(BIG, 1);

	(void)state;
	for (unsigned at = 1; at <= 5; at++) {
		struct gather g = { .p = opened, .cap = sizeof opened, .fail_at = at };
		const struct ch_open_keys k = { .ids = ids, .n_ids = 1 };
		ch_err e;

		check_ok(ch_seal_sink_init(&ss[0], gather, &g));
		e = ch_seal_sink_start(&ss[0], to, 1, &rnd);
		if (e == CH_OK)
			e = push(ch_seal_sink_emit, &ss[0], plain, BIG, 0);
		if (e == CH_OK)
			e = ch_seal_sink_finish(&ss[0]);
		check_err(e, CH_E_FULL);
		check_err(ch_seal_sink_write(&ss[0], CH_LIT("x")), CH_E_FULL);
		check_err(ch_seal_sink_finish(&ss[0]), CH_E_FULL);
		assert_int_equal(g.calls, at);
		ch_seal_sink_deinit(&ss[0]);

		g = (struct gather){ .p = opened, .cap = sizeof opened, .fail_at = at };
		check_ok(ch_open_sink_init(&os[0], gather, &g, &k));
		e = push(ch_open_sink_emit, &os[0], whole.p, whole.n, 0);
		if (e == CH_OK)
			e = ch_open_sink_finish(&os[0]);
		check_err(e, at <= 4 ? CH_E_FULL : CH_OK);
		ch_open_sink_deinit(&os[0]);
	}
}

/* Through the sink too, no verified byte is lost and no other one comes out. */
static void test_sink_alterations(void **state)
{
	ch_span whole = seal(BIG, 1);
	size_t head = ch_seal_header_size(to, 1) + CH_AGE_NONCE;
	const struct ch_open_keys k = { .ids = ids, .n_ids = 1 };

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		size_t at = head + next() % (whole.n - head);
		struct gather g = { .p = opened, .cap = sizeof opened };

		sealed[at] ^= 0x10;
		check_ok(ch_open_sink_init(&os[0], gather, &g, &k));
		check_err(push(ch_open_sink_emit, &os[0], sealed, whole.n, 0) == CH_OK ?
		    ch_open_sink_finish(&os[0]) : os[0].err, CH_E_AUTH);
		ch_open_sink_deinit(&os[0]);
		assert_int_equal(g.n, (at - head) / CH_AGE_SEALED * CH_AGE_CHUNK);
		assert_memory_equal(opened, plain, g.n);
		sealed[at] ^= 0x10;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_cut_at_chunks),
		cmocka_unit_test(test_emit_fails),
		cmocka_unit_test(test_faulty_writers),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_passphrase),
		cmocka_unit_test(test_prefixes_and_bits),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_sink_alterations),
		cmocka_unit_test(test_sink_starts),
		cmocka_unit_test(test_sinks),
		cmocka_unit_test(test_wrong_keys),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, setup, NULL);
}
