/* Public statements on file: see public.h. What is on file was verified before it was kept. */
#include "public.h"

#include <stdio.h>
#include <stdlib.h>

#include "hex.h"

#define ARENA_MAX ((size_t)1 << 30)
#define TRUST_MAX ((size_t)65536)

static const ch_kind public_kinds[] = {
	CH_K_CONFIRMATION, CH_K_DISCLOSURE, CH_K_STATEMENT, CH_K_CONTESTATION,
};

bool ch_kind_is_public(ch_kind k)
{
	for (size_t i = 0; i < CH_COUNT(public_kinds); i++)
		if (public_kinds[i] == k)
			return true;
	return false;
}

ch_err ch_public_path(char out[CH_PATH_MAX], const struct ch_home *home,
    const struct ch_talks *talks, const ch_hash *hash, const char *name)
{
	char hex[65] = "";
	struct ch_wr w = ch_wr_of(hex, 64);

	ch_hex_put(&w, ch_span_of(hash->b, sizeof hash->b));
	return ch_home_path(out, home, "talks/%s/public/%s%s%s", talks->name, hex,
	    name[0] ? "/" : "", name);
}

/* ---- trust ---- */

ch_err ch_trust_file(struct ch_buf *out, const struct ch_talks *talks)
{
	const ch_stmt *c = &talks->charter;
	uint8_t *at;
	struct ch_wr w;
	ch_item it;
	ch_vkey key;
	ch_err e;

	ch_buf_init(out, TRUST_MAX);
	e = ch_buf_reserve(&at, out, TRUST_MAX);
	w = ch_wr_of(at, e == CH_OK ? TRUST_MAX : 0);
	CH_WR_LIT(&w, "# The keys that the charter of these talks pins. Compare them with what you "
	    "know\n# from elsewhere: whoever gave you this file could have written others.\n");
	for (uint32_t i = 0; e == CH_OK && i < c->count[CH_CHARTER_REGISTRIES]; i++) {
		e = ch_stmt_item(&it, c, CH_CHARTER_REGISTRIES, i);
		if (e == CH_OK)
			e = ch_vkey_parse(&key, it.v[CH_CR_VKEY]);
		if (e == CH_OK)
			ch_trust_put_registry(&w, &key);
	}
	for (uint32_t i = 0; e == CH_OK && i < c->count[CH_CHARTER_PARTIES]; i++) {
		e = ch_stmt_item(&it, c, CH_CHARTER_PARTIES, i);
		if (e == CH_OK)
			e = ch_vkey_parse(&key, it.v[CH_CP_KEY]);
		if (e == CH_OK)
			ch_trust_put_party(&w, it.v[CH_CP_HANDLE], &key);
	}
	if (e == CH_OK)
		e = ch_wr_done(&w);
	if (e == CH_OK)
		ch_buf_commit(out, w.n);
	return e;
}

ch_err ch_public_trust(ch_trust *out, struct ch_arena *a, const struct ch_talks *talks)
{
	struct ch_buf text;
	ch_span copy = { 0 };
	ch_err e = ch_trust_file(&text, talks);

	*out = (ch_trust){ 0 };
	if (e == CH_OK) {
		copy = ch_arena_copy(a, ch_buf_span(&text));
		e = ch_arena_got(a, copy.p);
	}
	ch_buf_deinit(&text);
	return e == CH_OK ? ch_trust_parse(out, copy, NULL) : e;
}

/* ---- loading ---- */

/* A file of the item into the arena; an absent one is empty. */
static ch_err slurp(ch_span *out, struct ch_arena *a, const char *dir, const char *name,
    const char *suffix)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e = ch_path(path, "%s/%s%s", dir, name, suffix);

	*out = (ch_span){ 0 };
	ch_buf_init(&b, CH_PACK_MAX);
	if (e == CH_OK)
		e = ch_file_read(&b, path);
	if (e == CH_OK) {
		*out = ch_arena_copy(a, ch_buf_span(&b));
		e = ch_arena_got(a, out->p);
	}
	ch_buf_deinit(&b);
	return e == CH_E_ABSENT ? CH_OK : e;
}

static ch_err read_note(ch_public_item *it, struct ch_arena *a)
{
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && it->note.n == 0 && i < CH_COUNT(public_kinds); i++) {
		it->kind = public_kinds[i];
		e = slurp(&it->note, a, it->dir, ch_kind_schema(it->kind)->name, ".txt");
	}
	if (e == CH_OK && it->note.n == 0)
		e = CH_E_FORMAT;
	if (e == CH_OK)
		e = slurp(&it->proof, a, it->dir, ch_kind_schema(it->kind)->name, ".proof.txt");
	return e;
}

