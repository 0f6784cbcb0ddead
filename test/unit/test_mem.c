/* sys/mem: bounds, wiping, stickiness. */
#include "check.h"

#include "mem.h"

static void test_alloc(void **state)
{
	uint8_t *p = ch_alloc(64);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < 64; i++) {
		assert_int_equal(p[i], 0);
		p[i] = (uint8_t)i;
	}
	p = ch_realloc(p, 64, 256);
	assert_non_null(p);
	for (size_t i = 0; i < 256; i++)
		assert_int_equal(p[i], i < 64 ? i : 0);
	p = ch_realloc(p, 256, 8);
	assert_non_null(p);
	assert_int_equal(p[7], 7);
	ch_free(p, 8);
	ch_free(NULL, 0);
	assert_null(ch_alloc(SIZE_MAX));
	assert_null(ch_alloc_array(SIZE_MAX / 4, 8));
	p = ch_alloc_array(0, 8);
	assert_non_null(p);
	ch_free(p, 0);
}

static void test_arena(void **state)
{
	struct ch_arena a;

	(void)state;
	ch_arena_init(&a, 100000);
	for (size_t n = 0; n < 300; n++) {
		uint8_t *p = ch_arena_alloc(&a, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	ch_span s = ch_arena_copy(&a, CH_LIT("abc"));
	assert_memory_equal(s.p, "abc", 4);
	assert_non_null(ch_arena_alloc(&a, 30000)); /* larger than a block */
	assert_null(ch_arena_alloc(&a, 100000));
	assert_int_equal(a.err, CH_E_LIMIT);
	assert_null(ch_arena_alloc(&a, 1)); /* it sticks */
	ch_arena_reset(&a);
	assert_int_equal(a.err, CH_OK);
	uint8_t *p = ch_arena_alloc(&a, 100000);
	assert_non_null(p);
	assert_int_equal(p[99999], 0);
	assert_null(ch_arena_alloc(&a, 1));
	ch_arena_deinit(&a);
	ch_arena_deinit(&a);
}

static void test_arena_reuse_is_zero(void **state)
{
	struct ch_arena a;

	(void)state;
	ch_arena_init(&a, 4096);
	memset(ch_arena_alloc(&a, 1000), 0xee, 1000);
	ch_arena_reset(&a);
	const uint8_t *p = ch_arena_alloc(&a, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(p[i], 0);
	ch_arena_deinit(&a);
}

static void fill(struct ch_arena *a, uint8_t *p[3])
{
	for (size_t i = 0; i < 3; i++) { /* a block each */
		assert_non_null(p[i] = ch_arena_alloc(a, 8000));
		for (size_t k = 0; k < 8000; k++)
			assert_int_equal(p[i][k], 0);
		memset(p[i], 0xee, 8000);
	}
}

static void test_pool(void **state)
{
	struct ch_arena a, b;
	struct ch_pool *pool;
	uint8_t *p[3], *q[3], *r[3];

	(void)state;
	assert_int_equal(ch_pool_new(&pool, 2), CH_OK);
	ch_arena_init_from(&a, 1 << 20, pool);
	ch_arena_init_from(&b, 1 << 20, pool);
	assert_non_null(ch_arena_alloc(&b, 30000)); /* larger than a block: never kept */
	ch_arena_reset(&b);
	assert_null(b.head);
	fill(&a, p);
	ch_arena_reset(&a); /* keeps its first */
	fill(&b, q);
	assert_ptr_equal(q[0], p[1]);
	assert_ptr_equal(q[1], p[2]);
	ch_arena_deinit(&b); /* there is room for two of its three */
	fill(&a, r);
	assert_ptr_equal(r[0], p[0]);
	assert_ptr_equal(r[1], q[1]);
	assert_ptr_equal(r[2], q[2]);
	ch_arena_deinit(&a);
	ch_pool_free(pool);
	ch_pool_free(NULL);
}

static void test_buf(void **state)
{
	struct ch_buf b;
	uint8_t *at;

	(void)state;
	ch_buf_init(&b, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		uint8_t c = (uint8_t)i;

		assert_int_equal(ch_buf_put(&b, ch_span_of(&c, 1)), CH_OK);
	}
	assert_int_equal(ch_buf_str(&b, "x"), CH_E_LIMIT);
	assert_int_equal(b.n, 1000);
	assert_int_equal(b.p[999], 999 % 256);
	ch_buf_reset(&b);
	assert_int_equal(b.n, 0);
	assert_int_equal(b.p[999], 0);
	assert_int_equal(ch_buf_reserve(&at, &b, SIZE_MAX), CH_E_LIMIT);
	assert_null(at);
	assert_int_equal(ch_buf_reserve(&at, &b, 3), CH_OK);
	memcpy(at, "abc", 3);
	ch_buf_commit(&b, 3);
	assert_true(ch_span_eq(ch_buf_span(&b), CH_LIT("abc")));
	ch_buf_deinit(&b);
	ch_buf_init(&b, 0);
	assert_int_equal(ch_buf_str(&b, ""), CH_OK);
	assert_int_equal(ch_buf_str(&b, "a"), CH_E_LIMIT);
	ch_buf_deinit(&b);
	ch_buf_init(&b, SIZE_MAX); /* no overflow in doubling */
	assert_int_equal(ch_buf_str(&b, "a"), CH_OK);
	assert_int_equal(ch_buf_reserve(&at, &b, SIZE_MAX - 1), CH_E_NOMEM);
	assert_int_equal(b.n, 1);
	ch_buf_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_arena_reuse_is_zero),
		cmocka_unit_test(test_pool),
		cmocka_unit_test(test_buf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
