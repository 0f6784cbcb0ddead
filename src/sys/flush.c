/* One flush for many files: see flush.h. */
#include "flush.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"

ch_err ch_flush_open(struct ch_flush *f, const char *dir)
{
	*f = (struct ch_flush){ .fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	f->open = f->fd >= 0;
	return f->open ? CH_OK : ch_io_err();
}

ch_err ch_flush(const struct ch_flush *f)
{
	int rc;

	CH_ASSERT(f->open);
	do
		rc = syncfs(f->fd);
	while (rc < 0 && errno == EINTR);
	return rc == 0 ? CH_OK : CH_E_IO; /* ENOSPC as well: what was written may be gone */
}

void ch_flush_close(struct ch_flush *f)
{
	if (f->open)
		close(f->fd);
	*f = (struct ch_flush){ .fd = -1 };
}

ch_err ch_file_lay(const char *path, ch_span bytes, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0)
		return ch_io_err();
	ch_err e = ch_io_write(fd, bytes);
	if (close(fd) < 0 && e == CH_OK)
		e = CH_E_IO;
	if (e != CH_OK)
		(void)unlink(path);
	return e;
}

static ch_err open_laid(int *fd, const char *path)
{
	*fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	return *fd < 0 ? ch_io_err() : CH_OK;
}

/* The end of both: closed, and renamed when all went well. */
static ch_err rename_laid(int fd, ch_err e, const char *to, const char *from)
{
	if (close(fd) < 0 && e == CH_OK)
		e = CH_E_IO;
	if (e == CH_OK && rename(from, to) < 0)
		e = ch_io_err();
	return e;
}

static ch_err blank(int fd)
{
	static const uint8_t zero[4096];
	struct stat st;
	ch_err e = fstat(fd, &st) == 0 ? CH_OK : ch_io_err();

	for (off_t at = 0; e == CH_OK && at < st.st_size;) {
		off_t left = st.st_size - at;
		size_t n = left < (off_t)sizeof zero ? (size_t)left : sizeof zero;

		e = ch_io_write(fd, ch_span_of(zero, n));
		at += (off_t)n;
	}
	return e;
}

ch_err ch_file_shelve(const char *path, const char *to)
{
	int fd;
	ch_err e = open_laid(&fd, path);

	return e == CH_OK ? rename_laid(fd, blank(fd), to, path) : e;
}

ch_err ch_file_lay_over(const char *path, const char *from, ch_span bytes)
{
	int fd;
	ch_err e = open_laid(&fd, from);

	if (e != CH_OK)
		return e;
	e = ch_io_write(fd, bytes);
	if (e == CH_OK && ftruncate(fd, (off_t)bytes.n) < 0)
		e = ch_io_err();
	return rename_laid(fd, e, path, from);
}

ch_err ch_file_drop(const char *path)
{
	return unlink(path) < 0 ? ch_io_err() : CH_OK;
}

ch_err ch_file_hold(const char *path, uint64_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return ch_io_err();
	do
		rc = posix_fallocate(fd, 0, (off_t)n); /* answers with the error itself */
	while (rc == EINTR);
	close(fd);
	if (rc == 0)
		return CH_OK;
	(void)unlink(path);
	errno = rc;
	return ch_io_err();
}

ch_err ch_outfile_lay(struct ch_outfile *f)
{
	CH_ASSERT(f->open || f->err != CH_OK);
	if (f->err == CH_OK && close(f->fd) < 0)
		f->err = CH_E_IO; /* some file systems report only here */
	if (f->err == CH_OK)
		f->fd = -1;
	return f->err;
}

ch_err ch_outfile_name(struct ch_outfile *f)
{
	CH_ASSERT(f->open && f->err == CH_OK && f->fd < 0);
	if (rename(f->tmp, f->path) < 0)
		return f->err = ch_io_err();
	f->open = false;
	return CH_OK;
}
