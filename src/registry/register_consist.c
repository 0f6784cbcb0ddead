/* What the register shows of its own past: roots of earlier sizes, proofs between two sizes. */
#include "register.h"

ch_err ch_register_root(ch_hash *out, struct ch_register *g, uint64_t size)
{
	struct ch_tile_reader r = { .size = size, .fetch = ch_register_fetch, .ctx = g };

	memset(out, 0, sizeof *out);
	if (size > g->done.size)
		return CH_E_ABSENT;
	return ch_merkle_fetch_root(out, size, ch_tile_node, &r);
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
	return ch_merkle_prove_consistency(proof, n, from, to, ch_tile_node, &r);
}
