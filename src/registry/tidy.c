/* See tidy.h. */
#include "tidy.h"

#include "thread.h"

/* Each page that changed is copied once a time, however often it did: seldom, then, but the WAL
 * stays small beside the disk. */
#define TIDY_EVERY 1024
#define TIDY_SOON  64
#define TIDY_BYTES ((uint64_t)256 << 20)

typedef enum { CH_TIDY_IDLE, CH_TIDY_WANTED, CH_TIDY_DONE } ch_tidy_state;

struct ch_tidy {
	struct ch_monitor monitor;
	struct ch_thread thread;
	struct ch_store *store;
	/* Under the monitor: */
	ch_tidy_state state;
	ch_err err; /* of the bulk */
	bool stop;
};

/* Twice: what came while the bulk was copied is a tenth of it. */
static ch_err copy_bulk(struct ch_store *s)
{
	ch_err e = ch_store_tidy(s);

	return e == CH_OK ? ch_store_tidy(s) : e;
}

static void work(void *ctx)
{
	struct ch_tidy *t = ctx;
	ch_err e;

	ch_thread_give_way();
	ch_monitor_enter(&t->monitor);
	while (!t->stop) {
		if (t->state != CH_TIDY_WANTED) {
			ch_monitor_wait(&t->monitor);
			continue;
		}
		ch_monitor_leave(&t->monitor);
		e = copy_bulk(t->store);
		ch_monitor_enter(&t->monitor);
		t->err = e;
		t->state = CH_TIDY_DONE;
	}
	ch_monitor_leave(&t->monitor);
}

static ch_err open_own(struct ch_tidy *t, const struct ch_reg *reg)
{
	char path[CH_PATH_MAX];
	ch_err e;

	if ((e = ch_path(path, "%s/db.sqlite", reg->folder.dir)) == CH_OK &&
	    (e = ch_store_open(&t->store, path)) == CH_OK)
		ch_store_leave(t->store); /* the last word is the other connection's */
	return e;
}

ch_err ch_tidy_start(struct ch_reg *reg)
{
	struct ch_tidy *t = ch_alloc(sizeof *t);
	ch_err e;

	if (!t)
		return CH_E_NOMEM;
	if ((e = ch_monitor_init(&t->monitor)) != CH_OK) {
		ch_free(t, sizeof *t);
		return e;
	}
	reg->tidy = t;
	e = open_own(t, reg);
	return e == CH_OK ? ch_thread_start(&t->thread, work, t) : e;
}

void ch_tidy_stop(struct ch_reg *reg)
{
	struct ch_tidy *t = reg->tidy;

	if (!t)
		return;
	ch_monitor_enter(&t->monitor);
	t->stop = true;
	ch_monitor_ring(&t->monitor);
	ch_monitor_leave(&t->monitor);
	ch_thread_join(&t->thread);
	ch_store_close(t->store);
	ch_monitor_deinit(&t->monitor);
	ch_free(t, sizeof *t);
	reg->tidy = NULL;
}

static bool is_due(const struct ch_reg *reg)
{
	return reg->turns % TIDY_EVERY == 0 ||
	    (reg->turns % TIDY_SOON == 0 && ch_store_wal(reg->store) > TIDY_BYTES);
}

ch_err ch_tidy_turn(struct ch_reg *reg)
{
	struct ch_tidy *t = reg->tidy;
	bool done;
	ch_err e = CH_OK;

	ch_monitor_enter(&t->monitor);
	done = t->state == CH_TIDY_DONE;
	if (done) {
		t->state = CH_TIDY_IDLE;
		e = t->err;
	} else if (t->state == CH_TIDY_IDLE && is_due(reg)) {
		t->state = CH_TIDY_WANTED;
		ch_monitor_ring(&t->monitor);
	}
	ch_monitor_leave(&t->monitor);
	return done && e == CH_OK ? ch_store_tidy(reg->store) : e;
}
