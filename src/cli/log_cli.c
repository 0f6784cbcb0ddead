/* See log_cli.h. */
#include "log_cli.h"

#include <string.h>

#include "dir.h"
#include "hex.h"
#include "watch.h"

#define NAMES_MAX 1000

struct ch_log_job *ch_log_job_new(void)
{
	struct ch_log_job *j = ch_alloc(sizeof *j);

	if (!j)
		ch_out_warn("out of memory; nothing was done");
	else
		ch_buf_init(&j->rules_text, CH_POLICY_TEXT_MAX);
	return j;
}

static void release(struct ch_log_job *j)
{
	ch_log_close(&j->log);
	ch_buf_deinit(&j->rules_text);
	ch_free(j, sizeof *j);
}

int ch_log_job_start(struct ch_log_job *j, int argc, char **argv, const ch_usage *u)
{
	int code = ch_opts_read(&j->opts, argc, argv, u);

	if (code == CH_EXIT_GO_ON)
		ch_out_begin(&j->out, &j->opts);
	else
		release(j);
	return code;
}

int ch_log_job_usage(struct ch_log_job *j, const char *command, const char *what)
{
	release(j);
	return ch_out_usage(command, "%s", what);
}

static ch_err read_policy(struct ch_log_job *j)
{
	struct ch_diag diag = { 0 };
	bool open_to_all;
	ch_err e;

	if (!j->policy)
		return CH_OK;
	e = ch_file_read_named(&j->rules_text, &open_to_all, j->policy);
	if (e != CH_OK)
		return ch_problem_set(&j->why, e, "%s could not be read: %s", j->policy,
		    ch_err_text(e));
	e = ch_policy_parse(&j->rules, ch_buf_span(&j->rules_text), &diag);
	if (e != CH_OK)
		return ch_problem_set(&j->why, e, "%s is no policy: %s, at byte %zu", j->policy,
		    diag.what, diag.at);
	j->log.policy = &j->rules;
	return CH_OK;
}

/* ---- what the home knows ---- */

/* Whether a registry's log is what stands at `where`. */
static bool is_at(const struct ch_home *home, const char *origin, const char *where)
{
	struct ch_buf url;
	struct ch_rd r = ch_rd_of(ch_span_str(where)), line;
	bool is = false;

	ch_buf_init(&url, CH_LINK_URL_MAX + 1);
	if (ch_watch_url_file(&url, home, ch_span_str(origin)) == CH_OK) {
		line = ch_rd_of(ch_buf_span(&url));
		ch_rd_lit(&r, ch_rd_line1(&line));
		CH_RD_LIT(&r, "/log");
		while (ch_rd_starts(&r, CH_LIT("/")))
			CH_RD_LIT(&r, "/");
		is = line.err == CH_OK && ch_rd_done(&r) == CH_OK;
	}
	ch_buf_deinit(&url);
	return is;
}

static ch_err take_key(char out[CH_VKEY_MAX + 1], const ch_vkey *key)
{
	struct ch_wr w = ch_wr_of(out, CH_VKEY_MAX);

	ch_vkey_put(&w, key);
	return ch_wr_done(&w);
}

static ch_err take_card(struct ch_log_job *j, const struct ch_home *home, const char *origin)
{
	struct ch_buf card;
	ch_watch_card c;
	ch_err e;

	ch_buf_init(&card, CH_WATCH_NOTE_MAX);
	e = ch_watch_card_file(&card, home, ch_span_str(origin));
	if (e == CH_OK)
		e = ch_watch_read_card(&c, ch_buf_span(&card), home->exercise, &j->why);
	if (e == CH_OK)
		e = take_key(j->vkey, &c.vkey);
	if (e == CH_OK)
		e = take_key(j->cosigner, &c.cosigner);
	if (e == CH_OK)
		e = ch_vkey_parse(&j->own.witness[0].key, ch_span_str(j->cosigner));
	ch_buf_deinit(&card);
	if (e != CH_OK)
		return ch_problem_set(&j->why, e, "the card of %s in this home cannot be read: %s",
		    origin, ch_err_text(e));
	j->own.n_witnesses = 1;
	j->own.quorum = (ch_policy_group){ .need = 1, .witnesses = 1 };
	j->key = j->vkey;
	return CH_OK;
}

/* The key that a home pinned for the registry at this address. */
static ch_err find_key(struct ch_log_job *j, const char *where)
{
	struct ch_home *home = ch_alloc(sizeof *home); /* large */
	struct ch_problem none = { 0 };
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e;

	if (!home)
		return CH_E_NOMEM;
	home->lock.fd = -1;
	e = ch_home_open(home, j->opts.home, &none);
	if (e == CH_OK)
		e = ch_home_path(path, home, "registries");
	if (e == CH_OK)
		e = ch_dir_list(&d, path, NAMES_MAX);
	for (size_t i = 0; e == CH_OK && !j->key && i < d.n; i++)
		if (is_at(home, d.names[i], where))
			e = take_card(j, home, d.names[i]);
	ch_dir_deinit(&d);
	ch_home_close(home);
	ch_free(home, sizeof *home);
	if (!j->key)
		return ch_problem_set(&j->why, CH_E_FORMAT, "no home here knows a registry whose "
		    "log is %s; give --key, the log's verifier key", where);
	return e;
}

