/* How far a log was checked, in files: what is written is read, and nothing else. */
#include "check.h"

#include "logcheck.h"

#define FILE_MAX ((size_t)1 << 18)

static struct ch_log_edge edge, got;
static uint8_t file[FILE_MAX];
static const ch_hash whose = { { 1, 2, 3 } };
static ch_hash other = { { 1, 2, 4 } };

static const uint64_t sizes[] = {
	0, 1, 255, 256, 257, 65535, 65536, 16777217, UINT64_C(0x0102030405060708), UINT64_MAX,
};

/* As many hashes as the size has; the rest are zero. */
static void fill(uint64_t size)
{
	memset(&edge, 0, sizeof edge);
	edge.size = size;
	for (unsigned k = 0; k < CH_LOG_LEVELS; k++)
		for (size_t i = 0; i < (size >> (8 * k)) % CH_TILE_WIDTH; i++)
			memset(&edge.h[k][i], (int)(k * 31 + i) | 1, sizeof edge.h[k][i]);
}

static void check_same(void)
{
	assert_memory_equal(&got, &edge, sizeof edge);
}

static void test_state(void **state)
{
	static const char *const notes[] = { "", "x", "a checkpoint\n\nand lines\n" };
	ch_span note;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(sizes); i++)
		for (size_t k = 0; k < CH_COUNT(notes); k++) {
			struct ch_wr w = ch_wr_of(file, sizeof file);

			fill(sizes[i]);
			ch_log_state_put(&w, &edge, ch_span_str(notes[k]));
			check_ok(ch_wr_done(&w));
			check_ok(ch_log_state_take(&got, &note, ch_wr_span(&w)));
			check_same();
			assert_true(ch_span_eq(note, ch_span_str(notes[k])));
		}
}

/* Cut within the hashes, another head, a note beyond all bounds. */
static void test_state_spoiled(void **state)
{
	struct ch_wr w = ch_wr_of(file, sizeof file);
	static uint8_t big[CH_LOG_NOTE_MAX + 1];
	ch_span note;
	size_t n;

	(void)state;
	fill(700);
	ch_log_state_put(&w, &edge, (ch_span){ 0 });
	n = w.n;
	for (size_t i = 0; i < n; i++) {
		uint8_t *copy = check_copy(file, i);

		if (ch_log_state_take(&got, &note, ch_span_of(copy, i)) == CH_OK)
			fail_msg("cut at %zu", i);
		assert_true(check_is_zero(&got, sizeof got) && note.n == 0);
		free(copy);
	}
	file[3] ^= 1;
	check_err(ch_log_state_take(&got, &note, ch_span_of(file, n)), CH_E_FORMAT);
	w = ch_wr_of(file, sizeof file);
	ch_log_state_put(&w, &edge, ch_span_of(big, sizeof big));
	check_err(ch_log_state_take(&got, &note, ch_wr_span(&w)), CH_E_LIMIT);
	w = ch_wr_of(file, sizeof file);
	ch_log_part_put(&w, &edge, &whose);
	check_err(ch_log_state_take(&got, &note, ch_wr_span(&w)), CH_E_FORMAT);
}

static void test_part(void **state)
{
	(void)state;
	for (size_t i = 0; i < CH_COUNT(sizes); i++) {
		struct ch_wr w = ch_wr_of(file, sizeof file);

		fill(sizes[i]);
		ch_log_part_put(&w, &edge, &whose);
		check_ok(ch_wr_done(&w));
		check_ok(ch_log_part_take(&got, ch_wr_span(&w), &whose));
		check_same();
		check_err(ch_log_part_take(&got, ch_wr_span(&w), &other), CH_E_AUTH);
		assert_true(check_is_zero(&got, sizeof got));
	}
}

/* No bit, no cut, no byte more. */
static void test_part_spoiled(void **state)
{
	struct ch_wr w = ch_wr_of(file, sizeof file);
	uint8_t *copy;
	size_t n;

	(void)state;
	fill(258);
	ch_log_part_put(&w, &edge, &whose);
	n = w.n;
	copy = check_copy(file, n + 1);
	for (size_t i = 0; i < n; i++) {
		copy[i] ^= 1u << i % 8;
		if (ch_log_part_take(&got, ch_span_of(copy, n), &whose) == CH_OK)
			fail_msg("byte %zu", i);
		copy[i] ^= 1u << i % 8;
		if (ch_log_part_take(&got, ch_span_of(copy, i), &whose) == CH_OK)
			fail_msg("cut at %zu", i);
	}
	check_err(ch_log_part_take(&got, ch_span_of(copy, n + 1), &whose), CH_E_FORMAT);
	check_ok(ch_log_part_take(&got, ch_span_of(copy, n), &whose));
	free(copy);
}

/* The root of what a state knows, against the tree made of all leaves. */
static void test_root(void **state)
{
	static ch_hash leaf[700];
	ch_hash root, want;

	(void)state;
	memset(&edge, 0, sizeof edge);
	check_ok(ch_log_edge_root(&root, &edge));
	ch_merkle_empty(&want);
	assert_true(ch_hash_eq(&root, &want));
	for (size_t i = 0; i < CH_COUNT(leaf); i++)
		leaf[i].b[0] = (uint8_t)i, leaf[i].b[1] = (uint8_t)(i >> 8);
	edge.size = CH_COUNT(leaf);
	for (size_t i = 0; i < 2; i++)
		ch_merkle_root(&edge.h[1][i], &leaf[256 * i], 256);
	memcpy(edge.h[0], &leaf[512], 188 * sizeof leaf[0]);
	check_ok(ch_log_edge_root(&root, &edge));
	ch_merkle_root(&want, leaf, CH_COUNT(leaf));
	assert_true(ch_hash_eq(&root, &want));
	edge.h[0][187].b[31] ^= 1;
	check_ok(ch_log_edge_root(&root, &edge));
	assert_false(ch_hash_eq(&root, &want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_state_spoiled),
		cmocka_unit_test(test_part),
		cmocka_unit_test(test_part_spoiled),
		cmocka_unit_test(test_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
