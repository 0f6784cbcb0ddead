/* Tiles: full ones as files, the edge from memory, proofs from both. */
#include "proof.h"
#include "register.h"

ch_err ch_register_tile_path(char out[CH_PATH_MAX], const struct ch_folder *folder,
    const ch_tile *tile)
{
	uint8_t name[CH_TILE_PATH_MAX + 1];
	struct ch_wr w = ch_wr_of(name, CH_TILE_PATH_MAX);
	ch_err e;

	memset(name, 0, sizeof name);
	ch_tile_put(&w, tile);
	if ((e = ch_wr_done(&w)) != CH_OK)
		return e;
	/* `tile/0/x001/234` lies in `tiles/0/x001/234` */
	return ch_path(out, "%s/tiles/%s", folder->dir, (const char *)name + 5);
}

/* CONFLICT: the file holds other bytes. */
static ch_err compare(const char *path, ch_span bytes)
{
	uint8_t have[1024];
	struct ch_infile f = { 0 };
	struct ch_rd r = ch_rd_of(bytes);
	size_t n = sizeof have;
	ch_err e = ch_infile_open(&f, path);

	if (e == CH_OK && f.size != bytes.n)
		e = CH_E_CONFLICT;
	while (e == CH_OK && n == sizeof have) {
		e = ch_infile_read(have, &n, &f, sizeof have);
		if (e == CH_OK && !ch_span_eq(ch_rd_take(&r, n), ch_span_of(have, n)))
			e = CH_E_CONFLICT;
	}
	ch_infile_close(&f);
	return e;
}

/* A file that is written once: there already with the same bytes is fine, with others it is not. */
static ch_err write_once(const char *path, ch_span bytes)
{
	char dir[CH_PATH_MAX];
	char *slash;
	ch_err e = ch_path(dir, "%s", path);

	if (e != CH_OK)
		return e;
	if (!(slash = strrchr(dir, '/')))
		return CH_E_INTERNAL;
	*slash = 0;
	if ((e = ch_dir_make(dir)) != CH_OK)
		return e;
	if ((e = ch_file_create(path, bytes, 0644)) != CH_E_CONFLICT)
		return e;
	return compare(path, bytes);
}

static ch_err write_leaves(struct ch_register *g, uint64_t index)
{
	ch_hash entry[CH_TILE_WIDTH], leaf;
	struct ch_wr w = ch_wr_of(g->room, sizeof g->room);
	ch_tile t = { .entries = true, .width = CH_TILE_WIDTH, .index = index };
	char path[CH_PATH_MAX];
	ch_err e = ch_store_entries(entry, g->store, index * CH_TILE_WIDTH, CH_TILE_WIDTH);

	for (size_t i = 0; i < CH_TILE_WIDTH; i++)
		ch_bundle_put(&w, ch_span_of(entry[i].b, sizeof entry[i].b));
	if (e != CH_OK || (e = ch_wr_done(&w)) != CH_OK ||
	    (e = ch_register_tile_path(path, g->folder, &t)) != CH_OK ||
	    (e = write_once(path, ch_wr_span(&w))) != CH_OK)
		return e;
	for (size_t i = 0; i < CH_TILE_WIDTH; i++) {
		ch_merkle_leaf(&leaf, ch_span_of(entry[i].b, sizeof entry[i].b));
		entry[i] = leaf;
	}
	t.entries = false;
	if ((e = ch_register_tile_path(path, g->folder, &t)) != CH_OK)
		return e;
	return write_once(path, ch_span_of(entry, sizeof entry));
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
	if ((e = ch_register_tile_path(path, folder, &t)) != CH_OK ||
	    (e = ch_file_read_into((uint8_t *)h, &n, sizeof h, path)) != CH_OK)
		return e;
	if (n != sizeof h)
		return CH_E_FORMAT;
	ch_merkle_root(out, h, CH_TILE_WIDTH);
	return CH_OK;
}

static ch_err write_nodes(struct ch_register *g, unsigned level, uint64_t index)
{
	ch_hash h[CH_TILE_WIDTH];
	ch_tile t = { .level = (uint8_t)level, .width = CH_TILE_WIDTH, .index = index };
	char path[CH_PATH_MAX];
	ch_err e;

	for (unsigned i = 0; i < CH_TILE_WIDTH; i++)
		if ((e = ch_register_tile_root(&h[i], g->folder, level - 1,
			 index * CH_TILE_WIDTH + i)) != CH_OK)
			return e;
	if ((e = ch_register_tile_path(path, g->folder, &t)) != CH_OK)
		return e;
	return write_once(path, ch_span_of(h, sizeof h));
}

ch_err ch_register_write_tiles(struct ch_register *g, uint64_t to)
{
	uint64_t from = g->tiled;
	ch_err e = CH_OK;

	for (uint64_t i = from >> 8; i < to >> 8; i++)
		if ((e = write_leaves(g, i)) != CH_OK)
			return e;
	for (unsigned level = 1; level < CH_REGISTER_LEVELS - 1; level++)
		for (uint64_t i = from >> (8 * (level + 1)); i < to >> (8 * (level + 1)); i++)
			if ((e = write_nodes(g, level, i)) != CH_OK)
				return e;
	g->tiled = to; /* durable with the next batch; until then written anew, same bytes */
	return CH_OK;
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

static ch_err fetch(void *ctx, const ch_tile *tile, ch_span *out)
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
	if (full.width == CH_TILE_WIDTH) {
		if ((e = ch_register_tile_path(path, g->folder, &full)) != CH_OK ||
		    (e = ch_file_read_into(g->room, &n, sizeof g->room, path)) != CH_OK)
			return e;
	} else {
		ch_register_put_edge(&w, g, &full);
		if ((e = ch_wr_done(&w)) != CH_OK)
			return e;
		n = w.n;
	}
	*out = ch_span_of(g->room, n);
	return CH_OK;
}

ch_err ch_register_prove(struct ch_wr *w, struct ch_register *g, uint64_t index,
    const ch_hash *salt, uint64_t size, ch_span checkpoint)
{
	ch_hash path[CH_MERKLE_PROOF_MAX];
	size_t n;
	struct ch_tile_reader r = { .size = size, .fetch = fetch, .ctx = g };
	ch_err e;

	if (size > g->done.size)
		return CH_E_ABSENT;
	e = ch_merkle_prove_inclusion(path, &n, index, size, ch_tile_node, &r);
	if (e != CH_OK)
		return e;
	ch_proof_put(w, ch_span_of(salt->b, sizeof salt->b), index, path, n, checkpoint);
	return w->err;
}
