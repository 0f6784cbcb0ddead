/* send: seal a paper to a party, and submit it. */
#include <stdio.h>

#include "commands.h"
#include "common.h"
#include "outbox.h"
#include "say.h"


#define UNSET (UINT64_MAX - 1)

struct ask {
	const char *to, *form, *act, *basis, *re, *subject, *title, *date, *languages, *caveat;
	const char *characterise, *may_confirm, *answer_by, *operative, *copy;
	uint64_t lapse, delay;
	struct ch_opt_many attach;
	bool dry_run;
};

static ch_span opt(const char *s)
{
	return s ? ch_span_str(s) : (ch_span){ 0 };
}

static ch_letter_ask letter_ask(const struct ask *a, const char *file, ch_span text)
{
	return (ch_letter_ask){
		.to = opt(a->to), .form = opt(a->form), .act = opt(a->act), .basis = opt(a->basis),
		.re = opt(a->re), .subject = opt(a->subject), .title = opt(a->title),
		.date = opt(a->date), .languages = opt(a->languages), .caveat = opt(a->caveat),
		.characterise = opt(a->characterise), .may_confirm = opt(a->may_confirm),
		.answer_by = opt(a->answer_by), .operative = opt(a->operative),
		.copy = opt(a->copy), .text = text, .text_name = file, .n_attach = a->attach.n,
		.attach = a->attach.v, .lapse_days = a->lapse == 0 ? UINT64_MAX :
		    a->lapse == UNSET ? 0 : a->lapse,
	};
}

/* What they see before they sign for it, and what becomes provable. */
static void show(struct ch_cli *c, const struct ch_letter *l)
{
	char when[CH_SAY_WHEN], n[24];

	ch_out_head(&c->out, "What %.*s sees before signing for it:", (int)l->to.v[CH_CP_HANDLE].n,
	    (const char *)l->to.v[CH_CP_HANDLE].p);
	ch_say_cover(&c->out, l->head.v);
	ch_out_pair(&c->out, "lapses", "Lapses", ch_span_str(ch_say_when(when, l->lapse)));
	(void)snprintf(n, sizeof n, "%u", l->head.count[CH_H_ATTACHMENTS]);
	ch_out_head(&c->out, "Sealed until signed for:");
	ch_out_pair(&c->out, "title", "Title", l->head.v[CH_H_TITLE]);
	ch_out_pair(&c->out, "date", "Date", l->head.v[CH_H_DATE]);
	ch_out_pair(&c->out, "attachments", "Attachments", ch_span_str(n));
	(void)snprintf(n, sizeof n, "%u", l->paper.n_passages);
	ch_out_pair(&c->out, "passages", "Passages", ch_span_str(n));
	ch_say_provable(&c->out, l->head.v);
}

static ch_err send_it(struct ch_cli *c, const struct ch_letter *l, const struct ask *a)
{
	ch_outbox_item item;
	ch_err e = ch_outbox_stage(&item, l, a->delay * 60, NULL, &c->why);

	if (e != CH_OK)
		return e;
	ch_out_put_string(&c->out, "outbox", ch_span_str(item.id));
	if (a->delay > 0) {
		char when[CH_SAY_WHEN];

		ch_out_put_string(&c->out, "state", CH_LIT("held"));
		ch_out_say(&c->out, "%s waits in the outbox; the first chancery sync after %s "
		    "sends "
		    "it.\nUntil then: chancery outbox --cancel %s", item.number,
		    ch_say_when(when, item.not_before), item.id);
		return CH_OK;
	}
	e = ch_outbox_submit(&item, &c->watch, &c->talks, &c->why);
	if (e == CH_OK) {
		ch_out_put_string(&c->out, "state", CH_LIT("registered"));
		ch_out_say(&c->out, "%s is registered. It is sealed until %s signs for it; you can "
		    "take it back until then.", item.number, item.to);
	}
	return e;
}

