/*
 * The register: entries, tree, tiles, checkpoints, in the order of writes that nothing may change:
 * entries and signed checkpoint durable in one transaction, then full tiles as files, then the
 * checkpoint published, then answers. Partial tiles are prefixes of the edge kept here.
 *
 * Every function passes faults up; after one (FULL apart) the program stops.
 */
#ifndef CH_REGISTER_H
#define CH_REGISTER_H

#include "folder.h"
#include "store.h"
#include "tile.h"

#define CH_REGISTER_LEVELS 8 /* of tiles: sizes below 2^56 */
#define CH_REGISTER_NOTE_MAX 2048

struct ch_register {
	struct ch_store *store;             /* borrowed */
	const struct ch_folder *folder;     /* borrowed */
	struct ch_frontier done, next;      /* as published; with the batch at hand */
	uint64_t tiled;                     /* full tiles are files up to this size */
	bool sealed;                        /* `next` is signed in this transaction */
	ch_hash root;                       /* of done */
	size_t n_note, n_next_note;
	uint8_t note[CH_REGISTER_NOTE_MAX]; /* the published checkpoint */
	uint8_t next_note[CH_REGISTER_NOTE_MAX];
	unsigned n_edge[CH_REGISTER_LEVELS];
	ch_hash edge[CH_REGISTER_LEVELS][CH_TILE_WIDTH];
	ch_hash entry[CH_TILE_WIDTH];       /* of the edge's bundle */
	uint8_t room[CH_TILE_BYTES + 2 * CH_TILE_WIDTH]; /* a tile or bundle at hand */
};

/*
 * Take up where the store left off: write missing tiles, recompute edge and root from tiles and
 * entries, compare with what was signed. A new register signs its empty tree.
 * CONFLICT: they differ, nothing may be signed    FULL: tiles cannot be written yet
 */
CH_MUST_USE ch_err ch_register_open(struct ch_register *g, struct ch_store *store,
    const struct ch_folder *folder, int64_t now);

/*
 * Within a transaction: one more entry for the text of a statement's note.
 *   l   the L it is about, or NULL
 */
CH_MUST_USE ch_err ch_register_add(uint64_t *index, struct ch_register *g, ch_kind kind,
    ch_span note, ch_span text, const ch_hash *l);
/* Within the transaction, at its end: sign and persist the new checkpoint, if it grew. */
CH_MUST_USE ch_err ch_register_seal(struct ch_register *g, int64_t now);
/* After the commit: tiles, then publish. FULL: durable but not published; call again. */
CH_MUST_USE ch_err ch_register_publish(struct ch_register *g);
/* After a rollback. */
void ch_register_forget(struct ch_register *g);

/* Our own cosignature line over a checkpoint's text. */
CH_MUST_USE ch_err ch_register_cosign(struct ch_wr *w, const struct ch_register *g, ch_span text,
    int64_t now);

static inline ch_span ch_register_checkpoint(const struct ch_register *g)
{
	return ch_span_of(g->note, g->n_note);
}

/* A tlog-proof of entry `index` with its salt, under a published checkpoint. */
CH_MUST_USE ch_err ch_register_prove(struct ch_wr *w, struct ch_register *g, uint64_t index,
    const ch_hash *salt, uint64_t size, ch_span checkpoint);

/* Where a full tile or bundle lies. */
CH_MUST_USE ch_err ch_register_tile_path(char out[CH_PATH_MAX], const struct ch_folder *folder,
    const ch_tile *tile);
/* The bytes of a tile of the edge, as far as it is published. */
void ch_register_put_edge(struct ch_wr *w, const struct ch_register *g, const ch_tile *tile);

/* register_tiles.c: write the full tiles that sizes up to `to` complete. */
CH_MUST_USE ch_err ch_register_write_tiles(struct ch_register *g, uint64_t to);
/* The root of the 256 hashes of a full tile on disk. */
CH_MUST_USE ch_err ch_register_tile_root(ch_hash *out, const struct ch_folder *folder,
    unsigned level, uint64_t index);

#endif
