/* The thread that writes tiles: see tiler.h. */
#include "tiler.h"

#define AGAIN_MS 500   /* a full disk is asked again */
#define GATHER_MS 2000 /* the flush is of the whole file system, and commits wait behind it */
#define GATHER_SIZE 65536u
#define QUIET_MS 200   /* no more come */
#define LOOK_MS 20

ch_err ch_tile_file(char out[CH_PATH_MAX], const struct ch_folder *folder, const ch_tile *tile)
{
	uint8_t name[CH_TILE_PATH_MAX + 1];
	struct ch_wr w = ch_wr_of(name, CH_TILE_PATH_MAX);
	ch_err e;

	memset(name, 0, sizeof name);
	ch_tile_put(&w, tile);
	if ((e = ch_wr_done(&w)) != CH_OK)
		return e;
	/* `tile/0/x001/234` lies in `tiles/0/x001/234` */
	return ch_path(out, "%s/tiles/%s", folder->dir, (const char *)name + 5);
}

ch_err ch_tile_lay(const struct ch_folder *folder, const struct ch_late *l)
{
	struct ch_outfile f = { 0 };
	char path[CH_PATH_MAX];
	ch_err e = ch_tile_file(path, folder, &l->tile);

	if (e != CH_OK)
		return e;
	if ((e = ch_outfile_open(&f, path, 0644)) == CH_E_ABSENT &&
	    (e = ch_dir_make_above(path)) == CH_OK)
		e = ch_outfile_open(&f, path, 0644);
	if (e != CH_OK)
		return e;
	e = ch_outfile_write(&f, ch_span_of(l->bytes, l->n));
	ch_outfile_send(&f);
	if (e == CH_OK && (e = ch_outfile_lay(&f)) == CH_OK)
		e = ch_outfile_name(&f);
	ch_outfile_abort(&f);
	return e;
}

static ch_err lay_run(const struct ch_tiler *t, const struct ch_late *l,
    const struct ch_late *last)
{
	ch_err e;

	for (;; l = l->next)
		if ((e = ch_tile_lay(t->folder, l)) != CH_OK || l == last)
			return e;
}

/* How it went. Room is waited for, and then all that is not durable is written anew: a flush that
 * failed may have lost any of it. */
static bool went(struct ch_tiler *t, ch_err e)
{
	bool full = e == CH_E_FULL || e == CH_E_NOMEM;

	if (e == CH_OK)
		return true;
	if (full) {
		ch_monitor_leave(&t->monitor);
		ch_thread_rest(AGAIN_MS);
		ch_monitor_enter(&t->monitor);
		t->full = true;
		t->laid = NULL;
	} else {
		t->err = e;
	}
	return false;
}

/* Outside the monitor: nobody changes a chain that was handed over, nor frees what is to do. */
static bool lay_some(struct ch_tiler *t, const struct ch_late *first)
{
	struct ch_late *last = t->todo_last;
	ch_err e;

	ch_monitor_leave(&t->monitor);
	e = lay_run(t, first, last);
	ch_monitor_enter(&t->monitor);
	if (e == CH_OK)
		t->laid = last;
	return went(t, e);
}

static void flush_laid(struct ch_tiler *t)
{
	struct ch_late *last = t->laid;
	ch_err e;

	CH_ASSERT(last);
	ch_monitor_leave(&t->monitor);
	e = ch_flush(&t->flush);
	ch_monitor_enter(&t->monitor);
	if (!went(t, e))
		return;
	t->full = false;
	t->tiled = last->size;
	t->todo = last->next;
	if (!t->todo)
		t->todo_last = NULL;
	t->laid = NULL;
}

/* Write tiles as they come, until it is time for a flush; false: something went wrong. Few flushes,
 * each of many tiles: nobody waits for them, unless there are very many. */
