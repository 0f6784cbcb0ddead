/* What confirm, contest, statement and disclose have in common: see public_cli.h. */
#include "public_cli.h"

#include <stdio.h>

#include "hex.h"
#include "text.h"
#include "when.h"

#define TEXT_MAX 4096u
#define ONLINE (CH_CLI_LOCK | CH_CLI_TALKS | CH_CLI_UNLOCK | CH_CLI_SIGN_IN)

struct ch_public_cli *ch_public_cli_new(void)
{
	return ch_alloc(sizeof(struct ch_public_cli));
}

void ch_public_cli_free(struct ch_public_cli *p)
{
	if (!p)
		return;
	ch_utterance_end(&p->u);
	ch_reading_close(&p->r);
	ch_dossier_close(&p->d);
	ch_free(p, sizeof *p);
}

ch_err ch_public_cli_paper(struct ch_public_cli *p, struct ch_cli *c, const char *number)
{
	ch_err e = p ? ch_cli_open(c, ONLINE) : CH_E_NOMEM;

	if (e == CH_OK && number)
		e = ch_dossier_open(&p->d, &c->home, &c->talks, ch_span_str(number), &c->why);
	if (e == CH_OK && number)
		e = ch_dossier_judge(&p->v, &p->d, &c->why);
	if (e == CH_OK && number)
		ch_out_put_string(&c->out, "number", ch_span_str(p->d.number));
	return e;
}

ch_err ch_public_cli_text(ch_span *out, struct ch_utterance *u, const char *text,
    const char *what, struct ch_problem *why)
{
	uint8_t room[TEXT_MAX];
	struct ch_wr w = ch_wr_of(room, sizeof room);
	ch_err e = CH_OK;

	*out = (ch_span){ 0 };
	if (!text)
		return CH_OK;
	e = ch_text_to_nfc(&w, ch_span_str(text));
	if (e == CH_OK)
		e = ch_text_check_line(ch_wr_span(&w), TEXT_MAX);
	if (e == CH_OK) {
		*out = ch_arena_copy(&u->arena, ch_wr_span(&w));
		e = ch_arena_got(&u->arena, out->p);
	}
	if (e != CH_OK)
		ch_problem_set(why, e, "%s has to be one line of at most %u bytes, without "
		    "control or "
		    "invisible characters; nothing was signed", what, TEXT_MAX);
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

ch_err ch_public_cli_waiting(const struct ch_cli *c, ch_kind kind, const ch_hash *d,
    struct ch_problem *why)
{
	struct ch_public p;
	bool waits = false;
	ch_err e = ch_public_load(&p, &c->home, &c->talks, why);

	for (size_t i = 0; e == CH_OK && i < p.n; i++) {
		ch_hash paper = ch_val_hash(p.item[i].s.v[CH_CONF_PAPER]);

		/* Confirmation and disclosure have D in the same place. */
		waits = waits || (p.item[i].ours && p.item[i].kind == kind &&
		    p.item[i].proof.n == 0 && ch_hash_eq(&paper, d));
	}
	ch_public_close(&p);
	if (e == CH_OK && waits)
		return ch_problem_set(why, CH_E_CONFLICT, "a %s of this paper is signed already "
		    "and waits to "
		    "be posted; chancery sync posts it", ch_kind_schema(kind)->name);
	return e;
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

static void say_place(struct ch_cli *c, const struct ch_public_cli *p)
{
	const ch_fact *f = &p->v.step[CH_STEP_HANDOVER];
	char when[CH_WHEN_LEN + 1] = "";
	struct ch_wr w = ch_wr_of(when, CH_WHEN_LEN);

	if (!f->logged)
		return;
	ch_when_put(&w, f->claimed);
	ch_out_say(&c->out, "that it was signed for at %s by the registry's clock, at place "
	    "%llu of "
	    "its register", when, (unsigned long long)f->index);
	say_signers(c, "signed for by the key", ch_dossier_part(&p->d, "receipt"));
}

void ch_public_cli_known(struct ch_cli *c, const struct ch_public_cli *p)
{
	const ch_leaves *l = &p->u.shown;
	struct ch_rd r = ch_rd_of(l->block);
	ch_leaf leaf;

	ch_out_say(&c->out, "This becomes known to everybody, and no more:");
	ch_out_list_begin(&c->out, "known");
	while (ch_leaves_next(&leaf, &r))
		say_leaf(c, l, &leaf);
	ch_out_list_end(&c->out);
	if (l->n_shown[CH_LEAF_PASSAGE])
		ch_out_say(&c->out, "that the paper has %u passages", l->total[CH_LEAF_PASSAGE]);
	say_signers(c, "written under the key", p->r.cover.signature);
	say_place(c, p);
	ch_out_say(&c->out, "that %s says so today, under the key %s, and at which place of "
	    "the register",
	    c->home.handle, c->home.delegate);
	ch_out_say(&c->out, "the rosters of both sides: their delegates' titles and keys");
}

/* ---- the end ---- */

static void say_done(struct ch_cli *c, const struct ch_public_cli *p, const ch_hash *hash,
    uint64_t index)
{
	char hex[65] = "";
	struct ch_wr w = ch_wr_of(hex, 64);

	ch_hex_put(&w, ch_span_of(hash->b, sizeof hash->b));
	ch_out_put_string(&c->out, "kind", ch_span_str(ch_kind_schema(p->u.s.kind)->name));
	ch_out_put_string(&c->out, "hash", ch_span_str(hex));
	ch_out_put_number(&c->out, "index", index);
	ch_out_say(&c->out, "The %s is public, at place %llu of the register. chancery publish DIR "
	    "makes the folder for others.", ch_kind_schema(p->u.s.kind)->name,
	    (unsigned long long)index);
}

ch_err ch_public_cli_finish(struct ch_cli *c, struct ch_public_cli *p, const char *question)
{
	uint64_t index;
	ch_hash hash;
	ch_err e;

	if (!ch_out_confirm(&c->opts, question))
		return ch_problem_set(&c->why, CH_E_DENIED, "nothing was signed and nothing became "
		    "public; say yes, or use --yes");
	e = ch_utterance_keep(&hash, &p->u, &c->why);
	if (e != CH_OK)
		return e;
	e = ch_public_post(&index, &c->watch, &c->talks, &hash, &c->why);
	if (e == CH_OK)
		say_done(c, p, &hash, index);
	else if (e == CH_E_NET)
		ch_out_warn("the %s is signed and on file here, and chancery sync posts it",
		    ch_kind_schema(p->u.s.kind)->name);
	return e;
}
