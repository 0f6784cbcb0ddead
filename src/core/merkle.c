/*
 * RFC 6962 trees: hashing, the growing edge, verification. See merkle.h; proofs are made in
 * merkle_prove.c. Verification trusts nothing but its arithmetic, which cannot overflow: sizes
 * are only shifted, masked and compared. Source: RFC 6962 section 2.1, RFC 9162 section 2.1.
 */
#include "merkle.h"

#include "bits.h"

void ch_merkle_empty(ch_hash *out)
{
	ch_sha256(out, (ch_span){ 0 });
}

void ch_merkle_leaf(ch_hash *out, ch_span entry)
{
	struct ch_sha256 s;

	ch_sha256_init(&s);
	ch_sha256_update(&s, CH_LIT("\x00"));
	ch_sha256_update(&s, entry);
	ch_sha256_final(&s, out);
}

void ch_merkle_node(ch_hash *out, const ch_hash *left, const ch_hash *right)
{
	struct ch_sha256 s;

	ch_sha256_init(&s);
	ch_sha256_update(&s, CH_LIT("\x01"));
	ch_sha256_update(&s, ch_span_of(left->b, sizeof left->b));
	ch_sha256_update(&s, ch_span_of(right->b, sizeof right->b));
	ch_sha256_final(&s, out);
}

void ch_merkle_root(ch_hash *out, const ch_hash *leaves, size_t n)
{
	ch_hash stack[33];
	size_t top = 0;

	CH_ASSERT(n <= CH_MERKLE_ARRAY_MAX);
	if (n == 0) {
		ch_merkle_empty(out);
		return;
	}
	/* One entry for each bit of the leaves so far: every trailing one of i is a full pair. */
	for (size_t i = 0; i < n; i++) {
		stack[top++] = leaves[i];
		for (size_t b = i; b & 1; b >>= 1, top--)
			ch_merkle_node(&stack[top - 2], &stack[top - 2], &stack[top - 1]);
	}
	for (; top > 1; top--)
		ch_merkle_node(&stack[top - 2], &stack[top - 2], &stack[top - 1]);
	*out = stack[0];
}

void ch_frontier_init(struct ch_frontier *f)
{
	memset(f, 0, sizeof *f);
}

ch_err ch_frontier_load(struct ch_frontier *f, uint64_t size, const ch_hash *h, size_t n)
{
	ch_frontier_init(f);
	if (n != ch_bits_count(size))
		return CH_E_FORMAT;
	f->size = size;
	for (unsigned k = 64, i = 0; k-- > 0;)
		if (size >> k & 1)
			f->h[k] = h[i++];
	return CH_OK;
}

size_t ch_frontier_save(ch_hash out[64], const struct ch_frontier *f)
{
	size_t n = 0;

	for (unsigned k = 64; k-- > 0;)
		if (f->size >> k & 1)
			out[n++] = f->h[k];
	return n;
}

unsigned ch_frontier_append(struct ch_frontier *f, const ch_hash *leaf)
{
	ch_hash carry = *leaf;
	unsigned k = 0;

	CH_ASSERT(f->size < UINT64_MAX);
	for (; f->size >> k & 1; k++) {
		ch_hash left = f->h[k];

		f->h[k] = carry;
		ch_merkle_node(&carry, &left, &carry);
	}
	f->h[k] = carry;
	f->size++;
	return k;
}

void ch_frontier_root(ch_hash *out, const struct ch_frontier *f)
{
	bool any = false;

	ch_merkle_empty(out);
	for (unsigned k = 0; k < 64; k++) {
		if (!(f->size >> k & 1))
			continue;
		if (any)
			ch_merkle_node(out, &f->h[k], out);
		else
			*out = f->h[k];
		any = true;
	}
}

/*
 * Climb from (node, last): node is our position on a level, last that of the right-most node.
 * A step with a sibling on the left is one at an odd position or at the right edge; before such
 * a step at the edge, levels without a sibling are skipped.
 */
struct ch_climb {
	uint64_t node, last;
};

static bool ch_climb_left(struct ch_climb *c)
{
	bool left = (c->node & 1) || c->node == c->last;

	if (left && !(c->node & 1)) {
		while (!(c->node & 1) && c->node != 0) {
			c->node >>= 1;
			c->last >>= 1;
		}
	}
	c->node >>= 1;
	c->last >>= 1;
	return left;
}

ch_err ch_merkle_verify_inclusion(const ch_hash *root, uint64_t size, uint64_t index,
    const ch_hash *leaf, const ch_hash *proof, size_t n)
{
	struct ch_climb c = { index, size - 1 };
	ch_hash h = *leaf;

	if (size == 0 || index >= size)
		return CH_E_AUTH;
	for (size_t i = 0; i < n; i++) {
		if (c.last == 0) /* the proof is too long */
			return CH_E_AUTH;
		if (ch_climb_left(&c))
			ch_merkle_node(&h, &proof[i], &h);
		else
			ch_merkle_node(&h, &h, &proof[i]);
	}
	return c.last == 0 && ch_hash_eq(&h, root) ? CH_OK : CH_E_AUTH;
}

/* RFC 9162 section 2.1.4.2 from step 3 on; 0 < size1 < size2. `h1` starts as the seed. */
static ch_err ch_merkle_climb_both(ch_hash *h1, ch_hash *h2, struct ch_climb c,
    const ch_hash *proof, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (c.last == 0)
			return CH_E_AUTH;
		if (ch_climb_left(&c)) {
			ch_merkle_node(h1, &proof[i], h1);
			ch_merkle_node(h2, &proof[i], h2);
		} else {
			ch_merkle_node(h2, h2, &proof[i]);
		}
	}
	return c.last == 0 ? CH_OK : CH_E_AUTH;
}

ch_err ch_merkle_verify_consistency(uint64_t size1, const ch_hash *root1, uint64_t size2,
    const ch_hash *root2, const ch_hash *proof, size_t n)
{
	struct ch_climb c = { size1 - 1, size2 - 1 };
	ch_hash h1 = *root1, h2 = *root1;
	size_t from = 0;

	if (size1 == 0 || size1 > size2)
		return CH_E_AUTH;
	if (size1 == size2)
		return n == 0 && ch_hash_eq(root1, root2) ? CH_OK : CH_E_AUTH;
	for (; c.node & 1; c.node >>= 1)
		c.last >>= 1;
	/* A power of two is itself the seed; else the proof begins with it. */
	if ((size1 & (size1 - 1)) != 0) {
		if (n == 0)
			return CH_E_AUTH;
		h1 = h2 = proof[from++];
	}
	if (ch_merkle_climb_both(&h1, &h2, c, from < n ? &proof[from] : NULL, n - from) != CH_OK)
		return CH_E_AUTH;
	return ch_hash_eq(&h1, root1) && ch_hash_eq(&h2, root2) ? CH_OK : CH_E_AUTH;
}
