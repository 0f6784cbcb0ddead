/* sync: bring this home and its registries to the same state. */
#include <stdio.h>

#include "commands.h"
#include "common.h"
#include "sync.h"

static const struct {
	const char *json, *words;
} whats[] = {
	[CH_SYNC_SENT] = { "sent", "is registered" },
	[CH_SYNC_HELD] = { "held", "waits in the outbox for its time" },
	[CH_SYNC_ARRIVED] = { "arrived", "arrived; it waits for your signature" },
	[CH_SYNC_CHANGED] = { "changed", "is now" },
	[CH_SYNC_OPENED] = { "opened", "was opened; all inside fits its cover" },
	[CH_SYNC_PUBLIC] = { "public", "has new public statements:" },
	[CH_SYNC_TOKEN] = { "token", "" },
	[CH_SYNC_PROBLEM] = { "problem", "" },
};

static void on_event(void *ctx, ch_sync_what what, const char *number, const char *text)
{
	struct ch_cli *c = ctx;

	ch_out_list_item(&c->out);
	ch_out_put_string(&c->out, "what", ch_span_str(whats[what].json));
	ch_out_put_string(&c->out, "number", ch_span_str(number));
	ch_out_put_string(&c->out, "text", ch_span_str(text));
	if (what == CH_SYNC_PROBLEM)
		ch_out_warn("%s", text);
	else
		ch_out_say(&c->out, "%s%s%s%s%s", number, whats[what].words[0] ? " " : "",
		    whats[what].words, text[0] ? " " : "", text);
}

/* The deciding registries of all talks in force (or of the one asked for), each once. */
static ch_err all(struct ch_cli *c)
{
	char done[16][CH_NAME_MAX + 1];
	size_t n_done = 0;
	struct ch_dir names;
	const ch_sync_ears ears = { on_event, c };
	ch_err worst = CH_OK, e = ch_cli_talks_names(&names, c);

	for (size_t i = 0; e == CH_OK && i < names.n; i++) {
		struct ch_talks t = { 0 };
		struct ch_problem quiet = { 0 };
		char origin[CH_NAME_MAX + 1] = "";
		ch_item reg;

		if (ch_talks_load(&t, &c->home, names.names[i], &quiet) == CH_OK &&
		    t.state >= CH_TALKS_SIGNING && ch_talks_registry(&reg, &t) == CH_OK)
			(void)snprintf(origin, sizeof origin, "%.*s", (int)reg.v[CH_CR_ORIGIN].n,
			    (const char *)reg.v[CH_CR_ORIGIN].p);
		ch_talks_deinit(&t);
		for (size_t k = 0; k < n_done; k++)
			if (strcmp(done[k], origin) == 0)
				origin[0] = '\0';
		if (origin[0] == '\0' || n_done == CH_COUNT(done))
			continue;
		memcpy(done[n_done++], origin, sizeof origin);
		ch_err one = ch_cli_registry(c, ch_span_str(origin), true);
		if (one == CH_OK)
			one = ch_sync(&c->watch, &ears, &c->why);
		if (one == CH_OK)
			one = ch_watch_keep_cosigners(&c->watch, &c->why);
		if (worst == CH_OK)
			worst = one; /* the other registries still get their turn */
	}
	ch_dir_deinit(&names);
	return e == CH_OK ? worst : e;
}

int ch_cmd_sync(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "sync",
		.about = "Sends what waits in the outbox, fetches what came, and brings every "
		    "delivery\n"
		    "record up to date. Checks that each register only grew and hides nothing. "
		    "May be\n"
		    "repeated as often as you like.",
		.example = "  chancery sync", .max = 0,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_LOCK | CH_CLI_UNLOCK);
	ch_out_list_begin(&c->out, "events");
	if (e == CH_OK)
		e = all(c);
	ch_out_list_end(&c->out);
	return ch_cli_close(c, e);
}
