/*
 * A delivery record as files for a third party. Both sides write the same bytes, so that nobody can
 * hand out a record with something left away and call it the other's: see public.h for how.
 */
#include "public.h"

#include <stdio.h>
#include <string.h>

#include "colleagues.h"
#include "public_inner.h"

#define ARENA_MAX ((size_t)256 << 20)
#define MODE 0600

static const char readme[] =
    "The record of one delivery, to be checked by anyone to whom it is shown.\n"
    "\n"
    "    chancery-verify --trust trust.txt FOLDER\n"
    "\n"
    "It believes the keys in trust.txt. Compare them with what you know from elsewhere: whoever\n"
    "gave you this folder could have written other keys.\n"
    "\n"
    "    submission    the author's signed word that it sends this paper\n"
    "    registered    the registry's word that it holds it, and its key\n"
    "    receipt       the addressee's signed word that it takes delivery of it\n"
    "    handover      the registry's word that it handed over the key in return\n"
    "    keybox.age    that key, sealed: only the addressee's delegates can open it\n"
    "    cover         the lines an addressee sees before it signs: this folder tells them\n"
    "    ....proof     the place of each statement in the register\n"
    "\n"
    "A receipt accepts nothing and waives nothing. What the paper says is not here, unless there\n"
    "is a folder `paper`. All places are proven under one checkpoint, with the lines of the\n"
    "registry and of its own cosigner: both sides of the delivery can make this folder, byte for\n"
    "byte. The checkpoints that each side had seen before it signed stay in its own record.\n";

static const char readme_paper[] =
    "\nThe folder `paper` holds the paper in clear. Its holder shows it; that is no disclosure by\n"
    "its author. `paper/extract.txt` proves every line of it:\n"
    "\n    chancery-verify --trust trust.txt paper/extract.txt\n";

static const char drill[] =
    "\nEXERCISE. This is traffic of a drill: other type lines, other keys, another register.\n";

struct export {
	const char *dir;
	const struct ch_dossier *d;
	struct ch_watch *w;
	struct ch_problem *why;
	struct ch_arena arena;
	struct ch_parts parts;
	struct ch_buf under; /* the checkpoint */
	unsigned n;
};

/* ---- which parts ---- */

/* Checkpoints seen are each side's own; the one that dates a lapse is both sides'. */
static bool is_shared(const struct ch_dossier *d, ch_span name, bool paper)
{
	char lapse[40];
	struct ch_rd r = ch_rd_of(name);

	if (ch_span_eq(name, CH_LIT("key")))
		return paper; /* whoever has it and E can read the paper */
	if (!ch_rd_starts(&r, CH_LIT("checkpoint.")))
		return true;
	(void)snprintf(lapse, sizeof lapse, "checkpoint.%llu",
	    (unsigned long long)ch_dossier_lapse_size(d));
	return ch_span_eq(name, ch_span_str(lapse));
}

static ch_err take_parts(struct export *x, bool paper)
{
	ch_err e = ch_parts_begin(&x->parts, &x->arena);

	for (size_t i = 0; e == CH_OK && i < x->d->n; i++)
		if (is_shared(x->d, x->d->part[i].name, paper))
			e = ch_parts_add(&x->parts, x->d->part[i].name, x->d->part[i].bytes);
	return e;
}

/* ---- the checkpoint ---- */

static ch_err highest(uint64_t *index, const struct export *x)
{
	ch_err e = CH_OK;
	ch_proof proof;
	ch_span of;

	*index = 0;
	for (size_t i = 0; e == CH_OK && i < x->parts.n; i++) {
		if (!ch_part_proves(&of, x->parts.part[i].name))
			continue;
		e = ch_proof_parse(&proof, x->parts.part[i].bytes);
		if (e == CH_OK && proof.index > *index)
			*index = proof.index;
	}
	return e;
}

/* Which cosignature of the registry's own counts: the earliest, whatever came later. */
static size_t own_line(const struct export *x, const ch_note *note)
{
	uint64_t best = UINT64_MAX, time;
	size_t at = note->n;

	for (size_t i = 0; x->w->has_cosigner && i < note->n; i++)
		if (ch_cosignature_line_verify(&time, note, i, &x->w->cosigner) == CH_OK &&
		    time < best) {
			best = time;
			at = i;
		}
	return at;
}

/* The one form of the note: text, the registry's line, its cosigner's earliest line. */
static ch_err canonical(struct export *x, ch_span fetched)
{
	uint8_t room[CH_WATCH_NOTE_MAX / 4]; /* a text and two lines */
	struct ch_wr w = ch_wr_of(room, sizeof room);
	ch_checkpoint cp;
	ch_note note;
	size_t own;
	ch_err e = ch_checkpoint_open(&cp, &note, fetched, &x->w->vkey);

	if (e != CH_OK)
		return e;
	ch_note_put_text(&w, note.text);
	for (size_t i = 0; i < note.n; i++)
		if (ch_note_line_verify(&note, i, &x->w->vkey) == CH_OK) {
			ch_note_put_line(&w, &note.line[i]);
			break;
		}
	own = own_line(x, &note);
	if (own < note.n)
		ch_note_put_line(&w, &note.line[own]);
	e = ch_wr_done(&w);
	return e == CH_OK ? ch_buf_put(&x->under, ch_span_of(room, w.n)) : e;
}

