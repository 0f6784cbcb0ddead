/*
 * The part `leaves`, written: see leaves.h. From seeds come the salts; only those of chosen leaves
 * reach the output.
 */
#include "leaves.h"

#include "dec.h"
#include "hex.h"
#include "wipe.h"

static uint32_t ch_leaves_total(const ch_paper *p, ch_leaf_kind kind)
{
	if (kind == CH_LEAF_HEAD)
		return CH_H_KEYS;
	return kind == CH_LEAF_PASSAGE ? p->n_passages : p->head.count[ch_leaf_field(kind)];
}

/* Bits the selection can hold. */
static uint32_t ch_leaves_bound(ch_leaf_kind kind)
{
	static const uint32_t bound[CH_LEAF_KINDS] = { 0, CH_H_KEYS, CH_PASSAGES_MAX, 64,
		CH_ITEMS_MAX, 128 };

	return bound[kind];
}

/* Add what the chosen leaves cannot do without; count them. ABSENT: not in the paper. */
static ch_err ch_leaves_complete(ch_selection *s, uint32_t *n, const ch_paper *p)
{
	*n = 0;
	for (unsigned k = CH_LEAF_KINDS - 1; k >= CH_LEAF_HEAD; k--) {
		ch_leaf_kind kind = (ch_leaf_kind)k;

		for (uint32_t i = ch_leaves_bound(kind); i-- > 0;) {
			if (!ch_selection_has(s, kind, i))
				continue;
			if (i >= ch_leaves_total(p, kind))
				return CH_E_ABSENT;
			(*n)++;
			if (kind == CH_LEAF_PASSAGE && p->passage[i].parent)
				ch_selection_add(s, kind, p->passage[i].parent - 1);
			else if (kind > CH_LEAF_PASSAGE)
				ch_selection_add(s, CH_LEAF_HEAD, ch_leaf_field(kind));
		}
	}
	return CH_OK;
}

static bool ch_leaves_any_passage(const ch_selection *s)
{
	uint64_t any = 0;

	for (size_t i = 0; i < CH_COUNT(s->passage); i++)
		any |= s->passage[i];
	return any != 0;
}

static void ch_leaf_put_path(struct ch_wr *w, const ch_hash *leaves, uint32_t size,
    uint32_t index, struct ch_paper_work *work)
{
	size_t n;
	ch_err e = ch_merkle_array_inclusion(work->path, &n, leaves, size, index);

	if (e != CH_OK)
		ch_wr_fail(w, e);
	CH_WR_LIT(w, "\npath ");
	ch_dec_put(w, n);
	CH_WR_LIT(w, "\n");
	for (size_t i = 0; i < n; i++) {
		ch_hex_put(w, ch_span_of(work->path[i].b, sizeof work->path[i].b));
		CH_WR_LIT(w, "\n");
	}
}

static void ch_leaf_put_line(struct ch_wr *w, ch_leaf_kind kind, uint32_t index, uint32_t parent,
    const struct ch_seeds *seeds, size_t len, bool exercise)
{
	uint8_t salt[CH_SALT];

	ch_leaf_salt(salt, seeds, kind, index, exercise);
	CH_WR_LIT(w, "leaf ");
	ch_wr_str(w, ch_leaf_kind_name(kind));
	CH_WR_LIT(w, " ");
	ch_dec_put(w, index);
	CH_WR_LIT(w, " ");
	ch_dec_put(w, parent);
	CH_WR_LIT(w, " ");
	ch_hex_put(w, ch_span_of(salt, sizeof salt));
	CH_WR_LIT(w, " ");
	ch_dec_put(w, len);
	CH_WR_LIT(w, "\n");
	ch_wipe(salt, sizeof salt);
}

static ch_err ch_leaves_put_head(struct ch_wr *w, const ch_paper *p, unsigned i,
    const struct ch_seeds *seeds, struct ch_paper_work *work)
{
	struct ch_wr len = ch_wr_measure();
	ch_hash root = { 0 };
	ch_err e = CH_OK;

	for (unsigned k = CH_LEAF_INFO; k < CH_LEAF_KINDS; k++)
		if (ch_leaf_field((ch_leaf_kind)k) == i)
			e = ch_paper_list_root(&root, &p->head, (ch_leaf_kind)k, seeds, work);
	if (e != CH_OK)
		return e;
	ch_head_leaf_put(&len, &p->head, i, &root);
	ch_leaf_put_line(w, CH_LEAF_HEAD, i, 0, seeds, len.n, p->head.exercise);
	ch_head_leaf_put(w, &p->head, i, &root);
	ch_leaf_put_path(w, work->head, CH_H_KEYS, i, work);
	return w->err;
}

