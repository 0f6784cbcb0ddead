/*
 * Whole age files. The first byte chooses: an arbitrary file under each kind of key, or a file
 * sealed here, to a key of either type, and then hurt where the input says. A hurt file may open
 * only if it was not changed.
 */
#include "seal_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define FUZZ_MAX 131072

static uint8_t sealed[FUZZ_MAX + 4096], plain[FUZZ_MAX], opened[FUZZ_MAX + 4096];
static struct ch_open_sink sink;

enum { CLASSIC, HYBRID };

static const struct ch_seal_random fresh = {
	.file_key = { { 7 } },
	.wrap = &(const struct ch_secret64){ { 5 } },
};
static struct ch_age_identity id[2];
static ch_mlkem_ready ready[2];
static struct ch_seal seal;

/* Header and nonce to each of the two. */
static uint8_t head[2][2048];
static size_t n_head[2];

/* One identity of each type, made once, and what is sealed to it begun. */
static void fuzz_setup(void)
{
	static const struct ch_secret32 seed = { { 0x42 } };

	if (id[HYBRID].type != CH_AGE_NONE)
		return;
	CH_ASSERT(ch_crypto_init() == CH_OK && ch_seal_init(&seal) == CH_OK);
	CH_ASSERT(ch_age_identity_make(&id[CLASSIC], CH_AGE_X25519, &seed) == CH_OK);
	CH_ASSERT(ch_age_identity_make(&id[HYBRID], CH_AGE_HYBRID, &seed) == CH_OK);
	CH_ASSERT(ch_mlkem_ready_make(&ready[HYBRID], &id[HYBRID].recipient.hybrid.m) == CH_OK);
	for (unsigned i = 0; i < 2; i++) {
		struct ch_wr w = ch_wr_of(head[i], sizeof head[i]);

		CH_ASSERT(ch_seal_start(&seal, &w, &id[i].recipient, 1, &fresh) == CH_OK);
		n_head[i] = w.n;
	}
}

static ch_err fuzz_emit(void *ctx, ch_span bytes)
{
	ch_wr_put(ctx, bytes);
	return CH_OK;
}

/* Pushed in two pieces and opened at once: the same verdict and the same bytes. */
static ch_err fuzz_open(struct ch_wr *out, ch_span in, const struct ch_open_keys *keys)
{
	struct ch_wr b = ch_wr_of(opened, sizeof opened);
	struct ch_rd r = ch_rd_of(in);
	ch_err e = ch_open_buffer(out, NULL, in, keys), f;

	CH_ASSERT(ch_open_sink_init(&sink, fuzz_emit, &b, keys) == CH_OK);
	f = ch_open_sink_write(&sink, ch_rd_take(&r, in.n / 3));
	if (f == CH_OK)
		f = ch_open_sink_write(&sink, ch_rd_rest(&r));
	if (f == CH_OK)
		f = ch_open_sink_finish(&sink);
	ch_open_sink_deinit(&sink);
	CH_ASSERT(e == f);
	CH_ASSERT(e != CH_OK || ch_span_eq(ch_wr_span(&b), ch_wr_span(out)));
	return e;
}

static void fuzz_raw(ch_span in)
{
	static const struct ch_file_key file_key = { { 7 } };
	const struct ch_open_keys keys[] = {
		{ .ids = id, .ready = ready, .n_ids = 2 },
		{ .file_key = &file_key },
		{ .pass = CH_LIT("password"), .max_log_n = 4 },
	};

	for (size_t i = 0; i < CH_COUNT(keys); i++) {
		struct ch_wr w = ch_wr_of(plain, sizeof plain);

		(void)!fuzz_open(&w, in, &keys[i]);
	}
}

/* A text of n bytes behind the header that was made once. */
static void fuzz_seal(struct ch_wr *w, unsigned which, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(plain, n));

	memset(plain, 'x', n);
	ch_wr_put(w, ch_span_of(head[which], n_head[which]));
	ch_age_stream_key(&seal.aead, &fresh.file_key, fresh.nonce);
	for (uint64_t i = 0; i == 0 || !ch_rd_at_end(&r); i++) {
		size_t left = ch_rd_left(&r), k = left < CH_AGE_CHUNK ? left : CH_AGE_CHUNK;
		ch_span in = ch_rd_take(&r, k);

		CH_ASSERT(ch_age_stream_seal(&seal.aead, ch_wr_room(w, k + CH_AEAD_TAG), i,
		    ch_rd_at_end(&r), in) == CH_OK);
	}
	CH_ASSERT(ch_wr_done(w) == CH_OK);
}

/* In: size of the text (3 bytes; one in eight is large), then faults of 4 bytes: place (3), what
 * to add. */
static void fuzz_hurt(struct ch_rd *r, unsigned which)
{
	const struct ch_open_keys keys = { .ids = &id[which], .ready = &ready[which], .n_ids = 1 };
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed), o = ch_wr_of(plain, sizeof plain);
	uint8_t big = ch_rd_u8(r);
	size_t n = ch_rd_be16(r), sum = 0, cut;

	n = big & 7 ? n & 1023 : n + (big & 8 ? CH_AGE_CHUNK - 1 : 0);
	fuzz_seal(&w, which, n);
	cut = w.n;
	for (size_t i = 0; i < 8 && ch_rd_left(r) >= 4; i++) {
		size_t at = ((size_t)ch_rd_u8(r) << 16 | ch_rd_be16(r)) % w.n;
		uint8_t add = ch_rd_u8(r);

		if (add == 0 && at > 0)
			cut = at < cut ? at : cut;
		sum |= add;
		sealed[at] = (uint8_t)(sealed[at] + add);
	}
	if (fuzz_open(&o, ch_span_of(sealed, cut), &keys) == CH_OK)
		CH_ASSERT(o.n == n && cut == w.n);
	else
		CH_ASSERT(sum != 0 || cut < w.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	uint8_t mode = ch_rd_u8(&r);

	if (n > FUZZ_MAX)
		return 0;
	fuzz_setup();
	if (mode == '!')
		fuzz_hurt(&r, CLASSIC);
	else if (mode == '?')
		fuzz_hurt(&r, HYBRID);
	else
		fuzz_raw(ch_rd_rest(&r));
	return 0;
}
