/* What stands around every page: for page.c, and for the page of registers. */
#ifndef CH_LAYOUT_H
#define CH_LAYOUT_H

#include "page.h"

void ch_layout_head(struct ch_page *p, ch_msg title, const ch_args *args);
/* What is wrong with a registry, since when, and when it is asked again. */
void ch_layout_trouble(struct ch_page *p, const ch_desk_contact *c);
void ch_layout_foot(struct ch_page *p);

#endif
