/* Standard output held back: see hold.h. A file in memory, sealed against growth. */
#include "hold.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io.h"

ch_err ch_hold_begin(struct ch_hold *h, size_t max)
{
	ch_err e = CH_OK;

	(void)fflush(stdout);
	h->was = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	h->mem = memfd_create("held", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (h->was < 0 || h->mem < 0 || ftruncate(h->mem, (off_t)max) < 0 ||
	    fcntl(h->mem, F_ADD_SEALS, F_SEAL_GROW) < 0 || dup2(h->mem, STDOUT_FILENO) < 0)
		e = ch_io_err();
	if (e == CH_OK)
		return e;
	if (h->was >= 0)
		close(h->was);
	if (h->mem >= 0)
		close(h->mem);
	return e;
}

ch_err ch_hold_end(struct ch_hold *h, struct ch_buf *out)
{
	off_t n = lseek(h->mem, 0, SEEK_CUR);
	uint8_t *at;
	size_t got = 0;
	ch_err e = n >= 0 && lseek(h->mem, 0, SEEK_SET) == 0 ? CH_OK : ch_io_err();

	if (dup2(h->was, STDOUT_FILENO) < 0 && e == CH_OK)
		e = ch_io_err();
	close(h->was);
	if (e == CH_OK && n > 0)
		e = ch_buf_reserve(&at, out, (size_t)n);
	if (e == CH_OK && n > 0) {
		e = ch_io_read(at, &got, h->mem, (size_t)n);
		ch_buf_commit(out, got);
	}
	close(h->mem);
	return e;
}
