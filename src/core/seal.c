/* Sealing and opening age files: see seal.h. One file a recipient type stands behind this. */
#include "seal.h"

#include "age_hybrid.h"
#include "age_tag.h"
#include "age_x25519.h"
#include "b64.h"
#include "wipe.h"

/* A recipient type: all that this file knows of it. */
typedef struct {
	ch_age_type type;
	const char *name;    /* of its stanza            */
	size_t n_tag, n_enc; /* bytes of its arguments   */
	void (*wrap)(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
	    const ch_age_recipient *to, const ch_mlkem_ready *ready,
	    const struct ch_secret64 *random);
	/* NULL: no identity of the type is ours, it lives in hardware */
	ch_err (*unwrap)(struct ch_file_key *out, struct ch_aead *a, const ch_age_stanza *s,
	    const struct ch_age_identity *id, const ch_mlkem_ready *ready);
} ch_seal_kind;

static const ch_seal_kind ch_seal_kinds[] = {
	{ CH_AGE_X25519, "X25519", 0, sizeof(ch_xkey), ch_age_x25519_wrap,
	    ch_age_x25519_unwrap },
	{ CH_AGE_HYBRID, "mlkem768x25519", 0, sizeof(ch_xwing_enc), ch_age_hybrid_wrap,
	    ch_age_hybrid_unwrap },
	{ CH_AGE_TAG, "p256tag", CH_AGE_TAG_N, sizeof(ch_p256), ch_age_tag_wrap, NULL },
	{ CH_AGE_TAGPQ, "mlkem768p256tag", CH_AGE_TAG_N, sizeof(ch_pq256_enc), ch_age_tagpq_wrap,
	    NULL },
};

/* NULL for what is no type. */
static const ch_seal_kind *ch_seal_kind_of(ch_age_type type)
{
	for (size_t i = 0; i < CH_COUNT(ch_seal_kinds); i++)
		if (ch_seal_kinds[i].type == type)
			return &ch_seal_kinds[i];
	return NULL;
}

static const ch_seal_kind *ch_seal_kind_named(ch_span name)
{
	for (size_t i = 0; i < CH_COUNT(ch_seal_kinds); i++)
		if (ch_span_eq(name, ch_span_str(ch_seal_kinds[i].name)))
			return &ch_seal_kinds[i];
	return NULL;
}

/* ---- sealing ---- */

ch_err ch_seal_init(struct ch_seal *s)
{
	*s = (struct ch_seal){ .ended = true };
	return ch_aead_init(&s->aead);
}

void ch_seal_deinit(struct ch_seal *s)
{
	ch_aead_deinit(&s->aead);
	ch_wipe(s, sizeof *s);
}

/* MAC and nonce behind the stanzas, then key the stream. */
static ch_err ch_seal_begin(struct ch_seal *s, struct ch_wr *w, size_t from,
    const struct ch_seal_random *random)
{
	ch_age_mac_put(w, from, &random->file_key);
	if (w->n - from > CH_AGE_HEADER_MAX)
		ch_wr_fail(w, CH_E_LIMIT);
	ch_wr_put(w, ch_span_of(random->nonce, sizeof random->nonce));
	ch_age_stream_key(&s->aead, &random->file_key, random->nonce);
	s->index = 0;
	s->ended = w->err != CH_OK;
	return ch_wr_done(w);
}

static void ch_seal_wrap(struct ch_seal *s, struct ch_wr *w, const struct ch_file_key *key,
    const ch_age_recipient *to, const ch_mlkem_ready *ready, const struct ch_secret64 *random)
{
	const ch_seal_kind *kind = ch_seal_kind_of(to->type);

	if (kind)
		kind->wrap(w, &s->aead, key, to, ready, random);
	else
		ch_wr_fail(w, CH_E_FORMAT);
}

