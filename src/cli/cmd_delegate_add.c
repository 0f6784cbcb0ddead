/* delegate ask, add, join: the way into a party. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "common.h"
#include "delegates_cli.h"
#include "wipe.h"

static void print_powers(struct ch_cli *c, unsigned bits)
{
	char text[160];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_powers_put(&w, bits, CH_LIT(", "));
	ch_out_pair(&c->out, "powers", "Powers", ch_wr_span(&w));
}

static void on_published(void *ctx, ch_span origin, const char *not_yet)
{
	struct ch_delegates_told *t = ctx;
	size_t n = strlen(t->later);

	if (not_yet)
		(void)snprintf(&t->later[n], sizeof t->later - n, "%s%.*s: %s", n ? "\n" : "",
		    (int)origin.n, (const char *)origin.p, not_yet);
	else
		ch_out_say(&t->c->out, "Published at %.*s.", (int)origin.n, (const char *)origin.p);
}

ch_delegate_ears ch_delegates_ears(struct ch_delegates_told *t)
{
	return (ch_delegate_ears){ .published = on_published, .ctx = t };
}

void ch_delegates_tell_later(const struct ch_delegates_told *t)
{
	struct ch_rd r = ch_rd_of(ch_span_str(t->later));

	while (!ch_rd_at_end(&r)) {
		struct ch_rd look = r;
		ch_span line = ch_rd_line(&look);

		if (look.err != CH_OK)
			line = ch_rd_rest(&r);
		else
			r = look;
		ch_out_warn("not published yet at %.*s", (int)line.n, (const char *)line.p);
	}
}

/* ---- ask ---- */

/* The request of a home that waits; a copy of it where the person wants one. */
static ch_err tell_request(struct ch_cli *c, const char *file)
{
	char words[CH_WORDS_LEN + 1], path[CH_PATH_MAX];
	struct ch_buf request = { 0 };
	ch_err e = ch_delegate_request(&request, words, &c->home, &c->why);

	if (e == CH_OK)
		e = ch_home_path(path, &c->home, "request.txt");
	if (e == CH_OK && file)
		e = ch_cli_write_file(file, ch_buf_span(&request), &c->opts, &c->why);
	ch_buf_deinit(&request);
	if (e != CH_OK)
		return e;
	ch_out_head(&c->out, "This home waits to be added to %s%s", c->home.handle,
	    c->home.exercise ? " (exercise)" : "");
	ch_out_pair(&c->out, "party", "Party", ch_span_str(c->home.handle));
	ch_out_pair(&c->out, "delegate", "Delegate", ch_span_str(c->home.delegate));
	ch_out_pair(&c->out, "words", "Words of its key", ch_span_str(words));
	ch_out_pair(&c->out, "home", "Home", ch_span_str(c->home.dir));
	ch_out_pair(&c->out, "request", "Request", ch_span_str(file ? file : path));
	ch_out_say(&c->out, "\nGive the request to whoever holds the party key, by any way: it "
	    "holds "
	    "no secret.\nThey call you and compare the words. When their welcome comes: chancery "
	    "delegate\njoin WELCOME. The passphrase cannot be recovered.");
	return CH_OK;
}

static ch_err ask_new(struct ch_cli *c, const ch_delegate_ask *ask, const char *file)
{
	uint64_t size;
	ch_err e = CH_OK;

	if (file && strcmp(file, "-") != 0 && !c->opts.yes && ch_file_size(&size, file) == CH_OK)
		e = ch_problem_set(&c->why, CH_E_CONFLICT, "%s exists already; nothing was done; "
		    "choose another name, or use --yes", file);
	if (e == CH_OK)
		e = ch_cli_pass(&c->pass, &c->opts, true, &c->why);
	if (e == CH_OK)
		e = ch_delegate_ask_new(&c->home, ask, ch_pass_span(&c->pass), &c->why);
	return e == CH_OK ? tell_request(c, file) : e;
}

static ch_err ask_again(struct ch_cli *c, const char *file)
{
	ch_err e = ch_cli_open(c, CH_CLI_WAITING);

	return e == CH_OK ? tell_request(c, file) : e;
}

