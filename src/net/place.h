/*
 * Files that lie together under one address: of a server (http, https) or of a folder. What a log
 * is read from, a copy of it as well as itself.
 */
#ifndef CH_PLACE_H
#define CH_PLACE_H

#include "ahead.h"

struct ch_place {
	char at[CH_PATH_MAX]; /* no slash at its end */
	bool remote;
	char coding[16]; /* after FORMAT: in which the server gave the file */
	struct ch_client client;
	struct ch_ahead *ahead; /* NULL before the first */
};

/* LIMIT: the address is empty or too long. Close in any case; a zeroed struct is fine. */
CH_MUST_USE ch_err ch_place_open(struct ch_place *p, const char *at);
void ch_place_close(struct ch_place *p);

/*
 * The file `path` under it, in place of what out holds. *status is the server's answer; 0 when
 * there was none, or no server.
 * ABSENT: there is none (404, 410)   NET: not reached, or another answer   LIMIT: more than out's
 * max   FORMAT: in a coding that was not asked for   IO and so on as of files
 */
CH_MUST_USE ch_err ch_place_get(struct ch_buf *out, unsigned *status, struct ch_place *p,
    const char *path, unsigned total_ms);

/* That file will be asked for soon, and be of at most max bytes. A hint; a folder needs none. */
void ch_place_ahead(struct ch_place *p, const char *path, size_t max, unsigned total_ms);
/* What was hinted at will not be asked for, or may be another file by then. */
void ch_place_forget(struct ch_place *p);

#endif
