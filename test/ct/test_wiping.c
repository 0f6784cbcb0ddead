/*
 * Wiping: each operation runs on a stack of our own, and when it has returned no eight bytes of
 * any secret may be left there. Each runs once before, so that the dynamic linker has resolved
 * what it resolves: it saves registers on the stack.
 *
 * Argument: "check", or "leak", which leaves a key behind and so proves that the check sees. And
 * "openssl" behind "check": ML-KEM is the library's, and what it leaves is said, not failed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "age_key.h"
#include "age_x25519.h"
#include "crypto.h"
#include "hpke.h"
#include "mlkem.h"
#include "mlkem_poly.h"
#include "seal.h"
#include "sha3.h"

#define STACK (1u << 20)
#define PAINT 0x5a
#define WINDOW 8
#define N_SECRETS 24

static uint8_t *stack;
static unsigned n_checked, n_left;
static bool of_library;

static struct {
	const char *name;
	const uint8_t *p;
	size_t n;
	bool known; /* what libcrypto leaves: said, not failed */
} secrets[N_SECRETS];
static unsigned n_secrets;

static void need(int ok, const char *what)
{
	if (ok)
		return;
	printf("failed: %s\n", what);
	exit(1);
}

static void secret(const char *name, const void *p, size_t n)
{
	need(n_secrets < N_SECRETS && n >= WINDOW, "secrets");
	secrets[n_secrets].name = name;
	secrets[n_secrets].p = p;
	secrets[n_secrets].known = of_library;
	secrets[n_secrets++].n = n;
}

static ucontext_t here, there;

/* Back at once when op returns: whatever ran on that stack behind it would hide what op left. */
static void run(void (*op)(void))
{
	memset(stack, PAINT, STACK);
	need(getcontext(&there) == 0, "context");
	there.uc_stack.ss_sp = stack;
	there.uc_stack.ss_size = STACK;
	there.uc_link = &here;
	makecontext(&there, op, 0);
	need(swapcontext(&here, &there) == 0, "context");
}

/* Windows that stand in memory by chance, or mark nothing. */
static bool is_dull(const uint8_t *p)
{
	unsigned n_same = 0;

	for (unsigned i = 1; i < WINDOW; i++)
		n_same += p[i] == p[0] || p[i] == 0 || p[i] == 0xff;
	return n_same > WINDOW / 2;
}

static void scan(const char *op)
{
	size_t low = 0;

	while (low < STACK && stack[low] == PAINT)
		low++;
	for (unsigned s = 0; s < n_secrets; s++) {
		for (size_t i = 0; i + WINDOW <= secrets[s].n; i++) {
			const uint8_t *at;

			if (is_dull(&secrets[s].p[i]))
				continue;
			at = memmem(&stack[low], STACK - low, &secrets[s].p[i], WINDOW);
			if (!at)
				continue;
			printf("%s: %s from byte %zu, %zu below the top%s\n", op, secrets[s].name,
			    i, (size_t)(&stack[STACK] - at),
			    secrets[s].known ? ": known, the library's" : "");
			n_left += !secrets[s].known;
			break;
		}
	}
	printf("%s: %zu bytes of stack, %u secrets\n", op, STACK - low, n_secrets);
	n_checked++;
}

/* Secrets that only a run makes known are told between the two runs. */
static void check(const char *name, void (*op)(void), void (*tell)(void))
{
	n_secrets = 0;
	run(op);
	tell();
	run(op);
	scan(name);
}

/* Bytes that look random, the same each time. */
static void fill(void *p, size_t n, uint8_t of)
{
	ch_shake256(p, n, ch_span_of(&of, 1));
}

/* ---- ML-KEM ---- */

static struct ch_secret64 seed;
static struct ch_secret32 m, sent, got;
static ch_mlkem_ek ek;
static struct ch_mlkem_dk dk;
static ch_mlkem_ct ct, bad_ct;
static uint8_t g[64], noise[7][128];
static struct ch_poly s_hat[3];

static void keygen(void)
{
	need(ch_mlkem_keygen_derand(&ek, &dk, &seed) == CH_OK, "keygen");
}

static void encaps(void)
{
	need(ch_mlkem_encaps_derand(&ct, &sent, &ek, &m) == CH_OK, "encaps");
}

