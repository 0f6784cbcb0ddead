/* The closed list of causes: see defect.h. Append only. */
#include "defect.h"

#include "err.h"

static const struct {
	const char *name, *text;
} defects[CH_DEFECT_COUNT] = {
	[CH_DEFECT_NONE] = { "", "nothing is wrong" },
	[CH_DEFECT_BODY_DOES_NOT_OPEN] = { "body-does-not-open",
		"the body does not open with the unlock key" },
	[CH_DEFECT_BUNDLE_MALFORMED] = { "bundle-malformed",
		"the bundle is not in its one form, or a member is missing or spare" },
	[CH_DEFECT_PAPER_MALFORMED] = { "paper-malformed", "paper.txt is not in its one form" },
	[CH_DEFECT_SEEDS_MALFORMED] = { "seeds-malformed",
		"the seeds are not in their one form, or belong to another paper" },
	[CH_DEFECT_SIGNATURE_MISSING] =
	    { "signature-missing", "the author's signature is missing" },
	[CH_DEFECT_SIGNATURE_WRONG] = { "signature-wrong",
		"the signature is not the one that stands in the cover" },
	[CH_DEFECT_SUMS_DIFFER] = { "sums-differ", "SHA256SUMS is not that of the members" },
	[CH_DEFECT_COMMITMENT_DIFFERS] = { "commitment-differs",
		"paper and seeds do not give the D that was signed" },
	[CH_DEFECT_COVER_DIFFERS] = { "cover-differs",
		"the head contradicts the cover or the submission" },
	[CH_DEFECT_TEXT_DIFFERS] = { "text-differs", "the line text is not that of the text" },
	[CH_DEFECT_ATTACHMENT_DIFFERS] = { "attachment-differs",
		"an attachment differs from what the head says of it" },
};

const char *ch_defect_name(ch_defect d)
{
	CH_ASSERT(d < CH_DEFECT_COUNT);
	return defects[d].name;
}

ch_defect ch_defect_from(ch_span token)
{
	for (unsigned d = 1; d < CH_DEFECT_COUNT; d++)
		if (ch_span_eq(token, ch_span_str(defects[d].name)))
			return (ch_defect)d;
	return CH_DEFECT_NONE;
}

const char *ch_defect_text(ch_defect d)
{
	CH_ASSERT(d < CH_DEFECT_COUNT);
	return defects[d].text;
}
