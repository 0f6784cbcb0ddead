/* Start, serve, stop: the order in which a registry comes up, and nothing else. */
#include "clock.h"
#include "guard.h"
#include "log.h"
#include "news.h"
#include "proc.h"
#include "reg.h"
#include "registry.h"
#include "reserve.h"
#include "tidy.h"
#include "upload.h"
#include "warm.h"
#include "witnesses.h"

#define ARENA_MAX ((size_t)64 << 20)
#define CONNS_MAX 16384 /* most of them wait for news */

static void turn(void *ctx)
{
	ch_witnesses_before(ctx);
	ch_loose_before(ctx);
	ch_batch_turn(ctx);
	ch_witnesses_after(ctx);
}

/* The statement `registry`, the same bytes at each start. */
static ch_err make_self(struct ch_reg *reg)
{
	struct ch_op op = { .arena = &reg->arena };
	struct ch_own o;

	if (ch_own_begin(&o, reg, &op, CH_K_REGISTRY)) {
		size_t at = o.w.n;

		ch_vkey_put(&o.w, &reg->folder.vkey);
		o.s.v[CH_RG_VKEY] = ch_span_of(&o.w.p[at], o.w.n - at);
		at = o.w.n;
		ch_vkey_put(&o.w, &reg->folder.cosigner);
		o.s.v[CH_RG_COSIGNER] = ch_span_of(&o.w.p[at], o.w.n - at);
		o.s.v[CH_RG_TIME] = ch_val_put_when(&o.w, reg->folder.made);
		if (ch_own_sign(&reg->self, &o, reg, &op))
			return CH_OK;
	}
	return op.err;
}

/* What a crash left of unfinished writes. */
static ch_err sweep(struct ch_reg *reg, int64_t now)
{
	char path[CH_PATH_MAX];
	ch_err e;

	if ((e = ch_path(path, "%s/envelopes", reg->folder.dir)) == CH_OK &&
	    (e = ch_dir_sweep(path)) == CH_OK)
		e = ch_loose_sweep(reg, now);
	return e == CH_OK ? ch_deposit_start(reg, now) : e;
}

#define BEHIND "This register is behind what it signed, or differs from it: was a backup " \
    "restored over it? Nothing was signed. Keep the folder as it is; `chancery registry restore` " \
    "is the way on"

#define FAILED "A write to the disk failed. Nothing acknowledged is lost; look after the disk, " \
    "then start again."

static ch_err guarded(ch_err e, const char **why)
{
	if (e == CH_E_CONFLICT)
		*why = BEHIND;
	return e;
}

/* Nothing is signed before the register was compared with what others saw of it. */
static ch_err open_log(struct ch_reg *reg, struct ch_guard *g, int64_t now, const char **why)
{
	ch_err e;

	if ((e = guarded(ch_guard_size(g, reg->store), why)) != CH_OK)
		return e;
	if ((e = ch_register_open(reg->log, reg->store, &reg->folder, now)) != CH_OK) {
		if (e == CH_E_CONFLICT)
			*why = "The register and what was signed contradict each other. Nothing "
			       "was signed. Was a backup restored over it?";
		return e;
	}
	return guarded(ch_guard_roots(g, reg->log), why);
}

static ch_err compare_log(struct ch_reg *reg, int64_t now, const char **why)
{
	struct ch_guard g = { 0 };
	ch_err e = ch_quorum_read(&reg->quorum, &reg->folder, why);

	if (e != CH_OK)
		return e;
	*why = "No memory, or the file `alarm` cannot be read.";
	if ((e = ch_guard_ask(&g, &reg->folder, reg->quorum)) == CH_OK) {
		*why = "The database or the tiles cannot be read.";
		e = open_log(reg, &g, now, why);
	}
	for (size_t i = 0; e == CH_OK && i < CH_WITNESSES_MAX; i++)
		reg->held_by[i] = g.seen[i].size;
	ch_guard_free(&g);
	return e;
}

/* See restore.c. */
static ch_err look_closed(struct ch_reg *reg)
{
	char path[CH_PATH_MAX];
	uint64_t n;
	ch_err e = ch_path(path, "%s/restored", reg->folder.dir);

	if (e == CH_OK)
		e = ch_file_size(&n, path);
	reg->closed = e == CH_OK;
	if (reg->closed)
		ch_log(CH_LOG_WARN, "closed", "this registry lost statements and was restored: it "
		    "takes no more of them", NULL);
	return e == CH_E_ABSENT ? CH_OK : e;
}

