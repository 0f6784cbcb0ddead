/* Whole logs of other programs: Tessera's of 15 entries, Sunlight's mirror of 300, a CT log's. */
#include "tlog.h"

#include "checkpoint.h"
#include "tile.h"
#include "vectors_json.h"

#define MIRROR "tlog-tiles/sunlight-witness/witness/mirror/" \
	"000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706"

static unsigned counted;

struct log {
	const char *base;
	uint8_t *last;
};

/* The tile as a file of the log. */
static ch_err fetch(void *ctx, const ch_tile *t, ch_span *out)
{
	struct log *l = ctx;
	char rel[512];
	uint8_t path[CH_TILE_PATH_MAX];
	struct ch_wr w = ch_wr_of(path, sizeof path);
	size_t n;

	ch_tile_put(&w, t);
	check_ok(ch_wr_done(&w));
	snprintf(rel, sizeof rel, "%s/%.*s", l->base, (int)w.n, (const char *)path);
	free(l->last);
	l->last = vec_read(&n, rel);
	*out = ch_span_of(l->last, n);
	return CH_OK;
}

static void check_root(const char *base, uint64_t size, const ch_hash *root)
{
	struct log l = { base, NULL };
	struct ch_tile_reader r = { size, fetch, &l };
	ch_hash h, p[CH_MERKLE_PROOF_MAX], leaf;
	size_t k;

	check_ok(ch_merkle_fetch_root(&h, size, ch_tile_node, &r));
	assert_true(ch_hash_eq(&h, root));
	for (uint64_t i = 0; i < size; i++) {
		check_ok(ch_merkle_prove_inclusion(p, &k, i, size, ch_tile_node, &r));
		check_ok(ch_tile_node(&r, 0, i, &leaf));
		check_ok(ch_merkle_verify_inclusion(root, size, i, &leaf, p, k));
	}
	counted++;
	free(l.last);
}

static void check_entries(const json_t *keys, uint64_t size)
{
	struct log l = { "tlog-tiles/tessera-log", NULL };
	ch_tile bundle = { true, 0, (uint16_t)size, 0 }, tile = { false, 0, (uint16_t)size, 0 };
	ch_hash leaves[256];
	ch_span bytes;

	check_ok(fetch(&l, &bundle, &bytes));
	check_ok(ch_bundle_leaves(leaves, size, bytes));
	struct ch_rd r = ch_rd_of(bytes);
	for (uint64_t i = 0; i < size; i++) {
		const char *s = json_string_value(json_array_get(
		    json_object_get(keys, "entries"), i));

		assert_true(ch_span_eq(ch_bundle_next(&r), ch_span_str(s)));
	}
	check_ok(fetch(&l, &tile, &bytes));
	assert_int_equal(bytes.n, 32 * size);
	for (uint64_t i = 0; i < size; i++)
		assert_memory_equal(leaves[i].b, bytes.p + 32 * i, 32);
	counted++;
	free(l.last);
}

static void test_tessera(void **state)
{
	json_t *keys = vec_json("tlog-tiles/tessera-log/keys.json");
	ch_vkey log;

	(void)state;
	check_ok(ch_vkey_parse(&log, ch_span_str(vec_str(keys, "vkey"))));
	for (uint64_t size = 0; size <= 15; size++) {
		char rel[128];
		size_t n;
		ch_checkpoint cp;
		ch_note note;

		snprintf(rel, sizeof rel, "tlog-tiles/tessera-log/checkpoint.%u", (unsigned)size);
		uint8_t *p = vec_read(&n, rel);
		check_ok(ch_checkpoint_open(&cp, &note, ch_span_of(p, n), &log));
		assert_int_equal(cp.size, size);
		check_root("tlog-tiles/tessera-log", size, &cp.root);
		if (size > 0)
			check_entries(keys, size);
		free(p);
	}
	json_decref(keys);
}

/* The vkeys of the .v0.json beside; the cosignature and the tiles must fit. */
static void check_witness(const char *json, const char *checkpoint, const char *tiles)
{
	json_t *j = vec_json(json);
	size_t n;
	uint8_t *p = vec_read(&n, checkpoint);
	ch_checkpoint cp;
	ch_note note;
	ch_vkey k;
	uint64_t t;

	check_ok(ch_vkey_parse(&k, ch_span_str(json_string_value(json_array_get(
	    json_object_get(j, "verifier_keys"), 0)))));
	check_ok(ch_note_parse(&note, ch_span_of(p, n), 1024));
	check_ok(ch_checkpoint_parse(&cp, note.text));
	check_ok(ch_cosignature_verify(&t, &note, &k));
	counted++;
	if (tiles)
		check_root(tiles, cp.size, &cp.root);
	free(p);
	json_decref(j);
}

static void test_sunlight(void **state)
{
	(void)state;
	check_witness("tlog-tiles/sunlight-witness/witness/mirror/mirror.v0.json",
	    MIRROR "/checkpoint", MIRROR);
	check_witness("tlog-tiles/sunlight-witness/witness/witness.v0.json",
	    "tlog-tiles/sunlight-witness/witness/"
	    "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706/checkpoint", NULL);
	check_witness("tlog-tiles/sunlight-witness/witness2/witness.v0.json",
	    "tlog-tiles/sunlight-witness/witness2/"
	    "88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482/checkpoint", NULL);
}

/* What must never be served is no checkpoint, and no cosignature goes over to another's key. */
static void test_decoys(void **state)
{
	static const char *const decoy[] = {
		"tlog-tiles/sunlight-witness/witness/checkpoint",
		"tlog-tiles/sunlight-witness/witness/mirror/checkpoint",
	};
	json_t *j = vec_json("tlog-tiles/sunlight-witness/witness2/witness.v0.json");
	ch_note note;
	ch_vkey k;
	uint64_t t;
	size_t n;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(decoy); i++, counted++) {
		uint8_t *p = vec_read(&n, decoy[i]);

		assert_int_not_equal(ch_note_parse(&note, ch_span_of(p, n), 1024), CH_OK);
		free(p);
	}
	uint8_t *p = vec_read(&n, MIRROR "/checkpoint");
	check_ok(ch_vkey_parse(&k, ch_span_str(json_string_value(json_array_get(
	    json_object_get(j, "verifier_keys"), 0)))));
	check_ok(ch_note_parse(&note, ch_span_of(p, n), 1024));
	assert_int_not_equal(ch_cosignature_verify(&t, &note, &k), CH_OK);
	counted++;
	free(p);
	json_decref(j);
}

static void test_prefix(void **state)
{
	size_t n, m;
	uint8_t *full = vec_read(&n, "tlog-tiles/sunlight-navigli/tile/0/003");
	uint8_t *part = vec_read(&m, "tlog-tiles/sunlight-navigli/tile/0/003.p/10");

	(void)state;
	assert_int_equal(n, CH_TILE_BYTES);
	assert_int_equal(m, 320);
	assert_memory_equal(full, part, m);
	counted++;
	free(full);
	free(part);
}

static void test_count(void **state)
{
	(void)state;
	printf("%u checks\n", counted);
	assert_int_equal(counted, 16 + 15 + 3 + 1 + 1 + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tessera),
		cmocka_unit_test(test_sunlight),
		cmocka_unit_test(test_decoys),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_count),
	};

	vec_require("tlog-tiles");
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
