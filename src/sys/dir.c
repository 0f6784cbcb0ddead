/* Folders and locks: see dir.h. */
#include "dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"

#define CH_DIR_NAMES (64u << 20) /* bytes of names in one listing */

ch_err ch_disk_free(uint64_t *free, const char *path)
{
	struct statvfs v;
	int rc;

	*free = 0;
	do
		rc = statvfs(path, &v);
	while (rc < 0 && errno == EINTR);
	if (rc < 0)
		return ch_io_err();
	*free = (uint64_t)v.f_bavail * v.f_frsize;
	return CH_OK;
}

ch_err ch_dir_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return ch_io_err();
	ch_err e = ch_io_sync(fd);
	close(fd);
	return e;
}

ch_err ch_dir_sync_above(const char *path)
{
	return ch_io_sync_parent(path);
}

/* One folder, whose parent exists. */
static ch_err ch_dir_make_one(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return ch_io_sync_parent(path);
	if (errno != EEXIST)
		return ch_io_err();
	if (stat(path, &st) < 0)
		return ch_io_err();
	return S_ISDIR(st.st_mode) ? CH_OK : CH_E_FORMAT;
}

ch_err ch_dir_make(const char *path)
{
	char part[CH_PATH_MAX];
	ch_err e = ch_path(part, "%s", path);

	for (size_t i = 1; e == CH_OK && part[i]; i++) {
		if (part[i] != '/' || part[i - 1] == '/')
			continue;
		part[i] = 0; /* each ancestor in turn */
		e = ch_dir_make_one(part);
		part[i] = '/';
	}
	return e == CH_OK ? ch_dir_make_one(part) : e;
}

ch_err ch_dir_make_above(const char *path)
{
	char parent[CH_PATH_MAX];
	ch_err e = ch_io_parent(parent, path);

	return e == CH_OK ? ch_dir_make(parent) : e;
}

ch_err ch_dir_of_user(char out[CH_PATH_MAX], const char *var, const char *below)
{
	const char *xdg = getenv(var), *home = getenv("HOME");

	if (xdg && xdg[0] == '/')
		return ch_path(out, "%s/chancery", xdg);
	if (home && home[0] == '/')
		return ch_path(out, "%s/%s/chancery", home, below);
	out[0] = '\0';
	return CH_E_ABSENT;
}

