/* Shared by the talks_*.c files only: the list of who was invited, and files of talks. */
#ifndef CH_TALKS_INNER_H
#define CH_TALKS_INNER_H

#include "talks.h"

/* invited.txt: lines `<handle> <code>`. FORMAT sticks in r. */
CH_MUST_USE ch_err ch_invited_next(ch_span *handle, ch_span *code, struct ch_rd *r);
CH_MUST_USE ch_err ch_invited_find(ch_span *code, ch_span invited, ch_span handle);
CH_MUST_USE ch_err ch_invited_count(uint32_t *n, ch_span invited);

/* talks/<talks>/<name>. ABSENT. */
CH_MUST_USE ch_err ch_talks_file(struct ch_buf *out, const struct ch_home *h, const char *talks,
    const char *name);

#endif
