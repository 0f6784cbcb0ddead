/*
 * Constant time: secrets are marked undefined, and valgrind reports each branch and each address
 * that depends on one. Built with CH_CT_CHECK, which turns the marks of ct.h on in our code.
 *
 * Argument: "check", or "leak", which branches on a secret and so proves that the check sees.
 */
#include <stdio.h>
#include <string.h>

#include "age_tag.h"
#include "b64.h"
#include "ct.h"
#include "hpke.h"
#include "keccak.h"
#include "kem.h"
#include "seal.h"
#include "wipe.h"

static void need(int ok, const char *what)
{
	if (ok)
		return;
	printf("failed: %s\n", what);
	__builtin_trap();
}

static void check_compare(void)
{
	uint8_t a[32] = { 1 }, b[32] = { 1 };
	bool same, zero;

	CH_CT_SECRET(a, sizeof a);
	CH_CT_SECRET(b, sizeof b);
	same = ch_ct_equal(a, b, sizeof a);
	zero = ch_ct_is_zero(a, sizeof a);
	CH_CT_PUBLIC(&same, sizeof same);
	CH_CT_PUBLIC(&zero, sizeof zero);
	need(same && !zero, "compare");
	ch_wipe(a, sizeof a);
}

static void check_mac(void)
{
	uint8_t key[32] = { 2 }, msg[100] = { 3 }, out[32], okm[70];

	CH_CT_SECRET(key, sizeof key);
	CH_CT_SECRET(msg, sizeof msg);
	ch_hmac(out, ch_span_of(key, sizeof key), ch_span_of(msg, sizeof msg));
	ch_hkdf(okm, sizeof okm, ch_span_of(msg, sizeof msg), ch_span_of(key, sizeof key),
	    CH_LIT("info"));
}

static void check_b64(void)
{
	uint8_t bytes[32], text[44], back[32];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	uint32_t bad = 0;

	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 73);
	CH_CT_SECRET(bytes, sizeof bytes);
	ch_b64_put(&w, ch_span_of(bytes, sizeof bytes), CH_B64_RAW);
	bad |= ch_b64_parse_n(back, sizeof back, ch_wr_span(&w), CH_B64_RAW) != CH_OK;
	CH_CT_PUBLIC(&bad, sizeof bad);
	need(bad == 0, "base64");
}

/* An identity made, written, read back. */
static void check_identity(struct ch_age_identity *id, ch_age_type type)
{
	struct ch_secret32 seed = { { 7, 7, 7 } };
	uint8_t text[CH_AGE_IDENTITY_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_age_recipient to;

	CH_CT_SECRET(&seed, sizeof seed);
	need(ch_age_identity_make(id, type, &seed) == CH_OK, "identity");
	ch_age_identity_put(&w, id);
	need(ch_age_identity_parse(id, ch_wr_span(&w)) == CH_OK, "identity");
	need(ch_age_identity_recipient(&to, ch_wr_span(&w)) == CH_OK, "recipient");
	need(ch_age_recipient_eq(&to, &id->recipient), "recipient");
}

/* Wrap, seal, unwrap, open: file key, ephemeral key, identity and text are secret. */
static void check_seal(const struct ch_age_identity *id)
{
	struct ch_secret64 wrap = { { [0] = 9, [32] = 9 } };
	struct ch_seal_random random = { .file_key = { { 4 } }, .nonce = { 5 }, .wrap = &wrap };
	const struct ch_open_keys keys = { .ids = id, .n_ids = 1 };
	uint8_t text[200] = { 6 }, sealed[4096], back[200];
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed), o = ch_wr_of(back, sizeof back);
	struct ch_open_facts facts;

	CH_CT_SECRET(&wrap, sizeof wrap);
	CH_CT_SECRET(&random.file_key, sizeof random.file_key);
	CH_CT_SECRET(text, sizeof text);
	need(ch_seal_buffer(&w, ch_span_of(text, sizeof text), &id->recipient, 1, &random) == CH_OK,
	    "seal");
	CH_CT_PUBLIC(sealed, sizeof sealed);
	need(ch_open_buffer(&o, &facts, ch_wr_span(&w), &keys) == CH_OK, "open");
	CH_CT_PUBLIC(back, sizeof back);
	CH_CT_PUBLIC(text, sizeof text);
	need(memcmp(back, text, sizeof text) == 0, "text");
	ch_wipe(&facts, sizeof facts);
}

/* Both permutations of machines without AVX2; what this one has is met by all that follows. */
static void check_keccak(void)
{
	struct ch_keccak s = { .at = { { 18 } } };
	struct ch_keccak4 four = { 0 };

	CH_CT_SECRET(&s, sizeof s);
	CH_CT_SECRET(&four, sizeof four);
	ch_keccak_plain.one(&s);
	ch_keccak_plain.four(&four);
	CH_CT_PUBLIC(&s, sizeof s);
	ch_wipe(&s, sizeof s);
	ch_wipe(&four, sizeof four);
}

