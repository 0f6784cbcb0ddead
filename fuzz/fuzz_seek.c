/*
 * Reading at a place. In: header length (2 bytes), size of the file (8), then ranges of 16 bytes
 * each. The layout adds up for any size; of a file that is really there, any range is its text.
 */
#include "seal_seek.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define FUZZ_TEXT (2 * CH_AGE_CHUNK + 77)

static uint8_t plain[FUZZ_TEXT], sealed[FUZZ_TEXT + 1024], out[CH_AGE_CHUNK];
static struct ch_open o;
static size_t head, whole;

/* Where a chunk was opened: at the same place it need not be opened again. */
static ch_seek_where known[3];

/* One file, made once and open for good. */
static void fuzz_setup(void)
{
	static const struct ch_file_key key = { { 7 } };
	static const uint8_t nonce[CH_AGE_NONCE] = { 0 };
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed);
	struct ch_seal s;
	size_t k;

	if (whole > 0)
		return;
	CH_ASSERT(ch_crypto_init() == CH_OK && ch_seal_init(&s) == CH_OK);
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i >> 3 ^ i);
	ch_age_version_put(&w);
	CH_WR_LIT(&w, "-> a\n\n");
	ch_age_mac_put(&w, 0, &key);
	head = w.n;
	ch_wr_put(&w, ch_span_of(nonce, sizeof nonce));
	ch_age_stream_key(&s.aead, &key, nonce);
	s.ended = false;
	for (size_t at = 0; at < FUZZ_TEXT; at += CH_AGE_CHUNK) {
		size_t n = FUZZ_TEXT - at < CH_AGE_CHUNK ? FUZZ_TEXT - at : CH_AGE_CHUNK;

		CH_ASSERT(ch_seal_chunk(&s, ch_wr_room(&w, n + CH_AEAD_TAG), &k,
		    ch_span_of(&plain[at], n), at + n == FUZZ_TEXT) == CH_OK);
	}
	CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_open_init(&o) == CH_OK);
	CH_ASSERT(ch_open_with_file_key(&o, ch_span_of(sealed, head), nonce, &key) == CH_OK);
	ch_seal_deinit(&s);
	whole = w.n;
}

static ch_span fuzz_fetch(ch_seek_where w)
{
	struct ch_rd r = ch_rd_of(ch_span_of(sealed, whole));

	(void)ch_rd_take(&r, (size_t)w.at);
	return ch_rd_take(&r, w.n_sealed);
}

/* The true text at its true place. */
static void fuzz_part(struct ch_seek *s, ch_seek_where w, uint64_t from)
{
	ch_seek_where *k;
	size_t got;

	CH_ASSERT(w.chunk < CH_COUNT(known) && from + w.n <= sizeof plain);
	k = &known[w.chunk];
	if (w.at == k->at && w.n_sealed == k->n_sealed)
		return;
	CH_ASSERT(ch_seek_chunk(s, out, &got, w.chunk, fuzz_fetch(w)) == CH_OK);
	CH_ASSERT(memcmp(out, &plain[w.chunk * CH_AGE_CHUNK], got) == 0);
	*k = w;
}

/* Parts follow one another without a gap and end with the range or the text. */
static void fuzz_range(struct ch_seek *s, uint64_t from, uint64_t n)
{
	uint64_t end = from > s->size ? from : n < s->size - from ? from + n : s->size;

	for (unsigned i = 0; i < 4; i++) {
		ch_seek_where w = ch_seek_part(s, from, n);

		if (w.n == 0) {
			CH_ASSERT(from == end);
			return;
		}
		CH_ASSERT(w.chunk * CH_AGE_CHUNK + w.skip == from && w.n <= n);
		CH_ASSERT(w.skip + w.n + CH_AEAD_TAG <= w.n_sealed);
		CH_ASSERT(w.at >= s->payload && w.at + w.n_sealed <= s->payload + s->sealed);
		if (s->proven)
			fuzz_part(s, w, from);
		from += w.n;
		n -= w.n;
	}
}

/* A size that is not the true one: either refused at once, or the last chunk does not open. */
static void fuzz_other(uint64_t size)
{
	struct ch_seek s;
	size_t got;

	if (size > whole || size < head || ch_seek_start(&s, &o, head, size) != CH_OK)
		return;
	CH_ASSERT(size == whole || ch_seek_chunk(&s, out, &got, s.n_chunks - 1,
	    fuzz_fetch(ch_seek_at(&s, s.n_chunks - 1))) == CH_E_AUTH);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	size_t header = ch_rd_be16(&r), got;
	uint64_t size = ch_rd_be64(&r);
	struct ch_seek any, real;
	bool laid;

	fuzz_setup();
	laid = ch_seek_start(&any, &o, header, size) == CH_OK;
	CH_ASSERT(!laid || ch_seal_size(header, any.size) == size);
	CH_ASSERT(ch_seek_start(&real, &o, head, whole) == CH_OK && real.size == FUZZ_TEXT);
	fuzz_other(size % (whole + 1));
	CH_ASSERT(ch_seek_chunk(&real, out, &got, real.n_chunks - 1,
	    fuzz_fetch(ch_seek_at(&real, real.n_chunks - 1))) == CH_OK);
	for (unsigned i = 0; i < 4 && ch_rd_left(&r) >= 16; i++) {
		uint64_t from = ch_rd_be64(&r), k = ch_rd_be64(&r);

		if (laid)
			fuzz_range(&any, from, k);
		fuzz_range(&real, from % (FUZZ_TEXT + 10), k);
	}
	return 0;
}
