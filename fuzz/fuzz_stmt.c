/* Statements of every kind: what parses is written again to the same bytes. */
#include "stmt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t text[CH_STMT_ROSTER_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_stmt s;

	if (ch_stmt_parse(&s, ch_span_of(data, n)) != CH_OK)
		return 0;
	CH_ASSERT(ch_stmt_format(&w, &s) == CH_OK && ch_span_eq(ch_wr_span(&w), s.text));
	for (unsigned f = 0; f < ch_kind_schema(s.kind)->n; f++)
		for (uint32_t i = 0; i < s.count[f] && i < 8; i++) {
			ch_item it;

			CH_ASSERT(ch_stmt_item(&it, &s, f, i) == CH_OK);
		}
	return 0;
}
