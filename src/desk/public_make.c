/*
 * Making a public statement: choose leaves, sign, keep whole, post. The statement's folder appears
 * by one rename, before anything is sent; posting may then be repeated at will.
 */
#include "public.h"

#include <stdio.h>

#include "colleagues.h"
#include "dec.h"
#include "hex.h"
#include "public_inner.h"
#include "sign.h"

#define ARENA_MAX ((size_t)160 << 20)
#define VALS_MAX  ((size_t)64 << 10)
#define LEAVES_MAX CH_PACK_MAX

ch_err ch_utterance_begin(struct ch_utterance *u, struct ch_watch *w, const struct ch_talks *talks,
    ch_kind kind)
{
	uint8_t *room;

	*u = (struct ch_utterance){ .home = w->home, .watch = w, .talks = talks };
	u->s.kind = kind;
	u->s.exercise = w->home->exercise;
	ch_arena_init(&u->arena, ARENA_MAX);
	room = ch_arena_alloc(&u->arena, VALS_MAX);
	u->vals = ch_wr_of(room, room ? VALS_MAX : 0);
	return ch_arena_got(&u->arena, room);
}

void ch_utterance_end(struct ch_utterance *u)
{
	ch_arena_deinit(&u->arena);
	*u = (struct ch_utterance){ 0 };
}

/* ---- leaves ---- */

ch_selection ch_selection_all(const ch_paper *p)
{
	ch_selection s = { 0 };

	for (unsigned i = 0; i < CH_H_KEYS; i++)
		ch_selection_add(&s, CH_LEAF_HEAD, i);
	for (uint32_t i = 0; i < p->n_passages; i++)
		ch_selection_add(&s, CH_LEAF_PASSAGE, i);
	for (uint32_t i = 0; i < p->head.count[CH_H_INFO]; i++)
		ch_selection_add(&s, CH_LEAF_INFO, i);
	for (uint32_t i = 0; i < p->head.count[CH_H_POSITIONS]; i++)
		ch_selection_add(&s, CH_LEAF_POSITION, i);
	for (uint32_t i = 0; i < p->head.count[CH_H_ATTACHMENTS]; i++)
		ch_selection_add(&s, CH_LEAF_ATTACHMENT, i);
	return s;
}

/* What was written since `from`, as a span. */
static ch_span since(const struct ch_wr *w, size_t from)
{
	struct ch_rd r = ch_rd_of(ch_wr_span(w));

	(void)ch_rd_take(&r, from);
	return r.err == CH_OK ? ch_rd_rest(&r) : (ch_span){ 0 };
}

static ch_span put_keys(struct ch_wr *w, uint32_t head)
{
	size_t from = w->n;

	for (unsigned i = 0; i < CH_H_KEYS; i++) {
		if (!(head >> i & 1))
			continue;
		if (w->n > from)
			CH_WR_LIT(w, ",");
		ch_wr_str(w, ch_kind_schema(CH_K_PAPER_TEXT)->field[i].key);
	}
	return since(w, from);
}

static ch_span put_numbers(struct ch_wr *w, const ch_leaves *l, ch_leaf_kind kind)
{
	size_t from = w->n;
	struct ch_rd r = ch_rd_of(l->block);
	ch_leaf leaf;

	while (ch_leaves_next(&leaf, &r)) {
		if (leaf.kind != kind)
			continue;
		if (w->n > from)
			CH_WR_LIT(w, ",");
		ch_dec_put(w, leaf.index);
	}
	return since(w, from);
}

static void describe(struct ch_utterance *u)
{
	ch_stmt *s = &u->s;
	ch_hash d = u->reading->cover.d;

	if (s->kind == CH_K_CONFIRMATION) {
		s->v[CH_CONF_PAPER] = ch_val_put_hash(&u->vals, &d);
		s->v[CH_CONF_LEAVES] = put_keys(&u->vals, u->which.head);
		return;
	}
	s->v[CH_DISC_PAPER] = ch_val_put_hash(&u->vals, &d);
	s->v[CH_DISC_LEAVES] = put_keys(&u->vals, u->shown.shown.head);
	s->v[CH_DISC_PASSAGES] = put_numbers(&u->vals, &u->shown, CH_LEAF_PASSAGE);
	s->v[CH_DISC_ATTACHMENTS] = put_numbers(&u->vals, &u->shown, CH_LEAF_ATTACHMENT);
}

