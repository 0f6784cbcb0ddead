/*
 * The folder of one paper: see dossier.h. Loading reads every part anew and trusts none: what a
 * part proves, the judge says (delivery.h) under the keys that the charter pins.
 */
#include "dossier.h"

#include <stdio.h>

#include "colleagues.h"
#include "pack.h"
#include "value.h"
#include "watch.h"

#define TALKS_DIR_NAMES CH_DOSSIER_LIST_MAX

/* The parts that lie in the folder, in the order of the format. */
static const struct {
	const char *name;
	bool logged; /* `<name>.proof` may follow */
} own_parts[] = {
	{ "submission", false }, { "registered", true }, { "notice", true },
	{ "receipt", false }, { "handover", true }, { "keybox", false }, { "decline", false },
	{ "take-back", false }, { "ended", true }, { "opened", true }, { "defect", true },
	{ "key-missing", true },
};

ch_err ch_dossier_number(char out[CH_NUMBER_MAX + 1], ch_span name)
{
	ch_number parts;
	unsigned dashes = 0, slashes = 0;

	memset(out, 0, CH_NUMBER_MAX + 1);
	if (name.n == 0 || name.n > CH_NUMBER_MAX)
		return CH_E_FORMAT;
	for (size_t i = 0; i < name.n; i++)
		slashes += name.p[i] == '/';
	for (size_t i = 0; i < name.n; i++) {
		out[i] = (char)name.p[i];
		if (slashes == 0 && out[i] == '-' && dashes++ > 0)
			out[i] = '/'; /* the first dash joins the two codes */
	}
	if (ch_number_parse(&parts, ch_span_str(out)) == CH_OK)
		return CH_OK;
	memset(out, 0, CH_NUMBER_MAX + 1);
	return CH_E_FORMAT;
}

ch_err ch_dossier_file(char out[CH_PATH_MAX], const struct ch_dossier *d, const char *name)
{
	return ch_path(out, "%s/%s%s", d->dir, name,
	    strcmp(name, "keybox") == 0 ? ".age" : ".txt");
}

/* ---- loading ---- */

/* Read a file into the arena. ABSENT is an answer, not a failure. */
static ch_err slurp(ch_span *out, struct ch_dossier *d, const char *path)
{
	struct ch_buf b;

	*out = (ch_span){ 0 };
	ch_buf_init(&b, CH_PACK_MAX);
	ch_err e = ch_file_read(&b, path);
	if (e == CH_OK) {
		*out = ch_arena_copy(&d->arena, ch_buf_span(&b));
		e = ch_arena_got(&d->arena, out->p);
	}
	ch_buf_deinit(&b);
	return e;
}

static ch_err add(struct ch_dossier *d, const char *name, ch_span bytes)
{
	if (d->n == CH_PACK_PARTS_MAX)
		return CH_E_LIMIT;
	ch_span copy = ch_arena_copy(&d->arena, ch_span_str(name));
	if (!copy.p)
		return d->arena.err;
	d->part[d->n++] = (ch_part){ copy, bytes };
	return CH_OK;
}

static ch_err add_copy(struct ch_dossier *d, const char *name, ch_span bytes)
{
	ch_span copy = ch_arena_copy(&d->arena, bytes);

	return copy.p ? add(d, name, copy) : d->arena.err;
}

/* A file, if it is there. */
static ch_err add_file(struct ch_dossier *d, const char *name, const char *path)
{
	ch_span bytes;
	ch_err e = slurp(&bytes, d, path);

	if (e == CH_E_ABSENT)
		return CH_OK;
	return e == CH_OK ? add(d, name, bytes) : e;
}

static ch_err add_charter(struct ch_dossier *d)
{
	char path[CH_PATH_MAX];
	ch_item reg;
	ch_err e = add_copy(d, "charter", ch_buf_span(&d->talks->bytes));

	if (e == CH_OK)
		e = ch_home_path(path, d->home, "talks/%s/charter.proof.txt", d->talks->name);
	if (e == CH_OK)
		e = add_file(d, "charter.proof", path);
	if (e == CH_OK)
		e = ch_talks_registry(&reg, d->talks);
	if (e == CH_OK)
		e = ch_home_path(path, d->home, "registries/%.*s/registry.txt",
		    (int)reg.v[CH_CR_ORIGIN].n, (const char *)reg.v[CH_CR_ORIGIN].p);
	return e == CH_OK ? add_file(d, "registry", path) : e;
}

