/* desk: the pages of one or several homes, on loopback, for a person with a browser. */
#include <stdio.h>

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

/* The homes that are named, else the one that other commands would take; none is no mistake. */
static ch_err homes(const char *dirs[], size_t *n, char only[CH_PATH_MAX], struct ch_cli *c)
{
	ch_err e;

	for (int i = 0; i < c->opts.argc; i++)
		dirs[(*n)++] = c->opts.argv[i];
	if (*n > 0)
		return CH_OK;
	e = ch_home_find(only, c->opts.home, &c->why);
	if (e == CH_E_ABSENT && !c->opts.home) {
		memset(&c->why, 0, sizeof c->why);
		return CH_OK;
	}
	if (e == CH_OK)
		dirs[(*n)++] = only;
	return e;
}

int ch_cmd_desk(int argc, char **argv)
{
	uint64_t port = 0, idle = 15;
	bool no_browser = false, no_sync = false;
	const char *link_to = NULL, *dirs[CH_DESK_HOMES];
	char only[CH_PATH_MAX];
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
		    "may be used beside it.",
		.example = "  chancery desk", .opts = own, .n_opts = CH_COUNT(own),
		.max = CH_DESK_HOMES - 1,
	};
	struct saying s;
	struct ch_cli *c;
	ch_desk_opts o = { .dirs = dirs, .ready = ready };
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
	if (e == CH_OK)
		e = homes(dirs, &o.n_dirs, only, c);
	if (e == CH_OK)
		e = ch_desk_run(&o, &c->why);
	return ch_cli_close(c, e);
}
