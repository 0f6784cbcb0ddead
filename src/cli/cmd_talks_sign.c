/* talks join, talks sign. */
#include <stdio.h>
#include <string.h>

#include "talks_cli.h"

#define COMPARE "Call them on a number you know from elsewhere. Are the words the same?"

static ch_err show_words(struct ch_cli *c, const struct ch_invitation *in)
{
	char words[CH_WORDS_LEN + 1];
	ch_item party, reg;
	ch_err e = ch_stmt_item(&party, &in->charter, CH_CHARTER_PARTIES, 0);

	if (e == CH_OK)
		e = ch_stmt_item(&reg, &in->charter, CH_CHARTER_REGISTRIES, 0);
	if (e == CH_OK)
		e = ch_talks_print_terms(c, &in->charter);
	if (e != CH_OK)
		return e;
	ch_out_put_string(&c->out, "talks", in->charter.v[CH_CHARTER_NAME]);
	ch_out_put_string(&c->out, "opener", in->charter.v[CH_CHARTER_PARTY]);
	ch_party_words(words, party.v[CH_CP_KEY]);
	ch_out_say(&c->out, "\nWords to compare by voice");
	ch_out_pair(&c->out, "opener_words", "  theirs", ch_span_str(words));
	ch_party_words(words, reg.v[CH_CR_VKEY]);
	ch_out_pair(&c->out, "registry_words", "  the registry's", ch_span_str(words));
	if (!ch_out_confirm(&c->opts, COMPARE))
		return ch_problem_set(&c->why, CH_E_DENIED, "the words were not confirmed (--yes "
		    "confirms); nothing was changed");
	return CH_OK;
}

static ch_err write_answer(struct ch_cli *c, const char *file)
{
	struct ch_buf pack;
	ch_err e;

	ch_buf_init(&pack, CH_PACK_MAX);
	e = ch_talks_answer(&pack, &c->home, &c->why);
	if (e == CH_OK)
		e = ch_cli_write_file(file, ch_buf_span(&pack), &c->opts, &c->why);
	ch_buf_deinit(&pack);
	if (e == CH_OK) {
		ch_out_pair(&c->out, "answer", "Answer", ch_span_str(file));
		ch_out_say(&c->out, "Send it to who invited you. When the charter is there: "
		    "chancery "
		    "talks sign");
	}
	return e;
}

static ch_err join(struct ch_cli *c, const char *file)
{
	struct ch_buf pack;
	struct ch_invitation in;
	char path[CH_PATH_MAX];
	ch_item reg;
	ch_err e = ch_cli_read_file(&pack, c->opts.argv[0], &c->why);

	if (e == CH_OK)
		e = ch_invitation_read(&in, &c->home, ch_buf_span(&pack), &c->why);
	if (e == CH_OK)
		e = show_words(c, &in);
	if (e == CH_OK)
		e = ch_talks_join(&c->home, &in, &c->why);
	if (e == CH_OK)
		e = ch_stmt_item(&reg, &in.charter, CH_CHARTER_REGISTRIES, 0);
	if (e == CH_OK)
		e = ch_talks_enter(c, reg.v[CH_CR_ORIGIN]);
	if (e == CH_OK && !file) {
		e = ch_path(path, "%s.answer.txt", c->opts.argv[0]);
		file = path;
	}
	if (e == CH_OK)
		e = write_answer(c, file);
	ch_buf_deinit(&pack);
	return e;
}

int ch_talks_cmd_join(int argc, char **argv)
{
	const char *file = NULL;
	const ch_opt own[] = {
		{ .name = "o", .arg = "ANSWER", .value = &file,
		    .help = "where to write the answer (else FILE.answer.txt)" },
	};
	const ch_usage u = {
		.usage = "talks join FILE [-o ANSWER]",
		.about = "Takes up an invitation: shows its terms and words to compare by voice, "
		    "keeps the\n"
		    "other side's keys, adds the registry to our roster (this needs the party "
		    "key),\n"
		    "and writes an answer that holds our public keys. Nothing binds anybody yet.",
		.example = "  chancery talks join bravo-invitation.txt -o answer.txt",
		.opts = own, .n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_LOCK | CH_CLI_UNLOCK | CH_CLI_KEEP_PASS);
	if (e == CH_OK)
		e = join(c, file);
	return ch_cli_close(c, e);
}

/* ---- sign ---- */

static ch_err read_answers(struct ch_cli *c, struct ch_buf *files, ch_span *answers)
{
	ch_err e = CH_OK;

	for (int i = 0; e == CH_OK && i < c->opts.argc; i++) {
		e = ch_cli_read_file(&files[i], c->opts.argv[i], &c->why);
		answers[i] = ch_buf_span(&files[i]);
	}
	return e;
}

/* The opener: the charter from the answers. */
static ch_err build(struct ch_buf *text, struct ch_cli *c)
{
	struct ch_buf files[CH_TALKS_PARTIES_MAX] = { 0 };
	ch_span answers[CH_TALKS_PARTIES_MAX];
	struct ch_wr w;
	uint8_t *at;
	ch_err e = read_answers(c, files, answers);

	if (e == CH_OK)
		e = ch_buf_reserve(&at, text, CH_STMT_MAX);
	if (e == CH_OK) {
		w = ch_wr_of(at, CH_STMT_MAX);
		e = ch_talks_build(&w, &c->home, &c->talks, answers, (size_t)c->opts.argc,
		    &c->why);
		if (e == CH_OK)
			ch_buf_commit(text, w.n);
	}
	for (int i = 0; i < c->opts.argc; i++)
		ch_buf_deinit(&files[i]);
	return e;
}

