/*
 * A witness's folder, read and run: see keep.h. Trusts the folder as far as it agrees with itself;
 * a state whose cosignature is not by our key is refused.
 */
#include "keep.h"

#include "clock.h"
#include "hex.h"
#include "log.h"
#include "split_file.h"
#include "wipe.h"

#define STATE_MAX 20480
#define ALARMS_MAX ((size_t)200)

/* ---- one log ---- */

static ch_err state_path(char out[CH_PATH_MAX], const struct ch_keep *k, const ch_hash *hash)
{
	char hex[65] = { 0 };
	struct ch_wr w = ch_wr_of(hex, 64);

	ch_hex_put(&w, ch_span_of(hash->b, sizeof hash->b));
	return ch_path(out, "%s/state/%s", k->dir, hex);
}

ch_err ch_keep_put_state(const struct ch_keep *k, ch_span origin, ch_span note, bool first)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_hash hash;
	ch_err e;

	ch_buf_init(&b, STATE_MAX);
	ch_sha256(&hash, origin);
	e = ch_buf_str(&b, CH_KEEP_STATE "witness ");
	if (e == CH_OK)
		e = ch_buf_str(&b, k->vkey_text);
	if (e == CH_OK)
		e = ch_buf_str(&b, "\n");
	if (e == CH_OK)
		e = ch_buf_put(&b, note);
	if (e == CH_OK)
		e = state_path(path, k, &hash);
	if (e == CH_OK)
		e = first ? ch_file_create(path, ch_buf_span(&b), 0600) :
		    ch_file_write(path, ch_buf_span(&b), 0600);
	ch_buf_deinit(&b);
	return e;
}

/* The note in a file of state; empty: nothing was cosigned yet. Spans into `in`. */
static ch_err state_note(ch_span *note, const struct ch_keep *k, ch_span in)
{
	struct ch_rd r = ch_rd_of(in);

	CH_RD_LIT(&r, CH_KEEP_STATE);
	CH_RD_LIT(&r, "witness ");
	if (!ch_span_eq(ch_rd_line1(&r), ch_span_str(k->vkey_text)))
		ch_rd_fail(&r, CH_E_AUTH);
	*note = ch_rd_rest(&r);
	return ch_rd_done(&r);
}

static ch_err take_state(struct ch_kept *g, const struct ch_keep *k, ch_span in)
{
	ch_checkpoint cp;
	ch_note note;
	ch_span text;
	ch_err e = state_note(&text, k, in);

	g->l.state = (ch_witness_state){ 0 };
	g->l.time = 0;
	if (e != CH_OK || text.n == 0)
		return e;
	e = ch_note_parse(&note, text, CH_CHECKPOINT_TEXT_MAX);
	if (e == CH_OK)
		e = ch_checkpoint_parse(&cp, note.text);
	if (e == CH_OK && !ch_span_eq(cp.origin, g->l.log.origin))
		e = CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_cosignature_verify(&g->l.time, &note, &k->vkey);
	if (e == CH_OK)
		g->l.state = (ch_witness_state){ .any = true, .size = cp.size, .root = cp.root };
	return e;
}

static ch_err read_state(struct ch_kept *g, const struct ch_keep *k, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e;

	ch_buf_init(&b, STATE_MAX);
	e = state_path(path, k, &g->hash);
	if (e == CH_OK)
		e = ch_file_read(&b, path);
	if (e == CH_OK)
		e = take_state(g, k, ch_buf_span(&b));
	ch_buf_deinit(&b);
	if (e == CH_E_ABSENT || e == CH_E_AUTH)
		return ch_problem_set(why, CH_E_CONFLICT, "state lost: %s is %s; a witness that "
		    "does not know what it cosigned must not go on: make a new witness key", path,
		    e == CH_E_ABSENT ? "missing" : "not of this witness's key");
	return e == CH_OK ? e : ch_problem_set(why, e, "%s is damaged; make a new witness key",
	    path);
}

/* ---- all logs ---- */

static ch_err take_line(struct ch_kept *log, size_t *n, ch_span vkey, ch_span origin)
{
	struct ch_kept *g = log;
	struct ch_wr w;
	size_t i = 0;
	ch_vkey *key;

	while (i < *n && !ch_span_eq(log[i].l.log.origin, origin))
		i++;
	if (i == CH_KEEP_LOGS_MAX || origin.n > CH_NAME_MAX || origin.n == 0 ||
	    vkey.n > CH_VKEY_MAX)
		return CH_E_LIMIT;
	g = &log[i];
	if (i == *n) {
		w = ch_wr_of(g->origin, CH_NAME_MAX);
		ch_wr_put(&w, origin);
		g->l.log.origin = ch_span_of(g->origin, w.n);
		ch_sha256(&g->hash, origin);
		*n += 1;
	}
	if (g->l.log.n == CH_WITNESS_KEYS_MAX)
		return CH_E_LIMIT;
	w = ch_wr_of(g->vkey[g->l.log.n], CH_VKEY_MAX);
	ch_wr_put(&w, vkey);
	key = &g->l.log.key[g->l.log.n];
	g->l.log.n++;
	if (ch_vkey_parse(key, ch_wr_span(&w)) != CH_OK || key->type != CH_VKEY_ED25519)
		return CH_E_FORMAT;
	return CH_OK;
}

