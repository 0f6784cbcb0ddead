/*
 * How fast the chunk loop seals and opens in memory, beside libcrypto's raw rate on the same
 * chunks. Medians of five runs, one thread. Usage: bench_seal [MiB a run, default 512]
 */
#include <openssl/evp.h>
#include <string.h>

#include "bench.h"
#include "dec.h"
#include "seal_sink.h"

static uint8_t plain[4 * CH_AGE_CHUNK], chunk[CH_AGE_SEALED], out[CH_AGE_SEALED];
static struct ch_seal_sink seal_sink;
static struct ch_open_sink open_sink;
static struct ch_aead aead;
static EVP_CIPHER_CTX *evp;
static const struct ch_file_key file_key = { { 1 } };
static const uint8_t nonce[CH_AGE_NONCE] = { 2 };
static const struct ch_secret32 key = { { 3 } };
static const struct ch_secret64 wrap = { { 3 } };
static uint8_t *whole;
static size_t n_whole;

static void need(int ok)
{
	if (!ok)
		abort();
}

static void raw_seal(size_t chunks)
{
	uint8_t iv[12] = { 0 };
	int n;

	for (size_t i = 0; i < chunks; i++) {
		memcpy(iv, &i, 8);
		need(EVP_EncryptInit_ex2(evp, NULL, NULL, iv, NULL));
		need(EVP_EncryptUpdate(evp, out, &n, plain, CH_AGE_CHUNK));
		need(EVP_EncryptFinal_ex(evp, out, &n));
		need(EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_GET_TAG, 16, &out[CH_AGE_CHUNK]));
	}
}

static void stream_seal(size_t chunks)
{
	for (size_t i = 0; i < chunks; i++)
		need(ch_age_stream_seal(&aead, out, i, false,
		    ch_span_of(plain, CH_AGE_CHUNK)) == CH_OK);
}

static void stream_open(size_t chunks)
{
	for (size_t i = 0; i < chunks; i++)
		need(ch_age_stream_open(&aead, out, 0, false,
		    ch_span_of(chunk, sizeof chunk)) == CH_OK);
}

static ch_err nowhere(void *ctx, ch_span bytes)
{
	*(size_t *)ctx += bytes.n;
	return CH_OK;
}

static void sink_seal(size_t chunks)
{
	ch_age_recipient to;
	const struct ch_seal_random random = { .file_key = file_key, .wrap = &wrap };
	struct ch_age_identity id;
	size_t n = 0;

	need(ch_age_identity_make(&id, CH_AGE_X25519, &key) == CH_OK);
	to = id.recipient;
	need(ch_seal_sink_init(&seal_sink, nowhere, &n) == CH_OK);
	need(ch_seal_sink_start(&seal_sink, &to, 1, &random) == CH_OK);
	for (size_t i = 0; i < chunks; i += 4)
		need(ch_seal_sink_write(&seal_sink, ch_span_of(plain, sizeof plain)) == CH_OK);
	need(ch_seal_sink_finish(&seal_sink) == CH_OK);
	ch_seal_sink_deinit(&seal_sink);
}

static ch_err into_whole(void *ctx, ch_span bytes)
{
	ch_wr_put(ctx, bytes);
	return CH_OK;
}

/* A sealed file in memory, for sink_open(). */
static void make_whole(size_t chunks)
{
	const struct ch_seal_random random = { .file_key = file_key, .wrap = &wrap };
	struct ch_age_identity id;
	struct ch_wr w;

	need(ch_age_identity_make(&id, CH_AGE_X25519, &key) == CH_OK);
	n_whole = (size_t)ch_seal_size(ch_seal_header_size(&id.recipient, 1),
	    chunks * CH_AGE_CHUNK);
	whole = malloc(n_whole);
	need(whole != NULL);
	w = ch_wr_of(whole, n_whole);
	need(ch_seal_sink_init(&seal_sink, into_whole, &w) == CH_OK);
	need(ch_seal_sink_start(&seal_sink, &id.recipient, 1, &random) == CH_OK);
	for (size_t i = 0; i < chunks; i += 4)
		need(ch_seal_sink_write(&seal_sink, ch_span_of(plain, sizeof plain)) == CH_OK);
	need(ch_seal_sink_finish(&seal_sink) == CH_OK && ch_wr_done(&w) == CH_OK);
	ch_seal_sink_deinit(&seal_sink);
}

static void sink_open(size_t chunks)
{
	const struct ch_open_keys keys = { .file_key = &file_key };
	size_t n = 0;

	need(ch_open_sink_init(&open_sink, nowhere, &n, &keys) == CH_OK);
	need(ch_open_sink_write(&open_sink, ch_span_of(whole, n_whole)) == CH_OK);
	need(ch_open_sink_finish(&open_sink) == CH_OK && n == chunks * CH_AGE_CHUNK);
	ch_open_sink_deinit(&open_sink);
}

static double rate(void (*run)(size_t chunks), size_t chunks)
{
	double t = bench_cpu();

	run(chunks);
	return (double)chunks * CH_AGE_CHUNK / 1e9 / (bench_cpu() - t);
}

/* In turn with the raw cipher, so that both meet the same moods of the machine. */
static void measure(const char *name, void (*run)(size_t chunks), size_t chunks)
{
	double ours[BENCH_RUNS], raw[BENCH_RUNS];

	for (unsigned i = 0; i < BENCH_RUNS; i++) {
		raw[i] = rate(raw_seal, chunks);
		ours[i] = rate(run, chunks);
	}
	bench_row(name, bench_quantile(ours, BENCH_RUNS, 0.5), "GB/s", "libcrypto, raw seal",
	    bench_quantile(raw, BENCH_RUNS, 0.5));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(size_t chunks);
	} rows[] = {
		{ "chunk loop in memory, seal", stream_seal },
		{ "chunk loop in memory, open", stream_open },
		{ "sink in memory, seal", sink_seal },
		{ "sink in memory, open", sink_open },
	};
	EVP_CIPHER *alg;
	uint64_t mib = 512;

	if (argc > 2 || (argc == 2 && ch_dec_parse(&mib, ch_span_str(argv[1]), 8192) != CH_OK) ||
	    mib == 0)
		return 2;
	size_t chunks = (size_t)mib * 16;

	need(ch_crypto_init() == CH_OK && ch_aead_init(&aead) == CH_OK);
	alg = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
	evp = EVP_CIPHER_CTX_new();
	need(alg && evp && EVP_EncryptInit_ex2(evp, alg, key.b, nonce, NULL));
	memset(plain, 'x', sizeof plain);
	ch_age_stream_key(&aead, &file_key, nonce);
	need(ch_age_stream_seal(&aead, chunk, 0, false, ch_span_of(plain, CH_AGE_CHUNK)) == CH_OK);
	make_whole(chunks);
	for (size_t i = 0; i < CH_COUNT(rows); i++)
		measure(rows[i].name, rows[i].run, chunks);
	free(whole);
	ch_aead_deinit(&aead);
	EVP_CIPHER_CTX_free(evp);
	EVP_CIPHER_free(alg);
	return 0;
}
