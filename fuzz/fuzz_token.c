/* Files of hardware keys: taken is one identity and one recipient of the suite, or nothing. */
#include "token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct ch_token none;
	static struct ch_token t;

	for (int hybrid = 0; hybrid < 2; hybrid++) {
		struct ch_problem why = { 0 };
		ch_err e = ch_token_parse(&t, ch_span_of(data, n), hybrid, &why);

		if (e != CH_OK) {
			CH_ASSERT(why.text[0] && memcmp(&t, &none, sizeof t) == 0);
			continue;
		}
		CH_ASSERT(t.to.type == (hybrid ? CH_AGE_TAGPQ : CH_AGE_TAG));
		CH_ASSERT(t.key.n > 0 && t.key.n <= sizeof t.key.text);
	}
	return 0;
}