static ch_err take_lines(struct ch_kept *log, size_t *n, ch_span in)
{
	struct ch_rd r = ch_rd_of(in);
	ch_err e = CH_OK;

	CH_RD_LIT(&r, CH_KEEP_LOGS);
	while (e == CH_OK && ch_rd_left(&r) > 0) {
		ch_span vkey = ch_rd_until(&r, ' '), origin = ch_rd_line1(&r);

		if (r.err == CH_OK)
			e = take_line(log, n, vkey, origin);
	}
	return e == CH_OK ? ch_rd_done(&r) : e;
}

static size_t count_lines(ch_span in)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++)
		n += in.p[i] == '\n';
	return n;
}

static ch_err read_logs(struct ch_kept **log, size_t *n, size_t *room, const struct ch_keep *k,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e;

	*log = NULL;
	ch_buf_init(&b, CH_KEEP_LOGS_SIZE);
	e = ch_path(path, "%s/logs.txt", k->dir);
	if (e == CH_OK)
		e = ch_file_read(&b, path);
	if (e == CH_E_ABSENT)
		ch_problem_set(why, e, "state lost: %s is missing; a witness that does not know "
		    "what it cosigned must not go on: make a new witness key", path);
	if (e == CH_OK) {
		*room = count_lines(ch_buf_span(&b));
		*log = ch_alloc_array(*room, sizeof **log);
		e = *log ? take_lines(*log, n, ch_buf_span(&b)) : CH_E_NOMEM;
	}
	ch_buf_deinit(&b);
	if (e == CH_E_ABSENT)
		return CH_E_CONFLICT;
	return e == CH_OK ? e : ch_problem_set(why, e, "%s is damaged, or too long", path);
}

ch_err ch_keep_load(struct ch_keep *k, struct ch_problem *why)
{
	struct ch_kept *log = NULL;
	size_t n = 0, room = 0;
	int64_t stamp = 0;
	ch_err e = ch_dir_stamp(&stamp, k->dir);

	if (e == CH_OK)
		e = read_logs(&log, &n, &room, k, why);
	for (size_t i = 0; e == CH_OK && i < n; i++)
		e = read_state(&log[i], k, why);
	if (e != CH_OK) {
		ch_free(log, room * sizeof *log);
		return ch_problem_set(why, e, "the logs cannot be read");
	}
	ch_free(k->log, k->room * sizeof *k->log);
	k->log = log;
	k->n = n;
	k->room = room;
	k->stamp = stamp;
	return CH_OK;
}

/* ---- the folder ---- */

static ch_err read_text(struct ch_keep *k)
{
	char path[CH_PATH_MAX];
	uint8_t text[1024];
	struct ch_wr name = ch_wr_of(k->name, CH_NAME_MAX), vkey = ch_wr_of(k->vkey_text,
	    CH_VKEY_MAX);
	struct ch_rd r;
	size_t n;
	ch_err e = ch_path(path, "%s/witness.txt", k->dir);

	if (e == CH_OK)
		e = ch_file_read_into(text, &n, sizeof text, path);
	if (e != CH_OK)
		return e;
	r = ch_rd_of(ch_span_of(text, n));
	CH_RD_LIT(&r, CH_KEEP_TEXT);
	CH_RD_LIT(&r, "name ");
	ch_wr_put(&name, ch_rd_line1(&r));
	CH_RD_LIT(&r, "vkey ");
	ch_wr_put(&vkey, ch_rd_line1(&r));
	CH_RD_LIT(&r, "made ");
	(void)ch_rd_line1(&r);
	if ((e = ch_rd_done(&r)) != CH_OK || (e = ch_wr_done(&name)) != CH_OK ||
	    (e = ch_wr_done(&vkey)) != CH_OK)
		return e;
	e = ch_vkey_parse(&k->vkey, ch_wr_span(&vkey));
	if (e == CH_OK && (k->vkey.type != CH_VKEY_COSIGNATURE ||
	    !ch_span_eq(k->vkey.name, ch_wr_span(&name))))
		e = CH_E_FORMAT;
	return e;
}