static bool gather(struct ch_tiler *t)
{
	for (unsigned ms = 0, quiet = 0;; ms += LOOK_MS, quiet += LOOK_MS) {
		const struct ch_late *first = t->laid ? t->laid->next : t->todo;

		if (first && !lay_some(t, first))
			return false;
		CH_ASSERT(t->laid);
		if (first)
			quiet = 0;
		if (ms >= GATHER_MS || quiet >= QUIET_MS || t->stop || t->full ||
		    t->laid->size - t->todo->size >= GATHER_SIZE)
			return true;
		ch_monitor_leave(&t->monitor);
		ch_thread_rest(LOOK_MS);
		ch_monitor_enter(&t->monitor);
	}
}

static void work(void *ctx)
{
	struct ch_tiler *t = ctx;

	ch_monitor_enter(&t->monitor);
	while (t->err == CH_OK && !(t->stop && (!t->todo || t->full))) {
		if (!t->todo)
			ch_monitor_wait(&t->monitor);
		else if (gather(t))
			flush_laid(t);
	}
	ch_monitor_leave(&t->monitor);
}

ch_err ch_tiler_start(struct ch_tiler *t, const struct ch_folder *folder, uint64_t tiled)
{
	char path[CH_PATH_MAX];
	ch_err e;

	*t = (struct ch_tiler){ .folder = folder, .tiled = tiled };
	if ((e = ch_path(path, "%s/tiles", folder->dir)) != CH_OK ||
	    (e = ch_dir_make(path)) != CH_OK || (e = ch_flush_open(&t->flush, path)) != CH_OK)
		return e;
	if ((e = ch_monitor_init(&t->monitor)) != CH_OK) {
		ch_flush_close(&t->flush);
		return e;
	}
	t->on = true;
	if ((e = ch_thread_start(&t->thread, work, t)) != CH_OK)
		ch_tiler_stop(t);
	return e;
}

void ch_tiler_give(struct ch_tiler *t, struct ch_late *chain)
{
	struct ch_late *last = chain;

	if (!chain)
		return;
	for (t->n++; last->next; last = last->next)
		t->n++;
	ch_monitor_enter(&t->monitor);
	if (t->last)
		t->last->next = chain;
	else
		t->first = chain;
	t->last = last;
	if (!t->todo)
		t->todo = chain;
	t->todo_last = last;
	ch_monitor_ring(&t->monitor);
	ch_monitor_leave(&t->monitor);
}

static void drop_first(struct ch_tiler *t)
{
	struct ch_late *l = t->first;

	t->first = l->next;
	if (!t->first)
		t->last = NULL;
	t->n--;
	ch_free(l, sizeof *l);
}

ch_err ch_tiler_look(uint64_t *tiled, bool *full, struct ch_tiler *t)
{
	ch_err e;

	ch_monitor_enter(&t->monitor);
	*tiled = t->tiled;
	*full = t->full;
	e = t->err;
	/* Inside, for the thread may yet hold on to its last one's `next`. */
	while (t->first && t->first != t->todo && t->first->size <= t->tiled)
		drop_first(t);
	ch_monitor_leave(&t->monitor);
	return e;
}

const struct ch_late *ch_tiler_find(const struct ch_tiler *t, const ch_tile *tile)
{
	for (const struct ch_late *l = t->first; l; l = l->next)
		if (l->tile.index == tile->index && l->tile.level == tile->level &&
		    l->tile.entries == tile->entries)
			return l;
	return NULL;
}

ch_err ch_tiler_stop(struct ch_tiler *t)
{
	ch_err e;

	if (!t->on)
		return CH_OK;
	ch_monitor_enter(&t->monitor);
	t->stop = true;
	ch_monitor_ring(&t->monitor);
	ch_monitor_leave(&t->monitor);
	ch_thread_join(&t->thread);
	e = t->err;
	while (t->first)
		drop_first(t);
	ch_monitor_deinit(&t->monitor);
	ch_flush_close(&t->flush);
	memset(t, 0, sizeof *t);
	return e;
}
