/*
 * Sealing and opening as links of a chain: see seal_sink.h. The one rule of both: a chunk is taken
 * from the pushed bytes directly when it lies there whole, else it is gathered in buf.
 */
#include "seal_sink.h"

#include "wipe.h"

#define CH_OPEN_STEP 4096u

/* ---- sealing ---- */

ch_err ch_seal_sink_init(struct ch_seal_sink *s, ch_emit emit, void *ctx)
{
	s->emit = emit;
	s->ctx = ctx;
	s->err = CH_OK;
	s->n = 0;
	return ch_seal_init(&s->seal);
}

void ch_seal_sink_deinit(struct ch_seal_sink *s)
{
	ch_seal_deinit(&s->seal);
	ch_wipe(s, sizeof *s);
}

static ch_err ch_seal_sink_head(struct ch_seal_sink *s, ch_err e, struct ch_wr *head)
{
	s->n = 0;
	s->err = e == CH_OK ? s->emit(s->ctx, ch_wr_span(head)) : e;
	return s->err;
}

ch_err ch_seal_sink_start(struct ch_seal_sink *s, const ch_age_recipient *to, size_t n_to,
    const struct ch_seal_random *random)
{
	struct ch_wr head = ch_wr_of(s->buf, sizeof s->buf);
	ch_err e = ch_seal_start(&s->seal, &head, to, n_to, random);

	return ch_seal_sink_head(s, e, &head);
}

ch_err ch_seal_sink_start_passphrase(struct ch_seal_sink *s, ch_span pass,
    const uint8_t salt[CH_AGE_SCRYPT_SALT], unsigned log_n, const struct ch_seal_random *random)
{
	struct ch_wr head = ch_wr_of(s->buf, sizeof s->buf);
	ch_err e = ch_seal_start_passphrase(&s->seal, &head, pass, salt, log_n, random);

	return ch_seal_sink_head(s, e, &head);
}

/* Seal into buf and pass on; `in` may be buf itself. */
static void ch_seal_sink_chunk(struct ch_seal_sink *s, ch_span in, bool last)
{
	size_t n;

	s->err = ch_seal_chunk(&s->seal, s->buf, &n, in, last);
	s->n = 0;
	if (s->err == CH_OK)
		s->err = s->emit(s->ctx, ch_span_of(s->buf, n));
}

ch_err ch_seal_sink_write(struct ch_seal_sink *s, ch_span bytes)
{
	struct ch_rd r = ch_rd_of(bytes);

	while (s->err == CH_OK && !ch_rd_at_end(&r)) {
		size_t left = ch_rd_left(&r), room = CH_AGE_CHUNK - s->n;

		/* More follows, so what is full now is not the last chunk. */
		if (room == 0) {
			ch_seal_sink_chunk(s, ch_span_of(s->buf, s->n), false);
		} else if (s->n == 0 && left > CH_AGE_CHUNK) {
			ch_seal_sink_chunk(s, ch_rd_take(&r, CH_AGE_CHUNK), false);
		} else {
			size_t k = left < room ? left : room;

			ch_rd_copy(&r, &s->buf[s->n], k);
			s->n += k;
		}
	}
	return s->err;
}

ch_err ch_seal_sink_finish(struct ch_seal_sink *s)
{
	if (s->err == CH_OK)
		ch_seal_sink_chunk(s, ch_span_of(s->buf, s->n), true);
	return s->err;
}

ch_err ch_seal_sink_emit(void *ctx, ch_span bytes)
{
	return ch_seal_sink_write(ctx, bytes);
}

/* ---- opening ---- */

ch_err ch_open_sink_init(struct ch_open_sink *s, ch_emit emit, void *ctx,
    const struct ch_open_keys *keys)
{
	s->keys = keys;
	s->emit = emit;
	s->ctx = ctx;
	s->err = CH_OK;
	s->started = false;
	memset(&s->facts, 0, sizeof s->facts);
	s->head = s->seen = s->n = 0;
	return ch_open_init(&s->open);
}

