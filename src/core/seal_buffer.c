/* Sealing and opening at once, in the caller's memory: see seal.h, "whole buffers". */
#include "seal.h"

#include "wipe.h"

static ch_err ch_seal_rest(struct ch_seal *s, struct ch_wr *out, ch_span plaintext)
{
	struct ch_rd r = ch_rd_of(plaintext);
	ch_err e = CH_OK;
	bool last;

	do {
		size_t left = ch_rd_left(&r), n;
		ch_span in = ch_rd_take(&r, left < CH_AGE_CHUNK ? left : CH_AGE_CHUNK);
		uint8_t *to = ch_wr_room(out, in.n + CH_AEAD_TAG);

		last = ch_rd_at_end(&r);
		if (to)
			e = ch_seal_chunk(s, to, &n, in, last);
		if (e != CH_OK)
			ch_wr_fail(out, e);
	} while (!last && out->err == CH_OK);
	return ch_wr_done(out);
}

/* What follows each start, which came to e. */
static ch_err ch_seal_end(struct ch_seal *s, struct ch_wr *out, ch_span plaintext, ch_err e)
{
	if (e == CH_OK)
		e = ch_seal_rest(s, out, plaintext);
	ch_seal_deinit(s);
	if (e != CH_OK)
		ch_wr_fail(out, e);
	return ch_wr_done(out);
}

ch_err ch_seal_buffer(struct ch_wr *out, ch_span plaintext, const ch_age_recipient *to, size_t n_to,
    const struct ch_seal_random *random)
{
	struct ch_seal s;
	ch_err e = ch_seal_init(&s);

	if (e == CH_OK)
		e = ch_seal_start(&s, out, to, n_to, random);
	return ch_seal_end(&s, out, plaintext, e);
}

ch_err ch_seal_buffer_ready(struct ch_wr *out, ch_span plaintext, const ch_age_ready *const *to,
    size_t n_to, const struct ch_seal_random *random)
{
	struct ch_seal s;
	ch_err e = ch_seal_init(&s);

	if (e == CH_OK)
		e = ch_seal_start_ready(&s, out, to, n_to, random);
	return ch_seal_end(&s, out, plaintext, e);
}

ch_err ch_seal_buffer_passphrase(struct ch_wr *out, ch_span plaintext, ch_span pass,
    const uint8_t salt[CH_AGE_SCRYPT_SALT], unsigned log_n, const struct ch_seal_random *random)
{
	struct ch_seal s;
	ch_err e = ch_seal_init(&s);

	if (e == CH_OK)
		e = ch_seal_start_passphrase(&s, out, pass, salt, log_n, random);
	return ch_seal_end(&s, out, plaintext, e);
}

/* Header and nonce at the start of r. */
static ch_err ch_open_head(struct ch_open *o, struct ch_file_key *key, struct ch_rd *r,
    const struct ch_open_keys *keys)
{
	size_t n = 0, seen = 0;
	ch_err e = ch_age_header_find(&n, &seen, r->in);
	uint8_t nonce[CH_AGE_NONCE];
	ch_span header = ch_rd_take(r, n);

	if (e != CH_OK)
		return e;
	ch_rd_copy(r, nonce, sizeof nonce);
	if (r->err != CH_OK)
		return r->err;
	return ch_open_start(o, key, header, nonce, keys);
}

static ch_err ch_open_rest(struct ch_open *o, struct ch_wr *out, struct ch_rd *r)
{
	size_t n;
	ch_err e = CH_OK;

	while (e == CH_OK && ch_rd_left(r) > 0) {
		size_t left = ch_rd_left(r);
		ch_span in = ch_rd_take(r, left < CH_AGE_SEALED ? left : CH_AGE_SEALED);
		uint8_t none[1], *to = none;

		if (in.n > CH_AEAD_TAG)
			to = ch_wr_room(out, in.n - CH_AEAD_TAG);
		e = to ? ch_open_chunk(o, to, &n, in) : out->err;
	}
	return e == CH_OK ? ch_open_finish(o) : e;
}

ch_err ch_open_buffer(struct ch_wr *out, struct ch_open_facts *facts, ch_span sealed,
    const struct ch_open_keys *keys)
{
	struct ch_open_facts got = { 0 };
	struct ch_rd r = ch_rd_of(sealed);
	struct ch_open o;
	ch_err e = ch_open_init(&o);

	CH_ASSERT(out->p || out->cap == 0);
	if (facts)
		memset(facts, 0, sizeof *facts);
	if (e == CH_OK)
		e = ch_open_head(&o, &got.file_key, &r, keys);
	got.n_stanzas = o.n_stanzas;
	if (e == CH_OK)
		e = ch_open_rest(&o, out, &r);
	if (e == CH_OK && facts)
		*facts = got;
	ch_open_deinit(&o);
	ch_wipe(&got, sizeof got);
	if (e != CH_OK)
		ch_wr_fail(out, e);
	return ch_wr_done(out);
}
