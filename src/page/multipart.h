/*
 * multipart/form-data (RFC 7578, RFC 2046 section 5.1), as browsers send it, read in pieces and in
 * constant memory: for forms with a file where no script helps. Hostile input; strict: no text
 * before the first part, a name for each, heads of at most 4 KiB. Pure.
 *
 *   ch_multipart_init, _write …, _end       on_part before each part, then on_bytes, any number
 *
 * The first error sticks; one of a callback passes up unchanged.
 */
#ifndef CH_MULTIPART_H
#define CH_MULTIPART_H

#include "err.h"
#include "span.h"

#define CH_MULTIPART_BUF   8192u
#define CH_MULTIPART_NAME  64u
#define CH_MULTIPART_FILE  1024u
#define CH_MULTIPART_PARTS 16u

typedef enum { CH_MP_START, CH_MP_AFTER, CH_MP_HEAD, CH_MP_BODY, CH_MP_DONE } ch_mp_stage;

struct ch_multipart {
	void *ctx;
	/* `file` is empty where there is none; both live during the call. */
	ch_err (*on_part)(void *ctx, ch_span name, ch_span file);
	ch_err (*on_bytes)(void *ctx, ch_span bytes);
	ch_err err;
	ch_mp_stage stage;
	unsigned n_parts;
	size_t n_line, n;             /* of the two below */
	uint8_t line[4 + 70];         /* CRLF, two dashes, boundary */
	uint8_t buf[CH_MULTIPART_BUF];
};

/* `type`: the value of Content-Type. FORMAT: another type, or no good boundary. */
CH_MUST_USE ch_err ch_multipart_init(struct ch_multipart *m, ch_span type);
CH_MUST_USE ch_err ch_multipart_write(struct ch_multipart *m, ch_span bytes);
/* TRUNCATED: the last boundary is missing. */
CH_MUST_USE ch_err ch_multipart_end(const struct ch_multipart *m);

#endif
