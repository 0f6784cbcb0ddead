/* The desk's life: homes, locking, time passing, start and end. See desk.h. */
#include "desk.h"

#include <stdio.h>
#include <stdlib.h>

#include "background.h"
#include "clock.h"
#include "listen.h"
#include "party.h"
#include "proc.h"
#include "route.h"
#include "search_db.h"
#include "thread.h"
#include "wipe.h"

#define ARENA_MAX ((size_t)40 << 20)

/* ---- homes ---- */

static void read_title(struct ch_desk_home *h)
{
	struct ch_roster_file r = { 0 };
	ch_span title;

	if (ch_party_roster(&r, &h->home, ch_span_str(h->home.handle), 0, NULL) == CH_OK) {
		title = r.roster.stmt.v[CH_ROSTER_TITLE];
		if (title.n < sizeof h->title)
			memcpy(h->title, title.p, title.n);
		ch_roster_file_deinit(&r);
	}
}

static void free_home(struct ch_desk_home *h)
{
	if (!h)
		return;
	ch_worker_free(h->worker);
	ch_listen_free(h);
	ch_desk_lock(h);
	ch_index_free(h->index);
	ch_home_close(&h->home);
	if (h->lock.held)
		ch_lock_drop(&h->lock);
	ch_free(h, sizeof *h);
}

static struct ch_desk_home *home_new(struct ch_desk *k)
{
	struct ch_desk_home *h = k->n_homes < CH_DESK_HOMES ? ch_alloc(sizeof *h) : NULL;

	if (!h)
		return NULL;
	h->desk = k;
	h->n = (unsigned)k->n_homes;
	h->home.lock.fd = h->lock.fd = -1;
	if (ch_worker_new(&h->worker, h) != CH_OK) {
		ch_free(h, sizeof *h);
		return NULL;
	}
	return h;
}

static ch_err take_desk_lock(struct ch_desk_home *h, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, &h->home, "desk.lock");

	if (e == CH_OK)
		e = ch_lock_take(&h->lock, path, 0);
	if (e == CH_E_CONFLICT)
		return ch_problem_set(why, e, "a desk is open already for %s (%s); nothing was "
		    "done; use that one, or stop it first", h->home.handle, h->home.dir);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s cannot be written to: %s", h->home.dir, ch_err_text(e));
	return e;
}

ch_err ch_desk_add(struct ch_desk_home **out, struct ch_desk *k, const char *dir,
    struct ch_problem *why)
{
	struct ch_desk_home *h = home_new(k);
	ch_err e;

	*out = NULL;
	if (!h)
		return ch_problem_set(why, CH_E_LIMIT, "a desk holds at most %u homes",
		    CH_DESK_HOMES - 1);
	e = ch_home_open(&h->home, dir, why);
	for (size_t i = 1; e == CH_OK && i < k->n_homes; i++)
		if (strcmp(k->home[i]->home.dir, h->home.dir) == 0) {
			*out = k->home[i];
			free_home(h);
			return CH_OK;
		}
	if (e == CH_OK)
		e = take_desk_lock(h, why);
	if (e == CH_OK)
		e = ch_home_make_folders(&h->home);
	if (e != CH_OK) {
		free_home(h);
		return e;
	}
	read_title(h);
	k->home[k->n_homes++] = h;
	*out = h;
	return CH_OK;
}

bool ch_desk_waits(struct ch_desk_home *h)
{
	char path[CH_PATH_MAX];
	uint64_t size;

	if (!h->home.waits || (ch_home_path(path, &h->home, "request.txt") == CH_OK &&
	    ch_file_size(&size, path) != CH_E_ABSENT))
		return h->home.waits;
	h->home.waits = false;
	h->looked_ms = 0;
	read_title(h);
	return false;
}

struct ch_desk_home *ch_desk_home_at(struct ch_desk *k, unsigned n)
{
	return n > 0 && n < k->n_homes ? k->home[n] : NULL;
}

/* ---- locking ---- */

