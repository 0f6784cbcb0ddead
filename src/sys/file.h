/*
 * Files. What was reported as written is on the disk: content and name. A symbolic link in the
 * last place of a path is never followed.
 *
 * IO is also the answer to a failed fsync: the kernel may have dropped the bytes and will not say
 * so twice, so the caller must stop and not retry. FULL: no room (disk, quota or file size), and
 * never from an fsync.
 * ABSENT: no such file. DENIED: the system forbids it. CONFLICT: there is one already.
 */
#ifndef CH_FILE_H
#define CH_FILE_H

#include <sys/types.h>

#include "mem.h"

#define CH_PATH_MAX 1024

/* Format a path. LIMIT: it does not fit, or is empty (out is then ""). */
CH_MUST_USE ch_err ch_path(char out[CH_PATH_MAX], const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The whole regular file, appended to `out`. LIMIT: more than out's max allows. FORMAT: not a
 * regular file. On error out is as before. */
CH_MUST_USE ch_err ch_file_read(struct ch_buf *out, const char *path);

/*
 * What a person names as input: links are followed and pipes are read, and "-" is standard input.
 * `open_to_all` tells whether it is a plain file that everyone may read. LIMIT, and errors, as
 * above; FORMAT for a folder.
 */
CH_MUST_USE ch_err ch_file_read_named(struct ch_buf *out, bool *open_to_all, const char *path);

/* Whether a descriptor is that of a plain file which every user may read. */
bool ch_file_is_open_to_all(int fd);

/* The same into fixed memory (secrets): out[0..cap), wiped on error. */
CH_MUST_USE ch_err ch_file_read_into(uint8_t *out, size_t *n, size_t cap, const char *path);

/*
 * Replace or make a file. Order: a new file `.tmp-…` beside it is written whole, fsynced, renamed
 * over `path`, and the folder fsynced. A crash leaves the old content or the new, never a mix; on
 * error nothing new remains (but see IO above: after a failed fsync of the folder the name may
 * or may not be durable).
 */
CH_MUST_USE ch_err ch_file_write(const char *path, ch_span bytes, mode_t mode);

/* The same, and CONFLICT when `path` exists, which is then untouched. */
CH_MUST_USE ch_err ch_file_create(const char *path, ch_span bytes, mode_t mode);

/* Append and fdatasync; makes the file if needed. A failed write is cut off again. */
CH_MUST_USE ch_err ch_file_append(const char *path, ch_span bytes, mode_t mode);

/* Rename within one file system, replacing `to`; both folders fsynced. */
CH_MUST_USE ch_err ch_file_rename(const char *to, const char *from);

/* Remove and fsync the folder. */
CH_MUST_USE ch_err ch_file_unlink(const char *path);

/* Size of a regular file; FORMAT: it is something else. */
CH_MUST_USE ch_err ch_file_size(uint64_t *size, const char *path);

/*
 * Write a large file in pieces; the name appears at commit. The first error sticks and is the
 * answer of commit. Exactly one of commit, commit_new or abort ends it; abort after either, or
 * on a zeroed struct, does nothing. Dirty pages are pushed out every 8 MiB, so that the fsync at
 * the end is short and memory stays flat.
 */
struct ch_outfile {
	int fd;
	bool open;
	ch_err err;
	uint64_t n, pushed;
	char path[CH_PATH_MAX], tmp[CH_PATH_MAX];
};

CH_MUST_USE ch_err ch_outfile_open(struct ch_outfile *f, const char *path, mode_t mode);
CH_MUST_USE ch_err ch_outfile_write(struct ch_outfile *f, ch_span bytes);
CH_MUST_USE ch_err ch_outfile_commit(struct ch_outfile *f);
/* CONFLICT when the name exists: the new content is dropped. */
CH_MUST_USE ch_err ch_outfile_commit_new(struct ch_outfile *f);
void ch_outfile_abort(struct ch_outfile *f);

/* Read a large regular file in pieces. `size` is what it was at open. */
struct ch_infile {
	int fd;
	bool open;
	uint64_t size, at;
};

CH_MUST_USE ch_err ch_infile_open(struct ch_infile *f, const char *path);
/* Fill buf[0..cap) or stop at the end of the file: n < cap only there. */
CH_MUST_USE ch_err ch_infile_read(uint8_t *buf, size_t *n, struct ch_infile *f, size_t cap);
CH_MUST_USE ch_err ch_infile_seek(struct ch_infile *f, uint64_t at);
void ch_infile_close(struct ch_infile *f);

#endif