/* Whole stanzas as they stand in a header, and nothing else; none that must stand alone. */
static ch_err ch_seal_stanzas_check(ch_span foreign)
{
	struct ch_rd r = ch_rd_of(foreign);
	ch_age_stanza s;

	while (!ch_rd_at_end(&r) && r.err == CH_OK) {
		ch_age_stanza_rd(&s, &r);
		ch_rd_need(&r, !ch_span_eq(s.type, CH_LIT("scrypt")), CH_E_FORMAT);
	}
	return r.err == CH_OK ? CH_OK : CH_E_FORMAT;
}

/* Whether two recipients may stand in one file. */
static void ch_seal_beside(struct ch_wr *w, const ch_age_recipient *a, const ch_age_recipient *b)
{
	if (ch_age_is_hybrid(a->type) != ch_age_is_hybrid(b->type))
		ch_wr_fail(w, CH_E_CONFLICT);
}

ch_err ch_seal_start_with(struct ch_seal *s, struct ch_wr *w, const ch_age_recipient *to,
    size_t n_to, ch_span foreign, const struct ch_seal_random *random)
{
	size_t from = w->n;

	if (n_to == 0 && foreign.n == 0)
		ch_wr_fail(w, CH_E_ABSENT);
	if (ch_seal_stanzas_check(foreign) != CH_OK)
		ch_wr_fail(w, CH_E_FORMAT);
	for (size_t i = 1; i < n_to; i++)
		ch_seal_beside(w, &to[0], &to[i]);
	ch_age_version_put(w);
	for (size_t i = 0; i < n_to && w->err == CH_OK; i++)
		ch_seal_wrap(s, w, &random->file_key, &to[i], NULL, &random->wrap[i]);
	ch_wr_put(w, foreign);
	return ch_seal_begin(s, w, from, random);
}

ch_err ch_seal_start(struct ch_seal *s, struct ch_wr *w, const ch_age_recipient *to, size_t n_to,
    const struct ch_seal_random *random)
{
	return ch_seal_start_with(s, w, to, n_to, (ch_span){ 0 }, random);
}

ch_err ch_seal_start_ready(struct ch_seal *s, struct ch_wr *w, const ch_age_ready *const *to,
    size_t n_to, const struct ch_seal_random *random)
{
	size_t from = w->n;

	if (n_to == 0)
		ch_wr_fail(w, CH_E_ABSENT);
	for (size_t i = 1; i < n_to; i++)
		ch_seal_beside(w, &to[0]->to, &to[i]->to);
	ch_age_version_put(w);
	for (size_t i = 0; i < n_to && w->err == CH_OK; i++)
		ch_seal_wrap(s, w, &random->file_key, &to[i]->to, &to[i]->m, &random->wrap[i]);
	return ch_seal_begin(s, w, from, random);
}

ch_err ch_seal_start_passphrase(struct ch_seal *s, struct ch_wr *w, ch_span pass,
    const uint8_t salt[CH_AGE_SCRYPT_SALT], unsigned log_n, const struct ch_seal_random *random)
{
	size_t from = w->n;

	ch_age_version_put(w);
	ch_age_scrypt_wrap(w, &s->aead, &random->file_key, pass, salt, log_n);
	return ch_seal_begin(s, w, from, random);
}

ch_err ch_seal_chunk(struct ch_seal *s, uint8_t *out, size_t *n_out, ch_span in, bool last)
{
	ch_err e;

	/* "The final chunk MAY be shorter than 64 KiB but MUST NOT be empty unless the whole
	 * payload is empty." Chunks are cut by our own code, so a wrong
	 * one is a mistake of ours. */
	CH_ASSERT(!s->ended);
	if (last)
		CH_ASSERT(in.n <= CH_AGE_CHUNK && (in.n > 0 || s->index == 0));
	else
		CH_ASSERT(in.n == CH_AGE_CHUNK);
	*n_out = 0;
	e = ch_age_stream_seal(&s->aead, out, s->index++, last, in);
	s->ended = last || e != CH_OK;
	if (e == CH_OK)
		*n_out = in.n + CH_AEAD_TAG;
	return e;
}

