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

void ch_outfile_send(const struct ch_outfile *f)
{
	if (f->err == CH_OK)
		(void)sync_file_range(f->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
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
