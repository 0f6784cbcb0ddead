/*
 * One file, opened in three ways: at once, through the sink in odd pieces, and chunk by chunk at
 * its place. The three agree on the verdict and on every byte, and nothing comes out that is not
 * the text of a chunk under the file key.
 *
 * In: a byte of flags (key, whether the MAC is made to fit), size of the pieces, which text, how
 * many faults; the faults, 4 bytes each; then a header (or anything) as the fuzzer likes it. The
 * payload is sealed here, so that the faults reach far: chunks swapped, doubled, left out, marked
 * wrongly, cut and changed.
 */
#include "seal_seek.h"
#include "seal_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define FUZZ_TEXT (2 * CH_AGE_CHUNK + 20)
#define FUZZ_FILE (CH_AGE_HEADER_MAX + 8 * CH_AGE_SEALED)
#define FUZZ_CHUNKS 3

enum { FUZZ_FIX_MAC = 4, FUZZ_RAW = 8 };

static const struct ch_file_key file_key = { { 7 } };
static const uint8_t nonce[CH_AGE_NONCE] = { 0 };
static const size_t sizes[] = { 0, 1, 100, CH_AGE_CHUNK - 1, CH_AGE_CHUNK, CH_AGE_CHUNK + 1,
	2 * CH_AGE_CHUNK, FUZZ_TEXT };

static uint8_t plain[FUZZ_TEXT], file[FUZZ_FILE], once[FUZZ_FILE], pushed[FUZZ_FILE];
static uint8_t chunk[CH_AGE_CHUNK];
static struct ch_aead aead;
static struct ch_age_identity ids[2];
static struct ch_open_sink sink;

static void fuzz_setup(void)
{
	static const char classic[] = "AGE-SECRET-KEY-"
	    "1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
	static const char hybrid[] = "AGE-SECRET-KEY-PQ-"
	    "1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR";

	if (aead.handle)
		return;
	CH_ASSERT(ch_crypto_init() == CH_OK && ch_aead_init(&aead) == CH_OK);
	CH_ASSERT(ch_age_identity_parse(&ids[0], ch_span_str(classic)) == CH_OK);
	CH_ASSERT(ch_age_identity_parse(&ids[1], ch_span_str(hybrid)) == CH_OK);
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i >> 5 ^ i);
}

/* ---- making the file ---- */

/* Chunk i of a text of n bytes, its mark as it should be or not. */
static void fuzz_seal(struct ch_wr *w, size_t n, size_t i, bool marked)
{
	size_t at = i * CH_AGE_CHUNK, k = n - at < CH_AGE_CHUNK ? n - at : CH_AGE_CHUNK;
	uint8_t *to = ch_wr_room(w, k + CH_AEAD_TAG);

	if (to)
		CH_ASSERT(ch_age_stream_seal(&aead, to, i, marked, ch_span_of(&plain[at], k)) ==
		    CH_OK);
}

/* Faults of the writer: which chunk, what. */
static void fuzz_payload(struct ch_wr *w, size_t n, struct ch_rd faults)
{
	size_t chunks = n ? (n + CH_AGE_CHUNK - 1) / CH_AGE_CHUNK : 1;
	uint8_t how[FUZZ_CHUNKS] = { 0 };

	while (ch_rd_left(&faults) >= 4) {
		uint8_t kind = ch_rd_u8(&faults), which = ch_rd_u8(&faults);

		(void)ch_rd_be16(&faults);
		if (kind >= 0xf8)
			how[which % FUZZ_CHUNKS] = kind & 7;
	}
	ch_wr_put(w, ch_span_of(nonce, sizeof nonce));
	ch_age_stream_key(&aead, &file_key, nonce);
	for (size_t i = 0; i < chunks; i++) {
		bool last = i == chunks - 1;

		if (how[i] == 1) /* left out */
			continue;
		fuzz_seal(w, n, how[i] == 2 ? chunks - 1 - i : i, how[i] == 3 ? !last : last);
		if (how[i] == 4) /* doubled */
			fuzz_seal(w, n, i, last);
		if (how[i] == 5 && last) /* an empty last one behind */
			fuzz_seal(w, n, n / CH_AGE_CHUNK, true);
	}
}

/* Faults of the carrier: three bytes of a place, and what to add; 0 cuts. */
static size_t fuzz_hurt(size_t n, struct ch_rd faults)
{
	while (n > 0 && ch_rd_left(&faults) >= 4) {
		size_t at = (size_t)ch_rd_u8(&faults) << 16, cut = n;
		uint8_t add;

		if (at >= (size_t)0xf8 << 16) { /* one of the writer's */
			(void)ch_rd_take(&faults, 3);
			continue;
		}
		at = (at | ch_rd_be16(&faults)) % n;
		add = ch_rd_u8(&faults);
		if (add == 0)
			cut = at;
		else
			file[at] = (uint8_t)(file[at] + add);
		n = cut;
	}
	return n;
}

/* The header as it stands in the input; with FIX_MAC its last line is made anew. */
static void fuzz_header(struct ch_wr *w, ch_span in, bool fix)
{
	size_t n = 0, seen = 0;
	struct ch_rd r = ch_rd_of(in);

	if (fix && ch_age_header_find(&n, &seen, in) == CH_OK && n >= 48) {
		ch_wr_put(w, ch_rd_take(&r, n - 48)); /* "--- ", 43 characters, LF */
		ch_age_mac_put(w, 0, &file_key);
	} else {
		ch_wr_put(w, in);
	}
}

/* ---- opening ---- */

static ch_err fuzz_put(void *ctx, ch_span s)
{
	ch_wr_put(ctx, s);
	return CH_OK;
}

