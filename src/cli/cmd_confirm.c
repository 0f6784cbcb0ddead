/* confirm: say in public that a paper was received, or sent, and what its head says. */
#include <stdio.h>

#include "commands.h"
#include "public_cli.h"

#define USUAL "from,to,form,act,date"

struct ask {
	const char *leaves, *note;
};

/* What the author allows its addressee to confirm; without a word of the author, the usual keys. */
static void allowed_keys(ch_selection *which, const struct ch_public_cli *p)
{
	ch_span may = p->r.cover.v[CH_H_MAY_CONFIRM];

	*which = (ch_selection){ 0 };
	for (unsigned i = 0; i < CH_H_KEYS; i++)
		if (ch_head_may_confirm(i, may))
			ch_selection_add(which, CH_LEAF_HEAD, i);
}

static ch_err check_allowed(const struct ch_public_cli *p, struct ch_problem *why)
{
	ch_span may = p->r.cover.v[CH_H_MAY_CONFIRM];

	if (p->d.ours)
		return CH_OK;
	for (unsigned i = 0; i < CH_H_KEYS; i++)
		if (ch_selection_has(&p->u.which, CH_LEAF_HEAD, i) && !ch_head_may_confirm(i, may))
			return ch_problem_set(why, CH_E_DENIED, "the author of %s does not allow "
			    "its %s to "
			    "be confirmed (%s is); nothing was signed; ask the author",
			    p->d.number, ch_kind_schema(CH_K_PAPER_TEXT)->field[i].key,
			    may.n ? "what its line may-confirm lists" : USUAL);
	return CH_OK;
}

/* What the talks and the record say about confirming at all. */
static ch_err check(const struct ch_cli *c, const struct ch_public_cli *p, struct ch_problem *why)
{
	if (ch_span_eq(c->talks.charter.v[CH_CHARTER_CONFIRM], CH_LIT("never")))
		return ch_problem_set(why, CH_E_DENIED, "the charter of %s says that nobody "
		    "confirms "
		    "anything in public; nothing was signed", c->talks.name);
	if (p->v.state != CH_STATE_DELIVERED || !p->v.step[CH_STEP_RECEIPT].present)
		return ch_problem_set(why, CH_E_CONFLICT, p->d.ours ?
		    "%s was not signed for, so there is no receipt to confirm; nothing was signed" :
		    "%s was not signed for here, so there is nothing to confirm; nothing was "
		    "signed",
		    p->d.number);
	return CH_OK;
}

static ch_err say(struct ch_public_cli *p, struct ch_cli *c, const struct ask *a)
{
	struct ch_utterance *u = &p->u;
	const ch_hash *receipt = &p->v.step[CH_STEP_RECEIPT].hash;
	ch_err e = ch_utterance_begin(u, &c->watch, &c->talks, CH_K_CONFIRMATION);

	u->d = &p->d;
	u->reading = &p->r;
	if (e == CH_OK && a->leaves)
		e = ch_public_cli_keys(&u->which, a->leaves, &c->why);
	else if (e == CH_OK)
		allowed_keys(&u->which, p);
	if (e == CH_OK)
		e = check_allowed(p, &c->why);
	if (e == CH_OK)
		e = ch_public_cli_text(&u->s.v[CH_CONF_NOTE], u, a->note, "a note", &c->why);
	if (e != CH_OK)
		return e;
	u->s.v[CH_CONF_RECEIPT] = ch_val_put_hash(&u->vals, receipt);
	u->s.v[CH_CONF_SENTENCE] = p->d.ours ? CH_LIT("sent") : CH_LIT("received");
	return ch_utterance_leaves(u, &c->why);
}

static ch_err confirm(struct ch_public_cli *p, struct ch_cli *c, const struct ask *a)
{
	ch_err e = ch_public_cli_paper(p, c, c->opts.argv[0]);

	if (e == CH_OK)
		e = check(c, p, &c->why);
	if (e == CH_OK)
		e = ch_public_cli_waiting(c, CH_K_CONFIRMATION, &p->v.paper, &c->why);
	if (e == CH_OK)
		e = ch_reading_open(&p->r, &p->d, NULL, &c->why);
	if (e == CH_OK)
		e = say(p, c, a);
	if (e != CH_OK)
		return e;
	ch_out_say(&c->out, p->d.ours ?
	    "We confirm that we sent this paper and hold the receipt." :
	    "We confirm that we received this paper and signed for it.");
	ch_out_put_string(&c->out, "sentence", p->u.s.v[CH_CONF_SENTENCE]);
	ch_out_put_string(&c->out, "leaves", p->u.s.v[CH_CONF_LEAVES]);
	if (p->u.s.v[CH_CONF_NOTE].n)
		ch_out_pair(&c->out, "note", "Note", p->u.s.v[CH_CONF_NOTE]);
	ch_public_cli_known(c, p);
	return ch_public_cli_finish(c, p, "Confirm this in public?");
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
	struct ch_public_cli *p;
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	p = ch_public_cli_new();
	e = confirm(p, c, &a);
	ch_public_cli_free(p);
	return ch_cli_close(c, e);
}
