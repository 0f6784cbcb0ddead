/* desk-index.age: rows as they were last seen, sealed to the archive key. Only a saving of time: it
 * may be removed, and a row whose folder's stamp differs is made anew. */
#include "index.h"

#define TYPE "chancery/desk-index@v2\n"
#define FILE_MAX ((size_t)63 << 20)
#define ROWS_MAX 200000u
#define TALKS_MAX 4096u

static void put_text(struct ch_wr *w, const char *s)
{
	size_t n = strlen(s);

	ch_wr_be32(w, (uint32_t)n);
	ch_wr_put(w, ch_span_of(s, n));
}

static void put_row(struct ch_wr *w, const ch_row *r)
{
	const char *const text[] = { r->number, r->folder, r->party, r->form, r->act, r->basis,
		r->subject, r->caveat, r->re, r->by };
	const int64_t time[] = { r->registered, r->ended, r->lapse, r->answer_by, r->last,
		r->stamp };

	for (size_t i = 0; i < CH_COUNT(text); i++)
		put_text(w, text[i]);
	for (size_t i = 0; i < CH_COUNT(time); i++)
		ch_wr_be64(w, (uint64_t)time[i]);
	ch_wr_u8(w, r->ours);
	ch_wr_u8(w, (uint8_t)r->standing);
	ch_wr_u8(w, (uint8_t)r->hold);
}

static void put_all(struct ch_wr *w, const struct ch_index *x)
{
	CH_WR_LIT(w, TYPE);
	ch_wr_be32(w, (uint32_t)x->n_talks);
	for (size_t i = 0; i < x->n_talks; i++) {
		put_text(w, x->talks[i].name);
		ch_wr_be32(w, (uint32_t)x->talks[i].n);
		for (size_t k = 0; k < x->talks[i].n; k++)
			put_row(w, &x->row[x->talks[i].first + k]);
	}
}

ch_err ch_index_save(const struct ch_index *x, const struct ch_home *h)
{
	struct ch_wr w = ch_wr_measure();
	char path[CH_PATH_MAX];
	uint8_t *p;
	size_t n;
	ch_err e;

	put_all(&w, x);
	n = w.n;
	p = w.err == CH_OK ? ch_alloc(n) : NULL;
	if (!p)
		return CH_E_NOMEM;
	w = ch_wr_of(p, n);
	put_all(&w, x);
	e = ch_wr_done(&w);
	if (e == CH_OK)
		e = ch_home_path(path, h, "desk-index.age");
	if (e == CH_OK)
		e = ch_home_seal(h, path, ch_span_of(p, n));
	ch_free(p, n);
	return e;
}

static const char *take_text(struct ch_rd *r, struct ch_arena *a)
{
	ch_span s = ch_rd_take(r, ch_rd_be32(r)), c;

	c = ch_arena_copy(a, s);
	ch_rd_need(r, c.p && !memchr(s.n ? s.p : (const uint8_t *)"x", 0, s.n), CH_E_FORMAT);
	return r->err == CH_OK ? (const char *)c.p : "";
}

static void take_row(struct ch_rd *r, struct ch_arena *a, ch_row *row)
{
	const char **const text[] = { &row->number, &row->folder, &row->party, &row->form,
		&row->act, &row->basis, &row->subject, &row->caveat, &row->re, &row->by };
	int64_t *const time[] = { &row->registered, &row->ended, &row->lapse, &row->answer_by,
		&row->last, &row->stamp };
	unsigned standing, hold;

	for (size_t i = 0; i < CH_COUNT(text); i++)
		*text[i] = take_text(r, a);
	for (size_t i = 0; i < CH_COUNT(time); i++)
		*time[i] = (int64_t)ch_rd_be64(r);
	row->ours = ch_rd_u8(r) != 0;
	standing = ch_rd_u8(r);
	hold = ch_rd_u8(r);
	ch_rd_need(r, standing < CH_STANDING_COUNT && hold <= CH_HOLD_BEFORE, CH_E_FORMAT);
	row->hold = r->err == CH_OK ? (ch_hold)hold : CH_HOLD_WHOLE;
	row->standing = r->err == CH_OK ? (ch_standing)standing : CH_STANDING_NONE;
}

/* Rows of one talks behind those that are there. */
static void take_talks(struct ch_rd *r, struct ch_index *x, ch_row_talks *t)
{
	ch_row *row;
	uint32_t n;

	t->name = take_text(r, &x->arena);
	n = ch_rd_be32(r);
	ch_rd_need(r, n <= ROWS_MAX - x->n, CH_E_LIMIT);
	if (r->err != CH_OK)
		return;
	row = ch_arena_alloc(&x->arena, (x->n + n + 1) * sizeof *row);
	ch_rd_need(r, row != NULL, CH_E_NOMEM);
	if (!row)
		return;
	if (x->n > 0)
		memcpy(row, x->row, x->n * sizeof *row);
	x->row = row;
	t->first = x->n;
	t->n = n;
	for (uint32_t i = 0; i < n && r->err == CH_OK; i++)
		take_row(r, &x->arena, &x->row[x->n++]);
}

static ch_err take_all(struct ch_index *x, ch_span bytes)
{
	struct ch_rd r = ch_rd_of(bytes);
	uint32_t n;

	CH_RD_LIT(&r, TYPE);
	n = ch_rd_be32(&r);
	ch_rd_need(&r, n <= TALKS_MAX, CH_E_LIMIT);
	if (r.err == CH_OK)
		x->talks = ch_arena_alloc(&x->arena, (n + 1) * sizeof *x->talks);
	ch_rd_need(&r, x->talks != NULL, CH_E_NOMEM);
	for (uint32_t i = 0; x->talks && i < n && r.err == CH_OK; i++)
		take_talks(&r, x, &x->talks[x->n_talks++]);
	return ch_rd_done(&r);
}

struct ch_index *ch_index_load(const struct ch_home *h)
{
	struct ch_index *x = ch_alloc(sizeof *x);
	struct ch_buf b;
	char path[CH_PATH_MAX];
	ch_err e;

	if (!x)
		return NULL;
	ch_arena_init(&x->arena, (size_t)192 << 20);
	ch_buf_init(&b, FILE_MAX);
	e = ch_home_path(path, h, "desk-index.age");
	if (e == CH_OK)
		e = ch_home_unseal(&b, h, path);
	if (e == CH_OK)
		e = take_all(x, ch_buf_span(&b));
	ch_buf_deinit(&b);
	if (e == CH_OK)
		return x;
	ch_index_free(x);
	return NULL;
}
