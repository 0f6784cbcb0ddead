/*
 * Public extracts as files: parts in the order of doc/formats/extract.md, and proofs made anew, so
 * that one checkpoint can order everything in a folder.
 */
#include "public.h"

#include <stdio.h>

#include "pack_buf.h"
#include "public_inner.h"

#define PROOFS_MAX 40

/* ---- parts ---- */

ch_err ch_parts_add(struct ch_parts *p, ch_span name, ch_span bytes)
{
	if (p->n == CH_PACK_PARTS_MAX)
		return CH_E_LIMIT;
	if (ch_pack_find(p->part, p->n, name))
		return CH_OK;
	p->part[p->n].name = ch_arena_copy(p->arena, name);
	p->part[p->n].bytes = ch_arena_copy(p->arena, bytes);
	if (!p->part[p->n].name.p || !p->part[p->n].bytes.p)
		return p->arena->err;
	p->n++;
	return CH_OK;
}

ch_err ch_parts_begin(struct ch_parts *p, struct ch_arena *a)
{
	*p = (struct ch_parts){ .arena = a };
	p->part = ch_arena_alloc(a, CH_PACK_PARTS_MAX * sizeof *p->part);
	return ch_arena_got(a, p->part);
}

/* A roster and its proof, once. */
static ch_err add_roster(struct ch_parts *p, const struct ch_home *home, ch_span party,
    uint64_t version)
{
	struct ch_roster_file *r = ch_arena_alloc(p->arena, sizeof *r);
	struct ch_buf proof;
	char name[CH_HANDLE_MAX + 40];
	ch_err e = ch_arena_got(p->arena, r);

	if (e == CH_OK)
		e = ch_party_roster(r, home, party, version, NULL);
	if (e != CH_OK)
		return e;
	ch_buf_init(&proof, CH_WATCH_PROOF_MAX);
	(void)snprintf(name, sizeof name, "roster.%.*s.%llu", (int)party.n, (const char *)party.p,
	    (unsigned long long)version);
	e = ch_parts_add(p, ch_span_str(name), ch_buf_span(&r->bytes));
	if (e == CH_OK && ch_party_roster_proof(&proof, home, party, version) == CH_OK) {
		(void)snprintf(name, sizeof name, "roster.%.*s.%llu.proof", (int)party.n,
		    (const char *)party.p, (unsigned long long)version);
		e = ch_parts_add(p, ch_span_str(name), ch_buf_span(&proof));
	}
	ch_buf_deinit(&proof);
	ch_roster_file_deinit(r);
	return e;
}

ch_err ch_parts_roster_of(struct ch_parts *p, const struct ch_home *home, ch_span note_bytes)
{
	ch_note note;
	ch_stmt s;
	ch_err e = ch_note_parse(&note, note_bytes, CH_NOTE_TEXT_MAX);

	if (e == CH_OK)
		e = ch_stmt_parse(&s, note.text);
	if (e != CH_OK)
		return e;
	return add_roster(p, home, s.v[CH_ANY_PARTY], ch_val_ref(s.v[CH_ANY_ROSTER]).n);
}

ch_err ch_parts_card(struct ch_parts *p, const struct ch_home *home, const struct ch_talks *talks)
{
	struct ch_buf card;
	ch_item reg;
	ch_err e = ch_talks_registry(&reg, talks);

	ch_buf_init(&card, CH_WATCH_NOTE_MAX);
	if (e == CH_OK)
		e = ch_watch_card_file(&card, home, reg.v[CH_CR_ORIGIN]);
	if (e == CH_OK)
		e = ch_parts_add(p, CH_LIT("registry"), ch_buf_span(&card));
	ch_buf_deinit(&card);
	return e;
}

ch_err ch_parts_format(struct ch_buf *out, const struct ch_parts *p, ch_pack_kind kind,
    bool exercise)
{
	ch_buf_init(out, CH_PACK_MAX);
	return ch_pack_put(out, p->part, p->n, kind, exercise);
}

/* ---- proofs anew ---- */

ch_err ch_proof_anew(struct ch_buf *out, struct ch_watch *w, ch_span note_bytes, ch_span old,
    ch_span under, struct ch_problem *why)
{
	ch_note note;
	ch_proof proof;
	ch_salt salt;
	size_t n = 0;
	ch_err e = ch_note_parse(&note, note_bytes, CH_NOTE_TEXT_MAX_ROSTER);

	ch_buf_init(out, CH_WATCH_PROOF_MAX);
	if (e == CH_OK)
		e = ch_proof_parse(&proof, old);
	if (e == CH_OK)
		e = ch_proof_extra(salt.b, &n, sizeof salt.b, &proof);
	if (e == CH_OK && n != sizeof salt.b)
		e = CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_watch_prove(out, w, note.text, &salt, proof.index, under, why);
	return e;
}

