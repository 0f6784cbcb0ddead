/* The process itself: what every program of the house does first. */
#ifndef CH_PROC_H
#define CH_PROC_H

#include <stdbool.h>

#include "err.h"

/*
 * Ignore SIGPIPE and SIGXFSZ (writes answer EPIPE, EFBIG instead), set umask 077, make sure that
 * descriptors 0 to 2 are open. With secrets = true also: no core dumps, and no debugger of the
 * same user.
 * INTERNAL: the system refuses; the program should stop.
 */
CH_MUST_USE ch_err ch_proc_start(bool secrets);

/* End, as by SIGTERM, when whoever started this program ends. CONFLICT: that has happened. */
CH_MUST_USE ch_err ch_proc_end_with_parent(void);

/* End now, whatever threads still do, as a power cut would for the files; stdout is flushed. */
_Noreturn void ch_proc_end(int status);

/* Show a file in the person's browser (xdg-open), without waiting for it. ABSENT: there is no
 * display, or no such program. */
CH_MUST_USE ch_err ch_proc_browse(const char *path);

/* SIGHUP does nothing, until a server listens for it: a reload while it still starts is no reason
 * to end, and what it would read anew is yet to be read. */
void ch_proc_ignore_hup(void);

/* As many open files as the system lets us have: the usual soft limit is one that strangers can
 * use up with connections alone. Failing is no error. */
void ch_proc_raise_files(void);

#endif
