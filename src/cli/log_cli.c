/* See log_cli.h. */
#include "log_cli.h"

#include "dir.h"

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

ch_err ch_log_job_open(struct ch_log_job *j, const char *where)
{
	ch_err e = ch_client_global_init();

	if (e == CH_OK)
		e = ch_log_open(&j->log, where, j->key, &j->why);
	if (e == CH_OK)
		e = read_policy(j);
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
