/* Tiles: full ones as files, the edge from memory. */
#include "dir.h"
#include "register.h"

#define CH_TILE_FOLDER 1000u /* tiles of one folder: `x001/234` */

static ch_err lay(struct ch_register *g, struct ch_late *l, const ch_tile *tile)
{
	l->tile = *tile;
	return ch_tile_lay(g->folder, l);
}

/* A folder that is written to: what a crash left unfinished lies in those. */
static ch_err sweep(const struct ch_register *g, unsigned level, bool entries, uint64_t index)
{
	ch_tile t = { .level = (uint8_t)level, .entries = entries, .width = CH_TILE_WIDTH,
		.index = index };
	char path[CH_PATH_MAX];
	ch_err e = ch_tile_file(path, g->folder, &t);

	return e == CH_OK ? ch_dir_sweep_above(path) : e;
}

static ch_err sweep_all(const struct ch_register *g, uint64_t to)
{
	for (unsigned level = 0; level < CH_REGISTER_LEVELS - 1; level++) {
		uint64_t i = g->tiled >> (8 * (level + 1));
		uint64_t n = to >> (8 * (level + 1));
		ch_err e;

		for (; i < n; i = (i / CH_TILE_FOLDER + 1) * CH_TILE_FOLDER) {
			if ((e = sweep(g, level, false, i)) != CH_OK ||
			    (level == 0 && (e = sweep(g, level, true, i)) != CH_OK))
				return e;
		}
	}
	return CH_OK;
}

static ch_err write_leaves(struct ch_register *g, struct ch_late *l, uint64_t index)
{
	ch_hash entry[CH_TILE_WIDTH], leaf;
	struct ch_wr w = ch_wr_of(l->bytes, sizeof l->bytes);
	ch_tile t = { .entries = true, .width = CH_TILE_WIDTH, .index = index };
	ch_err e = ch_store_entries(entry, g->store, index * CH_TILE_WIDTH, CH_TILE_WIDTH);

	for (size_t i = 0; i < CH_TILE_WIDTH; i++)
		ch_bundle_put(&w, ch_span_of(entry[i].b, sizeof entry[i].b));
	l->n = w.n;
	if (e != CH_OK || (e = ch_wr_done(&w)) != CH_OK || (e = lay(g, l, &t)) != CH_OK)
		return e;
	w = ch_wr_of(l->bytes, sizeof l->bytes);
	for (size_t i = 0; i < CH_TILE_WIDTH; i++) {
		ch_merkle_leaf(&leaf, ch_span_of(entry[i].b, sizeof entry[i].b));
		ch_wr_put(&w, ch_span_of(leaf.b, sizeof leaf.b));
	}
	l->n = w.n;
	t.entries = false;
	return lay(g, l, &t);
}

ch_err ch_register_tile_root(ch_hash *out, const struct ch_folder *folder, unsigned level,
    uint64_t index)
{
	ch_hash h[CH_TILE_WIDTH];
	ch_tile t = { .level = (uint8_t)level, .width = CH_TILE_WIDTH, .index = index };
	char path[CH_PATH_MAX];
	size_t n;
	ch_err e;

	memset(out, 0, sizeof *out);
	if ((e = ch_tile_file(path, folder, &t)) != CH_OK ||
	    (e = ch_file_read_into((uint8_t *)h, &n, sizeof h, path)) != CH_OK)
		return e;
	if (n != sizeof h)
		return CH_E_FORMAT;
	ch_merkle_root(out, h, CH_TILE_WIDTH);
	return CH_OK;
}

ch_err ch_register_bundle(ch_hash entry[CH_TILE_WIDTH], const struct ch_folder *folder,
    uint64_t index)
{
	uint8_t room[CH_TILE_BYTES + 2 * CH_TILE_WIDTH];
	ch_tile t = { .entries = true, .width = CH_TILE_WIDTH, .index = index };
	char path[CH_PATH_MAX];
	struct ch_rd r;
	size_t n;
	ch_err e;

	if ((e = ch_tile_file(path, folder, &t)) != CH_OK ||
	    (e = ch_file_read_into(room, &n, sizeof room, path)) != CH_OK)
		return e;
	r = ch_rd_of(ch_span_of(room, n));
	for (unsigned i = 0; i < CH_TILE_WIDTH; i++) {
		ch_span one = ch_bundle_next(&r);

		if (one.n != sizeof entry[i].b)
			return CH_E_FORMAT;
		memcpy(entry[i].b, one.p, sizeof entry[i].b);
	}
	return ch_rd_done(&r);
}

