/*
 * A minimal seal and open over the core, for the interop script: not a product.
 *
 *   age_tool keygen SEED.hex               identity and recipient of 32 given bytes, two lines
 *   age_tool seal RECIPIENT... <in >out
 *   age_tool seal-pass PASS LOGN <in >out
 *   age_tool open IDENTITY <in >out        0 only when the whole input was verified
 *   age_tool open-pass PASS MAXLOGN <in >out
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "dec.h"
#include "hex.h"
#include "seal_sink.h"
#include "wipe.h"

#define TOOL_RECIPIENTS 16

static struct ch_seal_sink seal_sink;
static struct ch_open_sink open_sink;

static ch_err to_stdout(void *ctx, ch_span bytes)
{
	(void)ctx;
	return fwrite(bytes.p, 1, bytes.n, stdout) == bytes.n ? CH_OK : CH_E_IO;
}

static ch_err pump(ch_emit emit, void *ctx)
{
	static uint8_t buf[50000];
	ch_err e = CH_OK;
	size_t n;

	while (e == CH_OK && (n = fread(buf, 1, sizeof buf, stdin)) > 0)
		e = emit(ctx, ch_span_of(buf, n));
	return e;
}

static void random_bytes(void *p, size_t n)
{
	if (getrandom(p, n, 0) != (ssize_t)n)
		abort();
}

static ch_err keygen(const char *hex)
{
	struct ch_secret32 seed;
	struct ch_age_identity id;
	uint8_t text[256];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_err e = ch_hex_parse(seed.b, sizeof seed.b, ch_span_str(hex));

	if (e != CH_OK)
		return e;
	if ((e = ch_age_identity_make(&id, CH_AGE_X25519, &seed)) != CH_OK)
		return e;
	ch_age_identity_put(&w, &id);
	CH_WR_LIT(&w, "\n");
	ch_age_recipient_put(&w, &id.recipient);
	CH_WR_LIT(&w, "\n");
	e = to_stdout(NULL, ch_wr_span(&w));
	ch_wipe(&seed, sizeof seed);
	ch_wipe(text, sizeof text);
	ch_age_identity_wipe(&id);
	return e;
}

static ch_err seal_all(ch_err e)
{
	if (e == CH_OK)
		e = pump(ch_seal_sink_emit, &seal_sink);
	if (e == CH_OK)
		e = ch_seal_sink_finish(&seal_sink);
	ch_seal_sink_deinit(&seal_sink);
	return e;
}

static ch_err seal(int n, char **names)
{
	static ch_age_recipient to[TOOL_RECIPIENTS];
	struct ch_secret64 wrap[TOOL_RECIPIENTS];
	struct ch_seal_random random = { .wrap = wrap };
	ch_err e = n <= TOOL_RECIPIENTS ? CH_OK : CH_E_LIMIT;

	for (int i = 0; i < n && e == CH_OK; i++)
		e = ch_age_recipient_parse(&to[i], ch_span_str(names[i]));
	if (e != CH_OK)
		return e;
	random_bytes(wrap, sizeof wrap);
	random_bytes(&random.file_key, sizeof random.file_key);
	random_bytes(random.nonce, sizeof random.nonce);
	e = ch_seal_sink_init(&seal_sink, to_stdout, NULL);
	if (e == CH_OK)
		e = ch_seal_sink_start(&seal_sink, to, (size_t)n, &random);
	e = seal_all(e);
	ch_wipe(&random, sizeof random);
	ch_wipe(wrap, sizeof wrap);
	return e;
}

static ch_err seal_pass(const char *pass, const char *log_n)
{
	struct ch_seal_random random = { 0 };
	uint8_t salt[CH_AGE_SCRYPT_SALT];
	uint64_t n;
	ch_err e = ch_dec_parse(&n, ch_span_str(log_n), 20);

	if (e != CH_OK)
		return e;
	random_bytes(salt, sizeof salt);
	random_bytes(&random.file_key, sizeof random.file_key);
	random_bytes(random.nonce, sizeof random.nonce);
	e = ch_seal_sink_init(&seal_sink, to_stdout, NULL);
	if (e == CH_OK)
		e = ch_seal_sink_start_passphrase(&seal_sink, ch_span_str(pass), salt, (unsigned)n,
		    &random);
	e = seal_all(e);
	ch_wipe(&random, sizeof random);
	return e;
}

static ch_err open_with(const struct ch_open_keys *keys)
{
	ch_err e = ch_open_sink_init(&open_sink, to_stdout, NULL, keys);

	if (e == CH_OK)
		e = pump(ch_open_sink_emit, &open_sink);
	if (e == CH_OK)
		e = ch_open_sink_finish(&open_sink);
	ch_open_sink_deinit(&open_sink);
	return e;
}

static ch_err open_id(const char *identity)
{
	struct ch_age_identity id;
	const struct ch_open_keys keys = { .ids = &id, .n_ids = 1 };
	ch_err e = ch_age_identity_parse(&id, ch_span_str(identity));

	if (e == CH_OK)
		e = open_with(&keys);
	ch_age_identity_wipe(&id);
	return e;
}

static ch_err open_pass(const char *pass, const char *max)
{
	struct ch_open_keys keys = { .pass = ch_span_str(pass) };
	uint64_t n;
	ch_err e = ch_dec_parse(&n, ch_span_str(max), 22);

	keys.max_log_n = (unsigned)n;
	return e == CH_OK ? open_with(&keys) : e;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";
	ch_err e = ch_crypto_init();

	if (e != CH_OK)
		return 1;
	if (strcmp(verb, "keygen") == 0)
		e = keygen(argv[2]);
	else if (strcmp(verb, "seal") == 0)
		e = seal(argc - 2, &argv[2]);
	else if (strcmp(verb, "open") == 0)
		e = open_id(argv[2]);
	else if (strcmp(verb, "seal-pass") == 0 && argc == 4)
		e = seal_pass(argv[2], argv[3]);
	else if (strcmp(verb, "open-pass") == 0 && argc == 4)
		e = open_pass(argv[2], argv[3]);
	else
		return 2;
	if (e == CH_OK && fflush(stdout) != 0)
		e = CH_E_IO;
	if (e != CH_OK)
		fprintf(stderr, "age_tool: %s\n", ch_err_text(e));
	return e == CH_OK ? 0 : 1;
}
