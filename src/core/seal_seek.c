/* Reading a sealed file at any place: see seal_seek.h. Spec: c2sp.org/age, "Payload". */
#include "seal_seek.h"

ch_err ch_seek_start(struct ch_seek *s, struct ch_open *open, size_t header_len,
    uint64_t file_size)
{
	uint64_t payload = (uint64_t)header_len + CH_AGE_NONCE, sealed, n, last;

	*s = (struct ch_seek){ 0 };
	if (file_size < payload || file_size - payload < CH_AEAD_TAG)
		return CH_E_TRUNCATED;
	sealed = file_size - payload;
	n = sealed / CH_AGE_SEALED + (sealed % CH_AGE_SEALED != 0);
	last = sealed - (n - 1) * CH_AGE_SEALED;
	if (last < CH_AEAD_TAG)
		return CH_E_TRUNCATED;
	/* "The final chunk ... MUST NOT be empty unless the whole payload is empty." */
	if (last == CH_AEAD_TAG && n > 1)
		return CH_E_FORMAT;
	*s = (struct ch_seek){ .open = open, .payload = payload, .sealed = sealed, .n_chunks = n,
		.size = sealed - n * CH_AEAD_TAG };
	return CH_OK;
}

ch_seek_where ch_seek_at(const struct ch_seek *s, uint64_t chunk)
{
	ch_seek_where w = { .chunk = chunk, .n_sealed = CH_AGE_SEALED };
	uint64_t before = chunk * CH_AGE_SEALED;

	CH_ASSERT(chunk < s->n_chunks);
	w.at = s->payload + before;
	if (s->sealed - before < CH_AGE_SEALED)
		w.n_sealed = (size_t)(s->sealed - before);
	w.n = w.n_sealed - CH_AEAD_TAG;
	return w;
}

ch_seek_where ch_seek_part(const struct ch_seek *s, uint64_t from, uint64_t n)
{
	ch_seek_where w;

	if (from >= s->size || n == 0)
		return (ch_seek_where){ 0 };
	w = ch_seek_at(s, from / CH_AGE_CHUNK);
	w.skip = (size_t)(from % CH_AGE_CHUNK);
	w.n -= w.skip;
	if (n < w.n)
		w.n = (size_t)n;
	return w;
}

ch_err ch_seek_chunk(struct ch_seek *s, uint8_t *out, size_t *n_out, uint64_t chunk, ch_span in)
{
	bool last = chunk == s->n_chunks - 1;
	ch_err e;

	*n_out = 0;
	CH_ASSERT(last || s->proven);
	CH_ASSERT(in.n == ch_seek_at(s, chunk).n_sealed && out != in.p);
	e = ch_age_stream_open(&s->open->aead, out, chunk, last, in);
	if (last)
		s->proven = e == CH_OK;
	if (e == CH_OK)
		*n_out = in.n - CH_AEAD_TAG;
	return e;
}
