/* delegate recall: a delegate acts for the party no more. */
#include "commands.h"
#include "common.h"
#include "delegates_cli.h"

static ch_err show_and_ask(struct ch_cli *c, const struct ch_delegate_recall *r)
{
	ch_out_pair(&c->out, "delegate", "Delegate", r->who.name);
	ch_out_pair(&c->out, "person", "Person", r->who.person);
	if (r->who.title.n > 0)
		ch_out_pair(&c->out, "title", "Office", r->who.title);
	ch_out_put_number(&c->out, "version", r->version);
	ch_out_put_number(&c->out, "left", r->n_left);
	if (r->there) {
		ch_out_say(&c->out, "They are recalled in version %llu of our roster already: it "
		    "is published again.", (unsigned long long)r->version);
		return CH_OK;
	}
	if (r->self)
		ch_out_say(&c->out, "\nThat is the delegate of this very home: it will not sign "
		    "in, send or sign for any more.");
	ch_out_say(&c->out, "\nWhat it does: from the moment a registry has the new roster, no new "
	    "paper is sealed\nto them there, no key of a paper is given to them, and they cannot "
	    "sign in.\nWhat it does not: papers that were sealed to them and signed for before "
	    "stay open to\nthem, and what they hold they keep. All parties see the recall. It "
	    "cannot be undone;\na new home can be added.");
	if (!ch_out_confirm(&c->opts, "Recall this delegate?"))
		return ch_problem_set(&c->why, CH_E_DENIED, "nothing was changed; say yes, or use "
		    "--yes");
	return CH_OK;
}

static ch_err recall(struct ch_cli *c, struct ch_delegate_recall *r)
{
	struct ch_delegates_told told = { .c = c };
	const ch_delegate_ears ears = ch_delegates_ears(&told);
	ch_err e = show_and_ask(c, r);

	if (e == CH_OK)
		e = ch_delegate_recall_finish(r, &c->home, &c->watch, &c->link,
		    ch_pass_span(&c->pass), &ears, &c->why);
	if (e == CH_OK)
		ch_delegates_tell_later(&told);
	if (e == CH_OK)
		ch_out_say(&c->out, "Version %llu recalls them.", (unsigned long long)r->version);
	return e;
}

int ch_cmd_delegate_recall(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "delegate recall NAME",
		.about = "At the home that holds the party key: signs a roster in which a delegate "
		    "is recalled,\n"
		    "and publishes it at every registry. NAME is what chancery delegate list "
		    "shows,\n"
		    "its last 8 digits, or a person with one delegate. It says first what that\n"
		    "does and what not. With the same name again it publishes again.",
		.example = "  chancery delegate recall b.smith", .min = 1, .max = 1,
	};
	struct ch_delegate_recall r = { 0 };
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_LOCK | CH_CLI_UNLOCK | CH_CLI_KEEP_PASS);
	if (e == CH_OK)
		e = ch_delegate_recall_prepare(&r, &c->home, ch_span_str(c->opts.argv[0]), &c->why);
	if (e == CH_OK)
		e = recall(c, &r);
	ch_delegate_recall_deinit(&r);
	return ch_cli_close(c, e);
}
