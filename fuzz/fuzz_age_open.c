/*
 * Whole age files. The first byte chooses: an arbitrary file under each kind of key, or a file
 * sealed here, to a key of either type, and then hurt where the input says. A hurt file may open
 * only if it was not changed.
 */
#include "seal_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define FUZZ_MAX 262144

static uint8_t sealed[FUZZ_MAX + 4096], plain[FUZZ_MAX], opened[FUZZ_MAX + 4096];
static struct ch_open_sink sink;

enum { CLASSIC, HYBRID };

/* One identity of each type, made once. */
static const struct ch_age_identity *fuzz_ids(void)
{
	static const struct ch_secret32 seed = { { 0x42 } };
	static struct ch_age_identity id[2];

	if (id[HYBRID].type == CH_AGE_NONE) {
		CH_ASSERT(ch_age_identity_make(&id[CLASSIC], CH_AGE_X25519, &seed) == CH_OK);
		CH_ASSERT(ch_age_identity_make(&id[HYBRID], CH_AGE_HYBRID, &seed) == CH_OK);
	}
	return id;
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
		{ .ids = fuzz_ids(), .n_ids = 2 },
		{ .file_key = &file_key },
		{ .pass = CH_LIT("password"), .max_log_n = 4 },
	};

	for (size_t i = 0; i < CH_COUNT(keys); i++) {
		struct ch_wr w = ch_wr_of(plain, sizeof plain);

		(void)!fuzz_open(&w, in, &keys[i]);
	}
}

/* In: size of the text (3 bytes), then faults of 4 bytes: place (3), what to add. */
static void fuzz_hurt(struct ch_rd *r, const struct ch_age_identity *id)
{
	static const struct ch_secret64 wrap = { { 5 } };
	const struct ch_seal_random random = { .file_key = { { 7 } }, .wrap = &wrap };
	const struct ch_open_keys keys = { .ids = id, .n_ids = 1 };
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed), o = ch_wr_of(plain, sizeof plain);
	size_t n = (size_t)(ch_rd_u8(r) & 3) << 16 | ch_rd_be16(r), sum = 0;
	size_t cut;

	memset(plain, 'x', n);
	CH_ASSERT(ch_seal_buffer(&w, ch_span_of(plain, n), &id->recipient, 1, &random) == CH_OK);
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

	if (ch_crypto_init() != CH_OK || n > FUZZ_MAX)
		return 0;
	if (mode == '!')
		fuzz_hurt(&r, &fuzz_ids()[CLASSIC]);
	else if (mode == '?')
		fuzz_hurt(&r, &fuzz_ids()[HYBRID]);
	else
		fuzz_raw(ch_rd_rest(&r));
	return 0;
}
