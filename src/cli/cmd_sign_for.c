/* sign-for, decline, take-back: the three ends that a person decides. */
#include <stdio.h>

#include "commands.h"
#include "colleagues.h"
#include "common.h"
#include "reply.h"
#include "say.h"

#define ONLINE (CH_CLI_LOCK | CH_CLI_TALKS | CH_CLI_UNLOCK | CH_CLI_SIGN_IN)

static ch_err open_paper(struct ch_cli *c, struct ch_dossier *d, bool ours)
{
	ch_err e = ch_cli_open(c, ONLINE);

	if (e == CH_OK)
		e = ch_cli_paper(d, c, c->opts.argv[0]);
	if (e == CH_OK && d->ours != ours)
		e = ch_problem_set(&c->why, CH_E_DENIED, ours ?
		    "%s was sent to us; only its author can take it back; you may decline it" :
		    "%s is our own paper; only its addressee can do that; you may take it back",
		    d->number);
	if (e == CH_OK)
		ch_out_put_string(&c->out, "number", ch_span_str(d->number));
	return e;
}

static ch_err show_cover(struct ch_cli *c, const struct ch_dossier *d)
{
	struct ch_buf text;
	ch_cover cover;
	ch_err e;

	if (d->hold != CH_HOLD_WHOLE) {
		ch_out_pair(&c->out, "from", "From", d->l->v[CH_L_PARTY]);
		ch_out_pair(&c->out, "to", "To", d->l->v[CH_L_ADDRESSEE]);
		ch_out_say(&c->out, "Its cover was never in this home.");
		return CH_OK;
	}
	e = ch_dossier_cover(&cover, &text, d, &c->why);
	if (e == CH_OK)
		ch_say_cover(&c->out, cover.v);
	ch_buf_deinit(&text);
	return e;
}

/* After "already ended": which end it was, and when. */
static ch_err say_end(struct ch_cli *c, const struct ch_dossier *d, ch_err e)
{
	char when[CH_SAY_WHEN], type[sizeof c->why.type];
	ch_persons who = { 0 };
	ch_delivery v;
	struct ch_problem quiet = { 0 };

	if (e != CH_E_CONFLICT || strcmp(c->why.type, "already-ended") != 0 ||
	    ch_dossier_judge(&v, d, &quiet) != CH_OK)
		return e;
	memcpy(type, c->why.type, sizeof type);
	c->why = (struct ch_problem){ 0 };
	if (ch_colleagues_end(d))
		ch_colleagues_signed(&who, d, ch_colleagues_end(d));
	if (v.state == CH_STATE_DELIVERED)
		ch_problem_set(&c->why, e, "%s was signed for%s%s at %s; nothing changed",
		    d->number, who.n ? " by " : "", who.text,
		    ch_say_when(when, v.step[CH_STEP_HANDOVER].claimed));
	else
		ch_problem_set(&c->why, e, "%s is %s%s%s; nothing changed", d->number,
		    ch_say_state(&v, d->ours, d->hold), who.n ? "; that was " : "", who.text);
	memcpy(c->why.type, type, sizeof type);
	return e;
}

/* A delegate of our party has signed for it: that is enough for all. */
static bool is_signed_for(struct ch_cli *c, const struct ch_dossier *d)
{
	ch_persons who;

	if (ch_dossier_part(d, "handover").n == 0)
		return false;
	ch_colleagues_signed(&who, d, "receipt");
	ch_out_pair(&c->out, "signed_for_by", "Signed for by", ch_span_str(who.text));
	ch_out_say(&c->out, "It is signed for already: nothing more was signed.");
	return true;
}

static ch_err sign(struct ch_cli *c, struct ch_dossier *d)
{
	ch_err e;

	ch_out_say(&c->out, "You confirm delivery. You accept nothing and waive nothing.");
	if (!ch_out_confirm(&c->opts, "Sign for it?"))
		return ch_problem_set(&c->why, CH_E_DENIED, "nothing was signed; say yes, or use "
		    "--yes");
	e = ch_reply_post(d, &c->watch, CH_K_RECEIPT, (ch_span){ 0 }, &c->why);
	if (e != CH_OK)
		return say_end(c, d, e);
	ch_out_say(&c->out, "Signed for. The registry handed over receipt and key.");
	return CH_OK;
}

