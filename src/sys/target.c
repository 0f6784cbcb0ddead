/*
 * Where output goes: see target.h. Trusts rename() and link() to be atomic, and fsync().
 *
 * An O_TMPFILE has no name until linkat() gives it one, and linkat() does not replace: where the
 * name exists the file is linked under a `.tmp-` name first and renamed. That name, and the one
 * of a file system without O_TMPFILE, is known to the signal handler, which removes it.
 */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "hex.h"
#include "io.h"
#include "rng.h"

/* ---- signals ---- */

static const int ch_target_signals[] = { SIGINT, SIGTERM, SIGHUP };
static struct sigaction ch_target_old[CH_COUNT(ch_target_signals)];
static char ch_target_name[CH_PATH_MAX];
static volatile sig_atomic_t ch_target_dir = -1;

/* Only calls that a handler may make. What is renamed already has this name no more. */
static void ch_target_on_signal(int sig)
{
	if (ch_target_dir >= 0)
		(void)unlinkat(ch_target_dir, ch_target_name, 0);
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}

/* From now on the file `name` in the folder `dir` dies with us. */
static void ch_target_guard(int dir, const char *name)
{
	struct sigaction act = { .sa_handler = ch_target_on_signal };

	CH_ASSERT(ch_target_dir < 0);
	memcpy(ch_target_name, name, strlen(name) + 1);
	ch_target_dir = dir;
	for (size_t i = 0; i < CH_COUNT(ch_target_old); i++) {
		(void)sigaction(ch_target_signals[i], NULL, &ch_target_old[i]);
		if (ch_target_old[i].sa_handler == SIG_DFL) /* nohup keeps its own */
			(void)sigaction(ch_target_signals[i], &act, NULL);
	}
}

static void ch_target_unguard(void)
{
	if (ch_target_dir < 0)
		return;
	for (size_t i = 0; i < CH_COUNT(ch_target_old); i++)
		(void)sigaction(ch_target_signals[i], &ch_target_old[i], NULL);
	ch_target_dir = -1;
}

/* ---- opening ---- */

static bool ch_target_same(const struct stat *a, const struct ch_source *from)
{
	return from && S_ISREG(a->st_mode) && a->st_dev == from->st.st_dev &&
	    a->st_ino == from->st.st_ino;
}

static const char *ch_target_last(const struct ch_target *t)
{
	const char *slash = strrchr(t->path, '/');

	return slash ? &slash[1] : t->path;
}

/* A name nobody has. */
static ch_err ch_target_tmp_name(struct ch_target *t)
{
	char hex[17] = { 0 };
	uint8_t salt[8];
	struct ch_wr w = ch_wr_of(hex, 16);
	ch_err e = ch_random(salt, sizeof salt);

	if (e != CH_OK)
		return e;
	ch_hex_put(&w, ch_span_of(salt, sizeof salt));
	if ((e = ch_wr_done(&w)) != CH_OK)
		return e;
	return ch_path(t->tmp, ".tmp-%s", hex);
}