ch_err ch_utterance_leaves(struct ch_utterance *u, struct ch_problem *why)
{
	const struct ch_reading *r = u->reading;
	uint8_t *room = ch_alloc(LEAVES_MAX);
	struct ch_wr w = ch_wr_of(room, room ? LEAVES_MAX : 0);
	ch_err e = room ? ch_leaves_format(&w, r->paper, r->seeds, &u->which, r->work) : CH_E_NOMEM;

	if (e == CH_OK) {
		u->leaves = ch_arena_copy(&u->arena, ch_wr_span(&w));
		e = ch_arena_got(&u->arena, u->leaves.p);
	}
	ch_free(room, LEAVES_MAX);
	if (e == CH_OK)
		e = ch_leaves_verify(&u->shown, u->leaves, &r->cover.paper);
	if (e == CH_OK)
		describe(u);
	if (e == CH_OK)
		e = u->vals.err;
	if (e == CH_E_ABSENT)
		return ch_problem_set(why, e, "%s has no such passage or attachment: it has %u "
		    "passages and %u attachments; nothing was signed", u->d->number,
		    r->paper->n_passages, r->paper->head.count[CH_H_ATTACHMENTS]);
	if (e != CH_OK)
		ch_problem_set(why, e, "the chosen parts of %s do not fit into one public extract "
		    "(%s); nothing was signed", u->d->number, ch_err_text(e));
	return e;
}

/* ---- signing ---- */

/* The keys that every kind has: talks, party, roster, and at its end checkpoint and time. */
static ch_err fill(struct ch_utterance *u)
{
	unsigned n = ch_kind_schema(u->s.kind)->n;
	struct ch_roster_file *own = ch_arena_alloc(&u->arena, sizeof *own);
	int64_t now;
	ch_seen seen;
	ch_err e = ch_arena_got(&u->arena, own);

	if (e == CH_OK)
		e = ch_party_roster(own, u->home, ch_span_str(u->home->handle), 0, NULL);
	if (e != CH_OK)
		return e;
	ch_ref ref = { own->version, own->hash };
	ch_roster_file_deinit(own);
	e = ch_home_now(&now, u->home);
	u->s.v[CH_ANY_TALKS] = ch_span_str(u->talks->id_text);
	u->s.v[CH_ANY_PARTY] = ch_span_str(u->home->handle);
	u->s.v[CH_ANY_ROSTER] = ch_val_put_ref(&u->vals, &ref);
	if (ch_watch_seen(&seen, u->watch))
		u->s.v[n - 2] = ch_val_put_seen(&u->vals, &seen);
	u->s.v[n - 1] = ch_val_put_when(&u->vals, now);
	return e == CH_OK ? u->vals.err : e;
}

/* ---- the extract ---- */

static ch_err add_delivery(struct ch_parts *p, const struct ch_dossier *d)
{
	static const char *const names[] = { "receipt", "handover", "handover.proof" };
	ch_err e = CH_OK;

	if (ch_dossier_part(d, "handover").n == 0)
		return CH_OK; /* not delivered: a receipt alone counts for nothing */
	for (size_t i = 0; e == CH_OK && i < CH_COUNT(names); i++)
		e = ch_parts_add(p, ch_span_str(names[i]), ch_dossier_part(d, names[i]));
	return e;
}

static ch_err add_checkpoint(struct ch_parts *p, const struct ch_utterance *u)
{
	char name[40];
	ch_seen seen;

	if (!ch_watch_seen(&seen, u->watch))
		return CH_OK;
	(void)snprintf(name, sizeof name, "checkpoint.%llu", (unsigned long long)seen.size);
	return ch_parts_add(p, ch_span_str(name), ch_buf_span(&u->watch->note));
}

