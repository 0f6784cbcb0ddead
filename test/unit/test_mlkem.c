/* ML-KEM-768: arithmetic against plain arithmetic, refusals, a library without memory. */
#include "check.h"

#include <openssl/crypto.h>

#include "mlkem.h"
#include "mlkem_poly.h"

#define Q CH_POLY_Q

/* ---- a libcrypto whose memory runs out ---- */

static bool counting;
static unsigned left;

static bool denied(void)
{
	if (!counting)
		return false;
	if (left == 0)
		return true;
	left--;
	return false;
}

static void *some(size_t n, const char *file, int line)
{
	(void)file, (void)line;
	return denied() ? NULL : malloc(n);
}

static void *more(void *p, size_t n, const char *file, int line)
{
	(void)file, (void)line;
	return denied() ? NULL : realloc(p, n);
}

static void none(void *p, const char *file, int line)
{
	(void)file, (void)line;
	free(p);
}

static ch_mlkem_ek ek;
static struct ch_mlkem_dk dk;
static ch_mlkem_ct ct;
static struct ch_secret32 ss;
static const struct ch_secret64 seed = { { 1, 2, 3 } };
static const struct ch_secret32 m = { { 4, 5, 6 } };

static ch_err do_keygen(void)
{
	return ch_mlkem_keygen_derand(&ek, &dk, &seed);
}

static ch_err do_encaps(void)
{
	return ch_mlkem_encaps_derand(&ct, &ss, &ek, &m);
}

static ch_err do_decaps(void)
{
	return ch_mlkem_decaps(&ss, &dk, &ct);
}

static ch_mlkem_ready ready;

static ch_err do_encaps_ready(void)
{
	return ch_mlkem_encaps_ready(&ct, &ss, &ready, &m);
}

static ch_err do_decaps_ready(void)
{
	return ch_mlkem_decaps_ready(&ss, &dk, &ready, &ct);
}

/* Every allocation refused in turn: a fault each time, and outputs that are zero. Ours has none. */
static void refuse(ch_err (*op)(void), void *out1, size_t n1, void *out2, size_t n2)
{
	ch_err e = CH_E_NOMEM;

	for (unsigned i = 0; e != CH_OK; i++) {
		assert_true(i < 200);
		memset(out1, 0xaa, n1);
		memset(out2, 0xaa, n2);
		left = i;
		counting = true;
		e = op();
		counting = false;
		if (e == CH_OK)
			continue;
		assert_true(ch_err_is_fault(e));
		assert_true(check_is_zero(out1, n1) && check_is_zero(out2, n2));
	}
}

static void test_no_memory(void **state)
{
	(void)state;
	refuse(do_keygen, &ek, sizeof ek, &dk, sizeof dk);
	refuse(do_encaps, &ct, sizeof ct, &ss, sizeof ss);
	refuse(do_decaps, &ss, sizeof ss, &ss, sizeof ss);
	check_ok(ch_mlkem_ready_make(&ready, &ek));
	refuse(do_encaps_ready, &ct, sizeof ct, &ss, sizeof ss);
	refuse(do_decaps_ready, &ss, sizeof ss, &ss, sizeof ss);
}

/* ---- the scheme ---- */

/* A change in ek or its hash is seen; one in the secret or in z gives another secret. */
static void test_changed_key(void **state)
{
	struct ch_mlkem_dk bad;
	struct ch_secret32 got;

	(void)state;
	check_ok(do_keygen());
	check_ok(do_encaps());
	for (size_t i = 1152; i < CH_MLKEM_DK - 32; i++) {
		bad = dk;
		bad.b[i] ^= (uint8_t)(1u << i % 8);
		memset(&got, 0xaa, sizeof got);
		check_err(ch_mlkem_decaps(&got, &bad, &ct), CH_E_FORMAT);
		assert_true(check_is_zero(&got, sizeof got));
	}
	for (size_t i = 0; i < 1152; i += 50) {
		bad = dk;
		bad.b[i + i % 3] ^= 8;
		/* Ours gives another secret; libcrypto tries the key first, and refuses it. */
		if (ch_err_is_fault(ch_mlkem_decaps(&got, &bad, &ct)))
			assert_true(check_is_zero(&got, sizeof got));
		assert_memory_not_equal(&got, &ss, sizeof got);
	}
	bad = dk;
	bad.b[CH_MLKEM_DK - 1] ^= 1;
	check_ok(ch_mlkem_decaps(&got, &bad, &ct));
	assert_memory_equal(&got, &ss, sizeof got); /* z is not asked when all fits */
}

