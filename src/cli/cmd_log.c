/* log follow, audit, mirror: other people's logs, checked entry by entry. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "common.h"
#include "dir.h"
#include "logcheck.h"

/* Rows of the option tables. */
#define KEY(j) \
	{ .name = "key", .arg = "VKEY", .value = &(j)->key, .help = "the log's verifier key" }
#define POLICY(j) \
	{ .name = "policy", .arg = "FILE", .value = &(j)->policy, \
	    .help = "whose cosignatures must be there (c2sp.org/tlog-policy)" }

struct job {
	const char *key, *policy, *state;
	struct ch_log *log;
	ch_policy rules;
	struct ch_buf rules_text;
};

static ch_err read_policy(struct job *j, struct ch_problem *why)
{
	struct ch_diag diag = { 0 };
	ch_err e;

	ch_buf_init(&j->rules_text, CH_POLICY_TEXT_MAX);
	if (!j->policy)
		return CH_OK;
	e = ch_file_read_named(&j->rules_text, NULL, j->policy);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s could not be read: %s", j->policy,
		    ch_err_text(e));
	e = ch_policy_parse(&j->rules, ch_buf_span(&j->rules_text), &diag);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s is no policy: %s, at byte %zu", j->policy,
		    diag.what, diag.at);
	j->log->policy = &j->rules;
	return CH_OK;
}

/* What contradicts the last checkpoint stays beside the state: as it came, and with that one in a
 * file that proves it to anybody, if the log still serves what that needs. */
static void keep_alarm(const struct job *j)
{
	char path[CH_PATH_MAX], split[CH_PATH_MAX];
	struct ch_buf theirs;

	ch_buf_init(&theirs, CH_LOG_NOTE_MAX);
	if (ch_path(path, "%s.alarm", j->state) != CH_OK ||
	    ch_path(split, "%s.split-view", j->state) != CH_OK ||
	    ch_buf_put(&theirs, ch_buf_span(&j->log->body)) != CH_OK ||
	    ch_file_write(path, ch_buf_span(&theirs), 0600) != CH_OK)
		ch_out_warn("the checkpoint it shows now could not be kept beside %s",
		    j->state);
	else if (ch_log_split(j->log, split, ch_buf_span(&theirs)) == CH_OK)
		ch_out_warn("both checkpoints are in %s, which proves it to anybody: "
		    "chancery-verify says what it shows", split);
	else
		ch_out_warn("the checkpoint it shows now is kept in %s, the one before in %s; no "
		    "file can be made of them that proves it to others", path, j->state);
	ch_buf_deinit(&theirs);
}

static ch_err work(struct job *j, struct ch_problem *why)
{
	ch_err e = read_policy(j, why);

	if (e == CH_OK && j->state)
		e = ch_log_resume(j->log, j->state, why);
	if (e != CH_OK)
		return e;
	e = ch_log_check(j->log, why);
	if (e == CH_E_CONFLICT && j->state)
		keep_alarm(j);
	if (e == CH_OK && j->state)
		e = ch_log_keep(j->log, j->state, why);
	return e;
}

static int run(struct job *j, const struct ch_opts *o, const char *where, const char *copy)
{
	struct ch_problem why = { 0 };
	struct ch_out out;
	ch_err e;

	ch_out_begin(&out, o);
	j->log = ch_alloc(sizeof *j->log);
	if (!j->log)
		return ch_out_end(&out, CH_E_NOMEM, &why);
	e = ch_client_global_init();
	if (e == CH_OK)
		e = ch_log_open(j->log, where, j->key, &why);
	j->log->copy = copy;
	if (e == CH_OK)
		e = work(j, &why);
	if (e == CH_OK) {
		ch_out_pair(&out, "origin", "Log", j->log->key.name);
		ch_out_put_number(&out, "size", j->log->edge.size);
		ch_out_put_number(&out, "checked", j->log->entries);
		ch_out_put_number(&out, "files", j->log->files);
		ch_out_say(&out, "%llu entries, %llu of them checked now in %llu files: all in "
		    "order.", (unsigned long long)j->log->edge.size,
		    (unsigned long long)j->log->entries, (unsigned long long)j->log->files);
	}
	ch_buf_deinit(&j->rules_text);
	ch_log_close(j->log);
	ch_free(j->log, sizeof *j->log);
	return ch_out_end(&out, e, &why);
}

