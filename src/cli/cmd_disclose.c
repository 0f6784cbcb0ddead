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

static ch_err choose(struct ch_public_cli *p, const struct ask *a, struct ch_problem *why)
{
	ch_selection *which = &p->u.which;
	ch_err e = CH_OK;

	if (a->all) {
		*which = ch_selection_all(p->r.paper);
		p->u.files = p->r.paper->head.count[CH_H_ATTACHMENTS] > 0;
		return CH_OK;
	}
	e = ch_public_cli_keys(which, a->leaves ? a->leaves : USUAL, why);
	if (e == CH_OK && a->passages)
		e = numbers(which, CH_LEAF_PASSAGE, CH_PASSAGES_MAX, a->passages, why);
	if (e == CH_OK && a->attachments)
		e = numbers(which, CH_LEAF_ATTACHMENT, CH_ATTACHMENTS_MAX, a->attachments, why);
	return e;
}

static ch_err check(struct ch_cli *c, const struct ch_public_cli *p, const struct ask *a)
{
	if (!p->d.ours)
		return ch_problem_set(&c->why, CH_E_DENIED, "only its author discloses %s; you "
		    "hold it and "
		    "can show it to others with chancery export, where its caveats allow it",
		    p->d.number);
	if (!a->all && !a->passages && !a->attachments && !a->leaves)
		return ch_problem_set(&c->why, CH_E_FORMAT, "say what to disclose: --passages 1,4, "
		    "--attachments 1, --leaves subject, or --all; nothing was signed");
	return CH_OK;
}

static void say_undone(struct ch_cli *c, const struct ch_public_cli *p)
{
	uint32_t files = p->u.shown.n_shown[CH_LEAF_ATTACHMENT];

	if (files && p->u.files)
		ch_out_say(&c->out, "The attachments themselves go along, %u files.", files);
	else if (files)
		ch_out_say(&c->out, "Of %u attachments name, size and digest are told; the files "
		    "stay here.",
		    files);
	if (p->v.state != CH_STATE_DELIVERED)
		ch_out_say(&c->out, "The paper was not signed for: its delivery is not shown.");
	ch_out_say(&c->out, "A disclosure cannot be undone.");
}

static ch_err disclose(struct ch_public_cli *p, struct ch_cli *c, const struct ask *a)
{
	ch_err e = ch_public_cli_paper(p, c, c->opts.argv[0]);

	if (e == CH_OK)
		e = check(c, p, a);
	if (e == CH_OK)
		e = ch_public_cli_waiting(c, CH_K_DISCLOSURE, &p->v.paper, &c->why);
	if (e == CH_OK)
		e = ch_reading_open(&p->r, &p->d, NULL, &c->why);
	if (e == CH_OK)
		e = ch_utterance_begin(&p->u, &c->watch, &c->talks, CH_K_DISCLOSURE);
	if (e == CH_OK) {
		p->u.d = &p->d;
		p->u.reading = &p->r;
		e = choose(p, a, &c->why);
	}
	if (e == CH_OK)
		e = ch_public_cli_text(&p->u.s.v[CH_DISC_NOTE], &p->u, a->note, "a note", &c->why);
	if (e == CH_OK)
		e = ch_utterance_leaves(&p->u, &c->why);
	if (e != CH_OK)
		return e;
	if (p->u.s.v[CH_DISC_NOTE].n)
		ch_out_pair(&c->out, "note", "Note", p->u.s.v[CH_DISC_NOTE]);
	ch_public_cli_known(c, p);
	say_undone(c, p);
	return ch_public_cli_finish(c, p, "Disclose this, for ever?");
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
	struct ch_public_cli *p;
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	p = ch_public_cli_new();
	e = disclose(p, c, &a);
	ch_public_cli_free(p);
	return ch_cli_close(c, e);
}
