/*
 * The small setter of Markdown: whatever the passage, what it opens it closes in order, no text is
 * empty, and no more comes out than went in. test/unit/test_md_small.c holds it to cmark.
 */
#include "md_small.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define OPEN_MAX 4096u

static struct ch_md_small work;
static struct told {
	ch_mds_tag open[OPEN_MAX];
	unsigned n;
	size_t text;
} told;

static void on_open(void *ctx, ch_mds_tag tag, uint32_t start)
{
	struct told *t = ctx;

	(void)start;
	CH_ASSERT(tag < CH_MDS_COUNT && t->n < OPEN_MAX);
	if (tag != CH_MDS_BR)
		t->open[t->n++] = tag;
}

static void on_close(void *ctx, ch_mds_tag tag)
{
	struct told *t = ctx;

	CH_ASSERT(t->n > 0 && t->open[t->n - 1] == tag);
	t->n--;
}

static void on_text(void *ctx, ch_span text)
{
	struct told *t = ctx;

	CH_ASSERT(text.n > 0);
	t->text += text.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const ch_mds_ear ear = { on_open, on_close, on_text, &told };

	told.n = 0;
	told.text = 0;
	if (ch_md_small(&work, &ear, ch_span_of(data, n)))
		CH_ASSERT(told.n == 0 && told.text <= n);
	return 0;
}
