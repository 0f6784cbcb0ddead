/* Welcomes as they are before sealing, and the holdings in them. This home never asked, so none is
 * taken; on the way every part is judged. */
#include "delegates_holdings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void holdings(const struct ch_home *home, ch_span in)
{
	struct ch_problem why = { 0 };
	struct ch_holdings *h;
	struct ch_roster_file newest;

	if (ch_holdings_open(&h, home, in, &why) != CH_OK) {
		CH_ASSERT(h == NULL && why.text[0] != '\0');
		return;
	}
	CH_ASSERT(h->n_rosters >= h->n_parties && h->n_parties >= 1);
	CH_ASSERT(ch_holdings_newest(&newest, h) == CH_OK && newest.version >= 1);
	ch_roster_file_deinit(&newest);
	ch_holdings_free(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct ch_home home = { .dir = "/nowhere", .handle = "alpha.example",
		.delegate = "alpha.example/a0000002", .unlocked = true, .waits = true,
		.keys.statement = { { 12, 1, 0, 7, CH_VKEY_ED25519 } } }; /* of the vectors */
	struct ch_delegate_join j = { 0 };
	struct ch_problem why = { 0 };

	CH_ASSERT(ch_crypto_init() == CH_OK);
	ch_buf_init(&j.pack, CH_PACK_MAX);
	if (ch_buf_put(&j.pack, ch_span_of(data, n)) == CH_OK)
		CH_ASSERT(ch_delegate_join_read(&j, &home, &why) != CH_OK && why.text[0] != '\0');
	ch_delegate_join_deinit(&j);
	holdings(&home, ch_span_of(data, n));
	return 0;
}
