/* witness new, add, run, status: a witness of other people's registers. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "common.h"
#include "keep.h"
#include "proc.h"
#include "say.h"
#include "witness_home.h"

static int cmd_new(int argc, char **argv)
{
	const char *name = NULL;
	const ch_opt opt[] = {
		{ .name = "name", .arg = "NAME", .help = "name of the witness, for ever",
		    .value = &name },
	};
	const ch_usage u = {
		.usage = "witness new DIR --name NAME",
		.about = "Makes the folder of a witness with a new key, and prints the verifier\n"
		    "key for the policies of others. Whoever loses what the folder remembers\n"
		    "makes a new one: it is never put back from a backup.",
		.example = "  chancery witness new /srv/witness --name witness.example",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 1, .max = 1,
	};
	struct ch_problem why = { 0 };
	struct ch_keep *k;
	struct ch_opts o;
	struct ch_out out;
	ch_err e;
	int code = ch_opts_read(&o, argc, argv, &u);

	if (code != CH_EXIT_GO_ON)
		return code;
	if (!name)
		return ch_out_usage("witness new", "--name is missing");
	ch_out_begin(&out, &o);
	k = ch_alloc(sizeof *k);
	e = k ? ch_keep_new(o.argv[0], ch_span_str(name), &why) : CH_E_NOMEM;
	if (e == CH_OK)
		e = ch_keep_open(k, o.argv[0], false, &why);
	if (e == CH_OK) {
		ch_out_pair(&out, "witness", "Witness", ch_span_str(k->name));
		ch_out_pair(&out, "vkey", "Key", ch_span_str(k->vkey_text));
		ch_out_say(&out, "Its secret is in %s/key. Next: chancery witness add %s "
		    "KEY-OF-A-LOG", o.argv[0], o.argv[0]);
	}
	if (k)
		ch_keep_close(k);
	ch_free(k, sizeof *k);
	return ch_out_end(&out, e, &why);
}

static int cmd_add(int argc, char **argv)
{
	const char *origin = NULL;
	const ch_opt opt[] = {
		{ .name = "origin", .arg = "ORIGIN", .value = &origin,
		    .help = "first line of its checkpoints, when it is not the key's name" },
	};
	const ch_usage u = {
		.usage = "witness add DIR VKEY...",
		.about = "Follows a log, or several, by their verifier keys (`registry status`\n"
		    "shows it). Compare the key with the log's operator first. Works while the\n"
		    "witness runs. A second key of the same log is taken beside the first.",
		.example = "  chancery witness add /srv/witness registry.example+1a2b3c4d+AX…",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 2, .max = 64,
	};
	struct ch_problem why = { 0 };
	struct ch_opts o;
	struct ch_out out;
	ch_err e = CH_OK;
	int n = 0, code = ch_opts_read(&o, argc, argv, &u);

	if (code != CH_EXIT_GO_ON)
		return code;
	ch_out_begin(&out, &o);
	for (int i = 1; e == CH_OK && i < o.argc; i++, n += e == CH_OK)
		e = ch_keep_add(o.argv[0], ch_span_str(o.argv[i]),
		    origin ? ch_span_str(origin) : (ch_span){ 0 }, &why);
	ch_out_put_number(&out, "added", (uint64_t)n);
	if (e == CH_OK)
		ch_out_say(&out, n == 1 ? "The log is followed." : "The logs are followed.");
	return ch_out_end(&out, e, &why);
}

/* A witness of its own, or without a folder the home. */
static ch_err run_keep(const char *dir, const ch_serve_opts *run, struct ch_problem *why)
{
	struct ch_keep *k = ch_alloc(sizeof *k);
	ch_cosigner_keeper keeper;
	ch_err e = k ? ch_keep_open(k, dir, true, why) : CH_E_NOMEM;

	if (e == CH_OK) {
		keeper = ch_keep_keeper(k);
		e = ch_cosigner_run(&keeper, run, why);
	}
	if (k)
		ch_keep_close(k);
	ch_free(k, sizeof *k);
	return e;
}

