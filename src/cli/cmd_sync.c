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
	[CH_SYNC_LISTED] = { "listed", "" },
	[CH_SYNC_TALKS] = { "talks", "is new here; another home of our party signed its charter" },
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
	else if (what == CH_SYNC_LISTED)
		ch_out_say(&c->out, "%s", text);
	else
		ch_out_say(&c->out, "%s%s%s%s%s", number, whats[what].words[0] ? " " : "",
		    whats[what].words, text[0] ? " " : "", text);
}

/* The registries of one run, each once. */
struct calls {
	char done[16][CH_NAME_MAX + 1];
	size_t n;
};

static bool is_done(struct calls *k, ch_span origin)
{
	if (origin.n == 0 || origin.n > CH_NAME_MAX || k->n == CH_COUNT(k->done))
		return true;
	for (size_t i = 0; i < k->n; i++)
		if (ch_span_eq(ch_span_str(k->done[i]), origin))
			return true;
	memset(k->done[k->n], 0, sizeof k->done[k->n]);
	memcpy(k->done[k->n++], origin.p, origin.n);
	return false;
}

static ch_err call(struct ch_cli *c, ch_span origin)
{
	const ch_sync_ears ears = { on_event, c };
	ch_err e = ch_cli_registry(c, origin, true);

	if (e == CH_OK)
		e = ch_sync(&c->watch, &ears, &c->why);
	return e == CH_OK ? ch_watch_keep_cosigners(&c->watch, &c->why) : e;
}

/* Where our party is and this home has no talks: a colleague may have some. */
static ch_err others(struct ch_cli *c, struct calls *k)
{
	struct ch_roster_file r = { 0 };
	char path[CH_PATH_MAX];
	uint64_t size;
	ch_item it;
	ch_err worst = CH_OK, e = ch_party_roster(&r, &c->home, ch_span_str(c->home.handle), 0,
	    NULL);

	for (uint32_t i = 0; e == CH_OK && i < r.roster.stmt.count[CH_ROSTER_REGISTRIES]; i++) {
		if (ch_stmt_item(&it, &r.roster.stmt, CH_ROSTER_REGISTRIES, i) != CH_OK ||
		    is_done(k, it.v[CH_REG_ORIGIN]))
			continue;
		if (ch_home_path(path, &c->home, "registries/%.*s/url.txt",
		    (int)it.v[CH_REG_ORIGIN].n, (const char *)it.v[CH_REG_ORIGIN].p) != CH_OK ||
		    ch_file_size(&size, path) != CH_OK) {
			ch_out_warn("our roster names the registry %.*s, which this home does not "
			    "know: whoever holds the party key makes a new welcome with chancery "
			    "delegate add, and chancery delegate join takes it in",
			    (int)it.v[CH_REG_ORIGIN].n, (const char *)it.v[CH_REG_ORIGIN].p);
			continue;
		}
		const struct ch_problem before = c->why;

		c->why = (struct ch_problem){ 0 };
		ch_err one = call(c, it.v[CH_REG_ORIGIN]);
		if (strcmp(c->why.type, "not-enrolled") == 0)
			one = CH_OK; /* nothing can have come */
		if (worst == CH_OK)
			worst = one;
		if (one == CH_OK || before.err != CH_OK)
			c->why = before;
	}
	ch_roster_file_deinit(&r);
	return worst;
}

/* The deciding registries of all talks in force (or of the one asked for). */
static ch_err all(struct ch_cli *c)
{
	struct calls k = { .n = 0 };
	struct ch_dir names;
	ch_err worst = CH_OK, one, e = ch_cli_talks_names(&names, c);

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
		if (is_done(&k, ch_span_str(origin)))
			continue;
		one = call(c, ch_span_str(origin));
		if (worst == CH_OK)
			worst = one; /* the other registries still get their turn */
	}
	ch_dir_deinit(&names);
	one = e == CH_OK && !c->opts.talks ? others(c, &k) : e;
	return worst == CH_OK ? one : worst;
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
