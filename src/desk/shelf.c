/* The shelf: see shelf.h. */
#include "shelf.h"

#include <stdlib.h>

#include "dec.h"

#define FILES_MAX 4096u
#define MARK_MAX 1024u

/* ---- every L ---- */

static int hash_cmp(const void *a, const void *b)
{
	return ch_span_cmp(ch_span_of(a, sizeof(ch_hash)), ch_span_of(b, sizeof(ch_hash)));
}

ch_err ch_shelf_add(struct ch_shelf *s, const struct ch_home *home, const struct ch_talks *talks)
{
	struct ch_dir dir;
	ch_hash *l;
	ch_err e = ch_dossier_list(&dir, home, talks);

	l = ch_arena_alloc(s->a, (s->n + dir.n + 1) * sizeof *l);
	if (e == CH_OK)
		e = ch_arena_got(s->a, l);
	if (e == CH_OK) {
		for (size_t i = 0; i < s->n; i++)
			l[i] = s->l[i];
		s->l = l;
		for (size_t i = 0; i < dir.n; i++)
			s->n += ch_dossier_l(&l[s->n], home, talks, dir.names[i]) == CH_OK;
		qsort(l, s->n, sizeof *l, hash_cmp);
	}
	ch_dir_deinit(&dir);
	return e;
}

bool ch_shelf_has(const struct ch_shelf *s, const ch_hash *l)
{
	return s->n > 0 && bsearch(l, s->l, s->n, sizeof *l, hash_cmp);
}

/* ---- settled papers ---- */

/* Names and sizes of what lies in the folder, but for the mark. */
static ch_err files_of(ch_hash *out, const char *folder)
{
	struct ch_dir dir;
	struct ch_sha256 h;
	ch_err e = ch_dir_list(&dir, folder, FILES_MAX);

	ch_sha256_init(&h);
	for (size_t i = 0; e == CH_OK && i < dir.n; i++) {
		uint8_t line[24];
		struct ch_wr w = ch_wr_of(line, sizeof line);
		char path[CH_PATH_MAX];
		uint64_t size;

		if (strcmp(dir.names[i], "settled.txt") == 0)
			continue;
		e = ch_path(path, "%s/%s", folder, dir.names[i]);
		if (e == CH_OK)
			e = ch_file_size(&size, path);
		if (e != CH_OK)
			break;
		CH_WR_LIT(&w, " ");
		ch_dec_put(&w, size);
		CH_WR_LIT(&w, "\n");
		ch_sha256_update(&h, ch_span_str(dir.names[i]));
		ch_sha256_update(&h, ch_wr_span(&w));
	}
	ch_sha256_final(&h, out);
	ch_dir_deinit(&dir);
	return e;
}

static void put_mark(struct ch_wr *w, const ch_hash *files, const ch_settled *s)
{
	CH_WR_LIT(w, "chancery/settled@v1\nfiles ");
	(void)ch_val_put_hash(w, files);
	ch_wr_str(w, s->ours ? "\nours yes\ntold " : "\nours no\ntold ");
	ch_wr_str(w, s->told ? "yes\nstate " : "no\nstate ");
	ch_wr_str(w, ch_state_name(s->state));
	CH_WR_LIT(w, "\nlast ");
	ch_wr_str(w, ch_step_name(s->last));
	CH_WR_LIT(w, "\naddressee ");
	ch_wr_str(w, s->addressee);
	CH_WR_LIT(w, "\n");
}

static bool yes(struct ch_rd *r)
{
	return ch_span_eq(ch_rd_line1(r), CH_LIT("yes"));
}

/* Only in the form in which it is written: it is written again and compared. */
static bool read_mark(ch_settled *s, ch_hash *files, ch_span text)
{
	static const ch_state states[] = { CH_STATE_DELIVERED, CH_STATE_DECLINED,
		CH_STATE_LAPSED, CH_STATE_TAKEN_BACK };
	static const ch_step steps[] = { CH_STEP_OPENED, CH_STEP_DEFECT, CH_STEP_KEY_MISSING };
	uint8_t again[MARK_MAX];
	struct ch_wr w = ch_wr_of(again, sizeof again);
	struct ch_rd r = ch_rd_of(text);
	ch_span word;

	*s = (ch_settled){ .last = CH_STEP_ENDED };
	CH_RD_LIT(&r, "chancery/settled@v1\nfiles ");
	*files = ch_val_hash(ch_rd_line1(&r));
	CH_RD_LIT(&r, "ours ");
	s->ours = yes(&r);
	CH_RD_LIT(&r, "told ");
	s->told = yes(&r);
	CH_RD_LIT(&r, "state ");
	word = ch_rd_line1(&r);
	for (size_t i = 0; i < CH_COUNT(states); i++)
		if (ch_span_eq(word, ch_span_str(ch_state_name(states[i]))))
			s->state = states[i];
	CH_RD_LIT(&r, "last ");
	word = ch_rd_line1(&r);
	for (size_t i = 0; i < CH_COUNT(steps); i++)
		if (ch_span_eq(word, ch_span_str(ch_step_name(steps[i]))))
			s->last = steps[i];
	CH_RD_LIT(&r, "addressee ");
	word = ch_rd_line1(&r);
	if (ch_rd_done(&r) != CH_OK || word.n > CH_HANDLE_MAX || s->state == CH_STATE_NONE)
		return false;
	memcpy(s->addressee, word.p, word.n);
	put_mark(&w, files, s);
	return w.err == CH_OK && ch_span_eq(ch_wr_span(&w), text);
}

