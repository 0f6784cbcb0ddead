/*
 * SHA-3 and SHAKE: held to libcrypto at every length, four at a time to one at a time, and the
 * permutation to the value that its authors published. Run a second time as old_cpu.c has it.
 */
#include "check.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "keccak.h"
#include "sha3.h"

/* KeccakF-1600-IntermediateValues.txt: of a state of zeros, twice; the first and the last lane. */
static const uint64_t published[2][2] = {
	{ 0xf1258f7940e1dde7, 0xeaf1ff7b5ceca249 },
	{ 0x2d5c954df96ecb3c, 0x20d06cd26a8fbf5c },
};

static void test_permutation(void **state)
{
	const ch_keccak_way *way = ch_keccak_best();
	struct ch_keccak s = { 0 };
	struct ch_keccak4 four = { 0 };

	(void)state;
	printf("%s\n", way == &ch_keccak_plain ? "plain" : "AVX2");
	for (unsigned lane = 0; lane < 25; lane++)
		four.at[0][lane][3] = lane;
	for (int i = 0; i < 2; i++) {
		way->one(&s);
		way->four(&four);
		assert_true(s.at[0][0] == published[i][0] && s.at[0][24] == published[i][1]);
		for (unsigned lane = 0; lane < 25; lane++)
			for (unsigned k = 0; k < 4; k++)
				assert_int_equal(four.at[0][lane][k] == s.at[0][lane], k < 3);
	}
}

static const EVP_MD *md(ch_sha3_alg alg)
{
	return alg == CH_SHA3_256 ? EVP_sha3_256() : alg == CH_SHA3_512 ? EVP_sha3_512() :
	    alg == CH_SHAKE128 ? EVP_shake128() : EVP_shake256();
}

static void by_libcrypto(ch_sha3_alg alg, uint8_t *out, size_t n, ch_span a, ch_span b)
{
	EVP_MD_CTX *x = EVP_MD_CTX_new();

	assert_int_equal(EVP_DigestInit_ex(x, md(alg), NULL), 1);
	assert_int_equal(EVP_DigestUpdate(x, a.p, a.n), 1);
	assert_int_equal(EVP_DigestUpdate(x, b.p, b.n), 1);
	if (alg < CH_SHAKE128)
		assert_int_equal(EVP_DigestFinal_ex(x, out, NULL), 1);
	else if (n)
		assert_int_equal(EVP_DigestFinalXOF(x, out, n), 1);
	EVP_MD_CTX_free(x);
}

static void test_lengths(void **state)
{
	uint8_t in[520], want[520], *out;

	(void)state;
	RAND_bytes(in, sizeof in);
	for (size_t n = 0; n <= sizeof in; n++)
		for (ch_sha3_alg alg = 0; alg < CH_N_SHA3; alg++) {
			size_t len = alg == CH_SHA3_256 ? 32 : alg == CH_SHA3_512 ? 64 :
			    sizeof want - n;
			uint8_t *a = check_copy(in, n / 3), *b = check_copy(in + n / 3, n - n / 3);

			by_libcrypto(alg, want, len, ch_span_of(a, n / 3),
			    ch_span_of(b, n - n / 3));
			out = malloc(len ? len : 1);
			ch_sha3(alg, out, len, ch_span_of(a, n / 3), ch_span_of(b, n - n / 3));
			assert_memory_equal(out, want, len);
			free(out), free(a), free(b);
		}
}

static void test_four(void **state)
{
	uint8_t seed[32], tails[28], want[1008], *out;

	(void)state;
	RAND_bytes(seed, sizeof seed);
	RAND_bytes(tails, sizeof tails);
	for (size_t n = 0; n <= sizeof want; n += 8)
		for (size_t n_tail = 0; n_tail < 8; n_tail++) {
			ch_sha3_alg alg = (n / 8 + n_tail) % 2 ? CH_SHAKE128 : CH_SHAKE256;

			out = malloc(4 * n + 1);
			out[4 * n] = 0xa5;
			ch_shake_four(alg, out, n, seed, tails, n_tail);
			for (size_t i = 0; i < 4; i++) {
				by_libcrypto(alg, want, n, ch_span_of(seed, sizeof seed),
				    ch_span_of(&tails[i * n_tail], n_tail));
				assert_memory_equal(&out[i * n], want, n);
			}
			assert_int_equal(out[4 * n], 0xa5);
			free(out);
		}
}

/* NIST's examples. */
static void test_examples(void **state)
{
	static const uint8_t abc[32] = { 0x3a, 0x98, 0x5d, 0xa7, 0x4f, 0xe2, 0x25, 0xb2, 0x04,
		0x5c, 0x17, 0x2d, 0x6b, 0xd3, 0x90, 0xbd, 0x85, 0x5f, 0x08, 0x6e, 0x3e, 0x9d,
		0x52, 0x5b, 0x46, 0xbf, 0xe2, 0x45, 0x11, 0x43, 0x15, 0x32 };
	static const uint8_t empty[32] = { 0x46, 0xb9, 0xdd, 0x2b, 0x0b, 0xa8, 0x8d, 0x13, 0x23,
		0x3b, 0x3f, 0xeb, 0x74, 0x3e, 0xeb, 0x24, 0x3f, 0xcd, 0x52, 0xea, 0x62, 0xb8,
		0x1b, 0x82, 0xb5, 0x0c, 0x27, 0x64, 0x6e, 0xd5, 0x76, 0x2f };
	uint8_t out[32];

	(void)state;
	ch_sha3_256(out, CH_LIT("abc"));
	assert_memory_equal(out, abc, 32);
	ch_shake256(out, 32, ch_span_of(NULL, 0));
	assert_memory_equal(out, empty, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_four),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_permutation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
