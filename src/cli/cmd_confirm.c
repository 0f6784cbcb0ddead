/* confirm: say in public that a paper was received, or sent, and what its head says. */
#include <stdio.h>

#include "commands.h"
#include "public_cli.h"

struct ask {
	const char *leaves, *note;
};

static ch_err confirm(struct ch_speaking *s, struct ch_cli *c, const struct ask *a)
{
	ch_speech what = { .kind = CH_K_CONFIRMATION, .number = ch_span_str(c->opts.argv[0]),
		.usual = !a->leaves };
	ch_err e = a->leaves ? ch_public_cli_keys(&what.which, a->leaves, &c->why) : CH_OK;

	if (a->note)
		what.text = ch_span_str(a->note);
	if (e == CH_OK)
		e = ch_public_cli_open(c, false);
	if (e == CH_OK)
		e = ch_public_cli_begin(s, c, &what);
	if (e != CH_OK)
		return e;
	ch_out_say(&c->out, s->d.ours ?
	    "We confirm that we sent this paper and hold the receipt." :
	    "We confirm that we received this paper and signed for it.");
	ch_out_put_string(&c->out, "sentence", s->u.s.v[CH_CONF_SENTENCE]);
	ch_out_put_string(&c->out, "leaves", s->u.s.v[CH_CONF_LEAVES]);
	if (s->u.s.v[CH_CONF_NOTE].n)
		ch_out_pair(&c->out, "note", "Note", s->u.s.v[CH_CONF_NOTE]);
	ch_public_cli_known(c, s);
	return ch_public_cli_finish(c, s, "Confirm this in public?");
}

int ch_cmd_confirm(int argc, char **argv)
{
	struct ask a = { 0 };
	const ch_opt own[] = {
		{ .name = "leaves", .arg = "KEY,…", .value = &a.leaves,
		    .help = "lines of the head to tell: what the author allows" },
		{ .name = "note", .arg = "TEXT", .value = &a.note, .help = "one more line of "
		    "ours" },
	};
	const ch_usage u = {
		.usage = "confirm NUMBER [--leaves KEY,…] [--note TEXT]",
		.about = "Confirms in public that we received a paper and signed for it, or that "
		    "we sent "
		    "it and\n"
		    "hold the receipt. Exactly the chosen lines of its head become known, with "
		    "proof.",
		.example = "  chancery confirm ALPHA-BRAVO/2026/0001 --leaves from,to,act",
		.opts = own, .n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};
	struct ch_speaking *s;
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	s = ch_speak_new();
	e = confirm(s, c, &a);
	ch_speak_free(s);
	return ch_cli_close(c, e);
}