static int cmd_follow(int argc, char **argv)
{
	struct job j = { 0 };
	const ch_opt opt[] = {
		KEY(&j),
		{ .name = "state", .arg = "FILE", .value = &j.state,
		    .help = "what was checked already; made at the first time" },
		POLICY(&j),
	};
	const ch_usage u = {
		.usage = "log follow URL --key VKEY --state FILE",
		.about = "Checks what a log of any make (c2sp.org/tlog-tiles) took in since the "
		    "last\n"
		    "time: every entry, every tile, the signed checkpoint, and that it only\n"
		    "grew. Run it from a timer. Ends with 1 and one line when the log shrank,\n"
		    "forked or does not hash to what it signed. A registry's log is under /log.",
		.example = "  chancery log follow https://registry.example/log \\\n"
		    "    --key registry.example+1a2b3c4d+AX… --state ~/registry.state",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 1, .max = 1, .alone = true,
	};
	struct ch_opts o;
	int code = ch_opts_read(&o, argc, argv, &u);

	if (code != CH_EXIT_GO_ON)
		return code;
	if (!j.key || !j.state)
		return ch_out_usage("log follow", "--key and --state are needed");
	return run(&j, &o, o.argv[0], NULL);
}

static int cmd_audit(int argc, char **argv)
{
	struct job j = { 0 };
	const ch_opt opt[] = { KEY(&j), POLICY(&j) };
	const ch_usage u = {
		.usage = "log audit URL|DIR --key VKEY",
		.about = "Checks a whole log or a mirror of one from its first entry: bundles, "
		    "tiles\n"
		    "of all levels, the root, the signature. Ends with 1 and names the first\n"
		    "file that is wrong.",
		.example = "  chancery log audit /srv/mirror --key registry.example+1a2b3c4d+AX…",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 1, .max = 1, .alone = true,
	};
	struct ch_opts o;
	int code = ch_opts_read(&o, argc, argv, &u);

	if (code != CH_EXIT_GO_ON)
		return code;
	if (!j.key)
		return ch_out_usage("log audit", "--key is missing");
	return run(&j, &o, o.argv[0], NULL);
}

static int cmd_mirror(int argc, char **argv)
{
	struct job j = { 0 };
	const ch_opt opt[] = { KEY(&j), POLICY(&j) };
	const ch_usage u = {
		.usage = "log mirror URL DIR --key VKEY",
		.about = "Copies a log into a folder that any web server of static files can "
		    "serve:\n"
		    "the same bytes under the same paths. The checkpoint is written last, when\n"
		    "all below it was checked and is on the disk. Run it again to go on; what it\n"
		    "checked is remembered in DIR/.state.",
		.example = "  chancery log mirror https://registry.example/log /srv/mirror \\\n"
		    "    --key registry.example+1a2b3c4d+AX…",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 2, .max = 2, .alone = true,
	};
	char state[CH_PATH_MAX];
	struct ch_opts o;
	int code = ch_opts_read(&o, argc, argv, &u);

	if (code != CH_EXIT_GO_ON)
		return code;
	if (!j.key)
		return ch_out_usage("log mirror", "--key is missing");
	if (ch_path(state, "%s/.state", o.argv[1]) != CH_OK)
		return ch_out_usage("log mirror", "the folder's name is too long");
	j.state = state;
	return run(&j, &o, o.argv[0], o.argv[1]);
}

int ch_cmd_log(int argc, char **argv)
{
	static const ch_command_row rows[] = {
		{ "follow", cmd_follow, "check what a log took in since the last time", NULL },
		{ "audit", cmd_audit, "check a whole log or a copy of it", NULL },
		{ "mirror", cmd_mirror, "copy a log into a folder, checked", NULL },
		{ NULL, NULL, NULL, NULL },
	};

	return ch_command_sub("log", rows, argc, argv);
}
