/*
 * ML-KEM-768, the corners of C2SP CCTV: keys with one value too large, an unlucky matrix, a
 * comparison with an early zero, every step of one run, and the hash over thousands of runs.
 *
 * Argument: "million" for the hash over 1,000,000 runs, which takes minutes and 1.2 GB.
 */
#include "check.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <zlib.h>

#include "mlkem.h"
#include "mlkem_poly.h"
#include "sha3.h"
#include "vectors.h"

#define FOLDER "mlkem-cctv"

/* ---- files of lines `name = value` ---- */

static char *file_text;

static void load(const char *rel)
{
	size_t n;

	free(file_text);
	file_text = (char *)vec_read(&n, rel);
}

/* The text of the nth line so named, malloc'd. */
static char *value(const char *name, int nth)
{
	size_t len = strlen(name);

	for (const char *at = file_text; *at;) {
		const char *end = strchr(at, '\n');

		if (!end)
			end = at + strlen(at);
		if (strncmp(at, name, len) == 0 && strncmp(&at[len], " = ", 3) == 0 && nth-- == 0)
			return strndup(&at[len + 3], (size_t)(end - at) - len - 3);
		at = *end ? end + 1 : end;
	}
	fail_msg("no line %s", name);
	return NULL;
}

static uint8_t *bytes(const char *name, int nth, size_t want)
{
	char *text = value(name, nth);
	size_t n;
	uint8_t *p = vec_hex(&n, text);

	free(text);
	assert_int_equal(n, want);
	return p;
}

/* A list {1, 2, 3} of 256 numbers. */
static void list(struct ch_poly *p, const char *name)
{
	char *text = value(name, 0), *at = text;

	for (int i = 0; i < CH_POLY_N; i++) {
		assert_true(*at == '{' || *at == ',');
		p->c[i] = (int16_t)strtol(at + 1, &at, 10);
	}
	assert_true(*at == '}');
	free(text);
}

/* A polynomial in the plain form from 12 bits a coefficient. */
static void plain(struct ch_poly *p, const uint8_t in[CH_POLY_BYTES])
{
	for (int i = 0; i < CH_POLY_N / 2; i++) {
		p->c[2 * i] = (int16_t)(in[3 * i] | (in[3 * i + 1] & 15) << 8);
		p->c[2 * i + 1] = (int16_t)(in[3 * i + 1] >> 4 | in[3 * i + 2] << 4);
	}
}

static void same(const struct ch_poly *a, const struct ch_poly *b)
{
	struct ch_poly x = *a, y = *b;

	ch_poly_canonical(&x);
	ch_poly_canonical(&y);
	assert_memory_equal(&x, &y, sizeof x);
}

/* ---- single runs ---- */

static void both_ways(void)
{
	uint8_t *ek = bytes("ek", 0, CH_MLKEM_EK), *dk = bytes("dk", 0, CH_MLKEM_DK);
	uint8_t *m = bytes("m", 0, 32), *c = bytes("c", 0, CH_MLKEM_CT), *k = bytes("K", 0, 32);
	uint8_t z_c[32 + CH_MLKEM_CT], refused[32];
	struct ch_secret32 ss;
	ch_mlkem_ct ct;

	check_ok(ch_mlkem_encaps_derand(&ct, &ss, (const ch_mlkem_ek *)ek,
	    (const struct ch_secret32 *)m));
	assert_memory_equal(ct.b, c, sizeof ct);
	assert_memory_equal(ss.b, k, 32);
	check_ok(ch_mlkem_decaps(&ss, (const struct ch_mlkem_dk *)dk, &ct));
	assert_memory_equal(ss.b, k, 32);
	/* Implicit rejection, by the first and by the last byte: J(z | c). */
	for (int i = 0; i < 2; i++) {
		ct.b[i ? CH_MLKEM_CT - 1 : 0] ^= 1;
		memcpy(z_c, &dk[CH_MLKEM_DK - 32], 32);
		memcpy(&z_c[32], ct.b, sizeof ct);
		ch_shake256(refused, 32, ch_span_of(z_c, sizeof z_c));
		check_ok(ch_mlkem_decaps(&ss, (const struct ch_mlkem_dk *)dk, &ct));
		assert_memory_equal(ss.b, refused, 32);
		memcpy(ct.b, c, sizeof ct);
	}
	free(ek), free(dk), free(m), free(c), free(k);
}

static void test_unlucky(void **state)
{
	(void)state;
	load(FOLDER "/unluckysample-ML-KEM-768.txt");
	both_ways();
}

static void test_strcmp(void **state)
{
	uint8_t *dk, *c, *k;
	struct ch_secret32 ss;

	(void)state;
	load(FOLDER "/strcmp-ML-KEM-768.txt");
	dk = bytes("dk", 0, CH_MLKEM_DK);
	c = bytes("c", 0, CH_MLKEM_CT);
	k = bytes("K", 0, 32);
	check_ok(ch_mlkem_decaps(&ss, (const struct ch_mlkem_dk *)dk, (const ch_mlkem_ct *)c));
	assert_memory_equal(ss.b, k, 32);
	free(dk), free(c), free(k);
}

