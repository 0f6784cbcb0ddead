/* Input of any kind: see source.h. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "io.h"

static ch_err ch_source_look(struct ch_source *s)
{
	off_t at;

	if (fstat(s->fd, &s->st) < 0)
		return ch_io_err();
	if (S_ISDIR(s->st.st_mode))
		return CH_E_FORMAT;
	if (!S_ISREG(s->st.st_mode))
		return CH_OK;
	at = lseek(s->fd, 0, SEEK_CUR);
	/* A file of the kernel's says it is empty and is not: it is read like a pipe. */
	if (at < 0 || s->st.st_size <= at)
		return CH_OK;
	s->sized = true;
	s->begin = (uint64_t)at;
	s->end = (uint64_t)s->st.st_size;
	(void)posix_fadvise(s->fd, at, 0, POSIX_FADV_SEQUENTIAL); /* only a hint */
	return CH_OK;
}

ch_err ch_source_open(struct ch_source *s, const char *path)
{
	ch_err e;

	*s = (struct ch_source){ .fd = STDIN_FILENO, .ours = path != NULL };
	if (path)
		s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->fd < 0)
		return ch_io_err();
	s->open = true;
	e = ch_source_look(s);
	if (e != CH_OK)
		ch_source_close(s);
	return e;
}

ch_err ch_source_read(uint8_t *buf, size_t *n, struct ch_source *s, size_t cap)
{
	*n = 0;
	CH_ASSERT(s->open);
	return ch_io_read(buf, n, s->fd, cap);
}

ch_err ch_source_some(uint8_t *buf, size_t *n, struct ch_source *s, size_t cap)
{
	ssize_t k;

	*n = 0;
	CH_ASSERT(s->open);
	do
		k = read(s->fd, buf, cap);
	while (k < 0 && errno == EINTR);
	if (k < 0)
		return ch_io_err();
	*n = (size_t)k;
	return CH_OK;
}

ch_err ch_source_read_at(uint8_t *buf, size_t n, const struct ch_source *s, uint64_t at)
{
	size_t got;
	ch_err e;

	CH_ASSERT(s->open && s->sized);
	e = ch_io_read_at(buf, &got, s->fd, n, at);
	return e == CH_OK && got < n ? CH_E_CONFLICT : e;
}

ch_err ch_source_check(const struct ch_source *s)
{
	struct stat now;

	if (!s->sized)
		return CH_OK;
	if (fstat(s->fd, &now) < 0)
		return ch_io_err();
	return now.st_size == s->st.st_size && now.st_mtim.tv_sec == s->st.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == s->st.st_mtim.tv_nsec ? CH_OK : CH_E_CONFLICT;
}

void ch_source_close(struct ch_source *s)
{
	if (s->open && s->ours)
		close(s->fd);
	*s = (struct ch_source){ .fd = -1 };
}
