/* Proofs: that an entry is there, that one size grew out of another, and roots of earlier sizes. */
#include "proof.h"
#include "register.h"

/* A node within the edge, from memory. False: some of it lies elsewhere. */
static bool edge_node(const struct ch_register *g, unsigned level, uint64_t index, ch_hash *out)
{
	unsigned tile = level / 8, k = level % 8, at;

	/* Sizes are below 2^56: the last level has no whole tile, nor a node that is asked for. */
	if (tile >= CH_REGISTER_LEVELS - 1 ||
	    index >> (8 - k) != g->done.size >> (8 * (tile + 1)))
		return false;
	at = (unsigned)(index << k) % CH_TILE_WIDTH;
	if (at + (1u << k) > g->n_edge[tile])
		return false;
	ch_merkle_root(out, &g->edge[tile][at], 1u << k);
	return true;
}

/* A ch_merkle_fetch. What is complete never changes, so what was worked out once is kept: the
 * proofs of one batch share most of their nodes. */
static ch_err node(void *ctx, unsigned level, uint64_t index, ch_hash *out)
{
	struct ch_tile_reader *r = ctx;
	struct ch_register *g = r->ctx;
	struct ch_register_node *n = &g->node[(index * 64 + level) % CH_REGISTER_NODES];
	ch_err e = CH_OK;

	if (n->known && n->level == level && n->index == index) {
		*out = n->hash;
		return CH_OK;
	}
	if (!edge_node(g, level, index, out))
		e = ch_tile_node(r, level, index, out);
	if (e == CH_OK)
		*n = (struct ch_register_node){ .known = true, .level = (uint8_t)level,
			.index = index, .hash = *out };
	return e;
}

ch_err ch_register_prove(struct ch_wr *w, struct ch_register *g, uint64_t index,
    const ch_hash *salt, uint64_t size, ch_span checkpoint)
{
	ch_hash path[CH_MERKLE_PROOF_MAX];
	size_t n;
	struct ch_tile_reader r = { .size = size, .fetch = ch_register_fetch, .ctx = g };
	ch_err e;

	if (size > g->done.size)
		return CH_E_ABSENT;
	e = ch_merkle_prove_inclusion(path, &n, index, size, node, &r);
	if (e != CH_OK)
		return e;
	ch_proof_put(w, salt ? ch_span_of(salt->b, sizeof salt->b) : (ch_span){ 0 }, index, path, n,
	    checkpoint);
	return w->err;
}

ch_err ch_register_root(ch_hash *out, struct ch_register *g, uint64_t size)
{
	struct ch_tile_reader r = { .size = size, .fetch = ch_register_fetch, .ctx = g };

	memset(out, 0, sizeof *out);
	if (size > g->done.size)
		return CH_E_ABSENT;
	return ch_merkle_fetch_root(out, size, node, &r);
}

ch_err ch_register_consist(ch_hash proof[CH_MERKLE_PROOF_MAX], size_t *n, struct ch_register *g,
    uint64_t from, uint64_t to)
{
	struct ch_tile_reader r = { .size = to, .fetch = ch_register_fetch, .ctx = g };

	*n = 0;
	if (from > to || to > g->done.size)
		return CH_E_ABSENT;
	if (from == 0)
		return CH_OK; /* the empty tree is in every tree: no proof */
	return ch_merkle_prove_consistency(proof, n, from, to, node, &r);
}
