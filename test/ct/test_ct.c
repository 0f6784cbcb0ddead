/*
 * Constant time: secrets are marked undefined, and valgrind reports each branch and each address
 * that depends on one. Built with CH_CT_CHECK, which turns the marks of ct.h on in our code.
 *
 * Argument: "check", or "leak", which branches on a secret and so proves that the check sees.
 */
#include <stdio.h>
#include <string.h>

#include "age_key.h"
#include "b64.h"
#include "ct.h"
#include "mlkem.h"
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

	CH_CT_SECRET(&seed, sizeof seed);
	need(ch_age_identity_make(id, type, &seed) == CH_OK, "identity");
	ch_age_identity_put(&w, id);
	need(ch_age_identity_parse(id, ch_wr_span(&w)) == CH_OK, "identity");
}

/* Wrap, seal, unwrap, open: file key, ephemeral key, identity and text are secret. */
static void check_seal(const struct ch_age_identity *id)
{
	struct ch_secret64 wrap = { { 9 } };
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
	struct ch_age_identity id;

	if (argc == 2 && strcmp(argv[1], "leak") == 0)
		return leak() < 0;
	if (ch_crypto_init() != CH_OK)
		return 1;
	check_compare();
	check_mac();
	check_b64();
	check_mlkem();
	check_identity(&id, CH_AGE_X25519);
	check_seal(&id);
	check_identity(&id, CH_AGE_HYBRID);
	check_seal(&id);
	ch_age_identity_wipe(&id);
	return 0;
}
