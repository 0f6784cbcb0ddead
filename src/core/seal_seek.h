/*
 * Reading a sealed file at any place (c2sp.org/age, "Payload": "The payload can be seeked by
 * jumping ahead in chunk increments"). Pure: the caller fetches the bytes of a chunk.
 *
 *	ch_open_start(&o, ...)                    header and nonce as always
 *	ch_seek_start(&s, &o, header.n, size)     how the file is laid out
 *	ch_seek_chunk(s, ..., s.n_chunks - 1)     first of all the last chunk: it proves the size
 *	ch_seek_part(&p, &s, from, n)             where the next part of a range lies
 *	ch_seek_chunk(s, ..., p.chunk)            the chunk it lies in
 *
 * What is verified is each chunk at its place and the length of the whole. A chunk that was not
 * asked for may be damaged: only reading to the end shows that.
 */
#ifndef CH_SEAL_SEEK_H
#define CH_SEAL_SEEK_H

#include "seal.h"

struct ch_seek {
	struct ch_open *open; /* borrowed */
	uint64_t payload;     /* where chunk 0 begins in the file      */
	uint64_t sealed;      /* bytes of all chunks                   */
	uint64_t n_chunks;    /* at least 1                            */
	uint64_t size;        /* bytes of text: true once it is proven */
	bool proven;          /* the last chunk was verified as such   */
};

/* Where a part of the text lies. */
typedef struct {
	uint64_t chunk;
	uint64_t at;      /* the sealed chunk in the file: first byte ... */
	size_t n_sealed;  /* ... and length                               */
	size_t skip, n;   /* the part within the chunk's text             */
} ch_seek_where;

/*
 * Lay out a file of `file_size` bytes whose header and nonce `open` has read; `open` must live as
 * long, and reads no stream any more. An age file that ends before it may (less than one whole
 * tag, an empty last chunk behind others) is told from its size alone.
 * TRUNCATED: no room for a chunk, or less than a tag left for the last one
 * FORMAT: an empty last chunk behind others
 */
CH_MUST_USE ch_err ch_seek_start(struct ch_seek *s, struct ch_open *open, size_t header_len,
    uint64_t file_size);

/* Where chunk i < n_chunks lies; skip and n span all its text. */
ch_seek_where ch_seek_at(const struct ch_seek *s, uint64_t chunk);

/*
 * Where the first part of text [from, from + n) lies: as much of it as one chunk holds. Its n is 0
 * when nothing of the range is in the text.
 */
ch_seek_where ch_seek_part(const struct ch_seek *s, uint64_t from, uint64_t n);

/*
 * Open chunk i, given its n_sealed bytes. out has CH_AGE_CHUNK bytes and is not in.p. The last
 * chunk comes first: asking for another one before is a mistake of the caller (it traps).
 * "Seeking relatively to the end of file MUST first decrypt and verify that the last chunk is a
 * valid final chunk": ours always does.
 * AUTH: altered, cut, or of another place. Nothing is opened any more when the last one fails.
 */
CH_MUST_USE ch_err ch_seek_chunk(struct ch_seek *s, uint8_t *out, size_t *n_out, uint64_t chunk,
    ch_span in);

#endif