int ch_cmd_delegate_ask(int argc, char **argv)
{
	const char *person = NULL, *title = NULL, *suite = "hybrid", *token_file = NULL;
	const char *file = NULL;
	uint64_t work = CH_HOME_WORK;
	bool exercise = false, hybrid = true;
	const ch_opt own[] = {
		{ .name = "person", .arg = "ID", .value = &person,
		    .help = "who you are: a-z, 0-9, . and - (needed)" },
		{ .name = "title", .arg = "TEXT", .value = &title, .help = "your office" },
		{ .name = "suite", .arg = "SUITE", .value = &suite,
		    .help = "hybrid (default) or classic: that of the party" },
		{ .name = "token", .arg = "FILE", .value = &token_file,
		    .help = "the sealing key is in hardware: FILE is what its age plugin wrote" },
		{ .name = "exercise", .flag = &exercise,
		    .help = "the party is one of a drill" },
		{ .name = "work-factor", .arg = "N", .number = &work,
		    .help = "work for the passphrase, 1 to 22 (18: 256 MiB, under a second)" },
		{ .name = "o", .arg = "FILE", .value = &file,
		    .help = "write the request there, too (- for standard output)" },
	};
	const ch_usage u = {
		.usage = "delegate ask [HANDLE --person ID] [options]",
		.about = "On the machine of a new delegate: makes a home with keys of its own, and "
		    "a request\n"
		    "to be added to a party that is there already. The request is a text without\n"
		    "secrets; whoever holds the party key takes it with chancery delegate add and\n"
		    "gives back a welcome, for chancery delegate join. Until then the home waits.\n"
		    "Without HANDLE it shows the request of a home that waits once more.",
		.example = "  chancery delegate ask alpha.example --person b.smith -o smith.txt",
		.opts = own, .n_opts = CH_COUNT(own), .max = 1,
	};
	struct ch_token token = { 0 };
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	if (c->opts.argc == 0)
		return ch_cli_close(c, ask_again(c, file));
	if (!person)
		return ch_cli_close(c, ch_problem_set(&c->why, CH_E_FORMAT, "--person is missing; "
		    "see chancery delegate ask --help"));
	e = ch_cli_suite(&hybrid, suite, &c->why);
	if (e == CH_OK && token_file)
		e = ch_cli_token(&token, token_file, hybrid, &c->why);
	if (e == CH_OK)
		e = ask_new(c, &(ch_delegate_ask){ .handle = ch_span_str(c->opts.argv[0]),
		    .person = ch_span_str(person), .title = ch_span_str(title ? title : ""),
		    .dir = c->opts.home, .work = (unsigned)(work > 99 ? 99 : work),
		    .exercise = exercise, .classic = !hybrid,
		    .token = token_file ? &token : NULL }, file);
	ch_wipe(&token, sizeof token);
	return ch_cli_close(c, e);
}

/* ---- add ---- */

/* Bits of "send,sign-for"; 0 when nothing was said. */
static ch_err read_powers(unsigned *bits, const char *words, struct ch_problem *why)
{
	ch_span all = ch_span_str(words ? words : "");
	ch_power p;

	*bits = 0;
	for (size_t at = 0; at < all.n;) {
		ch_span word = ch_val_next(all, &at);

		if (ch_power_parse(&p, word) != CH_OK)
			return ch_problem_about(why, CH_E_FORMAT, "“", word, "” is no power; "
			    "they are "
			    "send, sign-for, bind, disclose, speak, enrol and draft; nothing was "
			    "done");
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
	print_powers(c, a->powers);
	ch_out_pair(&c->out, "words", "Words of their key", ch_span_str(a->words));
	ch_out_put_number(&c->out, "version", a->version);
	if (a->there) {
		ch_out_say(&c->out, "They are in our roster, version %llu, already: only the "
		    "welcome "
		    "is written anew.", (unsigned long long)a->version);
		return CH_OK;
	}
	if (a->n_same > 0)
		ch_out_say(&c->out, "The same person has %u other %s of ours; a quorum counts "
		    "persons.",
		    a->n_same, a->n_same == 1 ? "delegate" : "delegates");
	ch_out_say(&c->out, "\nThis signs version %llu of our roster and publishes it: from then "
	    "on "
	    "they act for us\nwith these powers, papers to us are sealed to them as well, and all "
	    "parties see it.\nWhat was sealed before stays closed to them.",
	    (unsigned long long)a->version);
	if (!ch_out_confirm(&c->opts, "Call them on a number you know from elsewhere. Are the "
	    "words "
	    "the same, and shall they be added?"))
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
	    "There: "
	    "chancery delegate\njoin. It holds our rosters, registries and charters, and no "
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

/* ---- join ---- */

static ch_err show_welcome(struct ch_cli *c, const struct ch_delegate_join *j)
{
	const ch_roster *r = &j->roster.roster;

	ch_out_pair(&c->out, "party", "Party", r->party);
	if (r->stmt.v[CH_ROSTER_TITLE].n > 0)
		ch_out_pair(&c->out, "title", "Name", r->stmt.v[CH_ROSTER_TITLE]);
	ch_out_pair(&c->out, "words", "Words of its key", ch_span_str(j->words));
	ch_out_pair(&c->out, "person", "You", j->who.person);
	print_powers(c, j->who.powers);
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
		ch_out_say(&c->out, "%s is a delegate of %s now. Next: chancery sync\nPapers "
		    "that were "
		    "delivered before are not in it: ask who signed for one for an export.",
		    c->home.delegate, c->home.handle);
	return CH_OK;
}

int ch_cmd_delegate_join(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "delegate join WELCOME",
		.about = "On the machine of a new delegate: opens the welcome, judges all that "
		    "is in "
		    "it, shows\n"
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
