/* Policies: what is read holds its bounds and is judged for every single witness and for all. */
#include "policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static ch_policy p;
	struct ch_diag d = { 0 };

	if (ch_policy_parse(&p, ch_span_of(data, n), &d) != CH_OK) {
		CH_ASSERT(d.what && d.at <= n);
		return 0;
	}
	/* The rule is monotone, and everyone together always suffices. */
	CH_ASSERT(ch_policy_quorum(&p, UINT64_MAX));
	CH_ASSERT(ch_policy_quorum(&p, 0) == (p.quorum.need == 0));
	for (unsigned i = 0; i < 64; i++)
		(void)ch_policy_quorum(&p, (uint64_t)1 << i);
	return 0;
}
