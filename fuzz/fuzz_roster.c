/* Rosters: whatever opens has only sound keys, each once, and survives a walk. */
#include "roster.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static ch_edkey keys[CH_ROSTER_KEYS_MAX];
	static ch_roster r;
	ch_delegate d;

	CH_ASSERT(ch_crypto_init() == CH_OK);
	if (ch_roster_open(&r, ch_span_of(data, n), NULL, NULL) != CH_OK) {
		CH_ASSERT(r.n == 0);
		return 0;
	}
	CH_ASSERT(ch_roster_keys(keys, &r) == 1 + 3 * r.n);
	for (size_t i = 0; i < 1 + 3 * r.n; i++)
		CH_ASSERT(ch_ed25519_key_is_sound(&keys[i]));
	for (uint32_t i = 0; i < r.n; i++)
		ch_roster_delegate(&d, &r, i);
	CH_ASSERT(ch_roster_distinct(&r, &r) == CH_OK);
	CH_ASSERT(ch_roster_follows(&r, &r, NULL) == CH_E_CONFLICT);
	return 0;
}