/* Without a name if that works here and can end: the name is given through /proc. */
static int ch_target_nameless(const struct ch_target *t)
{
	char self[CH_PATH_MAX];
	int fd = openat(t->dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	if (ch_path(self, "/proc/self/fd/%d", fd) == CH_OK && access(self, F_OK) == 0)
		return fd;
	close(fd);
	return -1;
}

static ch_err ch_target_beside(struct ch_target *t, mode_t mode)
{
	char parent[CH_PATH_MAX];
	ch_err e = ch_io_parent(parent, t->path);

	if (e != CH_OK)
		return e;
	t->dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->dir < 0)
		return ch_io_err();
	t->fd = ch_target_nameless(t);
	if (t->fd < 0) {
		if ((e = ch_target_tmp_name(t)) != CH_OK)
			return e;
		ch_target_guard(t->dir, t->tmp);
		t->fd = openat(t->dir, t->tmp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	}
	if (t->fd < 0 || fchmod(t->fd, mode & 0777) < 0)
		return ch_io_err();
	t->beside = true;
	return CH_OK;
}

/* A device or a pipe. No O_CREAT, no O_TRUNC: had it become a file meanwhile, it is left alone. */
static ch_err ch_target_device(struct ch_target *t)
{
	struct stat st;

	t->fd = open(t->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (t->fd < 0 || fstat(t->fd, &st) < 0)
		return ch_io_err();
	return S_ISREG(st.st_mode) ? CH_E_FORMAT : CH_OK;
}

static ch_err ch_target_by_path(struct ch_target *t, mode_t mode, const struct ch_source *from)
{
	const char *last = ch_target_last(t);
	struct stat st;

	if (last[0] == 0 || strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
		return CH_E_FORMAT;
	if (lstat(t->path, &st) < 0)
		return errno == ENOENT ? ch_target_beside(t, mode) : ch_io_err();
	if (ch_target_same(&st, from))
		return CH_E_CONFLICT;
	if (S_ISREG(st.st_mode))
		return ch_target_beside(t, st.st_mode);
	if (S_ISLNK(st.st_mode) && stat(t->path, &st) < 0)
		return errno == ENOENT ? CH_E_FORMAT : ch_io_err();
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return CH_E_FORMAT;
	return ch_target_device(t);
}

ch_err ch_target_open(struct ch_target *t, const char *path, mode_t mode,
    const struct ch_source *from)
{
	struct stat st;
	ch_err e = CH_OK;

	*t = (struct ch_target){ .fd = -1, .dir = -1, .open = true };
	if (path == NULL) {
		t->fd = STDOUT_FILENO;
		if (fstat(t->fd, &st) < 0)
			e = ch_io_err();
		else if (ch_target_same(&st, from))
			e = CH_E_CONFLICT;
	} else {
		e = ch_path(t->path, "%s", path);
		if (e == CH_OK)
			e = ch_target_by_path(t, mode, from);
	}
	if (e != CH_OK)
		ch_target_abort(t);
	return e;
}

/* ---- writing ---- */

ch_err ch_target_write(struct ch_target *t, ch_span bytes)
{
	if (t->err != CH_OK)
		return t->err;
	CH_ASSERT(t->open);
	t->err = ch_io_write(t->fd, bytes);
	t->gone = t->err != CH_OK && errno == EPIPE;
	t->n += bytes.n;
	if (t->beside && t->err == CH_OK)
		ch_io_push(t->fd, &t->pushed, t->n);
	return t->err;
}

/* ---- the end ---- */

static void ch_target_close(struct ch_target *t)
{
	if (t->fd >= 0 && t->fd != STDOUT_FILENO)
		close(t->fd);
	if (t->dir >= 0)
		close(t->dir);
	t->fd = t->dir = -1;
	t->open = t->beside = false;
}

void ch_target_abort(struct ch_target *t)
{
	if (!t->open)
		return;
	if (t->tmp[0])
		(void)unlinkat(t->dir, t->tmp, 0);
	ch_target_unguard();
	ch_target_close(t);
}

/* Give a nameless file its final name, or, where that one exists, a `.tmp-` name. */
static ch_err ch_target_link(struct ch_target *t)
{
	char self[CH_PATH_MAX];
	ch_err e = ch_path(self, "/proc/self/fd/%d", t->fd);

	if (e != CH_OK)
		return e;
	if (linkat(AT_FDCWD, self, t->dir, ch_target_last(t), AT_SYMLINK_FOLLOW) == 0)
		return CH_OK;
	if (errno != EEXIST)
		return ch_io_err();
	if ((e = ch_target_tmp_name(t)) != CH_OK)
		return e;
	ch_target_guard(t->dir, t->tmp);
	if (linkat(AT_FDCWD, self, t->dir, t->tmp, AT_SYMLINK_FOLLOW) < 0)
		return ch_io_err();
	return CH_OK;
}

static ch_err ch_target_name_it(struct ch_target *t)
{
	ch_err e = ch_io_sync(t->fd);

	if (e == CH_OK && t->tmp[0] == 0)
		e = ch_target_link(t);
	if (e == CH_OK && t->tmp[0] &&
	    renameat(t->dir, t->tmp, t->dir, ch_target_last(t)) < 0)
		e = ch_io_err();
	if (e != CH_OK)
		return e;
	t->tmp[0] = 0;
	return ch_io_sync(t->dir);
}

ch_err ch_target_commit(struct ch_target *t)
{
	ch_err e = t->err;

	CH_ASSERT(t->open);
	if (e == CH_OK && t->beside)
		e = ch_target_name_it(t);
	ch_target_abort(t);
	return e;
}