/* Everything but the statement's own proof, which does not exist yet. */
static ch_err compose(struct ch_buf *out, struct ch_utterance *u, ch_span note)
{
	struct ch_parts p;
	ch_err e = ch_parts_begin(&p, &u->arena);

	if (e == CH_OK && u->reading) {
		e = ch_parts_add(&p, CH_LIT("paper"), u->reading->cover.signature);
		if (e == CH_OK)
			e = ch_parts_add(&p, CH_LIT("leaves"), u->leaves);
		if (e == CH_OK)
			e = add_delivery(&p, u->d);
	}
	if (e == CH_OK)
		e = ch_parts_add(&p, ch_span_str(ch_kind_schema(u->s.kind)->name), note);
	if (e == CH_OK)
		e = ch_parts_card(&p, u->home, u->talks);
	if (e == CH_OK && u->reading)
		e = ch_parts_roster_of(&p, u->home, u->reading->cover.signature);
	if (e == CH_OK && u->reading && ch_dossier_part(u->d, "handover").n)
		e = ch_parts_roster_of(&p, u->home, ch_dossier_part(u->d, "receipt"));
	if (e == CH_OK)
		e = ch_parts_roster_of(&p, u->home, note);
	if (e == CH_OK)
		e = add_checkpoint(&p, u);
	return e == CH_OK ? ch_parts_format(out, &p, CH_PACK_EXTRACT, u->home->exercise) : e;
}

/* ---- keeping ---- */

/* The disclosed attachments, opened once more, straight into the folder. */
static ch_err keep_files(const struct ch_utterance *u, const char *stage, struct ch_problem *why)
{
	struct ch_reading *r = ch_alloc(sizeof *r);
	char dir[CH_PATH_MAX];
	ch_err e = r ? ch_path(dir, "%s/attachments", stage) : CH_E_NOMEM;

	if (e == CH_OK)
		e = ch_dir_make(dir);
	if (e == CH_OK) {
		e = ch_reading_open(r, u->d, dir, why);
		ch_reading_close(r);
	}
	ch_free(r, sizeof *r);
	return e;
}

static ch_err write_all(struct ch_utterance *u, const char *stage, ch_span note,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_buf extract = { 0 };
	ch_err e = ch_dir_make(stage);

	if (e == CH_OK)
		e = ch_path(path, "%s/%s.txt", stage, ch_kind_schema(u->s.kind)->name);
	if (e == CH_OK)
		e = ch_file_write(path, note, 0600);
	if (e == CH_OK)
		e = compose(&extract, u, note);
	if (e == CH_OK)
		e = ch_path(path, "%s/extract.txt", stage);
	if (e == CH_OK)
		e = ch_file_write(path, ch_buf_span(&extract), 0600);
	ch_buf_deinit(&extract);
	if (e == CH_OK && u->files)
		e = keep_files(u, stage, why);
	return e;
}

/* What was begun and not finished: opened attachments do not stay behind. */
static void drop(const char *stage)
{
	char dir[CH_PATH_MAX];
	ch_err e = ch_path(dir, "%s/attachments", stage);

	if (e == CH_OK)
		e = ch_dir_remove(dir);
	if (e == CH_OK)
		e = ch_dir_remove(stage);
	(void)e; /* the failure before is the one to tell */
}

ch_err ch_utterance_keep(ch_hash *out, struct ch_utterance *u, struct ch_problem *why)
{
	char final[CH_PATH_MAX], stage[CH_PATH_MAX] = "", mark[17] = "";
	struct ch_wr m = ch_wr_of(mark, 16);
	struct ch_buf note = { 0 };
	ch_note parsed;
	ch_err e = ch_colleagues_may(u->home, ch_kind_power(u->s.kind), why);

	if (e == CH_OK)
		e = fill(u);
	*out = (ch_hash){ 0 };
	if (e == CH_OK)
		e = ch_sign_stmt(&note, u->home, &u->s);
	if (e == CH_OK)
		e = ch_note_parse(&parsed, ch_buf_span(&note), CH_NOTE_TEXT_MAX);
	if (e == CH_OK) {
		ch_stmt_hash(out, parsed.text);
		ch_hex_put(&m, ch_span_of(out->b, 8));
		e = ch_public_path(final, u->home, u->talks, out, "");
	}
	if (e == CH_OK)
		e = ch_home_path(stage, u->home, "talks/%s/public/.new-%s", u->talks->name, mark);
	if (e == CH_OK)
		e = write_all(u, stage, ch_buf_span(&note), why);
	if (e == CH_OK)
		e = ch_file_rename(final, stage);
	ch_buf_deinit(&note);
	if (e != CH_OK && stage[0])
		drop(stage);
	if (e != CH_OK)
		ch_problem_set(why, e, "the %s could not be signed and kept (%s); nothing was "
		    "posted",
		    ch_kind_schema(u->s.kind)->name, ch_err_text(e));
	return e;
}
