/* Requests: a file from a stranger. What opens stands for itself: every key is sound, and the item
 * goes into a roster as it is. */
#include "request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t again[CH_STMT_MAX];
	static ch_request q;
	struct ch_wr w = ch_wr_of(again, sizeof again);
	struct ch_diag why = { 0 };

	CH_ASSERT(ch_crypto_init() == CH_OK);
	if (ch_request_open(&q, ch_span_of(data, n), &why) != CH_OK) {
		CH_ASSERT(why.what != NULL && q.party.n == 0 && q.item.v[0].n == 0);
		return 0;
	}
	CH_ASSERT(ch_ed25519_key_is_sound(&q.who.key.key) && q.who.powers == 0 && !q.who.recalled);
	CH_ASSERT(ch_span_eq(q.who.name, q.item.v[CH_DEL_NAME]) &&
	    ch_span_eq(q.who.seal, q.item.v[CH_DEL_SEAL]));
	CH_ASSERT(ch_stmt_put_item(&w, CH_K_ROSTER, CH_ROSTER_DELEGATES, &q.item) == CH_OK);
	return 0;
}