/* The worker's look may still read the index that is here: it is let go only when that ended. */
void ch_desk_lock(struct ch_desk_home *h)
{
	if (h->beside_free && h->beside)
		h->beside_free(h->beside);
	h->beside = NULL;
	ch_buf_deinit(&h->held.bytes);
	h->held = (struct ch_held){ 0 };
	ch_infile_close(&h->saved.file);
	ch_reading_close(&h->opened);
	h->opened_path[0] = '\0';
	ch_listen_stop(h);
	ch_home_keys_wipe(&h->home.keys);
	h->home.unlocked = false;
	h->lock_wanted = h->index != NULL;
	h->n_contacts = 0;
}

void ch_desk_hold(struct ch_desk_home *h, ch_held_kind kind, struct ch_buf *bytes,
    const char *name)
{
	size_t n = strlen(name);

	ch_buf_deinit(&h->held.bytes);
	h->held = (struct ch_held){ .kind = kind, .bytes = *bytes };
	*bytes = (struct ch_buf){ 0 }; /* moved */
	if (n < sizeof h->held.name)
		memcpy(h->held.name, name, n);
}

void ch_desk_unlocked(struct ch_desk_home *h, struct ch_home *with)
{
	h->home.keys = with->keys;
	h->home.unlocked = true;
	h->used_ms = ch_clock_ms();
	h->looked_ms = 0;
	read_title(h);
}

/* ---- time ---- */

#define CLOCK_SLACK   120        /* seconds that no person need hear of */
#define CLOCK_TOLD_MS 1800000u

/* An exercise's clock may stand still; it is moved when it goes back, or ahead of time itself. */
void ch_desk_clock(struct ch_desk_home *h, int64_t now)
{
	uint64_t ms = ch_clock_ms();
	int64_t by = now - h->clock_seen - (int64_t)((ms - h->clock_seen_ms) / 1000);
	bool stands = h->home.exercise && by < 0 && now >= h->clock_seen;

	if (h->clock_seen != 0 && !stands && (by > CLOCK_SLACK || by < -CLOCK_SLACK)) {
		h->clock_moved = by;
		h->clock_moved_ms = ms;
	} else if (ms - h->clock_moved_ms > CLOCK_TOLD_MS) {
		h->clock_moved = 0;
	}
	h->clock_seen = now;
	h->clock_seen_ms = ms;
}

static void home_tick(struct ch_desk_home *h)
{
	const struct ch_desk *k = h->desk;
	uint64_t now;

	ch_worker_collect(h->worker);
	now = ch_clock_ms(); /* after what an unlocking job has set */
	if (h->lock_wanted && !ch_background_looks(h)) {
		ch_index_free(h->index);
		h->index = NULL;
		h->lock_wanted = false;
	}
	if (h->home.unlocked && k->idle_ms > 0 && now - h->used_ms > k->idle_ms &&
	    !ch_job_at_work(h))
		ch_desk_lock(h);
	if (!h->lock_wanted)
		ch_background(h);
}

void ch_desk_tick(struct ch_desk *k)
{
	for (size_t i = 0; i < k->n_homes; i++)
		home_tick(k->home[i]);
	ch_trial_tick(&k->trial);
}

static void on_turn(void *ctx)
{
	ch_desk_tick(ctx);
}

/* ---- start and end ---- */

#define STOP_MS 1600u

/* What is short ends. What is long, a file on its way or a search, breaks off: on the disk that is
 * no other than a power cut, after which the next start goes on. */
static bool all_done(struct ch_desk *k)
{
	uint64_t until = ch_clock_ms() + STOP_MS / 2;
	bool done;

	for (size_t i = 0; i < k->n_homes; i++) {
		ch_worker_stop(k->home[i]->worker);
		ch_listen_stop(k->home[i]);
	}
	do {
		done = true;
		for (size_t i = 0; done && i < k->n_homes; i++)
			done = ch_worker_is_done(k->home[i]->worker) &&
			    ch_listen_is_done(k->home[i]);
		if (!done)
			ch_thread_rest(10);
	} while (!done && ch_clock_ms() < until);
	return done;
}

