/*
 * Chosen leaves of a paper with their salts and paths, and the judgement on them. What is shown
 * is exactly what is listed: enclosing headings and the line of a list come along by themselves,
 * count and salt of the body only together with a passage.
 *
 * Format: doc/formats/extract.md, "leaves".
 */
#ifndef CH_LEAVES_H
#define CH_LEAVES_H

#include "paper.h"

/* Which leaves. Bit i % 64 of word i / 64 stands for index i; head: bit i for key i. */
typedef struct {
	uint32_t head;
	uint64_t passage[CH_PASSAGES_MAX / 64];
	uint64_t info[1], position[CH_ITEMS_MAX / 64], attachment[2];
} ch_selection;

/* index must be below the bound of the kind. */
void ch_selection_add(ch_selection *s, ch_leaf_kind kind, uint32_t index);
bool ch_selection_has(const ch_selection *s, ch_leaf_kind kind, uint32_t index);
bool ch_selection_eq(const ch_selection *a, const ch_selection *b);
/* All starred keys and nothing else: the cover. */
ch_selection ch_selection_cover(void);

/*
 * Write the part `leaves`. What the selection needs beside is added.
 * ABSENT: an index that the paper does not have
 */
CH_MUST_USE ch_err ch_leaves_format(struct ch_wr *w, const ch_paper *p,
    const struct ch_seeds *seeds, const ch_selection *which, struct ch_paper_work *work);

typedef struct {
	ch_leaf_kind kind;
	uint32_t index, parent;
	uint8_t salt[CH_SALT];
	ch_span bytes;
	ch_span path;        /* hex lines */
	uint32_t n_path;
} ch_leaf;

/* What a verified (or parsed) part says. Spans point into its text. */
typedef struct {
	bool exercise;
	ch_span block;            /* the leaves, for the iterator                        */
	uint32_t n_leaves;
	ch_selection shown;
	uint32_t n_shown[CH_LEAF_KINDS];
	/* By kind, how many there are in all; CH_TOTAL_HIDDEN where that is not shown. */
	uint32_t total[CH_LEAF_KINDS];
	uint8_t body_salt[CH_SALT];
} ch_leaves;
#define CH_TOTAL_HIDDEN UINT32_MAX

/* Form and order alone, no hashing: FORMAT, TRUNCATED, LIMIT. Prefer ch_leaves_verify(). */
CH_MUST_USE ch_err ch_leaves_parse(ch_leaves *out, ch_span in, bool exercise);

/*
 * Parse and judge against D's statement (kind CH_K_PAPER; its flag decides what is an exercise).
 *   out   what is proven; zero on error
 * FORMAT, TRUNCATED, LIMIT: not canonical, out of order, doubled, a heading or list line missing
 * AUTH: a leaf, list or body that D does not commit to
 */
CH_MUST_USE ch_err ch_leaves_verify(ch_leaves *out, ch_span in, const ch_stmt *paper);

/* Walk the shown leaves in order; false at the end. Start with r = ch_rd_of(leaves->block). */
bool ch_leaves_next(ch_leaf *out, struct ch_rd *r);

/* The shown leaf; ABSENT when it is not shown. */
CH_MUST_USE ch_err ch_leaves_find(ch_leaf *out, const ch_leaves *l, ch_leaf_kind kind,
    uint32_t index);

/* The value of head key i (empty for `-`; for a list `count root`). ABSENT: not shown. */
CH_MUST_USE ch_err ch_leaves_head(ch_span *value, const ch_leaves *l, unsigned i);

#endif
