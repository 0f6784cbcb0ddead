/* Folders and locks. Errors as in file.h. */
#ifndef CH_DIR_H
#define CH_DIR_H

#include "file.h"

/* The folder and all missing ones above it, mode 0700, each made durable in its parent. An
 * existing folder is fine; FORMAT when something else has its name. */
CH_MUST_USE ch_err ch_dir_make(const char *path);

/* The folder that a file of this path lies in, likewise. */
CH_MUST_USE ch_err ch_dir_make_above(const char *path);

/*
 * The folder `chancery` where this user's programs keep things of one kind (the XDG base directory
 * specification); it need not be there. ABSENT: neither the variable nor HOME is an absolute path.
 *   var    XDG_DATA_HOME, say        below   what it stands for below HOME: .local/share
 */
CH_MUST_USE ch_err ch_dir_of_user(char out[CH_PATH_MAX], const char *var, const char *below);

/* The names in a folder, sorted by bytes, without those that begin with a dot. */
struct ch_dir {
	struct ch_arena arena;
	const char **names; /* valid until deinit */
	size_t n;
};

/* LIMIT: more than max names. On error `d` is empty; deinit is fine in any case. */
CH_MUST_USE ch_err ch_dir_list(struct ch_dir *d, const char *path, size_t max);
void ch_dir_deinit(struct ch_dir *d);

/* When something was last made, removed or renamed in a folder, in nanoseconds; to be compared
 * with an earlier answer. Changes that follow within the same tick of the file system (10 ms) may
 * bear the same stamp. */
CH_MUST_USE ch_err ch_dir_stamp(int64_t *out, const char *path);

/* Remove what a crash left of unfinished writes: files `.tmp-…` and folders `.new-…` (of files
 * only). Only under a lock: a living writer's would go as well. */
CH_MUST_USE ch_err ch_dir_sweep(const char *path);

/* The folder that a file of this path lies in, likewise. None is fine. */
CH_MUST_USE ch_err ch_dir_sweep_above(const char *path);

/* Remove a folder of files. None is fine. IO: it holds another folder, or as above. */
CH_MUST_USE ch_err ch_dir_remove(const char *path);

/* Bytes that this user may still write on the file system of a path. IO, ABSENT. */
CH_MUST_USE ch_err ch_disk_free(uint64_t *free, const char *path);

/* fsync a folder, so that names made or removed in it are durable. */
CH_MUST_USE ch_err ch_dir_sync(const char *path);

/* The folder that a file of this path lies in, likewise. */
CH_MUST_USE ch_err ch_dir_sync_above(const char *path);

/*
 * An advisory lock on a file, which is made if needed and stays. It ends with drop or with the
 * process. CONFLICT: another holds it still after wait_ms (0: ask once; negative: wait for ever).
 */
struct ch_lock {
	int fd;
	bool held;
};

CH_MUST_USE ch_err ch_lock_take(struct ch_lock *l, const char *path, int wait_ms);
void ch_lock_drop(struct ch_lock *l);

#endif
