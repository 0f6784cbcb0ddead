/* Slots in one file: see slots.h. */
#include "slots.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"

#define CH_SLOTS_STEP 1024u /* how many the file grows by: 64 KiB */
#define CH_SLOTS_MAX  (UINT64_C(1) << 28)

static const ch_slot ch_slot_free;

static bool ch_slot_is_free(const ch_slot *s)
{
	uint8_t all = 0;

	for (size_t i = 0; i < sizeof s->b; i++)
		all |= s->b[i];
	return all == 0;
}

static ch_err ch_slots_write(const struct ch_slots *s, uint64_t at, const ch_slot *slot)
{
	ssize_t k;

	do
		k = pwrite(s->fd, slot->b, sizeof slot->b, (off_t)((at - 1) * CH_SLOT_SIZE));
	while (k < 0 && errno == EINTR);
	if (k < 0)
		return ch_io_err();
	return k == (ssize_t)sizeof slot->b ? CH_OK : CH_E_IO;
}

/* Room for `n` slots in memory. */
static ch_err ch_slots_mark(struct ch_slots *s, uint64_t n)
{
	uint8_t *p;
	ch_err e;

	if (n <= s->used.n)
		return CH_OK;
	if ((e = ch_buf_reserve(&p, &s->used, (size_t)n - s->used.n)) != CH_OK)
		return e;
	memset(p, 0, (size_t)n - s->used.n);
	ch_buf_commit(&s->used, (size_t)n - s->used.n);
	return CH_OK;
}

ch_err ch_slots_open(struct ch_slots *s, const char *path)
{
	struct stat st;
	ch_err e;

	*s = (struct ch_slots){ .fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600) };
	if (s->fd < 0)
		return ch_io_err();
	s->open = true;
	ch_buf_init(&s->used, CH_SLOTS_MAX);
	e = fstat(s->fd, &st) == 0 ? CH_OK : ch_io_err();
	if (e == CH_OK && !S_ISREG(st.st_mode))
		e = CH_E_FORMAT;
	if (e == CH_OK) {
		s->n = (uint64_t)st.st_size / CH_SLOT_SIZE; /* a torn end is written over */
		e = s->n <= CH_SLOTS_MAX ? ch_slots_mark(s, s->n) : CH_E_LIMIT;
	}
	if (e == CH_OK)
		e = ch_io_sync_parent(path);
	if (e != CH_OK)
		ch_slots_close(s);
	return e;
}

ch_err ch_slots_keep(struct ch_slots *s, uint64_t at)
{
	if (at == CH_SLOT_NONE || at > s->n)
		return CH_E_ABSENT;
	s->used.p[at - 1] = 1;
	return CH_OK;
}

ch_err ch_slots_sweep(struct ch_slots *s)
{
	static const size_t step = CH_SLOTS_STEP;
	ch_slot *some = ch_alloc_array(step, sizeof *some);
	ch_err e = some ? CH_OK : CH_E_NOMEM;
	size_t n;

	for (uint64_t at = 0; e == CH_OK && at < s->n; at += step) {
		e = ch_io_read_at(some[0].b, &n, s->fd, step * sizeof *some, at * CH_SLOT_SIZE);
		for (size_t i = 0; e == CH_OK && i < n / CH_SLOT_SIZE && at + i < s->n; i++)
			if (!s->used.p[at + i] && !ch_slot_is_free(&some[i])) {
				s->dirty = true;
				e = ch_slots_write(s, at + i + 1, &ch_slot_free);
			}
	}
	ch_free(some, step * sizeof *some);
	return e;
}

/* The room is really taken, so that a full disk shows now and not in the middle of a flush. */
static ch_err ch_slots_grow(struct ch_slots *s)
{
	uint64_t n = s->n + CH_SLOTS_STEP;
	ch_err e = n <= CH_SLOTS_MAX ? ch_slots_mark(s, n) : CH_E_FULL;
	int rc;

	if (e != CH_OK)
		return e;
	do
		rc = posix_fallocate(s->fd, (off_t)(s->n * CH_SLOT_SIZE),
		    (off_t)(CH_SLOTS_STEP * CH_SLOT_SIZE));
	while (rc == EINTR);
	if (rc != 0) {
		errno = rc;
		return ch_io_err();
	}
	s->n = n;
	return CH_OK;
}

ch_err ch_slots_put(uint64_t *at, struct ch_slots *s, const ch_slot *slot)
{
	ch_err e;

	*at = CH_SLOT_NONE;
	while (s->from < s->n && s->used.p[s->from])
		s->from++;
	if (s->from == s->n && (e = ch_slots_grow(s)) != CH_OK)
		return e;
	s->dirty = true;
	if ((e = ch_slots_write(s, s->from + 1, slot)) != CH_OK)
		return e;
	s->used.p[s->from++] = 1;
	*at = s->from;
	return CH_OK;
}

ch_err ch_slots_get(ch_slot *out, const struct ch_slots *s, uint64_t at)
{
	size_t n;
	ch_err e;

	*out = ch_slot_free;
	if (at == CH_SLOT_NONE || at > CH_SLOTS_MAX)
		return CH_E_ABSENT;
	if ((e = ch_io_read_at(out->b, &n, s->fd, sizeof out->b,
		 (at - 1) * CH_SLOT_SIZE)) == CH_OK &&
	    (n != sizeof out->b || ch_slot_is_free(out)))
		e = CH_E_ABSENT;
	if (e != CH_OK)
		*out = ch_slot_free;
	return e;
}

ch_err ch_slots_let_go(struct ch_slots *s, uint64_t at)
{
	ch_err e;

	if (at == CH_SLOT_NONE || at > s->n || !s->used.p[at - 1])
		return CH_OK;
	s->dirty = true;
	if ((e = ch_slots_write(s, at, &ch_slot_free)) != CH_OK)
		return e;
	s->used.p[at - 1] = 0;
	if (at - 1 < s->from)
		s->from = at - 1;
	return CH_OK;
}

ch_err ch_slots_flush(struct ch_slots *s)
{
	int rc;

	if (!s->dirty)
		return CH_OK;
	do
		rc = fdatasync(s->fd);
	while (rc < 0 && errno == EINTR);
	s->dirty = rc < 0;
	return rc == 0 ? CH_OK : CH_E_IO;
}

void ch_slots_close(struct ch_slots *s)
{
	if (s->open)
		close(s->fd);
	ch_buf_deinit(&s->used);
	*s = (struct ch_slots){ .fd = -1 };
}
