/* delegate passphrase: another passphrase for the keys in this home. */
#include "commands.h"
#include "common.h"
#include "wipe.h"

struct ask {
	const char *fresh_file, *party_file;
	struct ch_pass fresh, party;
};

/* From a file, else at the terminal. */
static ch_err take(struct ch_pass *out, const struct ch_cli *c, const char *file, bool fresh,
    struct ch_problem *why)
{
	struct ch_opts o = c->opts;

	o.pass_file = file;
	o.pass_fd = -1;
	return ch_cli_pass(out, &o, fresh, why);
}

static ch_err change(struct ch_cli *c, struct ask *a)
{
	bool party;
	ch_err e = ch_cli_pass(&c->pass, &c->opts, false, &c->why);

	if (e == CH_OK) /* before two new ones are asked for */
		e = ch_home_unlock(&c->home, ch_pass_span(&c->pass), &c->why);
	if (e == CH_OK && a->party_file)
		e = take(&a->party, c, a->party_file, false, &c->why);
	if (e == CH_OK)
		e = take(&a->fresh, c, a->fresh_file, true, &c->why);
	if (e == CH_OK)
		e = ch_home_change_pass(&party, &c->home, &(ch_home_pass){
		    .now = ch_pass_span(&c->pass), .party_now = ch_pass_span(&a->party),
		    .fresh = ch_pass_span(&a->fresh) }, &c->why);
	if (e != CH_OK)
		return e;
	ch_out_put_bool(&c->out, "party_key", party);
	ch_out_say(&c->out, "The passphrase is changed. Copies and backups made before still open "
	    "with the old one.");
	if (!party)
		ch_out_say(&c->out, "The party key is not here and keeps its old one: bring it "
		    "back and repeat this with\n--party-passphrase-file.");
	return CH_OK;
}

int ch_cmd_delegate_pass(int argc, char **argv)
{
	struct ask a = { 0 };
	const ch_opt own[] = {
		{ .name = "new-passphrase-file", .arg = "FILE", .value = &a.fresh_file,
		    .help = "take the new one from the first line of FILE" },
		{ .name = "party-passphrase-file", .arg = "FILE", .value = &a.party_file,
		    .help = "what opens the party key now, when it is another one" },
	};
	const ch_usage u = {
		.usage = "delegate passphrase [--new-passphrase-file FILE]",
		.about = "Seals the keys in this home, and the party key where it is here, under "
		    "a new\n"
		    "passphrase. Cut off anywhere, all of them open with the old one or all with\n"
		    "the new one. It changes no key: copies and backups made before still open\n"
		    "with the old passphrase.",
		.example = "  chancery delegate passphrase",
		.opts = own, .n_opts = CH_COUNT(own), .max = 0,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_LOCK);
	if (e == CH_OK)
		e = change(c, &a);
	ch_pass_wipe(&a.fresh);
	ch_pass_wipe(&a.party);
	return ch_cli_close(c, e);
}