static ch_err read_key(struct ch_keep *k)
{
	char path[CH_PATH_MAX];
	uint8_t text[256];
	struct ch_secret32 seed = { 0 };
	ch_edkey pub;
	struct ch_rd r;
	size_t n = 0;
	ch_err e = ch_path(path, "%s/key", k->dir);

	if (e == CH_OK)
		e = ch_file_read_into(text, &n, sizeof text, path);
	if (e == CH_OK) {
		r = ch_rd_of(ch_span_of(text, n));
		CH_RD_LIT(&r, CH_KEEP_SECRET);
		CH_RD_LIT(&r, "seed ");
		e = ch_hex_parse(seed.b, sizeof seed.b, ch_rd_line1(&r));
		if (e == CH_OK)
			e = ch_rd_done(&r);
	}
	if (e == CH_OK) {
		ch_ed25519_keypair(&pub, &k->sec, &seed);
		e = ch_edkey_eq(&pub, &k->vkey.key) ? CH_OK : CH_E_AUTH;
	}
	ch_wipe(text, sizeof text);
	ch_wipe(&seed, sizeof seed);
	return e;
}

static ch_err hold(struct ch_keep *k, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/lock", k->dir);

	if (e == CH_OK)
		e = ch_lock_take(&k->lock, path, 0);
	if (e == CH_E_CONFLICT)
		return ch_problem_set(why, e, "this witness runs already");
	if (e == CH_OK && (e = ch_path(path, "%s/state", k->dir)) == CH_OK)
		e = ch_dir_sweep(path);
	if (e == CH_E_ABSENT)
		return ch_problem_set(why, CH_E_CONFLICT, "state lost: %s is missing; make a new "
		    "witness key", path);
	if (e == CH_OK && (e = read_key(k)) != CH_OK)
		return ch_problem_set(why, e, "%s/key is missing, damaged, or not the key of "
		    "witness.txt", k->dir);
	return e;
}

ch_err ch_keep_open(struct ch_keep *k, const char *dir, bool run, struct ch_problem *why)
{
	ch_err e;

	*k = (struct ch_keep){ .lock = { .fd = -1 } };
	e = ch_path(k->dir, "%s", dir);
	if (e == CH_OK)
		e = read_text(k);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s is no folder of a witness, or of a newer "
		    "program", dir);
	if (run)
		e = hold(k, why);
	if (e == CH_OK)
		e = ch_keep_load(k, why);
	return e == CH_OK ? e : ch_problem_set(why, e, "the witness's folder cannot be used");
}

void ch_keep_close(struct ch_keep *k)
{
	ch_free(k->log, k->room * sizeof *k->log);
	if (k->lock.held)
		ch_lock_drop(&k->lock);
	ch_wipe(k, sizeof *k);
	k->lock.fd = -1;
}

bool ch_keep_is_running(const struct ch_keep *k)
{
	char path[CH_PATH_MAX];
	struct ch_lock l = { .fd = -1 };
	ch_err e = ch_path(path, "%s/lock", k->dir);

	if (e == CH_OK)
		e = ch_lock_take(&l, path, 0);
	if (l.held)
		ch_lock_drop(&l);
	return e == CH_E_CONFLICT;
}

ch_err ch_keep_alarms(size_t *n, const struct ch_keep *k)
{
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = ch_path(path, "%s/alarms", k->dir);

	if (e == CH_OK)
		e = ch_dir_list(&d, path, 10 * ALARMS_MAX);
	*n = 0;
	for (size_t i = 0; i < d.n; i++)
		*n += strstr(d.names[i], "-theirs.") != NULL;
	ch_dir_deinit(&d);
	return e == CH_E_ABSENT ? CH_OK : e;
}

/* ---- as a keeper ---- */

static ch_err keeper_now(void *ctx, int64_t *out)
{
	(void)ctx;
	*out = ch_clock_wall();
	return CH_OK;
}

static struct ch_kept *find(struct ch_keep *k, const ch_hash *hash)
{
	for (size_t i = 0; i < k->n; i++)
		if (ch_hash_eq(&k->log[i].hash, hash))
			return &k->log[i];
	return NULL;
}

static void keeper_reload(void *ctx)
{
	struct ch_problem why = { 0 };

	if (ch_keep_load(ctx, &why) != CH_OK)
		ch_log(CH_LOG_ERROR, "logs-refused", "the logs stay as they were",
		    CH_LOG_WITH(ch_log_text("why", ch_span_str(why.text))));
}

/* A stamp to compare with later: what follows a fresh change within its tick bears the same. */
static int64_t settled(int64_t stamp)
{
	return ch_clock_wall() > stamp / 1000000000 + 1 ? stamp : 0;
}

static ch_err keeper_begin(void *ctx, struct ch_cosigner_log **out, ch_span origin,
    struct ch_problem *why)
{
	struct ch_keep *k = ctx;
	struct ch_kept *g;
	int64_t stamp;
	ch_hash hash;

