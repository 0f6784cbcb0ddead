/* The Markdown checker: a finding lies in the passage that it names. */
#include "markdown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static ch_passage passage[CH_PASSAGES_MAX];
	ch_md_finding f;
	uint32_t k;

	if (ch_paper_split(&k, passage, ch_span_of(data, n)) != CH_OK)
		return 0;
	f = ch_markdown_check(passage, k);
	if (f.fault != CH_MD_NONE)
		CH_ASSERT(f.passage < k && f.at < passage[f.passage].text.n);
	return 0;
}