/* Whom the charter pins: that is whom this home trusts in these talks. */
static ch_err set_trust(struct ch_dossier *d)
{
	ch_trust *t = ch_arena_alloc(&d->arena, sizeof *t);
	const ch_stmt *c = &d->talks->charter;
	ch_item it;
	ch_err e = ch_arena_got(&d->arena, t);

	for (uint32_t i = 0; e == CH_OK && i < c->count[CH_CHARTER_PARTIES]; i++) {
		ch_trust_party *p = &t->party[t->n_parties++];

		e = ch_stmt_item(&it, c, CH_CHARTER_PARTIES, i);
		p->handle = it.v[CH_CP_HANDLE];
		if (e == CH_OK)
			e = ch_vkey_parse(&p->key, it.v[CH_CP_KEY]);
	}
	for (uint32_t i = 0; e == CH_OK && i < c->count[CH_CHARTER_REGISTRIES]; i++) {
		e = ch_stmt_item(&it, c, CH_CHARTER_REGISTRIES, i);
		if (e == CH_OK)
			e = ch_vkey_parse(&t->registry[t->n_registries++], it.v[CH_CR_VKEY]);
	}
	d->trust = t;
	return e;
}

/* ---- rosters ---- */

/* Which rosters the record needs: a small set, in order. */
struct want {
	size_t n;
	struct {
		ch_span handle;
		uint64_t version;
	} v[CH_PACK_PARTS_MAX / 3];
};

static void want_add(struct want *w, ch_span handle, uint64_t version)
{
	size_t at = 0;

	while (at < w->n && (ch_span_cmp(w->v[at].handle, handle) < 0 ||
	    (ch_span_eq(w->v[at].handle, handle) && w->v[at].version < version)))
		at++;
	if (at < w->n && ch_span_eq(w->v[at].handle, handle) && w->v[at].version == version)
		return;
	if (w->n == CH_COUNT(w->v))
		return; /* the judge then says that one is not at hand */
	for (size_t i = w->n++; i > at; i--)
		w->v[i] = w->v[i - 1];
	w->v[at].handle = handle;
	w->v[at].version = version;
}

/* The rosters that a statement of a party names. */
static void want_of(struct want *w, ch_span note_bytes)
{
	ch_note note;
	ch_stmt s;

	if (ch_note_parse(&note, note_bytes, CH_NOTE_TEXT_MAX) != CH_OK ||
	    ch_stmt_parse(&s, note.text) != CH_OK)
		return;
	if (s.kind == CH_K_SUBMISSION)
		want_add(w, s.v[CH_L_ADDRESSEE], ch_val_ref(s.v[CH_L_ADDRESSEE_ROSTER]).n);
	if (s.kind == CH_K_SUBMISSION || (s.kind >= CH_K_RECEIPT && s.kind <= CH_K_KEY_MISSING))
		want_add(w, s.v[CH_ANY_PARTY], ch_val_ref(s.v[CH_ANY_ROSTER]).n);
}

static ch_err add_roster(struct ch_dossier *d, ch_span handle, uint64_t version)
{
	struct ch_roster_file *r = ch_arena_alloc(&d->arena, sizeof *r);
	struct ch_buf proof;
	char name[CH_HANDLE_MAX + 40];

	if (!r)
		return d->arena.err;
	ch_buf_init(&proof, CH_WATCH_PROOF_MAX);
	ch_err e = ch_party_roster(r, d->home, handle, version, NULL);
	if (e == CH_E_ABSENT)
		return CH_OK;
	(void)snprintf(name, sizeof name, "roster.%.*s.%llu", (int)handle.n,
	    (const char *)handle.p, (unsigned long long)version);
	if (e == CH_OK)
		e = add_copy(d, name, ch_buf_span(&r->bytes));
	if (e == CH_OK && ch_party_roster_proof(&proof, d->home, handle, version) == CH_OK) {
		(void)snprintf(name, sizeof name, "roster.%.*s.%llu.proof", (int)handle.n,
		    (const char *)handle.p, (unsigned long long)version);
		e = add_copy(d, name, ch_buf_span(&proof));
	}
	ch_buf_deinit(&proof);
	ch_roster_file_deinit(r);
	return e;
}

