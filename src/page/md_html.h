/*
 * A passage as a person reads it, set as in published folders: see checker/md_sheet.h, which says
 * what becomes of links, images and raw HTML. For display only: what is signed is the text.
 */
#ifndef CH_MD_HTML_H
#define CH_MD_HTML_H

#include "html.h"
#include "md_sheet.h"

#define CH_MD_HTML_MAX CH_MD_SHEET_MAX

void ch_md_html(struct ch_html *w, ch_span passage);
/* The text as it was written, as one paragraph. */
void ch_md_plain(struct ch_html *w, ch_span passage);

#endif