static void test_modulus(void **state)
{
	static char line[2 * CH_MLKEM_EK + 2];
	gzFile f = gzopen(vec_path(FOLDER "/modulus-ML-KEM-768.txt.gz"), "rb");
	const struct ch_secret32 m = { { 0 } };
	struct ch_secret32 ss;
	ch_mlkem_ct ct;
	unsigned n_ran = 0;

	(void)state;
	assert_non_null(f);
	for (; gzgets(f, line, sizeof line); n_ran++) {
		size_t n;
		uint8_t *ek;

		line[strcspn(line, "\n")] = 0;
		ek = vec_hex(&n, line);
		assert_int_equal(n, CH_MLKEM_EK);
		check_err(ch_mlkem_ek_check((const ch_mlkem_ek *)ek), CH_E_FORMAT);
		memset(&ct, 0xaa, sizeof ct);
		check_err(ch_mlkem_encaps_derand(&ct, &ss, (const ch_mlkem_ek *)ek, &m),
		    CH_E_FORMAT);
		assert_true(check_is_zero(&ct, sizeof ct));
		free(ek);
	}
	gzclose(f);
	assert_int_equal(n_ran, 780);
}

/* ---- every step ---- */

static void each_noise(const uint8_t *seed, const char *name, int nth, uint8_t first, size_t n)
{
	uint8_t *all = bytes(name, nth, n * CH_POLY_BYTES), buf[128];
	struct ch_poly p, want;

	for (uint8_t i = 0; i < n; i++) {
		uint8_t number = (uint8_t)(first + i);

		ch_sha3(CH_SHAKE256, buf, 128, ch_span_of(seed, 32), ch_span_of(&number, 1));
		ch_poly_noise(&p, buf);
		plain(&want, &all[i * CH_POLY_BYTES]);
		same(&p, &want);
	}
	free(all);
}

static void each_ntt(const char *from, int nth, const char *to)
{
	uint8_t *in = bytes(from, nth, 3 * CH_POLY_BYTES), *out = bytes(to, 0, 3 * CH_POLY_BYTES);
	uint8_t again[CH_POLY_BYTES];
	struct ch_poly p, want;

	for (int i = 0; i < 3; i++) {
		plain(&p, &in[i * CH_POLY_BYTES]);
		ch_poly_ntt(&p);
		ch_poly_decode(&want, &out[i * CH_POLY_BYTES]);
		same(&p, &want);
		ch_poly_canonical(&p);
		ch_poly_encode(again, &p);
		assert_memory_equal(again, &out[i * CH_POLY_BYTES], CH_POLY_BYTES);
	}
	free(in), free(out);
}

static void the_matrix(void)
{
	uint8_t *rho = bytes("ρ", 0, 32), *all = bytes("A", 0, 9 * CH_POLY_BYTES), buf[1008];
	struct ch_poly p, want;

	for (uint8_t i = 0; i < 9; i++) {
		const uint8_t at[2] = { i % 3, i / 3 };

		ch_sha3(CH_SHAKE128, buf, sizeof buf, ch_span_of(rho, 32), ch_span_of(at, 2));
		assert_true(ch_poly_sample(&p, buf, sizeof buf));
		ch_poly_decode(&want, &all[i * CH_POLY_BYTES]);
		assert_true(ch_poly_is_canonical(&want));
		same(&p, &want);
	}
	free(rho), free(all);
}

static void the_ciphertext(void)
{
	uint8_t *c1 = bytes("c1", 0, 960), *c2 = bytes("c2", 0, 128);
	uint8_t *u = bytes("u", 0, 3 * CH_POLY_BYTES), *ud = bytes("uᵈ", 0, 3 * CH_POLY_BYTES);
	uint8_t *vd = bytes("vᵈ", 0, CH_POLY_BYTES), out[320];
	struct ch_poly p, want;

	for (int i = 0; i < 3; i++) {
		plain(&p, &u[i * CH_POLY_BYTES]);
		ch_poly_pack10(out, &p);
		assert_memory_equal(out, &c1[320 * i], 320);
		ch_poly_unpack10(&p, &c1[320 * i]);
		plain(&want, &ud[i * CH_POLY_BYTES]);
		same(&p, &want);
	}
	list(&p, "v");
	ch_poly_pack4(out, &p);
	assert_memory_equal(out, c2, 128);
	ch_poly_unpack4(&p, c2);
	plain(&want, vd);
	same(&p, &want);
	free(c1), free(c2), free(u), free(ud), free(vd);
}

static void the_message(void)
{
	uint8_t *m = bytes("m", 0, 32), *mu = bytes("μ", 0, CH_POLY_BYTES);
	uint8_t *w = bytes("w", 0, CH_POLY_BYTES), out[32];
	struct ch_poly p, want;

	ch_poly_of_message(&p, m);
	plain(&want, mu);
	same(&p, &want);
	plain(&p, w);
	ch_poly_to_message(out, &p);
	assert_memory_equal(out, m, 32);
	free(m), free(mu), free(w);
}

