/* The way of envelopes to the disk: see upload.h. What a crash leaves is a file without a name, or
 * one that no row knows: the start finds both. */
#include "upload.h"

#include "thread.h"

struct ch_upload_list {
	struct ch_op *first, **last;
};

struct ch_uploads {
	struct ch_monitor monitor;
	struct ch_thread thread;
	struct ch_flush flush;
	struct ch_http_server **http; /* the loop to wake: it is made later than we are */
	char dir[CH_PATH_MAX];
	/* Under the monitor: */
	struct ch_upload_list wanted, finished;
	bool stop;
};

static void start_list(struct ch_upload_list *l)
{
	l->first = NULL;
	l->last = &l->first;
}

/* All of b after a. */
static void join(struct ch_upload_list *a, struct ch_upload_list *b)
{
	*a->last = b->first;
	if (b->first)
		a->last = b->last;
	start_list(b);
}

/* Bytes, names, folder: in this order, each durable before the next counts. What was there before
 * may have got its name a moment ago, by another upload: the folder's flush is for it as well. */
static void land(const struct ch_uploads *u, struct ch_op *first)
{
	ch_err e = ch_flush(&u->flush);

	for (struct ch_op *op = first; op; op = op->next)
		op->err = e == CH_OK && op->named ? ch_outfile_name(op->named) : e;
	if (e == CH_OK)
		e = ch_dir_sync(u->dir);
	for (struct ch_op *op = first; op && e != CH_OK; op = op->next)
		op->err = e;
}

static void work(void *ctx)
{
	struct ch_uploads *u = ctx;
	struct ch_upload_list now;

	start_list(&now);
	ch_monitor_enter(&u->monitor);
	while (u->wanted.first || !u->stop) {
		if (!u->wanted.first) {
			ch_monitor_wait(&u->monitor);
			continue;
		}
		join(&now, &u->wanted);
		ch_monitor_leave(&u->monitor);
		land(u, now.first);
		ch_monitor_enter(&u->monitor);
		join(&u->finished, &now);
		ch_monitor_leave(&u->monitor);
		ch_http_server_wake(*u->http);
		ch_monitor_enter(&u->monitor);
	}
	ch_monitor_leave(&u->monitor);
}

ch_err ch_uploads_start(struct ch_reg *reg)
{
	struct ch_uploads *u = ch_alloc(sizeof *u);
	ch_err e;

	if (!u)
		return CH_E_NOMEM;
	u->http = &reg->http;
	start_list(&u->wanted);
	start_list(&u->finished);
	if ((e = ch_monitor_init(&u->monitor)) != CH_OK) {
		ch_free(u, sizeof *u);
		return e;
	}
	reg->uploads = u;
	if ((e = ch_path(u->dir, "%s/envelopes", reg->folder.dir)) == CH_OK &&
	    (e = ch_flush_open(&u->flush, u->dir)) == CH_OK)
		e = ch_thread_start(&u->thread, work, u);
	return e;
}

void ch_uploads_stop(struct ch_reg *reg)
{
	struct ch_uploads *u = reg->uploads;

	if (!u)
		return;
	ch_monitor_enter(&u->monitor);
	u->stop = true;
	ch_monitor_ring(&u->monitor);
	ch_monitor_leave(&u->monitor);
	ch_thread_join(&u->thread);
	ch_flush_close(&u->flush);
	ch_monitor_deinit(&u->monitor);
	ch_free(u, sizeof *u);
	reg->uploads = NULL;
}

void ch_uploads_put(struct ch_reg *reg, struct ch_op *op, ch_handler run)
{
	struct ch_uploads *u = reg->uploads;

	op->run = run;
	op->queued = true;
	op->next = NULL;
	ch_monitor_enter(&u->monitor);
	*u->wanted.last = op;
	u->wanted.last = &op->next;
	ch_monitor_ring(&u->monitor);
	ch_monitor_leave(&u->monitor);
}

void ch_uploads_gather(struct ch_reg *reg)
{
	struct ch_uploads *u = reg->uploads;
	struct ch_upload_list done;
	struct ch_op *next;

	start_list(&done);
	ch_monitor_enter(&u->monitor);
	join(&done, &u->finished);
	ch_monitor_leave(&u->monitor);
	for (struct ch_op *op = done.first; op; op = next) {
		next = op->next;
		ch_batch_append(reg, op);
	}
}
