/* desk: the pages of one or several homes, on loopback, for a person with a browser. */
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "common.h"
#include "desk.h"

struct saying {
	struct ch_out *out;
};

static void ready(void *ctx, const char *link, bool browser)
{
	struct saying *s = ctx;

	if (browser)
		ch_out_say(s->out, "The desk is open in your browser. If not, this link opens it, "
		    "once:");
	else
		ch_out_say(s->out, "This link opens the desk, once, on this machine:");
	ch_out_say(s->out, "%s", link);
	ch_out_say(s->out, "It runs until you press Ctrl-C.");
	(void)fflush(stdout);
}

/* All homes in one of the usual places. */
static ch_err usual(ch_desk_dirs *d, const char *below, struct ch_problem *why)
{
	char base[CH_PATH_MAX];
	struct ch_dir names;
	ch_err e = ch_home_list(&names, base, below, why);

	for (size_t i = 0; e == CH_OK && i < names.n && d->n < CH_COUNT(d->dir); i++)
		e = ch_path(d->dir[d->n++], "%s/%s", base, names.names[i]);
	ch_dir_deinit(&names);
	return e;
}

/* The homes that are named, else all there are; none is no mistake. */
static ch_err homes(ch_desk_dirs *d, struct ch_cli *c)
{
	const char *env = getenv("CHANCERY_HOME");
	ch_err e = CH_OK;

	for (int i = 0; e == CH_OK && i < c->opts.argc; i++)
		e = ch_path(d->dir[d->n++], "%s", c->opts.argv[i]);
	if (d->n > 0 || e != CH_OK)
		return e;
	if (c->opts.home || (env && env[0] != '\0')) {
		e = ch_home_find(d->dir[0], c->opts.home, &c->why);
		d->n = e == CH_OK;
		return e;
	}
	e = usual(d, "", &c->why);
	return e == CH_OK ? usual(d, CH_DESK_PRACTICE, &c->why) : e;
}

int ch_cmd_desk(int argc, char **argv)
{
	uint64_t port = 0, idle = 15;
	bool no_browser = false, no_sync = false;
	const char *link_to = NULL;
	const ch_opt own[] = {
		{ .name = "port", .arg = "N", .number = &port,
		    .help = "the port on 127.0.0.1; else any free one" },
		{ .name = "no-browser", .flag = &no_browser, .help = "only print the link" },
		{ .name = "lock-after", .arg = "MINUTES", .number = &idle,
		    .help = "lock when nobody used a page for so long (15; 0: never)" },
		{ .name = "link-file", .arg = "FILE", .value = &link_to,
		    .help = "write the link into FILE, too, for a starter of your own" },
		{ .name = "no-sync", .flag = &no_sync,
		    .help = "do not ask the registries by itself" },
	};
	const ch_usage u = {
		.usage = "desk [HOME...]",
		.about = "Opens the desk: pages in your browser for all that the commands do. It "
		    "answers on\n"
		    "this machine only, to whoever has the link, which works once. Commands\n"
		    "may be used beside it. Without a HOME it opens all there are; when there is\n"
		    "none, its first page makes a party, or lets you practise.",
		.example = "  chancery desk", .opts = own, .n_opts = CH_COUNT(own),
		.max = CH_DESK_HOMES - 1,
	};
	struct saying s;
	struct ch_cli *c;
	ch_desk_dirs *dirs;
	ch_desk_opts o = { .ready = ready };
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	s.out = &c->out;
	o.ctx = &s;
	o.browser = !no_browser;
	o.no_background = no_sync;
	o.link_to = link_to;
	e = port > UINT16_MAX || idle > 100000 ? ch_problem_set(&c->why, CH_E_FORMAT, "a port is "
	    "at most 65535, and a desk locks after at most 100000 minutes") : CH_OK;
	o.port = (uint16_t)port;
	o.idle_minutes = (unsigned)idle;
	o.dirs = dirs = ch_alloc(sizeof *dirs);
	if (e == CH_OK)
		e = dirs ? homes(dirs, c) : CH_E_NOMEM;
	if (e == CH_OK)
		e = ch_desk_run(&o, &c->why);
	ch_free(dirs, sizeof *dirs);
	return ch_cli_close(c, e);
}
