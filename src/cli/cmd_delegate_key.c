/* delegate key: give out a sealing identity, so that stock age opens the archive. */
#include "commands.h"
#include "common.h"
#include "wipe.h"

#define TEXT_MAX CH_HOME_KEYS_TEXT

static void put_line(struct ch_wr *w, const struct ch_age_identity *id)
{
	ch_age_identity_put(w, id);
	CH_WR_LIT(w, "\n");
}

static void put_seals(struct ch_wr *w, const struct ch_home_keys *k)
{
	if (!k->by_token)
		put_line(w, &k->seal);
	for (unsigned i = k->n_retired; i > 0; i--)
		put_line(w, &k->retired[i - 1]);
	for (unsigned i = k->n_tokens; i > 0; i--) {
		ch_wr_put(w, ch_span_of(k->token[i - 1].text, k->token[i - 1].n));
		CH_WR_LIT(w, "\n");
	}
}

static ch_err reveal(struct ch_cli *c, bool archive, const char *file)
{
	const struct ch_home_keys *k = &c->home.keys;
	uint8_t text[TEXT_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	CH_WR_LIT(&w, "# ");
	ch_wr_str(&w, c->home.delegate);
	ch_wr_str(&w, archive ? ": opens what this home sealed for itself\n" :
	    ": opens envelopes and keyboxes sealed to this delegate\n");
	if (archive)
		put_line(&w, &k->archive);
	for (unsigned i = k->n_archives; archive && i > 0; i--)
		put_line(&w, &k->archives[i - 1]);
	if (!archive)
		put_seals(&w, k);
	ch_err e = ch_wr_done(&w);
	if (e == CH_OK)
		e = ch_cli_write_file(file, ch_wr_span(&w), &c->opts, &c->why);
	ch_wipe(text, sizeof text);
	return e;
}

int ch_cmd_delegate_key(int argc, char **argv)
{
	bool yes = false, archive = false;
	const char *file = NULL;
	const ch_opt own[] = {
		{ .name = "reveal", .flag = &yes, .help = "do write the secret key (needed)" },
		{ .name = "archive", .flag = &archive,
		    .help = "the archive key instead of the sealing keys" },
		{ .name = "o", .arg = "FILE", .value = &file, .help = "where to write it "
		    "(needed)" },
	};
	const ch_usage u = {
		.usage = "delegate key --reveal [--archive] -o FILE",
		.about = "Writes this delegate's secret sealing keys, or the archive key, as an "
		    "age\n"
		    "identity file. With it stock age (from 1.3 on; any, for a classic party) and\n"
		    "tar open what is on file here, without chancery. Whoever has the file can\n"
		    "open it too: keep it on paper or offline. Of a key in hardware it has what\n"
		    "its plugin wants (AGE-PLUGIN-…), and the hardware is needed besides.",
		.example = "  chancery delegate key --reveal -o key.txt\n"
		    "  age -d -i key.txt -o e.tar envelope.age",
		.opts = own, .n_opts = CH_COUNT(own), .max = 0,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	if (!yes || !file) {
		ch_problem_set(&c->why, CH_E_FORMAT, "delegate key gives out a secret: say "
		    "--reveal, "
		    "and -o FILE; nothing was written");
		return ch_cli_close(c, CH_E_FORMAT);
	}
	e = ch_cli_open(c, CH_CLI_UNLOCK);
	if (e == CH_OK && !ch_out_confirm(&c->opts, "Whoever has this file can open every paper "
	    "sealed to you. Write it?"))
		e = ch_problem_set(&c->why, CH_E_DENIED, "nothing was written; say yes, or use "
		    "--yes");
	if (e == CH_OK)
		e = reveal(c, archive, file);
	if (e == CH_OK)
		ch_out_say(&c->out, "Written to %s, which only you can read now. Remove it when "
		    "done.",
		    file);
	return ch_cli_close(c, e);
}
