/* Options by getopt_long, from a table: see opts.h. The same table prints the help. */
#include "opts.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "dec.h"
#include "out.h"

#define OWN_MAX 40
#define OWN_BASE 1000

enum { O_HOME = 500, O_TALKS, O_PASS_FILE, O_PASS_FD, O_JSON, O_YES, O_VERBOSE, O_HELP };

static const struct option common[] = {
	{ "home", required_argument, NULL, O_HOME },
	{ "talks", required_argument, NULL, O_TALKS },
	{ "passphrase-file", required_argument, NULL, O_PASS_FILE },
	{ "passphrase-fd", required_argument, NULL, O_PASS_FD },
	{ "json", no_argument, NULL, O_JSON },
	{ "yes", no_argument, NULL, O_YES },
	{ "verbose", no_argument, NULL, O_VERBOSE },
	{ "help", no_argument, NULL, O_HELP },
};

int ch_exit_code(ch_err e)
{
	switch (e) {
	case CH_OK:
		return CH_EXIT_OK;
	case CH_E_AUTH:
	case CH_E_ABSENT:
	case CH_E_CONFLICT:
	case CH_E_DENIED:
		return CH_EXIT_NO;
	case CH_E_TRUNCATED:
	case CH_E_FORMAT:
	case CH_E_LIMIT:
		return CH_EXIT_USAGE;
	case CH_E_LOCKED:
		return CH_EXIT_LOCKED;
	case CH_E_NET:
		return CH_EXIT_NET;
	case CH_E_NOMEM:
	case CH_E_RANDOM:
	case CH_E_IO:
	case CH_E_FULL:
	case CH_E_DB:
	case CH_E_INTERNAL:
		break;
	}
	return CH_EXIT_FAULT;
}

/* "talks open NAME --with …" -> "talks open": the words up to the first that is no verb. */
static void command_name(char *out, size_t cap, const ch_usage *u)
{
	size_t n = 0;

	while (u->usage[n] != '\0' && n + 1 < cap) {
		char next = u->usage[n] == ' ' ? u->usage[n + 1] : 'a';

		if (next < 'a' || next > 'z')
			break;
		out[n] = u->usage[n];
		n++;
	}
	out[n] = '\0';
}

static void help_row(char brief, const char *name, const char *arg, const char *help)
{
	char left[64], first[8] = "";

	if (brief)
		(void)snprintf(first, sizeof first, "-%c, ", brief);
	(void)snprintf(left, sizeof left, "%s%s%s%s%s", first, strlen(name) == 1 ? "-" : "--", name,
	    arg ? " " : "", arg ? arg : "");
	if (strlen(left) > 24)
		printf("  %s\n  %-24s %s\n", left, "", help);
	else
		printf("  %-24s %s\n", left, help);
}

static void print_help(const ch_usage *u)
{
	printf("Usage: chancery %s\n\n%s\n", u->usage, u->about);
	if (u->n_opts > 0)
		printf("\nOptions\n");
	for (size_t i = 0; i < u->n_opts; i++)
		help_row(u->opts[i].brief, u->opts[i].name, u->opts[i].arg, u->opts[i].help);
	printf("\nCommon options\n");
	if (!u->alone) {
		help_row(0, "home", "DIR",
		    "the delegate's folder (else CHANCERY_HOME, else the only one)");
		help_row(0, "talks", "NAME", "which talks (else the only ones)");
	}
	help_row(0, "passphrase-file", "FILE", "take the passphrase from the first line of FILE");
	help_row(0, "passphrase-fd", "N", "take it from an open descriptor");
	help_row(0, "json", NULL, "print one JSON object instead of text");
	help_row(0, "yes", NULL, "ask no questions");
	help_row(0, "verbose", NULL, "say more");
	printf("\nExample\n%s\n", u->example);
}

static int set_number(uint64_t *out, const char *text, const char *name, const char *command)
{
	if (ch_dec_parse(out, ch_span_str(text), UINT64_MAX) == CH_OK)
		return CH_EXIT_GO_ON;
	return ch_out_usage(command, "--%s wants a number", name);
}

static int set_own(const ch_opt *opt, const char *command)
{
	if (opt->flag)
		*opt->flag = true;
	else if (opt->value)
		*opt->value = optarg;
	else if (opt->number)
		return set_number(opt->number, optarg, opt->name, command);
	else if (opt->many->n < CH_OPTS_MANY)
		opt->many->v[opt->many->n++] = optarg;
	else
		return ch_out_usage(command, "--%s is given too often", opt->name);
	return CH_EXIT_GO_ON;
}

