/* talks list, talks show; the other talks commands stand in files of their own. */
#include "commands.h"
#include "talks_cli.h"

#include <string.h>

const char *ch_talks_state_name(ch_talks_state s)
{
	switch (s) {
	case CH_TALKS_DRAFT:
		return "draft: answers are awaited";
	case CH_TALKS_INVITED:
		return "joined: the charter is awaited";
	case CH_TALKS_SIGNING:
		return "charter: signatures are awaited";
	case CH_TALKS_FORCE:
		break;
	}
	return "in force";
}

ch_err ch_talks_print_terms(struct ch_cli *c, const ch_stmt *charter)
{
	struct ch_buf words;
	ch_err e;

	ch_buf_init(&words, CH_STMT_MAX);
	e = ch_talks_words(&words, charter);
	if (e == CH_OK)
		ch_out_text(&c->out, ch_buf_span(&words));
	ch_buf_deinit(&words);
	return e;
}

ch_err ch_talks_enter(struct ch_cli *c, ch_span origin)
{
	uint64_t version;
	ch_err e = ch_party_renew(&version, &c->home, origin, false, ch_pass_span(&c->pass),
	    &c->why);

	if (e == CH_OK)
		e = ch_cli_registry(c, origin, false);
	if (e == CH_OK)
		e = ch_party_publish(&c->watch, &c->why);
	if (e == CH_OK || strcmp(c->why.type, "not-enrolled") != 0)
		return e;
	ch_out_warn("%s", c->why.text);
	memset(&c->why, 0, sizeof c->why);
	return CH_OK;
}

static void print_state(struct ch_cli *c, const struct ch_talks *t)
{
	ch_out_pair(&c->out, "talks", "Talks", ch_span_str(t->name));
	ch_out_pair(&c->out, "state", "State", ch_span_str(ch_talks_state_name(t->state)));
	if (t->state >= CH_TALKS_SIGNING)
		ch_out_pair(&c->out, "id", "Id", ch_span_str(t->id_text));
}

static int cmd_list(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "talks list",
		.about = "Lists the talks of this home and how far each has come.",
		.example = "  chancery talks list", .max = 0,
	};
	struct ch_talks t;
	struct ch_dir d = { 0 };
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_LOOK);
	if (e == CH_OK)
		e = ch_cli_fault(&c->why, ch_talks_names(&d, &c->home), "the talks");
	if (e == CH_OK && d.n == 0)
		ch_out_say(&c->out, "No talks yet: chancery talks open, or join.");
	ch_out_list_begin(&c->out, "talks");
	for (size_t i = 0; e == CH_OK && i < d.n; i++) {
		e = ch_talks_load(&t, &c->home, d.names[i], &c->why);
		if (e != CH_OK)
			break;
		ch_out_list_item(&c->out);
		print_state(c, &t);
		ch_talks_deinit(&t);
	}
	ch_out_list_end(&c->out);
	ch_dir_deinit(&d);
	return ch_cli_close(c, e);
}

static const char *signed_word(bool known, const ch_charter_signed *is, uint32_t i)
{
	if (!known)
		return "not known here";
	return is->signed_ >> i & 1 ? "yes" : "not yet";
}

static void print_parties(struct ch_cli *c)
{
	ch_charter_signed is = { 0 };
	char words[CH_WORDS_LEN + 1];
	bool known = ch_talks_signed(&is, &c->home, &c->talks) == CH_OK;
	ch_item it;

	ch_out_list_begin(&c->out, "parties");
	for (uint32_t i = 0; i < c->talks.charter.count[CH_CHARTER_PARTIES]; i++) {
		if (ch_stmt_item(&it, &c->talks.charter, CH_CHARTER_PARTIES, i) != CH_OK)
			break;
		ch_party_words(words, it.v[CH_CP_KEY]);
		ch_out_list_item(&c->out);
		ch_out_put_string(&c->out, "party", it.v[CH_CP_HANDLE]);
		ch_out_put_string(&c->out, "code", it.v[CH_CP_CODE]);
		ch_out_put_string(&c->out, "key", it.v[CH_CP_KEY]);
		ch_out_put_string(&c->out, "words", ch_span_str(words));
		if (c->talks.state >= CH_TALKS_SIGNING) {
			ch_out_put_bool(&c->out, "signed", known && (is.signed_ >> i & 1));
			ch_out_say(&c->out, "%-20.*s signed: %s", (int)it.v[CH_CP_HANDLE].n,
			    (const char *)it.v[CH_CP_HANDLE].p, signed_word(known, &is, i));
		}
	}
	ch_out_list_end(&c->out);
}

/* A charter that lacks lines may have got them meanwhile. Without a way there, what is on file. */
static void try_refresh(struct ch_cli *c)
{
	char name[CH_TALKS_NAME_MAX + 1];
	ch_talks_state state;
	ch_item reg;
	ch_err e = ch_talks_registry(&reg, &c->talks);

	memcpy(name, c->talks.name, sizeof name);
	if (e == CH_OK)
		e = ch_cli_registry(c, reg.v[CH_CR_ORIGIN], true);
	if (e == CH_OK)
		e = ch_talks_refresh(&state, &c->watch, &c->talks, &c->why);
	if (e != CH_OK) {
		ch_out_warn("what is on file is shown; %s", c->why.text);
		memset(&c->why, 0, sizeof c->why);
		return;
	}
	ch_talks_deinit(&c->talks);
	if (ch_talks_load(&c->talks, &c->home, name, &c->why) != CH_OK)
		ch_out_warn("%s", c->why.text);
}

static int cmd_show(int argc, char **argv)
{
	bool refresh = false;
	const ch_opt own[] = {
		{ .name = "refresh", .flag = &refresh,
		    .help = "ask the registry who has signed meanwhile (needs the passphrase)" },
	};
	const ch_usage u = {
		.usage = "talks show [NAME]",
		.about = "Shows the terms of talks in plain words, the parties with the words of "
		    "their\n"
		    "keys, and who has signed the charter.",
		.example = "  chancery talks show strait --refresh",
		.opts = own, .n_opts = CH_COUNT(own), .max = 1,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, refresh ? CH_CLI_LOCK | CH_CLI_UNLOCK : CH_CLI_LOOK);
	if (e == CH_OK)
		e = ch_talks_load(&c->talks, &c->home,
		    c->opts.argc ? c->opts.argv[0] : c->opts.talks, &c->why);
	if (e == CH_OK && refresh && c->talks.state == CH_TALKS_SIGNING)
		try_refresh(c);
	if (e == CH_OK) {
		print_state(c, &c->talks);
		e = ch_talks_print_terms(c, &c->talks.charter);
		print_parties(c);
	}
	return ch_cli_close(c, e);
}

int ch_cmd_talks(int argc, char **argv)
{
	static const ch_command_row rows[] = {
		{ "open", ch_talks_cmd_open, "propose talks: a draft, and a registry", NULL },
		{ "invite", ch_talks_cmd_invite, "write an invitation and its letter", NULL },
		{ "join", ch_talks_cmd_join, "take up an invitation", NULL },
		{ "sign", ch_talks_cmd_sign, "make or check the charter, and sign it", NULL },
		{ "list", cmd_list, "all talks of this home", NULL },
		{ "show", cmd_show, "terms, parties, who has signed", NULL },
		{ NULL, NULL, NULL, NULL },
	};

	return ch_command_sub("talks", rows, argc, argv);
}
