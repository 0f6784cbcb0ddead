/* Packs into a buffer: see pack_buf.h. Measured first, so that it grows once. */
#include "pack_buf.h"

ch_err ch_pack_put(struct ch_buf *out, const ch_part *part, size_t n, ch_pack_kind kind,
    bool exercise)
{
	struct ch_wr w = ch_wr_measure();
	size_t size;
	uint8_t *at;
	ch_err e = ch_pack_format(&w, part, n, kind, exercise);

	size = w.n;
	if (e == CH_OK)
		e = ch_buf_reserve(&at, out, size);
	if (e != CH_OK)
		return e;
	w = ch_wr_of(at, size);
	e = ch_pack_format(&w, part, n, kind, exercise);
	if (e == CH_OK)
		ch_buf_commit(out, w.n);
	return e;
}