static void decaps(void)
{
	need(ch_mlkem_decaps(&got, &dk, &ct) == CH_OK, "decaps");
}

static void decaps_bad(void)
{
	need(ch_mlkem_decaps(&got, &dk, &bad_ct) == CH_OK, "decaps");
}

static void tell_noise(const uint8_t *of)
{
	for (uint8_t i = 0; i < 7; i++) {
		ch_sha3(CH_SHAKE256, noise[i], 128, ch_span_of(of, 32), ch_span_of(&i, 1));
		secret("bytes of noise", noise[i], 128);
	}
}

static void tell_key(void)
{
	for (int i = 0; i < 3; i++) {
		ch_poly_decode(&s_hat[i], &dk.b[i * CH_POLY_BYTES]);
		secret("polynomial of the key", &s_hat[i], sizeof s_hat[i]);
	}
	secret("bytes of the key", dk.b, 1152);
	secret("z", &dk.b[CH_MLKEM_DK - 32], 32);
}

static void tell_keygen(void)
{
	static const uint8_t k = 3;

	ch_sha3(CH_SHA3_512, g, 64, ch_span_of(seed.b, 32), ch_span_of(&k, 1));
	secret("d", seed.b, 32);
	secret("sigma", &g[32], 32);
	tell_key();
	tell_noise(&g[32]);
}

static void tell_encaps(void)
{
	ch_sha3(CH_SHA3_512, g, 64, ch_span_of(m.b, 32),
	    ch_span_of(&dk.b[CH_MLKEM_DK - 64], 32));
	secret("m", m.b, 32);
	secret("K and r", g, 64);
	secret("shared secret", sent.b, 32);
	tell_noise(&g[32]);
}

static void tell_decaps(void)
{
	need(memcmp(&got, &sent, sizeof got) == 0, "shared secret");
	tell_encaps();
	tell_key();
}

/* One bit changed leaves m as it was, and what m encrypts to is the ciphertext unchanged. */
static void tell_decaps_bad(void)
{
	need(memcmp(&got, &sent, sizeof got) != 0, "refusal");
	tell_encaps();
	tell_key();
	secret("secret of a ciphertext refused", got.b, 32);
	secret("ciphertext made again", ct.b, sizeof ct);
}

/* ---- the other primitives ---- */

static struct ch_secret32 scalar, shared, out;
static uint8_t text[4096], box[4096 + CH_AEAD_TAG], okm[96], prk[32], pass[32];
static ch_xkey peer;
static struct ch_aead aead;
static const uint8_t nonce[12];

static void x25519(void)
{
	ch_xkey pub;

	ch_x25519_base(&pub, &scalar);
	need(ch_x25519(&shared, &scalar, &peer) == CH_OK, "x25519");
}

static void tell_x25519(void)
{
	secret("scalar", scalar.b, 32);
	secret("shared secret", shared.b, 32);
}

static void hmac(void)
{
	ch_hmac(out.b, ch_span_of(scalar.b, 32), ch_span_of(text, 64));
	ch_hkdf(okm, sizeof okm, ch_span_of(text, 64), ch_span_of(scalar.b, 32), CH_LIT("info"));
}

static void tell_hmac(void)
{
	ch_hmac(prk, ch_span_of(scalar.b, 32), ch_span_of(text, 64));
	secret("key", scalar.b, 32);
	secret("input", text, 64);
	secret("tag", out.b, 32);
	secret("pseudorandom key", prk, 32);
	secret("derived key", okm, sizeof okm);
}

static void scrypt(void)
{
	need(ch_scrypt(&out, ch_span_of(pass, sizeof pass), CH_LIT("salt"), 4) == CH_OK, "scrypt");
}

static void tell_scrypt(void)
{
	secret("passphrase", pass, sizeof pass);
	secret("key", out.b, 32);
}

static void seal(void)
{
	need(ch_aead_init(&aead) == CH_OK, "aead");
	ch_aead_key(&aead, &scalar);
	need(ch_aead_seal(&aead, box, nonce, ch_span_of(text, sizeof text)) == CH_OK, "seal");
	ch_aead_deinit(&aead);
}

static void tell_seal(void)
{
	secret("key", scalar.b, 32);
	secrets[0].known = true; /* the assembler of ChaCha20 keeps its key in its frame */
	secret("text", text, sizeof text);
}

