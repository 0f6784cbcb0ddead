/* show: one paper. Before the signature its cover and states; afterwards all of it. */
#include <stdio.h>

#include "commands.h"
#include "colleagues.h"
#include "common.h"
#include "reading.h"
#include "say.h"

static void print_attachments(struct ch_cli *c, const ch_paper *p, const char *save)
{
	struct ch_out *o = &c->out;
	ch_item it;

	ch_out_list_begin(o, "attachments");
	for (uint32_t i = 0; i < p->head.count[CH_H_ATTACHMENTS]; i++) {
		if (ch_stmt_item(&it, &p->head, CH_H_ATTACHMENTS, i) != CH_OK)
			continue;
		ch_out_list_item(o);
		ch_out_pair(o, "file", "Attachment", it.v[CH_AT_FILE]);
		ch_out_pair(o, "name", "  its name", it.v[CH_AT_NAME]);
		ch_out_pair(o, "media_type", "  type", it.v[CH_AT_TYPE]);
		ch_out_pair(o, "size", "  bytes", it.v[CH_AT_SIZE]);
		ch_out_pair(o, "sha256", "  sha256", it.v[CH_AT_DIGEST]);
		if (save)
			ch_out_say(o, "  written to %s/%.*s", save, (int)it.v[CH_AT_FILE].n,
			    (const char *)it.v[CH_AT_FILE].p);
	}
	ch_out_list_end(o);
}

/* The keys that stand under the signature only. */
static void print_inner(struct ch_cli *c, const ch_paper *p)
{
	static const struct {
		unsigned key;
		const char *json, *label;
	} keys[] = {
		{ CH_H_TITLE, "title", "Title" }, { CH_H_DATE, "date", "Date (claimed)" },
		{ CH_H_LANGUAGES, "languages", "Languages" }, { CH_H_COPY, "copy", "Copy" },
	};

	for (size_t i = 0; i < CH_COUNT(keys); i++)
		if (p->head.v[keys[i].key].n > 0)
			ch_out_pair(&c->out, keys[i].json, keys[i].label, p->head.v[keys[i].key]);
}

static ch_err print_paper(struct ch_cli *c, const struct ch_dossier *d, bool only_text,
    const char *save)
{
	struct ch_reading r;
	ch_err e = save ? ch_dir_make(save) : CH_OK;

	if (e != CH_OK)
		return ch_problem_set(&c->why, e, "%s cannot be made: %s", save, ch_err_text(e));
	e = ch_reading_open(&r, d, save, &c->why);
	if (e == CH_OK) {
		if (!only_text)
			print_inner(c, r.paper);
		ch_out_put_string(&c->out, "text", r.paper->body);
		if (!only_text)
			ch_out_head(&c->out, "Text");
		ch_out_text(&c->out, r.paper->body);
		if (!only_text || c->opts.json)
			print_attachments(c, r.paper, save);
	}
	ch_reading_close(&r);
	return e;
}

static bool has_ended(const ch_delivery *v)
{
	return v->state == CH_STATE_DECLINED || v->state == CH_STATE_LAPSED ||
	    v->state == CH_STATE_TAKEN_BACK;
}

/* The cover; of a paper that ended before it was fetched, or that lies with a colleague, there is
 * none, and we say so. */
static ch_err print_cover(struct ch_cli *c, const struct ch_dossier *d, const ch_delivery *v)
{
	struct ch_problem quiet = { 0 };
	struct ch_buf text = { 0 };
	ch_cover cover;
	ch_err e = ch_dossier_cover(&cover, &text, d, &quiet);

	if (e == CH_OK)
		ch_say_cover(&c->out, cover.v);
	ch_buf_deinit(&text);
	if (e == CH_E_ABSENT && d->hold != CH_HOLD_WHOLE) {
		ch_out_pair(&c->out, "from", "From", d->l->v[CH_L_PARTY]);
		ch_out_pair(&c->out, "to", "To", d->l->v[CH_L_ADDRESSEE]);
		return CH_OK;
	}
	if (e == CH_E_ABSENT && !d->ours && has_ended(v)) {
		ch_out_pair(&c->out, "from", "From", d->l->v[CH_L_PARTY]);
		ch_out_say(&c->out,
		    "It ended before it was fetched: its cover was never seen here.");
		return CH_OK;
	}
	return e == CH_OK ? e : ch_problem_set(&c->why, e, "%s", quiet.text);
}

static ch_err show(struct ch_cli *c, const struct ch_dossier *d, bool only_text,
    const char *save)
{
	ch_delivery *v = ch_alloc(sizeof *v);
	bool open;
	ch_err e = v ? ch_dossier_judge(v, d, &c->why) : CH_E_NOMEM;

	open = e == CH_OK && d->hold == CH_HOLD_WHOLE && (d->ours ||
	    (v->state == CH_STATE_DELIVERED && ch_dossier_part(d, "keybox").n > 0));
	if (e == CH_OK && (only_text || save))
		e = ch_colleagues_must_hold(d, &c->why);
	if (e == CH_OK && !open && (only_text || save))
		e = ch_problem_set(&c->why, CH_E_ABSENT, has_ended(v) ? "%s stays sealed: %s" :
		    "%s is sealed until signed for; it %s", d->number,
		    ch_say_state(v, d->ours, d->hold));
	if (e == CH_OK && !only_text)
		e = print_cover(c, d, v);
	if (e == CH_OK && !only_text) {
		ch_out_pair(&c->out, "standing", "Standing", ch_span_str(ch_say_state(v, d->ours,
		    d->hold)));
		ch_say_persons(&c->out, d, v);
		ch_say_record(&c->out, v);
		ch_say_showable(&c->out, v, d);
	}
	ch_out_put_bool(&c->out, "sealed", !open);
	if (e == CH_OK && open)
		e = print_paper(c, d, only_text, save);
	else if (e == CH_OK && d->hold == CH_HOLD_WHOLE)
		ch_out_say(&c->out, has_ended(v) ? "The text stays sealed." :
		    "The text is sealed until signed for.");
	ch_free(v, sizeof *v);
	return e;
}

int ch_cmd_show(int argc, char **argv)
{
	bool text = false;
	const char *save = NULL;
	const ch_opt own[] = {
		{ .name = "text", .flag = &text, .help = "the text alone" },
		{ .name = "save", .arg = "DIR", .value = &save,
		    .help = "write the attachments into DIR, as 01.ext, 02.ext ..." },
	};
	const ch_usage u = {
		.usage = "show NUMBER [--text] [--save DIR]",
		.about = "Shows a paper: its cover and where it stands; its text once it was "
		    "signed for;\n"
		    "its delivery record, and what you can show of it to others. Nothing is shown\n"
		    "before the whole paper and its signature were verified.",
		.example = "  chancery show ALPHA-BRAVO/2026/0001", .opts = own,
		.n_opts = CH_COUNT(own), .min = 1, .max = 1,
	};
	struct ch_dossier d = { 0 };
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_TALKS | CH_CLI_UNLOCK);
	if (e == CH_OK)
		e = ch_cli_paper(&d, c, c->opts.argv[0]);
	if (e == CH_OK) {
		ch_out_put_string(&c->out, "number", ch_span_str(d.number));
		e = show(c, &d, text, save);
	}
	ch_dossier_close(&d);
	return ch_cli_close(c, e);
}
