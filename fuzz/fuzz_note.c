/* Signed notes: whatever is read is written back byte for byte. */
#include "note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t buf[1 << 20];
	struct ch_wr w = ch_wr_of(buf, n < sizeof buf ? n : sizeof buf);
	static ch_note note;
	uint8_t sig[CH_NOTE_B64_MAX];
	size_t got;

	if (ch_note_parse(&note, ch_span_of(data, n), CH_NOTE_TEXT_MAX) != CH_OK)
		return 0;
	ch_note_put_text(&w, note.text);
	for (size_t i = 0; i < note.n; i++) {
		ch_note_put_line(&w, &note.line[i]);
		CH_ASSERT(ch_note_line_sig(sig, &got, sizeof sig, &note.line[i]) == CH_OK);
	}
	CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), ch_span_of(data, n)));
	return 0;
}
