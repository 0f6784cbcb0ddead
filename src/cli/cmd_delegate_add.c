/* delegate add: who asked is one of the party's delegates, and gets a welcome. */
#include "commands.h"
#include "common.h"
#include "delegates_cli.h"

/* Bits of "send,sign-for"; 0 when nothing was said. */
static ch_err read_powers(unsigned *bits, const char *words, struct ch_problem *why)
{
	ch_span all = ch_span_str(words ? words : "");
	ch_power p;

	*bits = 0;
	for (size_t at = 0; at < all.n;) {
		ch_span word = ch_val_next(all, &at);

		if (ch_power_parse(&p, word) != CH_OK)
			return ch_problem_about(why, CH_E_FORMAT, "“", word, "” is no power; they "
			    "are send, sign-for, bind, disclose, speak, enrol and draft; nothing "
			    "was done");
		*bits |= 1u << p;
	}
	return words && *bits == 0 ? ch_problem_set(why, CH_E_FORMAT, "--powers names none; "
	    "nothing was done") : CH_OK;
}

static ch_err show_and_ask(struct ch_cli *c, const struct ch_delegate_add *a)
{
	const ch_delegate *d = &a->request.who;

	ch_out_pair(&c->out, "delegate", "Delegate", d->name);
	ch_out_pair(&c->out, "person", "Person", d->person);
	if (d->title.n > 0)
		ch_out_pair(&c->out, "title", "Office", d->title);
	ch_delegates_print_powers(c, a->powers);
	ch_out_pair(&c->out, "words", "Words of their key", ch_span_str(a->words));
	ch_out_put_number(&c->out, "version", a->version);
	if (a->there) {
		ch_out_say(&c->out, "They are in our roster, version %llu, already: only the "
		    "welcome is written anew.", (unsigned long long)a->version);
		return CH_OK;
	}
	if (a->n_same > 0)
		ch_out_say(&c->out, "The same person has %u other %s of ours; a quorum counts "
		    "persons.",
		    a->n_same, a->n_same == 1 ? "delegate" : "delegates");
	ch_out_say(&c->out, "\nThis signs version %llu of our roster and publishes it: from then "
	    "on they act for us\nwith these powers, papers to us are sealed to them as well, and "
	    "all parties see it.\nWhat was sealed before stays closed to them.",
	    (unsigned long long)a->version);
	if (!ch_out_confirm(&c->opts, "Call them on a number you know from elsewhere. Are the "
	    "words the same, and shall they be added?"))
		return ch_problem_set(&c->why, CH_E_DENIED, "the words were not confirmed (--yes "
		    "confirms); nothing was changed");
	return CH_OK;
}

static ch_err write_welcome(struct ch_cli *c, ch_span welcome, const char *file)
{
	char path[CH_PATH_MAX];
	ch_err e = file ? CH_OK : ch_path(path, "%s.welcome.age", c->opts.argv[0]);

	if (e == CH_OK && !file)
		file = path;
	if (e == CH_OK)
		e = ch_cli_write_file(file, welcome, &c->opts, &c->why);
	if (e != CH_OK)
		return e;
	ch_out_pair(&c->out, "welcome", "Welcome", ch_span_str(file));
	ch_out_say(&c->out, "\nSend it to them, by any way: it opens on their machine alone. "
	    "There: chancery delegate\njoin. It holds our rosters, registries and charters, and no "
	    "paper.");
	return CH_OK;
}

static ch_err add(struct ch_cli *c, struct ch_delegate_add *a, const char *file)
{
	struct ch_delegates_told told = { .c = c };
	const ch_delegate_ears ears = ch_delegates_ears(&told);
	struct ch_buf welcome;
	ch_err e = show_and_ask(c, a);

	ch_buf_init(&welcome, CH_PACK_MAX + CH_HOME_SEAL_OVER);
	if (e == CH_OK)
		e = ch_delegate_add_finish(&welcome, a, &c->home, &c->watch, &c->link,
		    ch_pass_span(&c->pass), &ears, &c->why);
	if (e == CH_OK)
		ch_delegates_tell_later(&told);
	if (e == CH_OK)
		e = write_welcome(c, ch_buf_span(&welcome), file);
	ch_buf_deinit(&welcome);
	return e;
}

int ch_cmd_delegate_add(int argc, char **argv)
{
	const char *file = NULL, *powers = NULL;
	const ch_opt own[] = {
		{ .name = "powers", .arg = "WORD,...", .value = &powers,
		    .help = "send,sign-for,draft (default); also bind, disclose, speak, enrol" },
		{ .name = "o", .arg = "WELCOME", .value = &file,
		    .help = "where to write the welcome (else REQUEST.welcome.age)" },
	};
	const ch_usage u = {
		.usage = "delegate add REQUEST [--powers WORD,...] [-o WELCOME]",
		.about = "At the home that holds the party key: shows who asks, the powers, and "
		    "words to\n"
		    "compare by voice; then signs a roster with them, publishes it at every "
		    "registry,\n"
		    "and writes a welcome, sealed to them. With the same request again it only "
		    "writes\n"
		    "the welcome anew, with what was added meanwhile, such as further talks.",
		.example = "  chancery delegate add smith.txt -o smith-welcome.age",
		.opts = own, .n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};
	struct ch_delegate_add a = { 0 };
	struct ch_buf request = { 0 };
	struct ch_cli *c;
	unsigned bits;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = read_powers(&bits, powers, &c->why);
	if (e == CH_OK)
		e = ch_cli_read_file(&request, c->opts.argv[0], &c->why);
	if (e == CH_OK)
		e = ch_cli_open(c, CH_CLI_LOCK | CH_CLI_UNLOCK | CH_CLI_KEEP_PASS);
	if (e == CH_OK)
		e = ch_delegate_add_prepare(&a, &c->home, ch_buf_span(&request), bits, &c->why);
	if (e == CH_OK)
		e = add(c, &a, file);
	ch_delegate_add_deinit(&a);
	ch_buf_deinit(&request);
	return ch_cli_close(c, e);
}
