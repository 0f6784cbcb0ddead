/*
 * HPKE and the KEMs of age: RFC 9180 appendix A, both sets of the post-quantum draft, X-Wing.
 *
 * Ours is base mode with HKDF-SHA-256 and ChaCha20-Poly1305, one message without additional data,
 * no exports; every other suite is left out by name. The vectors bind additional data, which
 * changes the tag alone: of the first message all but the tag is compared.
 */
#include "check.h"

#include "hpke.h"
#include "kem.h"
#include "vectors_json.h"

enum { MAX = 256 };
static unsigned n_ran, n_skipped;

static void counted(const char *file, unsigned want_ran, unsigned want_skipped)
{
	printf("%s: %u ran, %u skipped\n", file, n_ran, n_skipped);
	assert_int_equal(n_ran, want_ran);
	assert_int_equal(n_skipped, want_skipped);
	n_ran = n_skipped = 0;
}

static unsigned number(const json_t *t, const char *key)
{
	return (unsigned)json_integer_value(json_object_get(t, key));
}

/* A member of exactly so many bytes. */
static void get(void *out, size_t want, const json_t *t, const char *key)
{
	size_t n;
	uint8_t *p = vec_bytes(&n, t, key);

	assert_int_equal(n, want);
	memcpy(out, p, n);
	free(p);
}

static void same(const void *ours, size_t n, const json_t *t, const char *key)
{
	size_t n_want;
	uint8_t *p = vec_bytes(&n_want, t, key);

	assert_int_equal(n, n_want);
	assert_memory_equal(ours, p, n);
	free(p);
}

static bool is_ours(const json_t *t, unsigned kem)
{
	return number(t, "mode") == 0 && number(t, "kem_id") == kem && number(t, "kdf_id") == 1 &&
	    number(t, "aead_id") == 3;
}

static void left_out(const json_t *t, const char *why)
{
	char name[80];

	snprintf(name, sizeof name, "mode %u, KEM 0x%04x, KDF 0x%04x, AEAD 0x%04x",
	    number(t, "mode"), number(t, "kem_id"), number(t, "kdf_id"), number(t, "aead_id"));
	vec_skip(name, why);
	n_skipped++;
}

/* All but the tag, which the additional data of the vector changes. */
static void first_message(const struct ch_hpke *h, const json_t *t)
{
	const json_t *m = json_array_get(json_object_get(t, "encryptions"), 0);
	size_t n_pt, n_ct;
	uint8_t *pt = vec_bytes(&n_pt, m, "pt"), *ct = vec_bytes(&n_ct, m, "ct");
	uint8_t sealed[MAX], back[MAX];
	struct ch_aead a;

	assert_true(n_ct == n_pt + CH_AEAD_TAG && n_ct <= MAX);
	check_ok(ch_aead_init(&a));
	check_ok(ch_hpke_seal(&a, sealed, h, ch_span_of(pt, n_pt)));
	assert_memory_equal(sealed, ct, n_pt);
	check_ok(ch_hpke_open(&a, back, h, ch_span_of(sealed, n_ct)));
	assert_memory_equal(back, pt, n_pt);
	sealed[n_pt] ^= 1;
	check_err(ch_hpke_open(&a, back, h, ch_span_of(sealed, n_ct)), CH_E_AUTH);
	ch_aead_deinit(&a);
	free(pt), free(ct);
}

static void schedule(const struct ch_secret32 *shared, const json_t *t)
{
	size_t n;
	uint8_t *info = vec_bytes(&n, t, "info");
	struct ch_hpke h;

	ch_hpke_base(&h, (uint16_t)number(t, "kem_id"), shared, ch_span_of(info, n));
	same(h.key.b, sizeof h.key, t, "key");
	same(h.nonce, sizeof h.nonce, t, "base_nonce");
	first_message(&h, t);
	free(info);
}

static void rfc9180(void **state)
{
	json_t *all = vec_json("hpke/rfc9180-appendix-a-x25519.json"), *t;
	struct ch_secret32 shared;
	size_t i;

	(void)state;
	json_array_foreach(all, i, t) {
		if (!is_ours(t, 0x20)) {
			left_out(t, "we have base mode with ChaCha20-Poly1305 alone");
			continue;
		}
		get(&shared, sizeof shared, t, "shared_secret");
		schedule(&shared, t);
		n_ran++;
	}
	json_decref(all);
	counted("rfc9180-appendix-a-x25519.json", 1, 11);
}

