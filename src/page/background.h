/* What the desk does by itself; of the desk's own files only. */
#ifndef CH_BACKGROUND_H
#define CH_BACKGROUND_H

#include "desk.h"

/* Start what is due for this home: a look at the files, a sync with a registry. */
void ch_background(struct ch_desk_home *h);

/* Whether a look is under way, which reads the index that is here. */
bool ch_background_looks(const struct ch_desk_home *h);

#endif
