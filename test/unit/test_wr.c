/* The writer: sticky, bounded, measuring and writing alike. */
#include "check.h"

#include "wr.h"

static void write_all(struct ch_wr *w)
{
	uint8_t *room;

	ch_wr_u8(w, 0x01);
	ch_wr_be16(w, 0x0203);
	ch_wr_be32(w, 0x04050607);
	ch_wr_be64(w, UINT64_C(0x08090a0b0c0d0e0f));
	ch_wr_str(w, "text");
	CH_WR_LIT(w, "lit");
	ch_wr_put(w, (ch_span){ 0 });
	ch_wr_zeros(w, 700);
	room = ch_wr_room(w, 5);
	if (room)
		memset(room, 'r', 5);
}

#define ALL_LEN (15 + 7 + 700 + 5)

/* With every capacity: all or LIMIT, never a byte behind it, zeroed on failure. */
static void test_capacities(void **state)
{
	struct ch_wr m = ch_wr_measure();

	(void)state;
	write_all(&m);
	check_ok(ch_wr_done(&m));
	assert_int_equal(m.n, ALL_LEN);
	check_span(ch_wr_span(&m), "");
	for (size_t cap = 0; cap <= ALL_LEN + 1; cap++) {
		uint8_t *p = malloc(cap ? cap : 1);
		struct ch_wr w = ch_wr_of(p, cap);

		memset(p, 0xaa, cap);
		write_all(&w);
		if (cap < ALL_LEN) {
			size_t done = w.n;

			check_span(ch_wr_span(&w), "");
			check_err(ch_wr_done(&w), CH_E_LIMIT);
			assert_true(check_is_zero(p, done));
			assert_int_equal(w.n, 0);
		} else {
			static const uint8_t head[] =
			    "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17textlit";

			check_ok(ch_wr_done(&w));
			assert_int_equal(w.n, ALL_LEN);
			assert_memory_equal(p, head, 22);
			assert_true(check_is_zero(&p[22], 700));
			assert_memory_equal(&p[722], "rrrrr", 5);
		}
		free(p);
	}
}

static void test_sticky(void **state)
{
	uint8_t b[4];
	struct ch_wr w = ch_wr_of(b, sizeof b);

	(void)state;
	CH_WR_LIT(&w, "abcde");
	CH_WR_LIT(&w, "a"); /* would fit */
	assert_null(ch_wr_room(&w, 1));
	assert_int_equal(w.n, 0);
	ch_wr_fail(&w, CH_E_AUTH);
	check_err(ch_wr_done(&w), CH_E_LIMIT); /* the first one stays */
	w = ch_wr_of(b, sizeof b);
	assert_null(ch_wr_room(&w, 5));
	check_err(ch_wr_done(&w), CH_E_LIMIT);
	w = ch_wr_measure();
	assert_null(ch_wr_room(&w, 5));
	assert_int_equal(w.n, 5);
	check_ok(ch_wr_done(&w));
}

/* A count that cannot exist does not wrap. */
static void test_wrap(void **state)
{
	struct ch_wr w = ch_wr_measure();

	(void)state;
	assert_null(ch_wr_room(&w, SIZE_MAX - 1));
	check_ok(ch_wr_done(&w));
	CH_WR_LIT(&w, "ab");
	check_err(ch_wr_done(&w), CH_E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capacities),
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
