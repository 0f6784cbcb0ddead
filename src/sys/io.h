/* What the files of this floor share: errno as ch_err, and writes that do not stop half-way. */
#ifndef CH_IO_H
#define CH_IO_H

#include "err.h"
#include "file.h"

/* The ch_err of the current errno. */
CH_MUST_USE ch_err ch_io_err(void);

/* Write all, through EINTR and short writes. */
CH_MUST_USE ch_err ch_io_write(int fd, ch_span bytes);

/* Read until buf is full or the input ends. */
CH_MUST_USE ch_err ch_io_read(uint8_t *buf, size_t *n, int fd, size_t cap);

/* The same at an offset; the descriptor's own place does not move. */
CH_MUST_USE ch_err ch_io_read_at(uint8_t *buf, size_t *n, int fd, size_t cap, uint64_t at);

/* Of a growing file: every 8 MiB send what came to the disk, so that dirty pages stay few and the
 * fsync at the end is short. n: its length now; *pushed: 0 at first. */
void ch_io_push(int fd, uint64_t *pushed, uint64_t n);

/* fsync; any failure is IO, a late report of no room as well: see file.h. */
CH_MUST_USE ch_err ch_io_sync(int fd);

/* The folder that holds `path`: "." when it has no slash. */
CH_MUST_USE ch_err ch_io_parent(char out[CH_PATH_MAX], const char *path);

/* fsync the folder that holds `path`. */
CH_MUST_USE ch_err ch_io_sync_parent(const char *path);

#endif
