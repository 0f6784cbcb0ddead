/*
 * What a witness is asked and how it decides (c2sp.org/tlog-witness, `add-checkpoint`). Pure: the
 * state of a log goes in, a status and the next state come out. Who keeps the state makes it
 * durable before a cosignature leaves.
 */
#ifndef CH_WITNESS_H
#define CH_WITNESS_H

#include "checkpoint.h"
#include "merkle.h"

#define CH_WITNESS_PROOF_MAX 63 /* "The client MUST NOT send more than 63" lines */
#define CH_WITNESS_REQUEST_MAX ((size_t)65536)
#define CH_WITNESS_KEYS_MAX 4   /* keys of one log at a time */

typedef struct {
	uint64_t old;
	size_t n;
	ch_hash hash[CH_WITNESS_PROOF_MAX];
	ch_span checkpoint; /* a note, not yet parsed */
} ch_witness_request;

/* The layout alone; spans into `in`, zero on error. TRUNCATED, FORMAT, LIMIT. */
CH_MUST_USE ch_err ch_witness_parse(ch_witness_request *out, ch_span in);

/* From parts; checkpoint is a whole note. LIMIT sticks: too many hashes. */
void ch_witness_put(struct ch_wr *w, uint64_t old, const ch_hash *hash, size_t n,
    ch_span checkpoint);

/* A log that is followed. Its origin need not be the name of its keys. */
typedef struct {
	ch_span origin;
	size_t n; /* 1 to CH_WITNESS_KEYS_MAX */
	ch_vkey key[CH_WITNESS_KEYS_MAX];
} ch_witness_log;

/* The latest checkpoint cosigned for a log; all zero: none yet. */
typedef struct {
	bool any;
	uint64_t size;
	ch_hash root;
} ch_witness_state;

/* The request's checkpoint, opened as far as its text: whose is it? FORMAT and so on: status 400.
 * On error both are zero. */
CH_MUST_USE ch_err ch_witness_open(ch_checkpoint *tree, ch_note *note,
    const ch_witness_request *q);

/*
 * Judge a request that ch_witness_open() opened.
 *   next   with 200 the state to keep, else `state`
 *   log    the followed log of tree->origin, or NULL: not followed
 * 200 cosign, once `next` is durable     400 old size above the checkpoint's
 * 403 not signed by the log              404 not followed
 * 409 the old size is not state->size    422 the proof does not hold, or another root
 */
unsigned ch_witness_judge(ch_witness_state *next, const ch_witness_state *state,
    const ch_witness_log *log, const ch_witness_request *q, const ch_checkpoint *tree,
    const ch_note *note);

/*
 * The checkpoint as a witness shows it: text, the lines by the log's keys, our cosignature of
 * `time` (1 to CH_COSIGNATURE_TIME_MAX).
 *   line   where our line begins in w
 * FORMAT sticks for a bad name or time.
 */
void ch_witness_put_note(struct ch_wr *w, size_t *line, const ch_note *note,
    const ch_witness_log *log, ch_span name, uint64_t time, const struct ch_edsecret *sec);

#endif
