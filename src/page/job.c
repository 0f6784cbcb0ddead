/* Jobs and their worker: see job.h. The lists are shared and guarded; a job belongs to the worker
 * from the moment it is taken until it lies among the ended. */
#include "job.h"

#include <stdio.h>

#include "desk.h"
#include "thread.h"
#include "visit.h"
#include "wipe.h"

#define KEPT 32u

struct ch_worker {
	struct ch_desk_home *at;
	struct ch_thread thread;
	struct ch_monitor bell;      /* guards what follows */
	struct ch_job *queue, *running, *ended;
	bool stop;
	/* of the page's thread alone */
	struct ch_job *kept;         /* newest first */
	unsigned last_id;
};

void ch_job_free(struct ch_job *j)
{
	ch_free(j->arg, j->kind->arg_size);
	ch_free(j, sizeof *j);
}

struct ch_job *ch_job_new(struct ch_desk_home *at, const ch_job_kind *kind)
{
	struct ch_job *j = ch_alloc(sizeof *j);

	if (!j)
		return NULL;
	j->arg = ch_alloc(kind->arg_size);
	if (!j->arg) {
		ch_free(j, sizeof *j);
		return NULL;
	}
	j->kind = kind;
	j->at = at;
	j->stage = -1;
	j->home.lock.fd = -1;
	return j;
}

static void append(struct ch_job **list, struct ch_job *j)
{
	while (*list)
		list = &(*list)->next;
	j->next = NULL;
	*list = j;
}

unsigned ch_job_start(struct ch_job *j)
{
	struct ch_worker *w = j->at->worker;
	struct ch_job **at = &w->queue;

	j->id = ++w->last_id;
	ch_home_twin(&j->home, &j->at->home);
	if (!(j->kind->wants & CH_JOB_BACKGROUND)) /* somebody may be there to touch it */
		j->home.token.mode = CH_TOKEN_QUIET;
	ch_monitor_enter(&w->bell);
	/* A person goes before the house's own work. */
	if (!(j->kind->wants & CH_JOB_BACKGROUND))
		while (*at && !((*at)->kind->wants & CH_JOB_BACKGROUND))
			at = &(*at)->next;
	else
		while (*at)
			at = &(*at)->next;
	j->next = *at;
	*at = j;
	ch_monitor_ring(&w->bell);
	ch_monitor_leave(&w->bell);
	return j->id;
}

static struct ch_job *find(struct ch_job *list, unsigned id)
{
	while (list && list->id != id)
		list = list->next;
	return list;
}

struct ch_job *ch_job_find(struct ch_desk_home *at, unsigned id)
{
	struct ch_worker *w = at->worker;
	struct ch_job *j;

	ch_monitor_enter(&w->bell);
	j = find(w->queue, id);
	if (!j && w->running && w->running->id == id)
		j = w->running;
	if (!j)
		j = find(w->ended, id);
	ch_monitor_leave(&w->bell);
	return j ? j : find(w->kept, id);
}

static bool is_persons(const struct ch_job *j)
{
	return j && !(j->kind->wants & CH_JOB_BACKGROUND);
}

struct ch_job *ch_job_at_work(struct ch_desk_home *at)
{
	struct ch_worker *w = at->worker;
	struct ch_job *j;

	ch_monitor_enter(&w->bell);
	j = is_persons(w->running) ? w->running : is_persons(w->queue) ? w->queue : NULL;
	ch_monitor_leave(&w->bell);
	return j;
}

bool ch_job_is_under_way(const struct ch_desk_home *at, const ch_job_kind *kind)
{
	struct ch_worker *w = at->worker;
	bool is;

	ch_monitor_enter(&w->bell);
	is = w->running && w->running->kind == kind;
	for (const struct ch_job *j = w->queue; j; j = j->next)
		is = is || j->kind == kind;
	for (const struct ch_job *j = w->ended; j; j = j->next)
		is = is || j->kind == kind;
	ch_monitor_leave(&w->bell);
	return is;
}

void ch_job_stage(struct ch_job *j, ch_msg what, uint64_t total)
{
	j->stage = (int)what;
	j->n_done = 0;
	j->n_total = total;
}

void ch_job_step(struct ch_job *j, uint64_t done)
{
	j->n_done = done;
}

/* ---- the worker ---- */

