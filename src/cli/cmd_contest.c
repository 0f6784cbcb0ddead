/* contest: say in public that we see a public statement otherwise. Both stand. */
#include <stdio.h>

#include "commands.h"
#include "hex.h"
#include "public_cli.h"

static bool is_hash(ch_hash *out, const char *text)
{
	return ch_hex_parse(out->b, sizeof out->b, ch_span_str(text)) == CH_OK;
}

/* What is contested, and the paper that it is about. */
static ch_err find(ch_hash *about, ch_span *paper, struct ch_public_cli *p, struct ch_cli *c,
    const struct ch_public *all)
{
	const ch_public_item *it;
	const char *what = c->opts.argv[0];
	ch_hash h;
	ch_err e = CH_OK;

	if (is_hash(&h, what)) {
		e = ch_public_find(&it, all, &h);
		if (e != CH_OK)
			return ch_problem_set(&c->why, e, "no public statement %s is on file; "
			    "run chancery "
			    "sync", what);
	} else {
		e = ch_dossier_open(&p->d, &c->home, &c->talks, ch_span_str(what), &c->why);
		if (e == CH_OK)
			e = ch_dossier_judge(&p->v, &p->d, &c->why);
		if (e == CH_OK && ch_public_confirmation(&it, all, &p->v.paper) != CH_OK)
			e = ch_problem_set(&c->why, CH_E_ABSENT, "the other side has confirmed "
			    "nothing of "
			    "%s in public; to contest another statement, give its "
			    "hash", p->d.number);
	}
	if (e != CH_OK)
		return e;
	if (it->ours)
		return ch_problem_set(&c->why, CH_E_DENIED, "that is our own statement; say more "
		    "with "
		    "chancery statement");
	*about = it->hash;
	*paper = (ch_span){ 0 };
	if (it->kind == CH_K_CONFIRMATION || it->kind == CH_K_DISCLOSURE)
		*paper = it->s.v[CH_CONF_PAPER];
	else
		*paper = it->s.v[it->kind == CH_K_STATEMENT ? (unsigned)CH_ST_PAPER : CH_CON_PAPER];
	return CH_OK;
}

static ch_err contest(struct ch_public_cli *p, struct ch_cli *c)
{
	struct ch_utterance *u = &p->u;
	struct ch_public all = { 0 };
	ch_hash about;
	ch_span paper;
	unsigned n;
	ch_err e = ch_public_cli_paper(p, c, NULL);

	if (e == CH_OK)
		e = ch_public_sync(&n, &c->watch, &c->talks, &c->why);
	if (e == CH_OK)
		e = ch_public_load(&all, &c->home, &c->talks, &c->why);
	if (e == CH_OK)
		e = find(&about, &paper, p, c, &all);
	if (e == CH_OK)
		e = ch_utterance_begin(u, &c->watch, &c->talks, CH_K_CONTESTATION);
	if (e == CH_OK)
		e = ch_public_cli_text(&u->s.v[CH_CON_TEXT], u, c->opts.argv[1], "the text",
		    &c->why);
	if (e == CH_OK) {
		u->s.v[CH_CON_ABOUT] = ch_val_put_hash(&u->vals, &about);
		u->s.v[CH_CON_PAPER] = paper;
		ch_out_pair(&c->out, "about", "Contested", u->s.v[CH_CON_ABOUT]);
		ch_out_pair(&c->out, "text", "We say", u->s.v[CH_CON_TEXT]);
		ch_out_say(&c->out, "This becomes known to everybody, under the key %s. The "
		    "other statement "
		    "stays as it is.", c->home.delegate);
		e = ch_public_cli_finish(c, p, "Contest it in public?");
	}
	ch_public_close(&all);
	return e;
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
	struct ch_public_cli *p;
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	p = ch_public_cli_new();
	e = contest(p, c);
	ch_public_cli_free(p);
	return ch_cli_close(c, e);
}
