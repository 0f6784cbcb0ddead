/* What confirm, contest, statement and disclose have in common: see public_cli.h. */
#include "public_cli.h"

#include <stdio.h>

#include "hex.h"
#include "when.h"

#define ONLINE (CH_CLI_LOCK | CH_CLI_TALKS | CH_CLI_UNLOCK | CH_CLI_SIGN_IN)

ch_err ch_public_cli_open(struct ch_cli *c, bool fresh)
{
	unsigned n;
	ch_err e = ch_cli_open(c, ONLINE);

	return e == CH_OK && fresh ? ch_public_sync(&n, &c->watch, &c->talks, &c->why) : e;
}

ch_err ch_public_cli_begin(struct ch_speaking *s, struct ch_cli *c, const ch_speech *what)
{
	ch_err e = s ? ch_speak_begin(s, &c->watch, &c->talks, what, NULL, &c->why) : CH_E_NOMEM;

	if (e == CH_OK && s->reading)
		ch_out_put_string(&c->out, "number", ch_span_str(s->d.number));
	return e;
}

/* The next key before a comma; empty at the end. */
static ch_span next_key(struct ch_rd *r)
{
	struct ch_rd probe = *r;
	ch_span key = ch_rd_until(&probe, ',');

	if (probe.err == CH_OK) {
		*r = probe;
		return key;
	}
	return ch_rd_rest(r);
}

ch_err ch_public_cli_keys(ch_selection *which, const char *keys, struct ch_problem *why)
{
	const struct ch_schema *s = ch_kind_schema(CH_K_PAPER_TEXT);
	struct ch_rd r = ch_rd_of(ch_span_str(keys));

	do {
		ch_span key = next_key(&r);
		unsigned i = 0;

		while (i < CH_H_KEYS && !ch_span_eq(ch_span_str(s->field[i].key), key))
			i++;
		if (i == CH_H_KEYS)
			return ch_problem_about(why, CH_E_FORMAT, "there is no key “", key,
			    "” in the head of a paper; nothing was signed; keys are from, to, "
			    "form, "
			    "act, date, number, re, subject and so on");
		ch_selection_add(which, CH_LEAF_HEAD, i);
	} while (ch_rd_left(&r) > 0);
	return CH_OK;
}

/* ---- what becomes known ---- */

static void say_leaf(struct ch_cli *c, const ch_leaves *l, const ch_leaf *leaf)
{
	struct ch_out *o = &c->out;

	ch_out_list_item(o);
	ch_out_put_string(o, "kind", ch_span_str(ch_leaf_kind_name(leaf->kind)));
	ch_out_put_number(o, "index", leaf->index);
	ch_out_put_string(o, "bytes", leaf->bytes);
	if (leaf->kind == CH_LEAF_PASSAGE)
		ch_out_say(o, "passage %u of %u:", leaf->index + 1, l->total[CH_LEAF_PASSAGE]);
	else if (leaf->kind != CH_LEAF_HEAD)
		ch_out_say(o, "%s %u:", ch_leaf_kind_name(leaf->kind), leaf->index + 1);
	ch_out_text(o, leaf->bytes);
}

static void say_signers(struct ch_cli *c, const char *what, ch_span bytes)
{
	ch_note note;

	if (bytes.n == 0 || ch_note_parse(&note, bytes, CH_NOTE_TEXT_MAX) != CH_OK)
		return;
	for (size_t i = 0; i < note.n; i++)
		ch_out_say(&c->out, "%s %.*s", what, (int)note.line[i].name.n,
		    (const char *)note.line[i].name.p);
}

static void say_place(struct ch_cli *c, const struct ch_speaking *s)
{
	const ch_fact *f = &s->v.step[CH_STEP_HANDOVER];
	char when[CH_WHEN_LEN + 1] = "";
	struct ch_wr w = ch_wr_of(when, CH_WHEN_LEN);

	if (!f->logged)
		return;
	ch_when_put(&w, f->claimed);
	ch_out_say(&c->out, "that it was signed for at %s by the registry's clock, at place "
	    "%llu of "
	    "its register", when, (unsigned long long)f->index);
	say_signers(c, "signed for by the key", ch_dossier_part(&s->d, "receipt"));
}

void ch_public_cli_known(struct ch_cli *c, const struct ch_speaking *s)
{
	const ch_leaves *l = &s->u.shown;
	struct ch_rd r = ch_rd_of(l->block);
	ch_leaf leaf;

	ch_out_say(&c->out, "This becomes known to everybody, and no more:");
	ch_out_list_begin(&c->out, "known");
	while (ch_leaves_next(&leaf, &r))
		say_leaf(c, l, &leaf);
	ch_out_list_end(&c->out);
	if (l->n_shown[CH_LEAF_PASSAGE])
		ch_out_say(&c->out, "that the paper has %u passages", l->total[CH_LEAF_PASSAGE]);
	say_signers(c, "written under the key", s->reading->cover.signature);
	say_place(c, s);
	ch_out_say(&c->out, "that %s says so today, under the key %s, and at which place of "
	    "the register",
	    c->home.handle, c->home.delegate);
	ch_out_say(&c->out, "the rosters of both sides: their delegates' titles and keys");
}

/* ---- the end ---- */

static void say_done(struct ch_cli *c, const struct ch_speaking *s, const ch_hash *hash,
    uint64_t index)
{
	char hex[65] = "";
	struct ch_wr w = ch_wr_of(hex, 64);

	ch_hex_put(&w, ch_span_of(hash->b, sizeof hash->b));
	ch_out_put_string(&c->out, "kind", ch_span_str(ch_kind_schema(s->u.s.kind)->name));
	ch_out_put_string(&c->out, "hash", ch_span_str(hex));
	ch_out_put_number(&c->out, "index", index);
	ch_out_say(&c->out, "The %s is public, at place %llu of the register. chancery publish DIR "
	    "makes the folder for others.", ch_kind_schema(s->u.s.kind)->name,
	    (unsigned long long)index);
}

ch_err ch_public_cli_finish(struct ch_cli *c, struct ch_speaking *s, const char *question)
{
	uint64_t index;
	ch_err e;

	if (!ch_out_confirm(&c->opts, question))
		return ch_problem_set(&c->why, CH_E_DENIED, "nothing was signed and nothing became "
		    "public; say yes, or use --yes");
	e = ch_speak_finish(&index, s, &c->why);
	if (e == CH_OK)
		say_done(c, s, &s->hash, index);
	else if (e == CH_E_NET)
		ch_out_warn("the %s is signed and on file here, and chancery sync posts it",
		    ch_kind_schema(s->u.s.kind)->name);
	return e;
}