/* In characters: what stands before an argument or a body, and it. */
static size_t ch_seal_part_size(size_t n)
{
	return n > 0 ? 1 + ch_b64_len(n, CH_B64_RAW) : 0;
}

static size_t ch_seal_stanza_size(ch_age_type type)
{
	const ch_seal_kind *kind = ch_seal_kind_of(type);

	CH_ASSERT(kind);
	return sizeof "-> " - 1 + strlen(kind->name) + ch_seal_part_size(kind->n_tag) +
	    ch_seal_part_size(kind->n_enc) +
	    ch_seal_part_size(sizeof(struct ch_file_key) + CH_AEAD_TAG) + sizeof "\n" - 1;
}

size_t ch_seal_header_size(const ch_age_recipient *to, size_t n_to)
{
	const struct ch_file_key key = { 0 }; /* public, not wiped: no key at all */
	struct ch_wr w = ch_wr_measure();

	ch_age_version_put(&w);
	for (size_t i = 0; i < n_to; i++)
		ch_wr_zeros(&w, ch_seal_stanza_size(to[i].type));
	ch_age_mac_put(&w, 0, &key);
	return w.n;
}

uint64_t ch_seal_size(size_t header_len, uint64_t plaintext)
{
	uint64_t chunks = plaintext / CH_AGE_CHUNK + (plaintext % CH_AGE_CHUNK != 0);
	uint64_t more = (chunks ? chunks : 1) * CH_AEAD_TAG + CH_AGE_NONCE;

	/* chunks < 2^48, so `more` does not wrap. */
	if (header_len > UINT64_MAX - more || plaintext > UINT64_MAX - more - header_len)
		return UINT64_MAX;
	return header_len + more + plaintext;
}

/* ---- opening ---- */

ch_err ch_open_init(struct ch_open *o)
{
	*o = (struct ch_open){ .ended = true };
	return ch_aead_init(&o->aead);
}

void ch_open_deinit(struct ch_open *o)
{
	ch_aead_deinit(&o->aead);
	ch_wipe(o, sizeof *o);
}

/* One stanza, by every identity of its type; without any its form alone is judged. */
static ch_err ch_open_stanza(struct ch_file_key *out, struct ch_open *o, const ch_age_stanza *s,
    const struct ch_open_keys *keys, size_t n_ids)
{
	const ch_seal_kind *kind = ch_seal_kind_named(s->type);
	bool judged = false;

	/* "Identity implementations MUST ignore unrecognized stanzas": also the crooked ones of a
	 * type whose identities are not here. The plugin of the hardware judges them. */
	if (!kind || !kind->unwrap)
		return CH_E_ABSENT;
	for (size_t i = 0; i < n_ids; i++) {
		if (keys->ids[i].type != kind->type)
			continue;
		judged = true;
		ch_err e = kind->unwrap(out, &o->aead, s, &keys->ids[i],
		    keys->ready ? &keys->ready[i] : NULL);
		if (e != CH_E_ABSENT)
			return e;
	}
	return judged ? CH_E_ABSENT : kind->unwrap(out, &o->aead, s, NULL, NULL);
}

/*
 * Every stanza of a type that we open must be well formed, also behind the one that fits. Once a
 * key is found the remaining ones are judged by form alone.
 */
static ch_err ch_open_by_ids(struct ch_open *o, struct ch_file_key *out, const ch_age_header *h,
    const struct ch_open_keys *keys)
{
	struct ch_rd r = ch_rd_of(h->stanzas);
	struct ch_file_key got = { 0 };
	ch_err found = CH_E_ABSENT;
	ch_age_stanza s;

	for (size_t i = 0; i < h->n_stanzas; i++) {
		ch_age_stanza_rd(&s, &r);
		ch_err e = ch_open_stanza(&got, o, &s, keys, found == CH_OK ? 0 : keys->n_ids);
		if (e == CH_OK)
			*out = got;
		if (e != CH_E_ABSENT)
			found = e;
		if (found != CH_OK && found != CH_E_ABSENT)
			break;
	}
	ch_wipe(&got, sizeof got);
	return found;
}

