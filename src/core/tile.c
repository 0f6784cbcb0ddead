/*
 * Tiles: see tile.h. Trusts nothing in paths and tiles; the size in a reader is the caller's.
 * Source: c2sp.org/tlog-tiles.
 */
#include "tile.h"

#include "dec.h"

#define CH_TILE_GROUPS_MAX 6 /* 2^56 has 17 digits */

/* "<L> … MUST be a decimal ASCII integer between 0 and 63, with no additional leading zeroes." */
static void ch_tile_read_level(ch_tile *out, struct ch_rd *r)
{
	ch_span s = ch_rd_until(r, '/');
	uint64_t level = 0;

	if (ch_span_eq(s, CH_LIT("entries")))
		out->entries = true;
	else if (ch_dec_parse(&level, s, CH_TILE_LEVEL_MAX) != CH_OK)
		ch_rd_fail(r, CH_E_FORMAT);
	out->level = (uint8_t)level;
}

/* Three digits of the index. */
static void ch_tile_read_group(uint64_t *index, struct ch_rd *r)
{
	for (unsigned i = 0; i < 3; i++) {
		uint8_t c = ch_rd_u8(r);

		ch_rd_need(r, c >= '0' && c <= '9', CH_E_FORMAT);
		*index = *index * 10 + (r->err == CH_OK ? (uint64_t)(c - '0') : 0);
	}
}

/* "zero-padded 3-digit path elements. All but the last path element MUST begin with an x." */
static void ch_tile_read_index(ch_tile *out, struct ch_rd *r)
{
	for (unsigned i = 0; ch_rd_starts(r, CH_LIT("x")); i++) {
		CH_RD_LIT(r, "x");
		ch_tile_read_group(&out->index, r);
		CH_RD_LIT(r, "/");
		ch_rd_need(r, i + 1 < CH_TILE_GROUPS_MAX, CH_E_LIMIT);
		/* x000 in front would be a second spelling. */
		ch_rd_need(r, out->index != 0, CH_E_FORMAT);
	}
	ch_tile_read_group(&out->index, r);
	ch_rd_need(r, out->index <= CH_TILE_INDEX_MAX, CH_E_LIMIT);
}

static void ch_tile_read_width(ch_tile *out, struct ch_rd *r)
{
	uint64_t width = CH_TILE_WIDTH;

	if (r->err == CH_OK && !ch_rd_at_end(r)) {
		CH_RD_LIT(r, ".p/");
		if (ch_dec_parse(&width, ch_rd_rest(r), CH_TILE_WIDTH - 1) != CH_OK)
			ch_rd_fail(r, CH_E_FORMAT);
		ch_rd_need(r, width > 0, CH_E_FORMAT);
	}
	out->width = (uint16_t)width;
}

ch_err ch_tile_parse(ch_tile *out, ch_span path)
{
	struct ch_rd r = ch_rd_of(path);
	ch_tile t = { 0 };
	ch_err e;

	*out = t;
	CH_RD_LIT(&r, "tile/");
	ch_tile_read_level(&t, &r);
	ch_tile_read_index(&t, &r);
	ch_tile_read_width(&t, &r);
	e = ch_rd_done(&r);
	if (e == CH_OK)
		*out = t;
	return e;
}

void ch_tile_put(struct ch_wr *w, const ch_tile *tile)
{
	uint64_t unit = 1;

	CH_ASSERT(tile->level <= CH_TILE_LEVEL_MAX && tile->index <= CH_TILE_INDEX_MAX);
	CH_ASSERT(tile->width >= 1 && tile->width <= CH_TILE_WIDTH);
	CH_WR_LIT(w, "tile/");
	if (tile->entries)
		CH_WR_LIT(w, "entries");
	else
		ch_dec_put(w, tile->level);
	CH_WR_LIT(w, "/");
	while (tile->index / unit >= 1000)
		unit *= 1000;
	for (; unit > 1; unit /= 1000) {
		CH_WR_LIT(w, "x");
		ch_dec_put_fixed(w, tile->index / unit % 1000, 3);
		CH_WR_LIT(w, "/");
	}
	ch_dec_put_fixed(w, tile->index % 1000, 3);
	if (tile->width < CH_TILE_WIDTH) {
		CH_WR_LIT(w, ".p/");
		ch_dec_put(w, tile->width);
	}
}