static void test_steps(void **state)
{
	uint8_t *sigma, *r, *m, *h, *k, k_r[64];

	(void)state;
	load(FOLDER "/intermediate-ML-KEM-768.txt");
	sigma = bytes("σ", 0, 32);
	r = bytes("r", 0, 32);
	m = bytes("m", 0, 32);
	h = bytes("H(ek)", 0, 32);
	k = bytes("K", 0, 32);
	the_matrix();
	each_noise(sigma, "s", 0, 0, 3);
	each_noise(sigma, "e", 0, 3, 3);
	each_noise(r, "r", 1, 0, 3);
	each_noise(r, "e1", 0, 3, 3);
	each_noise(r, "e2", 0, 6, 1);
	each_ntt("s", 0, "dkPKE = NTT(s)");
	each_ntt("e", 0, "NTT(e)");
	each_ntt("r", 1, "NTT(r)");
	each_ntt("uᵈ", 0, "NTT(uᵈ)");
	ch_sha3(CH_SHA3_512, k_r, 64, ch_span_of(m, 32), ch_span_of(h, 32));
	assert_memory_equal(k_r, k, 32);
	assert_memory_equal(&k_r[32], r, 32);
	the_ciphertext();
	the_message();
	both_ways();
	free(sigma), free(r), free(m), free(h), free(k);
}

/* ---- many runs ---- */

#define DRAWN (64 + 32 + CH_MLKEM_CT)

static void one_run(EVP_MD_CTX *all, const uint8_t drawn[DRAWN])
{
	static ch_mlkem_ek ek;
	static struct ch_mlkem_dk dk;
	static ch_mlkem_ct ct;
	struct ch_secret32 sent, got;

	check_ok(ch_mlkem_keygen_derand(&ek, &dk, (const struct ch_secret64 *)drawn));
	check_ok(ch_mlkem_encaps_derand(&ct, &sent, &ek, (const struct ch_secret32 *)&drawn[64]));
	check_ok(ch_mlkem_decaps(&got, &dk, &ct));
	assert_memory_equal(&sent, &got, sizeof got);
	check_ok(ch_mlkem_decaps(&got, &dk, (const ch_mlkem_ct *)&drawn[96]));
	assert_int_equal(EVP_DigestUpdate(all, ek.b, sizeof ek), 1);
	assert_int_equal(EVP_DigestUpdate(all, ct.b, sizeof ct), 1);
	assert_int_equal(EVP_DigestUpdate(all, sent.b, sizeof sent), 1);
	assert_int_equal(EVP_DigestUpdate(all, got.b, sizeof got), 1);
}

static void accumulated(size_t runs, const char *want)
{
	EVP_MD_CTX *all = EVP_MD_CTX_new(), *rng = EVP_MD_CTX_new();
	uint8_t *stream = malloc(runs * DRAWN), out[32], *want_bytes;
	size_t n;

	assert_true(all && rng && stream);
	assert_int_equal(EVP_DigestInit_ex(rng, EVP_shake128(), NULL), 1);
	assert_int_equal(EVP_DigestFinalXOF(rng, stream, runs * DRAWN), 1);
	assert_int_equal(EVP_DigestInit_ex(all, EVP_shake128(), NULL), 1);
	for (size_t i = 0; i < runs; i++)
		one_run(all, &stream[i * DRAWN]);
	assert_int_equal(EVP_DigestFinalXOF(all, out, sizeof out), 1);
	want_bytes = vec_hex(&n, want);
	assert_memory_equal(out, want_bytes, sizeof out);
	free(want_bytes), free(stream);
	EVP_MD_CTX_free(all);
	EVP_MD_CTX_free(rng);
}

/* The hash over so many runs, as the file has it under "final_fips203_go". */
static void accumulated_as_published(size_t runs)
{
	char key[32], *at, want[65];

	load(FOLDER "/accumulated.json");
	at = strstr(file_text, "\"final_fips203_go\"");
	assert_non_null(at);
	snprintf(key, sizeof key, "\"%zu\": \"", runs);
	at = strstr(at, key);
	assert_non_null(at);
	snprintf(want, sizeof want, "%.64s", at + strlen(key));
	accumulated(runs, want);
}

static void test_accumulated(void **state)
{
	(void)state;
	accumulated_as_published(100);
	accumulated_as_published(10000);
}

static void test_million(void **state)
{
	(void)state;
	accumulated_as_published(1000000);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accumulated),
		cmocka_unit_test(test_modulus),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_strcmp),
		cmocka_unit_test(test_unlucky),
	};
	const struct CMUnitTest slow[] = {
		cmocka_unit_test(test_million),
	};
	int bad;

	vec_require(FOLDER);
	if (ch_crypto_init() != CH_OK)
		return 1;
	if (argc == 2 && strcmp(argv[1], "million") == 0)
		bad = cmocka_run_group_tests(slow, NULL, NULL);
	else
		bad = cmocka_run_group_tests(tests, NULL, NULL);
	free(file_text);
	return bad;
}
