/*
 * For tests, by LD_PRELOAD: a disk that fails. CHANCERY_SHIM says how, counting from 1:
 *
 *   kill-before:N  kill-after:N   SIGKILL at the Nth fsync, fdatasync, syncfs, rename, link or
 *                                 unlink
 *   eio:N                         the Nth fsync, fdatasync or syncfs answers EIO
 *   enospc:N                      the Nth write to a regular file and all after it answer ENOSPC
 */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#pragma GCC visibility push(default)

static long n_steps, n_syncs, n_writes;

/* The N of a mode, or 0. */
static long wanted(const char *mode)
{
	const char *s = getenv("CHANCERY_SHIM");
	size_t n = strlen(mode);

	return s && strncmp(s, mode, n) == 0 && s[n] == ':' ? strtol(s + n + 1, NULL, 10) : 0;
}

static void before(long step)
{
	if (step == wanted("kill-before"))
		(void)kill(getpid(), SIGKILL);
}

static void after(long step)
{
	if (step == wanted("kill-after"))
		(void)kill(getpid(), SIGKILL);
}

static int sync_by(const char *name, int fd)
{
	int (*real)(int);
	long step = ++n_steps;
	int rc;

	*(void **)&real = dlsym(RTLD_NEXT, name);
	before(step);
	if (++n_syncs == wanted("eio")) {
		errno = EIO;
		return -1;
	}
	rc = real(fd);
	after(step);
	return rc;
}

int fsync(int fd)
{
	return sync_by("fsync", fd);
}

int fdatasync(int fd)
{
	return sync_by("fdatasync", fd);
}

int syncfs(int fd)
{
	return sync_by("syncfs", fd);
}

static int names_by(const char *name, const char *from, const char *to)
{
	int (*real)(const char *, const char *);
	long step = ++n_steps;
	int rc;

	*(void **)&real = dlsym(RTLD_NEXT, name);
	before(step);
	rc = real(from, to);
	after(step);
	return rc;
}

int rename(const char *from, const char *to)
{
	return names_by("rename", from, to);
}

int link(const char *from, const char *to)
{
	return names_by("link", from, to);
}

int unlink(const char *path)
{
	int (*real)(const char *);
	long step = ++n_steps;
	int rc;

	*(void **)&real = dlsym(RTLD_NEXT, "unlink");
	before(step);
	rc = real(path);
	after(step);
	return rc;
}

/* Whether this write shall find no room. */
static int is_full(int fd)
{
	struct stat st;
	long from = wanted("enospc");

	if (!from || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || ++n_writes < from)
		return 0;
	errno = ENOSPC;
	return 1;
}

ssize_t write(int fd, const void *p, size_t n)
{
	ssize_t (*real)(int, const void *, size_t);

	*(void **)&real = dlsym(RTLD_NEXT, "write");
	return is_full(fd) ? -1 : real(fd, p, n);
}

/* With 64-bit offsets this is the symbol pwrite64. */
ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	ssize_t (*real)(int, const void *, size_t, off_t);

	*(void **)&real = dlsym(RTLD_NEXT, "pwrite64");
	return is_full(fd) ? -1 : real(fd, p, n, at);
}
