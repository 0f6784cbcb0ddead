/* What the pages of the first run share; of page_first.c and page_ask.c only. */
#ifndef CH_FIRST_H
#define CH_FIRST_H

#include "field.h"

#define CH_FIRST_LINE 200u
#define CH_FIRST_WORK_PRACTICE 14u /* keys of an exercise guard nothing */

/* What the forms of a new home ask for; what one does not ask for stays empty. */
struct ch_first_form {
	struct ch_pass pass;
	char handle[CH_HANDLE_MAX + 1], person[65];
	char title[CH_FIRST_LINE + 1], office[CH_FIRST_LINE + 1];
	bool exercise, classic;
};
/* What was given; `titled`: the party needs its title. CH_M_COUNT when it will do, else the
 * sentence that says why not. */
ch_msg ch_first_take(struct ch_first_form *out, struct ch_page *p, bool titled);

/* At the end of a job that made a home: the desk takes it in, unlocked, and the job leads to
 * /h/<n>/<page>. */
void ch_first_made(struct ch_job *j, const char *page);

#endif
