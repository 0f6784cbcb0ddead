/*
 * A file of any size through the cipher, on several threads, in little memory that does not grow
 * with the file. The caller makes or judges the header (seal.h) and knows the file key; the chunks
 * flow here. One flow is one file:
 *
 *   ch_flow_begin, _input,          _output, _seal(head), _end       to seal
 *   ch_flow_begin, _input, _header, _output, _open(key),  _end       to open
 *
 * A file target (target.h) takes its name only when all is written and, when opening, verified to
 * the last chunk. A pipe gets the chunks in order, when opening only verified ones, so what it
 * got before an error is a true beginning of the text: the exit code must say that it is not all.
 *
 * The struct is big: it comes from ch_alloc() or is static.
 */
#ifndef CH_FLOW_H
#define CH_FLOW_H

#include "seal.h"
#include "target.h"

#define CH_FLOW_THREADS 8 /* more do not help: memory and disks are slower */

/* Where an error came from. */
typedef enum { CH_FLOW_CONTENT = 0, CH_FLOW_INPUT, CH_FLOW_OUTPUT } ch_flow_side;

struct ch_flow {
	unsigned threads;         /* 0: one a core, at most CH_FLOW_THREADS                  */
	const char *progress;     /* "Sealing": shown on a terminal after a second; or NULL  */
	bool armor;               /* sealing: write armor                                    */
	bool armored;             /* opening, after ch_flow_header(): the input is armor     */
	ch_flow_side side;        /* after an error                                          */
	struct ch_diag armor_fault; /* when the armor is damaged: what, and in which line    */
	bool spilled;             /* something went to a pipe, a device or standard output   */
	uint64_t done;            /* bytes of input that went through, out of their armor    */

	/* inside */
	struct ch_source in;
	struct ch_target out;
	struct ch_flow_text *text;   /* armor coming in ... */
	struct ch_armor_sink *into;  /* ... and going out   */
	size_t n_head, n_ahead, ahead_at; /* header and nonce; bytes in head; bytes given on */
	uint8_t head[CH_AGE_HEADER_MAX + CH_AGE_NONCE];
};

/* Then set threads, progress and armor as wanted. */
void ch_flow_begin(struct ch_flow *f);

/* path NULL: standard input. Errors of ch_source_open(). */
CH_MUST_USE ch_err ch_flow_input(struct ch_flow *f, const char *path);

/* path NULL: standard output. After the input (for "they are the same": CONFLICT). Errors of
 * ch_target_open(). */
CH_MUST_USE ch_err ch_flow_output(struct ch_flow *f, const char *path, mode_t mode);

/*
 * Read the header and the nonce behind it, for ch_open_start(); they live until the end.
 * TRUNCATED: it ends within        FORMAT: not age, or bad armor        LIMIT: header too long
 */
CH_MUST_USE ch_err ch_flow_header(ch_span *header, const uint8_t **nonce, struct ch_flow *f);

/*
 * Seal all of the input. `head` is what ch_seal_start() wrote, with this `random`.
 * CONFLICT: the input changed meanwhile        NOMEM, INTERNAL
 * IO, FULL, DENIED: side says whether the input or the output failed.
 */
CH_MUST_USE ch_err ch_flow_seal(struct ch_flow *f, ch_span head,
    const struct ch_seal_random *random);

/*
 * Open all of the input behind the header. AUTH: the key does not fit the header, or a chunk was
 * altered        TRUNCATED: cut off        FORMAT: bytes behind the last chunk, or bad armor
 * The others as above.
 */
CH_MUST_USE ch_err ch_flow_open(struct ch_flow *f, const struct ch_file_key *key);

/* Closes and wipes; a file target that is not whole vanishes. */
void ch_flow_end(struct ch_flow *f);

/* What an error of the calls above means, in a few words, for a person. */
const char *ch_flow_why(const struct ch_flow *f, ch_err e);

#endif
