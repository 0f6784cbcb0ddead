/*
 * For tests, by LD_PRELOAD: a disk that fails. CHANCERY_SHIM says how, counting from 1, with a
 * space between several:
 *
 *   kill-before:N  kill-after:N   SIGKILL at the Nth fsync, fdatasync, syncfs, rename, link or
 *                                 unlink (or its -at)
 *   eio:N                         the Nth fsync, fdatasync or syncfs answers EIO; one that nobody
 *                                 looks at is left out: SQLite syncs its folder after we did
 *   enospc-sync:N                 the same with ENOSPC
 *   enospc-flush:N                the same of syncfs alone
 *   enospc:N                      the Nth write to a regular file and all after it answer ENOSPC
 *   eio-write:N                   the same with EIO
 *   full:1                        each pwrite while the file is there that CHANCERY_FULL names
 *   eio-read:N                    the Nth large read and all after it answer EIO
 *   kill-write:N                  SIGKILL before the Nth large write
 *   short:N                       reads and writes move at most N bytes
 *   eintr:N                       every Nth read and every Nth write answers EINTR
 *   no-tmpfile:1                  O_TMPFILE is not to be had
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#pragma GCC visibility push(default)

#define LARGE 65536

static atomic_long n_steps, n_syncs, n_flushes, n_writes, n_large_reads, n_large_writes, n_reads,
    n_puts;

/* The N of a mode, or 0. */
static long wanted(const char *mode)
{
	const char *s = getenv("CHANCERY_SHIM");
	size_t n = strlen(mode);

	for (; s; s = strchr(s, ' ')) {
		s += *s == ' ';
		if (strncmp(s, mode, n) == 0 && s[n] == ':')
			return strtol(s + n + 1, NULL, 10);
	}
	return 0;
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

/* The errno of this sync, or 0. */
static int sync_fault(const char *name, int fd)
{
	struct stat st;
	long nth;

	if (strcmp(name, "syncfs") == 0 && ++n_flushes == wanted("enospc-flush"))
		return ENOSPC;
	if (strcmp(name, "fdatasync") == 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	nth = ++n_syncs;
	return nth == wanted("eio") ? EIO : nth == wanted("enospc-sync") ? ENOSPC : 0;
}

static int sync_by(const char *name, int fd)
{
	int (*real)(int);
	long step = ++n_steps;
	int rc, fault;

	*(void **)&real = dlsym(RTLD_NEXT, name);
	before(step);
	if ((fault = sync_fault(name, fd))) {
		errno = fault;
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

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	int (*real)(int, const char *, int, const char *, int);
	long step = ++n_steps;
	int rc;

	*(void **)&real = dlsym(RTLD_NEXT, "linkat");
	before(step);
	rc = real(from_dir, from, to_dir, to, flags);
	after(step);
	return rc;
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	int (*real)(int, const char *, int, const char *);
	long step = ++n_steps;
	int rc;

	*(void **)&real = dlsym(RTLD_NEXT, "renameat");
	before(step);
	rc = real(from_dir, from, to_dir, to);
	after(step);
	return rc;
}

/* With 64-bit offsets this is the symbol openat64. */
int openat(int dir, const char *path, int flags, ...)
{
	int (*real)(int, const char *, int, ...);
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	if (wanted("no-tmpfile") && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	*(void **)&real = dlsym(RTLD_NEXT, "openat64");
	return real(dir, path, flags, mode);
}

/* Whether a call fails for it is one of those that mode:N hits; errno is set. */
static int hit(const char *mode, atomic_long *count, int error)
{
	long from = wanted(mode);

	if (!from || ++*count < from)
		return 0;
	errno = error;
	return 1;
}

static int interrupted(atomic_long *count)
{
	long each = wanted("eintr");

	if (!each || ++*count % each)
		return 0;
	errno = EINTR;
	return 1;
}

/* Not static: fortified headers declare read() inline, and clang forbids the mixture. */
size_t shortened(size_t n);
int unread(size_t n);

size_t shortened(size_t n)
{
	long most = wanted("short");

	return most && n > (size_t)most ? (size_t)most : n;
}

/* Whether this write shall fail. */
static int refused(int fd, size_t n)
{
	struct stat st;

	if (n >= LARGE && hit("kill-write", &n_large_writes, 0))
		(void)kill(getpid(), SIGKILL);
	if (interrupted(&n_puts))
		return 1;
	if ((!wanted("enospc") && !wanted("eio-write")) || fstat(fd, &st) < 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	return hit("enospc", &n_writes, ENOSPC) || hit("eio-write", &n_writes, EIO);
}

ssize_t write(int fd, const void *p, size_t n)
{
	ssize_t (*real)(int, const void *, size_t);

	*(void **)&real = dlsym(RTLD_NEXT, "write");
	return refused(fd, n) ? -1 : real(fd, p, shortened(n));
}

static int is_full(void)
{
	const char *while_there = getenv("CHANCERY_FULL");

	if (!wanted("full") || !while_there || access(while_there, F_OK) < 0)
		return 0;
	errno = ENOSPC;
	return 1;
}

/* With 64-bit offsets this is the symbol pwrite64. */
ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	ssize_t (*real)(int, const void *, size_t, off_t);

	*(void **)&real = dlsym(RTLD_NEXT, "pwrite64");
	return is_full() || refused(fd, n) ? -1 : real(fd, p, shortened(n), at);
}

int unread(size_t n)
{
	return interrupted(&n_reads) || (n >= LARGE && hit("eio-read", &n_large_reads, EIO));
}

ssize_t read(int fd, void *p, size_t n)
{
	ssize_t (*real)(int, void *, size_t);

	*(void **)&real = dlsym(RTLD_NEXT, "read");
	return unread(n) ? -1 : real(fd, p, shortened(n));
}

/* With 64-bit offsets this is the symbol pread64. */
ssize_t pread(int fd, void *p, size_t n, off_t at)
{
	ssize_t (*real)(int, void *, size_t, off_t);

	*(void **)&real = dlsym(RTLD_NEXT, "pread64");
	return unread(n) ? -1 : real(fd, p, shortened(n), at);
}
