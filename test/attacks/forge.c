/*
 * What the attacks need and Python's library has not: Ed25519 lines, age files with chosen file
 * keys. Everything else of a hostile object is text, and is written in forger.py.
 *
 *   forge identity [classic]                a fresh age identity and its recipient, two lines
 *   forge vkey NAME SEED.b64                the verifier key of a seed
 *   forge vkey-cosign NAME SEED.b64         likewise, of a cosigner
 *   forge sign NAME SEED.b64 <text          the signature line alone
 *   forge cosign NAME SEED.b64 TIME <text   the same, a cosignature of a checkpoint's text
 *   forge seal FILEKEY.hex|- RECIPIENT...   stdin sealed; `-`: a fresh file key
 *   forge open IDENTITY                     stdin opened; 0 only when all of it was verified
 *   forge open-pass PASS                    likewise
 *   forge file-key IDENTITY                 the file key of stdin, in hex
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "b64.h"
#include "checkpoint.h"
#include "dec.h"
#include "hex.h"
#include "note.h"
#include "rng.h"
#include "seal.h"

#define FORGE_MAX ((size_t)8 << 20)
#define FORGE_RECIPIENTS 16

static uint8_t in_room[FORGE_MAX], out_room[FORGE_MAX + 65536];
static ch_span in;
static struct ch_wr out;

static void read_all(void)
{
	in = ch_span_of(in_room, fread(in_room, 1, sizeof in_room, stdin));
}

static ch_err key_of(struct ch_edsecret *sec, ch_edkey *pub, const char *b64)
{
	struct ch_secret32 seed;
	ch_err e = ch_b64_parse_n(seed.b, sizeof seed.b, ch_span_str(b64), CH_B64_PADDED);

	if (e == CH_OK)
		ch_ed25519_keypair(pub, sec, &seed);
	return e;
}

static ch_err identity(ch_age_type type)
{
	struct ch_secret32 random;
	struct ch_age_identity id;
	ch_err e = ch_random(&random, sizeof random);

	if (e != CH_OK)
		return e;
	if ((e = ch_age_identity_make(&id, type, &random)) != CH_OK)
		return e;
	ch_age_identity_put(&out, &id);
	CH_WR_LIT(&out, "\n");
	ch_age_recipient_put(&out, &id.recipient);
	CH_WR_LIT(&out, "\n");
	return CH_OK;
}

static ch_err vkey(const char *name, const char *seed, uint8_t type)
{
	struct ch_edsecret sec;
	ch_edkey pub;
	ch_vkey key;
	ch_err e = key_of(&sec, &pub, seed);

	if (e != CH_OK)
		return e;
	ch_vkey_make(&key, ch_span_str(name), type, &pub);
	ch_vkey_put(&out, &key);
	CH_WR_LIT(&out, "\n");
	return CH_OK;
}

static ch_err sign(const char *name, const char *seed, const char *time)
{
	struct ch_edsecret sec;
	ch_edkey pub;
	uint64_t t = 0;
	ch_err e = key_of(&sec, &pub, seed);

	if (e == CH_OK && time)
		e = ch_dec_parse(&t, ch_span_str(time), INT64_MAX);
	if (e != CH_OK)
		return e;
	if (time)
		ch_cosignature_put(&out, ch_span_str(name), in, t, &sec);
	else
		ch_note_sign_line(&out, ch_span_str(name), in, &sec);
	return out.err;
}

static ch_err seal(const char *file_key, char **to, int n)
{
	static ch_age_recipient recipient[FORGE_RECIPIENTS];
	static struct ch_secret64 wrap[FORGE_RECIPIENTS];
	struct ch_seal_random random = { .wrap = wrap };
	ch_err e = ch_random(wrap, sizeof wrap);

	if (n > FORGE_RECIPIENTS)
		return CH_E_LIMIT;
	if (e == CH_OK)
		e = ch_random(random.nonce, sizeof random.nonce);
	if (e == CH_OK && strcmp(file_key, "-") == 0)
		e = ch_random(&random.file_key, sizeof random.file_key);
	else if (e == CH_OK)
		e = ch_hex_parse(random.file_key.b, sizeof random.file_key.b,
		    ch_span_str(file_key));
	for (int i = 0; e == CH_OK && i < n; i++)
		e = ch_age_recipient_parse(&recipient[i], ch_span_str(to[i]));
	return e == CH_OK ? ch_seal_buffer(&out, in, recipient, (size_t)n, &random) : e;
}

static ch_err unseal(const char *identity_text, const char *pass, bool key_only)
{
	struct ch_age_identity id;
	struct ch_open_keys keys = { .ids = &id, .n_ids = 1 };
	struct ch_open_facts facts;
	ch_err e = CH_OK;

	if (pass)
		keys = (struct ch_open_keys){ .pass = ch_span_str(pass), .max_log_n = 18 };
	else
		e = ch_age_identity_parse(&id, ch_span_str(identity_text));
	if (e == CH_OK)
		e = ch_open_buffer(&out, &facts, in, &keys);
	if (e == CH_OK && key_only) {
		out.n = 0;
		ch_hex_put(&out, ch_span_of(facts.file_key.b, sizeof facts.file_key.b));
		CH_WR_LIT(&out, "\n");
	}
	return e;
}

static ch_err run(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (strcmp(verb, "identity") == 0 && argc == 2)
		return identity(CH_AGE_HYBRID);
	if (strcmp(verb, "identity") == 0 && argc == 3 && strcmp(argv[2], "classic") == 0)
		return identity(CH_AGE_X25519);
	if (strcmp(verb, "vkey") == 0 && argc == 4)
		return vkey(argv[2], argv[3], CH_VKEY_ED25519);
	if (strcmp(verb, "vkey-cosign") == 0 && argc == 4)
		return vkey(argv[2], argv[3], CH_VKEY_COSIGNATURE);
	read_all();
	if (strcmp(verb, "sign") == 0 && argc == 4)
		return sign(argv[2], argv[3], NULL);
	if (strcmp(verb, "cosign") == 0 && argc == 5)
		return sign(argv[2], argv[3], argv[4]);
	if (strcmp(verb, "seal") == 0 && argc > 3)
		return seal(argv[2], argv + 3, argc - 3);
	if (strcmp(verb, "open") == 0 && argc == 3)
		return unseal(argv[2], NULL, false);
	if (strcmp(verb, "open-pass") == 0 && argc == 3)
		return unseal(NULL, argv[2], false);
	if (strcmp(verb, "file-key") == 0 && argc == 3)
		return unseal(argv[2], NULL, true);
	fprintf(stderr, "forge: usage: see forge.c\n");
	return CH_E_FORMAT;
}

int main(int argc, char **argv)
{
	ch_err e = ch_crypto_init();

	out = ch_wr_of(out_room, sizeof out_room);
	if (e == CH_OK)
		e = run(argc, argv);
	if (e == CH_OK)
		e = out.err;
	if (e == CH_OK && fwrite(out_room, 1, out.n, stdout) != out.n)
		e = CH_E_IO;
	if (e != CH_OK)
		fprintf(stderr, "forge: %s\n", ch_err_text(e));
	return e == CH_OK ? 0 : 1;
}
