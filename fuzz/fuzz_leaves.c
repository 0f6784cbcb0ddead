/* The part `leaves`: form alone; the iterator sees exactly what was counted. */
#include "leaves.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void fuzz_walk(const ch_leaves *l)
{
	struct ch_rd r = ch_rd_of(l->block);
	uint32_t n = 0;
	ch_leaf leaf;

	for (; ch_leaves_next(&leaf, &r); n++)
		CH_ASSERT(ch_selection_has(&l->shown, leaf.kind, leaf.index));
	CH_ASSERT(n == l->n_leaves && ch_rd_done(&r) == CH_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ch_leaves l;

	for (int exercise = 0; exercise < 2; exercise++)
		if (ch_leaves_parse(&l, ch_span_of(data, n), exercise) == CH_OK)
			fuzz_walk(&l);
	return 0;
}
