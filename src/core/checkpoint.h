/*
 * Checkpoints of a log (c2sp.org/tlog-checkpoint) and timestamped Ed25519 cosignatures over
 * them (c2sp.org/tlog-cosignature, type 0x04). Extension lines are read and never written by us.
 */
#ifndef CH_CHECKPOINT_H
#define CH_CHECKPOINT_H

#include "note.h"

#define CH_CHECKPOINT_TEXT_MAX 1024 /* our bound; without extension lines 322 is the most  */
#define CH_COSIGNATURE_SIZE 72      /* time (8), Ed25519 (64)                              */
#define CH_COSIGNATURE_TIME_MAX ((uint64_t)INT64_MAX)

typedef struct {
	ch_span origin; /* 1 to CH_NAME_MAX bytes */
	uint64_t size;
	ch_hash root;
	ch_span ext; /* extension lines with their LFs, or empty */
} ch_checkpoint;

/*
 * The text of a note as a checkpoint; spans into `text`.
 * TRUNCATED, FORMAT: not one        LIMIT: origin or text too long, size over 64 bits
 */
CH_MUST_USE ch_err ch_checkpoint_parse(ch_checkpoint *out, ch_span text);

/* The text, from the same fields. FORMAT or LIMIT sticks when the origin is not fit. */
void ch_checkpoint_put(struct ch_wr *w, const ch_checkpoint *cp);

/*
 * The whole note, signed by the log: key name = origin. FORMAT sticks when the origin is no key
 * name or when there are extension lines. That size and root were never signed otherwise is the
 * caller's duty.
 */
void ch_checkpoint_sign(struct ch_wr *w, const ch_checkpoint *cp, const struct ch_edsecret *sec);

/*
 * Open a checkpoint as received: a note with a text of this form, whose origin is the log's name,
 * signed by it.
 *   out, note   spans into `in`
 * As ch_note_parse and ch_checkpoint_parse; ABSENT: other origin, or not signed by the log; AUTH
 */
CH_MUST_USE ch_err ch_checkpoint_open(ch_checkpoint *out, ch_note *note, ch_span in,
    const ch_vkey *log);

/*
 * Cosign the text of a checkpoint at `time` (seconds since 1970) and write the line.
 * FORMAT sticks for a text that is no checkpoint, a bad name or a time above 2^63-1.
 */
void ch_cosignature_put(struct ch_wr *w, ch_span name, ch_span text, uint64_t time,
    const struct ch_edsecret *sec);

/* Line i against a key of type COSIGNATURE. Verdicts as ch_note_line_verify(). */
CH_MUST_USE ch_err ch_cosignature_line_verify(uint64_t *time, const ch_note *note, size_t i,
    const ch_vkey *key);

/* All lines by `key` must verify (AUTH), one must be there (ABSENT); time is the latest one. */
CH_MUST_USE ch_err ch_cosignature_verify(uint64_t *time, const ch_note *note,
    const ch_vkey *key);

#endif
