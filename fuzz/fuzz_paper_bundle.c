/*
 * The bundle inside an envelope, seeds and all: a cover, a zero byte, the archive. Every refusal
 * names its defect; what is taken has the paper that the cover names.
 */
#include "envelope.h"
#include "rd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint8_t paper_txt[CH_PAPER_MAX];
static ch_passage passage[CH_PASSAGES_MAX];
static struct ch_paper_work work;
static struct ch_bundle_reader reader;

static void try_one(ch_span cover, ch_span bundle, bool exercise)
{
	static const ch_bundle_room room = { paper_txt, sizeof paper_txt, passage, &work };
	struct ch_rd r = ch_rd_of(bundle);
	ch_err e = CH_OK;
	ch_cover c;

	if (ch_cover_parse(&c, cover, exercise) != CH_OK)
		return;
	ch_bundle_reader_init(&reader, &room, &c, NULL, NULL);
	for (size_t k = 1; e == CH_OK && !ch_rd_at_end(&r); k = k * 3 % 1021)
		e = ch_bundle_reader_write(&reader,
		    ch_rd_take(&r, k < ch_rd_left(&r) ? k : ch_rd_left(&r)));
	if (e == CH_OK)
		e = ch_bundle_reader_finish(&reader);
	CH_ASSERT((e == CH_E_AUTH) == (reader.cause != CH_DEFECT_NONE));
	ch_bundle_reader_deinit(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	ch_span cover = ch_rd_until(&r, 0);
	ch_span bundle = ch_rd_rest(&r);

	if (ch_crypto_init() != CH_OK)
		return 0;
	for (int exercise = 0; exercise < 2; exercise++)
		try_one(cover, bundle, exercise);
	return 0;
}