/* Both ways. */
static void xwing_whole(const json_t *t, const char *seed, const char *pub, const char *random,
    const char *ct, const char *ss)
{
	struct ch_secret32 s, shared;
	struct ch_secret64 r;
	ch_xwing_pub pk, alone;
	ch_xwing_enc enc;
	struct ch_xwing_key key;

	get(&s, sizeof s, t, seed);
	get(&r, sizeof r, t, random);
	check_ok(ch_xwing_expand(&pk, &key, &s));
	same(&pk, sizeof pk, t, pub);
	check_ok(ch_xwing_public(&alone, &s));
	assert_memory_equal(&alone, &pk, sizeof pk);
	check_ok(ch_xwing_check(&pk));
	check_ok(ch_xwing_encaps(&enc, &shared, &pk, NULL, &r));
	same(&enc, sizeof enc, t, ct);
	same(&shared, sizeof shared, t, ss);
	memset(&shared, 0, sizeof shared);
	check_ok(ch_xwing_decaps(&shared, &key, &pk, NULL, &enc));
	same(&shared, sizeof shared, t, ss);
}

/* Nseed of P-256 is 128 bytes for the case of scalars out of range: here the first one fits. Its
 * key schedule is of AES, which we do not have. */
static void pq256(const json_t *t)
{
	uint8_t ikm[128];
	struct ch_secret64 r;
	struct ch_secret32 shared;
	ch_pq256_pub pk;
	ch_pq256_enc enc;

	get(ikm, sizeof ikm, t, "ikmE");
	get(&pk, sizeof pk, t, "pkRm");
	memcpy(r.b, ikm, sizeof r.b);
	check_ok(ch_pq256_check(&pk));
	check_ok(ch_pq256_encaps(&enc, &shared, &pk, NULL, &r));
	same(&enc, sizeof enc, t, "enc");
	same(&shared, sizeof shared, t, "shared_secret");
}

static void draft(const char *file)
{
	json_t *all = vec_json(file), *t;
	struct ch_secret32 shared;
	size_t i;

	json_array_foreach(all, i, t) {
		unsigned kem = number(t, "kem_id");

		if (kem != CH_KEM_XWING && kem != CH_KEM_PQ256) {
			left_out(t, "not a KEM of age");
			continue;
		}
		n_ran++;
		if (kem == CH_KEM_PQ256)
			pq256(t);
		else
			xwing_whole(t, "skRm", "pkRm", "ikmE", "enc", "shared_secret");
		if (!is_ours(t, kem)) {
			left_out(t, "the KEM ran; its key schedule is not ours");
			continue;
		}
		get(&shared, sizeof shared, t, "shared_secret");
		schedule(&shared, t);
	}
	json_decref(all);
	counted(file, 4, 12);
}

static void drafts(void **state)
{
	(void)state;
	draft("hpke/hpke-pq.json");
	draft("hpke/hpke-pq-ietf.json");
}

static void xwing(void **state)
{
	json_t *all = vec_json("hpke/xwing.json"), *t;
	size_t i;

	(void)state;
	json_array_foreach(all, i, t) {
		xwing_whole(t, "seed", "pk", "eseed", "ct", "ss");
		n_ran++;
	}
	json_decref(all);
	counted("xwing.json", 3, 0);
}

/* DHKEM(P-256) to keys of the RFC: the ephemeral key of ikmE (section 7.1.3, DeriveKeyPair). */
static void p256(void **state)
{
	static const uint8_t id[] = { 'K', 'E', 'M', 0, 0x10 }, counter[1] = { 0 };
	json_t *all = vec_json("hpke/rfc9180.json"), *t;
	ch_span suite = ch_span_of(id, sizeof id);
	struct ch_secret32 scalar, shared;
	uint8_t ikm[32], prk[32];
	ch_p256 to, enc;
	size_t i;

	(void)state;
	json_array_foreach(all, i, t) {
		if (number(t, "kem_id") != CH_KEM_P256) {
			left_out(t, "another KEM, and no shared secret to begin from");
			continue;
		}
		get(ikm, sizeof ikm, t, "ikmE");
		get(&to, sizeof to, t, "pkRm");
		ch_hpke_extract(prk, suite, (ch_span){ 0 }, "dkp_prk",
		    ch_span_of(ikm, sizeof ikm));
		ch_hpke_expand(scalar.b, sizeof scalar.b, suite, prk, "candidate",
		    ch_span_of(counter, sizeof counter));
		check_ok(ch_p256_check(&to));
		check_ok(ch_p256_encaps(&enc, &shared, &to, &scalar));
		same(&enc, sizeof enc, t, "enc");
		n_ran++;
	}
	json_decref(all);
	counted("rfc9180.json (encapsulated keys; secrets by age's own plugin in interop)", 8, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drafts),
		cmocka_unit_test(p256),
		cmocka_unit_test(rfc9180),
		cmocka_unit_test(xwing),
	};

	vec_require("hpke");
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