static ch_err run(struct ch_cli *c, const struct ask *a)
{
	const char *file = c->opts.argv[0];
	struct ch_letter *l = ch_alloc(sizeof *l);
	struct ch_buf text = { 0 };
	ch_letter_ask ask;
	ch_err e;

	if (!a->to || !a->form || !a->act)
		e = ch_problem_set(&c->why, CH_E_FORMAT, "send needs --to, --form and --act; see "
		    "chancery send --help");
	else
		e = l ? ch_cli_read_file(&text, file, &c->why) : CH_E_NOMEM;
	ask = letter_ask(a, strcmp(file, "-") == 0 ? "the text" : file, ch_buf_span(&text));
	if (e == CH_OK)
		e = ch_cli_open(c, CH_CLI_LOCK | CH_CLI_TALKS | CH_CLI_UNLOCK | CH_CLI_SIGN_IN);
	if (e == CH_OK)
		e = ch_letter_write(l, &c->watch, &c->talks, &ask, &c->why);
	if (e == CH_OK) {
		if (a->dry_run || !c->opts.yes || c->opts.json)
			show(c, l);
		ch_out_put_bool(&c->out, "dry_run", a->dry_run);
		if (a->dry_run)
			ch_out_say(&c->out, "Nothing was sent and nothing was kept.");
		else if (!ch_out_confirm(&c->opts, "Seal and send this?"))
			e = ch_problem_set(&c->why, CH_E_DENIED, "nothing was sent; say yes, or "
			    "use "
			    "--yes");
		else
			e = send_it(c, l, a);
		ch_letter_close(l);
	}
	if (l)
		ch_free(l, sizeof *l);
	ch_buf_deinit(&text);
	return e;
}

int ch_cmd_send(int argc, char **argv)
{
	struct ask a = { .lapse = UNSET };
	const ch_opt own[] = {
		{ .name = "to", .arg = "HANDLE", .value = &a.to, .help = "the addressee, or its "
		    "code" },
		{ .name = "form", .arg = "FORM", .value = &a.form, .help = "note, letter ..." },
		{ .name = "act", .arg = "ACT", .value = &a.act, .help = "proposal, reply ..." },
		{ .name = "basis", .arg = "BASIS", .value = &a.basis,
		    .help = "on what footing (the charter's when not given)" },
		{ .name = "re", .arg = "NUMBER", .value = &a.re, .help = "the paper it answers" },
		{ .name = "subject", .arg = "TEXT", .value = &a.subject,
		    .help = "one line, seen before signing" },
		{ .name = "title", .arg = "TEXT", .value = &a.title,
		    .help = "one line, sealed until signed for" },
		{ .name = "attach", .arg = "FILE", .many = &a.attach,
		    .help = "a file that goes along; may be repeated" },
		{ .name = "date", .arg = "DAY", .value = &a.date, .help = "its date (today)" },
		{ .name = "languages", .arg = "LIST", .value = &a.languages, .help = "en,fr" },
		{ .name = "caveat", .arg = "TEXT", .value = &a.caveat, .help = "who may see it" },
		{ .name = "characterise", .arg = "yes|no", .value = &a.characterise,
		    .help = "whether they may describe it in public" },
		{ .name = "may-confirm", .arg = "LIST", .value = &a.may_confirm,
		    .help = "keys they may confirm in public" },
		{ .name = "answer-by", .arg = "DAY", .value = &a.answer_by,
		    .help = "until when an answer is asked" },
		{ .name = "operative", .arg = "TEXT", .value = &a.operative,
		    .help = "what an act says that works unopened" },
		{ .name = "copy", .arg = "I,N", .value = &a.copy, .help = "this is copy I of N" },
		{ .name = "lapse", .arg = "DAYS", .number = &a.lapse,
		    .help = "when it lapses unsigned (the charter's)" },
		{ .name = "delay", .arg = "MINUTES", .number = &a.delay, .help = "hold so long" },
		{ .name = "dry-run", .flag = &a.dry_run,
		    .help = "show what they will see, and send nothing" },
	};
	const ch_usage u = {
		.usage = "send PAPER.md --to HANDLE --form FORM --act ACT",
		.about = "Seals a paper and submits it. The addressee sees the cover, and must "
		    "sign for\n"
		    "it before it can open it; you can take it back until then.",
		.example = "  chancery send reply.md --to bravo.example --form note --act reply "
		    "\\\n"
		    "      --re BRAVO-ALPHA/2026/0001 --subject \"Your proposal\"",
		.opts = own, .n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);

	if (end != CH_EXIT_GO_ON)
		return end;
	if (!a.to || !a.form || !a.act) {
		ch_problem_set(&c->why, CH_E_FORMAT, "send needs --to, --form and --act; see "
		    "chancery "
		    "send --help");
		return ch_cli_close(c, CH_E_FORMAT);
	}
	return ch_cli_close(c, run(c, &a));
}
