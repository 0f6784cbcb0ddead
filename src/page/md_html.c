/* A passage on a page of the desk: see md_html.h. */
#include "md_html.h"

#include "md_sheet.h"

static struct ch_sheet sheet_of(struct ch_html *w)
{
	return (struct ch_sheet){ .out = &w->b, .err = w->err };
}

void ch_md_plain(struct ch_html *w, ch_span passage)
{
	struct ch_sheet h = sheet_of(w);

	ch_md_sheet_plain(&h, passage);
	w->err = h.err;
}

void ch_md_html(struct ch_html *w, ch_span passage)
{
	struct ch_sheet h = sheet_of(w);

	ch_md_sheet(&h, passage, ch_html_word(w, CH_M_MD_IMAGE));
	w->err = h.err;
}