static ch_err add_rosters(struct ch_dossier *d, const ch_part *own, size_t n_own)
{
	struct want w = { 0 };
	const ch_stmt *c = &d->talks->charter;
	ch_item it;
	ch_err e = CH_OK;

	for (uint32_t i = 0; e == CH_OK && i < c->count[CH_CHARTER_PARTIES]; i++) {
		e = ch_stmt_item(&it, c, CH_CHARTER_PARTIES, i);
		if (e == CH_OK)
			want_add(&w, it.v[CH_CP_HANDLE], ch_val_ref(it.v[CH_CP_ROSTER]).n);
	}
	for (size_t i = 0; i < n_own; i++)
		want_of(&w, own[i].bytes);
	for (size_t i = 0; e == CH_OK && i < w.n; i++)
		e = add_roster(d, w.v[i].handle, w.v[i].version);
	return e;
}

/* ---- the folder ---- */

/* One part of the folder: the file, else what came with this name from outside. */
static ch_err own_part(ch_span *bytes, struct ch_dossier *d, const char *name,
    const ch_part *more, size_t n_more)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_dossier_file(path, d, name);

	if (e == CH_OK)
		e = slurp(bytes, d, path);
	if (e != CH_E_ABSENT)
		return e;
	const ch_part *p = ch_pack_find(more, n_more, ch_span_str(name));
	if (!p)
		return CH_E_ABSENT;
	*bytes = ch_arena_copy(&d->arena, p->bytes);
	return ch_arena_got(&d->arena, bytes->p);
}

static ch_err read_own(struct ch_dossier *d, ch_part *own, size_t *n_own, const ch_part *more,
    size_t n_more)
{
	char name[40];
	ch_err e = CH_OK;

	*n_own = 0;
	for (size_t i = 0; e == CH_OK && i < CH_COUNT(own_parts); i++) {
		for (unsigned proof = 0; e == CH_OK &&
		    proof <= (own_parts[i].logged ? 1u : 0u); proof++) {
			ch_span bytes;

			(void)snprintf(name, sizeof name, "%s%s", own_parts[i].name,
			    proof ? ".proof" : "");
			e = own_part(&bytes, d, name, more, n_more);
			if (e == CH_OK) {
				ch_span copy = ch_arena_copy(&d->arena, ch_span_str(name));

				e = ch_arena_got(&d->arena, copy.p);
				own[(*n_own)++] = (ch_part){ copy, bytes };
			} else if (e == CH_E_ABSENT) {
				e = CH_OK;
			}
		}
	}
	return e;
}

/* `checkpoint.<size>.txt`, in the order of the listing. The one that dates a lapse may come from
 * outside: it wins, its hash stands in `ended`. */
static ch_err add_checkpoints(struct ch_dossier *d, const ch_part *more, size_t n_more)
{
	struct ch_dir dir;
	char path[CH_PATH_MAX], name[40];
	ch_err e = ch_dir_list(&dir, d->dir, 4096);

	for (size_t i = 0; e == CH_OK && i < dir.n; i++) {
		size_t n = strlen(dir.names[i]);

		if (strncmp(dir.names[i], "checkpoint.", 11) != 0 || n < 16 || n > 39 ||
		    strcmp(&dir.names[i][n - 4], ".txt") != 0)
			continue;
		(void)snprintf(name, sizeof name, "%.*s", (int)(n - 4), dir.names[i]);
		if (ch_pack_find(more, n_more, ch_span_str(name)))
			continue;
		e = ch_path(path, "%s/%s", d->dir, dir.names[i]);
		if (e == CH_OK)
			e = add_file(d, name, path);
	}
	ch_dir_deinit(&dir);
	for (size_t i = 0; e == CH_OK && i < n_more; i++) {
		struct ch_rd r = ch_rd_of(more[i].name);

		if (!ch_rd_starts(&r, CH_LIT("checkpoint.")))
			continue;
		(void)snprintf(name, sizeof name, "%.*s", (int)more[i].name.n,
		    (const char *)more[i].name.p);
		e = add_copy(d, name, more[i].bytes);
	}
	return e;
}

