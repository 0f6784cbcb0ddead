/*
 * Laws of trees: edge = array, every proof that we make verifies, no altered one does, tiles say
 * the same as leaves.
 */
#include "tlog.h"

#include "entry.h"
#include "tile.h"

#define N 600
#define PAIRS 130

static ch_hash leaves[N], roots[N + 1];

static int setup(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		uint8_t entry[4];

		tlog_entry(entry, i);
		ch_merkle_leaf(&leaves[i], ch_span_of(entry, sizeof entry));
	}
	for (size_t n = 0; n <= N; n++)
		ch_merkle_root(&roots[n], leaves, n);
	return 0;
}

static ch_err fetch_leaves(void *ctx, unsigned level, uint64_t index, ch_hash *out)
{
	uint64_t size = *(uint64_t *)ctx;

	assert_true(level < 20 && (index + 1) << level <= size);
	ch_merkle_root(out, &leaves[index << level], (size_t)1 << level);
	return CH_OK;
}

static void test_frontier(void **state)
{
	struct ch_frontier f, g;
	ch_hash h, saved[64];

	(void)state;
	ch_frontier_init(&f);
	for (uint64_t n = 0;; n++) {
		size_t k = ch_frontier_save(saved, &f);

		ch_frontier_root(&h, &f);
		assert_true(ch_hash_eq(&h, &roots[n]));
		check_ok(ch_merkle_fetch_root(&h, n, fetch_leaves, &n));
		assert_true(ch_hash_eq(&h, &roots[n]));
		check_ok(ch_frontier_load(&g, n, saved, k));
		ch_frontier_root(&h, &g);
		assert_true(ch_hash_eq(&h, &roots[n]));
		check_err(ch_frontier_load(&g, n, saved, k + 1), CH_E_FORMAT);
		if (n == N)
			break;
		/* The nodes that this leaf completes lie in h[0] to h[top]. */
		unsigned top = ch_frontier_append(&f, &leaves[n]);
		assert_int_equal(top, __builtin_ctzll(f.size));
		for (unsigned l = 0; l <= top; l++) {
			uint64_t size = n + 1;

			check_ok(fetch_leaves(&size, l, (size >> l) - 1, &h));
			assert_true(ch_hash_eq(&h, &f.h[l]));
		}
	}
}

/* Each altered proof, root, index or size must be refused. */
static void spoil_inclusion(uint64_t i, uint64_t n, ch_hash *p, size_t k)
{
	for (size_t j = 0; j < k; j++) {
		p[j].b[j % 32] ^= 1;
		check_err(ch_merkle_verify_inclusion(&roots[n], n, i, &leaves[i], p, k), CH_E_AUTH);
		p[j].b[j % 32] ^= 1;
		check_err(ch_merkle_verify_inclusion(&roots[n], n, i, &leaves[i], p, j), CH_E_AUTH);
	}
	p[k] = leaves[0];
	check_err(ch_merkle_verify_inclusion(&roots[n], n, i, &leaves[i], p, k + 1), CH_E_AUTH);
	for (uint64_t j = 0; j < n + 2; j++)
		if (j != i)
			check_err(ch_merkle_verify_inclusion(&roots[n], n, j, &leaves[i], p, k),
			    CH_E_AUTH);
}

static void test_inclusion(void **state)
{
	ch_hash p[CH_MERKLE_PROOF_MAX], q[CH_MERKLE_PROOF_MAX];
	size_t k, m;

	(void)state;
	for (uint64_t n = 1; n <= PAIRS; n++) {
		for (uint64_t i = 0; i < n; i++) {
			check_ok(ch_merkle_prove_inclusion(p, &k, i, n, fetch_leaves, &n));
			check_ok(ch_merkle_array_inclusion(q, &m, leaves, n, i));
			assert_int_equal(k, m);
			assert_memory_equal(p, q, sizeof p);
			check_ok(ch_merkle_verify_inclusion(&roots[n], n, i, &leaves[i], p, k));
			spoil_inclusion(i, n, p, k);
		}
		check_err(ch_merkle_array_inclusion(p, &k, leaves, n, n), CH_E_ABSENT);
		assert_true(k == 0 && check_is_zero(p, sizeof p));
	}
}

