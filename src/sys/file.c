/* Files: see file.h. Trusts the kernel's answer to fsync and to rename, and no other order. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir.h"
#include "hex.h"
#include "io.h"
#include "rng.h"
#include "wipe.h"

ch_err ch_path(char out[CH_PATH_MAX], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int k = vsnprintf(out, CH_PATH_MAX, fmt, ap);
	va_end(ap);
	if (k > 0 && k < CH_PATH_MAX)
		return CH_OK;
	out[0] = 0;
	return CH_E_LIMIT;
}

/* ---- reading ---- */

ch_err ch_infile_open(struct ch_infile *f, const char *path)
{
	struct stat st;

	*f = (struct ch_infile){ .fd = -1 };
	/* NONBLOCK: opening a pipe must not hang us; it changes nothing for regular files. */
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return ch_io_err();
	ch_err e = fstat(fd, &st) == 0 ? CH_OK : ch_io_err();
	if (e == CH_OK && !S_ISREG(st.st_mode))
		e = CH_E_FORMAT;
	if (e != CH_OK) {
		close(fd);
		return e;
	}
	*f = (struct ch_infile){ .fd = fd, .open = true, .size = (uint64_t)st.st_size };
	return CH_OK;
}

ch_err ch_infile_read(uint8_t *buf, size_t *n, struct ch_infile *f, size_t cap)
{
	*n = 0;
	CH_ASSERT(f->open);
	ch_err e = ch_io_read(buf, n, f->fd, cap);
	f->at += *n;
	return e;
}

ch_err ch_infile_seek(struct ch_infile *f, uint64_t at)
{
	CH_ASSERT(f->open);
	if (at > f->size)
		return CH_E_LIMIT;
	if (lseek(f->fd, (off_t)at, SEEK_SET) < 0)
		return CH_E_IO;
	f->at = at;
	return CH_OK;
}

void ch_infile_close(struct ch_infile *f)
{
	if (f->open)
		close(f->fd);
	*f = (struct ch_infile){ .fd = -1 };
}

/* Append all of f to b. The file may be growing: the end is where read() says so. */
static ch_err ch_infile_slurp(struct ch_buf *b, struct ch_infile *f)
{
	ch_err e;

	for (;;) {
		size_t room = b->max - b->n, n;
		uint64_t left = f->size > f->at ? f->size - f->at : 0;
		size_t want = left < 4096 ? 4096 : left < (1u << 20) ? (size_t)left : 1u << 20;
		uint8_t *at, probe;

		if (room == 0) { /* full: fine only if nothing follows */
			e = ch_infile_read(&probe, &n, f, 1);
			return e == CH_OK && n ? CH_E_LIMIT : e;
		}
		if (want > room)
			want = room;
		if ((e = ch_buf_reserve(&at, b, want)) != CH_OK)
			return e;
		if ((e = ch_infile_read(at, &n, f, want)) != CH_OK)
			return e;
		ch_buf_commit(b, n);
		if (n < want)
			return CH_OK;
	}
}

ch_err ch_file_read(struct ch_buf *out, const char *path)
{
	struct ch_infile f;
	size_t before = out->n;
	ch_err e = ch_infile_open(&f, path);

	if (e != CH_OK)
		return e;
	e = f.size > out->max - out->n ? CH_E_LIMIT : ch_infile_slurp(out, &f);
	ch_infile_close(&f);
	if (e != CH_OK && out->n > before) {
		ch_wipe(&out->p[before], out->n - before);
		out->n = before;
	}
	return e;
}

bool ch_file_is_open_to_all(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & S_IROTH);
}

ch_err ch_file_read_named(struct ch_buf *out, bool *open_to_all, const char *path)
{
	bool in = strcmp(path, "-") == 0;
	int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	*open_to_all = false;
	if (fd < 0)
		return ch_io_err();
	struct ch_infile f = { .fd = fd, .open = true };
	ch_err e = ch_infile_slurp(out, &f);
	if (e == CH_OK)
		*open_to_all = ch_file_is_open_to_all(fd);
	else
		ch_buf_reset(out);
	if (!in)
		close(fd);
	return e;
}

ch_err ch_file_read_into(uint8_t *out, size_t *n, size_t cap, const char *path)
{
	struct ch_infile f;
	uint8_t probe;
	size_t more = 0;

	*n = 0;
	ch_err e = ch_infile_open(&f, path);
	if (e == CH_OK)
		e = ch_infile_read(out, n, &f, cap);
	if (e == CH_OK && *n == cap)
		e = ch_infile_read(&probe, &more, &f, 1);
	if (e == CH_OK && more)
		e = CH_E_LIMIT;
	ch_infile_close(&f);
	if (e != CH_OK) {
		ch_wipe(out, cap);
		*n = 0;
	}
	return e;
}

ch_err ch_file_size(uint64_t *size, const char *path)
{
	struct stat st;

	*size = 0;
	if (lstat(path, &st) < 0)
		return ch_io_err();
	if (!S_ISREG(st.st_mode))
		return CH_E_FORMAT;
	*size = (uint64_t)st.st_size;
	return CH_OK;
}

/* ---- writing ---- */