/* One for each core: the loop waits for the disk a good part of its time, and others work then. */
static unsigned crew_hands(void)
{
	unsigned n = ch_thread_cores();

	return n > CH_CREW_HANDS_MAX ? CH_CREW_HANDS_MAX : n;
}

static ch_err open_all(struct ch_reg *reg, const char **why)
{
	char path[CH_PATH_MAX];
	int64_t now;
	ch_err e;

	*why = "The virtual clock cannot be read.";
	if ((e = ch_clock_now(&now, reg->folder.clock, reg->folder.exercise)) != CH_OK)
		return e;
	*why = "The database cannot be opened.";
	if ((e = ch_path(path, "%s/db.sqlite", reg->folder.dir)) != CH_OK ||
	    (e = ch_store_open(&reg->store, path)) != CH_OK) {
		if (e == CH_E_LIMIT)
			*why = "The database was written by a newer program.";
		return e;
	}
	*why = "No memory, or no room on the disk.";
	if (!(reg->log = ch_alloc(sizeof *reg->log)))
		return CH_E_NOMEM;
	if ((e = ch_auth_new(&reg->auth)) != CH_OK)
		return e;
	if ((e = compare_log(reg, now, why)) != CH_OK)
		return e;
	*why = "The database cannot be written, or another program is at work with it.";
	e = ch_store_renew(reg->store);
	reg->wal_is_old = e == CH_E_FULL; /* reads go on */
	if (e != CH_OK && !reg->wal_is_old)
		return e;
	*why = "The file `restored` cannot be looked at.";
	if ((e = look_closed(reg)) != CH_OK)
		return e;
	*why = "No memory, or no room on the disk.";
	if ((e = sweep(reg, now)) != CH_OK ||
	    (e = ch_flush_open(&reg->flush, reg->folder.dir)) != CH_OK)
		return e;
	*why = "The file `limits` is not in its form; see the technician's page.";
	if ((e = ch_limits_read(&reg->limits, &reg->folder)) != CH_OK)
		return e;
	*why = "No memory, or no room on the disk.";
	ch_reserve_keep(reg);
	if ((e = ch_warm_start(reg, crew_hands())) != CH_OK ||
	    (e = ch_uploads_start(reg)) != CH_OK || (e = ch_tidy_start(reg)) != CH_OK ||
	    (e = ch_own_start(reg, crew_hands())) != CH_OK ||
	    (e = ch_news_new(reg)) != CH_OK || (e = ch_route_init(reg)) != CH_OK)
		return e;
	return make_self(reg);
}

/* SIGHUP. Who is enrolled needs no reload: the database is asked each time. */
static void reload(void *ctx)
{
	struct ch_reg *reg = ctx;
	struct ch_limits limits;

	if (ch_limits_read(&limits, &reg->folder) == CH_OK) {
		reg->limits = limits;
		ch_log(CH_LOG_INFO, "limits-read", "the limits were read anew", NULL);
	} else {
		ch_log(CH_LOG_ERROR, "limits-refused",
		    "the limits stay as they were: the file is not in its form", NULL);
	}
	ch_serve_reload(&reg->tls);
}

static ch_err announce(struct ch_reg *reg, const ch_serve_opts *o)
{
	char url[CH_SERVE_URL_MAX];

	ch_serve_url(url, reg->http, o);
	if (o->ready)
		(void)fprintf(o->ready, "The registry %s listens on %s (%llu entries).\n",
		    reg->folder.origin_text, url, (unsigned long long)reg->log->done.size);
	return ch_serve_ready(reg->http, o);
}

static ch_err serve(struct ch_reg *reg, const ch_serve_opts *o, const char **why,
    struct ch_problem *problem)
{
	ch_http_config cfg = {
		.arena_max = ARENA_MAX,
		.max_conns = CONNS_MAX,
		.ctx = reg,
		.on_head = ch_route_head,
		.on_turn = turn,
		.on_hup = reload,
	};
	ch_err e;

