/* Charters: whatever parses has sorted parties that are found again, and no line judges itself. */
#include "charter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const ch_roster *none[CH_CHARTER_PARTIES_MAX];
	static ch_charter c;
	static ch_note note;
	ch_charter_party p, q;
	ch_charter_signed s;
	uint32_t at;

	CH_ASSERT(ch_crypto_init() == CH_OK);
	if (ch_note_parse(&note, ch_span_of(data, n), CH_NOTE_TEXT_MAX) != CH_OK ||
	    ch_charter_parse(&c, note.text, NULL) != CH_OK)
		return 0;
	for (uint32_t i = 0; i < c.n; i++) {
		ch_charter_party_at(&p, &c, i);
		CH_ASSERT(ch_charter_find(&q, &at, &c, p.handle) == CH_OK && at == i);
		CH_ASSERT(ch_charter_find_code(&q, &at, &c, p.code) == CH_OK && at == i);
	}
	CH_ASSERT(ch_charter_judge(&s, &c, &note, none) == CH_E_FORMAT);
	(void)ch_charter_effect(&c, CH_LIT("rejection"));
	return 0;
}
