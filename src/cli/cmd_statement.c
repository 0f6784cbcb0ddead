/* statement: words of our party in public, on the record, about a paper or about nothing. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "hex.h"
#include "public_cli.h"

struct ask {
	const char *what, *about;
};

static ch_err statement(struct ch_speaking *s, struct ch_cli *c, const struct ask *a)
{
	ch_speech what = { .kind = CH_K_STATEMENT, .text = ch_span_str(c->opts.argv[0]) };
	ch_err e;

	what.characterises = strcmp(a->what, "characterisation") == 0;
	if (!what.characterises && strcmp(a->what, "statement") != 0)
		return ch_problem_set(&c->why, CH_E_FORMAT, "--what is statement or "
		    "characterisation; "
		    "nothing was signed");
	/* A number is a paper, a hash is another public statement. */
	what.has_about = a->about && ch_hex_parse(what.about.b, sizeof what.about.b,
	    ch_span_str(a->about)) == CH_OK;
	if (a->about && !what.has_about)
		what.number = ch_span_str(a->about);
	e = ch_public_cli_open(c, false);
	if (e == CH_OK)
		e = ch_public_cli_begin(s, c, &what);
	if (e != CH_OK)
		return e;
	ch_out_pair(&c->out, "what", "What", s->u.s.v[CH_ST_WHAT]);
	if (a->about)
		ch_out_pair(&c->out, "about", "About", ch_span_str(a->about));
	ch_out_pair(&c->out, "text", "We say", s->u.s.v[CH_ST_TEXT]);
	ch_out_say(&c->out, "This becomes known to everybody, under the key %s.", c->home.delegate);
	if (s->u.s.v[CH_ST_PAPER].n)
		ch_out_say(&c->out, "Of the paper its digest is told, which says nothing without "
		    "an extract.");
	return ch_public_cli_finish(c, s, "Say this in public?");
}

int ch_cmd_statement(int argc, char **argv)
{
	struct ask a = { .what = "statement" };
	const ch_opt own[] = {
		{ .name = "what", .arg = "statement|characterisation", .value = &a.what,
		    .help = "statement" },
		{ .name = "about", .arg = "NUMBER|HASH", .value = &a.about,
		    .help = "the paper, or the public statement, that it is about" },
	};
	const ch_usage u = {
		.usage = "statement TEXT [--about NUMBER|HASH] [--what characterisation]",
		.about = "Says one line in public, signed and on the record. To characterise a "
		    "paper of the "
		    "other\n"
		    "side its author must not have forbidden it.",
		.example = "  chancery statement \"We shall answer in writing.\" --about "
		    "ALPHA-BRAVO/2026/0001",
		.opts = own, .n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};
	struct ch_speaking *s;
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	s = ch_speak_new();
	e = statement(s, c, &a);
	ch_speak_free(s);
	return ch_cli_close(c, e);
}