bool ch_part_proves(ch_span *of, ch_span name)
{
	struct ch_rd r = ch_rd_of(name);

	*of = (ch_span){ 0 };
	if (name.n <= 6)
		return false;
	*of = ch_rd_take(&r, name.n - 6);
	return ch_span_eq(ch_rd_rest(&r), CH_LIT(".proof"));
}

ch_err ch_parts_renew(struct ch_parts *p, struct ch_watch *w, ch_span under,
    struct ch_problem *why)
{
	struct ch_buf proof = { 0 };
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < p->n; i++) {
		ch_span of;
		const ch_part *proven;

		if (!ch_part_proves(&of, p->part[i].name))
			continue;
		proven = ch_pack_find(p->part, p->n, of);
		e = proven ? ch_proof_anew(&proof, w, proven->bytes, p->part[i].bytes, under, why) :
		    CH_E_FORMAT;
		if (e == CH_OK) {
			p->part[i].bytes = ch_arena_copy(p->arena, ch_buf_span(&proof));
			e = ch_arena_got(p->arena, p->part[i].bytes.p);
		}
		ch_buf_deinit(&proof);
	}
	return e;
}

/* ---- the extract of an item ---- */

/* The parts of extract.txt; the item's own proof is the one on file. */
static ch_err take_parts(struct ch_parts *p, const ch_public_item *it, ch_span file, bool exercise)
{
	ch_part *part = ch_arena_alloc(p->arena, CH_PACK_PARTS_MAX * sizeof *part);
	const char *name = ch_kind_schema(it->kind)->name;
	char proof[40];
	size_t n = 0;
	ch_err e = part ? ch_pack_parse(part, &n, CH_PACK_PARTS_MAX, file, CH_PACK_EXTRACT,
	    exercise) : p->arena->err;

	(void)snprintf(proof, sizeof proof, "%s.proof", name);
	for (size_t i = 0; e == CH_OK && i < n; i++) {
		if (ch_span_eq(part[i].name, ch_span_str(proof)))
			continue;
		e = ch_parts_add(p, part[i].name, part[i].bytes);
		if (e == CH_OK && it->proof.n && ch_span_eq(part[i].name, ch_span_str(name)))
			e = ch_parts_add(p, ch_span_str(proof), it->proof);
	}
	return e;
}

/* Without a file: the statement, the registry's card and the roster it is judged by. */
static ch_err bare_parts(struct ch_parts *p, const ch_public_item *it, const struct ch_home *home,
    const struct ch_talks *talks)
{
	const char *name = ch_kind_schema(it->kind)->name;
	char proof[40];
	ch_err e = ch_parts_add(p, ch_span_str(name), it->note);

	(void)snprintf(proof, sizeof proof, "%s.proof", name);
	if (e == CH_OK && it->proof.n)
		e = ch_parts_add(p, ch_span_str(proof), it->proof);
	if (e == CH_OK)
		e = ch_parts_card(p, home, talks);
	return e == CH_OK ? ch_parts_roster_of(p, home, it->note) : e;
}

ch_err ch_public_extract(struct ch_buf *out, const ch_public_item *it, struct ch_watch *w,
    const struct ch_talks *talks, ch_span under, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_arena a;
	struct ch_parts p;
	struct ch_buf file;
	ch_err e;

	ch_arena_init(&a, 4 * CH_PACK_MAX);
	ch_buf_init(&file, CH_PACK_MAX);
	ch_buf_init(out, CH_PACK_MAX);
	e = ch_parts_begin(&p, &a);
	if (e == CH_OK)
		e = ch_path(path, "%s/extract.txt", it->dir);
	if (e == CH_OK)
		e = ch_file_read(&file, path);
	if (e == CH_OK)
		e = take_parts(&p, it, ch_buf_span(&file), w->home->exercise);
	else if (e == CH_E_ABSENT)
		e = bare_parts(&p, it, w->home, talks);
	if (e == CH_OK && under.n)
		e = ch_parts_renew(&p, w, under, why);
	if (e == CH_OK)
		e = ch_parts_format(out, &p, CH_PACK_EXTRACT, w->home->exercise);
	ch_buf_deinit(&file);
	ch_arena_deinit(&a);
	if (e != CH_OK)
		ch_problem_set(why, e, "the extract in %s could not be made (%s); nothing was "
		    "changed",
		    it->dir, ch_err_text(e));
	return e;
}
