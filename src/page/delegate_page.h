/* What the pages of keys and delegates share; of page_keys.c, page_passphrase.c, page_ask.c,
 * page_delegate.c, page_recall.c. */
#ifndef CH_DELEGATE_PAGE_H
#define CH_DELEGATE_PAGE_H

#include "delegates.h"
#include "page.h"

/* "send, sign for papers, draft" */
void ch_page_powers(struct ch_page *p, unsigned powers);
ch_msg ch_page_power(unsigned power);

/* Over such a page: where it stands, and its title. */
void ch_page_keys_begin(struct ch_page *p, ch_msg title, const ch_args *args);
/* For said[2] of a job: registries whose operator has not admitted us yet, which is no error. */
ch_delegate_ears ch_page_ears(struct ch_job *j);
/* On the page that such a job led to: those registries, and what to do. */
void ch_page_told(struct ch_page *p);

#endif
