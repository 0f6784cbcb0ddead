/* Covers: whatever parses has exactly the cover keys. */
#include "cover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ch_selection want = ch_selection_cover();
	ch_cover c;

	for (int exercise = 0; exercise < 2; exercise++)
		if (ch_cover_parse(&c, ch_span_of(data, n), exercise) == CH_OK)
			CH_ASSERT(ch_selection_eq(&want, &c.leaves.shown));
	return 0;
}