	(void)why;
	ch_sha256(&hash, origin);
	if (ch_dir_stamp(&stamp, k->dir) == CH_OK && stamp != k->stamp) {
		keeper_reload(k); /* `witness add` beside us: a log, or a key of one */
		k->stamp = settled(stamp);
	}
	g = find(k, &hash);
	*out = g ? &g->l : NULL;
	return g ? CH_OK : CH_E_ABSENT;
}

static ch_err keeper_keep(void *ctx, struct ch_cosigner_log *log, const ch_witness_state *next,
    ch_span note)
{
	(void)next;
	return ch_keep_put_state(ctx, log->log.origin, note, false);
}

static ch_err keeper_show(void *ctx, struct ch_buf *out, const ch_hash *origin)
{
	struct ch_keep *k = ctx;
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_span note = { 0 };
	ch_err e;

	if (!find(k, origin))
		return CH_E_ABSENT;
	ch_buf_init(&b, STATE_MAX);
	e = state_path(path, k, origin);
	if (e == CH_OK)
		e = ch_file_read(&b, path);
	if (e == CH_OK)
		e = state_note(&note, k, ch_buf_span(&b));
	if (e == CH_OK)
		e = note.n > 0 ? ch_buf_put(out, note) : CH_E_ABSENT;
	ch_buf_deinit(&b);
	return e;
}

static ch_err alarm_path(char out[CH_PATH_MAX], const struct ch_keep *k, const ch_hash *mark,
    const char *what)
{
	char hex[17] = { 0 };
	struct ch_wr w = ch_wr_of(hex, 16);

	ch_hex_put(&w, ch_span_of(mark->b, 8));
	return ch_path(out, "%s/alarms/%s-%s.txt", k->dir, hex, what);
}

/* One of the two texts, named by what it contradicts. */
static ch_err put_alarm(const struct ch_keep *k, const ch_hash *mark, const char *whose,
    ch_span text)
{
	char path[CH_PATH_MAX];
	ch_err e = alarm_path(path, k, mark, whose);

	return e == CH_OK ? ch_file_write(path, text, 0600) : e;
}

/* One file that proves it to anybody; by whichever key of the log signed both. */
static ch_err put_split(const struct ch_keep *k, const ch_hash *mark,
    const struct ch_cosigner_log *log, ch_span ours, ch_span theirs)
{
	char path[CH_PATH_MAX];
	ch_err e = alarm_path(path, k, mark, "split-view"), made = CH_E_ABSENT;

	for (size_t i = 0; e == CH_OK && made != CH_OK && i < log->log.n; i++)
		made = ch_split_file(path, &log->log.key[i], ours, theirs, NULL, NULL);
	return e == CH_OK ? made : e;
}

static void keeper_alarm(void *ctx, const struct ch_cosigner_log *log, ch_span theirs)
{
	struct ch_keep *k = ctx;
	struct ch_buf ours;
	ch_hash origin, mark;
	size_t n = 0;
	ch_err e = ch_keep_alarms(&n, k);

	if (e != CH_OK || n >= ALARMS_MAX)
		return;
	ch_buf_init(&ours, STATE_MAX);
	ch_sha256(&origin, log->log.origin);
	ch_sha256(&mark, theirs);
	e = keeper_show(k, &ours, &origin);
	if (e == CH_OK)
		e = put_alarm(k, &mark, "ours", ch_buf_span(&ours));
	if (e == CH_OK)
		e = put_alarm(k, &mark, "theirs", theirs);
	if (e == CH_OK && put_split(k, &mark, log, ch_buf_span(&ours), theirs) != CH_OK)
		ch_log(CH_LOG_WARN, "no-split-view",
		    "no file that shows it to others could be made of the two", NULL);
	ch_buf_deinit(&ours);
	ch_log(CH_LOG_ERROR, "alarm", "ALARM: a log signed two trees of one size",
	    CH_LOG_WITH(ch_log_text("log", log->log.origin),
		ch_log_number("entries", log->state.size),
		ch_log_text("kept", e == CH_OK ? CH_LIT("alarms") : CH_LIT("no"))));
}

static void keeper_end(void *ctx)
{
	(void)ctx;
}

ch_cosigner_keeper ch_keep_keeper(struct ch_keep *k)
{
	return (ch_cosigner_keeper){
		.ctx = k,
		.name = ch_span_str(k->name),
		.sec = &k->sec,
		.now = keeper_now,
		.begin = keeper_begin,
		.keep = keeper_keep,
		.alarm = keeper_alarm,
		.end = keeper_end,
		.show = keeper_show,
		.reload = keeper_reload,
	};
}
