/* export: a delivery record as files, for a third party to whom its holder shows it. */
#include <stdio.h>

#include "commands.h"
#include "common.h"
#include "public.h"

#define ONLINE (CH_CLI_LOCK | CH_CLI_TALKS | CH_CLI_UNLOCK | CH_CLI_SIGN_IN)

static void say_provable(struct ch_cli *c, const struct ch_dossier *d, bool paper)
{
	ch_out_say(&c->out, "Whoever gets this folder can prove to anyone, and pass on:");
	ch_out_say(&c->out, d->hold == CH_HOLD_WHOLE ? "  that %s was sent, by whom and to whom, "
	    "its cover with its subject, and when" : "  that %s was sent, by whom and to whom, and "
	    "when; its cover lies with your colleagues, and is not in the folder", d->number);
	ch_out_say(&c->out, "  who signed for it, and every step of its delivery");
	if (paper)
		ch_out_say(&c->out, "  every word of it and its attachments: shown by "
		    "us%s", d->ours ?
		    "; to make that a disclosure use chancery disclose" :
		    ", not disclosed by its author");
}

static ch_err export_record(struct ch_cli *c, struct ch_dossier *d, bool paper)
{
	unsigned n = 0;
	ch_err e = ch_cli_open(c, ONLINE);

	if (e == CH_OK)
		e = ch_dossier_open(d, &c->home, &c->talks, ch_span_str(c->opts.argv[0]), &c->why);
	if (e != CH_OK)
		return e;
	say_provable(c, d, paper);
	if (paper && !ch_out_confirm(&c->opts, "Write the opened paper into that folder?"))
		return ch_problem_set(&c->why, CH_E_DENIED, "nothing was written; say yes, or use "
		    "--yes");
	e = ch_export(&n, c->opts.argv[1], d, &c->watch, paper, &c->why);
	if (e != CH_OK)
		return e;
	ch_out_put_string(&c->out, "number", ch_span_str(d->number));
	ch_out_put_string(&c->out, "dir", ch_span_str(c->opts.argv[1]));
	ch_out_put_number(&c->out, "files", n);
	ch_out_put_bool(&c->out, "paper", paper);
	ch_out_say(&c->out, "%u files in %s. To check them: chancery-verify --trust %s/trust.txt "
	    "%s", n,
	    c->opts.argv[1], c->opts.argv[1], c->opts.argv[1]);
	return CH_OK;
}

int ch_cmd_export(int argc, char **argv)
{
	bool paper = false;
	const ch_opt own[] = {
		{ .name = "paper", .flag = &paper,
		    .help = "the opened paper and its attachments as well" },
	};
	const ch_usage u = {
		.usage = "export NUMBER DIR [--paper]",
		.about = "Writes the delivery record of a paper as files into a new folder. Both "
		    "sides of a "
		    "delivery\n"
		    "write the same bytes. With --paper whoever gets the folder can also prove "
		    "what\n"
		    "the paper says; a paper with the caveat ORCON is refused, unless it is ours.",
		.example = "  chancery export ALPHA-BRAVO/2026/0001 ./record",
		.opts = own, .n_opts = CH_COUNT(own), .min = 2, .max = 2,
	};
	struct ch_dossier d = { 0 };
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = export_record(c, &d, paper);
	ch_dossier_close(&d);
	return ch_cli_close(c, e);
}
