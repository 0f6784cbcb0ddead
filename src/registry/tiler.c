/* The thread that writes tiles: see tiler.h. */
#include "tiler.h"

#define AGAIN_MS 500   /* a full disk is asked again */
#define GATHER_MS 200  /* the flush is of the whole file system, and commits wait behind it */
#define GATHER_SIZE 65536u
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
	if ((e = ch_outfile_write(&f, ch_span_of(l->bytes, l->n))) == CH_OK &&
	    (e = ch_outfile_lay(&f)) == CH_OK)
		e = ch_outfile_name(&f);
	ch_outfile_abort(&f);
	return e;
}

/* All from `l` to `last`, then one flush. */
static ch_err write_run(const struct ch_tiler *t, const struct ch_late *l,
    const struct ch_late *last)
{
	ch_err e;

	for (;; l = l->next) {
		if ((e = ch_tile_lay(t->folder, l)) != CH_OK)
			return e;
		if (l == last)
			return ch_flush(&t->flush);
	}
}

/* Outside the monitor: nobody changes a chain that was handed over, nor frees what is to do. */
static void write_some(struct ch_tiler *t)
{
	struct ch_late *first = t->todo, *last = t->todo_last;
	ch_err e;

	ch_monitor_leave(&t->monitor);
	e = write_run(t, first, last);
	if (e == CH_E_FULL || e == CH_E_NOMEM)
		ch_thread_rest(AGAIN_MS);
	ch_monitor_enter(&t->monitor);
	t->full = e == CH_E_FULL || e == CH_E_NOMEM;
	if (e == CH_OK) {
		t->tiled = last->size;
		if (t->todo_last == last)
			t->todo = t->todo_last = NULL;
		else
			t->todo = last->next;
	} else if (!t->full) {
		t->err = e;
	}
}

/* Few flushes, each of many tiles: nobody waits for them, unless there are very many. */
static void gather(struct ch_tiler *t)
{
	for (unsigned ms = 0; ms < GATHER_MS && !t->stop &&
	    t->todo_last->size - t->todo->size < GATHER_SIZE; ms += LOOK_MS) {
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
		if (!t->todo) {
			ch_monitor_wait(&t->monitor);
			continue;
		}
		gather(t);
		write_some(t);
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
