/* Trust files: a clear verdict, and zero after an error. */
#include "trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static ch_trust t;
	struct ch_diag diag;

	CH_ASSERT(ch_crypto_init() == CH_OK);
	if (ch_trust_parse(&t, ch_span_of(data, n), &diag) != CH_OK)
		CH_ASSERT(diag.what && t.n_parties == 0 && t.n_registries == 0);
	return 0;
}
