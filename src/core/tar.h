/*
 * The one byte form of ustar that we write and take: regular files, mode 0644, owner 0, time 0,
 * names of printable ASCII, sizes below 8 GiB, then exactly two zero blocks. Any other header is
 * refused, also those that stock tar would take. What we write, stock tar reads.
 *
 * Reader and writer stream in constant memory and chain through ch_emit. Public data.
 * Format: doc/formats/paper.md, "Bundle".
 */
#ifndef CH_TAR_H
#define CH_TAR_H

#include "emit.h"

#define CH_TAR_BLOCK    512u
#define CH_TAR_NAME_MAX 99u
#define CH_TAR_SIZE_MAX (((uint64_t)1 << 33) - 1)

/* FORMAT: the name may not stand        LIMIT: size or name too large. out is zero on error. */
CH_MUST_USE ch_err ch_tar_header_format(uint8_t out[CH_TAR_BLOCK], ch_span name, uint64_t size);
/* name points into the block. FORMAT: not the one form (checksum included). */
CH_MUST_USE ch_err ch_tar_header_parse(ch_span *name, uint64_t *size,
    const uint8_t block[CH_TAR_BLOCK]);

/* Bytes of a member in the archive: header, data, padding. size <= CH_TAR_SIZE_MAX. */
uint64_t ch_tar_member_size(uint64_t size);
/* The two blocks at the end. */
#define CH_TAR_END_SIZE 1024u /* two blocks */

/* What may follow the two zero blocks. */
typedef enum {
	CH_TAR_NOTHING,
	CH_TAR_ZEROS,
} ch_tar_tail;

/* What the reader reports. An error stops the stream and passes up. data may come in pieces, and
 * not at all for an empty member. */
typedef struct {
	ch_err (*begin)(void *ctx, ch_span name, uint64_t size);
	ch_err (*data)(void *ctx, ch_span bytes);
	ch_err (*end)(void *ctx);
} ch_tar_events;

struct ch_tar_reader {
	const ch_tar_events *events;
	void *ctx;
	ch_tar_tail tail;
	ch_err err;
	unsigned state;
	uint64_t left;    /* data of the member still to come      */
	uint64_t padding; /* zeros behind the data                 */
	uint64_t total;   /* bytes pushed so far                   */
	uint64_t content; /* of them up to the two zero blocks     */
	size_t n;
	uint8_t block[CH_TAR_BLOCK];
};

void ch_tar_reader_init(struct ch_tar_reader *r, const ch_tar_events *events, void *ctx,
    ch_tar_tail tail);
/* Pieces of any size. FORMAT: not the one form; else what an event returned. Errors stick. */
CH_MUST_USE ch_err ch_tar_reader_write(struct ch_tar_reader *r, ch_span bytes);
/* Fits ch_emit; ctx is the reader. */
CH_MUST_USE ch_err ch_tar_reader_emit(void *ctx, ch_span bytes);
/* The input is over. TRUNCATED: before the two zero blocks. */
CH_MUST_USE ch_err ch_tar_reader_finish(struct ch_tar_reader *r);

struct ch_tar_writer {
	ch_emit emit;
	void *ctx;
	ch_err err;
	bool open;
	uint64_t left, padding;
	uint64_t total; /* bytes emitted so far */
};

void ch_tar_writer_init(struct ch_tar_writer *w, ch_emit emit, void *ctx);
/* FORMAT, LIMIT: as ch_tar_header_format(); else what emit returned. Errors stick. */
CH_MUST_USE ch_err ch_tar_writer_begin(struct ch_tar_writer *w, ch_span name, uint64_t size);
/* LIMIT: more than the size announced. */
CH_MUST_USE ch_err ch_tar_writer_write(struct ch_tar_writer *w, ch_span bytes);
/* Fits ch_emit; ctx is the writer: a sealing sink may write a member. */
CH_MUST_USE ch_err ch_tar_writer_emit(void *ctx, ch_span bytes);
/* TRUNCATED: less than the size announced. */
CH_MUST_USE ch_err ch_tar_writer_end(struct ch_tar_writer *w);
/* A whole member at once. */
CH_MUST_USE ch_err ch_tar_writer_member(struct ch_tar_writer *w, ch_span name, ch_span bytes);
/* The two zero blocks, then zeros up to pad_to bytes in all (0: none). LIMIT: already longer. */
CH_MUST_USE ch_err ch_tar_writer_finish(struct ch_tar_writer *w, uint64_t pad_to);

#endif
