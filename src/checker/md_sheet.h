/*
 * A passage as a person reads it: Markdown parsed by cmark, HTML written by sheet.h, so nothing of
 * a text from outside is ever markup. Raw HTML is shown as the text it is; a link is its words with
 * its target behind them, not to be clicked; an image is its words and its address, not loaded.
 *
 * Each passage is parsed alone: what stands in one changes nothing in another. What nests deeper
 * than a person could follow, or is longer than CH_MD_SHEET_MAX, is shown as it was written.
 * For display only: what is signed is the text.
 */
#ifndef CH_MD_SHEET_H
#define CH_MD_SHEET_H

#include "sheet.h"

#define CH_MD_SHEET_MAX ((size_t)16 << 10)

/* Headings become <h3> to <h5>: a page's own are above. `image_words` stand before an image. */
void ch_md_sheet(struct ch_sheet *h, ch_span passage, const char *image_words);
/* The text as it was written, as one paragraph. */
void ch_md_sheet_plain(struct ch_sheet *h, ch_span passage);

#endif