static ch_err write_nodes(struct ch_register *g, struct ch_late *l, unsigned level,
    uint64_t index)
{
	ch_tile t = { .level = (uint8_t)level, .width = CH_TILE_WIDTH, .index = index };
	struct ch_wr w = ch_wr_of(l->bytes, sizeof l->bytes);
	ch_hash h;
	ch_err e;

	for (unsigned i = 0; i < CH_TILE_WIDTH; i++) {
		if ((e = ch_register_tile_root(&h, g->folder, level - 1,
			 index * CH_TILE_WIDTH + i)) != CH_OK)
			return e;
		ch_wr_put(&w, ch_span_of(h.b, sizeof h.b));
	}
	l->n = w.n;
	return lay(g, l, &t);
}

static ch_err write_all(struct ch_register *g, struct ch_late *l, uint64_t to)
{
	uint64_t from = g->tiled;
	ch_err e = CH_OK;

	for (uint64_t i = from >> 8; i < to >> 8; i++)
		if ((e = write_leaves(g, l, i)) != CH_OK)
			return e;
	for (unsigned level = 1; level < CH_REGISTER_LEVELS - 1; level++)
		for (uint64_t i = from >> (8 * (level + 1)); i < to >> (8 * (level + 1)); i++)
			if ((e = write_nodes(g, l, level, i)) != CH_OK)
				return e;
	return CH_OK;
}

ch_err ch_register_write_tiles(struct ch_register *g, uint64_t to)
{
	struct ch_late *l;
	struct ch_flush flush;
	char path[CH_PATH_MAX];
	ch_err e;

	if (g->tiled >> 8 == to >> 8)
		return CH_OK;
	if (!(l = ch_alloc(sizeof *l)))
		return CH_E_NOMEM;
	if ((e = ch_path(path, "%s/tiles", g->folder->dir)) == CH_OK &&
	    (e = ch_dir_make(path)) == CH_OK && (e = ch_flush_open(&flush, path)) == CH_OK) {
		if ((e = sweep_all(g, to)) == CH_OK && (e = write_all(g, l, to)) == CH_OK &&
		    (e = ch_flush(&flush)) == CH_OK)
			g->tiled = to & ~(uint64_t)255;
		ch_flush_close(&flush);
	}
	ch_free(l, sizeof *l);
	return e;
}

void ch_register_put_edge(struct ch_wr *w, const struct ch_register *g, const ch_tile *tile)
{
	for (unsigned i = 0; i < tile->width; i++) {
		if (tile->entries)
			ch_bundle_put(w, ch_span_of(g->entry[i].b, sizeof g->entry[i].b));
		else
			ch_wr_put(w, ch_span_of(g->edge[tile->level][i].b, 32));
	}
}

bool ch_register_put_tile(struct ch_wr *w, const struct ch_register *g, const ch_tile *tile)
{
	const struct ch_late *l;

	if (ch_tile_width(g->done.size, tile->level, tile->index) < CH_TILE_WIDTH) {
		ch_register_put_edge(w, g, tile);
		return true;
	}
	if (!(l = ch_tiler_find(&g->tiler, tile)))
		return false;
	ch_wr_put(w, ch_span_of(l->bytes, (size_t)tile->width * (tile->entries ? 34u : 32u)));
	return true;
}

ch_err ch_register_fetch(void *ctx, const ch_tile *tile, ch_span *out)
{
	struct ch_register *g = ctx;
	ch_tile full = *tile;
	struct ch_wr w = ch_wr_of(g->room, sizeof g->room);
	char path[CH_PATH_MAX];
	size_t n;
	ch_err e;

	*out = (ch_span){ 0 };
	/* As wide as it is today: a checkpoint of the past saw less of it. */
	full.width = (uint16_t)ch_tile_width(g->done.size, tile->level, tile->index);
	if (ch_register_put_tile(&w, g, &full)) {
		if ((e = ch_wr_done(&w)) != CH_OK)
			return e;
		n = w.n;
	} else if ((e = ch_tile_file(path, g->folder, &full)) != CH_OK ||
	    (e = ch_file_read_into(g->room, &n, sizeof g->room, path)) != CH_OK) {
		return e;
	}
	*out = ch_span_of(g->room, n);
	return CH_OK;
}
