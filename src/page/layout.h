/* What stands around every page; of page.c only. */
#ifndef CH_LAYOUT_H
#define CH_LAYOUT_H

#include "page.h"

void ch_layout_head(struct ch_page *p, ch_msg title, const ch_args *args);
void ch_layout_foot(struct ch_page *p);

#endif
