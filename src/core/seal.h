/*
 * Sealing and opening age v1 files (c2sp.org/age). Pure: memory and randomness come from the
 * caller, one chunk is in hand at a time, and no plaintext leaves before its chunk is verified.
 * age names no sender; who wrote is the business of the layers above.
 *
 * A sealed file is header, nonce, chunks. seal_sink.h pushes whole streams through this.
 */
#ifndef CH_SEAL_H
#define CH_SEAL_H

#include "age_header.h"
#include "age_key.h"
#include "age_scrypt.h"
#include "age_stream.h"

/* All fresh for every file, never used twice. The author may keep file_key as its own way in. */
struct ch_seal_random {
	struct ch_file_key file_key;
	uint8_t nonce[CH_AGE_NONCE];
	const struct ch_secret64 *wrap; /* one a recipient */
};

/* ---- sealing ---- */

struct ch_seal {
	struct ch_aead aead;
	uint64_t index;
	bool ended;
};

/* NOMEM or INTERNAL: from the library. After CH_OK deinit releases; one handle, many files. */
CH_MUST_USE ch_err ch_seal_init(struct ch_seal *s);
void ch_seal_deinit(struct ch_seal *s);

/*
 * Begin a file: write header and nonce to w. LIMIT: header too long for us, or no room in w.
 * ABSENT: no recipient        FORMAT: a recipient of low order
 * CONFLICT: hybrid and classic recipients: one such file would be as weak as the weaker half
 */
CH_MUST_USE ch_err ch_seal_start(struct ch_seal *s, struct ch_wr *w, const ch_age_recipient *to,
    size_t n_to, const struct ch_seal_random *random);

/*
 * The same with more stanzas, ready made by plugins for this file key: whole ones as they stand
 * in a header, and their caller has seen to it that they may stand beside `to`. n_to may be 0 then.
 * FORMAT also: they are no stanzas, or a passphrase's is among them.
 */
CH_MUST_USE ch_err ch_seal_start_with(struct ch_seal *s, struct ch_wr *w,
    const ch_age_recipient *to, size_t n_to, ch_span foreign,
    const struct ch_seal_random *random);

/* ch_seal_start() for recipients made ready: the same bytes, sooner. */
CH_MUST_USE ch_err ch_seal_start_ready(struct ch_seal *s, struct ch_wr *w,
    const ch_age_ready *const *to, size_t n_to, const struct ch_seal_random *random);

/* The same under a passphrase; salt fresh too (random->wrap is not used). NOMEM from scrypt. */
CH_MUST_USE ch_err ch_seal_start_passphrase(struct ch_seal *s, struct ch_wr *w, ch_span pass,
    const uint8_t salt[CH_AGE_SCRYPT_SALT], unsigned log_n, const struct ch_seal_random *random);

/*
 * Seal the next chunk: CH_AGE_CHUNK bytes, or fewer when it is the last (none only when the whole
 * file is empty). *n_out = in.n + CH_AEAD_TAG. out may be in.p. INTERNAL: library fault.
 */
CH_MUST_USE ch_err ch_seal_chunk(struct ch_seal *s, uint8_t *out, size_t *n_out, ch_span in,
    bool last);

/* Length of the header that ch_seal_start() writes, without the nonce. */
size_t ch_seal_header_size(const ch_age_recipient *to, size_t n_to);
/* Length of the whole file; UINT64_MAX when that does not fit. */
uint64_t ch_seal_size(size_t header_len, uint64_t plaintext);

/* ---- opening ---- */

/* How to get in: exactly one of the three. Borrowed, not copied. */
struct ch_open_keys {
	const struct ch_age_identity *ids; /* n_ids > 0                                   */
	size_t n_ids;
	const ch_mlkem_ready *ready; /* NULL, or of each its own key: for who opens many files */
	const struct ch_file_key *file_key; /* a known file key; no stanza is looked into */
	ch_span pass;                       /* otherwise this passphrase ...              */
	unsigned max_log_n;                 /* ... and the work we are willing to do      */
};

struct ch_open {
	struct ch_aead aead;
	uint64_t index;
	size_t n_stanzas; /* of the file begun last */
	bool ended;
};

/* As ch_seal_init(). */
CH_MUST_USE ch_err ch_open_init(struct ch_open *o);
void ch_open_deinit(struct ch_open *o);

/*
 * Begin a file, given its exact header (ch_age_header_find) and the nonce behind it.
 *   file_key   the file key, for evidence; the caller wipes it
 * FORMAT: malformed header or stanza, or a passphrase stanza that is not alone
 * ABSENT: no stanza fits (wrong identity, wrong passphrase)
 * AUTH: the file key fits no header MAC        LIMIT: too long, or too much work        NOMEM
 */
CH_MUST_USE ch_err ch_open_start(struct ch_open *o, struct ch_file_key *file_key, ch_span header,
    const uint8_t nonce[CH_AGE_NONCE], const struct ch_open_keys *keys);

/* The same with a known file key. */
CH_MUST_USE ch_err ch_open_with_file_key(struct ch_open *o, ch_span header,
    const uint8_t nonce[CH_AGE_NONCE], const struct ch_file_key *file_key);

/*
 * Open the next chunk: CH_AGE_SEALED bytes, or what is left at the end. out has CH_AGE_CHUNK
 * bytes and is not in.p.
 * AUTH: altered        TRUNCATED: less than a tag        FORMAT: after the last chunk, or an
 * empty last chunk behind others. Any failure ends the file.
 */
CH_MUST_USE ch_err ch_open_chunk(struct ch_open *o, uint8_t *out, size_t *n_out, ch_span in);

/* At the end of the input: TRUNCATED unless the last chunk was seen. */
CH_MUST_USE ch_err ch_open_finish(const struct ch_open *o);

/* ---- whole buffers ---- */

/* Seal at once; the errors of ch_seal_start() and ch_seal_chunk(). */
CH_MUST_USE ch_err ch_seal_buffer(struct ch_wr *out, ch_span plaintext, const ch_age_recipient *to,
    size_t n_to, const struct ch_seal_random *random);
CH_MUST_USE ch_err ch_seal_buffer_ready(struct ch_wr *out, ch_span plaintext,
    const ch_age_ready *const *to, size_t n_to, const struct ch_seal_random *random);
CH_MUST_USE ch_err ch_seal_buffer_passphrase(struct ch_wr *out, ch_span plaintext, ch_span pass,
    const uint8_t salt[CH_AGE_SCRYPT_SALT], unsigned log_n, const struct ch_seal_random *random);

/* What was learnt of a file beside its text. */
struct ch_open_facts {
	struct ch_file_key file_key; /* secret: the caller wipes */
	size_t n_stanzas;
};

/*
 * Open at once. Nothing of the text is in `out` unless all of it was verified. `facts` may be
 * NULL. The errors of ch_open_start(), ch_open_chunk() and ch_open_finish(); TRUNCATED also when
 * header or nonce are cut off; LIMIT also when out has no room.
 */
CH_MUST_USE ch_err ch_open_buffer(struct ch_wr *out, struct ch_open_facts *facts, ch_span sealed,
    const struct ch_open_keys *keys);

#endif