static void ch_leaves_put_passage(struct ch_wr *w, const ch_paper *p, uint32_t i,
    const struct ch_seeds *seeds, struct ch_paper_work *work)
{
	const ch_passage *g = &p->passage[i];

	ch_leaf_put_line(w, CH_LEAF_PASSAGE, i, g->parent, seeds, g->text.n, p->head.exercise);
	ch_wr_put(w, g->text);
	ch_leaf_put_path(w, work->passage, p->n_passages, i, work);
}

static ch_err ch_leaves_put_items(struct ch_wr *w, const ch_paper *p, ch_leaf_kind kind,
    const struct ch_seeds *seeds, const ch_selection *s, struct ch_paper_work *work)
{
	unsigned f = ch_leaf_field(kind);
	struct ch_rd r = ch_rd_of(p->head.v[f]);
	ch_span lines;
	ch_hash root;
	ch_item it;
	ch_err e = ch_paper_list_root(&root, &p->head, kind, seeds, work);

	for (uint32_t i = 0; i < p->head.count[f] && e == CH_OK; i++) {
		e = ch_stmt_next_item(&it, &lines, &r, CH_K_PAPER_TEXT, f);
		if (e != CH_OK || !ch_selection_has(s, kind, i))
			continue;
		ch_leaf_put_line(w, kind, i, 0, seeds, lines.n, p->head.exercise);
		ch_wr_put(w, lines);
		ch_leaf_put_path(w, work->item, p->head.count[f], i, work);
	}
	return e;
}

static void ch_leaves_put_top(struct ch_wr *w, const ch_paper *p, const struct ch_seeds *seeds,
    const ch_selection *s, uint32_t n)
{
	uint8_t salt[CH_SALT];

	ch_wr_put(w, p->head.exercise ? CH_LIT("chancery-exercise/") : CH_LIT("chancery/"));
	CH_WR_LIT(w, "leaves@v1\nhead 24\npassages ");
	if (ch_leaves_any_passage(s)) {
		ch_body_salt(salt, seeds, p->head.exercise);
		ch_dec_put(w, p->n_passages);
		CH_WR_LIT(w, " ");
		ch_hex_put(w, ch_span_of(salt, sizeof salt));
		ch_wipe(salt, sizeof salt);
	} else {
		CH_WR_LIT(w, "-");
	}
	CH_WR_LIT(w, "\nleaves ");
	ch_dec_put(w, n);
	CH_WR_LIT(w, "\n");
}

ch_err ch_leaves_format(struct ch_wr *w, const ch_paper *p, const struct ch_seeds *seeds,
    const ch_selection *which, struct ch_paper_work *work)
{
	ch_selection s = *which;
	ch_hash head, body;
	uint32_t n;
	ch_err e = ch_leaves_complete(&s, &n, p);

	if (e == CH_OK)
		e = ch_paper_roots(&head, &body, p, seeds, work);
	if (e == CH_OK)
		ch_leaves_put_top(w, p, seeds, &s, n);
	for (unsigned i = 0; i < CH_H_KEYS && e == CH_OK; i++)
		if (ch_selection_has(&s, CH_LEAF_HEAD, i))
			e = ch_leaves_put_head(w, p, i, seeds, work);
	for (uint32_t i = 0; i < p->n_passages && e == CH_OK; i++)
		if (ch_selection_has(&s, CH_LEAF_PASSAGE, i))
			ch_leaves_put_passage(w, p, i, seeds, work);
	for (unsigned k = CH_LEAF_INFO; k < CH_LEAF_KINDS && e == CH_OK; k++)
		e = ch_leaves_put_items(w, p, (ch_leaf_kind)k, seeds, &s, work);
	if (e != CH_OK)
		ch_wr_fail(w, e);
	return w->err;
}
