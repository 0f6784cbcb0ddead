/*
 * Inside chancery-verify: floors F0 to F2, their verdicts in words, stdio and the names in a
 * folder. No network, no database, no allocation: every buffer is static and bounded.
 */
#ifndef CH_VERIFY_H
#define CH_VERIFY_H

#include <stdio.h>

#include "tile.h"
#include "verdict.h"

#define CH_VERIFY_POOL ((size_t)24 << 20) /* the bytes of one item */
#define CH_VERIFY_PATH 4096u
#define CH_VERIFY_ITEMS_MAX 1024u

/* The exit codes of both programs (doc/decisions.md). */
enum { CH_EXIT_PROVEN = 0, CH_EXIT_NOT = 1, CH_EXIT_INPUT = 2, CH_EXIT_FAULT = 5 };

struct ch_verify {
	bool brief;                        /* with quiet: one sentence all the same */
	bool json, exercise_ok, own_trust; /* own_trust: the keys are the folder's own */
	bool has_trust;
	const ch_trust *trust;
	bool has_entry;
	ch_span entry;                     /* of --entry, in the pool */
	struct ch_tell out;                /* standard output */
	unsigned n_items;                  /* said so far, for JSON's commas */
};

/* A pack, or a folder's files under the names of parts. */
struct ch_verify_item {
	const char *path;
	struct ch_verdict verdict;
};

/* What the folder's chronology needs to know. */
struct ch_verify_place {
	bool has_index;
	uint64_t index;
	ch_hash paper, registry; /* registry: hash of its origin */
	bool proven, exercise;
};

/* ---- verify_read.c: errors are said there, in one line; false then ---- */
void ch_verify_pool_clear(size_t keep);
size_t ch_verify_pool_used(void);
bool ch_verify_read(ch_span *out, const char *path, size_t max);
bool ch_verify_is_dir(const char *path, bool *is_dir);
/* Names in a folder, sorted; pointers live until the next call. */
bool ch_verify_list(const char *const **names, size_t *n, const char *dir);
bool ch_verify_join(char out[CH_VERIFY_PATH], const char *dir, const char *name);
/* A pack, read or to be read; or a folder that is a record. */
bool ch_verify_take_pack(struct ch_verify_item *it, const char *path, ch_span in);
bool ch_verify_open_pack(struct ch_verify_item *it, const char *path);
bool ch_verify_open_record_dir(struct ch_verify_item *it, const char *dir);
/* `chancery-verify: <path>: <what>; <what to do>` on standard error. */
void ch_verify_complain(const char *path, const char *what, const char *advice);

/* ---- judging and saying one item; the exit code ---- */
int ch_verify_item(struct ch_verify *v, struct ch_verify_item *it,
    struct ch_verify_place *place, bool quiet);
/* A tlog-proof, by its first line; judged for v->entry. */
bool ch_verify_is_proof(ch_span in);
int ch_verify_proof(struct ch_verify *v, const char *path, ch_span in);
int ch_verify_folder(struct ch_verify *v, const char *dir);

#endif
