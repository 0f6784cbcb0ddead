/* Base64 in pieces: see b64s.h. */
#include "b64s.h"

#include "b64.h"

#define CH_B64S_CHARS 64
#define CH_B64S_BYTES (CH_B64S_CHARS / 4 * 3)

void ch_b64s_put(struct ch_wr *w, ch_span b64, size_t skip)
{
	struct ch_rd r = ch_rd_of(b64), bytes;
	uint8_t buf[CH_B64S_BYTES];

	CH_ASSERT(skip <= 16);
	while (ch_rd_left(&r) > 0 && w->err == CH_OK) {
		bool last = ch_rd_left(&r) <= CH_B64S_CHARS;
		ch_span part = ch_rd_take(&r, last ? ch_rd_left(&r) : CH_B64S_CHARS);
		size_t n = 0;

		/* Padding may stand at the very end alone: a piece before it is full. */
		if (ch_b64_parse(buf, &n, sizeof buf, part, CH_B64_PADDED) != CH_OK ||
		    (!last && n != sizeof buf) || n < skip) {
			ch_wr_fail(w, CH_E_FORMAT);
			return;
		}
		bytes = ch_rd_of(ch_span_of(buf, n));
		(void)ch_rd_take(&bytes, skip);
		ch_wr_put(w, ch_rd_rest(&bytes));
		skip = 0;
	}
}
