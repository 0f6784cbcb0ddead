/*
 * Merkle trees of RFC 6962 section 2.1 over SHA-256. Everything is iterative and works in the
 * caller's memory. All 64-bit sizes are safe: nothing overflows.
 *
 * The node (level, index) is the complete subtree over the leaves index * 2^level up to
 * (index + 1) * 2^level - 1; level 0 is the leaf hashes.
 */
#ifndef CH_MERKLE_H
#define CH_MERKLE_H

#include "crypto.h"

#define CH_MERKLE_PROOF_MAX 65 /* hashes of any proof in a tree of up to 2^64-1 leaves */
#define CH_MERKLE_ARRAY_MAX (UINT64_C(1) << 32)

void ch_merkle_empty(ch_hash *out); /* the root of no leaves */
void ch_merkle_leaf(ch_hash *out, ch_span entry);
/* out may be left or right. */
void ch_merkle_node(ch_hash *out, const ch_hash *left, const ch_hash *right);

/* The root over n leaf hashes in memory; n <= CH_MERKLE_ARRAY_MAX. */
void ch_merkle_root(ch_hash *out, const ch_hash *leaves, size_t n);

/*
 * The right edge of a growing tree. h[k] is the hash of the last complete subtree of level k,
 * that is of node (k, (size >> k) - 1); it counts for the root where bit k of size is set.
 * After an append, h[0] to h[ctz(size)] are exactly the nodes that the leaf completed.
 */
struct ch_frontier {
	uint64_t size;
	ch_hash h[64];
};

void ch_frontier_init(struct ch_frontier *f);
/* From a size and its complete subtrees, the largest first. FORMAT: n is not their number. */
CH_MUST_USE ch_err ch_frontier_load(struct ch_frontier *f, uint64_t size, const ch_hash *h,
    size_t n);
/* The same hashes, the largest first; how many (at most 64). */
size_t ch_frontier_save(ch_hash out[64], const struct ch_frontier *f);
/* One more leaf hash; returns the highest level completed. size < 2^64-1. */
unsigned ch_frontier_append(struct ch_frontier *f, const ch_hash *leaf);
void ch_frontier_root(ch_hash *out, const struct ch_frontier *f);

/* AUTH: any doubt at all. Variable time: public data. */
CH_MUST_USE ch_err ch_merkle_verify_inclusion(const ch_hash *root, uint64_t size,
    uint64_t index, const ch_hash *leaf, const ch_hash *proof, size_t n);

/* Tree 1 is a prefix of tree 2. size1 = 0 proves nothing and is AUTH. */
CH_MUST_USE ch_err ch_merkle_verify_consistency(uint64_t size1, const ch_hash *root1,
    uint64_t size2, const ch_hash *root2, const ch_hash *proof, size_t n);

/*
 * Where proofs get their nodes: the hash of a complete subtree, or an error, which passes up.
 * Only nodes inside the tree are asked for.
 */
typedef ch_err (*ch_merkle_fetch)(void *ctx, unsigned level, uint64_t index, ch_hash *out);

CH_MUST_USE ch_err ch_merkle_fetch_root(ch_hash *out, uint64_t size, ch_merkle_fetch fetch,
    void *ctx);
/* ABSENT: index is not in the tree. *n and proof are zero on error. */
CH_MUST_USE ch_err ch_merkle_prove_inclusion(ch_hash proof[CH_MERKLE_PROOF_MAX], size_t *n,
    uint64_t index, uint64_t size, ch_merkle_fetch fetch, void *ctx);
/* ABSENT: not 0 < size1 <= size2. */
CH_MUST_USE ch_err ch_merkle_prove_consistency(ch_hash proof[CH_MERKLE_PROOF_MAX], size_t *n,
    uint64_t size1, uint64_t size2, ch_merkle_fetch fetch, void *ctx);

/* The inclusion proof within an array of leaf hashes (passages of a paper). ABSENT as above. */
CH_MUST_USE ch_err ch_merkle_array_inclusion(ch_hash proof[CH_MERKLE_PROOF_MAX], size_t *n,
    const ch_hash *leaves, size_t n_leaves, size_t index);

#endif
