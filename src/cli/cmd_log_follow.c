/* log follow: what a log took in since the last time; once, or again and again. */
#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "log_cli.h"
#include "thread.h"
#include "when.h"

#define EVERY_MAX 86400u
#define AGE_MAX (UINT64_C(100) * 365 * 86400)

struct follow {
	struct ch_log_job *j;
	uint64_t every, max_age; /* seconds; 0: once; any age */
	bool unreached;          /* said, and not to be said again */
};

/* Old by the word of those who cosigned it: a log that stands still, or an old copy of it. */
static ch_err check_age(const struct follow *f)
{
	const struct ch_log *l = &f->j->log;
	int64_t now = ch_clock_wall();
	char when[CH_WHEN_LEN + 1] = { 0 };
	struct ch_wr w = ch_wr_of(when, CH_WHEN_LEN);

	if (f->max_age == 0 || (l->when > 0 && (uint64_t)now < l->when + f->max_age))
		return CH_OK;
	if (l->when == 0)
		return ch_problem_set(&f->j->why, CH_E_ABSENT, "the checkpoint of %s has no "
		    "cosignature that dates it", l->place.at);
	ch_when_put(&w, (int64_t)l->when);
	return ch_problem_set(&f->j->why, CH_E_CONFLICT, "the newest checkpoint of %s was cosigned "
	    "last at %s, more than %" PRIu64 " seconds ago: the log stands still, or this is an "
	    "old copy of it", l->place.at, when, f->max_age);
}

static ch_err once(struct follow *f)
{
	ch_err e = ch_log_job_check(f->j);

	return e == CH_OK ? check_age(f) : e;
}

/* A line of a watch that goes on: in a pipe, too, it is there at once. */
static void say(struct follow *f, const char *what, uint64_t size, uint64_t more)
{
	char when[CH_WHEN_LEN + 1] = { 0 };
	struct ch_wr w = ch_wr_of(when, CH_WHEN_LEN);

	ch_when_put(&w, ch_clock_wall());
	ch_out_say(&f->j->out, "%s %s %" PRIu64 " entries, %" PRIu64 " of them new", when, what,
	    size, more);
	(void)fflush(stdout);
}

/* Not reached is no alarm: said once, and tried again. All else ends the watch. */
static ch_err watch(struct follow *f)
{
	struct ch_log *l = &f->j->log;
	ch_err e;

	for (bool first = true;; first = false) {
		uint64_t had = l->edge.size;

		e = once(f);
		if (e == CH_OK && (first || f->unreached || l->edge.size != had))
			say(f, "in order:", l->edge.size, l->edge.size - had);
		if (e == CH_E_NET && !f->unreached)
			ch_out_warn("%s", f->j->why.text);
		else if (e != CH_OK && e != CH_E_NET)
			return e;
		f->unreached = e == CH_E_NET;
		f->j->why = (struct ch_problem){ 0 };
		ch_thread_rest((unsigned)f->every * 1000);
	}
}

static const char *misfit(const struct follow *f)
{
	if (f->every > EVERY_MAX)
		return "--every is a day at most, in seconds";
	if (f->max_age > AGE_MAX)
		return "--max-age is a hundred years at most, in seconds";
	if (f->every > 0 && f->j->opts.json)
		return "--every says a line for each change; for --json run it from a timer";
	return NULL;
}

static int run(struct follow *f)
{
	struct ch_log_job *j = f->j;
	const char *bad = misfit(f);
	ch_err e;

	if (bad)
		return ch_log_job_usage(j, "log follow", bad);
	j->keeps = true;
	e = ch_log_job_open(j, j->opts.argv[0]);
	j->log.clock = j->policy ? &j->rules : j->own.n_witnesses > 0 ? &j->own : NULL;
	if (e == CH_OK && f->max_age > 0 && !j->log.clock)
		e = ch_problem_set(&j->why, CH_E_FORMAT, "--max-age needs to know whose "
		    "cosignatures date the log: give --policy");
	if (e == CH_OK)
		e = f->every > 0 ? watch(f) : once(f);
	if (e == CH_OK) {
		ch_log_job_say(j);
		ch_out_put_string(&j->out, "state", ch_span_str(j->state));
	}
	return ch_log_job_end(j, e);
}

int ch_cmd_log_follow(int argc, char **argv)
{
	struct ch_log_job *j = ch_log_job_new();
	struct follow f = { .j = j };
	int code;

	if (!j)
		return CH_EXIT_FAULT;
	const ch_opt opt[] = {
		CH_LOG_KEY_OPT(j),
		{ .name = "state", .arg = "FILE", .value = &j->state,
		    .help = "what was checked already; else $XDG_STATE_HOME/chancery/logs/…" },
		{ .name = "every", .arg = "SECONDS", .number = &f.every,
		    .help = "go on, and look again so often" },
		{ .name = "max-age", .arg = "SECONDS", .number = &f.max_age,
		    .help = "alarm when the policy's cosigners dated it longer ago" },
		CH_LOG_POLICY_OPT(j),
	};
	const ch_usage u = {
		.usage = "log follow URL [--key VKEY] [--every SECONDS] [--max-age SECONDS]",
		.about = "Checks what a log of any make (c2sp.org/tlog-tiles) took in since the "
		    "last\n"
		    "time: every entry, every tile, the signed checkpoint, and that it only\n"
		    "grew. Run it from a timer, or with --every: then it says a line at each\n"
		    "change. Ends with 1 and one line when the log shrank, forked or does not\n"
		    "hash to what it signed, or when its checkpoint is too old. A registry's\n"
		    "log is under /log.",
		.example = "  chancery log follow https://registry.example/log --every 300\n"
		    "  chancery log follow https://registry.example/log \\\n"
		    "    --key registry.example+1a2b3c4d+AX… --state ~/registry.state",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 1, .max = 1,
	};

	if ((code = ch_log_job_start(j, argc, argv, &u)) != CH_EXIT_GO_ON)
		return code;
	return run(&f);
}
