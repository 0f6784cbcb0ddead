/* Paths of tiles and bundles of entries. */
#include "tlog.h"

#include "tile.h"

static void test_paths(void **state)
{
	static const struct { const char *path; ch_tile tile; } good[] = {
		{ "tile/0/000", { false, 0, 256, 0 } },
		{ "tile/63/x001/x234/067", { false, 63, 256, 1234067 } },
		{ "tile/1/999.p/1", { false, 1, 1, 999 } },
		{ "tile/entries/x001/000.p/255", { true, 0, 255, 1000 } },
		{ "tile/0/x072/x057/x594/x037/x927/935", { false, 0, 256, CH_TILE_INDEX_MAX } },
	};
	static const char *const bad[] = {
		"", "tile/", "tile/0/", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/64/000",
		"tile/-1/000", "tile/0/x000/001", "tile/0/001/x000", "tile/0/x001/00",
		"/tile/0/000",
		"tile/0/x001", "tile/0/x001/", "tile/0/000/", "tile/0/000.p", "tile/0/000.p/",
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1/",
		"tile/0/001/002", "tile/data/000", "tile/entries/0/000", "tile/0/x1/000",
		"tile/0/000.P/1", "tile/0/ 00", "tile/0/000 ", "tile//000", "tile/0/x01a/000",
		"tile/0/x072/x057/x594/x037/x927/936", "tile/0/x001/x000/x000/x000/x000/x000/000",
		"tile/8/0/001",
	};
	uint8_t buf[CH_TILE_PATH_MAX];
	ch_tile t;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(good); i++) {
		struct ch_wr w = ch_wr_of(buf, sizeof buf);
		const ch_tile *want = &good[i].tile;

		check_ok(ch_tile_parse(&t, ch_span_str(good[i].path)));
		assert_true(t.entries == want->entries && t.level == want->level &&
		    t.width == want->width && t.index == want->index);
		ch_tile_put(&w, &t);
		check_ok(ch_wr_done(&w));
		assert_true(ch_span_eq(ch_wr_span(&w), ch_span_str(good[i].path)));
	}
	for (size_t i = 0; i < CH_COUNT(bad); i++) {
		assert_int_not_equal(ch_tile_parse(&t, ch_span_str(bad[i])), CH_OK);
		assert_true(t.width == 0 && t.index == 0);
	}
}

/* The specification's example: 70,000 entries. */
static void test_widths(void **state)
{
	(void)state;
	assert_int_equal(ch_tile_width(70000, 0, 272), 256);
	assert_int_equal(ch_tile_width(70000, 0, 273), 112);
	assert_int_equal(ch_tile_width(70000, 0, 274), 0);
	assert_int_equal(ch_tile_width(70000, 1, 0), 256);
	assert_int_equal(ch_tile_width(70000, 1, 1), 17);
	assert_int_equal(ch_tile_width(70000, 2, 0), 1);
	assert_int_equal(ch_tile_width(70000, 3, 0), 0);
	assert_int_equal(ch_tile_width(256, 1, 0), 1);
	assert_int_equal(ch_tile_width(UINT64_MAX, 7, 0), 255);
	assert_int_equal(ch_tile_width(UINT64_MAX, 63, 0), 0);
	assert_int_equal(ch_tile_width(UINT64_MAX, 0, UINT64_MAX), 0);
}

static void test_bundle(void **state)
{
	static uint8_t buf[70000], big[CH_ENTRY_MAX + 1];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	ch_hash leaves[3], want;

	(void)state;
	ch_bundle_put(&w, CH_LIT("one"));
	ch_bundle_put(&w, (ch_span){ 0 });
	ch_bundle_put(&w, CH_LIT("three"));
	check_ok(ch_wr_done(&w));
	check_ok(ch_bundle_leaves(leaves, 3, ch_wr_span(&w)));
	ch_merkle_leaf(&want, CH_LIT("three"));
	assert_true(ch_hash_eq(&want, &leaves[2]));
	check_err(ch_bundle_leaves(leaves, 2, ch_wr_span(&w)), CH_E_FORMAT);
	assert_true(check_is_zero(leaves, 2 * sizeof leaves[0]));
	for (size_t n = 0; n < w.n; n++)
		check_err(ch_bundle_leaves(leaves, 3, ch_span_of(buf, n)), CH_E_TRUNCATED);
	w = ch_wr_of(buf, sizeof buf);
	ch_bundle_put(&w, ch_span_of(big, CH_ENTRY_MAX));
	check_ok(ch_wr_done(&w));
	check_ok(ch_bundle_leaves(leaves, 1, ch_wr_span(&w)));
	w = ch_wr_of(buf, sizeof buf);
	ch_bundle_put(&w, ch_span_of(big, sizeof big));
	check_err(ch_wr_done(&w), CH_E_LIMIT);
}

static ch_err fetch_short(void *ctx, const ch_tile *t, ch_span *out)
{
	static uint8_t buf[CH_TILE_BYTES];

	*out = ch_span_of(buf, 32 * (size_t)t->width - *(size_t *)ctx);
	return *(size_t *)ctx > 1 ? CH_E_IO : CH_OK;
}

/* A short tile is the server's fault; a fault in fetching passes up. */
static void test_reader(void **state)
{
	size_t less = 0;
	struct ch_tile_reader r = { 300, fetch_short, &less };
	ch_hash h;

	(void)state;
	check_ok(ch_tile_node(&r, 8, 0, &h));
	less = 1;
	check_err(ch_tile_node(&r, 0, 299, &h), CH_E_FORMAT);
	assert_true(check_is_zero(&h, sizeof h));
	less = 2;
	check_err(ch_tile_node(&r, 0, 299, &h), CH_E_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_bundle),
		cmocka_unit_test(test_reader),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
