/* Public keys of X25519: held to libsodium's ladder over the base point. */
#include "check.h"

#include <sodium.h>

#include "crypto.h"

static void expect_as_ladder(const struct ch_secret32 *sec)
{
	ch_xkey ours;
	uint8_t theirs[32];

	ch_x25519_base(&ours, sec);
	assert_int_equal(crypto_scalarmult_curve25519_base(theirs, sec->b), 0);
	assert_memory_equal(ours.b, theirs, sizeof theirs);
}

static void test_edges(void **state)
{
	static const uint8_t fill[] = { 0x00, 0x01, 0x07, 0x08, 0x40, 0x7f, 0x80, 0xff };
	struct ch_secret32 sec;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(fill); i++) {
		memset(sec.b, fill[i], sizeof sec.b);
		expect_as_ladder(&sec);
		for (unsigned bit = 0; bit < 256; bit++) {
			sec.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
			expect_as_ladder(&sec);
			sec.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
}

static void test_random(void **state)
{
	struct ch_secret32 sec;

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		randombytes_buf(sec.b, sizeof sec.b);
		expect_as_ladder(&sec);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_random),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