/* The submission, parsed, with its hash. */
static ch_err set_submission(struct ch_dossier *d)
{
	ch_span bytes = ch_dossier_part(d, "submission");
	ch_stmt *l = ch_arena_alloc(&d->arena, sizeof *l);
	ch_note note;

	if (bytes.n == 0)
		return CH_OK;
	ch_err e = ch_arena_got(&d->arena, l);
	if (e == CH_OK)
		e = ch_note_parse(&note, bytes, CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_stmt_parse_as(l, note.text, CH_K_SUBMISSION, d->home->exercise);
	if (e != CH_OK)
		return e;
	ch_stmt_hash(&d->l_hash, note.text);
	d->l = l;
	d->ours = ch_span_eq(l->v[CH_ANY_PARTY], ch_span_str(d->home->handle));
	d->hold = ch_colleagues_hold(d);
	return CH_OK;
}

/* The author's K, once the addressee signed that it is missing: the receipt counts only with it.
 * It stays in this home, but for an export with the paper. */
static ch_err add_key(struct ch_dossier *d)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e;

	if (!d->home->unlocked || !d->ours || ch_dossier_part(d, "key-missing").n == 0)
		return CH_OK;
	ch_buf_init(&b, 1024);
	e = ch_path(path, "%s/key.age", d->dir);
	if (e == CH_OK)
		e = ch_home_unseal(&b, d->home, path);
	if (e == CH_OK) {
		ch_span text = ch_buf_span(&b);
		struct ch_rd r = ch_rd_of(text);

		(void)ch_rd_line1(&r);
		e = r.err == CH_OK ? add_copy(d, "key", ch_span_of(text.p, text.n -
		    ch_rd_left(&r))) : r.err;
	} else if (e == CH_E_ABSENT) {
		e = CH_OK;
	}
	ch_buf_deinit(&b);
	return e;
}

static ch_err add_cover(struct ch_dossier *d)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e;

	if (!d->home->unlocked || d->n == CH_PACK_PARTS_MAX)
		return CH_OK;
	ch_buf_init(&b, CH_COVER_MAX);
	e = ch_path(path, "%s/cover.age", d->dir);
	if (e == CH_OK)
		e = ch_home_unseal(&b, d->home, path);
	if (e == CH_OK)
		e = add_copy(d, "cover", ch_buf_span(&b));
	else if (e == CH_E_ABSENT)
		e = CH_OK;
	ch_buf_deinit(&b);
	return e;
}

static ch_err load(struct ch_dossier *d, const ch_part *more, size_t n_more)
{
	size_t n_own = 0;
	ch_part *own;
	ch_err e;

	ch_arena_reset(&d->arena);
	d->n = 0;
	d->l = NULL;
	d->hold = CH_HOLD_WHOLE;
	d->l_hash = (ch_hash){ 0 };
	d->part = ch_arena_alloc(&d->arena, CH_PACK_PARTS_MAX * sizeof *d->part);
	own = ch_arena_alloc(&d->arena, 2 * CH_COUNT(own_parts) * sizeof *own);
	if (!d->part || !own)
		return d->arena.err;
	if ((e = set_trust(d)) != CH_OK || (e = add_charter(d)) != CH_OK ||
	    (e = read_own(d, own, &n_own, more, n_more)) != CH_OK ||
	    (e = add_rosters(d, own, n_own)) != CH_OK)
		return e;
	for (size_t i = 0; e == CH_OK && i < n_own; i++) {
		if (d->n == CH_PACK_PARTS_MAX)
			return CH_E_LIMIT;
		d->part[d->n++] = own[i];
	}
	if ((e = set_submission(d)) != CH_OK || (e = add_key(d)) != CH_OK ||
	    (e = add_cover(d)) != CH_OK)
		return e;
	return add_checkpoints(d, more, n_more);
}

bool ch_dossier_is_part(ch_span name)
{
	char proof[40];

	for (size_t i = 0; i < CH_COUNT(own_parts); i++) {
		(void)snprintf(proof, sizeof proof, "%s.proof", own_parts[i].name);
		if (ch_span_eq(name, ch_span_str(own_parts[i].name)) ||
		    (own_parts[i].logged && ch_span_eq(name, ch_span_str(proof))))
			return true;
	}
	return false;
}

ch_err ch_dossier_load(struct ch_dossier *d, struct ch_problem *why)
{
	return ch_dossier_load_with(d, NULL, 0, why);
}

ch_err ch_dossier_load_with(struct ch_dossier *d, const ch_part *more, size_t n_more,
    struct ch_problem *why)
{
	ch_err e = load(d, more, n_more);

	if (e == CH_OK)
		return CH_OK;
	d->n = 0;
	d->l = NULL;
	return ch_problem_set(why, e, "the folder %s could not be read (%s); nothing was changed",
	    d->dir, ch_err_text(e));
}

static ch_err begin(struct ch_dossier *d, const struct ch_home *home,
    const struct ch_talks *talks, ch_span number, struct ch_problem *why)
{
	*d = (struct ch_dossier){ .home = home, .talks = talks };
	ch_arena_init(&d->arena, CH_DOSSIER_MAX);
	if (ch_dossier_number(d->number, number) != CH_OK)
		return ch_problem_about(why, CH_E_FORMAT, "“", number,
		    "” is no number of a paper; one looks like ALPHA-BRAVO/2026/0001");
	return ch_talks_paper_dir(d->dir, home, talks, ch_span_str(d->number));
}

