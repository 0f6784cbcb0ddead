/* Shared by the files of this floor: see io.h. */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "dir.h"
#include "rd.h"

#define CH_IO_PUSH (UINT64_C(8) << 20)

ch_err ch_io_err(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return CH_E_ABSENT;
	case EEXIST:
	case ENOTEMPTY:
		return CH_E_CONFLICT;
	case EACCES:
	case EPERM:
	case EROFS:
		return CH_E_DENIED;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return CH_E_FULL;
	case ENOMEM:
	case EMFILE: /* no room for one more open file: not the disk's fault, and it passes */
	case ENFILE:
		return CH_E_NOMEM;
	case ELOOP: /* O_NOFOLLOW met a symbolic link */
	case EISDIR:
	case ENXIO: /* a socket, or a pipe without its other end */
		return CH_E_FORMAT;
	case ENAMETOOLONG:
		return CH_E_LIMIT;
	default:
		return CH_E_IO;
	}
}

ch_err ch_io_write(int fd, ch_span bytes)
{
	struct ch_rd r = ch_rd_of(bytes);

	while (!ch_rd_at_end(&r)) {
		struct ch_rd probe = r;
		ch_span rest = ch_rd_rest(&probe);
		ssize_t k = write(fd, rest.p, rest.n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return ch_io_err();
		if (k == 0) /* a regular file never answers so */
			return CH_E_IO;
		(void)ch_rd_take(&r, (size_t)k);
	}
	return CH_OK;
}

ch_err ch_io_read(uint8_t *buf, size_t *n, int fd, size_t cap)
{
	*n = 0;
	while (*n < cap) {
		ssize_t k = read(fd, &buf[*n], cap - *n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0) {
			ch_err e = ch_io_err();

			*n = 0;
			return e;
		}
		if (k == 0)
			break;
		*n += (size_t)k;
	}
	return CH_OK;
}

ch_err ch_io_read_at(uint8_t *buf, size_t *n, int fd, size_t cap, uint64_t at)
{
	*n = 0;
	while (*n < cap) {
		ssize_t k = pread(fd, &buf[*n], cap - *n, (off_t)(at + *n));

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0) {
			ch_err e = ch_io_err();

			*n = 0;
			return e;
		}
		if (k == 0)
			break;
		*n += (size_t)k;
	}
	return CH_OK;
}

void ch_io_push(int fd, uint64_t *pushed, uint64_t n)
{
	uint64_t from = *pushed, back = from < CH_IO_PUSH ? from : CH_IO_PUSH;

	if (n - from < CH_IO_PUSH)
		return;
	/* Only a hint: errors come back from the fsync that counts. Start the write-back of what
	 * came, and wait for the stretch before it. */
	(void)sync_file_range(fd, (off_t)from, (off_t)(n - from), SYNC_FILE_RANGE_WRITE);
	if (back)
		(void)sync_file_range(fd, (off_t)(from - back), (off_t)back,
		    SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
		    SYNC_FILE_RANGE_WAIT_AFTER);
	*pushed = n;
}

ch_err ch_io_sync(int fd)
{
	int rc;

	do
		rc = fsync(fd);
	while (rc < 0 && errno == EINTR);
	return rc == 0 ? CH_OK : CH_E_IO; /* ENOSPC as well: what was written may be gone */
}

ch_err ch_io_parent(char out[CH_PATH_MAX], const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return ch_path(out, ".");
	if (slash == path)
		return ch_path(out, "/");
	return ch_path(out, "%.*s", (int)(slash - path), path);
}

ch_err ch_io_sync_parent(const char *path)
{
	char parent[CH_PATH_MAX];
	ch_err e = ch_io_parent(parent, path);

	return e == CH_OK ? ch_dir_sync(parent) : e;
}
