/* Proofs out of tiles, for the two files of the watch only. */
#ifndef CH_WATCH_TILES_H
#define CH_WATCH_TILES_H

#include "tile.h"
#include "watch.h"

/*
 * Prove from tiles that the smaller of two trees is a prefix of the larger.
 * CONFLICT: it is not (or equal sizes with two roots)        NET, ABSENT: tiles not to be had
 */
CH_MUST_USE ch_err ch_watch_consistent(struct ch_watch *w, uint64_t size1, const ch_hash *root1,
    uint64_t size2, const ch_hash *root2, struct ch_problem *why);

/* The inclusion proof of a leaf in a tree, verified. AUTH: it is not there. */
CH_MUST_USE ch_err ch_watch_include(ch_hash proof[CH_MERKLE_PROOF_MAX], size_t *n,
    struct ch_watch *w, uint64_t index, const ch_hash *leaf, uint64_t size, const ch_hash *root,
    struct ch_problem *why);

/* Write the file that shows a split view by our checkpoint and another, as far as the register's
 * tiles allow it. ABSENT …: none can be made (split_file.h). */
CH_MUST_USE ch_err ch_watch_split(struct ch_watch *w, const char *path, ch_span theirs);

#endif