static ch_err ch_open_by_pass(struct ch_open *o, struct ch_file_key *out, const ch_age_header *h,
    const struct ch_open_keys *keys)
{
	struct ch_rd r = ch_rd_of(h->stanzas);
	ch_age_stanza s;

	ch_age_stanza_rd(&s, &r);
	if (!ch_span_eq(s.type, CH_LIT("scrypt")))
		return CH_E_ABSENT;
	return ch_age_scrypt_unwrap(out, &o->aead, &s, keys->pass, keys->max_log_n);
}

static ch_err ch_open_unwrap(struct ch_open *o, struct ch_file_key *out, const ch_age_header *h,
    const struct ch_open_keys *keys)
{
	/* "An scrypt stanza, if present, MUST be the only stanza in the header. ... The identity
	 * implementation MUST reject headers where an scrypt stanza is present alongside any
	 * other." */
	if (h->scrypt && h->n_stanzas > 1)
		return CH_E_FORMAT;
	if (keys->file_key) {
		*out = *keys->file_key;
		return CH_OK;
	}
	if (keys->n_ids > 0)
		return ch_open_by_ids(o, out, h, keys);
	return ch_open_by_pass(o, out, h, keys);
}

ch_err ch_open_start(struct ch_open *o, struct ch_file_key *file_key, ch_span header,
    const uint8_t nonce[CH_AGE_NONCE], const struct ch_open_keys *keys)
{
	struct ch_file_key got = { 0 };
	ch_age_header h;
	ch_err e = ch_age_header_parse(&h, header);

	memset(file_key, 0, sizeof *file_key);
	o->index = 0;
	o->ended = true;
	o->n_stanzas = h.n_stanzas;
	if (e == CH_OK)
		e = ch_open_unwrap(o, &got, &h, keys);
	if (e == CH_OK)
		e = ch_age_mac_check(&h, &got);
	if (e == CH_OK) {
		ch_age_stream_key(&o->aead, &got, nonce);
		o->ended = false;
		*file_key = got;
	}
	ch_wipe(&got, sizeof got);
	return e;
}

ch_err ch_open_with_file_key(struct ch_open *o, ch_span header, const uint8_t nonce[CH_AGE_NONCE],
    const struct ch_file_key *file_key)
{
	const struct ch_open_keys keys = { .file_key = file_key };
	struct ch_file_key copy;
	ch_err e = ch_open_start(o, &copy, header, nonce, &keys);

	ch_wipe(&copy, sizeof copy);
	return e;
}

/* A full chunk may be the last one: only its tag tells. A shorter one can be nothing else. */
static ch_err ch_open_try(struct ch_open *o, uint8_t *out, ch_span in)
{
	ch_err e = CH_E_AUTH;

	if (in.n == CH_AGE_SEALED)
		e = ch_age_stream_open(&o->aead, out, o->index, false, in);
	if (e != CH_E_AUTH)
		return e;
	e = ch_age_stream_open(&o->aead, out, o->index, true, in);
	o->ended = true; /* the last chunk, or a failure */
	return e;
}

ch_err ch_open_chunk(struct ch_open *o, uint8_t *out, size_t *n_out, ch_span in)
{
	ch_err e;

	CH_ASSERT(in.n <= CH_AGE_SEALED && out != in.p);
	*n_out = 0;
	if (o->ended)
		return CH_E_FORMAT;
	e = ch_open_try(o, out, in);
	if (e == CH_OK && in.n == CH_AEAD_TAG && o->index > 0)
		e = CH_E_FORMAT;
	if (e != CH_OK) {
		o->ended = true;
		return e;
	}
	o->index++;
	*n_out = in.n - CH_AEAD_TAG;
	return CH_OK;
}

ch_err ch_open_finish(const struct ch_open *o)
{
	return o->ended ? CH_OK : CH_E_TRUNCATED;
}
