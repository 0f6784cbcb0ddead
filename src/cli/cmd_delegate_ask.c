/* delegate ask: on a new machine, a home that waits to be added to a party. */
#include <string.h>

#include "commands.h"
#include "common.h"
#include "wipe.h"

/* The request of a home that waits; a copy of it where the person wants one. */
static ch_err tell_request(struct ch_cli *c, const char *file)
{
	char words[CH_WORDS_LEN + 1], path[CH_PATH_MAX];
	struct ch_buf request = { 0 };
	ch_err e = ch_delegate_request(&request, words, &c->home, &c->why);

	if (e == CH_OK)
		e = ch_home_path(path, &c->home, "request.txt");
	if (e == CH_OK && file)
		e = ch_cli_write_file(file, ch_buf_span(&request), &c->opts, &c->why);
	ch_buf_deinit(&request);
	if (e != CH_OK)
		return e;
	ch_out_head(&c->out, "This home waits to be added to %s%s", c->home.handle,
	    c->home.exercise ? " (exercise)" : "");
	ch_out_pair(&c->out, "party", "Party", ch_span_str(c->home.handle));
	ch_out_pair(&c->out, "delegate", "Delegate", ch_span_str(c->home.delegate));
	ch_out_pair(&c->out, "words", "Words of its key", ch_span_str(words));
	ch_out_pair(&c->out, "home", "Home", ch_span_str(c->home.dir));
	ch_out_pair(&c->out, "request", "Request", ch_span_str(file ? file : path));
	ch_out_say(&c->out, "\nGive the request to whoever holds the party key, by any way: it "
	    "holds no secret.\nThey call you and compare the words. When their welcome comes: "
	    "chancery delegate\njoin WELCOME. The passphrase cannot be recovered.");
	return CH_OK;
}

static ch_err ask_new(struct ch_cli *c, const ch_delegate_ask *ask, const char *file)
{
	uint64_t size;
	ch_err e = CH_OK;

	if (file && strcmp(file, "-") != 0 && !c->opts.yes && ch_file_size(&size, file) == CH_OK)
		e = ch_problem_set(&c->why, CH_E_CONFLICT, "%s exists already; nothing was done; "
		    "choose another name, or use --yes", file);
	if (e == CH_OK)
		e = ch_cli_pass(&c->pass, &c->opts, true, &c->why);
	if (e == CH_OK)
		e = ch_delegate_ask_new(&c->home, ask, ch_pass_span(&c->pass), &c->why);
	return e == CH_OK ? tell_request(c, file) : e;
}

static ch_err ask_again(struct ch_cli *c, const char *file)
{
	ch_err e = ch_cli_open(c, CH_CLI_WAITING);

	return e == CH_OK ? tell_request(c, file) : e;
}

int ch_cmd_delegate_ask(int argc, char **argv)
{
	const char *person = NULL, *title = NULL, *suite = "hybrid", *token_file = NULL;
	const char *file = NULL;
	uint64_t work = CH_HOME_WORK;
	bool exercise = false, hybrid = true;
	const ch_opt own[] = {
		{ .name = "person", .arg = "ID", .value = &person,
		    .help = "who you are: a-z, 0-9, . and - (needed)" },
		{ .name = "title", .arg = "TEXT", .value = &title, .help = "your office" },
		{ .name = "suite", .arg = "SUITE", .value = &suite,
		    .help = "hybrid (default) or classic: that of the party" },
		{ .name = "token", .arg = "FILE", .value = &token_file,
		    .help = "the sealing key is in hardware: FILE is what its age plugin wrote" },
		{ .name = "exercise", .flag = &exercise,
		    .help = "the party is one of a drill" },
		{ .name = "work-factor", .arg = "N", .number = &work,
		    .help = "work for the passphrase, 1 to 22 (18: 256 MiB, under a second)" },
		{ .name = "o", .arg = "FILE", .value = &file,
		    .help = "write the request there, too (- for standard output)" },
	};
	const ch_usage u = {
		.usage = "delegate ask [HANDLE --person ID] [options]",
		.about = "On the machine of a new delegate: makes a home with keys of its own, and "
		    "a request\n"
		    "to be added to a party that is there already. The request is a text without\n"
		    "secrets; whoever holds the party key takes it with chancery delegate add and\n"
		    "gives back a welcome, for chancery delegate join. Until then the home waits.\n"
		    "Without HANDLE it shows the request of a home that waits once more.",
		.example = "  chancery delegate ask alpha.example --person b.smith -o smith.txt",
		.opts = own, .n_opts = CH_COUNT(own), .max = 1,
	};
	struct ch_token token = { 0 };
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	if (c->opts.argc == 0)
		return ch_cli_close(c, ask_again(c, file));
	if (!person)
		return ch_cli_close(c, ch_problem_set(&c->why, CH_E_FORMAT, "--person is missing; "
		    "see chancery delegate ask --help"));
	e = ch_cli_suite(&hybrid, suite, &c->why);
	if (e == CH_OK && token_file)
		e = ch_cli_token(&token, token_file, hybrid, &c->why);
	if (e == CH_OK)
		e = ask_new(c, &(ch_delegate_ask){ .handle = ch_span_str(c->opts.argv[0]),
		    .person = ch_span_str(person), .title = ch_span_str(title ? title : ""),
		    .dir = c->opts.home, .work = (unsigned)(work > 99 ? 99 : work),
		    .exercise = exercise, .classic = !hybrid,
		    .token = token_file ? &token : NULL }, file);
	ch_wipe(&token, sizeof token);
	return ch_cli_close(c, e);
}
