/*
 * Proofs of RFC 6962 trees out of complete subtrees that the caller fetches: see merkle.h.
 * Which nodes: every proof hash is the root of a range [begin, end) whose begin is a multiple of
 * the least power of two not below its length, so the range is the complete subtrees of the bits
 * of its length, the largest first.
 */
#include "merkle.h"

/* The root of such a range; begin < end. */
static ch_err ch_merkle_range(ch_hash *out, uint64_t begin, uint64_t end, ch_merkle_fetch fetch,
    void *ctx)
{
	uint64_t length = end - begin;
	bool any = false;

	for (unsigned k = 0; k < 64; k++) {
		ch_hash h;
		ch_err e;

		if (!(length >> k & 1))
			continue;
		/* Bits of end above k stand; bit k itself is the subtree just before. */
		e = fetch(ctx, k, (end >> k) - 1, any ? &h : out);
		if (e != CH_OK)
			return e;
		if (any)
			ch_merkle_node(out, &h, out);
		any = true;
	}
	return CH_OK;
}

ch_err ch_merkle_fetch_root(ch_hash *out, uint64_t size, ch_merkle_fetch fetch, void *ctx)
{
	ch_err e = CH_OK;

	if (size == 0)
		ch_merkle_empty(out);
	else
		e = ch_merkle_range(out, 0, size, fetch, ctx);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

/* A proof under construction, from the root down: hashes come last first. */
struct ch_merkle_path {
	ch_hash *proof;
	size_t n;
	ch_merkle_fetch fetch;
	void *ctx;
	ch_err err;
};

static void ch_merkle_path_add(struct ch_merkle_path *p, uint64_t begin, uint64_t end)
{
	if (p->err == CH_OK) {
		CH_ASSERT(p->n < CH_MERKLE_PROOF_MAX);
		p->err = ch_merkle_range(&p->proof[p->n++], begin, end, p->fetch, p->ctx);
	}
}

static ch_err ch_merkle_path_done(size_t *n, struct ch_merkle_path *p)
{
	for (size_t i = 0; i < p->n / 2; i++) {
		ch_hash h = p->proof[i];

		p->proof[i] = p->proof[p->n - 1 - i];
		p->proof[p->n - 1 - i] = h;
	}
	if (p->err != CH_OK)
		memset(p->proof, 0, CH_MERKLE_PROOF_MAX * sizeof p->proof[0]);
	*n = p->err == CH_OK ? p->n : 0;
	return p->err;
}

/* The largest power of two below n; n >= 2. */
static uint64_t ch_merkle_half(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

ch_err ch_merkle_prove_inclusion(ch_hash proof[CH_MERKLE_PROOF_MAX], size_t *n, uint64_t index,
    uint64_t size, ch_merkle_fetch fetch, void *ctx)
{
	struct ch_merkle_path p = { .proof = proof, .fetch = fetch, .ctx = ctx };
	uint64_t begin = 0, end = size;

	memset(proof, 0, CH_MERKLE_PROOF_MAX * sizeof proof[0]);
	if (index >= size)
		p.err = CH_E_ABSENT;
	while (p.err == CH_OK && end - begin > 1) {
		uint64_t mid = begin + ch_merkle_half(end - begin);

		if (index < mid) {
			ch_merkle_path_add(&p, mid, end);
			end = mid;
		} else {
			ch_merkle_path_add(&p, begin, mid);
			begin = mid;
		}
	}
	return ch_merkle_path_done(n, &p);
}

ch_err ch_merkle_prove_consistency(ch_hash proof[CH_MERKLE_PROOF_MAX], size_t *n,
    uint64_t size1, uint64_t size2, ch_merkle_fetch fetch, void *ctx)
{
	struct ch_merkle_path p = { .proof = proof, .fetch = fetch, .ctx = ctx };
	uint64_t begin = 0, end = size2;

	memset(proof, 0, CH_MERKLE_PROOF_MAX * sizeof proof[0]);
	if (size1 == 0 || size1 > size2)
		p.err = CH_E_ABSENT;
	/* Down to the range that ends where tree 1 ends. */
	while (p.err == CH_OK && end != size1) {
		uint64_t mid = begin + ch_merkle_half(end - begin);

		if (size1 <= mid) {
			ch_merkle_path_add(&p, mid, end);
			end = mid;
		} else {
			ch_merkle_path_add(&p, begin, mid);
			begin = mid;
		}
	}
	/* A range that is all of tree 1 is known to the verifier. */
	if (p.err == CH_OK && begin != 0)
		ch_merkle_path_add(&p, begin, end);
	return ch_merkle_path_done(n, &p);
}

struct ch_merkle_array {
	const ch_hash *leaves;
};

static ch_err ch_merkle_array_fetch(void *ctx, unsigned level, uint64_t index, ch_hash *out)
{
	const struct ch_merkle_array *a = ctx;
	size_t width = (size_t)1 << level;

	ch_merkle_root(out, &a->leaves[(size_t)index << level], width);
	return CH_OK;
}

ch_err ch_merkle_array_inclusion(ch_hash proof[CH_MERKLE_PROOF_MAX], size_t *n,
    const ch_hash *leaves, size_t n_leaves, size_t index)
{
	struct ch_merkle_array a = { leaves };

	CH_ASSERT(n_leaves <= CH_MERKLE_ARRAY_MAX);
	return ch_merkle_prove_inclusion(proof, n, index, n_leaves, ch_merkle_array_fetch, &a);
}