/* A name nobody has, in the folder of `path`. */
static ch_err ch_outfile_name(char out[CH_PATH_MAX], const char *path)
{
	char parent[CH_PATH_MAX], hex[17] = { 0 };
	uint8_t salt[8];
	struct ch_wr w = ch_wr_of(hex, 16);
	ch_err e = ch_random(salt, sizeof salt);

	if (e == CH_OK)
		e = ch_io_parent(parent, path);
	if (e != CH_OK)
		return e;
	ch_hex_put(&w, ch_span_of(salt, sizeof salt));
	if ((e = ch_wr_done(&w)) != CH_OK)
		return e;
	return ch_path(out, "%s/.tmp-%s", parent, hex);
}

ch_err ch_outfile_open(struct ch_outfile *f, const char *path, mode_t mode)
{
	*f = (struct ch_outfile){ .fd = -1 };
	ch_err e = ch_path(f->path, "%s", path);
	if (e == CH_OK)
		e = ch_outfile_name(f->tmp, path);
	if (e == CH_OK) {
		f->fd = open(f->tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (f->fd < 0)
			e = ch_io_err();
	}
	f->open = e == CH_OK;
	f->err = e;
	return e;
}

ch_err ch_outfile_write(struct ch_outfile *f, ch_span bytes)
{
	if (f->err != CH_OK)
		return f->err;
	CH_ASSERT(f->open);
	f->err = ch_io_write(f->fd, bytes);
	if (f->err != CH_OK)
		return f->err;
	f->n += bytes.n;
	ch_io_push(f->fd, &f->pushed, f->n);
	return CH_OK;
}

void ch_outfile_abort(struct ch_outfile *f)
{
	if (!f->open)
		return;
	if (f->fd >= 0)
		close(f->fd);
	(void)unlink(f->tmp);
	f->fd = -1;
	f->open = false;
}

/* Content first, then the name, then the folder: see ch_file_write(). */
static ch_err ch_outfile_finish(struct ch_outfile *f, bool replace)
{
	ch_err e = f->err;

	if (e == CH_OK && !f->open)
		e = CH_E_INTERNAL;
	if (e == CH_OK)
		e = ch_io_sync(f->fd);
	if (e == CH_OK) {
		int rc = close(f->fd); /* some file systems report only here */

		f->fd = -1;
		e = rc == 0 ? CH_OK : CH_E_IO;
	}
	/* link() refuses an existing name, where rename() would replace it. */
	if (e == CH_OK && (replace ? rename(f->tmp, f->path) : link(f->tmp, f->path)) < 0)
		e = ch_io_err();
	if (e != CH_OK) {
		ch_outfile_abort(f);
		f->err = e;
		return e;
	}
	f->open = false;
	if (!replace)
		(void)unlink(f->tmp);
	f->err = ch_io_sync_parent(f->path);
	return f->err;
}

ch_err ch_outfile_commit(struct ch_outfile *f)
{
	return ch_outfile_finish(f, true);
}

ch_err ch_outfile_commit_new(struct ch_outfile *f)
{
	return ch_outfile_finish(f, false);
}

static ch_err ch_file_put(const char *path, ch_span bytes, mode_t mode, bool replace)
{
	struct ch_outfile f;
	ch_err e = ch_outfile_open(&f, path, mode);

	if (e == CH_OK)
		e = ch_outfile_write(&f, bytes);
	if (e == CH_OK)
		return ch_outfile_finish(&f, replace);
	ch_outfile_abort(&f);
	return e;
}

ch_err ch_file_write(const char *path, ch_span bytes, mode_t mode)
{
	return ch_file_put(path, bytes, mode, true);
}

ch_err ch_file_create(const char *path, ch_span bytes, mode_t mode)
{
	return ch_file_put(path, bytes, mode, false);
}

/* Append to an open file; a failed write is cut off at the old end. */
static ch_err ch_file_append_fd(int fd, ch_span bytes)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return ch_io_err();
	if (!S_ISREG(st.st_mode))
		return CH_E_FORMAT;
	ch_err e = ch_io_write(fd, bytes);
	if (e != CH_OK && ftruncate(fd, st.st_size) < 0)
		return CH_E_IO; /* a piece may stand there: worse than no room */
	if (e == CH_OK)
		e = ch_io_sync(fd);
	return e;
}

ch_err ch_file_append(const char *path, ch_span bytes, mode_t mode)
{
	int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
	bool made = false;
	int fd = open(path, flags);

	if (fd < 0 && errno == ENOENT) {
		fd = open(path, flags | O_CREAT, mode);
		made = true;
	}
	if (fd < 0)
		return ch_io_err();
	ch_err e = ch_file_append_fd(fd, bytes);
	if (close(fd) < 0 && e == CH_OK)
		e = CH_E_IO;
	if (e == CH_OK && made)
		e = ch_io_sync_parent(path);
	return e;
}

ch_err ch_file_rename(const char *to, const char *from)
{
	if (rename(from, to) < 0)
		return ch_io_err();
	ch_err e = ch_io_sync_parent(to);
	return e == CH_OK ? ch_io_sync_parent(from) : e;
}

ch_err ch_file_unlink(const char *path)
{
	if (unlink(path) < 0)
		return ch_io_err();
	return ch_io_sync_parent(path);
}
