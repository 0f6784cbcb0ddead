/* party new: a party and its first delegate. */
#include <stdio.h>

#include "commands.h"
#include "common.h"
#include "wipe.h"

static ch_err make(struct ch_cli *c, const ch_party_new_ask *ask)
{
	ch_err e = ch_cli_pass(&c->pass, &c->opts, true, &c->why);

	if (e == CH_OK)
		e = ch_party_new(&c->home, ask, ch_pass_span(&c->pass), &c->why);
	return e;
}

static void tell(struct ch_cli *c)
{
	char words[CH_WORDS_LEN + 1];
	struct ch_roster_file r = { 0 };

	if (ch_party_roster(&r, &c->home, ch_span_str(c->home.handle), 0, NULL) != CH_OK)
		return;
	ch_party_words(words, r.roster.stmt.v[CH_ROSTER_PARTY_KEY]);
	ch_out_head(&c->out, "%s is ready%s", c->home.handle,
	    c->home.exercise ? " (exercise)" : "");
	ch_out_pair(&c->out, "party", "Party", ch_span_str(c->home.handle));
	ch_out_pair(&c->out, "delegate", "Delegate", ch_span_str(c->home.delegate));
	ch_out_pair(&c->out, "suite", "Sealing", r.roster.stmt.v[CH_ROSTER_SUITE]);
	ch_out_pair(&c->out, "words", "Words of its key", ch_span_str(words));
	ch_out_pair(&c->out, "home", "Home", ch_span_str(c->home.dir));
	ch_out_say(&c->out, r.roster.hybrid ?
	    "\nPapers to it open with chancery, and with stock age from version 1.3 on." :
	    "\nPapers to it open with chancery, and with every stock age; some day a quantum\n"
	    "computer may open those that somebody recorded.");
	ch_out_say(&c->out, "\nThe party key (party-key.age) signs rosters and nothing else: you "
	    "may "
	    "keep it on\na stick. The passphrase cannot be recovered. Next: chancery talks open, "
	    "or "
	    "join.");
	ch_roster_file_deinit(&r);
}

static int cmd_new(int argc, char **argv)
{
	const char *person = NULL, *title = NULL, *delegate_title = NULL, *suite = "hybrid";
	const char *file = NULL;
	uint64_t work = CH_HOME_WORK;
	bool exercise = false, hybrid = true;
	const ch_opt own[] = {
		{ .name = "person", .arg = "ID", .value = &person,
		    .help = "who the delegate is: a-z, 0-9, . and - (needed)" },
		{ .name = "title", .arg = "TEXT", .value = &title, .help = "the party's name" },
		{ .name = "delegate-title", .arg = "TEXT", .value = &delegate_title,
		    .help = "the delegate's office" },
		{ .name = "suite", .arg = "SUITE", .value = &suite,
		    .help = "hybrid (default) or classic: how papers to the party are sealed" },
		{ .name = "token", .arg = "FILE", .value = &file,
		    .help = "the sealing key is in hardware: FILE is what its age plugin wrote" },
		{ .name = "exercise", .flag = &exercise,
		    .help = "a party of a drill; DIR/clock may hold its time" },
		{ .name = "work-factor", .arg = "N", .number = &work,
		    .help = "work for the passphrase, 1 to 22 (18: 256 MiB, under a second)" },
	};
	const ch_usage u = {
		.usage = "party new HANDLE --person ID [options]",
		.about = "Makes a party and its first delegate: keys under a passphrase, and the "
		    "first\n"
		    "roster, signed by the party key. Nothing leaves this machine.\n"
		    "Suite hybrid: papers are sealed with ML-KEM-768 and X25519 together, so that\n"
		    "no later quantum computer opens them; stock age opens them from version 1.3.\n"
		    "Suite classic: X25519 alone; every stock age opens them, Debian's 1.1.1 too.\n"
		    "With --token papers are sealed to a key in hardware: sign-for and show want\n"
		    "it plugged in, with its program age-plugin-NAME in PATH. FILE has the\n"
		    "identity AGE-PLUGIN-… and the recipient: age1tagpq1… is hybrid, age1tag1…\n"
		    "classic. A lost token means lost papers: there is no copy of its key.",
		.example = "  chancery party new alpha.example --person a.jones --title \"Alpha\"",
		.opts = own, .n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};
	struct ch_token token = { 0 };
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	if (!person)
		return ch_cli_close(c, ch_problem_set(&c->why, CH_E_FORMAT, "--person is missing; "
		    "see chancery party new --help"));
	if ((e = ch_cli_suite(&hybrid, suite, &c->why)) != CH_OK)
		return ch_cli_close(c, e);
	if (file && (e = ch_cli_token(&token, file, hybrid, &c->why)) != CH_OK)
		return ch_cli_close(c, e);
	e = make(c, &(ch_party_new_ask){ .handle = ch_span_str(c->opts.argv[0]),
	    .title = ch_span_str(title ? title : ""), .person = ch_span_str(person),
	    .delegate_title = ch_span_str(delegate_title ? delegate_title : ""),
	    .dir = c->opts.home, .work = (unsigned)(work > 99 ? 99 : work),
	    .exercise = exercise, .classic = !hybrid, .token = file ? &token : NULL });
	ch_wipe(&token, sizeof token);
	if (e == CH_OK)
		tell(c);
	return ch_cli_close(c, e);
}

int ch_cmd_party(int argc, char **argv)
{
	static const ch_command_row rows[] = {
		{ "new", cmd_new, "make a party and its first delegate", NULL },
		{ NULL, NULL, NULL, NULL },
	};

	return ch_command_sub("party", rows, argc, argv);
}
