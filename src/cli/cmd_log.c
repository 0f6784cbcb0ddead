/* log audit, mirror: other people's logs, checked whole and copied; the table of the verbs. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "log_cli.h"

static int run(struct ch_log_job *j, const char *copy)
{
	ch_err e;

	e = ch_log_job_open(j, j->opts.argv[0]);
	j->log.copy = copy;
	if (e == CH_OK)
		e = ch_log_job_check(j);
	if (e == CH_OK)
		ch_log_job_say(j);
	return ch_log_job_end(j, e);
}

static int cmd_audit(int argc, char **argv)
{
	struct ch_log_job *j = ch_log_job_new();
	int code;

	if (!j)
		return CH_EXIT_FAULT;
	const ch_opt opt[] = { CH_LOG_KEY_OPT(j), CH_LOG_POLICY_OPT(j) };
	const ch_usage u = {
		.usage = "log audit URL|DIR [--key VKEY]",
		.about = "Checks a whole log or a mirror of one from its first entry: bundles, "
		    "tiles\n"
		    "of all levels, the root, the signature. Ends with 1 and names the first\n"
		    "file that is wrong.",
		.example = "  chancery log audit /srv/mirror --key registry.example+1a2b3c4d+AX…",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 1, .max = 1,
	};

	if ((code = ch_log_job_start(j, argc, argv, &u)) != CH_EXIT_GO_ON)
		return code;
	return run(j, NULL);
}

static int cmd_mirror(int argc, char **argv)
{
	struct ch_log_job *j = ch_log_job_new();
	char state[CH_PATH_MAX];
	int code;

	if (!j)
		return CH_EXIT_FAULT;
	const ch_opt opt[] = { CH_LOG_KEY_OPT(j), CH_LOG_POLICY_OPT(j) };
	const ch_usage u = {
		.usage = "log mirror URL DIR [--key VKEY]",
		.about = "Copies a log into a folder that any web server of static files can "
		    "serve:\n"
		    "the same bytes under the same paths. The checkpoint is written last, when\n"
		    "all below it was checked and is on the disk. Run it again to go on; what it\n"
		    "checked is remembered in DIR/.state.",
		.example = "  chancery log mirror https://registry.example/log /srv/mirror \\\n"
		    "    --key registry.example+1a2b3c4d+AX…",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 2, .max = 2,
	};

	if ((code = ch_log_job_start(j, argc, argv, &u)) != CH_EXIT_GO_ON)
		return code;
	if (ch_path(state, "%s/.state", j->opts.argv[1]) != CH_OK)
		return ch_log_job_usage(j, "log mirror", "the folder's name is too long");
	j->state = state;
	return run(j, j->opts.argv[1]);
}

int ch_cmd_log(int argc, char **argv)
{
	static const ch_command_row rows[] = {
		{ "follow", ch_cmd_log_follow, "check what a log took in since the last time",
		    NULL },
		{ "audit", cmd_audit, "check a whole log or a copy of it", NULL },
		{ "mirror", cmd_mirror, "copy a log into a folder, checked", NULL },
		{ "prove", ch_cmd_log_prove, "make a proof that an entry is in a log", NULL },
		{ NULL, NULL, NULL, NULL },
	};

	return ch_command_sub("log", rows, argc, argv);
}
