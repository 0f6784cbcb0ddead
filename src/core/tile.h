/*
 * Tiles and entry bundles (c2sp.org/tlog-tiles). A tile holds up to 256 hashes, 32 bytes each,
 * of tree level 8 * level; a partial tile is a prefix of the full one.
 */
#ifndef CH_TILE_H
#define CH_TILE_H

#include "merkle.h"
#include "rd.h"
#include "wr.h"

#define CH_TILE_WIDTH 256
#define CH_TILE_BYTES (CH_TILE_WIDTH * 32)
#define CH_TILE_LEVEL_MAX 63
#define CH_TILE_INDEX_MAX (((uint64_t)1 << 56) - 1)
#define CH_TILE_PATH_MAX 64
#define CH_ENTRY_MAX 65535

typedef struct {
	bool entries;   /* an entry bundle; level is then 0 */
	uint8_t level;  /* 0 to 63                          */
	uint16_t width; /* 1 to 256; below 256 is partial   */
	uint64_t index;
} ch_tile;

/* `tile/<L>/x001/234[.p/<W>]` or `tile/entries/...`, no slash before it. FORMAT, LIMIT */
CH_MUST_USE ch_err ch_tile_parse(ch_tile *out, ch_span path);
void ch_tile_put(struct ch_wr *w, const ch_tile *tile);

/* How wide the tile of this level and index is in a tree of `size` leaves: 0 to 256. */
unsigned ch_tile_width(uint64_t size, unsigned level, uint64_t index);

/*
 * Nodes of a tree of `size` leaves, read from its tiles. `fetch` gives the bytes of a tile, valid
 * until its next call: at least 32 * width of them (a full tile may stand for a partial one).
 */
typedef ch_err (*ch_tile_fetch)(void *ctx, const ch_tile *tile, ch_span *out);
struct ch_tile_reader {
	uint64_t size;
	ch_tile_fetch fetch;
	void *ctx;
};

/*
 * A ch_merkle_fetch whose ctx is a struct ch_tile_reader.
 * ABSENT: no such complete node        FORMAT: the tile is too short
 */
CH_MUST_USE ch_err ch_tile_node(void *reader, unsigned level, uint64_t index, ch_hash *out);

/*
 * The tiles that a log of `to` leaves serves and one of `from` leaves did not: entry bundles
 * first, then hash tiles level by level. from <= to.
 */
struct ch_tile_walk {
	uint64_t from, to, index;
	unsigned level;
	bool entries;
};
void ch_tile_walk_init(struct ch_tile_walk *w, uint64_t from, uint64_t to);
/* False when there are no more. */
bool ch_tile_walk_next(ch_tile *out, struct ch_tile_walk *w);

/* One entry of a bundle, from a reader over the bundle: 2 bytes big-endian length, bytes. */
ch_span ch_bundle_next(struct ch_rd *r);
/* LIMIT sticks above CH_ENTRY_MAX bytes. */
void ch_bundle_put(struct ch_wr *w, ch_span entry);

/*
 * The leaf hashes of a bundle of exactly n entries (1 to 256).
 *   leaves   n hashes; zero on error
 */
CH_MUST_USE ch_err ch_bundle_leaves(ch_hash *leaves, size_t n, ch_span bundle);

#endif
