/* talks open, talks invite. */
#include <stdio.h>
#include <string.h>

#include "talks_cli.h"

#define CODE_MAX 8

struct open_args {
	const char *with, *code, *codes, *registry, *basis, *confirm, *title, *word_set, *languages;
	uint64_t answer_days, lapse_days;
	char code_text[CH_TALKS_PARTIES_MAX][CODE_MAX + 1];
};

static ch_span text(const char *s)
{
	return ch_span_str(s ? s : "");
}

/* The next piece before a comma. */
static ch_span next_piece(struct ch_rd *r)
{
	struct ch_rd look = *r;

	(void)ch_rd_until(&look, ',');
	return look.err == CH_OK ? ch_rd_until(r, ',') : ch_rd_rest(r);
}

/* "bravo.example" -> BRAVO, when its first label will do; else empty. */
static ch_span code_of(char out[CODE_MAX + 1], ch_span handle)
{
	size_t n = 0;

	while (n < handle.n && handle.p[n] != '.') {
		if (n == CODE_MAX || handle.p[n] < 'a' || handle.p[n] > 'z')
			return (ch_span){ 0 };
		out[n] = (char)(handle.p[n] - 'a' + 'A');
		n++;
	}
	out[n] = '\0';
	return n >= 2 ? ch_span_str(out) : (ch_span){ 0 };
}

/* From "bravo.example=BRAVO,charlie.example=CHARLIE". */
static ch_span given_code(const char *codes, ch_span handle)
{
	struct ch_rd r = ch_rd_of(text(codes));

	while (!ch_rd_at_end(&r)) {
		struct ch_rd piece = ch_rd_of(next_piece(&r));
		ch_span who = ch_rd_until(&piece, '=');

		if (piece.err == CH_OK && ch_span_eq(who, handle))
			return ch_rd_rest(&piece);
	}
	return (ch_span){ 0 };
}

static ch_err fill_parties(ch_talks_ask *ask, struct open_args *a, struct ch_cli *c)
{
	struct ch_rd r = ch_rd_of(text(a->with));

	ask->code = a->code ? ch_span_str(a->code)
	    : code_of(a->code_text[0], ch_span_str(c->home.handle));
	if (ask->code.n == 0)
		return ch_problem_set(&c->why, CH_E_FORMAT, "our own code is missing: --code "
		    "ALPHA, 2 to 8 capital letters");
	while (!ch_rd_at_end(&r)) {
		if (ask->n == CH_COUNT(ask->with))
			return ch_problem_set(&c->why, CH_E_LIMIT, "talks have at most %u parties",
			    CH_TALKS_PARTIES_MAX);
		ask->with[ask->n].handle = next_piece(&r);
		ask->with[ask->n].code = given_code(a->codes, ask->with[ask->n].handle);
		if (ask->with[ask->n].code.n == 0)
			ask->with[ask->n].code = code_of(a->code_text[ask->n + 1],
			    ask->with[ask->n].handle);
		ask->n++;
	}
	return CH_OK;
}

/* Fetch and pin the card of the registry at an address. */
static ch_err meet_registry(struct ch_cli *c, struct ch_buf *card, ch_watch_card *read, ch_span url)
{
	char words[CH_WORDS_LEN + 1];
	ch_span body;
	ch_err e = ch_link_open_url(&c->link, &c->home, url, &c->why);

	if (e == CH_OK)
		e = ch_link_get(&body, &c->link, "/v1/registry", &c->why);
	if (e == CH_OK)
		e = ch_buf_put(card, body);
	if (e == CH_OK)
		e = ch_watch_read_card(read, ch_buf_span(card), c->home.exercise, &c->why);
	if (e == CH_OK)
		e = ch_watch_pin(&c->home, ch_buf_span(card), url, &c->why);
	ch_link_close(&c->link);
	if (e != CH_OK)
		return e;
	ch_party_words(words, read->stmt.v[CH_RG_VKEY]);
	ch_out_pair(&c->out, "registry", "Registry", read->stmt.v[CH_RG_REGISTRY]);
	ch_out_pair(&c->out, "registry_words", "Words of its key", ch_span_str(words));
	return CH_OK;
}

static ch_err open_talks(struct ch_cli *c, struct open_args *a)
{
	struct ch_buf card;
	ch_watch_card read;
	ch_talks_ask ask = {
		.name = ch_span_str(c->opts.argv[0]), .title = text(a->title),
		.basis = text(a->basis), .confirm = text(a->confirm),
		.word_set = text(a->word_set), .languages = text(a->languages),
		.answer_days = a->answer_days, .lapse_days = a->lapse_days,
		.url = text(a->registry),
	};
	ch_err e = fill_parties(&ask, a, c);

	while (ask.url.n > 0 && ask.url.p[ask.url.n - 1] == '/')
		ask.url.n--;
	ch_buf_init(&card, CH_WATCH_NOTE_MAX);
	if (e == CH_OK)
		e = meet_registry(c, &card, &read, ask.url);
	if (e == CH_OK) {
		ask.origin = read.stmt.v[CH_RG_REGISTRY];
		ask.vkey = read.stmt.v[CH_RG_VKEY];
		ask.cosigner = read.stmt.v[CH_RG_COSIGNER];
		e = ch_talks_enter(c, ask.origin);
	}
	if (e == CH_OK)
		e = ch_talks_open(&c->home, &ask, &c->why);
	ch_buf_deinit(&card);
	if (e == CH_OK)
		e = ch_talks_load(&c->talks, &c->home, c->opts.argv[0], &c->why);
	if (e != CH_OK)
		return e;
	ch_out_put_string(&c->out, "talks", ask.name);
	e = ch_talks_print_terms(c, &c->talks.charter);
	for (size_t i = 0; i < ask.n; i++)
		ch_out_say(&c->out, "Next: chancery talks invite %.*s -o FILE",
		    (int)ask.with[i].handle.n, (const char *)ask.with[i].handle.p);
	return e;
}

