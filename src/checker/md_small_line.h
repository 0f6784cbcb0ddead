/* The lines of a paragraph, of md_small.c alone. */
#ifndef CH_MD_SMALL_LINE_H
#define CH_MD_SMALL_LINE_H

#include "md_small.h"

/* Tell what stands in m->para; fits is false afterwards when something is not known. */
void ch_mds_inline(struct ch_md_small *m);

#endif
