/*
 * Where output goes. A file by its path is written beside, without a name where the file system
 * can, and takes its name only at commit, whole and on the disk; until then what has the name is
 * untouched, and whatever ends the program (kill -9 too) leaves nothing or, where the file system
 * needs a name, at most a `.tmp-` file. SIGINT, SIGTERM and SIGHUP leave nothing.
 * Pipes, devices and standard output are written directly.
 *
 * A symbolic link in the last place is followed to a device (/dev/stdout) and refused otherwise.
 * Errors as in file.h. One target a process at a time.
 */
#ifndef CH_TARGET_H
#define CH_TARGET_H

#include "source.h"

struct ch_target {
	int fd, dir;
	bool open;
	bool beside; /* a file that is still without its name        */
	bool gone;   /* the reader of a pipe went away: said by IO   */
	ch_err err;
	uint64_t n, pushed;
	char path[CH_PATH_MAX], tmp[CH_PATH_MAX]; /* tmp: the last part of a name, or "" */
};

/*
 * path NULL: standard output. `mode` is for a new file, whatever the umask; one that is replaced
 * keeps its own. CONFLICT: it is the file that `from` reads. FORMAT: a folder, or a symbolic link
 * to anything but a device.
 */
CH_MUST_USE ch_err ch_target_open(struct ch_target *t, const char *path, mode_t mode,
    const struct ch_source *from);

/* The first error sticks. */
CH_MUST_USE ch_err ch_target_write(struct ch_target *t, ch_span bytes);

/* Exactly one of the two ends it; abort after commit, or on a zeroed struct, does nothing. */
CH_MUST_USE ch_err ch_target_commit(struct ch_target *t);
void ch_target_abort(struct ch_target *t);

#endif
