/* For tests of split views: two histories of one log that part at one entry, and their nodes. */
#ifndef CH_TEST_FORK_H
#define CH_TEST_FORK_H

#include "tlog.h"

#include "split.h"

#define FORK_MAX 1100u
#define FORK_NEVER FORK_MAX

struct fork {
	ch_hash leaf[FORK_MAX];
};

/* The history whose entries are others from `at` on. */
__attribute__((unused)) static void fork_make(struct fork *f, uint32_t at)
{
	for (uint32_t i = 0; i < FORK_MAX; i++) {
		uint8_t e[4];

		tlog_entry(e, i < at ? i : i + 1000000);
		ch_merkle_leaf(&f->leaf[i], ch_span_of(e, sizeof e));
	}
}

__attribute__((unused)) static ch_err fork_node(void *ctx, unsigned level, uint64_t index,
    ch_hash *out)
{
	const struct fork *f = ctx;

	assert_true((index + 1) << level <= FORK_MAX);
	ch_merkle_root(out, &f->leaf[index << level], (size_t)1 << level);
	return CH_OK;
}

/* Its checkpoint of that size, signed. */
__attribute__((unused)) static ch_span fork_sign(struct ch_wr *w, const struct fork *f,
    size_t size, ch_span origin, const struct ch_edsecret *sec)
{
	ch_checkpoint cp = { .origin = origin, .size = size };
	size_t from = w->n;

	if (size == 0)
		ch_merkle_empty(&cp.root);
	else
		ch_merkle_root(&cp.root, f->leaf, size);
	ch_checkpoint_sign(w, &cp, sec);
	assert_int_equal(w->err, CH_OK);
	return ch_span_of(w->p + from, w->n - from);
}

#endif
