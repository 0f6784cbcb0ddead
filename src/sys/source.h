/*
 * Input of any kind: a file by its path (symbolic links are followed), a pipe, a device, or
 * standard input. Errors as in file.h.
 */
#ifndef CH_SOURCE_H
#define CH_SOURCE_H

#include <sys/stat.h>

#include "file.h"

struct ch_source {
	int fd;
	bool open, ours;     /* ours: closed at the end                                      */
	bool sized;          /* a regular file that is not empty: ch_source_read_at() works  */
	uint64_t begin, end; /* then: from where to where it is read                         */
	struct stat st;      /* at open                                                      */
};

/* path NULL: standard input, from where it stands. FORMAT: a folder. */
CH_MUST_USE ch_err ch_source_open(struct ch_source *s, const char *path);

/* In order: fill buf[0..cap) or stop at the end: n < cap only there. */
CH_MUST_USE ch_err ch_source_read(uint8_t *buf, size_t *n, struct ch_source *s, size_t cap);
/* In order: what is there now, at least a byte; n = 0 at the end. */
CH_MUST_USE ch_err ch_source_some(uint8_t *buf, size_t *n, struct ch_source *s, size_t cap);

/* At an offset, from any thread. CONFLICT: the file is shorter than it was. */
CH_MUST_USE ch_err ch_source_read_at(uint8_t *buf, size_t n, const struct ch_source *s,
    uint64_t at);
/* CONFLICT: a sized file has another length or time of change than at open. */
CH_MUST_USE ch_err ch_source_check(const struct ch_source *s);

/* Does nothing to a zeroed struct. */
void ch_source_close(struct ch_source *s);

#endif