static ch_err sign_for(struct ch_cli *c, struct ch_dossier *d)
{
	struct ch_reading r = { 0 };
	/* Whoever signs for a paper does so in sight of its cover, and to open it. */
	ch_err e = ch_colleagues_must_hold(d, &c->why);

	if (e == CH_OK)
		e = show_cover(c, d);
	if (e == CH_OK && !is_signed_for(c, d))
		e = sign(c, d);
	if (e != CH_OK)
		return e;
	ch_out_put_string(&c->out, "state", CH_LIT("delivered"));
	e = ch_reply_examine(&r, d, &c->watch, &c->why);
	ch_out_put_bool(&c->out, "opened", e == CH_OK);
	if (e == CH_OK)
		ch_out_say(&c->out, "Opened: all inside fits the cover. chancery show %s shows it.",
		    d->number);
	ch_reading_close(&r);
	return e;
}

int ch_cmd_sign_for(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "sign-for NUMBER",
		.about = "Signs for a paper, and opens it. You confirm delivery of exactly this "
		    "cover;\n"
		    "you accept nothing and waive nothing.",
		.example = "  chancery sign-for ALPHA-BRAVO/2026/0001", .min = 1, .max = 1,
	};
	struct ch_dossier d = { 0 };
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = open_paper(c, &d, false);
	if (e == CH_OK)
		e = sign_for(c, &d);
	ch_dossier_close(&d);
	return ch_cli_close(c, e);
}

static int end_it(int argc, char **argv, const ch_usage *u, bool ours, const char **reason)
{
	struct ch_dossier d = { 0 };
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = open_paper(c, &d, ours);
	if (e == CH_OK)
		e = show_cover(c, &d);
	if (e == CH_OK && !ch_out_confirm(&c->opts, ours ? "Take it back?" : "Decline delivery?"))
		e = ch_problem_set(&c->why, CH_E_DENIED, "nothing was done; say yes, or use --yes");
	if (e == CH_OK) {
		e = ch_reply_post(&d, &c->watch, ours ? CH_K_TAKE_BACK : CH_K_DECLINE,
		    *reason ? ch_span_str(*reason) : (ch_span){ 0 }, &c->why);
		e = say_end(c, &d, e);
	}
	if (e == CH_OK) {
		ch_out_put_string(&c->out, "state", ch_span_str(ours ? "taken-back" : "declined"));
		ch_out_say(&c->out, ours ? "%s is taken back: it was never signed for." :
		    "Delivery of %s is declined: it was never signed for, and stays sealed.",
		    d.number);
	}
	ch_dossier_close(&d);
	return ch_cli_close(c, e);
}

int ch_cmd_decline(int argc, char **argv)
{
	const char *reason = NULL;
	const ch_opt own[] = {
		{ .name = "reason", .arg = "TEXT", .value = &reason, .help = "one line, for its "
		    "author" },
	};
	const ch_usage u = {
		.usage = "decline NUMBER [--reason TEXT]",
		.about = "Declines delivery of a paper. It stays sealed for ever, and its author "
		    "has your\n"
		    "signed word that you did not take it.",
		.example = "  chancery decline ALPHA-BRAVO/2026/0001", .opts = own,
		.n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};

	return end_it(argc, argv, &u, false, &reason);
}

int ch_cmd_take_back(int argc, char **argv)
{
	const char *reason = NULL;
	const ch_opt own[] = {
		{ .name = "reason", .arg = "TEXT", .value = &reason, .help = "one line" },
	};
	const ch_usage u = {
		.usage = "take-back NUMBER [--reason TEXT]",
		.about = "Takes back a paper of ours that was not signed for. It stays sealed for "
		    "ever; its\n"
		    "number stays used. After the signature nothing can be taken back.",
		.example = "  chancery take-back ALPHA-BRAVO/2026/0001", .opts = own,
		.n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};

	return end_it(argc, argv, &u, true, &reason);
}