	ch_proc_raise_files();
	*why = "The address cannot be listened on: it is taken or not ours.";
	if ((e = ch_serve_new(&reg->http, &reg->tls, &cfg, o, problem)) != CH_OK)
		return e;
	*why = "The port file cannot be written.";
	if ((e = announce(reg, o)) != CH_OK)
		return e;
	*why = "The threads that ask witnesses cannot be started.";
	if (reg->quorum && (e = ch_witnesses_start(reg, reg->quorum, reg->held_by)) != CH_OK)
		return e;
	*why = "The server's loop failed.";
	if ((e = ch_http_server_run(reg->http)) == CH_OK)
		e = reg->fatal;
	if (reg->fatal == CH_E_CONFLICT)
		*why = "A checkpoint turned up that this register's key signed and its history "
		       "does not hold. Nothing more was signed. `chancery registry restore` is the "
		       "way on.";
	else if (reg->fatal != CH_OK)
		*why = FAILED;
	return e;
}

/* What is still under way, in order: tiles, erased files, the database. After a fault nothing more
 * is written: the next start mends it. A full disk is no fault, and mended there as well. */
static ch_err finish(struct ch_reg *reg, ch_err e)
{
	ch_err tiles = CH_OK;

	if (reg->log) {
		tiles = ch_register_close(reg->log);
		ch_free(reg->log, sizeof *reg->log);
	}
	if (e == CH_OK)
		e = tiles;
	if (e == CH_OK && reg->dropped)
		e = ch_flush(&reg->flush);
	if (e == CH_OK)
		e = ch_slots_flush(&reg->slots);
	if (e == CH_OK)
		e = ch_store_tidy(reg->store);
	if (e != CH_OK && reg->store)
		ch_store_leave(reg->store);
	return e == CH_E_FULL || e == CH_E_NOMEM ? CH_OK : e;
}

static void close_all(struct ch_reg *reg)
{
	ch_http_server_free(reg->http);
	ch_tls_close(&reg->tls);
	ch_flush_close(&reg->flush);
	ch_slots_close(&reg->slots);
	ch_news_free(reg);
	ch_quorum_free(reg->quorum);
	ch_route_deinit(reg);
	ch_auth_free(reg->auth);
	ch_store_close(reg->store);
	ch_age_identity_wipe(&reg->epoch.id);
	ch_buf_deinit(&reg->erase);
	ch_buf_deinit(&reg->noted);
	ch_buf_deinit(&reg->taken);
	ch_arena_deinit(&reg->arena);
	ch_known_deinit(&reg->known);
	ch_folder_close(&reg->folder);
}

ch_err ch_registry_run(const char *dir, const ch_serve_opts *o, struct ch_problem *problem)
{
	const char *why = "No memory.";
	struct ch_reg *reg = ch_alloc(sizeof *reg);
	struct ch_lock lock = { 0 };
	char path[CH_PATH_MAX];
	ch_err e, end;

	if (!reg || ch_known_init(&reg->known) != CH_OK) {
		ch_free(reg, sizeof *reg);
		return ch_problem_set(problem, CH_E_NOMEM, "%s", why);
	}
	reg->last = &reg->first;
	reg->last_unsigned = &reg->first_unsigned;
	ch_arena_init(&reg->arena, 1u << 20);
	ch_buf_init(&reg->erase, 1u << 20);
	ch_buf_init(&reg->noted, 1u << 20);
	ch_buf_init(&reg->taken, 1u << 20);
	why = "This folder is no registry, or was made by a newer program.";
	if ((e = ch_folder_open(&reg->folder, dir)) == CH_OK) {
		why = "This registry runs already.";
		if ((e = ch_path(path, "%s/lock", dir)) == CH_OK)
			e = ch_lock_take(&lock, path, 0);
	}
	if (e == CH_OK)
		e = open_all(reg, &why);
	if (e == CH_OK)
		e = serve(reg, o, &why, problem);
	ch_witnesses_stop(reg);
	ch_uploads_stop(reg);
	ch_tidy_stop(reg);
	ch_crew_free(reg->crew);
	ch_crew_free(reg->signers);
	if ((end = finish(reg, e)) != CH_OK && e == CH_OK) {
		why = FAILED;
		e = end;
	}
	close_all(reg);
	if (lock.held)
		ch_lock_drop(&lock);
	ch_free(reg, sizeof *reg);
	return e == CH_OK ? e : ch_problem_set(problem, e, "%s", why);
}
