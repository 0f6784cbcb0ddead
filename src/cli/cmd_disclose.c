/* disclose: the author makes passages of its own paper public. It cannot be undone. */
#include <stdio.h>

#include "commands.h"
#include "dec.h"
#include "public_cli.h"

#define USUAL "from,to,form,act,date"

struct ask {
	const char *passages, *leaves, *attachments, *note;
	bool all;
};

/* `1,4`, counted from one, into the selection. */
static ch_err numbers(ch_selection *which, ch_leaf_kind kind, uint32_t bound, const char *list,
    struct ch_problem *why)
{
	struct ch_rd r = ch_rd_of(ch_span_str(list));

	do {
		struct ch_rd probe = r;
		ch_span one = ch_rd_until(&probe, ',');
		uint64_t n = 0;

		if (probe.err == CH_OK)
			r = probe;
		else
			one = ch_rd_rest(&r);
		if (ch_dec_parse(&n, one, bound) != CH_OK || n == 0)
			return ch_problem_about(why, CH_E_FORMAT, "“",
			    ch_span_str(list), "” is no list of "
			    "passages or attachments such as 1,4; nothing was signed");
		ch_selection_add(which, kind, (uint32_t)n - 1);
	} while (ch_rd_left(&r) > 0);
	return CH_OK;
}

static ch_err choose(ch_speech *what, const struct ask *a, struct ch_problem *why)
{
	ch_selection *which = &what->which;
	ch_err e;

	if (!a->all && !a->passages && !a->attachments && !a->leaves)
		return ch_problem_set(why, CH_E_FORMAT, "say what to disclose: --passages 1,4, "
		    "--attachments 1, --leaves subject, or --all; nothing was signed");
	what->all = a->all;
	if (a->note)
		what->text = ch_span_str(a->note);
	e = ch_public_cli_keys(which, a->leaves ? a->leaves : USUAL, why);
	if (e == CH_OK && a->passages)
		e = numbers(which, CH_LEAF_PASSAGE, CH_PASSAGES_MAX, a->passages, why);
	if (e == CH_OK && a->attachments)
		e = numbers(which, CH_LEAF_ATTACHMENT, CH_ATTACHMENTS_MAX, a->attachments, why);
	return e;
}

static void say_undone(struct ch_cli *c, const struct ch_speaking *s)
{
	uint32_t files = s->u.shown.n_shown[CH_LEAF_ATTACHMENT];

	if (files && s->u.files)
		ch_out_say(&c->out, "The attachments themselves go along, %u files.", files);
	else if (files)
		ch_out_say(&c->out, "Of %u attachments name, size and digest are told; the files "
		    "stay here.",
		    files);
	if (s->v.state != CH_STATE_DELIVERED)
		ch_out_say(&c->out, "The paper was not signed for: its delivery is not shown.");
	ch_out_say(&c->out, "A disclosure cannot be undone.");
}

static ch_err disclose(struct ch_speaking *s, struct ch_cli *c, const struct ask *a)
{
	ch_speech what = { .kind = CH_K_DISCLOSURE, .number = ch_span_str(c->opts.argv[0]) };
	ch_err e = choose(&what, a, &c->why);

	if (e == CH_OK)
		e = ch_public_cli_open(c, false);
	if (e == CH_OK)
		e = ch_public_cli_begin(s, c, &what);
	if (e != CH_OK)
		return e;
	if (s->u.s.v[CH_DISC_NOTE].n)
		ch_out_pair(&c->out, "note", "Note", s->u.s.v[CH_DISC_NOTE]);
	ch_public_cli_known(c, s);
	say_undone(c, s);
	return ch_public_cli_finish(c, s, "Disclose this, for ever?");
}

int ch_cmd_disclose(int argc, char **argv)
{
	struct ask a = { 0 };
	const ch_opt own[] = {
		{ .name = "passages", .arg = "N,…", .value = &a.passages,
		    .help = "which passages, counted from 1; their headings come along" },
		{ .name = "all", .flag = &a.all, .help = "the whole paper, attachments as files" },
		{ .name = "leaves", .arg = "KEY,…", .value = &a.leaves,
		    .help = "lines of the head: " USUAL },
		{ .name = "attachments", .arg = "N,…", .value = &a.attachments,
		    .help = "name, size and digest of these attachments" },
		{ .name = "note", .arg = "TEXT", .value = &a.note, .help = "one more line of "
		    "ours" },
	};
	const ch_usage u = {
		.usage = "disclose NUMBER --passages N,…|--all",
		.about = "Makes passages of a paper of ours public, provably ours and unchanged. "
		    "What is left "
		    "out\n"
		    "stays sealed; how many passages there are becomes known. It cannot be undone.",
		.example = "  chancery disclose ALPHA-BRAVO/2026/0001 --passages 2,4",
		.opts = own, .n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};
	struct ch_speaking *s;
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	s = ch_speak_new();
	e = disclose(s, c, &a);
	ch_speak_free(s);
	return ch_cli_close(c, e);
}
