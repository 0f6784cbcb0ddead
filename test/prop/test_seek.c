/*
 * Laws of reading at a place: what seeking finds is what the stream gives, at every size around a
 * chunk's border; a file cut anywhere, or lengthened, has no valid last chunk.
 */
#include "check.h"

#include "seal_seek.h"

#define BIG (4 * CH_AGE_CHUNK)

static uint8_t plain[BIG], sealed[BIG + 4096], chunk[CH_AGE_CHUNK];
static struct ch_age_identity id;
static struct ch_open o;

static uint64_t seed = 0x9e3779b97f4a7c15;

static uint64_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static int setup(void **state)
{
	static const struct ch_secret32 secret = { { 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(next() >> 32);
	if (ch_age_identity_make(&id, CH_AGE_X25519, &secret) != CH_OK)
		return -1;
	return ch_open_init(&o) == CH_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	ch_open_deinit(&o);
	return 0;
}

static ch_span seal(size_t n)
{
	static const struct ch_secret64 wrap = { { 2 } };
	const struct ch_seal_random rnd = { .file_key = { { 3 } }, .nonce = { 4 }, .wrap = &wrap };
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed);

	check_ok(ch_seal_buffer(&w, ch_span_of(plain, n), &id.recipient, 1, &rnd));
	return ch_wr_span(&w);
}

/* Header and nonce, then the layout. */
static ch_err start(struct ch_seek *s, size_t n)
{
	const struct ch_open_keys k = { .ids = &id, .n_ids = 1 };
	struct ch_rd r = ch_rd_of(ch_span_of(sealed, n));
	size_t head, seen = 0;
	struct ch_file_key key;
	uint8_t nonce[CH_AGE_NONCE];
	ch_span header;

	check_ok(ch_age_header_find(&head, &seen, r.in));
	header = ch_rd_take(&r, head);
	ch_rd_copy(&r, nonce, sizeof nonce);
	check_ok(ch_open_start(&o, &key, header, nonce, &k));
	return ch_seek_start(s, &o, head, n);
}

/* The bytes of one chunk, in an allocation of their own. */
static ch_err fetch(struct ch_seek *s, size_t *n, ch_seek_where w)
{
	uint8_t *p = check_copy(&sealed[w.at], w.n_sealed);
	ch_err e;

	memset(chunk, 0xaa, sizeof chunk);
	e = ch_seek_chunk(s, chunk, n, w.chunk, ch_span_of(p, w.n_sealed));
	free(p);
	return e;
}

static ch_err last(struct ch_seek *s)
{
	size_t n;

	return fetch(s, &n, ch_seek_at(s, s->n_chunks - 1));
}

/* The text [from, from + n), part by part. */
static void read_range(struct ch_seek *s, uint64_t from, uint64_t n)
{
	uint64_t end = from > s->size ? from : n < s->size - from ? from + n : s->size;
	ch_seek_where w = ch_seek_part(s, from, n);
	size_t got, parts = 0;

	for (; w.n > 0; w = ch_seek_part(s, from, n)) {
		check_ok(fetch(s, &got, w));
		assert_true(w.skip + w.n <= got);
		assert_memory_equal(&chunk[w.skip], &plain[from], w.n);
		from += w.n;
		n -= w.n;
		assert_true(parts++ < 5);
	}
	assert_true(from == end);
}

static const size_t sizes[] = {
	0, 1, 15, 16, 17, 65520, 65535, 65536, 65537, 65552, 131071, 131072, 131073, 196609, BIG,
};

static void test_ranges(void **state)
{
	struct ch_seek s;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(sizes); i++) {
		size_t n = sizes[i];

		check_ok(start(&s, seal(n).n));
		assert_true(s.size == n);
		check_ok(last(&s));
		read_range(&s, 0, n);
		read_range(&s, 0, UINT64_MAX);
		read_range(&s, n, 1);
		read_range(&s, UINT64_MAX, UINT64_MAX);
		read_range(&s, n / 2, 0);
		for (unsigned j = 0; j < 30; j++)
			read_range(&s, next() % (n + 2), next() % (n + 2));
		for (size_t k = 1; k <= 3; k++) {
			size_t at = k * CH_AGE_CHUNK;

			if (at < n) {
				read_range(&s, at - 1, 2);
				read_range(&s, at, 1);
			}
		}
	}
}

