/*
 * Sealing and opening as links of a chain: bytes are pushed in, bytes are pushed on to `emit`.
 * Constant memory: the structs are big (128 and 192 KiB), so they come from the shell's memory.
 * The first error sticks, is returned by every later call, and nothing more is emitted.
 */
#ifndef CH_SEAL_SINK_H
#define CH_SEAL_SINK_H

#include "emit.h"
#include "seal.h"

/* Room for the longest header with its nonce, and so for a sealed chunk. */
#define CH_SEAL_SINK_BUF (CH_AGE_HEADER_MAX + CH_AGE_NONCE)

struct ch_seal_sink {
	struct ch_seal seal;
	ch_emit emit;
	void *ctx;
	ch_err err;
	size_t n;
	uint8_t buf[CH_SEAL_SINK_BUF];
};

/* NOMEM, INTERNAL. After CH_OK deinit releases and wipes. */
CH_MUST_USE ch_err ch_seal_sink_init(struct ch_seal_sink *s, ch_emit emit, void *ctx);
void ch_seal_sink_deinit(struct ch_seal_sink *s);

/* Emit header and nonce; errors of ch_seal_start() and of emit. */
CH_MUST_USE ch_err ch_seal_sink_start(struct ch_seal_sink *s, const ch_age_recipient *to,
    size_t n_to, const struct ch_seal_random *random);
CH_MUST_USE ch_err ch_seal_sink_start_passphrase(struct ch_seal_sink *s, ch_span pass,
    const uint8_t salt[CH_AGE_SCRYPT_SALT], unsigned log_n, const struct ch_seal_random *random);

CH_MUST_USE ch_err ch_seal_sink_write(struct ch_seal_sink *s, ch_span bytes);
/* Emit the last chunk. It does not finish what stands behind `emit`. */
CH_MUST_USE ch_err ch_seal_sink_finish(struct ch_seal_sink *s);

/* These two fit ch_emit: ctx is the struct ch_seal_sink or ch_open_sink. */
CH_MUST_USE ch_err ch_seal_sink_emit(void *ctx, ch_span bytes);
CH_MUST_USE ch_err ch_open_sink_emit(void *ctx, ch_span bytes);

struct ch_open_sink {
	struct ch_open open;
	const struct ch_open_keys *keys;
	ch_emit emit;
	void *ctx;
	ch_err err;
	bool started;          /* header and nonce are read: facts are valid */
	struct ch_open_facts facts;
	size_t head, seen, n;  /* header length once known; scan mark; bytes in buf */
	uint8_t buf[CH_SEAL_SINK_BUF];
	uint8_t out[CH_AGE_CHUNK];
};

/* `keys` must live until the header is read or deinit. NOMEM, INTERNAL. */
CH_MUST_USE ch_err ch_open_sink_init(struct ch_open_sink *s, ch_emit emit, void *ctx,
    const struct ch_open_keys *keys);
/* Releases and wipes, the facts too. */
void ch_open_sink_deinit(struct ch_open_sink *s);

/* Push sealed bytes, in pieces of any size. Each verified chunk is emitted at once. */
CH_MUST_USE ch_err ch_open_sink_write(struct ch_open_sink *s, ch_span bytes);
/* The input is over: TRUNCATED unless the file was whole. */
CH_MUST_USE ch_err ch_open_sink_finish(struct ch_open_sink *s);

#endif