/* What was taken first is kept: later exports of the same record are under it too. */
static ch_err choose(struct export *x)
{
	char path[CH_PATH_MAX];
	struct ch_buf note;
	uint64_t index;
	ch_err e = highest(&index, x);

	ch_buf_init(&x->under, CH_WATCH_NOTE_MAX);
	ch_buf_init(&note, CH_WATCH_NOTE_MAX);
	if (e == CH_OK)
		e = ch_path(path, "%s/export.%llu.txt", x->d->dir, (unsigned long long)index);
	if (e == CH_OK)
		e = ch_file_read(&x->under, path);
	if (e == CH_E_ABSENT) {
		e = ch_watch_bound(&note, x->w, index, x->why);
		if (e == CH_E_ABSENT)
			return ch_problem_set(x->why, e, "nobody has cosigned the register since "
			    "the "
			    "last step of %s; run chancery sync and export again", x->d->number);
		if (e == CH_OK)
			e = canonical(x, ch_buf_span(&note));
		if (e == CH_OK)
			e = ch_file_write(path, ch_buf_span(&x->under), 0600);
	}
	ch_buf_deinit(&note);
	return e;
}

/* ---- files ---- */

static ch_err put(struct export *x, const char *name, ch_span bytes)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/%s", x->dir, name);

	if (e == CH_OK)
		e = ch_file_write(path, bytes, MODE);
	x->n += e == CH_OK;
	if (e != CH_OK)
		ch_problem_set(x->why, e, "%s could not be written: %s; this folder is "
		    "not complete: remove it, and repeat", path, ch_err_text(e));
	return e;
}

static ch_err put_parts(struct export *x)
{
	char name[CH_PATH_MAX];
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < x->parts.n; i++) {
		const ch_part *p = &x->parts.part[i];
		bool age = ch_span_eq(p->name, CH_LIT("keybox"));

		e = ch_path(name, "%.*s.%s", (int)p->name.n, (const char *)p->name.p,
		    age ? "age" : "txt");
		if (e == CH_OK)
			e = put(x, name, p->bytes);
	}
	return e;
}

static ch_err put_texts(struct export *x, bool paper)
{
	struct ch_buf trust, text;
	ch_err e = ch_trust_file(&trust, x->d->talks);

	ch_buf_init(&text, sizeof readme + sizeof readme_paper + sizeof drill);
	if (e == CH_OK)
		e = ch_buf_str(&text, readme);
	if (e == CH_OK && paper)
		e = ch_buf_str(&text, readme_paper);
	if (e == CH_OK && x->d->home->exercise)
		e = ch_buf_str(&text, drill);
	if (e == CH_OK)
		e = put(x, "README.txt", ch_buf_span(&text));
	if (e == CH_OK)
		e = put(x, "trust.txt", ch_buf_span(&trust));
	ch_buf_deinit(&text);
	ch_buf_deinit(&trust);
	return e;
}

/* ---- the opened paper ---- */

static ch_err put_paper_txt(struct export *x, const struct ch_reading *r)
{
	uint8_t *room = ch_alloc(CH_PAPER_MAX);
	struct ch_wr w = ch_wr_of(room, room ? CH_PAPER_MAX : 0);
	ch_err e = room ? ch_paper_format(&w, &r->paper->head, r->paper->body) : CH_E_NOMEM;

	if (e == CH_OK)
		e = put(x, "paper/paper.txt", ch_wr_span(&w));
	ch_free(room, CH_PAPER_MAX);
	return e;
}

/* All leaves of it, with the receipt and the handover: an extract that hides nothing. */
static ch_err put_extract(struct export *x, const struct ch_reading *r)
{
	static const char *const names[] = { "receipt", "handover", "handover.proof", "registry" };
	ch_selection all = ch_selection_all(r->paper);
	uint8_t *room = ch_alloc(CH_PACK_MAX);
	struct ch_wr w = ch_wr_of(room, room ? CH_PACK_MAX : 0);
	struct ch_buf out = { 0 };
	struct ch_parts p;
	ch_err e = room ? ch_leaves_format(&w, r->paper, r->seeds, &all, r->work) : CH_E_NOMEM;

	if (e == CH_OK)
		e = ch_parts_begin(&p, &x->arena);
	if (e == CH_OK)
		e = ch_parts_add(&p, CH_LIT("paper"), r->cover.signature);
	if (e == CH_OK)
		e = ch_parts_add(&p, CH_LIT("leaves"), ch_wr_span(&w));
	for (size_t i = 0; e == CH_OK && i < CH_COUNT(names); i++)
		if (ch_dossier_part(x->d, names[i]).n)
			e = ch_parts_add(&p, ch_span_str(names[i]),
			    ch_dossier_part(x->d, names[i]));
	if (e == CH_OK)
		e = ch_parts_roster_of(&p, x->d->home, r->cover.signature);
	if (e == CH_OK && ch_dossier_part(x->d, "receipt").n)
		e = ch_parts_roster_of(&p, x->d->home, ch_dossier_part(x->d, "receipt"));
	if (e == CH_OK)
		e = ch_parts_renew(&p, x->w, ch_buf_span(&x->under), x->why);
	if (e == CH_OK)
		e = ch_parts_format(&out, &p, CH_PACK_EXTRACT, x->d->home->exercise);
	if (e == CH_OK)
		e = put(x, "paper/extract.txt", ch_buf_span(&out));
	ch_buf_deinit(&out);
	ch_free(room, CH_PACK_MAX);
	return e;
}

