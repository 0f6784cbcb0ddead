/*
 * Proofs out of tiles (c2sp.org/tlog-tiles). Tiles are believed only as far as the proofs made of
 * them lead to signed roots. Each is fetched once a command, at the width of the newest tree known:
 * a register need not keep narrower ones.
 */
#include "watch_tiles.h"

#include <stdio.h>
#include <string.h>

#include "split_file.h"

struct ch_watch_tile {
	struct ch_watch_tile *next;
	ch_tile tile;
	ch_span bytes;
};

struct asking {
	struct ch_watch *w;
	struct ch_problem *why;
};

static const struct ch_watch_tile *cached(const struct ch_watch *w, const ch_tile *t)
{
	for (const struct ch_watch_tile *c = w->cache; c; c = c->next)
		if (c->tile.level == t->level && c->tile.index == t->index &&
		    c->tile.width >= t->width)
			return c;
	return NULL;
}

static ch_err fetch_tile(ch_span *out, struct asking *a, const ch_tile *t)
{
	char path[CH_TILE_PATH_MAX + 8];
	struct ch_wr w = ch_wr_of(path, sizeof path - 1);
	struct ch_watch_tile *c;
	ch_span body;
	ch_err e;

	CH_WR_LIT(&w, "/log/");
	ch_tile_put(&w, t);
	e = ch_wr_done(&w);
	if (e != CH_OK)
		return e;
	path[w.n] = '\0';
	e = ch_link_get(&body, a->w->link, path, a->why);
	if (e != CH_OK)
		return e;
	if (body.n != (size_t)t->width * 32)
		return ch_problem_set(a->why, CH_E_NET, "the register at %s gave a part of itself "
		    "in the wrong size; nothing was lost; repeat, and tell its operator",
		    a->w->link->url);
	c = ch_arena_alloc(&a->w->tiles, sizeof *c);
	if (!c)
		return a->w->tiles.err;
	c->bytes = ch_arena_copy(&a->w->tiles, body);
	if (!c->bytes.p)
		return a->w->tiles.err;
	c->tile = *t;
	c->next = a->w->cache;
	a->w->cache = c;
	*out = c->bytes;
	return CH_OK;
}

static ch_err tile_bytes(void *ctx, const ch_tile *tile, ch_span *out)
{
	struct asking *a = ctx;
	ch_tile wide = *tile;
	const struct ch_watch_tile *c = cached(a->w, tile);
	unsigned width = ch_tile_width(a->w->newest, tile->level, tile->index);

	if (c) {
		*out = c->bytes;
		return CH_OK;
	}
	if (width > wide.width)
		wide.width = (uint16_t)width;
	return fetch_tile(out, a, &wide);
}

static struct ch_tile_reader reader(struct asking *a, uint64_t size)
{
	if (size > a->w->newest)
		a->w->newest = size;
	return (struct ch_tile_reader){ .size = size, .fetch = tile_bytes, .ctx = a };
}

/* Tiles are not signed: only those that make up the larger tree say that the smaller is no part of
 * it. Others say that somebody altered them. */
static ch_err forked(struct ch_tile_reader *r, uint64_t size, const ch_hash *root,
    struct ch_problem *why)
{
	const struct asking *a = r->ctx;
	ch_hash served;
	ch_err e = ch_merkle_fetch_root(&served, size, ch_tile_node, r);

	if (e == CH_OK && ch_hash_eq(&served, root))
		return CH_E_CONFLICT;
	return ch_problem_set(why, CH_E_NET, "the register at %s serves parts that do not make up "
	    "the tree of %llu entries that it signed; nothing was lost; repeat, and tell its "
	    "operator", a->w->link->url, (unsigned long long)size);
}

ch_err ch_watch_consistent(struct ch_watch *w, uint64_t size1, const ch_hash *root1,
    uint64_t size2, const ch_hash *root2, struct ch_problem *why)
{
	struct asking a = { w, why };
	struct ch_tile_reader r = reader(&a, size2);
	ch_hash proof[CH_MERKLE_PROOF_MAX];
	size_t n = 0;
	ch_err e;

	CH_ASSERT(size1 <= size2);
	if (size1 == size2)
		return ch_hash_eq(root1, root2) ? CH_OK : CH_E_CONFLICT;
	if (size1 == 0)
		return CH_OK;
	e = ch_merkle_prove_consistency(proof, &n, size1, size2, ch_tile_node, &r);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the register at %s does not give the parts that "
		    "show it only grew; nothing was lost; repeat, and tell its operator",
		    w->link->url);
	e = ch_merkle_verify_consistency(size1, root1, size2, root2, proof, n);
	return e == CH_E_AUTH ? forked(&r, size2, root2, why) : e;
}

ch_err ch_watch_include(ch_hash proof[CH_MERKLE_PROOF_MAX], size_t *n, struct ch_watch *w,
    uint64_t index, const ch_hash *leaf, uint64_t size, const ch_hash *root,
    struct ch_problem *why)
{
	struct asking a = { w, why };
	struct ch_tile_reader r = reader(&a, size);
	ch_err e = ch_merkle_prove_inclusion(proof, n, index, size, ch_tile_node, &r);

	if (e == CH_E_ABSENT && index >= size)
		return ch_problem_set(why, e, "the register has not grown up to that entry yet; "
		    "repeat in a moment");
	if (e == CH_OK)
		e = ch_merkle_verify_inclusion(root, size, index, leaf, proof, *n);
	if (e != CH_OK)
		ch_problem_set(why, e, "the register at %s does not show the entry where it says "
		    "it is", w->link->url);
	return e;
}

ch_err ch_watch_split(struct ch_watch *w, const char *path, ch_span theirs)
{
	struct ch_problem unsaid = { 0 };
	struct asking a = { w, &unsaid };
	struct ch_tile_reader r;
	ch_checkpoint cp;
	ch_note note;
	ch_err e = ch_checkpoint_open(&cp, &note, theirs, &w->vkey);

	if (e != CH_OK)
		return e;
	w->cache = NULL; /* what was fetched may be of the other tree */
	r = reader(&a, cp.size > w->size ? cp.size : w->size);
	return ch_split_file(path, &w->vkey, ch_buf_span(&w->note), theirs, ch_tile_node, &r);
}
