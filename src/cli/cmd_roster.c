/* roster show, renew, publish. */
#include <stdio.h>

#include "commands.h"
#include "common.h"
#include "wipe.h"

static void print_roster(struct ch_cli *c, const struct ch_roster_file *r)
{
	char words[CH_WORDS_LEN + 1], number[24];
	const ch_span *v = r->roster.stmt.v;
	ch_delegate d;

	ch_party_words(words, v[CH_ROSTER_PARTY_KEY]);
	(void)snprintf(number, sizeof number, "%llu", (unsigned long long)r->version);
	ch_out_pair(&c->out, "party", "Party", r->roster.party);
	if (v[CH_ROSTER_TITLE].n > 0)
		ch_out_pair(&c->out, "title", "Name", v[CH_ROSTER_TITLE]);
	ch_out_pair(&c->out, "version", "Version", ch_span_str(number));
	ch_out_pair(&c->out, "words", "Words of its key", ch_span_str(words));
	ch_out_pair(&c->out, "suite", "Sealing", v[CH_ROSTER_SUITE]);
	ch_out_pair(&c->out, "valid_until", "Valid until", v[CH_ROSTER_VALID_UNTIL]);
	ch_out_list_begin(&c->out, "delegates");
	for (uint32_t i = 0; i < r->roster.n; i++) {
		ch_roster_delegate(&d, &r->roster, i);
		ch_out_list_item(&c->out);
		ch_out_pair(&c->out, "delegate", d.recalled ? "Recalled" : "Delegate", d.name);
		ch_out_pair(&c->out, "person", "  person", d.person);
	}
	ch_out_list_end(&c->out);
}

static int cmd_show(int argc, char **argv)
{
	const char *file = NULL, *party = NULL;
	uint64_t version = 0;
	const ch_opt own[] = {
		{ .name = "o", .arg = "FILE", .value = &file,
		    .help = "write the signed roster to FILE (- for standard output)" },
		{ .name = "party", .arg = "HANDLE", .value = &party, .help = "of another party" },
		{ .name = "version", .arg = "N", .number = &version, .help = "not the newest" },
	};
	const ch_usage u = {
		.usage = "roster show [-o FILE] [--party HANDLE] [--version N]",
		.about = "Shows a roster on file. The file of -o holds public keys only: it is "
		    "what a\n"
		    "registry's operator needs to enrol the party.",
		.example = "  chancery roster show -o alpha-roster.txt",
		.opts = own, .n_opts = CH_COUNT(own), .max = 0,
	};
	struct ch_roster_file r = { 0 };
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_LOOK);
	if (e == CH_OK)
		e = ch_party_roster(&r, &c->home, ch_span_str(party ? party : c->home.handle),
		    version, &c->why);
	if (e == CH_OK && file)
		e = ch_cli_write_file(file, ch_buf_span(&r.bytes), &c->opts, &c->why);
	else if (e == CH_OK)
		print_roster(c, &r);
	if (e == CH_OK && file)
		ch_out_put_string(&c->out, "file", ch_span_str(file));
	ch_roster_file_deinit(&r);
	return ch_cli_close(c, e);
}

static void on_published(void *ctx, ch_span origin, const char *not_yet)
{
	struct ch_cli *c = ctx;

	if (not_yet)
		return;
	ch_out_list_item(&c->out);
	ch_out_pair(&c->out, "registry", "Published at", origin);
}

/* To every registry of our newest roster, in its order. */
static ch_err publish_all(struct ch_cli *c)
{
	const ch_delegate_ears ears = { .published = on_published, .ctx = c, .strict = true };
	struct ch_roster_file r = { 0 };
	bool some;
	ch_err e = ch_party_roster(&r, &c->home, ch_span_str(c->home.handle), 0, &c->why);

	if (e == CH_OK && r.roster.stmt.count[CH_ROSTER_REGISTRIES] == 0)
		e = ch_problem_set(&c->why, CH_E_ABSENT, "our roster names no registry yet; open "
		    "or "
		    "join talks first");
	ch_out_list_begin(&c->out, "published");
	if (e == CH_OK)
		e = ch_delegates_publish(&some, &c->watch, &c->link, &c->home, &ears, &c->why);
	ch_out_list_end(&c->out);
	ch_out_put_number(&c->out, "version", r.version);
	ch_roster_file_deinit(&r);
	return e;
}

