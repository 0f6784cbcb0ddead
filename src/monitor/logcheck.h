/*
 * Checking a log of any make (c2sp.org/tlog-tiles), at an address or in a folder: every entry
 * bundle hashes to its tile, every tile to the one above, all of them to the root of the signed
 * checkpoint, and the tree known before is a prefix of the new one.
 */
#ifndef CH_LOGCHECK_H
#define CH_LOGCHECK_H

#include "checkpoint.h"
#include "place.h"
#include "policy.h"
#include "problem.h"
#include "tile.h"

#define CH_LOG_LEVELS 8
#define CH_LOG_NOTE_MAX 65536u
#define CH_LOG_BUNDLE_MAX ((size_t)CH_TILE_WIDTH * (2 + CH_ENTRY_MAX))

/* The unfinished tile of each level: (size >> 8k) % 256 hashes count. */
struct ch_log_edge {
	uint64_t size;
	ch_hash h[CH_LOG_LEVELS][CH_TILE_WIDTH];
};

/* Large: on the heap, and it must not move. */
struct ch_log {
	struct ch_place place;
	ch_vkey key;
	const ch_policy *policy; /* whose quorum must have cosigned; NULL: none asked */
	const ch_policy *clock;  /* whose cosignatures date the checkpoint; NULL: nobody's */
	/* Instead of the place: a source of the same paths. Nothing for a tile of hashes: it
	 * is not kept, and follows from what lies below. */
	ch_err (*source)(void *ctx, struct ch_buf *out, const char *path);
	void *source_ctx;
	/* After each bundle; not CH_OK: stop, and answer it. May be NULL. */
	ch_err (*on_step)(void *ctx, const struct ch_log *l, uint64_t to);
	void *on_step_ctx;
	const char *copy;        /* folder that gets what was verified; NULL: none    */
	struct ch_log_edge edge, next;
	struct ch_buf body, note; /* note: the last verified checkpoint, whole; empty before */
	uint64_t entries, files;  /* checked by this run */
	uint64_t when;            /* of the newest checkpoint, by `clock`; 0: it has none  */
};

/*
 *   vkey   the log's verifier key; must outlive `l`
 * FORMAT: no verifier key, or no usable address        Close in any case.
 */
CH_MUST_USE ch_err ch_log_open(struct ch_log *l, const char *where, const char *vkey,
    struct ch_problem *why);
void ch_log_close(struct ch_log *l);

/* Go on where a state file ended; none is CH_OK. AUTH: it does not fit the key, or is damaged. */
CH_MUST_USE ch_err ch_log_resume(struct ch_log *l, const char *path, struct ch_problem *why);
/* Replace the state file. */
CH_MUST_USE ch_err ch_log_keep(const struct ch_log *l, const char *path, struct ch_problem *why);
/* The same for a check under way, within on_step: what was checked has no signed root yet. */
CH_MUST_USE ch_err ch_log_resume_part(struct ch_log *l, const char *path, struct ch_problem *why);
CH_MUST_USE ch_err ch_log_keep_part(const struct ch_log *l, const char *path,
    struct ch_problem *why);

/* The two kinds of file, pure: TRUNCATED, FORMAT, LIMIT, and all is zero. `log`: SHA-256 of the
 * vkey; AUTH also: of another log, or not as it was written. */
void ch_log_state_put(struct ch_wr *w, const struct ch_log_edge *edge, ch_span note);
CH_MUST_USE ch_err ch_log_state_take(struct ch_log_edge *edge, ch_span *note, ch_span in);
void ch_log_part_put(struct ch_wr *w, const struct ch_log_edge *edge, const ch_hash *log);
CH_MUST_USE ch_err ch_log_part_take(struct ch_log_edge *edge, ch_span in, const ch_hash *log);

/*
 * Fetch the checkpoint and check all that came since the last one.
 * CONFLICT: it shrank or forked; the offending note is in l->body
 * AUTH: a signature, a bundle or a tile is wrong; the sentence names it
 * ABSENT: a file is missing, or the quorum is        NET, IO: repeat
 */
CH_MUST_USE ch_err ch_log_check(struct ch_log *l, struct ch_problem *why);

/*
 * After CONFLICT: write the file that shows a split view by the last verified checkpoint and
 * another (split_file.h), as far as the log's tiles, or those of the copy, allow it. ABSENT …: none
 * can be made
 */
CH_MUST_USE ch_err ch_log_split(struct ch_log *l, const char *path, ch_span theirs);

/* An entry of a log: by its place, or by what it is. */
typedef struct {
	bool by_leaf;
	uint64_t index;  /* unless by_leaf                                                   */
	ch_hash leaf[2]; /* either: an entry of 32 bytes and the hash of a leaf look the same */
} ch_log_which;

/* Where it was found. */
typedef struct {
	uint64_t index, size;
	ch_hash leaf;
} ch_log_place;

/*
 * The tlog-proof of an entry under the log's newest checkpoint, verified. Of several that are alike
 * the first.
 * ABSENT: the log has none such, or its checkpoint not the quorum; else as ch_log_check()
 */
CH_MUST_USE ch_err ch_log_prove(struct ch_buf *out, ch_log_place *at, struct ch_log *l,
    const ch_log_which *which, struct ch_problem *why);

/* Below: for the files of this floor only. The root of what is known. */
CH_MUST_USE ch_err ch_log_edge_root(ch_hash *out, struct ch_log_edge *edge);
/* Fetch and open the checkpoint; `text`, empty and of room for CH_LOG_NOTE_MAX, holds it. CONFLICT:
 * it shrank */
CH_MUST_USE ch_err ch_log_head(ch_checkpoint *cp, struct ch_log *l, struct ch_buf *text,
    struct ch_problem *why);
/* One file of the log into l->body. */
CH_MUST_USE ch_err ch_log_get(struct ch_log *l, const char *path, struct ch_problem *why);
/* A hint that this tile or bundle will be asked for soon. */
void ch_log_ahead(struct ch_log *l, const ch_tile *t);
/* A tile or bundle into l->body, cut from the full one where the log no longer keeps it; `path` is
 * what it is called. */
CH_MUST_USE ch_err ch_log_get_tile(struct ch_log *l, char path[CH_TILE_PATH_MAX + 1],
    const ch_tile *t, struct ch_problem *why);
/* What is in l->body, or other bytes, under the same path of the copy, if there is one. */
CH_MUST_USE ch_err ch_log_copy(const struct ch_log *l, const char *path, ch_span bytes,
    struct ch_problem *why);

#endif