static void test_consistency(void **state)
{
	ch_hash p[CH_MERKLE_PROOF_MAX];
	size_t k;

	(void)state;
	for (uint64_t n = 1; n <= PAIRS; n++) {
		for (uint64_t m = 1; m <= n; m++) {
			check_ok(ch_merkle_prove_consistency(p, &k, m, n, fetch_leaves, &n));
			check_ok(ch_merkle_verify_consistency(m, &roots[m], n, &roots[n], p, k));
			for (size_t j = 0; j < k; j++) {
				p[j].b[j % 32] ^= 1;
				check_err(ch_merkle_verify_consistency(m, &roots[m], n, &roots[n],
				    p, k), CH_E_AUTH);
				p[j].b[j % 32] ^= 1;
				check_err(ch_merkle_verify_consistency(m, &roots[m], n, &roots[n],
				    p, j), CH_E_AUTH);
			}
			p[k] = roots[1];
			check_err(ch_merkle_verify_consistency(m, &roots[m], n, &roots[n], p,
			    k + 1), CH_E_AUTH);
			if (m != n)
				check_err(ch_merkle_verify_consistency(m, &roots[n], n, &roots[n],
				    p, k), CH_E_AUTH);
		}
		check_err(ch_merkle_prove_consistency(p, &k, 0, n, fetch_leaves, &n), CH_E_ABSENT);
		check_err(ch_merkle_prove_consistency(p, &k, n + 1, n, fetch_leaves, &n),
		    CH_E_ABSENT);
	}
}

/* A log of three levels of tiles with equal leaves: 70,000, the example of the specification. */
static ch_err fetch_tile(void *ctx, const ch_tile *t, ch_span *out)
{
	static uint8_t buf[CH_TILE_BYTES];
	const ch_hash *full = ctx; /* full[l]: a complete subtree of 256^l equal leaves */

	for (unsigned i = 0; i < t->width; i++)
		memcpy(&buf[32 * i], full[t->level].b, 32);
	*out = ch_span_of(buf, 32 * (size_t)t->width);
	return CH_OK;
}

static void test_tiles_of_70000(void **state)
{
	ch_hash full[4], many[256], want, got;
	struct ch_tile_reader r = { 70000, fetch_tile, full };
	struct ch_frontier f;

	(void)state;
	full[0] = leaves[0];
	for (unsigned l = 1; l < 4; l++) {
		for (unsigned i = 0; i < 256; i++)
			many[i] = full[l - 1];
		ch_merkle_root(&full[l], many, 256);
	}
	ch_frontier_init(&f);
	for (unsigned i = 0; i < 70000; i++)
		(void)ch_frontier_append(&f, &leaves[0]);
	ch_frontier_root(&want, &f);
	check_ok(ch_merkle_fetch_root(&got, 70000, ch_tile_node, &r));
	assert_true(ch_hash_eq(&want, &got));
	check_err(ch_tile_node(&r, 0, 70000, &got), CH_E_ABSENT);
	check_err(ch_tile_node(&r, 17, 0, &got), CH_E_ABSENT);
	check_err(ch_tile_node(&r, 64, 0, &got), CH_E_ABSENT);
	check_ok(ch_tile_node(&r, 16, 0, &got));
	assert_true(ch_hash_eq(&got, &full[2]));
}

/* Tiles of a real small log, from the leaves. */
static ch_err fetch_small(void *ctx, const ch_tile *t, ch_span *out)
{
	static uint8_t buf[CH_TILE_BYTES];
	uint64_t size = *(uint64_t *)ctx;
	ch_hash h;

	assert_int_equal(ch_tile_width(size, t->level, t->index), t->width);
	for (unsigned i = 0; i < t->width; i++) {
		check_ok(fetch_leaves(&size, 8u * t->level, t->index * 256 + i, &h));
		memcpy(&buf[32 * i], h.b, 32);
	}
	*out = ch_span_of(buf, 32 * (size_t)t->width);
	return CH_OK;
}

static void test_tiles(void **state)
{
	ch_hash p[CH_MERKLE_PROOF_MAX], h;
	size_t k;

	(void)state;
	for (uint64_t n = 1; n <= N; n += 1 + n / 37) {
		struct ch_tile_reader r = { n, fetch_small, &n };

		check_ok(ch_merkle_fetch_root(&h, n, ch_tile_node, &r));
		assert_true(ch_hash_eq(&h, &roots[n]));
		for (uint64_t i = n % 11; i < n; i += 11) {
			check_ok(ch_merkle_prove_inclusion(p, &k, i, n, ch_tile_node, &r));
			check_ok(ch_merkle_verify_inclusion(&roots[n], n, i, &leaves[i], p, k));
			check_ok(ch_merkle_prove_consistency(p, &k, i + 1, n, ch_tile_node, &r));
			check_ok(ch_merkle_verify_consistency(i + 1, &roots[i + 1], n, &roots[n],
			    p, k));
		}
	}
}

