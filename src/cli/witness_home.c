/*
 * Joins the witness's server and a home: see witness_home.h. Key, state, lock and alarms are those
 * of the watch (desk/watch.h), so that what the home cosigns on its rounds and what it cosigns here
 * can never contradict each other.
 */
#include "witness_home.h"

#include <string.h>

#include "log.h"
#include "wipe.h"

#define WAIT_MS 300 /* for a command that works in the home: else the log asks again */
#define NAMES_MAX 1000

struct lent {
	struct ch_cli *c;
	struct ch_edsecret sec;
	struct ch_lock lock;
	struct ch_cosigner_log log; /* spans into c->watch */
};

static ch_err lent_now(void *ctx, int64_t *out)
{
	struct lent *l = ctx;

	return ch_home_now(out, &l->c->home);
}

/* When the note on file has our line, its time. */
static uint64_t our_time(const struct lent *l)
{
	const struct ch_home *h = &l->c->home;
	ch_edkey pub;
	struct ch_edsecret sec;
	ch_vkey us;
	ch_note note;
	uint64_t time = 0;

	ch_home_cosign_key(&pub, &sec, h);
	ch_wipe(&sec, sizeof sec);
	ch_vkey_make(&us, ch_span_str(h->delegate), CH_VKEY_COSIGNATURE, &pub);
	if (ch_note_parse(&note, ch_buf_span(&l->c->watch.note), CH_NOTE_TEXT_MAX) != CH_OK ||
	    ch_cosignature_verify(&time, &note, &us) != CH_OK)
		return 0;
	return time;
}

/* Read what the home knows of this register. The link is never opened: nothing is asked. */
static ch_err look_up(struct lent *l, ch_span origin, struct ch_problem *why)
{
	struct ch_wr w = ch_wr_of(l->c->link.origin, CH_NAME_MAX);
	struct ch_problem none = { 0 };
	struct ch_buf card;
	ch_err e;

	memset(l->c->link.origin, 0, sizeof l->c->link.origin);
	ch_wr_put(&w, origin);
	ch_buf_init(&card, CH_WATCH_NOTE_MAX);
	e = ch_wr_done(&w);
	if (e == CH_OK)
		e = ch_watch_card_file(&card, &l->c->home, origin);
	ch_buf_deinit(&card);
	if (e == CH_E_FORMAT || e == CH_E_LIMIT)
		return CH_E_ABSENT; /* no origin of ours has such a name */
	if (e == CH_OK)
		e = ch_watch_open(&l->c->watch, &l->c->home, &l->c->link, &none);
	if (e == CH_E_CONFLICT)
		return ch_problem_set(why, CH_E_DENIED, "%s", none.text);
	return e == CH_OK || e == CH_E_ABSENT ? e : ch_problem_set(why, e, "%s", none.text);
}

static void lent_end(void *ctx)
{
	struct lent *l = ctx;

	ch_watch_close(&l->c->watch);
	if (l->lock.held)
		ch_lock_drop(&l->lock);
}

static ch_err lent_begin(void *ctx, struct ch_cosigner_log **out, ch_span origin,
    struct ch_problem *why)
{
	struct lent *l = ctx;
	struct ch_watch *w = &l->c->watch;
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, &l->c->home, "lock");

	*out = NULL;
	if (e == CH_OK)
		e = ch_lock_take(&l->lock, path, WAIT_MS);
	if (e == CH_OK)
		e = look_up(l, origin, why);
	if (e != CH_OK) {
		lent_end(l);
		return e;
	}
	l->log = (struct ch_cosigner_log){
		.log = { .origin = w->vkey.name, .n = 1, .key = { w->vkey } },
		.state = { .any = w->size > 0, .size = w->size, .root = w->root },
		.time = our_time(l),
	};
	*out = &l->log;
	return CH_OK;
}

static ch_err lent_keep(void *ctx, struct ch_cosigner_log *log, const ch_witness_state *next,
    ch_span note)
{
	struct lent *l = ctx;
	const ch_checkpoint cp = { .origin = log->log.origin, .size = next->size,
		.root = next->root };

	return ch_watch_keep(&l->c->watch, &cp, note);
}

static void lent_alarm(void *ctx, const struct ch_cosigner_log *log, ch_span theirs)
{
	struct lent *l = ctx;
	struct ch_problem why = { 0 };

	(void)log;
	if (ch_watch_alarm(&l->c->watch, theirs, &why) != CH_OK)
		ch_log(CH_LOG_ERROR, "alarm", "a log contradicts what this home saw of it",
		    CH_LOG_WITH(ch_log_text("why", ch_span_str(why.text))));
}

/* The origin of that hash among the registries of this home. */
static ch_err origin_of(struct ch_dir *d, const char **origin, const struct lent *l,
    const ch_hash *hash)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, &l->c->home, "registries");

	*origin = NULL;
	if (e == CH_OK)
		e = ch_dir_list(d, path, NAMES_MAX);
	for (size_t i = 0; e == CH_OK && i < d->n; i++) {
		ch_hash h;

		ch_sha256(&h, ch_span_str(d->names[i]));
		if (ch_hash_eq(&h, hash))
			*origin = d->names[i];
	}
	return e == CH_OK && !*origin ? CH_E_ABSENT : e;
}

/* What is on file, once it has our cosignature. */
static ch_err lent_show(void *ctx, struct ch_buf *out, const ch_hash *origin)
{
	struct lent *l = ctx;
	struct ch_cosigner_log *log;
	struct ch_problem why = { 0 };
	struct ch_dir d = { 0 };
	const char *name;
	ch_err e = origin_of(&d, &name, l, origin);

	if (e == CH_OK)
		e = lent_begin(l, &log, ch_span_str(name), &why);
	if (e == CH_OK) {
		e = log->time > 0 ? ch_buf_put(out, ch_buf_span(&l->c->watch.note)) : CH_E_ABSENT;
		lent_end(l);
	}
	ch_dir_deinit(&d);
	return e;
}

static void lent_reload(void *ctx)
{
	(void)ctx; /* every request reads the home */
}

ch_err ch_cli_witness_home(struct ch_cli *c, const ch_serve_opts *run)
{
	struct lent *l = ch_alloc(sizeof *l);
	ch_cosigner_keeper k = { .ctx = l, .now = lent_now, .begin = lent_begin,
		.keep = lent_keep, .alarm = lent_alarm, .end = lent_end, .show = lent_show,
		.reload = lent_reload };
	ch_edkey pub;
	ch_err e = l ? ch_cli_open(c, CH_CLI_UNLOCK) : CH_E_NOMEM;

	if (e == CH_OK) {
		l->c = c;
		l->lock.fd = -1;
		ch_home_cosign_key(&pub, &l->sec, &c->home);
		k.name = ch_span_str(c->home.delegate);
		k.sec = &l->sec;
		e = ch_cosigner_run(&k, run, &c->why);
	}
	ch_free(l, sizeof *l);
	return e;
}