/* Layout by arithmetic alone, with no file that long. */
static void test_layout(void **state)
{
	struct ch_seek s;

	(void)state;
	check_err(ch_seek_start(&s, &o, 100, 0), CH_E_TRUNCATED);
	check_err(ch_seek_start(&s, &o, 100, 116), CH_E_TRUNCATED);
	check_err(ch_seek_start(&s, &o, 100, 116 + 15), CH_E_TRUNCATED);
	assert_true(check_is_zero(&s, sizeof s));
	check_ok(ch_seek_start(&s, &o, 100, 116 + 16));
	assert_true(s.size == 0 && s.n_chunks == 1);
	check_ok(ch_seek_start(&s, &o, 100, 116 + CH_AGE_SEALED));
	assert_true(s.size == CH_AGE_CHUNK && s.n_chunks == 1);
	for (size_t more = 1; more < 16; more++)
		check_err(ch_seek_start(&s, &o, 100, 116 + CH_AGE_SEALED + more), CH_E_TRUNCATED);
	check_err(ch_seek_start(&s, &o, 100, 116 + CH_AGE_SEALED + 16), CH_E_FORMAT);
	assert_true(check_is_zero(&s, sizeof s));
	check_ok(ch_seek_start(&s, &o, 100, 116 + CH_AGE_SEALED + 17));
	assert_true(s.size == CH_AGE_CHUNK + 1 && s.n_chunks == 2);
	check_ok(ch_seek_start(&s, &o, 100, UINT64_MAX - 3));
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t n = next() >> next() % 64, size = ch_seal_size(100, n), from;
		ch_seek_where w;

		if (size == UINT64_MAX)
			continue;
		check_ok(ch_seek_start(&s, &o, 100, size));
		assert_true(s.size == n);
		w = ch_seek_at(&s, s.n_chunks - 1);
		assert_true(w.at + w.n_sealed == size);
		from = n ? next() % n : 0;
		w = ch_seek_part(&s, from, UINT64_MAX);
		assert_true(n == 0 ? w.n == 0 : w.chunk * CH_AGE_CHUNK + w.skip == from && w.n > 0);
	}
}

/* No file that was cut or lengthened has a last chunk: the size is never taken on trust. */
static void test_cut(void **state)
{
	size_t whole = seal(BIG - 100).n;
	struct ch_seek s;

	(void)state;
	check_ok(start(&s, whole));
	for (unsigned i = 0; i < 400; i++) {
		size_t border = s.payload + i % 4 * CH_AGE_SEALED;
		size_t n = i < 200 ? border + i / 4 : border + next() % CH_AGE_SEALED;
		struct ch_seek cut;

		if (n >= whole)
			continue;
		if (start(&cut, n) == CH_OK)
			check_err(last(&cut), CH_E_AUTH);
		assert_false(cut.proven);
	}
	memset(&sealed[whole], 0, 100);
	for (size_t more = 1; more < 100; more++) {
		check_ok(start(&s, whole + more));
		check_err(last(&s), CH_E_AUTH);
	}
}

/* Chunks that changed places, and one bit. */
static void test_moved(void **state)
{
	size_t whole = seal(BIG).n, n;
	struct ch_seek s;
	ch_seek_where a;

	(void)state;
	check_ok(start(&s, whole));
	check_ok(last(&s));
	a = ch_seek_at(&s, 1);
	memmove(&sealed[a.at], &sealed[ch_seek_at(&s, 2).at], CH_AGE_SEALED);
	check_err(fetch(&s, &n, a), CH_E_AUTH);
	assert_int_equal(n, 0);
	assert_true(check_is_zero(chunk, sizeof chunk));
	check_ok(fetch(&s, &n, ch_seek_at(&s, 0))); /* the others are what they were */
	check_ok(fetch(&s, &n, ch_seek_at(&s, 2)));
	sealed[ch_seek_at(&s, 0).at + 5] ^= 1;
	check_err(fetch(&s, &n, ch_seek_at(&s, 0)), CH_E_AUTH);
	sealed[ch_seek_at(&s, 3).at + 5] ^= 1;
	check_err(last(&s), CH_E_AUTH);
	assert_false(s.proven);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_ranges),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, setup, teardown);
}
