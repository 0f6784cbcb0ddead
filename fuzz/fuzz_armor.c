/*
 * ASCII armor. The first byte is the size of the pieces. The rest is taken for armor: in pieces it
 * gives the same verdict, the same words and the same bytes as at once, and what is good is written
 * again to the same text; then for bytes: armored in pieces it comes back.
 */
#include "armor.h"
#include "rd.h"
#include "wr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define FUZZ_MAX 262144

static uint8_t once[FUZZ_MAX], piece_wise[FUZZ_MAX], text[2 * FUZZ_MAX + 256];
static struct ch_armor_sink arm;
static struct ch_dearmor_sink dearm;

static ch_err fuzz_put(void *ctx, ch_span s)
{
	ch_wr_put(ctx, s);
	return CH_OK;
}

static ch_err fuzz_dearmor(struct ch_wr *w, ch_span in, size_t piece)
{
	struct ch_rd r = ch_rd_of(in);
	ch_err e = CH_OK;

	ch_dearmor_sink_init(&dearm, fuzz_put, w);
	while (e == CH_OK && ch_rd_left(&r) > 0) {
		size_t left = ch_rd_left(&r);

		e = ch_dearmor_sink_write(&dearm, ch_rd_take(&r, left < piece ? left : piece));
	}
	if (e == CH_OK)
		e = ch_dearmor_sink_finish(&dearm);
	CH_ASSERT((e == CH_OK) == (dearm.diag.what == NULL) && w->err == CH_OK);
	return e;
}

static ch_span fuzz_armor(ch_span in, size_t piece)
{
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_rd r = ch_rd_of(in);

	ch_armor_sink_init(&arm, fuzz_put, &w);
	while (ch_rd_left(&r) > 0) {
		size_t left = ch_rd_left(&r);
		ch_span s = ch_rd_take(&r, left < piece ? left : piece);

		CH_ASSERT(ch_armor_sink_write(&arm, s) == CH_OK);
	}
	CH_ASSERT(ch_armor_sink_finish(&arm) == CH_OK);
	return ch_wr_span(&w);
}

/* What may differ between good armors: white space around, CR before LF, the last LF. */
static bool fuzz_same(ch_span in, ch_span canonical)
{
	size_t at = 0, k = 0;

	while (at < in.n && in.p[at] != '-')
		at++;
	for (; at < in.n && k < canonical.n; at++) {
		if (in.p[at] == '\r' && canonical.p[k] == '\n')
			continue;
		if (in.p[at] != canonical.p[k++])
			return false;
	}
	return k == canonical.n || k == canonical.n - 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	size_t piece = (size_t)ch_rd_u8(&r) + 1;
	struct ch_wr a = ch_wr_of(once, sizeof once), b = ch_wr_of(piece_wise, sizeof piece_wise);
	ch_span in = ch_rd_rest(&r);
	struct ch_diag diag;
	ch_err e;

	if (n > FUZZ_MAX)
		return 0;
	e = fuzz_dearmor(&a, in, SIZE_MAX);
	diag = dearm.diag;
	CH_ASSERT(fuzz_dearmor(&b, in, piece) == e);
	CH_ASSERT(diag.what == dearm.diag.what && diag.at == dearm.diag.at);
	CH_ASSERT(ch_span_eq(ch_wr_span(&a), ch_wr_span(&b)));
	if (e == CH_OK) {
		CH_ASSERT(ch_armor_is(in));
		CH_ASSERT(fuzz_same(in, fuzz_armor(ch_wr_span(&a), piece)));
	}
	a = ch_wr_of(once, sizeof once);
	CH_ASSERT(fuzz_dearmor(&a, fuzz_armor(in, piece), 300) == CH_OK);
	CH_ASSERT(ch_span_eq(ch_wr_span(&a), in));
	return 0;
}
