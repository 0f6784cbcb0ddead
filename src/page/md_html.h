/*
 * A passage as a person reads it: Markdown parsed by cmark, HTML written by html.h, so nothing of
 * a text from outside is ever markup. Raw HTML is shown as the text it is; a link is its words with
 * its target behind them, not to be clicked; an image is its words and its address, not loaded.
 *
 * Each passage is parsed alone: what stands in one changes nothing in another. What nests deeper
 * than a person could follow, or is longer than CH_MD_HTML_MAX, is shown as it was written.
 * For display only: what is signed is the text.
 */
#ifndef CH_MD_HTML_H
#define CH_MD_HTML_H

#include "html.h"

#define CH_MD_HTML_MAX ((size_t)16 << 10)

/* Headings become <h3> to <h5>: a page's own are above. */
void ch_md_html(struct ch_html *w, ch_span passage);
/* The text as it was written, as one paragraph. */
void ch_md_plain(struct ch_html *w, ch_span passage);

#endif