/* The walk names exactly the tiles whose width differs between two sizes. */
static void test_walk(void **state)
{
	(void)state;
	for (uint64_t to = 0; to <= N; to += 7) {
		for (uint64_t from = 0; from <= to; from += 3) {
			struct ch_tile_walk w;
			ch_tile t;
			unsigned got = 0, want = 0;

			ch_tile_walk_init(&w, from, to);
			while (ch_tile_walk_next(&t, &w)) {
				got++;
				assert_int_equal(t.width, ch_tile_width(to, t.level, t.index));
				assert_true(t.width > ch_tile_width(from, t.level, t.index));
			}
			for (unsigned l = 0; l < 3; l++)
				for (uint64_t i = 0; i < 4; i++)
					if (ch_tile_width(to, l, i) > ch_tile_width(from, l, i))
						want += l == 0 ? 2 : 1;
			assert_int_equal(got, want);
		}
	}
}

/* Sizes at the top of 64 bits: no overflow, no endless loop. */
static ch_err fetch_any(void *ctx, unsigned level, uint64_t index, ch_hash *out)
{
	uint64_t size = *(uint64_t *)ctx;

	assert_true(level < 64 && index < size >> level);
	memset(out, (int)level, sizeof *out);
	return CH_OK;
}

static void test_huge(void **state)
{
	const uint64_t top = (uint64_t)1 << 63;
	uint64_t sizes[] = { UINT64_MAX, UINT64_MAX - 1, top, top + 1 };
	ch_hash p[CH_MERKLE_PROOF_MAX], h, leaf;
	size_t k;

	(void)state;
	memset(&leaf, 0, sizeof leaf);
	for (size_t s = 0; s < CH_COUNT(sizes); s++) {
		uint64_t n = sizes[s], at[] = { 0, 1, n / 2, n / 3, n - 2, n - 1 };

		check_ok(ch_merkle_fetch_root(&h, n, fetch_any, &n));
		for (size_t i = 0; i < CH_COUNT(at); i++) {
			check_ok(ch_merkle_prove_inclusion(p, &k, at[i], n, fetch_any, &n));
			/* The nodes are made up: the length is right, the root cannot fit. */
			check_err(ch_merkle_verify_inclusion(&h, n, at[i], &h, p, k), CH_E_AUTH);
			check_ok(ch_merkle_prove_consistency(p, &k, at[i] + 1, n, fetch_any, &n));
			check_err(ch_merkle_verify_consistency(at[i] + 1, &leaf, n, &h, p, k),
			    CH_E_AUTH);
		}
	}
	check_err(ch_merkle_verify_inclusion(&h, 0, 0, &leaf, NULL, 0), CH_E_AUTH);
	check_err(ch_merkle_verify_inclusion(&h, UINT64_MAX, UINT64_MAX, &leaf, NULL, 0),
	    CH_E_AUTH);
}

/* The rule of entries, against digests made with another program (sha256sum). */
static void test_entry(void **state)
{
	ch_salt salt;
	ch_hash real, drill, text;

	(void)state;
	for (unsigned i = 0; i < 32; i++)
		salt.b[i] = (uint8_t)i;
	ch_entry_make(&real, &salt, CH_LIT("statement\n"), false);
	ch_entry_make(&drill, &salt, CH_LIT("statement\n"), true);
	static const uint8_t want_real[8] = { 0xac, 0xc7, 0xdb, 0x0a, 0xdb, 0x88, 0xe8, 0xf4 };
	static const uint8_t want_drill[8] = { 0xc6, 0x41, 0x7b, 0x95, 0x62, 0x3c, 0x06, 0xd5 };

	assert_memory_equal(real.b, want_real, 8);
	assert_memory_equal(drill.b, want_drill, 8);
	ch_sha256(&text, CH_LIT("statement\n"));
	ch_entry_of_hash(&text, &salt, &text, false);
	assert_true(ch_hash_eq(&text, &real) && !ch_hash_eq(&real, &drill));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frontier),
		cmocka_unit_test(test_inclusion),
		cmocka_unit_test(test_consistency),
		cmocka_unit_test(test_tiles_of_70000),
		cmocka_unit_test(test_tiles),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_entry),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, setup, NULL);
}