static void hashes(void)
{
	ch_sha3_256(out.b, ch_span_of(text, 200));
	ch_shake256(okm, sizeof okm, ch_span_of(text, 200));
	ch_shake_four(CH_SHAKE256, noise[0], 128, text, &text[32], 1);
}

static void tell_hashes(void)
{
	secret("input", text, 200);
	secret("output", okm, sizeof okm);
	secret("four outputs", noise, 4 * sizeof noise[0]);
}

/* ---- age: a key made, written, read; a file sealed and opened ---- */

static struct ch_age_identity id, again;
static struct ch_secret64 wrap;
static struct ch_seal_random fresh = { .wrap = &wrap };
static uint8_t key_text[CH_AGE_IDENTITY_MAX], sealed[8192], opened[4096], pay[32], head[32];
static size_t n_key_text, n_sealed;
static struct ch_open_facts facts;
static ch_age_type type;
static ch_xwing_enc enc;
static struct ch_secret32 kem;

static void identity(void)
{
	struct ch_wr w = ch_wr_of(key_text, sizeof key_text);

	need(ch_age_identity_make(&id, type, &scalar) == CH_OK, "make");
	ch_age_identity_put(&w, &id);
	n_key_text = ch_wr_span(&w).n;
	need(ch_age_identity_parse(&again, ch_wr_span(&w)) == CH_OK, "parse");
}

static void tell_key_of(void)
{
	secret("seed", scalar.b, 32);
	secret("text of the key", &key_text[20], n_key_text - 20);
	if (type == CH_AGE_HYBRID)
		secret("expanded key", &id.hybrid, 1152);
}

static void seal_file(void)
{
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed);

	need(ch_seal_buffer(&w, ch_span_of(text, 1000), &id.recipient, 1, &fresh) == CH_OK, "seal");
	n_sealed = ch_wr_span(&w).n;
}

static void open_file(void)
{
	const struct ch_open_keys keys = { .ids = &id, .n_ids = 1 };
	struct ch_wr w = ch_wr_of(opened, sizeof opened);

	need(ch_open_buffer(&w, &facts, ch_span_of(sealed, n_sealed), &keys) == CH_OK, "open");
}

static void tell_file(void)
{
	const ch_span key = ch_span_of(&fresh.file_key, sizeof fresh.file_key);

	ch_hkdf(pay, 32, key, ch_span_of(fresh.nonce, 16), CH_LIT("payload"));
	ch_hkdf(head, 32, key, ch_span_of(NULL, 0), CH_LIT("header"));
	secret("payload key", pay, 32);
	secrets[0].known = true; /* as with AEAD */
	secret("file key", key.p, key.n);
	secret("wrap", wrap.b, 64);
	secret("key of the header", head, 32);
	secret("text", text, 1000);
	if (type == CH_AGE_HYBRID) {
		need(ch_xwing_encaps(&enc, &kem, &id.recipient.hybrid, NULL, &wrap) == CH_OK,
		    "encaps");
		secret("shared secret", kem.b, 32);
	}
	tell_key_of();
}

/* ---- the parts of a wrapping by themselves: what follows in a file writes over what they left */

static struct ch_secret32 ss_m;
static struct ch_hpke hpke;
static uint8_t seeds[96];

static void xwing_expand(void)
{
	need(ch_xwing_expand(&id.recipient.hybrid, &id.hybrid, &scalar) == CH_OK, "expand");
}

static void tell_expand(void)
{
	ch_shake256(seeds, sizeof seeds, ch_span_of(scalar.b, 32));
	secret("seed", scalar.b, 32);
	secret("seeds expanded", seeds, sizeof seeds);
}

static void xwing_encaps(void)
{
	need(ch_xwing_encaps(&enc, &kem, &id.recipient.hybrid, NULL, &wrap) == CH_OK, "encaps");
}

static void xwing_decaps(void)
{
	need(ch_xwing_decaps(&kem, &id.hybrid, &id.recipient.hybrid, NULL, &enc) == CH_OK,
	    "decaps");
}

static void tell_xwing(void)
{
	need(ch_mlkem_decaps(&ss_m, &id.hybrid.m, &enc.m) == CH_OK &&
	    ch_x25519(&shared, &id.hybrid.x, &enc.x) == CH_OK, "halves");
	secret("randomness", wrap.b, 64);
	secret("shared secret of ML-KEM", ss_m.b, 32);
	secret("shared secret of X25519", shared.b, 32);
	secret("shared secret", kem.b, 32);
}

