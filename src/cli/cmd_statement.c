/* statement: words of our party in public, on the record, about a paper or about nothing. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "hex.h"
#include "public_cli.h"

struct ask {
	const char *what, *about;
};

/* An addressee speaks of a paper's content only where the author does not forbid it. */
static ch_err check_characterise(struct ch_public_cli *p, struct ch_cli *c)
{
	struct ch_buf text = { 0 };
	ch_cover *cover = ch_alloc(sizeof *cover);
	ch_err e = cover ? ch_dossier_cover(cover, &text, &p->d, &c->why) : CH_E_NOMEM;

	if (e == CH_OK && !p->d.ours &&
	    ch_span_eq(cover->v[CH_H_CHARACTERISE], CH_LIT("no")))
		e = ch_problem_set(&c->why, CH_E_DENIED, "the author of %s does not allow it to be "
		    "characterised in public; nothing was signed; ask the author", p->d.number);
	ch_buf_deinit(&text);
	ch_free(cover, sizeof *cover);
	return e;
}

/* A number is a paper, a hash is another public statement. */
static ch_err set_about(struct ch_public_cli *p, struct ch_cli *c, const struct ask *a)
{
	struct ch_utterance *u = &p->u;
	ch_hash h;
	ch_err e;

	if (ch_hex_parse(h.b, sizeof h.b, ch_span_str(a->about)) == CH_OK) {
		u->s.v[CH_ST_ABOUT] = ch_val_put_hash(&u->vals, &h);
		return CH_OK;
	}
	e = ch_dossier_open(&p->d, &c->home, &c->talks, ch_span_str(a->about), &c->why);
	if (e == CH_OK)
		e = ch_dossier_judge(&p->v, &p->d, &c->why);
	if (e == CH_OK && strcmp(a->what, "characterisation") == 0)
		e = check_characterise(p, c);
	if (e == CH_OK)
		u->s.v[CH_ST_PAPER] = ch_val_put_hash(&u->vals, &p->v.paper);
	return e;
}

static ch_err statement(struct ch_public_cli *p, struct ch_cli *c, const struct ask *a)
{
	struct ch_utterance *u = &p->u;
	bool characterises = strcmp(a->what, "characterisation") == 0;
	ch_err e = CH_OK;

	if (!characterises && strcmp(a->what, "statement") != 0)
		return ch_problem_set(&c->why, CH_E_FORMAT, "--what is statement or "
		    "characterisation; "
		    "nothing was signed");
	if (characterises && !a->about)
		return ch_problem_set(&c->why, CH_E_FORMAT, "a characterisation is about a "
		    "paper: say "
		    "which with --about NUMBER; nothing was signed");
	e = ch_public_cli_paper(p, c, NULL);
	if (e == CH_OK)
		e = ch_utterance_begin(u, &c->watch, &c->talks, CH_K_STATEMENT);
	if (e == CH_OK)
		e = ch_public_cli_text(&u->s.v[CH_ST_TEXT], u, c->opts.argv[0], "the text",
		    &c->why);
	if (e == CH_OK && a->about)
		e = set_about(p, c, a);
	if (e != CH_OK)
		return e;
	u->s.v[CH_ST_WHAT] = ch_span_str(a->what);
	ch_out_pair(&c->out, "what", "What", u->s.v[CH_ST_WHAT]);
	if (a->about)
		ch_out_pair(&c->out, "about", "About", ch_span_str(a->about));
	ch_out_pair(&c->out, "text", "We say", u->s.v[CH_ST_TEXT]);
	ch_out_say(&c->out, "This becomes known to everybody, under the key %s.", c->home.delegate);
	if (u->s.v[CH_ST_PAPER].n)
		ch_out_say(&c->out, "Of the paper its digest is told, which says nothing without "
		    "an extract.");
	return ch_public_cli_finish(c, p, "Say this in public?");
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
	struct ch_public_cli *p;
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	p = ch_public_cli_new();
	e = statement(p, c, &a);
	ch_public_cli_free(p);
	return ch_cli_close(c, e);
}
