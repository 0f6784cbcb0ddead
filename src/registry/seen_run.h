/*
 * Sorted files of what older leaves begin with, for src/registry/seen.c. One file is a run: of the
 * leaves [first, first + n) each 8 bytes and where it stands, sorted by the bytes; written once,
 * merged into larger ones, never changed. Nothing here is believed: a place is a hint that the
 * caller compares with the tile, and a file that is torn or lost is made anew from the tiles, so
 * none is flushed.
 *
 * File `<first>-<n>`: n records (key 8 bytes, offset from first 4 bytes, big-endian), then the
 * SHA-256 of them all.
 */
#ifndef CH_SEEN_RUN_H
#define CH_SEEN_RUN_H

#include "crypto.h"
#include "flush.h"
#include "rd.h"
#include "wr.h"

#define CH_SEEN_BLOCK 256u     /* records a read */
#define CH_SEEN_RECORD 12u
#define CH_SEEN_RUN_MAX ((uint64_t)1 << 32)

typedef struct {
	uint64_t key;
	uint32_t off;
} ch_seen_record;

/* Open for lookups; `fence` holds the first key of each block. */
struct ch_seen_run {
	uint64_t first, n;
	uint64_t *fence;
	struct ch_infile file;
};

/* The runs' one writer: begin, put in order, end or abort. */
struct ch_seen_out {
	struct ch_seen_run run;
	struct ch_outfile file;
	struct ch_sha256 sum;
	struct ch_wr w;
	uint64_t got, last;
	uint8_t room[CH_SEEN_BLOCK * CH_SEEN_RECORD];
};

CH_MUST_USE ch_err ch_seen_out_begin(struct ch_seen_out *o, const char *dir, uint64_t first,
    uint64_t n);
CH_MUST_USE ch_err ch_seen_out_put(struct ch_seen_out *o, const ch_seen_record *r);
/* All n came: the file has its name, and `run` is open. */
CH_MUST_USE ch_err ch_seen_out_end(struct ch_seen_run *run, struct ch_seen_out *o);
void ch_seen_out_abort(struct ch_seen_out *o);

/* One after the other. `err` sticks. */
struct ch_seen_in {
	struct ch_infile file;
	struct ch_sha256 sum;
	struct ch_rd r;
	uint64_t left;
	ch_seen_record now;
	ch_err err;
	uint8_t room[CH_SEEN_BLOCK * CH_SEEN_RECORD];
};

/* Errors as in file.h; FORMAT: not of n records. */
void ch_seen_in_open(struct ch_seen_in *in, const char *dir, uint64_t first, uint64_t n);
/* The next one to `now`. False at the end, or on an error. FORMAT: out of order, or the sum is
 * another; what was read before is then worth nothing. */
bool ch_seen_in_next(struct ch_seen_in *in);
void ch_seen_in_close(struct ch_seen_in *in);

/* Read and check a whole file, then open it; each key goes to `on`. */
CH_MUST_USE ch_err ch_seen_run_load(struct ch_seen_run *run, const char *dir, uint64_t first,
    uint64_t n, void (*on)(void *ctx, uint64_t key), void *ctx);
void ch_seen_run_close(struct ch_seen_run *run);

/* Leaves that begin with this key: at most `max` places. */
CH_MUST_USE ch_err ch_seen_run_find(uint64_t *place, size_t *n, size_t max,
    struct ch_seen_run *run, uint64_t key);

CH_MUST_USE ch_err ch_seen_run_path(char out[CH_PATH_MAX], const char *dir, uint64_t first,
    uint64_t n);

#endif