static ch_err put_paper(struct export *x)
{
	struct ch_reading *r = ch_alloc(sizeof *r);
	char dir[CH_PATH_MAX];
	ch_err e = r ? ch_path(dir, "%s/paper", x->dir) : CH_E_NOMEM;

	if (e == CH_OK)
		e = ch_dir_make(dir);
	if (e == CH_OK)
		e = ch_reading_open(r, x->d, dir, x->why);
	if (e == CH_OK)
		e = put_paper_txt(x, r);
	if (e == CH_OK)
		e = put_extract(x, r);
	if (e == CH_OK)
		x->n += r->paper->head.count[CH_H_ATTACHMENTS];
	if (r)
		ch_reading_close(r);
	ch_free(r, sizeof *r);
	return e;
}

/* ---- the whole ---- */

static ch_err check_folder(const char *dir, struct ch_problem *why)
{
	struct ch_dir d = { 0 };
	ch_err e = ch_dir_make(dir);

	if (e == CH_OK)
		e = ch_dir_list(&d, dir, 10);
	if (e == CH_E_LIMIT || (e == CH_OK && d.n > 0))
		e = ch_problem_set(why, CH_E_CONFLICT, "%s is not empty; nothing was written; "
		    "choose "
		    "a new folder", dir);
	ch_dir_deinit(&d);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s cannot be used as a folder: %s", dir, ch_err_text(e));
	return e;
}

/* Whether a caveat holds that word, between anything that is no letter. */
static bool caveat_has(ch_span caveat, ch_span word)
{
	struct ch_rd r = ch_rd_of(caveat);
	bool start = true;

	while (ch_rd_left(&r) > 0) {
		struct ch_rd at = r;
		uint8_t c;

		if (start && ch_rd_starts(&at, word)) {
			(void)ch_rd_take(&at, word.n);
			c = ch_rd_left(&at) ? ch_rd_u8(&at) : (uint8_t)' ';
			if (c < 'A' || c > 'Z')
				return true;
		}
		c = ch_rd_u8(&r);
		start = c < 'A' || c > 'Z';
	}
	return false;
}

static ch_err check_caveat(const struct ch_dossier *d, struct ch_problem *why)
{
	struct ch_buf text = { 0 };
	ch_cover *c = ch_alloc(sizeof *c);
	ch_err e = c ? ch_dossier_cover(c, &text, d, why) : CH_E_NOMEM;

	if (e == CH_OK && !d->ours && caveat_has(c->v[CH_H_CAVEAT], CH_LIT("ORCON")))
		e = ch_problem_set(why, CH_E_DENIED, "%s bears the caveat ORCON: its text goes "
		    "on only "
		    "with its author's consent; nothing was written; ask the author", d->number);
	ch_buf_deinit(&text);
	ch_free(c, sizeof *c);
	return e;
}

ch_err ch_export(unsigned *n_files, const char *dir, const struct ch_dossier *d,
    struct ch_watch *w, bool paper, struct ch_problem *why)
{
	struct export x = { .dir = dir, .d = d, .w = w, .why = why };
	ch_err e = paper ? ch_colleagues_must_hold(d, why) : CH_OK;

	if (e == CH_OK && paper)
		e = check_caveat(d, why);

	ch_arena_init(&x.arena, ARENA_MAX);
	if (e == CH_OK)
		e = take_parts(&x, paper);
	if (e == CH_OK)
		e = choose(&x);
	if (e == CH_OK)
		e = ch_parts_renew(&x.parts, w, ch_buf_span(&x.under), why);
	if (e == CH_OK)
		e = check_folder(dir, why);
	if (e == CH_OK)
		e = put_parts(&x);
	if (e == CH_OK)
		e = put_texts(&x, paper);
	if (e == CH_OK && paper)
		e = put_paper(&x);
	ch_buf_deinit(&x.under);
	ch_arena_deinit(&x.arena);
	*n_files = x.n;
	if (e != CH_OK)
		ch_problem_set(why, e, "the record of %s could not be exported (%s)", d->number,
		    ch_err_text(e));
	return e;
}
