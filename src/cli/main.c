/* `chancery`: finds the command, starts the process carefully, and hands over. */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "commands.h"
#include "crypto.h"
#include "opts.h"
#include "out.h"
#include "proc.h"

#ifndef CH_VERSION
#define CH_VERSION "0.1.0"
#endif

static void print_help(void)
{
	printf("chancery: papers between parties that do not trust each other.\n\n"
	       "Usage: chancery COMMAND [options]\n");
	ch_command_print(ch_commands);
	printf("\nchancery COMMAND --help says more, with an example. Exit codes: 0 done or "
	    "proven,\n"
	       "1 no or not proven, 2 bad input, 3 registry not reached (repeat), 4 locked or "
	       "wrong\n"
	       "passphrase, 5 our fault or the disk's.\n");
}

static int unknown(const char *name)
{
	const char *guess = ch_command_guess(ch_commands, name);

	if (guess)
		return ch_out_usage("", "there is no such command; did you mean %s", guess);
	return ch_out_usage("", "there is no such command");
}

int main(int argc, char **argv)
{
	const ch_command_row *row;

	if (ch_proc_start(true) != CH_OK || ch_crypto_init() != CH_OK ||
	    ch_client_global_init() != CH_OK) {
		(void)fputs("chancery: the system refuses to start the program\n", stderr);
		return CH_EXIT_FAULT;
	}
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_help();
		return argc < 2 ? CH_EXIT_USAGE : CH_EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("chancery %s\n", CH_VERSION);
		return CH_EXIT_OK;
	}
	ch_out_expect(argc, argv);
	row = ch_command_find(ch_commands, argv[1]);
	return row ? row->run(argc - 1, &argv[1]) : unknown(argv[1]);
}