static int ch_dir_cmp(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* Read names into d->names[0..cap); one more than cap is LIMIT. */
static ch_err ch_dir_read(struct ch_dir *d, DIR *h, size_t cap)
{
	for (;;) {
		errno = 0;
		const struct dirent *ent = readdir(h);

		if (ent == NULL)
			return errno ? CH_E_IO : CH_OK;
		if (ent->d_name[0] == '.')
			continue;
		if (d->n == cap)
			return CH_E_LIMIT;
		ch_span s = ch_arena_copy(&d->arena, ch_span_str(ent->d_name));
		if (s.p == NULL)
			return d->arena.err;
		d->names[d->n++] = (const char *)s.p;
	}
}

/* How many names there are; stops above max. */
static size_t ch_dir_count(DIR *h, size_t max)
{
	const struct dirent *ent;
	size_t n = 0;

	while (n <= max && (ent = readdir(h)) != NULL)
		n += ent->d_name[0] != '.';
	rewinddir(h);
	return n;
}

ch_err ch_dir_list(struct ch_dir *d, const char *path, size_t max)
{
	ch_err e = CH_OK;

	*d = (struct ch_dir){ 0 };
	ch_arena_init(&d->arena, CH_DIR_NAMES);
	DIR *h = opendir(path);
	if (h == NULL)
		return ch_io_err();
	size_t n = ch_dir_count(h, max), cap = n + n / 8 + 16; /* it may be growing */
	if (cap > max)
		cap = max;
	if (n > max)
		e = CH_E_LIMIT;
	if (e == CH_OK) {
		d->names = ch_arena_alloc(&d->arena, (cap ? cap : 1) * sizeof *d->names);
		e = ch_arena_got(&d->arena, d->names);
		if (e == CH_OK)
			e = ch_dir_read(d, h, cap);
	}
	closedir(h);
	if (e != CH_OK) {
		ch_dir_deinit(d);
		return e;
	}
	if (d->n)
		qsort(d->names, d->n, sizeof *d->names, ch_dir_cmp);
	return CH_OK;
}

void ch_dir_deinit(struct ch_dir *d)
{
	ch_arena_deinit(&d->arena);
	*d = (struct ch_dir){ 0 };
}

static ch_err ch_dir_drop_file(int at, const char *name)
{
	return unlinkat(at, name, 0) == 0 || errno == ENOENT ? CH_OK : ch_io_err();
}

/* Everything in an open folder whose name begins so, each by `drop`. */
static ch_err ch_dir_empty(int fd, const char *prefix, ch_err (*drop)(int at, const char *name))
{
	int own = dup(fd);
	DIR *h = own < 0 ? NULL : fdopendir(own);
	const struct dirent *ent;
	ch_err e = CH_OK;
	bool any = false;

	if (h == NULL) {
		e = ch_io_err();
		if (own >= 0)
			close(own);
		return e;
	}
	rewinddir(h); /* a duplicate shares its place with the original */
	while (e == CH_OK && (ent = readdir(h)) != NULL) {
		if (strcmp(ent->d_name, ".") == 0 || strcmp(ent->d_name, "..") == 0 ||
		    strncmp(ent->d_name, prefix, strlen(prefix)) != 0)
			continue;
		any = true;
		e = drop(fd, ent->d_name);
	}
	closedir(h);
	return e == CH_OK && any ? ch_io_sync(fd) : e;
}

/* A file, or a folder of files: no deeper, for nothing of ours is. */
static ch_err ch_dir_drop_folder(int at, const char *name)
{
	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return CH_OK;
	if (errno != EISDIR && errno != EPERM)
		return ch_io_err();
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return ch_io_err();
	ch_err e = ch_dir_empty(fd, "", ch_dir_drop_file);
	close(fd);
	if (e == CH_OK && unlinkat(at, name, AT_REMOVEDIR) < 0)
		e = ch_io_err();
	return e;
}

ch_err ch_dir_sweep(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return ch_io_err();
	ch_err e = ch_dir_empty(fd, ".tmp-", ch_dir_drop_file);
	if (e == CH_OK)
		e = ch_dir_empty(fd, ".new-", ch_dir_drop_folder);
	close(fd);
	return e;
}

ch_err ch_dir_sweep_above(const char *path)
{
	char parent[CH_PATH_MAX];
	ch_err e = ch_io_parent(parent, path);

	if (e == CH_OK)
		e = ch_dir_sweep(parent);
	return e == CH_E_ABSENT ? CH_OK : e;
}

ch_err ch_dir_remove(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? CH_OK : ch_io_err();
	ch_err e = ch_dir_empty(fd, "", ch_dir_drop_file);
	close(fd);
	if (e == CH_OK && rmdir(path) < 0)
		e = ch_io_err();
	return e == CH_OK ? ch_io_sync_parent(path) : e;
}

ch_err ch_lock_take(struct ch_lock *l, const char *path, int wait_ms)
{
	uint64_t begun = ch_clock_ms();
	const struct timespec nap = { .tv_nsec = 10000000 }; /* 10 ms */

	*l = (struct ch_lock){ .fd = -1 };
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return ch_io_err();
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		bool busy = errno == EWOULDBLOCK || errno == EINTR;

		if (!busy || (wait_ms >= 0 && ch_clock_ms() - begun >= (uint64_t)wait_ms)) {
			ch_err e = busy ? CH_E_CONFLICT : ch_io_err();

			close(fd);
			return e;
		}
		(void)nanosleep(&nap, NULL);
	}
	*l = (struct ch_lock){ .fd = fd, .held = true };
	return CH_OK;
}

void ch_lock_drop(struct ch_lock *l)
{
	if (l->held)
		close(l->fd); /* closing the only descriptor of it unlocks */
	*l = (struct ch_lock){ .fd = -1 };
}

ch_err ch_dir_stamp(int64_t *out, const char *path)
{
	struct stat st;

	*out = 0;
	if (lstat(path, &st) != 0)
		return ch_io_err();
	if (!S_ISDIR(st.st_mode))
		return CH_E_FORMAT;
	*out = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	return CH_OK;
}