int ch_talks_cmd_open(int argc, char **argv)
{
	struct open_args a = { 0 };
	const ch_opt own[] = {
		{ .name = "with", .arg = "HANDLE,...", .value = &a.with, .help = "the other "
		    "parties" },
		{ .name = "registry", .arg = "URL", .value = &a.registry, .help = "where papers "
		    "go" },
		{ .name = "code", .arg = "CODE", .value = &a.code,
		    .help = "our code in numbers (else from the handle: ALPHA)" },
		{ .name = "codes", .arg = "HANDLE=CODE,...", .value = &a.codes,
		    .help = "theirs (else from their handles)" },
		{ .name = "title", .arg = "TEXT", .value = &a.title, .help = "what it is about" },
		{ .name = "basis", .arg = "WORD", .value = &a.basis,
		    .help = "the footing of papers: confidential" },
		{ .name = "confirm", .arg = "free|by-consent|never", .value = &a.confirm,
		    .help = "who may confirm what in public: by-consent" },
		{ .name = "word-set", .arg = "WORD", .value = &a.word_set, .help = "diplomacy" },
		{ .name = "languages", .arg = "en,fr", .value = &a.languages, .help = "languages" },
		{ .name = "answer-days", .arg = "N", .number = &a.answer_days,
		    .help = "days for an answer (none)" },
		{ .name = "lapse-days", .arg = "N", .number = &a.lapse_days,
		    .help = "days after which an unsigned paper lapses (14)" },
	};
	const ch_usage u = {
		.usage = "talks open NAME --with HANDLE[,HANDLE...] --registry URL [options]",
		.about = "Drafts talks. Looks up the registry, adds it to our roster (this needs "
		    "the party\n"
		    "key) and publishes the roster there. Nothing binds anybody yet.",
		.example = "  chancery talks open strait --with bravo.example --registry "
		    "https://reg.example",
		.opts = own, .n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e = CH_OK;

	if (end != CH_EXIT_GO_ON)
		return end;
	if (!a.with || !a.registry)
		e = ch_problem_set(&c->why, CH_E_FORMAT, "--with HANDLE and --registry URL are "
		    "needed; see chancery talks open --help");
	if (e == CH_OK)
		e = ch_cli_open(c, CH_CLI_LOCK | CH_CLI_UNLOCK | CH_CLI_KEEP_PASS);
	if (e == CH_OK)
		e = open_talks(c, &a);
	return ch_cli_close(c, e);
}

/* ---- invite ---- */

static ch_err write_invitation(struct ch_cli *c, const char *file)
{
	struct ch_buf pack, letter;
	char path[CH_PATH_MAX];
	ch_err e;

	CH_ASSERT(file != NULL);
	ch_buf_init(&pack, CH_PACK_MAX);
	ch_buf_init(&letter, CH_STMT_MAX);
	e = ch_talks_invite(&pack, &letter, &c->home, &c->talks, ch_span_str(c->opts.argv[0]),
	    &c->why);
	if (e == CH_OK)
		e = ch_path(path, "%s.letter.txt", file);
	if (e == CH_OK)
		e = ch_cli_write_file(file, ch_buf_span(&pack), &c->opts, &c->why);
	if (e == CH_OK)
		e = ch_cli_write_file(path, ch_buf_span(&letter), &c->opts, &c->why);
	if (e == CH_OK) {
		ch_out_pair(&c->out, "invitation", "Invitation", ch_span_str(file));
		ch_out_pair(&c->out, "letter", "Letter", ch_span_str(path));
		ch_out_say(&c->out, "Send both, by any way. They hold no secret; the words must be "
		    "compared by voice.");
	}
	ch_buf_deinit(&pack);
	ch_buf_deinit(&letter);
	return e;
}

int ch_talks_cmd_invite(int argc, char **argv)
{
	const char *file = NULL;
	const ch_opt own[] = {
		{ .name = "o", .arg = "FILE", .value = &file, .help = "where to write it "
		    "(needed)" },
	};
	const ch_usage u = {
		.usage = "talks invite HANDLE -o FILE",
		.about = "Writes an invitation (terms, our roster, the registry) into FILE and a "
		    "letter in\n"
		    "plain language beside it. Both are public.",
		.example = "  chancery talks invite bravo.example -o bravo-invitation.txt",
		.opts = own, .n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e = CH_OK;

	if (end != CH_EXIT_GO_ON)
		return end;
	if (!file)
		e = ch_problem_set(&c->why, CH_E_FORMAT, "-o FILE is missing");
	if (e == CH_OK)
		e = ch_cli_open(c, CH_CLI_LOOK);
	if (e == CH_OK)
		e = ch_talks_load(&c->talks, &c->home, c->opts.talks, &c->why);
	if (e == CH_OK)
		e = write_invitation(c, file);
	return ch_cli_close(c, e);
}
