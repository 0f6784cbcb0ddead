/* contest: say in public that we see a public statement otherwise. Both stand. */
#include <stdio.h>

#include "commands.h"
#include "hex.h"
#include "public_cli.h"

static bool is_hash(ch_hash *out, const char *text)
{
	return ch_hex_parse(out->b, sizeof out->b, ch_span_str(text)) == CH_OK;
}

static ch_err contest(struct ch_speaking *s, struct ch_cli *c)
{
	ch_speech what = { .kind = CH_K_CONTESTATION, .text = ch_span_str(c->opts.argv[1]) };
	ch_err e = ch_public_cli_open(c, true);

	what.has_about = is_hash(&what.about, c->opts.argv[0]);
	if (!what.has_about)
		what.number = ch_span_str(c->opts.argv[0]);
	if (e == CH_OK)
		e = ch_public_cli_begin(s, c, &what);
	if (e != CH_OK)
		return e;
	ch_out_pair(&c->out, "about", "Contested", s->u.s.v[CH_CON_ABOUT]);
	ch_out_pair(&c->out, "text", "We say", s->u.s.v[CH_CON_TEXT]);
	ch_out_say(&c->out, "This becomes known to everybody, under the key %s. The other "
	    "statement stays as it is.", c->home.delegate);
	return ch_public_cli_finish(c, s, "Contest it in public?");
}

int ch_cmd_contest(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "contest NUMBER|HASH TEXT",
		.about = "Contests a public statement of another party: the newest confirmation "
		    "of the "
		    "paper\n"
		    "NUMBER, or the statement HASH. Both stand.",
		.example = "  chancery contest BRAVO-ALPHA/2026/0002 \"A different matter.\"",
		.min = 2, .max = 2,
	};
	struct ch_speaking *s;
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	s = ch_speak_new();
	e = contest(s, c);
	ch_speak_free(s);
	return ch_cli_close(c, e);
}
