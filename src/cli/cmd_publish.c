/* publish: a folder with what is public of the talks, for anyone to check offline. */
#include <stdio.h>

#include "commands.h"
#include "common.h"
#include "public.h"

#define ONLINE (CH_CLI_LOCK | CH_CLI_TALKS | CH_CLI_UNLOCK | CH_CLI_SIGN_IN)

static ch_err publish(struct ch_cli *c)
{
	const char *dir = c->opts.argv[0];
	ch_published done;
	unsigned n = 0;
	ch_err e = ch_cli_open(c, ONLINE);

	if (e == CH_OK)
		e = ch_public_sync(&n, &c->watch, &c->talks, &c->why);
	if (e == CH_OK)
		e = ch_publish(&done, dir, &c->watch, &c->talks, &c->why);
	if (e != CH_OK)
		return e;
	ch_out_put_string(&c->out, "dir", ch_span_str(dir));
	ch_out_put_number(&c->out, "statements", done.n_items);
	ch_out_put_number(&c->out, "attachments", done.n_files);
	ch_out_put_number(&c->out, "checkpoint", done.size);
	ch_out_put_bool(&c->out, "cosigned", done.cosigned);
	ch_out_say(&c->out, "%s holds %u public statement%s, proven under the checkpoint of %llu "
	    "entries%s.",
	    dir, done.n_items, done.n_items == 1 ? "" : "s", (unsigned long long)done.size,
	    done.cosigned ? "" : ", which nobody cosigned yet");
	if (done.n_files)
		ch_out_say(&c->out, "Beside them %u attachment%s that we disclosed.", done.n_files,
		    done.n_files == 1 ? "" : "s");
	ch_out_say(&c->out, "Anyone can check it: chancery-verify %s", dir);
	return CH_OK;
}

int ch_cmd_publish(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "publish DIR",
		.about = "Writes a folder with all that the parties said in public, in the order "
		    "of the\n"
		    "register, with proofs, keys, a README, pages (index.html in English,\n"
		    "index.fr.html in French) and feeds. Not one sealed word is in it. A folder\n"
		    "made before is brought up to date.",
		.example = "  chancery publish ./published",
		.min = 1, .max = 1,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);

	if (end != CH_EXIT_GO_ON)
		return end;
	return ch_cli_close(c, publish(c));
}
