/* The judge of extracts, whole: `disclosed` only with the author's signed disclosure. */
#include "extract.h"
#include "judge_trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static ch_part part[CH_PACK_PARTS_MAX];
	static struct ch_extract_work work;
	static ch_extract x;
	ch_evidence ev = { part, 0, false, judge_trust() };
	ch_pack_kind kind;

	if (ch_pack_sniff(&kind, &ev.exercise, ch_span_of(data, n)) != CH_OK ||
	    ch_pack_parse(part, &ev.n, CH_PACK_PARTS_MAX, ch_span_of(data, n), CH_PACK_EXTRACT,
	    ev.exercise) != CH_OK)
		return 0;
	if (ch_extract_judge(&x, &work, &ev, NULL) != CH_OK) {
		CH_ASSERT(!x.disclosed && !x.confirmed && !x.delivered && !x.has_paper);
		return 0;
	}
	CH_ASSERT(x.exercise == ev.exercise);
	if (x.disclosed)
		CH_ASSERT(x.step[CH_XS_PAPER].signed_ && x.step[CH_XS_DISCLOSURE].signed_ &&
		    ch_span_eq(x.author, x.speaker));
	if (x.delivered)
		CH_ASSERT(x.step[CH_XS_RECEIPT].signed_ && x.step[CH_XS_HANDOVER].signed_);
	return 0;
}
