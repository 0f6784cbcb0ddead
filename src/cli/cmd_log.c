/* log audit, mirror: other people's logs, checked whole and copied; the table of the verbs. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "commands.h"
#include "log_cli.h"
#include "stored.h"
#include "term.h"

#define PART_MS 1000u /* at most so much work is done twice */

static int run(struct ch_log_job *j, const char *copy)
{
	ch_err e = ch_log_job_open(j, j->opts.argv[0]);

	j->log.copy = copy;
	if (e == CH_OK)
		e = ch_log_job_check(j);
	if (e == CH_OK)
		ch_log_job_say(j);
	return ch_log_job_end(j, e);
}

/* ---- audit ---- */

struct audit {
	struct ch_log_job *j;
	const char *part; /* where an audit that was ended goes on; NULL: nowhere */
	struct ch_stored *stored;
	uint64_t kept_ms; /* when it was written last */
	struct ch_progress bar;
};

static ch_err on_step(void *ctx, const struct ch_log *l, uint64_t to)
{
	struct audit *a = ctx;
	uint64_t now = ch_clock_ms();

	a->bar.total = to;
	ch_progress_step(&a->bar, l->next.size);
	if (!a->part || now - a->kept_ms < PART_MS)
		return CH_OK;
	a->kept_ms = now;
	return ch_log_keep_part(l, a->part, &a->j->why);
}

/* A registry's own folder is read as the log that it serves. */
static ch_err open_stored(struct audit *a)
{
	struct ch_log_job *j = a->j;
	const char *why = "";
	ch_err e = ch_stored_open(&a->stored, j->opts.argv[0], &why);

	if (e == CH_E_ABSENT)
		return CH_OK; /* the address of a log, or the folder of a copy */
	if (e != CH_OK)
		return ch_problem_set(&j->why, e, "%s", why);
	if (!j->key)
		j->key = ch_stored_vkey(a->stored);
	return CH_OK;
}

static int run_audit(struct audit *a)
{
	struct ch_log_job *j = a->j;
	int code;
	ch_err e = open_stored(a);

	if (e == CH_OK)
		e = ch_log_job_open(j, j->opts.argv[0]);
	if (e == CH_OK && a->stored) {
		j->log.source = ch_stored_get;
		j->log.source_ctx = a->stored;
	}
	if (e == CH_OK && a->part)
		e = ch_log_resume_part(&j->log, a->part, &j->why);
	if (e == CH_OK) {
		j->log.on_step = on_step;
		j->log.on_step_ctx = a;
		a->kept_ms = ch_clock_ms();
		ch_progress_begin(&a->bar, "entries checked", 0);
		e = ch_log_job_check(j);
		ch_progress_end(&a->bar);
	}
	if (e == CH_OK)
		ch_log_job_say(j);
	if (e == CH_OK && a->part && ch_file_unlink(a->part) == CH_E_IO)
		ch_out_warn("%s could not be removed: the next audit goes on from it", a->part);
	code = ch_log_job_end(j, e);
	ch_stored_close(a->stored);
	return code;
}

static int cmd_audit(int argc, char **argv)
{
	struct ch_log_job *j = ch_log_job_new();
	struct audit a = { .j = j };
	int code;

	if (!j)
		return CH_EXIT_FAULT;
	const ch_opt opt[] = {
		CH_LOG_KEY_OPT(j),
		{ .name = "resume", .arg = "FILE", .value = &a.part,
		    .help = "go on where an audit was ended; removed when it is through" },
		CH_LOG_POLICY_OPT(j),
	};
	const ch_usage u = {
		.usage = "log audit URL|DIR [--key VKEY] [--resume FILE]",
		.about = "Checks a whole log, a mirror of one, or a registry's own folder (running "
		    "or\n"
		    "not) from its first entry: bundles, tiles of all levels, the root, the\n"
		    "signature. Ends with 1 and names the first file that is wrong.",
		.example = "  chancery log audit /srv/registry --resume /var/tmp/audit\n"
		    "  chancery log audit /srv/mirror --key registry.example+1a2b3c4d+AX…",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 1, .max = 1,
	};

	if ((code = ch_log_job_start(j, argc, argv, &u)) != CH_EXIT_GO_ON)
		return code;
	return run_audit(&a);
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
