/* What the pages of the first run share; of page_first.c and page_ask.c only. */
#ifndef CH_FIRST_H
#define CH_FIRST_H

#include "page.h"

#define CH_FIRST_LINE 200u
#define CH_FIRST_WORK_PRACTICE 14u /* keys of an exercise guard nothing */

/* What a person writes, as an id: "A. Jones" is a.jones. */
void ch_first_as_id(char *s);
void ch_first_lower(char *s);
bool ch_first_is_line(const char *s, bool needed);
/* At the end of a job that made a home: the desk takes it in, unlocked, and the job leads to
 * /h/<n>/<page>. */
void ch_first_made(struct ch_job *j, const char *page);

#endif
