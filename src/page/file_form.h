/* One small file in a form, with or without script: for what is not a text that could be pasted. */
#ifndef CH_FILE_FORM_H
#define CH_FILE_FORM_H

#include "page.h"

/* The form, its file field and its button. `path` is below /h/<n>/. */
void ch_file_form(struct ch_page *p, const char *path, ch_msg label, ch_msg button);

/*
 * For a row with `stream`: takes such a form and calls `done` with what came, at most `max` bytes;
 * `why` says what was wrong with it. The page answers as any handler does; `file` may be moved.
 */
typedef void ch_file_came(struct ch_page *p, struct ch_buf *file, ch_err e, struct ch_problem *why);
void ch_file_form_take(struct ch_page *p, size_t max, ch_file_came *done);

#endif