/* Seed, message and the secret parts of dk; a ciphertext that fits and one that does not. */
static void check_mlkem(void)
{
	static ch_mlkem_ek ek;
	static struct ch_mlkem_dk dk;
	static ch_mlkem_ct ct;
	struct ch_secret64 seed = { { 8 } };
	struct ch_secret32 m = { { 9 } }, sent, got;
	bool same;

	CH_CT_SECRET(&seed, sizeof seed);
	need(ch_mlkem_keygen_derand(&ek, &dk, &seed) == CH_OK, "keygen");
	CH_CT_SECRET(dk.b, 1152);
	CH_CT_SECRET(&dk.b[CH_MLKEM_DK - 32], 32);
	CH_CT_SECRET(&m, sizeof m);
	need(ch_mlkem_encaps_derand(&ct, &sent, &ek, &m) == CH_OK, "encaps");
	CH_CT_PUBLIC(&ct, sizeof ct);
	for (int bad = 0; bad < 2; bad++) {
		ct.b[0] ^= (uint8_t)bad;
		need(ch_mlkem_decaps(&got, &dk, &ct) == CH_OK, "decaps");
		same = ch_ct_equal(&sent, &got, sizeof got);
		CH_CT_PUBLIC(&same, sizeof same);
		need(same == !bad, "shared secret");
	}
}

/* Both keys of an encapsulation, and both halves of what opens it; one that is not for it too. */
static void check_xwing(void)
{
	static ch_xwing_pub pub;
	static struct ch_xwing_key key;
	static ch_xwing_enc enc;
	struct ch_secret32 seed = { { 10 } }, sent, got;
	struct ch_secret64 random = { { [0] = 11, [32] = 12 } };
	bool same;

	CH_CT_SECRET(&seed, sizeof seed);
	CH_CT_SECRET(&random, sizeof random);
	need(ch_xwing_expand(&pub, &key, &seed) == CH_OK, "expand");
	CH_CT_SECRET(&key.x, sizeof key.x);
	need(ch_xwing_encaps(&enc, &sent, &pub, NULL, &random) == CH_OK, "encaps");
	CH_CT_PUBLIC(&enc, sizeof enc);
	for (int bad = 0; bad < 2; bad++) {
		enc.m.b[0] ^= (uint8_t)bad;
		need(ch_xwing_decaps(&got, &key, &pub, NULL, &enc) == CH_OK, "decaps");
		same = ch_ct_equal(&sent, &got, sizeof got);
		CH_CT_PUBLIC(&same, sizeof same);
		need(same == !bad, "shared secret");
	}
}

/* The key schedule, a message there and back, one that was hurt. */
static void check_hpke(void)
{
	struct ch_secret32 shared = { { 13 } };
	uint8_t text[16] = { 14 }, box[16 + CH_AEAD_TAG], back[16];
	struct ch_hpke h;
	struct ch_aead a;

	CH_CT_SECRET(&shared, sizeof shared);
	CH_CT_SECRET(text, sizeof text);
	need(ch_aead_init(&a) == CH_OK, "aead");
	ch_hpke_base(&h, CH_KEM_XWING, &shared, CH_LIT("info"));
	need(ch_hpke_seal(&a, box, &h, ch_span_of(text, sizeof text)) == CH_OK, "seal");
	need(ch_hpke_open(&a, back, &h, ch_span_of(box, sizeof box)) == CH_OK, "open");
	box[0] ^= 1;
	need(ch_hpke_open(&a, back, &h, ch_span_of(box, sizeof box)) == CH_E_AUTH, "open");
	ch_aead_deinit(&a);
}

/* To keys in hardware: the base point of P-256 is a public key like any other. */
static void check_hardware(const struct ch_age_identity *hybrid)
{
	static const ch_p256c base = { {
		0x03, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5,
		0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4,
		0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
	} };
	struct ch_secret64 random = { { [0] = 15, [32] = 16 } };
	struct ch_file_key key = { { 17 } };
	static ch_age_recipient tag = { .type = CH_AGE_TAG }, tagpq = { .type = CH_AGE_TAGPQ };
	uint8_t out[4096];
	struct ch_wr w = ch_wr_of(out, sizeof out);
	struct ch_aead a;

	tag.tag = base;
	tagpq.tagpq.m = hybrid->recipient.hybrid.m;
	need(ch_p256_decompress(&tagpq.tagpq.t, &base) == CH_OK, "point");
	CH_CT_SECRET(&random, sizeof random);
	CH_CT_SECRET(&key, sizeof key);
	need(ch_aead_init(&a) == CH_OK, "aead");
	ch_age_tag_wrap(&w, &a, &key, &tag, NULL, &random);
	ch_age_tagpq_wrap(&w, &a, &key, &tagpq, NULL, &random);
	need(ch_wr_done(&w) == CH_OK, "wrap");
	ch_aead_deinit(&a);
}

static int leak(void)
{
	volatile uint8_t b = 1;
	uint8_t c;

	CH_CT_SECRET((void *)(uintptr_t)&b, 1);
	c = b;
	return c == 1 ? puts("leaking") : 0;
}

int main(int argc, char **argv)
{
	static struct ch_age_identity id;

	if (argc == 2 && strcmp(argv[1], "leak") == 0)
		return leak() < 0;
	if (ch_crypto_init() != CH_OK)
		return 1;
	check_compare();
	check_mac();
	check_b64();
	check_keccak();
	check_mlkem();
	check_xwing();
	check_hpke();
	check_identity(&id, CH_AGE_X25519);
	check_seal(&id);
	check_identity(&id, CH_AGE_HYBRID);
	check_seal(&id);
	check_hardware(&id);
	ch_age_identity_wipe(&id);
	return 0;
}