static int cmd_publish(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "roster publish",
		.about = "Brings all versions of our roster that a registry lacks to it, at "
		    "every registry\n"
		    "the roster names. Doing it again does no harm.",
		.example = "  chancery roster publish", .max = 0,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_LOCK | CH_CLI_UNLOCK);
	if (e == CH_OK)
		e = publish_all(c);
	return ch_cli_close(c, e);
}

/* Our suite as it is, unless another was named. */
static ch_err suite_of(bool *hybrid, struct ch_cli *c, const char *suite)
{
	struct ch_roster_file r = { 0 };
	ch_err e;

	if (suite)
		return ch_cli_suite(hybrid, suite, &c->why);
	e = ch_party_roster(&r, &c->home, ch_span_str(c->home.handle), 0, &c->why);
	*hybrid = e == CH_OK && r.roster.hybrid;
	ch_roster_file_deinit(&r);
	return e;
}

static ch_err renew_seal(uint64_t *version, struct ch_cli *c, const char *suite, const char *file)
{
	struct ch_token token = { 0 };
	ch_party_seal want = { .token = file ? &token : NULL };
	ch_err e = suite_of(&want.hybrid, c, suite);

	if (e == CH_OK && file)
		e = ch_cli_token(&token, file, want.hybrid, &c->why);
	if (e == CH_OK)
		e = ch_party_renew_seal(version, &c->home, &want, ch_pass_span(&c->pass), &c->why);
	ch_wipe(&token, sizeof token);
	return e;
}

static int cmd_renew(int argc, char **argv)
{
	const char *suite = NULL, *file = NULL;
	const ch_opt own[] = {
		{ .name = "suite", .arg = "SUITE", .value = &suite,
		    .help = "hybrid or classic: change the sealing suite, with a new sealing key" },
		{ .name = "token", .arg = "FILE", .value = &file,
		    .help = "take a sealing key in hardware: FILE is what its age plugin wrote" },
	};
	const ch_usage u = {
		.usage = "roster renew [--suite SUITE] [--token FILE]",
		.about = "Signs a new version of our roster, valid for 90 more days, and "
		    "publishes it.\n"
		    "Needs the party key. The sealing key stays as it is unless another suite or\n"
		    "a token is asked for: then this home takes a new one, and keeps the old ones\n"
		    "for what was sealed to them. --suite alone brings the key back from a token\n"
		    "into the home. One suite holds for all delegates, so it changes only while\n"
		    "this home is the only one; a token of the same suite is this delegate's own\n"
		    "business.",
		.example = "  chancery roster renew",
		.opts = own, .n_opts = CH_COUNT(own), .max = 0,
	};
	struct ch_cli *c;
	uint64_t version;
	int end = ch_cli_start(&c, argc, argv, &u);
	bool hybrid;
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = suite ? ch_cli_suite(&hybrid, suite, &c->why) : CH_OK;
	if (e == CH_OK)
		e = ch_cli_open(c, CH_CLI_LOCK | CH_CLI_UNLOCK | CH_CLI_KEEP_PASS);
	if (e == CH_OK && (suite || file))
		e = renew_seal(&version, c, suite, file);
	else if (e == CH_OK)
		e = ch_party_renew(&version, &c->home, (ch_span){ 0 }, true,
		    ch_pass_span(&c->pass), &c->why);
	if (e == CH_OK) {
		ch_out_say(&c->out, "Version %llu is signed.", (unsigned long long)version);
		e = publish_all(c);
	}
	return ch_cli_close(c, e);
}

int ch_cmd_roster(int argc, char **argv)
{
	static const ch_command_row rows[] = {
		{ "show", cmd_show, "show a roster, or write it to a file", NULL },
		{ "publish", cmd_publish, "bring our roster to its registries", NULL },
		{ "renew", cmd_renew, "sign a new version, valid for 90 more days", NULL },
		{ NULL, NULL, NULL, NULL },
	};

	return ch_command_sub("roster", rows, argc, argv);
}
