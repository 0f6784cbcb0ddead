/*
 * The register: entries, tree, tiles, checkpoints, in the order of writes that nothing may change:
 * entries and signed checkpoint durable in one transaction, then the checkpoint published with all
 * below it servable, then answers. Full tiles go to a thread (tiler.h) and are served from memory
 * until they are files; partial tiles are prefixes of the edge kept here and never stored. What
 * the database holds of raw entries is let go once their bundles are durable files.
 *
 * Every function passes faults up; after one (FULL apart) the program stops.
 */
#ifndef CH_REGISTER_H
#define CH_REGISTER_H

#include "folder.h"
#include "recent.h"
#include "seen.h"
#include "store.h"
#include "tiler.h"

#define CH_REGISTER_LEVELS 8 /* of tiles: sizes below 2^56 */
/* Log's and cosigner's lines take some 500; room for ML-DSA-44's of both, 3,300 each in base64. */
#define CH_REGISTER_NOTE_MAX 8192
#define CH_REGISTER_LATE_MAX 2048u /* tiles in memory, 18 MB: more, and appends have to wait */
/* Nor may what the index of older entries has not yet taken in outgrow the recent ones, less what
 * a turn may add: an entry in neither could get a second place. */
#define CH_REGISTER_UNSEEN_MAX (CH_RECENT_MANY - 32768u)

#define CH_REGISTER_NODES 8192u

/* A complete subtree, worked out before. */
struct ch_register_node {
	bool known;
	uint8_t level;
	uint64_t index;
	ch_hash hash;
};

struct ch_register {
	struct ch_store *store;             /* borrowed */
	const struct ch_folder *folder;     /* borrowed */
	struct ch_tiler tiler;
	struct ch_recent *recent;
	struct ch_seen *seen;
	struct ch_frontier done, next;      /* as published; with the batch at hand */
	uint64_t tiled;                     /* full tiles are durable files up to this size */
	uint64_t seen_to;                   /* the index of older entries is whole up to here */
	bool seen_near;                     /* it was near once, not still to be made anew */
	uint64_t dropped;                   /* raw rows below were let go */
	bool full;                          /* tiles wait for room on the disk */
	bool sealed;                        /* `next` is signed in this transaction */
	struct ch_buf entries, leaves, salts; /* of the batch: ch_hash each; raw ones: salt zero */
	uint64_t batch;                     /* where the published one of them began */
	uint64_t run, n_run;                /* raw ones at its end without a row: first, how many */
	ch_hash root;                       /* of done */
	size_t n_note, n_next_note;
	uint8_t note[CH_REGISTER_NOTE_MAX]; /* the published checkpoint */
	uint8_t next_note[CH_REGISTER_NOTE_MAX];
	unsigned n_edge[CH_REGISTER_LEVELS];
	ch_hash edge[CH_REGISTER_LEVELS][CH_TILE_WIDTH];
	ch_hash entry[CH_TILE_WIDTH];       /* of the edge's bundle */
	uint8_t room[CH_TILE_BYTES + 2 * CH_TILE_WIDTH]; /* a tile or bundle at hand */
	struct ch_register_node node[CH_REGISTER_NODES];
};

/*
 * Take up where the store left off: write missing tiles, recompute edge and root from tiles and
 * entries, compare with what was signed. A new register signs its empty tree.
 * CONFLICT: they differ, nothing may be signed    FULL: tiles cannot be written yet
 */
CH_MUST_USE ch_err ch_register_open(struct ch_register *g, struct ch_store *store,
    const struct ch_folder *folder, int64_t now);
/* Write the tiles that are due, and let go of all. Accepts a zeroed struct. A fault that the tiles
 * met is answered; the next start writes them. */
ch_err ch_register_close(struct ch_register *g);

/*
 * Within a transaction: one more entry for the text of a statement's note, and its row.
 *   about   the index of the submission that it is about, or NULL
 */
