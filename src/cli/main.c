/* `chancery`: finds the command, starts the process carefully, and hands over. */
#include <stdio.h>
#include <string.h>

#include "asset.h"
#include "client.h"
#include "commands.h"
#include "crypto.h"
#include "hex.h"
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

/* ---- --version ---- */

static void put_asset(void *ctx, const char *name, const ch_hash *sum)
{
	struct ch_out *o = ctx;
	char hex[2 * sizeof sum->b];
	struct ch_wr w = ch_wr_of(hex, sizeof hex);

	ch_hex_put(&w, ch_span_of(sum->b, sizeof sum->b));
	if (!name) {
		ch_out_put_string(o, "pages", ch_wr_span(&w));
		return;
	}
	ch_out_list_item(o);
	ch_out_put_string(o, "name", ch_span_str(name));
	ch_out_put_string(o, "sha256", ch_wr_span(&w));
}

/* With --json also what a browser gets of this program. */
static int print_version(bool json)
{
	struct ch_out o;
	ch_hash all;

	if (!json) {
		printf("chancery %s\n", CH_VERSION);
		return CH_EXIT_OK;
	}
	ch_out_begin(&o, &(struct ch_opts){ .json = true });
	ch_out_put_string(&o, "version", ch_span_str(CH_VERSION));
	ch_assets_hash(&all);
	put_asset(&o, NULL, &all);
	ch_out_list_begin(&o, "files");
	ch_assets_list(&(ch_asset_ear){ put_asset, &o });
	ch_out_list_end(&o);
	return ch_out_end(&o, CH_OK, NULL);
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
	if (strcmp(argv[1], "--version") == 0)
		return print_version(argc > 2 && strcmp(argv[2], "--json") == 0);
	ch_out_expect(argc, argv);
	row = ch_command_find(ch_commands, argv[1]);
	return row ? row->run(argc - 1, &argv[1]) : unknown(argv[1]);
}