static ch_err read_item(ch_public_item *it, struct ch_arena *a, const struct ch_home *home)
{
	ch_note *note = ch_arena_alloc(a, sizeof *note);
	ch_proof proof;
	ch_hash h;
	ch_err e = ch_arena_got(a, note);

	if (e == CH_OK)
		e = read_note(it, a);
	if (e == CH_OK)
		e = ch_note_parse(note, it->note, CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_stmt_parse_as(&it->s, note->text, it->kind, home->exercise);
	if (e != CH_OK)
		return e;
	ch_stmt_hash(&h, note->text);
	if (!ch_hash_eq(&h, &it->hash))
		return CH_E_FORMAT;
	it->ours = ch_span_eq(it->s.v[CH_ANY_PARTY], ch_span_str(home->handle));
	if (it->proof.n == 0) {
		it->index = UINT64_MAX;
		return CH_OK;
	}
	e = ch_proof_parse(&proof, it->proof);
	it->index = proof.index;
	return e;
}

static int by_place(const void *a, const void *b)
{
	const ch_public_item *x = a, *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return ch_span_cmp(ch_span_of(x->hash.b, 32), ch_span_of(y->hash.b, 32));
}

static ch_err take(struct ch_public *p, const struct ch_home *home, const struct ch_talks *talks,
    const char *name, struct ch_problem *why)
{
	ch_public_item *it = &p->item[p->n];
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, home, "talks/%s/public/%s", talks->name, name);

	if (ch_hex_parse(it->hash.b, sizeof it->hash.b, ch_span_str(name)) != CH_OK)
		return CH_OK; /* not ours to judge */
	if (e == CH_OK) {
		it->dir = (const char *)ch_arena_copy(&p->arena, ch_span_str(path)).p;
		e = ch_arena_got(&p->arena, it->dir);
	}
	if (e == CH_OK)
		e = read_item(it, &p->arena, home);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s cannot be read (%s); move it away and run "
		    "chancery sync to fetch it again", path, ch_err_text(e));
	p->n++;
	return CH_OK;
}

ch_err ch_public_load(struct ch_public *p, const struct ch_home *home,
    const struct ch_talks *talks, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_dir dir = { 0 };
	ch_err e = ch_home_path(path, home, "talks/%s/public", talks->name);

	*p = (struct ch_public){ 0 };
	ch_arena_init(&p->arena, ARENA_MAX);
	if (e == CH_OK)
		e = ch_dir_list(&dir, path, CH_PUBLIC_MAX);
	if (e == CH_E_ABSENT)
		return CH_OK;
	p->item = ch_arena_alloc(&p->arena, (dir.n + 1) * sizeof *p->item);
	if (e == CH_OK)
		e = ch_arena_got(&p->arena, p->item);
	for (size_t i = 0; e == CH_OK && i < dir.n; i++)
		e = take(p, home, talks, dir.names[i], why);
	if (e == CH_OK)
		qsort(p->item, p->n, sizeof *p->item, by_place);
	else
		p->n = 0;
	ch_dir_deinit(&dir);
	return e;
}

void ch_public_close(struct ch_public *p)
{
	ch_arena_deinit(&p->arena);
	*p = (struct ch_public){ 0 };
}

/* ---- finding ---- */

ch_err ch_public_find(const ch_public_item **out, const struct ch_public *p, const ch_hash *hash)
{
	*out = NULL;
	for (size_t i = 0; i < p->n && !*out; i++)
		if (ch_hash_eq(&p->item[i].hash, hash))
			*out = &p->item[i];
	return *out ? CH_OK : CH_E_ABSENT;
}

ch_err ch_public_confirmation(const ch_public_item **out, const struct ch_public *p,
    const ch_hash *d)
{
	*out = NULL;
	for (size_t i = 0; i < p->n; i++) {
		const ch_public_item *it = &p->item[i];
		ch_hash paper;

		if (it->kind != CH_K_CONFIRMATION || it->ours)
			continue;
		paper = ch_val_hash(it->s.v[CH_CONF_PAPER]);
		if (ch_hash_eq(&paper, d))
			*out = it; /* the last in register order is the newest */
	}
	return *out ? CH_OK : CH_E_ABSENT;
}
