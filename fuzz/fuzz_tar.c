/* Archives: what is read is written again to the same bytes, in whatever pieces it came. */
#include "rd.h"
#include "tar.h"
#include "wr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint8_t again[1 << 20];
static struct ch_wr out;
static struct ch_tar_writer writer;

static ch_err put(void *ctx, ch_span bytes)
{
	(void)ctx;
	ch_wr_put(&out, bytes);
	return out.err;
}

static ch_err on_begin(void *ctx, ch_span name, uint64_t size)
{
	(void)ctx;
	return ch_tar_writer_begin(&writer, name, size);
}

static ch_err on_data(void *ctx, ch_span bytes)
{
	(void)ctx;
	return ch_tar_writer_write(&writer, bytes);
}

static ch_err on_end(void *ctx)
{
	(void)ctx;
	return ch_tar_writer_end(&writer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const ch_tar_events events = { on_begin, on_data, on_end };
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	struct ch_tar_reader reader;
	ch_err e = CH_OK;

	if (n > sizeof again)
		return 0;
	out = ch_wr_of(again, sizeof again);
	ch_tar_writer_init(&writer, put, NULL);
	ch_tar_reader_init(&reader, &events, NULL, CH_TAR_ZEROS);
	for (size_t k = 1; e == CH_OK && !ch_rd_at_end(&r); k = k * 3 % 1021)
		e = ch_tar_reader_write(&reader,
		    ch_rd_take(&r, k < ch_rd_left(&r) ? k : ch_rd_left(&r)));
	if (e != CH_OK || ch_tar_reader_finish(&reader) != CH_OK)
		return 0;
	CH_ASSERT(ch_tar_writer_finish(&writer, n) == CH_OK);
	CH_ASSERT(ch_span_eq(ch_wr_span(&out), ch_span_of(data, n)));
	return 0;
}
