/* log follow: what a log took in since the last time. */
#include "log_cli.h"

int ch_cmd_log_follow(int argc, char **argv)
{
	struct ch_log_job *j = ch_log_job_new();
	ch_err e;
	int code;

	if (!j)
		return CH_EXIT_FAULT;
	const ch_opt opt[] = {
		CH_LOG_KEY_OPT(j),
		{ .name = "state", .arg = "FILE", .value = &j->state,
		    .help = "what was checked already; made at the first time" },
		CH_LOG_POLICY_OPT(j),
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

	if ((code = ch_log_job_start(j, argc, argv, &u)) != CH_EXIT_GO_ON)
		return code;
	if (!j->key || !j->state)
		return ch_log_job_usage(j, "log follow", "--key and --state are needed");
	e = ch_log_job_open(j, j->opts.argv[0]);
	if (e == CH_OK)
		e = ch_log_job_check(j);
	if (e == CH_OK)
		ch_log_job_say(j);
	return ch_log_job_end(j, e);
}
