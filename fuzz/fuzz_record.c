/* The judge of records, whole: no state without the author's signature, no delivery without its
 * keybox. */
#include "delivery.h"
#include "judge_trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static ch_part part[CH_PACK_PARTS_MAX];
	static struct ch_delivery_work work;
	static ch_delivery d;
	ch_evidence ev = { part, 0, false, judge_trust() };
	ch_pack_kind kind;

	if (ch_pack_sniff(&kind, &ev.exercise, ch_span_of(data, n)) != CH_OK ||
	    ch_pack_parse(part, &ev.n, CH_PACK_PARTS_MAX, ch_span_of(data, n), CH_PACK_RECORD,
	    ev.exercise) != CH_OK)
		return 0;
	if (ch_delivery_judge(&d, &work, &ev, NULL) != CH_OK) {
		CH_ASSERT(d.state == CH_STATE_NONE && d.findings == 0);
		return 0;
	}
	CH_ASSERT(d.exercise == ev.exercise);
	CH_ASSERT(d.state == CH_STATE_NONE || d.step[CH_STEP_SUBMITTED].signed_);
	if (d.state == CH_STATE_DELIVERED) {
		CH_ASSERT(d.step[CH_STEP_RECEIPT].signed_ && d.step[CH_STEP_HANDOVER].signed_);
		CH_ASSERT(ch_evidence_find(&ev, CH_LIT("keybox")).n > 0);
	}
	return 0;
}
