/* delegate list: who may act for a party. */
#include "commands.h"
#include "common.h"

static void print_one(struct ch_cli *c, const ch_delegate *d)
{
	char text[160];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_powers_put(&w, d->powers, CH_LIT(", "));
	ch_out_list_item(&c->out);
	ch_out_pair(&c->out, "delegate", d->recalled ? "Recalled" : "Delegate", d->name);
	ch_out_pair(&c->out, "person", "  person", d->person);
	if (d->title.n > 0)
		ch_out_pair(&c->out, "title", "  office", d->title);
	ch_out_pair(&c->out, "powers", "  powers", ch_wr_span(&w));
	ch_out_put_bool(&c->out, "recalled", d->recalled);
}

static int cmd_list(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "delegate list [PARTY]",
		.about = "Lists the delegates of our party, or of another whose roster is on "
		    "file, with\n"
		    "what each may do.",
		.example = "  chancery delegate list bravo.example", .max = 1,
	};
	struct ch_roster_file r = { 0 };
	struct ch_cli *c;
	ch_delegate d;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_LOOK);
	if (e == CH_OK)
		e = ch_party_roster(&r, &c->home, ch_span_str(c->opts.argc ? c->opts.argv[0]
		    : c->home.handle), 0, &c->why);
	if (e == CH_OK) {
		ch_out_pair(&c->out, "party", "Party", r.roster.party);
		ch_out_list_begin(&c->out, "delegates");
		for (uint32_t i = 0; i < r.roster.n; i++) {
			ch_roster_delegate(&d, &r.roster, i);
			print_one(c, &d);
		}
		ch_out_list_end(&c->out);
	}
	ch_roster_file_deinit(&r);
	return ch_cli_close(c, e);
}

int ch_cmd_delegate(int argc, char **argv)
{
	static const ch_command_row rows[] = {
		{ "list", cmd_list, "who may act for a party, and how", NULL },
		{ "ask", ch_cmd_delegate_ask, "on a new machine: ask to be added to a "
		    "party", NULL },
		{ "add", ch_cmd_delegate_add, "add who asked, and write their welcome", NULL },
		{ "join", ch_cmd_delegate_join, "on a new machine: take up the welcome", NULL },
		{ "recall", ch_cmd_delegate_recall, "a delegate acts for us no more", NULL },
		{ "key", ch_cmd_delegate_key, "give out our sealing key, for stock age", NULL },
		{ "passphrase", ch_cmd_delegate_pass, "change the passphrase of this home", NULL },
		{ NULL, NULL, NULL, NULL },
	};

	return ch_command_sub("delegate", rows, argc, argv);
}