static void key_schedule(void)
{
	ch_hpke_base(&hpke, CH_KEM_XWING, &kem, CH_LIT("age-encryption.org/mlkem768x25519"));
}

static void tell_schedule(void)
{
	static const char suite[] = "HPKE\x64\x7a\x00\x01\x00\x03";

	ch_hpke_extract(prk, ch_span_of(suite, 10), ch_span_of(kem.b, 32), "secret",
	    ch_span_of(NULL, 0));
	secret("extracted secret", prk, 32);
	secret("shared secret", kem.b, 32);
	secret("key", hpke.key.b, 32);
}

static void wrap_x25519(void)
{
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed);

	need(ch_aead_init(&aead) == CH_OK, "aead");
	ch_age_x25519_wrap(&w, &aead, &fresh.file_key, &id.recipient, NULL, &wrap);
	ch_aead_deinit(&aead);
	need(ch_wr_done(&w) == CH_OK, "wrap");
}

static void tell_wrap(void)
{
	need(ch_x25519(&shared, (const struct ch_secret32 *)&wrap, &id.recipient.x) == CH_OK,
	    "x25519");
	secret("file key", &fresh.file_key, sizeof fresh.file_key);
	secret("ephemeral key", wrap.b, 32);
	secret("shared secret", shared.b, 32);
}

static void check_parts(void)
{
	need(ch_age_identity_make(&id, CH_AGE_X25519, &scalar) == CH_OK, "make");
	check("X25519 wrap", wrap_x25519, tell_wrap);
	need(ch_age_identity_make(&id, CH_AGE_HYBRID, &scalar) == CH_OK, "make");
	check("X-Wing expand", xwing_expand, tell_expand);
	check("X-Wing encaps", xwing_encaps, tell_xwing);
	check("X-Wing decaps", xwing_decaps, tell_xwing);
	check("HPKE", key_schedule, tell_schedule);
}

static void check_age(ch_age_type of)
{
	type = of;
	check("age identity", identity, tell_key_of);
	check("age seal", seal_file, tell_file);
	check("age open", open_file, tell_file);
}

static void leaking(void)
{
	volatile uint8_t copy[512]; /* deep enough that the way back leaves most of it */

	for (unsigned i = 0; i < sizeof copy; i++)
		copy[i] = scalar.b[i % 32];
}

static void tell_leaking(void)
{
	secret("key", scalar.b, 32);
}

static void prepare(void)
{
	stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(stack != MAP_FAILED && ch_crypto_init() == CH_OK, "begin");
	fill(&seed, sizeof seed, 1);
	fill(&m, sizeof m, 2);
	fill(&scalar, sizeof scalar, 3);
	fill(text, sizeof text, 4);
	fill(pass, sizeof pass, 5);
	fill(&wrap, sizeof wrap, 6);
	fill(&fresh.file_key, sizeof fresh.file_key, 7);
	fill(fresh.nonce, sizeof fresh.nonce, 8);
	ch_x25519_base(&peer, &m);
}

int main(int argc, char **argv)
{
	prepare();
	if (argc == 2 && strcmp(argv[1], "leak") == 0) {
		check("leak", leaking, tell_leaking);
		return n_left != 0;
	}
	of_library = argc == 3 && strcmp(argv[2], "openssl") == 0;
	check("ML-KEM keygen", keygen, tell_keygen);
	check("ML-KEM encaps", encaps, tell_encaps);
	check("ML-KEM decaps", decaps, tell_decaps);
	bad_ct = ct;
	bad_ct.b[0] ^= 1;
	check("ML-KEM decaps, refused", decaps_bad, tell_decaps_bad);
	of_library = false;
	check("SHA-3", hashes, tell_hashes);
	check("X25519", x25519, tell_x25519);
	check("HMAC, HKDF", hmac, tell_hmac);
	check("scrypt", scrypt, tell_scrypt);
	check("AEAD", seal, tell_seal);
	check_age(CH_AGE_X25519);
	check_age(CH_AGE_HYBRID);
	check_parts();
	need(n_checked == 20, "count");
	return n_left != 0;
}
