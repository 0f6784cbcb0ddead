/*
 * The guard against a second history. A register restored from a backup is behind what it signed;
 * going on from there would sign one size with two roots. So before the first signature of a run
 * it is compared with what its witnesses hold, with its own files, and with what others showed it;
 * only its own signature counts as proof, so that nobody else can stop it.
 */
#ifndef CH_GUARD_H
#define CH_GUARD_H

#include "register.h"
#include "witnesses.h"

#define CH_GUARD_NOTE_MAX 16384
#define CH_GUARD_ASK_MS 4000 /* for all witnesses together */

struct ch_guard_seen {
	bool reached;          /* an answer came, be it "never heard of" */
	uint64_t size;         /* of a checkpoint signed by our log */
	size_t n;              /* bytes of the note; 0: none, or not ours */
	uint8_t note[CH_GUARD_NOTE_MAX];
};

struct ch_guard {
	const struct ch_folder *folder;
	size_t n, n_silent;    /* witnesses with an address; not reached */
	struct ch_guard_seen *seen; /* by number in the policy; the last one: file `alarm` */
};

/* Ask all witnesses at once for the newest checkpoint they hold of this log. q may be NULL.
 * NOMEM; that they are silent is no error, and is said in the log. */
CH_MUST_USE ch_err ch_guard_ask(struct ch_guard *g, const struct ch_folder *f,
    const struct ch_quorum *q);
void ch_guard_free(struct ch_guard *g);

/* Before the register is opened: the store against what was seen, and against tiles on the disk.
 * CONFLICT: it is behind; the log says of what. */
CH_MUST_USE ch_err ch_guard_size(const struct ch_guard *g, struct ch_store *store);

/* After it is open, before it signs: every checkpoint seen is one of this history. CONFLICT */
CH_MUST_USE ch_err ch_guard_roots(const struct ch_guard *g, struct ch_register *log);

/* One checkpoint against the register as published. CONFLICT: signed by our key, and larger than
 * the register or with another root   ABSENT: not a checkpoint of our log */
CH_MUST_USE ch_err ch_guard_judge(struct ch_register *log, ch_span note);

/* Keep a checkpoint that convicts us as `alarm` in the folder, so that no later start goes on from
 * here. */
CH_MUST_USE ch_err ch_guard_alarm(const struct ch_folder *f, ch_span note);

#endif
