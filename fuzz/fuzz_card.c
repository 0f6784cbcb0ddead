/* What a registry says of itself: never both real and of an exercise; a refusal has a sentence. */
#include "watch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ch_watch_card card;
	unsigned taken = 0;

	if (ch_crypto_init() != CH_OK)
		return 0;
	for (int exercise = 0; exercise < 2; exercise++) {
		struct ch_problem why = { 0 };
		ch_err e = ch_watch_read_card(&card, ch_span_of(data, n), exercise, &why);

		CH_ASSERT((e == CH_OK) == (why.text[0] == '\0'));
		taken += e == CH_OK;
	}
	CH_ASSERT(taken < 2);
	return 0;
}