bool ch_shelf_settled(ch_settled *out, const struct ch_home *home, const struct ch_talks *talks,
    const char *name)
{
	char folder[CH_PATH_MAX], path[CH_PATH_MAX];
	uint8_t text[MARK_MAX];
	size_t n = 0;
	ch_hash said, have;
	bool ok;

	*out = (ch_settled){ 0 };
	ok = ch_home_path(folder, home, "talks/%s/%s", talks->name, name) == CH_OK &&
	    ch_path(path, "%s/settled.txt", folder) == CH_OK &&
	    ch_file_read_into(text, &n, sizeof text, path) == CH_OK &&
	    read_mark(out, &said, ch_span_of(text, n)) && files_of(&have, folder) == CH_OK &&
	    ch_hash_eq(&said, &have);
	if (!ok)
		*out = (ch_settled){ 0 };
	return ok;
}

bool ch_shelf_is_over(const ch_delivery *v)
{
	if (v->state == CH_STATE_DECLINED || v->state == CH_STATE_LAPSED ||
	    v->state == CH_STATE_TAKEN_BACK)
		return true;
	if (v->step[CH_STEP_HANDOVER].present && v->step[CH_STEP_KEY_MISSING].present)
		return true; /* whether it counts lies with who holds the key */
	return v->state == CH_STATE_DELIVERED && (v->step[CH_STEP_OPENED].present ||
	    v->step[CH_STEP_DEFECT].present);
}

static const ch_step logged[] = { CH_STEP_REGISTERED, CH_STEP_NOTICED, CH_STEP_HANDOVER,
	CH_STEP_ENDED, CH_STEP_OPENED, CH_STEP_DEFECT, CH_STEP_KEY_MISSING };

bool ch_shelf_is_placed(const ch_delivery *v)
{
	for (size_t i = 0; i < CH_COUNT(logged); i++)
		if (v->step[logged[i]].present && !v->step[logged[i]].logged)
			return false;
	return true;
}

/* Each place has its bound: no later sync can add to it. */
static bool has_bounds(const ch_delivery *v)
{
	for (size_t i = 0; i < CH_COUNT(logged); i++) {
		const ch_fact *f = &v->step[logged[i]];

		if (f->present && ch_times_earliest(&f->before, NULL) == 0)
			return false;
	}
	return ch_shelf_is_placed(v);
}

ch_err ch_shelf_mark(const struct ch_dossier *d, const ch_delivery *v)
{
	ch_settled s = { .ours = d->ours, .told = v->told, .state = v->state };
	uint8_t text[MARK_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	char path[CH_PATH_MAX];
	ch_hash files;
	ch_err e;

	if (!ch_shelf_is_over(v) || v->state < CH_STATE_DELIVERED || !has_bounds(v) ||
	    v->addressee.n > CH_HANDLE_MAX)
		return CH_OK;
	s.last = v->step[CH_STEP_OPENED].present ? CH_STEP_OPENED :
	    v->step[CH_STEP_DEFECT].present ? CH_STEP_DEFECT :
	    v->step[CH_STEP_KEY_MISSING].present ? CH_STEP_KEY_MISSING : CH_STEP_ENDED;
	memcpy(s.addressee, v->addressee.p, v->addressee.n);
	e = files_of(&files, d->dir);
	put_mark(&w, &files, &s);
	if (e == CH_OK)
		e = ch_wr_done(&w);
	if (e == CH_OK)
		e = ch_path(path, "%s/settled.txt", d->dir);
	return e == CH_OK ? ch_file_write(path, ch_span_of(text, w.n), 0600) : e;
}