/* $XDG_STATE_HOME/chancery/logs/<origin>-<8 hex>.state, the hex of the key. */
static ch_err default_state(struct ch_log_job *j)
{
	char dir[CH_PATH_MAX], name[65] = { 0 }, mark[9] = { 0 };
	struct ch_wr m = ch_wr_of(mark, 8);
	ch_hash h;
	ch_err e = ch_dir_of_user(dir, "XDG_STATE_HOME", ".local/state");

	for (size_t i = 0; i < j->log.key.name.n && i < sizeof name - 1; i++) {
		uint8_t c = j->log.key.name.p[i];

		name[i] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
		    (c == '.' && i > 0) ? (char)c : '_';
	}
	ch_sha256(&h, ch_span_str(j->key));
	ch_hex_put(&m, ch_span_of(h.b, 4));
	if (e == CH_E_ABSENT)
		return ch_problem_set(&j->why, CH_E_FORMAT, "neither HOME nor XDG_STATE_HOME is "
		    "set; give --state FILE");
	if (e == CH_OK)
		e = ch_path(j->file, "%s/logs/%s-%s.state", dir, name, mark);
	if (e == CH_OK)
		e = ch_dir_make_above(j->file);
	if (e != CH_OK)
		return ch_problem_set(&j->why, e, "the folder of %s cannot be made: %s", j->file,
		    ch_err_text(e));
	j->state = j->file;
	return CH_OK;
}

ch_err ch_log_job_open(struct ch_log_job *j, const char *where)
{
	ch_err e = ch_client_global_init();

	if (e == CH_OK && !j->key)
		e = find_key(j, where);
	if (e == CH_OK)
		e = ch_log_open(&j->log, where, j->key, &j->why);
	if (e == CH_OK)
		e = read_policy(j);
	if (e == CH_OK && j->keeps && !j->state)
		e = default_state(j);
	if (e == CH_OK && j->state)
		e = ch_log_resume(&j->log, j->state, &j->why);
	return e;
}

/* What contradicts the last checkpoint stays beside the state: as it came, and with that one in a
 * file that proves it to anybody, if the log still serves what that needs. */
static void keep_alarm(struct ch_log_job *j)
{
	char path[CH_PATH_MAX], split[CH_PATH_MAX];
	struct ch_buf theirs;

	ch_buf_init(&theirs, CH_LOG_NOTE_MAX);
	if (ch_path(path, "%s.alarm", j->state) != CH_OK ||
	    ch_path(split, "%s.split-view", j->state) != CH_OK ||
	    ch_buf_put(&theirs, ch_buf_span(&j->log.body)) != CH_OK ||
	    ch_file_write(path, ch_buf_span(&theirs), 0600) != CH_OK)
		ch_out_warn("the checkpoint it shows now could not be kept beside %s", j->state);
	else if (ch_log_split(&j->log, split, ch_buf_span(&theirs)) == CH_OK)
		ch_out_warn("both checkpoints are in %s, which proves it to anybody: "
		    "chancery-verify says what it shows", split);
	else
		ch_out_warn("the checkpoint it shows now is kept in %s, the one before in %s; no "
		    "file can be made of them that proves it to others", path, j->state);
	ch_buf_deinit(&theirs);
}

ch_err ch_log_job_check(struct ch_log_job *j)
{
	ch_err e = ch_log_check(&j->log, &j->why);

	if (e == CH_E_CONFLICT && j->state)
		keep_alarm(j);
	if (e == CH_OK && j->state)
		e = ch_log_keep(&j->log, j->state, &j->why);
	return e;
}

void ch_log_job_say(struct ch_log_job *j)
{
	const struct ch_log *l = &j->log;

	ch_out_pair(&j->out, "origin", "Log", l->key.name);
	ch_out_put_number(&j->out, "size", l->edge.size);
	ch_out_put_number(&j->out, "checked", l->entries);
	ch_out_put_number(&j->out, "files", l->files);
	ch_out_say(&j->out, "%llu entries, %llu of them checked now in %llu files: all in order.",
	    (unsigned long long)l->edge.size, (unsigned long long)l->entries,
	    (unsigned long long)l->files);
}

int ch_log_job_end(struct ch_log_job *j, ch_err e)
{
	int code = ch_out_end(&j->out, e, &j->why);

	release(j);
	return code;
}
