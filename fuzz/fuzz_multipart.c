/*
 * Forms with files: the first byte is the size of the pieces. Whole or in pieces, what is heard is
 * the same and the end is the same; no part's bytes hold its boundary.
 */
#include "multipart.h"
#include "rd.h"
#include "wr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct heard {
	struct ch_multipart m;
	struct ch_wr w;
	uint8_t text[1 << 16];
	size_t total;
};

static struct heard a, b;

static ch_err on_part(void *ctx, ch_span name, ch_span file)
{
	struct heard *h = ctx;

	CH_ASSERT(name.n > 0 && name.n <= CH_MULTIPART_NAME && file.n <= CH_MULTIPART_FILE);
	ch_wr_put(&h->w, name);
	ch_wr_put(&h->w, file);
	return CH_OK;
}

static ch_err on_bytes(void *ctx, ch_span bytes)
{
	struct heard *h = ctx;

	h->total += bytes.n;
	ch_wr_put(&h->w, bytes);
	return CH_OK;
}

static ch_err hear(struct heard *h, ch_span in, size_t piece)
{
	ch_err e = ch_multipart_init(&h->m, CH_LIT("multipart/form-data; boundary=xYz"));

	h->w = ch_wr_of(h->text, sizeof h->text);
	h->total = 0;
	h->m.ctx = h;
	h->m.on_part = on_part;
	h->m.on_bytes = on_bytes;
	for (size_t i = 0; e == CH_OK && i < in.n; i += piece)
		e = ch_multipart_write(&h->m, ch_span_of(&in.p[i],
		    in.n - i < piece ? in.n - i : piece));
	return e == CH_OK ? ch_multipart_end(&h->m) : e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	size_t piece = (size_t)ch_rd_u8(&r) + 1;
	ch_span in = ch_rd_rest(&r);
	ch_err whole, pieces;

	if (in.n == 0 || in.n > sizeof a.text / 2)
		return 0;
	whole = hear(&a, in, in.n);
	pieces = hear(&b, in, piece);
	CH_ASSERT((whole == CH_OK) == (pieces == CH_OK));
	if (whole == CH_OK)
		CH_ASSERT(a.total == b.total && ch_span_eq(ch_wr_span(&a.w), ch_wr_span(&b.w)));
	return 0;
}
