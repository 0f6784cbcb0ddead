/* Drafts and leaving.txt: the first byte chooses; what parses is formatted to the same bytes. */
#include "draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct ch_draft d;
static uint8_t out[1 << 20];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	struct ch_wr w = ch_wr_of(out, sizeof out);
	bool leaving = ch_rd_u8(&r) & 1;
	ch_span in = ch_rd_rest(&r);
	ch_leaving l;
	ch_err e;

	if (in.n > sizeof out)
		return 0;
	e = leaving ? ch_leaving_parse(&l, in) : ch_draft_parse(&d, in);
	if (e != CH_OK)
		return 0;
	CH_ASSERT((leaving ? ch_leaving_format(&w, &l) : ch_draft_format(&w, &d)) == CH_OK);
	CH_ASSERT(ch_span_eq(ch_wr_span(&w), in));
	for (size_t i = 0; !leaving && i < d.n_files; i++)
		CH_ASSERT(!strchr(d.file[i].file, '/'));
	return 0;
}
