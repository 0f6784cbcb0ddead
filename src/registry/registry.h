/*
 * A registry: the blind server in the middle, in one folder.
 *
 *   registry.txt   origin, address, day of making           keys      0600, two seeds
 *   db.sqlite      everything that was acknowledged          tiles/    full tiles, immutable
 *   envelopes/     E's by hash                               deposits/ K's, sealed; their epochs
 *   lock           held while it runs                        clock     exercises only
 *   policy         its witnesses; may be missing             alarm     a checkpoint against it
 *   seen/          where older entries stand; may be lost
 *   restored       statements were lost: it takes no more of them
 *
 * `why` takes a static sentence for the person, always set on an error.
 */
#ifndef CH_REGISTRY_H
#define CH_REGISTRY_H

#include "crypto.h"
#include "problem.h"
#include "serve.h"

/* Make a folder with new keys. CONFLICT: something is there. FORMAT: no fit origin or address.
 * url may be empty. An origin that begins with `exercise.` makes an exercise registry. */
CH_MUST_USE ch_err ch_registry_init(const char *dir, ch_span origin, ch_span url,
    const char **why);

/* Run until SIGTERM or SIGINT. CONFLICT: it runs already, or the register and its files
 * contradict each other: it then signs nothing. */
CH_MUST_USE ch_err ch_registry_run(const char *dir, const ch_serve_opts *o,
    struct ch_problem *why);

/* Admit the party of a roster note and pin its party key; beside a running server too.
 * CONFLICT: it is admitted with another key. FORMAT, AUTH: not a sound roster. The same again is
 * CH_OK. */
CH_MUST_USE ch_err ch_registry_enrol(const char *dir, ch_span roster, const char **why);

typedef struct {
	uint64_t from, to; /* entries before and after; what was said between them is lost */
	unsigned n_silent; /* witnesses that were not reached */
} ch_registry_restored;

/* After a restored backup: take the register forward to the checkpoint of a copy of its log, a
 * folder or the address of one (c2sp.org/tlog-tiles). If anything was missing the registry takes
 * no more statements afterwards (file `restored`). CONFLICT: it runs, the copy is older than what
 * is here or elsewhere, or contradicts it. ABSENT, NET, FORMAT, AUTH: no sound copy. Then nothing
 * was changed. */
CH_MUST_USE ch_err ch_registry_restore(ch_registry_restored *out, const char *dir,
    const char *from, const char **why);

typedef struct {
	char name[256];
	uint64_t size; /* the largest it cosigned; 0: none */
	int64_t time;  /* when, by its clock */
} ch_registry_witness;

typedef struct {
	char origin[256];
	char vkey[400], cosigner[420];
	uint64_t size, open, disk; /* leaves; submissions without end; bytes of the folder */
	ch_hash root;
	bool exercise, running;
	size_t n_witnesses;                /* of its policy */
	ch_registry_witness witness[24];
} ch_registry_facts;

CH_MUST_USE ch_err ch_registry_status(ch_registry_facts *out, const char *dir,
    const char **why);

#endif
