/*
 * Markdown as HTML: whatever the passage, what comes out is balanced, has only elements of ours, no
 * attribute but class and start, and every sign of markup in the text is escaped.
 */
#include "md_html.h"
#include "rd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define OPEN_MAX 64u

static const char *const with_end[] = { "p", "em", "strong", "code", "pre", "blockquote", "ul",
	"ol", "li", "h3", "h4", "h5", "span", "bdi" };

static unsigned which(ch_span name)
{
	unsigned i = 0;

	while (i < CH_COUNT(with_end) && !ch_span_eq(name, ch_span_str(with_end[i])))
		i++;
	CH_ASSERT(i < CH_COUNT(with_end)); /* only elements of ours */
	return i;
}

static ch_span name_of(ch_span tag)
{
	size_t i = 0;

	while (i < tag.n && tag.p[i] != ' ')
		i++;
	if (i < tag.n) {
		struct ch_rd r = ch_rd_of(ch_span_of(&tag.p[i], tag.n - i));

		CH_ASSERT(ch_rd_starts(&r, CH_LIT(" class=\"")) ||
		    ch_rd_starts(&r, CH_LIT(" start=\"")));
	}
	return ch_span_of(tag.p, i);
}

static void is_balanced(ch_span html)
{
	unsigned open[OPEN_MAX], n = 0;
	struct ch_rd r = ch_rd_of(html);

	while (!ch_rd_at_end(&r)) {
		ch_span tag;

		if (ch_rd_u8(&r) != '<')
			continue;
		tag = ch_rd_until(&r, '>');
		CH_ASSERT(r.err == CH_OK && tag.n > 0);
		if (ch_span_eq(tag, CH_LIT("br")) || ch_span_eq(tag, CH_LIT("hr")))
			continue;
		if (tag.p[0] == '/') {
			CH_ASSERT(n > 0 && open[n - 1] == which(ch_span_of(&tag.p[1], tag.n - 1)));
			n--;
			continue;
		}
		CH_ASSERT(n < OPEN_MAX);
		open[n++] = which(name_of(tag));
	}
	CH_ASSERT(n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_html w;

	ch_html_init(&w, (ch_tongue){ 0 });
	ch_md_html(&w, ch_span_of(data, n));
	if (w.err == CH_OK)
		is_balanced(ch_buf_span(&w.b));
	ch_html_deinit(&w);
	return 0;
}