ch_err ch_dossier_glance(struct ch_dossier *d, const struct ch_home *home,
    const struct ch_talks *talks, ch_span number)
{
	static const char *const names[] = { "submission", "registered", "handover", "keybox",
		"ended" };
	char path[CH_PATH_MAX];
	ch_span bytes;
	ch_err e = begin(d, home, talks, number, NULL);

	if (e == CH_OK)
		d->part = ch_arena_alloc(&d->arena, CH_COUNT(names) * sizeof *d->part);
	if (e == CH_OK)
		e = ch_arena_got(&d->arena, d->part);
	for (size_t i = 0; e == CH_OK && i < CH_COUNT(names); i++) {
		e = ch_dossier_file(path, d, names[i]);
		if (e == CH_OK)
			e = slurp(&bytes, d, path);
		if (e == CH_OK)
			e = add(d, names[i], bytes);
		else if (e == CH_E_ABSENT && i > 0)
			e = CH_OK;
	}
	return e == CH_OK ? set_submission(d) : e;
}

ch_err ch_dossier_open(struct ch_dossier *d, const struct ch_home *home,
    const struct ch_talks *talks, ch_span number, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	uint64_t size;
	ch_err e = begin(d, home, talks, number, why);

	if (e == CH_OK)
		e = ch_dossier_file(path, d, "submission");
	if (e == CH_OK)
		e = ch_file_size(&size, path);
	if (e == CH_E_ABSENT)
		ch_problem_set(why, e, "there is no paper %s in these talks here; run chancery "
		    "sync, or see chancery inbox and chancery outbox", d->number);
	if (e == CH_OK)
		e = ch_dossier_load(d, why);
	if (e == CH_OK)
		return CH_OK;
	ch_dossier_close(d);
	return e;
}

ch_err ch_dossier_make(struct ch_dossier *d, const struct ch_home *home,
    const struct ch_talks *talks, ch_span number, struct ch_problem *why)
{
	ch_err e = begin(d, home, talks, number, why);

	if (e == CH_OK)
		e = ch_dir_make(d->dir);
	if (e == CH_OK)
		e = ch_dossier_load(d, why);
	if (e == CH_OK)
		return CH_OK;
	ch_problem_set(why, e, "the folder of %s could not be made: %s", d->number,
	    ch_err_text(e));
	ch_dossier_close(d);
	return e;
}

void ch_dossier_close(struct ch_dossier *d)
{
	ch_arena_deinit(&d->arena);
	*d = (struct ch_dossier){ 0 };
}

/* ---- asking ---- */

ch_span ch_dossier_part(const struct ch_dossier *d, const char *name)
{
	const ch_part *p = ch_pack_find(d->part, d->n, ch_span_str(name));

	return p ? p->bytes : (ch_span){ 0 };
}

ch_evidence ch_dossier_evidence(const struct ch_dossier *d)
{
	return (ch_evidence){ d->part, d->n, d->home->exercise, d->trust };
}

ch_err ch_dossier_judge(ch_delivery *out, const struct ch_dossier *d, struct ch_problem *why)
{
	struct ch_delivery_work *work = ch_alloc(sizeof *work);
	struct ch_diag diag = { 0 };
	ch_evidence ev = ch_dossier_evidence(d);
	ch_err e = work ? ch_delivery_judge(out, work, &ev, &diag) : CH_E_NOMEM;

	ch_free(work, sizeof *work);
	if (e != CH_OK)
		ch_problem_set(why, e, "the record of %s cannot be judged (%s); see %s", d->number,
		    diag.what ? diag.what : ch_err_text(e), d->dir);
	return e;
}

ch_err ch_dossier_cover(ch_cover *out, struct ch_buf *text, const struct ch_dossier *d,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/cover.age", d->dir);

	*out = (ch_cover){ 0 };
	ch_buf_init(text, CH_COVER_MAX);
	if (e == CH_OK)
		e = ch_home_unseal(text, d->home, path);
	if (e == CH_OK)
		e = ch_cover_parse(out, ch_buf_span(text), d->home->exercise);
	if (e == CH_OK && d->l)
		e = ch_cover_check(out, d->l, (ch_span){ 0 }, (ch_span){ 0 });
	if (e == CH_OK)
		return CH_OK;
	*out = (ch_cover){ 0 };
	return ch_problem_set(why, e, "the cover of %s cannot be shown (%s); see %s", d->number,
	    ch_err_text(e), path);
}
