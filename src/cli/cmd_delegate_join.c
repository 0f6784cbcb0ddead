/* delegate join: the welcome is taken up. */
#include "commands.h"
#include "common.h"
#include "delegates_cli.h"

static ch_err show_welcome(struct ch_cli *c, const struct ch_delegate_join *j)
{
	const ch_roster *r = &j->roster.roster;

	ch_out_pair(&c->out, "party", "Party", r->party);
	if (r->stmt.v[CH_ROSTER_TITLE].n > 0)
		ch_out_pair(&c->out, "title", "Name", r->stmt.v[CH_ROSTER_TITLE]);
	ch_out_pair(&c->out, "words", "Words of its key", ch_span_str(j->words));
	ch_out_pair(&c->out, "person", "You", j->who.person);
	ch_delegates_print_powers(c, j->who.powers);
	ch_out_put_number(&c->out, "talks", j->n_talks);
	ch_out_put_number(&c->out, "registries", j->n_registries);
	ch_out_put_number(&c->out, "parties", j->n_parties);
	ch_out_say(&c->out, "%-18s talks %zu, registries %zu, other parties %zu", "It brings",
	    j->n_talks, j->n_registries, j->n_parties);
	if (!ch_out_confirm(&c->opts, "Call whoever holds the party key on a number you know from "
	    "elsewhere. Are the words the same?"))
		return ch_problem_set(&c->why, CH_E_DENIED, "the words were not confirmed (--yes "
		    "confirms); nothing was changed");
	return CH_OK;
}

static ch_err join(struct ch_cli *c, struct ch_delegate_join *j)
{
	bool again = j->again;
	ch_err e = show_welcome(c, j);

	if (e == CH_OK)
		e = ch_delegate_join_finish(j, &c->home, &c->why);
	if (e != CH_OK)
		return e;
	if (again)
		ch_out_say(&c->out, "What was new in it is on file. Next: chancery sync");
	else
		ch_out_say(&c->out, "%s is a delegate of %s now. Next: chancery sync\nPapers that "
		    "were delivered before are not in it: ask who signed for one for an export.",
		    c->home.delegate, c->home.handle);
	return CH_OK;
}

int ch_cmd_delegate_join(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "delegate join WELCOME",
		.about = "On the machine of a new delegate: opens the welcome, judges all that is "
		    "in it, shows\n"
		    "the words of the party key to compare by voice, and takes it in, whole or not "
		    "at\n"
		    "all. A home that is in already takes what it lacks, such as further talks.",
		.example = "  chancery delegate join smith-welcome.age", .min = 1, .max = 1,
	};
	struct ch_delegate_join j = { 0 };
	struct ch_buf welcome = { 0 };
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_read_file(&welcome, c->opts.argv[0], &c->why);
	if (e == CH_OK)
		e = ch_cli_open(c, CH_CLI_LOCK | CH_CLI_UNLOCK | CH_CLI_WAITING);
	if (e == CH_OK)
		e = ch_delegate_join_prepare(&j, &c->home, ch_buf_span(&welcome), &c->why);
	if (e == CH_OK)
		e = join(c, &j);
	ch_delegate_join_deinit(&j);
	ch_buf_deinit(&welcome);
	return ch_cli_close(c, e);
}