/* An invited party: the charter from the registry, its text alone. */
static ch_err fetch(struct ch_buf *text, struct ch_cli *c)
{
	struct ch_buf note;
	ch_note parsed;
	ch_err e;

	ch_buf_init(&note, CH_STMT_ROSTER_MAX);
	e = ch_talks_fetch(&note, &c->watch, &c->talks, &c->why);
	if (e == CH_OK)
		e = ch_note_parse(&parsed, ch_buf_span(&note), CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_buf_put(text, parsed.text);
	ch_buf_deinit(&note);
	return e;
}

/* Who made the charter from answers sees the others' keys for the first time: nobody else will
 * notice an answer that was swapped on its way. */
static ch_err compare_all(struct ch_cli *c, const ch_stmt *s)
{
	char words[CH_WORDS_LEN + 1];
	ch_item it;
	ch_err e = CH_OK;

	ch_out_list_begin(&c->out, "words");
	for (uint32_t i = 0; e == CH_OK && i < s->count[CH_CHARTER_PARTIES]; i++) {
		e = ch_stmt_item(&it, s, CH_CHARTER_PARTIES, i);
		if (e != CH_OK)
			break;
		ch_party_words(words, it.v[CH_CP_KEY]);
		ch_out_list_item(&c->out);
		ch_out_put_string(&c->out, "party", it.v[CH_CP_HANDLE]);
		ch_out_put_string(&c->out, "words", ch_span_str(words));
	}
	ch_out_list_end(&c->out);
	if (e == CH_OK && !ch_out_confirm(&c->opts, "\nEach party's key has its words above. Call "
	    "each on a number you know from elsewhere.\nAre all words the same?"))
		e = ch_problem_set(&c->why, CH_E_DENIED, "the words were not confirmed (--yes "
		    "confirms); nothing was signed");
	return e;
}

static ch_err show_and_ask(struct ch_cli *c, ch_span text)
{
	ch_stmt s;
	ch_err e = ch_stmt_parse_as(&s, text, CH_K_CHARTER, c->home.exercise);

	if (e == CH_OK)
		e = ch_talks_print_terms(c, &s);
	if (e == CH_OK && c->talks.state == CH_TALKS_DRAFT)
		e = compare_all(c, &s);
	if (e == CH_OK && !ch_out_confirm(&c->opts, "\nSigning binds our party to these terms and "
	    "keys. Every party can prove that we signed."))
		e = ch_problem_set(&c->why, CH_E_DENIED, "nothing was signed (--yes signs without "
		    "asking)");
	return e;
}

static ch_err sign(struct ch_cli *c)
{
	struct ch_buf text;
	ch_talks_state state = c->talks.state;
	ch_item reg;
	ch_err e = ch_talks_registry(&reg, &c->talks);

	ch_buf_init(&text, CH_STMT_MAX);
	if (e == CH_OK)
		e = ch_cli_registry(c, reg.v[CH_CR_ORIGIN], false);
	if (e == CH_OK)
		e = ch_party_publish(&c->watch, &c->why);
	if (e == CH_OK)
		e = ch_link_sign_in(&c->link, &c->why);
	if (e == CH_OK && state == CH_TALKS_DRAFT)
		e = build(&text, c);
	else if (e == CH_OK && state == CH_TALKS_INVITED)
		e = fetch(&text, c);
	else if (e == CH_OK)
		e = ch_buf_put(&text, c->talks.note.text); /* signed before: post it again */
	if (e == CH_OK && state < CH_TALKS_SIGNING)
		e = show_and_ask(c, ch_buf_span(&text));
	if (e == CH_OK)
		e = ch_talks_sign(&state, &c->watch, c->talks.name, ch_buf_span(&text), &c->why);
	ch_buf_deinit(&text);
	if (e != CH_OK)
		return e;
	ch_out_put_string(&c->out, "talks", ch_span_str(c->talks.name));
	ch_out_put_bool(&c->out, "in_force", state == CH_TALKS_FORCE);
	ch_out_head(&c->out, state == CH_TALKS_FORCE ? "All parties have signed: the charter of %s "
	    "is in force." : "We have signed; %s waits for the other parties.", c->talks.name);
	return CH_OK;
}

int ch_talks_cmd_sign(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "talks sign [ANSWER...]",
		.about = "Who opened the talks gives the answers of all who were invited: the "
		    "charter is made\n"
		    "of them, shown, signed and posted. The others give nothing: the charter is "
		    "fetched,\n"
		    "compared with the invitation, shown, signed and posted. Again, it asks "
		    "whether the\n"
		    "others have signed meanwhile.",
		.example = "  chancery talks sign answer.txt\n  chancery talks sign --talks strait",
		.max = CH_TALKS_PARTIES_MAX - 1,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_LOCK | CH_CLI_UNLOCK);
	if (e == CH_OK)
		e = ch_talks_load(&c->talks, &c->home, c->opts.talks, &c->why);
	if (e == CH_OK && c->talks.state == CH_TALKS_FORCE)
		ch_out_say(&c->out, "The charter of %s is in force already.", c->talks.name);
	else if (e == CH_OK)
		e = sign(c);
	return ch_cli_close(c, e);
}