/* A key made ready gives the same bytes, and fits no other dk. */
static void test_ready(void **state)
{
	static const struct ch_secret64 others = { { 9 } };
	struct ch_mlkem_dk other;
	struct ch_secret32 got;
	ch_mlkem_ek bad;
	ch_mlkem_ct again;

	(void)state;
	check_ok(do_keygen());
	check_ok(do_encaps());
	check_ok(ch_mlkem_ready_make(&ready, &ek));
	check_ok(ch_mlkem_encaps_ready(&again, &got, &ready, &m));
	assert_memory_equal(&again, &ct, sizeof ct);
	assert_memory_equal(&got, &ss, sizeof ss);
	check_ok(ch_mlkem_decaps_ready(&got, &dk, &ready, &ct));
	assert_memory_equal(&got, &ss, sizeof ss);
	again.b[7] ^= 1;
	check_ok(ch_mlkem_decaps(&ss, &dk, &again));
	check_ok(ch_mlkem_decaps_ready(&got, &dk, &ready, &again));
	assert_memory_equal(&got, &ss, sizeof ss); /* refused alike */
	check_ok(ch_mlkem_keygen_derand(&bad, &other, &others));
	check_err(ch_mlkem_decaps_ready(&got, &other, &ready, &ct), CH_E_FORMAT);
	assert_true(check_is_zero(&got, sizeof got));
	memset(bad.b, 0xff, 3);
	check_err(ch_mlkem_ready_make(&ready, &bad), CH_E_FORMAT);
	assert_true(check_is_zero(&ready, sizeof ready));
}

/* Every byte of a ciphertext counts. */
static void test_changed_ciphertext(void **state)
{
	struct ch_secret32 got;

	(void)state;
	check_ok(do_keygen());
	check_ok(do_encaps());
	for (size_t i = 0; i < CH_MLKEM_CT; i++) {
		ch_mlkem_ct bad = ct;

		bad.b[i] ^= (uint8_t)(1u << i % 8);
		check_ok(ch_mlkem_decaps(&got, &dk, &bad));
		assert_memory_not_equal(&got, &ss, sizeof got);
	}
}

/* The largest value each coefficient may have, and the smallest that it may not. */
static void test_modulus(void **state)
{
	(void)state;
	check_ok(do_keygen());
	for (size_t i = 0; i < 768; i++) {
		ch_mlkem_ek bad = ek;
		uint8_t *p = &bad.b[i / 2 * 3];

		for (int over = 0; over < 2; over++) {
			unsigned v = Q - 1u + (unsigned)over;

			if (i % 2 == 0) {
				p[0] = (uint8_t)v;
				p[1] = (uint8_t)((p[1] & 0xf0) | v >> 8);
			} else {
				p[1] = (uint8_t)((p[1] & 0x0f) | (v & 15) << 4);
				p[2] = (uint8_t)(v >> 4);
			}
			check_err(ch_mlkem_ek_check(&bad), over ? CH_E_FORMAT : CH_OK);
		}
	}
}

/* ---- polynomials ---- */

static uint32_t drawn = 1;

static unsigned draw(unsigned below)
{
	drawn = drawn * 1664525 + 1013904223;
	return (drawn >> 8) % below;
}

/* All 65,536 values. */
static void test_reduce(void **state)
{
	(void)state;
	for (int base = -32768; base < 32768; base += CH_POLY_N) {
		struct ch_poly p, c;

		for (int i = 0; i < CH_POLY_N; i++)
			p.c[i] = (int16_t)(base + i);
		c = p;
		ch_poly_reduce(&p);
		ch_poly_canonical(&c);
		for (int i = 0; i < CH_POLY_N; i++) {
			assert_in_range(p.c[i] + 1664, 0, 3328);
			assert_int_equal((base + i - p.c[i]) % Q, 0);
			assert_in_range(c.c[i], 0, Q - 1);
			assert_int_equal((base + i - c.c[i]) % Q, 0);
		}
	}
}