static ch_err add_all(struct ch_desk *k, const ch_desk_opts *o, struct ch_problem *why)
{
	struct ch_desk_home *h;
	ch_err e = CH_OK;

	k->home[0] = home_new(k);
	if (!k->home[0])
		return CH_E_NOMEM;
	k->n_homes = 1;
	for (size_t i = 0; e == CH_OK && i < o->dirs->n; i++)
		e = ch_desk_add(&h, k, o->dirs->dir[i], why);
	for (size_t i = 1; e == CH_OK && !k->trial.wanted && i < k->n_homes; i++)
		if (k->home[i]->home.exercise)
			ch_trial_find(&k->trial);
	return e;
}

/* The browser is started with a file that only we may read: a program's arguments are public on a
 * machine. It posts the token, so that no address holds it. */
static ch_err write_link_file(struct ch_desk *k)
{
	char text[1024];
	const char *dir = getenv("XDG_RUNTIME_DIR");
	ch_err e;

	if (k->n_homes > 1)
		e = ch_home_path(k->link_file, &k->home[1]->home, "desk-open.html");
	else
		e = ch_path(k->link_file, "%s/chancery-desk-%u.html",
		    dir && dir[0] == '/' ? dir : "/tmp", k->port);

	(void)snprintf(text, sizeof text, "<!doctype html><meta charset=\"utf-8\"><title>chancery"
	    "</title><form method=\"post\" action=\"http://127.0.0.1:%u/start\">"
	    "<input type=\"hidden\" name=\"t\" value=\"%s\"><button autofocus>chancery</button>"
	    "</form><script>document.forms[0].submit()</script>\n", k->port, k->first);
	if (e == CH_OK)
		e = ch_file_write(k->link_file, ch_span_str(text), 0600);
	if (e != CH_OK)
		k->link_file[0] = '\0';
	return e;
}

static ch_err announce(struct ch_desk *k, const ch_desk_opts *o, struct ch_problem *why)
{
	char link[128];
	bool browser;
	ch_err e = CH_OK;

	(void)snprintf(link, sizeof link, "http://127.0.0.1:%u/start?t=%s", k->port, k->first);
	browser = o->browser && write_link_file(k) == CH_OK &&
	    ch_proc_browse(k->link_file) == CH_OK;
	if (o->link_to)
		e = ch_file_write(o->link_to, ch_span_str(link), 0600);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the link could not be written to %s: %s", o->link_to,
		    ch_err_text(e));
	o->ready(o->ctx, link, browser);
	return CH_OK;
}

static ch_err serve(struct ch_desk *k, const ch_desk_opts *o, struct ch_problem *why)
{
	const ch_http_config cfg = {
		.port = o->port, .max_conns = 64, .arena_max = ARENA_MAX, .ctx = k,
		.on_head = ch_page_route, .on_turn = on_turn, .tick_ms = 500,
		.stop_ms = STOP_MS / 4,
	};
	ch_err e = ch_http_server_new(&k->http, &cfg);

	if (e != CH_OK)
		return ch_problem_set(why, e, "port %u cannot be had on this machine: %s; choose "
		    "another with --port", o->port, ch_err_text(e));
	k->port = ch_http_server_port(k->http);
	e = ch_secret_text(k->first);
	if (e == CH_OK)
		e = add_all(k, o, why);
	if (e == CH_OK)
		e = announce(k, o, why);
	return e == CH_OK ? ch_http_server_run(k->http) : e;
}

ch_err ch_desk_run(const ch_desk_opts *o, struct ch_problem *why)
{
	struct ch_desk *k = ch_alloc(sizeof *k);
	ch_err e;

	if (!k)
		return CH_E_NOMEM;
	ch_search_db_memory();
	k->idle_ms = (uint64_t)o->idle_minutes * 60000;
	k->no_background = o->no_background;
	e = serve(k, o, why);
	if (k->link_file[0])
		(void)!ch_file_unlink(k->link_file);
	if (!all_done(k)) {
		ch_trial_end(&k->trial);
		ch_proc_end(e == CH_OK ? 0 : 1);
	}
	for (size_t i = k->n_homes; i > 0; i--)
		free_home(k->home[i - 1]);
	ch_trial_end(&k->trial);
	ch_http_server_free(k->http);
	ch_free(k, sizeof *k);
	return e;
}