static int set_common(struct ch_opts *o, int c, const char *command, const ch_usage *u)
{
	uint64_t fd;

	switch (c) {
	case O_HOME:
		o->home = optarg;
		break;
	case O_TALKS:
		o->talks = optarg;
		break;
	case O_PASS_FILE:
		o->pass_file = optarg;
		break;
	case O_PASS_FD:
		if (ch_dec_parse(&fd, ch_span_str(optarg), 65535) != CH_OK)
			return ch_out_usage(command, "--passphrase-fd wants a descriptor's number");
		o->pass_fd = (int)fd;
		break;
	case O_JSON:
		o->json = true;
		break;
	case O_YES:
		o->yes = true;
		break;
	case O_VERBOSE:
		o->verbose = true;
		break;
	case O_HELP:
		print_help(u);
		return CH_EXIT_OK;
	default:
		return ch_out_usage(command, "%s is not an option here, or lacks its argument",
		    u->n_opts < OWN_MAX && optopt > 0 && optopt < 128 ? "that letter" : "that");
	}
	return CH_EXIT_GO_ON;
}

static char letter_of(const ch_opt *opt)
{
	return opt->name[1] == '\0' ? opt->name[0] : opt->brief;
}

/* The tables for getopt_long: ours, then the command's own. */
static void build(struct option *longs, char *shorts, const ch_usage *u)
{
	size_t n = CH_COUNT(common), s = 0;

	memcpy(longs, common, sizeof common);
	shorts[s++] = ':';
	for (size_t i = 0; i < u->n_opts; i++) {
		const ch_opt *opt = &u->opts[i];

		longs[n++] = (struct option){ opt->name,
			opt->arg ? required_argument : no_argument, NULL, OWN_BASE + (int)i };
		if (!letter_of(opt))
			continue;
		shorts[s++] = letter_of(opt);
		if (opt->arg)
			shorts[s++] = ':';
	}
	longs[n] = (struct option){ 0 };
	shorts[s] = '\0';
}

static const ch_opt *find_own(const ch_usage *u, int c)
{
	if (c >= OWN_BASE && (size_t)(c - OWN_BASE) < u->n_opts)
		return &u->opts[c - OWN_BASE];
	for (size_t i = 0; i < u->n_opts; i++)
		if (c != 0 && letter_of(&u->opts[i]) == c)
			return &u->opts[i];
	return NULL;
}

/* -pq is --pq and not -p -q: the one spelling of age-keygen that getopt would not read. */
static void single_dashes(int argc, char **argv, const ch_usage *u)
{
	static char room[OWN_MAX][5];

	for (size_t k = 0; k < u->n_opts; k++) {
		const char *name = u->opts[k].name;

		if (strlen(name) != 2)
			continue;
		(void)snprintf(room[k], sizeof room[k], "--%s", name);
		for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
			if (argv[i][0] == '-' && strcmp(&argv[i][1], name) == 0)
				argv[i] = room[k];
	}
}

static int check_operands(const struct ch_opts *o, const ch_usage *u, const char *command)
{
	if (o->argc < u->min)
		return ch_out_usage(command, "something is missing: %s", u->usage);
	if (u->max >= 0 && o->argc > u->max)
		return ch_out_usage(command, "too many arguments: %s", u->usage);
	return CH_EXIT_GO_ON;
}

int ch_opts_read(struct ch_opts *o, int argc, char **argv, const ch_usage *u)
{
	struct option longs[CH_COUNT(common) + OWN_MAX + 1];
	char shorts[2 * OWN_MAX + 2], command[64];
	int c, end = CH_EXIT_GO_ON;

	CH_ASSERT(u->n_opts <= OWN_MAX);
	*o = (struct ch_opts){ .pass_fd = -1 };
	command_name(command, sizeof command, u);
	build(longs, shorts, u);
	single_dashes(argc, argv, u);
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const ch_opt *own = find_own(u, c);

		end = own ? set_own(own, command) : set_common(o, c, command, u);
		if (end != CH_EXIT_GO_ON)
			return end;
	}
	o->argc = argc - optind;
	o->argv = &argv[optind];
	return check_operands(o, u, command);
}