void ch_open_sink_deinit(struct ch_open_sink *s)
{
	ch_open_deinit(&s->open);
	ch_wipe(s, sizeof *s);
}

/* Gather up to `want` bytes in buf; true when they are there. */
static bool ch_open_sink_gather(struct ch_open_sink *s, struct ch_rd *r, size_t want)
{
	size_t left = ch_rd_left(r), need = want - s->n;
	size_t k = left < need ? left : need;

	ch_rd_copy(r, &s->buf[s->n], k);
	s->n += k;
	return s->n == want;
}

/*
 * Header and nonce. The header's end is not known beforehand, so bytes behind it may already be
 * in buf: they are moved to its front, where the first chunk begins.
 */
static void ch_open_sink_begin(struct ch_open_sink *s)
{
	struct ch_rd r = ch_rd_of(ch_span_of(s->buf, s->n));
	ch_span header = ch_rd_take(&r, s->head);
	uint8_t nonce[CH_AGE_NONCE];
	ch_span rest;

	ch_rd_copy(&r, nonce, sizeof nonce);
	s->err = ch_open_start(&s->open, &s->facts.file_key, header, nonce, s->keys);
	if (s->err != CH_OK)
		return;
	s->facts.n_stanzas = s->open.n_stanzas;
	s->started = true;
	rest = ch_rd_rest(&r);
	if (rest.n)
		memmove(s->buf, rest.p, rest.n);
	s->n = rest.n;
}

static void ch_open_sink_head(struct ch_open_sink *s, struct ch_rd *r)
{
	/* In small steps, so that what is read beyond the header is less than a chunk. */
	size_t step = s->n + CH_OPEN_STEP, want = s->head ? s->head + CH_AGE_NONCE : step;

	if (s->n < want)
		(void)ch_open_sink_gather(s, r, want < sizeof s->buf ? want : sizeof s->buf);
	if (s->head == 0) {
		ch_err e = ch_age_header_find(&s->head, &s->seen, ch_span_of(s->buf, s->n));

		if (e == CH_E_TRUNCATED)
			return;
		s->err = e;
	}
	if (s->err == CH_OK && s->n - s->head >= CH_AGE_NONCE)
		ch_open_sink_begin(s);
}

static void ch_open_sink_chunk(struct ch_open_sink *s, ch_span in)
{
	size_t n;

	s->err = ch_open_chunk(&s->open, s->out, &n, in);
	s->n = 0;
	if (s->err == CH_OK && n > 0)
		s->err = s->emit(s->ctx, ch_span_of(s->out, n));
}

ch_err ch_open_sink_write(struct ch_open_sink *s, ch_span bytes)
{
	struct ch_rd r = ch_rd_of(bytes);

	while (s->err == CH_OK && !ch_rd_at_end(&r)) {
		if (!s->started)
			ch_open_sink_head(s, &r);
		else if (s->n == 0 && ch_rd_left(&r) >= CH_AGE_SEALED)
			ch_open_sink_chunk(s, ch_rd_take(&r, CH_AGE_SEALED));
		else if (ch_open_sink_gather(s, &r, CH_AGE_SEALED))
			ch_open_sink_chunk(s, ch_span_of(s->buf, s->n));
	}
	return s->err;
}

ch_err ch_open_sink_finish(struct ch_open_sink *s)
{
	if (s->err == CH_OK && !s->started)
		s->err = CH_E_TRUNCATED;
	if (s->err == CH_OK && s->n > 0)
		ch_open_sink_chunk(s, ch_span_of(s->buf, s->n));
	if (s->err == CH_OK)
		s->err = ch_open_finish(&s->open);
	return s->err;
}

ch_err ch_open_sink_emit(void *ctx, ch_span bytes)
{
	return ch_open_sink_write(ctx, bytes);
}