/* Compress_d(x) by division (section 4.2.1), for every x and each d that is used. */
static void test_compress(void **state)
{
	(void)state;
	for (int base = 0; base < Q; base += CH_POLY_N) {
		struct ch_poly p, p10, p4, back;
		uint8_t b10[320], b4[128], b1[32];

		for (int i = 0; i < CH_POLY_N; i++)
			p.c[i] = (int16_t)((base + i) % Q);
		p10 = p4 = p;
		ch_poly_pack10(b10, &p10);
		ch_poly_pack4(b4, &p4);
		ch_poly_to_message(b1, &p);
		ch_poly_unpack10(&back, b10);
		for (int i = 0; i < CH_POLY_N; i++) {
			int x = p.c[i], y10 = (2048 * x + Q) / (2 * Q) % 1024;
			int y4 = (32 * x + Q) / (2 * Q) % 16, y1 = (4 * x + Q) / (2 * Q) % 2;

			assert_int_equal(back.c[i], (2 * Q * y10 + 1024) / 2048);
			assert_int_equal(b4[i / 2] >> (i % 2 * 4) & 15, y4);
			assert_int_equal(b1[i / 8] >> (i % 8) & 1, y1);
		}
		ch_poly_unpack4(&back, b4);
		for (int i = 0; i < CH_POLY_N; i++)
			assert_int_equal(back.c[i],
			    (2 * Q * (b4[i / 2] >> (i % 2 * 4) & 15) + 16) / 32);
		ch_poly_of_message(&back, b1);
		for (int i = 0; i < CH_POLY_N; i++)
			assert_int_equal(back.c[i], (b1[i / 8] >> (i % 8) & 1) * 1665);
	}
}

/* a b modulo X^256 + 1, as at school. */
static void by_hand(int32_t out[CH_POLY_N], const struct ch_poly *a, const struct ch_poly *b)
{
	memset(out, 0, CH_POLY_N * sizeof out[0]);
	for (int i = 0; i < CH_POLY_N; i++) {
		for (int j = 0; j < CH_POLY_N; j++) {
			int32_t t = a->c[i] * b->c[j] % Q;

			out[(i + j) % CH_POLY_N] += i + j < CH_POLY_N ? t : -t;
		}
	}
}

/* Three products summed, from values at the edges that the header allows. */
static void test_product(void **state)
{
	static const int16_t edges[] = { 0, 1, -1, 1664, -1664, Q - 1, -Q, Q };

	(void)state;
	for (int round = 0; round < 50; round++) {
		int32_t want[CH_POLY_N], sum[CH_POLY_N] = { 0 };
		struct ch_poly acc = { { 0 } };

		for (int k = 0; k < 3; k++) {
			struct ch_poly a, b;

			for (int i = 0; i < CH_POLY_N; i++) {
				a.c[i] = round < 25 ? edges[draw(8)] : (int16_t)draw(Q);
				b.c[i] = round % 2 ? edges[draw(8)] : (int16_t)draw(Q);
			}
			by_hand(want, &a, &b);
			for (int i = 0; i < CH_POLY_N; i++)
				sum[i] += want[i];
			ch_poly_ntt(&a);
			ch_poly_ntt(&b);
			ch_poly_mul_add(&acc, &a, &b);
		}
		ch_poly_intt(&acc);
		for (int i = 0; i < CH_POLY_N; i++) {
			assert_in_range(acc.c[i] + 1664, 0, 3328);
			assert_int_equal((sum[i] - acc.c[i]) % Q, 0);
		}
	}
}

/* Refused candidates, an end at either half of a triple, and one value too few. */
static void test_sample(void **state)
{
	uint8_t in[3 * 129];
	struct ch_poly p;
	uint8_t back[CH_POLY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof in; i += 3)
		memcpy(&in[i], "\x01\x20\x00", 3);
	assert_true(ch_poly_sample(&p, in, 384));
	ch_poly_encode(back, &p);
	assert_memory_equal(back, in, sizeof back);
	assert_false(ch_poly_sample(&p, in, 381));
	memcpy(in, "\xff\x2f\x00", 3); /* 4095 is refused */
	assert_false(ch_poly_sample(&p, in, 384));
	assert_true(ch_poly_sample(&p, in, 387));
	memcpy(in, "\x01\x1d\xd0", 3); /* 3329 is, too, and is the second of its triple */
	assert_false(ch_poly_sample(&p, in, 384));
	assert_true(ch_poly_sample(&p, in, 387));
	memcpy(in, "\x00\x0d\x00", 3); /* 3328 is not */
	assert_true(ch_poly_sample(&p, in, 384));
	ch_poly_encode(back, &p);
	assert_memory_equal(back, in, sizeof back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changed_ciphertext),
		cmocka_unit_test(test_changed_key),
		cmocka_unit_test(test_compress),
		cmocka_unit_test(test_modulus),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_product),
		cmocka_unit_test(test_ready),
		cmocka_unit_test(test_reduce),
		cmocka_unit_test(test_sample),
	};

	if (CRYPTO_set_mem_functions(some, more, none) != 1 || ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