static ch_err prepare(struct ch_job *j)
{
	unsigned wants = j->kind->wants;
	ch_item reg;
	ch_err e = CH_OK;

	if ((wants & CH_JOB_UNLOCKED) && !j->home.unlocked)
		return ch_problem_set(&j->why, CH_E_LOCKED, "the desk was locked meanwhile; "
		    "nothing was done; unlock it and do it again");
	if (wants & CH_JOB_LOCK)
		e = ch_home_lock(&j->home, &j->why);
	if (e == CH_OK && (wants & CH_JOB_TALKS))
		e = ch_talks_load(&j->talks, &j->home, j->talks_name, &j->why);
	if (e == CH_OK && (wants & CH_JOB_SIGN_IN)) {
		e = ch_talks_registry(&reg, &j->talks);
		if (e == CH_OK)
			e = ch_visit(&j->watch, &j->link, &j->home, reg.v[CH_CR_ORIGIN], true,
			    &j->why);
	}
	return e;
}

static void work_on(struct ch_job *j, bool stop)
{
	if (stop || j->cancelled)
		j->err = ch_problem_set(&j->why, CH_E_ABSENT, "it was cancelled before it began; "
		    "nothing was done");
	else
		j->err = prepare(j);
	if (j->err == CH_OK)
		j->err = j->kind->run(j);
	ch_watch_close(&j->watch);
	ch_link_close(&j->link);
	ch_talks_deinit(&j->talks);
	if (j->home.lock.held)
		ch_lock_drop(&j->home.lock);
}

static void worker_main(void *ctx)
{
	struct ch_worker *w = ctx;

	ch_monitor_enter(&w->bell);
	while (!w->stop || w->queue) {
		struct ch_job *j = w->queue;
		bool stop = w->stop;

		if (!j) {
			ch_monitor_wait(&w->bell);
			continue;
		}
		w->queue = j->next;
		w->running = j;
		j->next = NULL;
		ch_monitor_leave(&w->bell);
		work_on(j, stop);
		ch_monitor_enter(&w->bell);
		w->running = NULL;
		append(&w->ended, j);
		ch_http_server_wake(w->at->desk->http);
	}
	ch_monitor_leave(&w->bell);
}

ch_err ch_worker_new(struct ch_worker **out, struct ch_desk_home *at)
{
	struct ch_worker *w = *out = ch_alloc(sizeof *w);
	ch_err e = w ? ch_monitor_init(&w->bell) : CH_E_NOMEM;

	if (e != CH_OK) {
		ch_free(w, sizeof *w);
		*out = NULL;
		return e;
	}
	w->at = at;
	e = ch_thread_start(&w->thread, worker_main, w);
	if (e != CH_OK) {
		ch_monitor_deinit(&w->bell);
		ch_free(w, sizeof *w);
		*out = NULL;
	}
	return e;
}

/* Only the outcome stays: secrets and memory go now. */
static void settle(struct ch_worker *w, struct ch_job *j)
{
	if (j->fresh_keys && j->err == CH_OK)
		ch_desk_unlocked(w->at, &j->home);
	if (j->kind->end)
		j->kind->end(j);
	ch_wipe(j->arg, j->kind->arg_size);
	ch_home_close(&j->home);
	j->state = CH_JOB_ENDED;
	if (j->kind->wants & CH_JOB_BACKGROUND) {
		ch_job_free(j);
		return;
	}
	ch_desk_look(w->at);
	j->next = w->kept;
	w->kept = j;
	for (unsigned n = 1; j; n++, j = j->next) {
		struct ch_job *old = n >= KEPT ? j->next : NULL;

		if (!old)
			continue;
		j->next = NULL;
		ch_job_free(old); /* one comes, one goes */
	}
}

void ch_worker_collect(struct ch_worker *w)
{
	struct ch_job *list, *next;

	ch_monitor_enter(&w->bell);
	list = w->ended;
	w->ended = NULL;
	ch_monitor_leave(&w->bell);
	for (; list; list = next) {
		next = list->next;
		list->next = NULL;
		settle(w, list);
	}
}

void ch_worker_stop(struct ch_worker *w)
{
	ch_monitor_enter(&w->bell);
	w->stop = true;
	if (w->running)
		w->running->cancelled = true;
	ch_monitor_ring(&w->bell);
	ch_monitor_leave(&w->bell);
}

bool ch_worker_is_done(struct ch_worker *w)
{
	bool done;

	ch_monitor_enter(&w->bell);
	done = !w->running && !w->queue;
	ch_monitor_leave(&w->bell);
	return done;
}

void ch_worker_free(struct ch_worker *w)
{
	struct ch_job *next;

	if (!w)
		return;
	ch_worker_stop(w);
	ch_thread_join(&w->thread);
	ch_worker_collect(w);
	for (struct ch_job *j = w->kept; j; j = next) {
		next = j->next;
		ch_job_free(j);
	}
	ch_monitor_deinit(&w->bell);
	ch_free(w, sizeof *w);
}
