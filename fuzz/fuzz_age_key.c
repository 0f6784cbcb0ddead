/* Recipients and identities: whatever is read is written back byte for byte. */
#include "age_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ch_span in = ch_span_of(data, n);
	uint8_t buf[CH_AGE_RECIPIENT_MAX];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	static struct ch_age_identity id;
	ch_age_recipient to;

	if (ch_crypto_init() != CH_OK)
		return 0;
	if (ch_age_recipient_parse(&to, in) == CH_OK) {
		ch_age_recipient_put(&w, &to);
		CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), in));
	}
	w = ch_wr_of(buf, sizeof buf);
	if (ch_age_identity_parse(&id, in) == CH_OK) {
		ch_age_identity_put(&w, &id);
		CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), in));
	}
	ch_age_identity_wipe(&id);
	return 0;
}