CH_MUST_USE ch_err ch_register_add(uint64_t *index, struct ch_register *g, ch_kind kind,
    ch_span note, ch_span text, const uint64_t *about);
/* The same for a note that is not signed yet: the row but for its note, for the caller to add in
 * the same transaction. */
CH_MUST_USE ch_err ch_register_place(ch_row_entry *row, struct ch_register *g, ch_kind kind,
    ch_span text, const uint64_t *about);
/*
 * Within a transaction: raw entries, salted commitments of 32 bytes. One that is there already
 * gets its old index, also within the same call (see recent.h and seen.h).
 *   index   n places
 */
CH_MUST_USE ch_err ch_register_append(uint64_t *index, struct ch_register *g,
    const ch_hash *entry, size_t n);
/* Too many tiles wait for the disk, or entries for the index: appends should come again. */
bool ch_register_is_behind(const struct ch_register *g);
/* Within the transaction, at its end: sign and persist the new checkpoint, if it grew. */
CH_MUST_USE ch_err ch_register_seal(struct ch_register *g, int64_t now);
/* After the commit. NOMEM: durable but not published; call again. */
CH_MUST_USE ch_err ch_register_publish(struct ch_register *g);
/* After a rollback. */
void ch_register_forget(struct ch_register *g);
/* Now and then: how far the tiles are. A fault: one could not be written. */
CH_MUST_USE ch_err ch_register_look(struct ch_register *g);

/* Our own cosignature line over a checkpoint's text. */
CH_MUST_USE ch_err ch_register_cosign(struct ch_wr *w, const struct ch_register *g, ch_span text,
    int64_t now);

static inline ch_span ch_register_checkpoint(const struct ch_register *g)
{
	return ch_span_of(g->note, g->n_note);
}

/* Between batches: the salt of a statement of the newest one. False: it is an older one. */
bool ch_register_salt(ch_hash *out, const struct ch_register *g, uint64_t index);

/* A tlog-proof of entry `index` with its salt (NULL: a raw one), under a published checkpoint. */
CH_MUST_USE ch_err ch_register_prove(struct ch_wr *w, struct ch_register *g, uint64_t index,
    const ch_hash *salt, uint64_t size, ch_span checkpoint);

/* The root at a size that is published, and a proof between two of them (none from 0). ABSENT: not
 * published, or from > to. */
CH_MUST_USE ch_err ch_register_root(ch_hash *out, struct ch_register *g, uint64_t size);
CH_MUST_USE ch_err ch_register_consist(ch_hash proof[CH_MERKLE_PROOF_MAX], size_t *n,
    struct ch_register *g, uint64_t from, uint64_t to);
/* A ch_tile_fetch whose ctx is a struct ch_register. */
CH_MUST_USE ch_err ch_register_fetch(void *ctx, const ch_tile *tile, ch_span *out);

/* The bytes of a tile or bundle that is not yet a file, as far as it is published: a full one on
 * its way to the disk, or the edge. False: it is a file. */
bool ch_register_put_tile(struct ch_wr *w, const struct ch_register *g, const ch_tile *tile);

/* register_tiles.c: */

/* As many hashes or entries of the edge as the tile is wide. */
void ch_register_put_edge(struct ch_wr *w, const struct ch_register *g, const ch_tile *tile);

/* At the start: write the full tiles that entries of the database complete, and flush. */
CH_MUST_USE ch_err ch_register_write_tiles(struct ch_register *g, uint64_t to);
/* The root of the 256 hashes of a full tile on disk. */
CH_MUST_USE ch_err ch_register_tile_root(ch_hash *out, const struct ch_folder *folder,
    unsigned level, uint64_t index);
/* Entries of a full bundle on disk. */
CH_MUST_USE ch_err ch_register_bundle(ch_hash entry[CH_TILE_WIDTH],
    const struct ch_folder *folder, uint64_t index);

#endif
