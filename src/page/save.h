/* Files for a person to save: see page_save.c. */
#ifndef CH_SAVE_H
#define CH_SAVE_H

#include "act.h"
#include "public.h"

/* With ?saved=…: the button that saves what was made. */
void ch_page_saved_note(struct ch_page *p);

#endif
