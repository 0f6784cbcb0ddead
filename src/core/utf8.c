/* UTF-8 decoding: see utf8.h. Source: RFC 3629 sections 3 and 4. */
#include "utf8.h"

/* How many bytes follow the first one, and the least code point that needs so many. */
static unsigned ch_utf8_more(uint8_t first, uint32_t *bits, uint32_t *least)
{
	if (first < 0x80) {
		*bits = first;
		*least = 0;
		return 0;
	}
	if (first >= 0xc2 && first < 0xe0) {
		*bits = first & 0x1f;
		*least = 0x80;
		return 1;
	}
	if (first >= 0xe0 && first < 0xf0) {
		*bits = first & 0x0f;
		*least = 0x800;
		return 2;
	}
	*bits = first & 0x07;
	*least = 0x10000;
	return first >= 0xf0 && first < 0xf5 ? 3 : 4;
}

uint32_t ch_utf8_next(struct ch_rd *r)
{
	uint32_t v = 0, least = 0;
	unsigned more = ch_utf8_more(ch_rd_u8(r), &v, &least);

	ch_rd_need(r, more < 4, CH_E_FORMAT);
	for (unsigned i = 0; i < more && r->err == CH_OK; i++) {
		uint8_t c = ch_rd_u8(r);

		ch_rd_need(r, (c & 0xc0) == 0x80, CH_E_FORMAT);
		v = v << 6 | (c & 0x3f);
	}
	ch_rd_need(r, v >= least && v <= 0x10ffff && (v < 0xd800 || v > 0xdfff), CH_E_FORMAT);
	return r->err == CH_OK ? v : 0;
}

bool ch_utf8_is_valid(ch_span s)
{
	struct ch_rd r = ch_rd_of(s);

	while (ch_rd_left(&r) > 0)
		(void)ch_utf8_next(&r);
	return ch_rd_done(&r) == CH_OK;
}