static ch_err fuzz_pushed(struct ch_wr *w, ch_span in, const struct ch_open_keys *keys,
    size_t piece)
{
	struct ch_rd r = ch_rd_of(in);
	ch_err e = CH_OK;

	CH_ASSERT(ch_open_sink_init(&sink, fuzz_put, w, keys) == CH_OK);
	while (e == CH_OK && ch_rd_left(&r) > 0) {
		size_t left = ch_rd_left(&r);

		e = ch_open_sink_write(&sink, ch_rd_take(&r, left < piece ? left : piece));
		piece = piece * 3 % 70001 + 1;
	}
	return e == CH_OK ? ch_open_sink_finish(&sink) : e;
}

/* What came out of the sink are the first chunks under the file key, each at its place. */
static void fuzz_authentic(ch_span in, size_t head, ch_span text)
{
	struct ch_rd r = ch_rd_of(in), t = ch_rd_of(text);
	uint8_t file_nonce[CH_AGE_NONCE];

	(void)ch_rd_take(&r, head);
	ch_rd_copy(&r, file_nonce, sizeof file_nonce);
	ch_age_stream_key(&aead, &sink.facts.file_key, file_nonce);
	for (uint64_t i = 0; ch_rd_left(&t) > 0; i++) {
		size_t k = ch_rd_left(&r) < CH_AGE_SEALED ? ch_rd_left(&r) : CH_AGE_SEALED;
		ch_span c = ch_rd_take(&r, k);

		bool more = ch_age_stream_open(&aead, chunk, i, false, c) == CH_OK;

		CH_ASSERT(more || ch_age_stream_open(&aead, chunk, i, true, c) == CH_OK);
		CH_ASSERT(ch_span_eq(ch_span_of(chunk, k - CH_AEAD_TAG),
		    ch_rd_take(&t, k - CH_AEAD_TAG)));
		CH_ASSERT(more || ch_rd_at_end(&t)); /* nothing behind a last chunk */
	}
}

/* All chunks by their places; true when the whole file opens so, to the text in `want`. */
static bool fuzz_seek(ch_span in, size_t head, const struct ch_open_keys *keys, ch_span want)
{
	struct ch_rd r = ch_rd_of(in), t = ch_rd_of(want);
	ch_span header = ch_rd_take(&r, head);
	struct ch_file_key key;
	struct ch_seek s;
	struct ch_open o;
	uint8_t file_nonce[CH_AGE_NONCE];
	bool ok;
	size_t n;

	ch_rd_copy(&r, file_nonce, sizeof file_nonce);
	CH_ASSERT(ch_open_init(&o) == CH_OK);
	ok = r.err == CH_OK && ch_open_start(&o, &key, header, file_nonce, keys) == CH_OK &&
	    ch_seek_start(&s, &o, head, in.n) == CH_OK;
	for (uint64_t i = 0; ok && i <= s.n_chunks; i++) {
		ch_seek_where w = ch_seek_at(&s, i ? i - 1 : s.n_chunks - 1);

		r = ch_rd_of(in);
		(void)ch_rd_take(&r, (size_t)w.at);
		ok = ch_seek_chunk(&s, chunk, &n, w.chunk, ch_rd_take(&r, w.n_sealed)) == CH_OK;
		if (ok && i > 0)
			CH_ASSERT(ch_span_eq(ch_rd_take(&t, n), ch_span_of(chunk, n)) ||
			    !ch_rd_left(&t));
	}
	ch_open_deinit(&o);
	return ok;
}

static void fuzz_differ(ch_span in, const struct ch_open_keys *keys, size_t piece)
{
	struct ch_wr a = ch_wr_of(once, sizeof once), b = ch_wr_of(pushed, sizeof pushed);
	ch_err e = ch_open_buffer(&a, NULL, in, keys);
	size_t head = 0, seen = 0;
	bool found = ch_age_header_find(&head, &seen, in) == CH_OK;

	CH_ASSERT(fuzz_pushed(&b, in, keys, piece) == e);
	CH_ASSERT(e == CH_OK ? ch_span_eq(ch_wr_span(&a), ch_wr_span(&b)) : a.n == 0);
	CH_ASSERT(found || b.n == 0);
	if (found)
		fuzz_authentic(in, head, ch_wr_span(&b));
	CH_ASSERT((found && fuzz_seek(in, head, keys, ch_wr_span(&b))) == (e == CH_OK));
	ch_open_sink_deinit(&sink);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	uint8_t flags = ch_rd_u8(&r), piece = ch_rd_u8(&r);
	size_t text = sizes[ch_rd_u8(&r) % CH_COUNT(sizes)], faults = ch_rd_u8(&r) & 7;
	struct ch_rd f = ch_rd_of(ch_rd_take(&r, 4 * faults));
	struct ch_wr w = ch_wr_of(file, sizeof file);
	const struct ch_open_keys keys[] = {
		{ .ids = ids, .n_ids = 2 },
		{ .file_key = &file_key },
		{ .pass = CH_LIT("password"), .max_log_n = 4 },
	};

	if (r.err != CH_OK || n > CH_AGE_HEADER_MAX)
		return 0;
	fuzz_setup();
	fuzz_header(&w, ch_rd_rest(&r), flags & FUZZ_FIX_MAC);
	if (!(flags & FUZZ_RAW))
		fuzz_payload(&w, text, f);
	if (ch_wr_done(&w) != CH_OK)
		return 0;
	n = fuzz_hurt(w.n, f);
	fuzz_differ(ch_span_of(file, n), &keys[(flags & 3) % 3], piece + 1);
	return 0;
}
