/*
 * The server of a witness (c2sp.org/tlog-witness): POST /add-checkpoint, and GET
 * /<sha256 of the origin, in hex>/checkpoint. Whose keys and state they are, it is told: a witness
 * of its own has a folder (keep.h), a home lends its cosigner and what it watched.
 *
 * One thread, one request at a time: looking, judging and keeping are one step.
 */
#ifndef CH_COSIGNER_H
#define CH_COSIGNER_H

#include "problem.h"
#include "serve.h"
#include "witness.h"

/* A log, and what is known of it. */
struct ch_cosigner_log {
	ch_witness_log log;
	ch_witness_state state;
	uint64_t time; /* of the newest cosignature that is kept; 0: none */
};

/* Where keys and state are. No call but `begin` and `show` outside of begin … end. */
typedef struct {
	void *ctx;
	ch_span name;                   /* of the cosigner's key */
	const struct ch_edsecret *sec;
	/* The time to write. */
	ch_err (*now)(void *ctx, int64_t *out);
	/* Take the log of that origin in hand; nobody else changes its state before `end`.
	 * ABSENT: not followed. CONFLICT: in use, for a moment. DENIED: not cosigned any more.
	 * Other errors are said in `why`. `end` follows only on CH_OK. */
	ch_err (*begin)(void *ctx, struct ch_cosigner_log **out, ch_span origin,
	    struct ch_problem *why);
	/* Make this state and its note durable. FULL: all is as before. Other errors: it is not
	 * known what is on the disk, and the witness stops. */
	ch_err (*keep)(void *ctx, struct ch_cosigner_log *log, const ch_witness_state *next,
	    ch_span note);
	/* The log signed two trees of one size: `theirs` contradicts what is kept. */
	void (*alarm)(void *ctx, const struct ch_cosigner_log *log, ch_span theirs);
	void (*end)(void *ctx);
	/* The note that is kept, appended. ABSENT: none cosigned. */
	ch_err (*show)(void *ctx, struct ch_buf *out, const ch_hash *origin);
	/* Read anew which logs are followed. */
	void (*reload)(void *ctx);
} ch_cosigner_keeper;

/* Run until SIGTERM or SIGINT; SIGHUP reads logs and certificate anew. */
CH_MUST_USE ch_err ch_cosigner_run(const ch_cosigner_keeper *k, const ch_serve_opts *o,
    struct ch_problem *why);

#endif