/* How many hashes the tiles of a level hold together: complete subtrees of 256^level leaves. */
static uint64_t ch_tile_count(uint64_t size, unsigned level)
{
	return level < 8 ? size >> 8 * level : 0;
}

unsigned ch_tile_width(uint64_t size, unsigned level, uint64_t index)
{
	uint64_t n = ch_tile_count(size, level);

	if (index > n / CH_TILE_WIDTH)
		return 0;
	n -= index * CH_TILE_WIDTH;
	return n < CH_TILE_WIDTH ? (unsigned)n : CH_TILE_WIDTH;
}

/* The root over the next `width` hashes of a tile; width is a power of two. */
static ch_err ch_tile_fold(ch_hash *out, struct ch_rd *r, unsigned width)
{
	ch_hash stack[9];
	size_t top = 0;

	for (unsigned i = 0; i < width; i++) {
		ch_rd_copy(r, stack[top++].b, sizeof stack[0].b);
		for (unsigned b = i; b & 1; b >>= 1, top--)
			ch_merkle_node(&stack[top - 2], &stack[top - 2], &stack[top - 1]);
	}
	if (r->err != CH_OK)
		return CH_E_FORMAT;
	*out = stack[0];
	return CH_OK;
}

ch_err ch_tile_node(void *reader, unsigned level, uint64_t index, ch_hash *out)
{
	const struct ch_tile_reader *t = reader;
	unsigned k = level % 8, at;
	ch_tile tile = { .level = (uint8_t)(level / 8) };
	ch_span bytes = { 0 };
	struct ch_rd r;
	ch_err e;

	memset(out, 0, sizeof *out);
	if (level >= 64 || index >= t->size >> level)
		return CH_E_ABSENT;
	tile.index = (index << k) / CH_TILE_WIDTH;
	at = (unsigned)((index << k) % CH_TILE_WIDTH);
	tile.width = (uint16_t)ch_tile_width(t->size, tile.level, tile.index);
	e = t->fetch(t->ctx, &tile, &bytes);
	if (e != CH_OK)
		return e;
	if (bytes.n < (size_t)tile.width * 32)
		return CH_E_FORMAT;
	r = ch_rd_of(bytes);
	(void)ch_rd_take(&r, (size_t)at * 32);
	return ch_tile_fold(out, &r, 1u << k);
}

static void ch_tile_walk_level(struct ch_tile_walk *w)
{
	w->index = ch_tile_count(w->from, w->level) / CH_TILE_WIDTH;
}

void ch_tile_walk_init(struct ch_tile_walk *w, uint64_t from, uint64_t to)
{
	CH_ASSERT(from <= to);
	*w = (struct ch_tile_walk){ .from = from, .to = to, .entries = true };
	ch_tile_walk_level(w);
}

bool ch_tile_walk_next(ch_tile *out, struct ch_tile_walk *w)
{
	*out = (ch_tile){ 0 };
	while (ch_tile_count(w->to, w->level) > 0) {
		unsigned width = ch_tile_width(w->to, w->level, w->index);

		bool grew = ch_tile_count(w->to, w->level) > ch_tile_count(w->from, w->level);

		if (grew && width > 0) {
			*out = (ch_tile){ .entries = w->entries, .level = (uint8_t)w->level,
				.width = (uint16_t)width, .index = w->index++ };
			return true;
		}
		if (w->entries)
			w->entries = false;
		else
			w->level++;
		ch_tile_walk_level(w);
	}
	return false;
}

ch_span ch_bundle_next(struct ch_rd *r)
{
	return ch_rd_take(r, ch_rd_be16(r));
}

void ch_bundle_put(struct ch_wr *w, ch_span entry)
{
	if (entry.n > CH_ENTRY_MAX)
		ch_wr_fail(w, CH_E_LIMIT);
	ch_wr_be16(w, (uint16_t)(entry.n & 0xffff));
	ch_wr_put(w, entry);
}

ch_err ch_bundle_leaves(ch_hash *leaves, size_t n, ch_span bundle)
{
	struct ch_rd r = ch_rd_of(bundle);
	ch_err e;

	CH_ASSERT(n >= 1 && n <= CH_TILE_WIDTH);
	for (size_t i = 0; i < n && r.err == CH_OK; i++)
		ch_merkle_leaf(&leaves[i], ch_bundle_next(&r));
	e = ch_rd_done(&r);
	if (e != CH_OK)
		memset(leaves, 0, n * sizeof leaves[0]);
	return e;
}