static int cmd_run(int argc, char **argv)
{
	struct ch_cli_serve run = { .o.ready = stdout };
	const ch_opt opt[] = { CH_CLI_SERVE_OPTS(&run) };
	const ch_usage u = {
		.usage = "witness run [DIR] [--listen ADDRESS:PORT]",
		.about = "Runs a witness until it is told to stop (c2sp.org/tlog-witness). Without "
		    "DIR\n"
		    "this home is the witness of its talks' registers, with its cosigner and\n"
		    "with what it saw of them; commands and the desk may be used beside it. Ends\n"
		    "with 5 when a write to the disk failed: no cosignature left that is not\n"
		    "on it.",
		.example = "  chancery witness run /srv/witness --listen 127.0.0.1:8444\n"
		    "  chancery witness run --home ~/alpha --listen 8444",
		.opts = opt, .n_opts = CH_COUNT(opt), .max = 1,
	};
	const char *bad;
	struct ch_cli *c;
	int code = ch_cli_start(&c, argc, argv, &u);
	ch_err e = CH_OK;

	if (code != CH_EXIT_GO_ON)
		return code;
	if ((bad = ch_cli_serve_begin(&run)))
		e = ch_problem_set(&c->why, CH_E_FORMAT, "%s", bad);
	if (e == CH_OK && run.with_parent)
		e = ch_proc_end_with_parent();
	if (e == CH_OK && c->opts.argc == 1)
		e = run_keep(c->opts.argv[0], &run.o, &c->why);
	else if (e == CH_OK)
		e = ch_cli_witness_home(c, &run.o);
	return ch_cli_close(c, e);
}

static void say_log(struct ch_out *out, const struct ch_kept *g)
{
	char text[96], when[CH_SAY_WHEN];

	ch_out_list_item(out);
	ch_out_pair(out, "origin", "Log", g->l.log.origin);
	ch_out_put_number(out, "size", g->l.state.size);
	ch_out_put_string(out, "cosigned", ch_span_str(ch_say_when(when, (int64_t)g->l.time)));
	if (!g->l.state.any) {
		ch_out_say(out, "  nothing cosigned yet");
		return;
	}
	(void)snprintf(text, sizeof text, "  %llu entries, cosigned %s",
	    (unsigned long long)g->l.state.size, ch_say_when(when, (int64_t)g->l.time));
	ch_out_say(out, "%s", text);
}

static int cmd_status(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "witness status DIR",
		.about = "Shows a witness's key, the logs it follows, how far it cosigned "
		    "each, and alarms.",
		.example = "  chancery witness status /srv/witness --json", .min = 1, .max = 1,
	};
	struct ch_problem why = { 0 };
	struct ch_keep *k;
	struct ch_opts o;
	struct ch_out out;
	size_t alarms = 0;
	ch_err e;
	int code = ch_opts_read(&o, argc, argv, &u);

	if (code != CH_EXIT_GO_ON)
		return code;
	ch_out_begin(&out, &o);
	k = ch_alloc(sizeof *k);
	e = k ? ch_keep_open(k, o.argv[0], false, &why) : CH_E_NOMEM;
	if (e == CH_OK)
		e = ch_keep_alarms(&alarms, k);
	if (e == CH_OK) {
		bool runs = ch_keep_is_running(k);

		ch_out_pair(&out, "witness", "Witness", ch_span_str(k->name));
		ch_out_pair(&out, "vkey", "Key", ch_span_str(k->vkey_text));
		ch_out_put_bool(&out, "running", runs);
		ch_out_say(&out, runs ? "It runs." : "It does not run.");
		ch_out_list_begin(&out, "logs");
		for (size_t i = 0; i < k->n; i++)
			say_log(&out, &k->log[i]);
		ch_out_list_end(&out);
		ch_out_put_number(&out, "alarms", alarms);
		if (alarms > 0)
			ch_out_head(&out, "ALARM: a log signed two trees of one size; both are in "
			    "%s/alarms", o.argv[0]);
	}
	if (k)
		ch_keep_close(k);
	ch_free(k, sizeof *k);
	return ch_out_end(&out, e, &why);
}

int ch_cmd_witness(int argc, char **argv)
{
	static const ch_command_row rows[] = {
		{ "new", cmd_new, "make a witness", NULL },
		{ "add", cmd_add, "follow a log", NULL },
		{ "run", cmd_run, "run a witness, or this home as one", NULL },
		{ "status", cmd_status, "show what a witness follows", NULL },
		{ NULL, NULL, NULL, NULL },
	};

	return ch_command_sub("witness", rows, argc, argv);
}
