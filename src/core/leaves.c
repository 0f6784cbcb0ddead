/*
 * The part `leaves`, read and judged: see leaves.h. One pass: the order of the leaves is such that
 * whatever a leaf needs (the line of its list, its heading) stands before it. Trusts nothing.
 */
#include "leaves.h"

#include "dec.h"
#include "hex.h"
#include "text.h"
#include "value.h"

#define LEAVES_MAX (CH_H_KEYS + CH_PASSAGES_MAX + 64u + CH_ITEMS_MAX + CH_ATTACHMENTS_MAX)
#define PATH_MAX_ 64u /* far above what 4,096 leaves need */

static uint64_t *ch_selection_words(ch_selection *s, ch_leaf_kind kind, uint32_t index)
{
	switch (kind) {
	case CH_LEAF_PASSAGE:
		CH_ASSERT(index < 64 * CH_COUNT(s->passage));
		return s->passage;
	case CH_LEAF_INFO:
		CH_ASSERT(index < 64 * CH_COUNT(s->info));
		return s->info;
	case CH_LEAF_POSITION:
		CH_ASSERT(index < 64 * CH_COUNT(s->position));
		return s->position;
	default:
		CH_ASSERT(kind == CH_LEAF_ATTACHMENT && index < 64 * CH_COUNT(s->attachment));
		return s->attachment;
	}
}

void ch_selection_add(ch_selection *s, ch_leaf_kind kind, uint32_t index)
{
	if (kind == CH_LEAF_HEAD) {
		CH_ASSERT(index < CH_H_KEYS);
		s->head |= (uint32_t)1 << index;
	} else {
		ch_selection_words(s, kind, index)[index / 64] |= (uint64_t)1 << index % 64;
	}
}

bool ch_selection_has(const ch_selection *s, ch_leaf_kind kind, uint32_t index)
{
	const uint64_t *word = kind == CH_LEAF_PASSAGE ? s->passage :
	    kind == CH_LEAF_INFO                       ? s->info :
	    kind == CH_LEAF_POSITION                   ? s->position :
	                                                 s->attachment;
	size_t n = kind == CH_LEAF_PASSAGE ? CH_COUNT(s->passage) :
	    kind == CH_LEAF_INFO           ? CH_COUNT(s->info) :
	    kind == CH_LEAF_POSITION       ? CH_COUNT(s->position) :
	                                     CH_COUNT(s->attachment);

	if (kind == CH_LEAF_HEAD)
		return index < CH_H_KEYS && (s->head >> index & 1);
	return index / 64 < n && (word[index / 64] >> index % 64 & 1);
}

static bool ch_selection_words_eq(const uint64_t *a, const uint64_t *b, size_t n)
{
	uint64_t d = 0;

	for (size_t i = 0; i < n; i++)
		d |= a[i] ^ b[i];
	return d == 0;
}

/* Member by member: what stands in the padding is anybody's guess. */
bool ch_selection_eq(const ch_selection *a, const ch_selection *b)
{
	return a->head == b->head &&
	    ch_selection_words_eq(a->passage, b->passage, CH_COUNT(a->passage)) &&
	    ch_selection_words_eq(a->info, b->info, CH_COUNT(a->info)) &&
	    ch_selection_words_eq(a->position, b->position, CH_COUNT(a->position)) &&
	    ch_selection_words_eq(a->attachment, b->attachment, CH_COUNT(a->attachment));
}

ch_selection ch_selection_cover(void)
{
	ch_selection s = { 0 };

	for (unsigned i = 0; i < CH_H_KEYS; i++)
		if (ch_head_is_cover(i))
			ch_selection_add(&s, CH_LEAF_HEAD, i);
	return s;
}

/* ---- reading ---- */

static uint32_t ch_leaves_rd_dec(struct ch_rd *r, ch_span digits, uint32_t max)
{
	uint64_t n = 0;
	ch_err e = r->err == CH_OK ? ch_dec_parse(&n, digits, max) : CH_OK;

	ch_rd_need(r, e == CH_OK, e);
	return (uint32_t)n;
}

static void ch_leaves_rd_hex(struct ch_rd *r, uint8_t *out, size_t n, ch_span digits)
{
	ch_err e = r->err == CH_OK ? ch_hex_parse(out, n, digits) : CH_OK;

	ch_rd_need(r, e == CH_OK, e);
}

static ch_leaf_kind ch_leaves_rd_kind(struct ch_rd *r)
{
	ch_span name = ch_rd_until(r, ' ');

	for (unsigned k = CH_LEAF_HEAD; k < CH_LEAF_KINDS; k++)
		if (ch_span_eq(name, ch_span_str(ch_leaf_kind_name((ch_leaf_kind)k))))
			return (ch_leaf_kind)k;
	ch_rd_fail(r, CH_E_FORMAT);
	return CH_LEAF_HEAD;
}

static void ch_leaves_rd_leaf(ch_leaf *out, struct ch_rd *r)
{
	*out = (ch_leaf){ 0 };
	CH_RD_LIT(r, "leaf ");
	out->kind = ch_leaves_rd_kind(r);
	out->index = ch_leaves_rd_dec(r, ch_rd_until(r, ' '), CH_PASSAGES_MAX);
	out->parent = ch_leaves_rd_dec(r, ch_rd_until(r, ' '), CH_PASSAGES_MAX);
	ch_leaves_rd_hex(r, out->salt, sizeof out->salt, ch_rd_until(r, ' '));
	out->bytes = ch_rd_take(r, ch_leaves_rd_dec(r, ch_rd_line1(r), CH_PASSAGE_MAX));
	CH_RD_LIT(r, "\npath ");
	out->n_path = ch_leaves_rd_dec(r, ch_rd_line1(r), PATH_MAX_);
	out->path = ch_rd_take(r, (size_t)65 * out->n_path);
}

bool ch_leaves_next(ch_leaf *out, struct ch_rd *r)
{
	if (ch_rd_at_end(r) || r->err != CH_OK) {
		*out = (ch_leaf){ 0 };
		return false;
	}
	ch_leaves_rd_leaf(out, r);
	if (r->err != CH_OK)
		*out = (ch_leaf){ 0 };
	return r->err == CH_OK;
}

ch_err ch_leaves_find(ch_leaf *out, const ch_leaves *l, ch_leaf_kind kind, uint32_t index)
{
	struct ch_rd r = ch_rd_of(l->block);

	while (ch_leaves_next(out, &r))
		if (out->kind == kind && out->index == index)
			return CH_OK;
	return CH_E_ABSENT;
}

/* What stands behind the key of a head leaf. */
static ch_span ch_leaf_value(ch_span bytes)
{
	struct ch_rd r = ch_rd_of(bytes);

	(void)ch_rd_until(&r, ' ');
	return ch_rd_rest(&r);
}

ch_err ch_leaves_head(ch_span *value, const ch_leaves *l, unsigned i)
{
	ch_leaf leaf;
	ch_err e = ch_leaves_find(&leaf, l, CH_LEAF_HEAD, i);

	*value = e == CH_OK ? ch_leaf_value(leaf.bytes) : (ch_span){ 0 };
	if (ch_span_eq(*value, CH_LIT("-")))
		*value = (ch_span){ 0 };
	return e;
}

/* ---- judging ---- */

/* What later leaves are held against. */
struct ch_leaves_judge {
	const ch_stmt *paper; /* NULL: form alone */
	ch_leaf prev;
	uint32_t last[7];     /* per level the last shown heading + 1 */
	bool body_known;
	ch_hash head, body, list[CH_LEAF_KINDS];
};

/* Root that leaf and path give. FORMAT: a path of another length than the place asks for. */
static ch_err ch_leaf_root(ch_hash *out, const ch_leaf *l, uint32_t size, bool exercise)
{
	struct ch_rd r = ch_rd_of(l->path);
	uint32_t fn = l->index, sn = size - 1;
	ch_hash h;

	ch_leaf_hash(out, l->kind, l->index, l->parent, l->salt, l->bytes, exercise);
	for (uint32_t i = 0; i < l->n_path && r.err == CH_OK; i++) {
		ch_rd_need(&r, sn > 0, CH_E_FORMAT);
		ch_leaves_rd_hex(&r, h.b, sizeof h.b, ch_rd_line1(&r));
		if (r.err != CH_OK)
			break;
		if ((fn & 1) || fn == sn) {
			ch_merkle_node(out, &h, out);
			while (fn != 0 && (fn & 1) == 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			ch_merkle_node(out, out, &h);
		}
		fn >>= 1;
		sn >>= 1;
	}
	ch_rd_need(&r, sn == 0, CH_E_FORMAT);
	return ch_rd_done(&r);
}

/* `count root` of a list: count 0 and only that has no root. */
static ch_err ch_leaves_list_line(uint32_t *count, ch_hash *root, ch_span v, uint32_t max)
{
	struct ch_rd r = ch_rd_of(v);

	*count = ch_leaves_rd_dec(&r, ch_rd_until(&r, ' '), max);
	if (*count == 0)
		CH_RD_LIT(&r, "-");
	else
		ch_leaves_rd_hex(&r, root->b, sizeof root->b, ch_rd_rest(&r));
	return ch_rd_done(&r);
}

static ch_err ch_leaves_check_head(struct ch_leaves_judge *j, ch_leaves *out, const ch_leaf *l)
{
	const struct ch_field *f;
	struct ch_rd r = ch_rd_of(l->bytes);

	if (l->index >= CH_H_KEYS)
		return CH_E_FORMAT;
	f = &ch_kind_schema(CH_K_PAPER_TEXT)->field[l->index];
	ch_rd_lit(&r, ch_span_str(f->key));
	CH_RD_LIT(&r, " ");
	ch_span v = ch_rd_rest(&r);

	if (ch_rd_done(&r) != CH_OK)
		return CH_E_FORMAT;
	for (unsigned k = CH_LEAF_INFO; k < CH_LEAF_KINDS; k++)
		if (ch_leaf_field((ch_leaf_kind)k) == l->index)
			return ch_leaves_list_line(&out->total[k], &j->list[k], v, f->max);
	if (v.n > CH_STMT_LINE_MAX)
		return CH_E_LIMIT;
	if (ch_span_eq(v, CH_LIT("-")))
		return f->optional ? CH_OK : CH_E_FORMAT;
	return ch_value_check(f, v);
}

/* The nearest shown heading before a passage must be its parent: if there were a nearer hidden
 * one, that would be the parent and would have to be shown. */
static ch_err ch_leaves_check_passage(struct ch_leaves_judge *j, const ch_leaf *l)
{
	unsigned level = ch_passage_level(l->bytes);
	uint32_t parent = 0;

	for (unsigned k = 1; k < (level ? level : 7); k++)
		if (j->last[k] > parent)
			parent = j->last[k];
	if (l->parent != parent)
		return CH_E_FORMAT;
	if (level)
		j->last[level] = l->index + 1;
	return ch_text_check_passage(l->bytes, CH_PASSAGE_MAX);
}

static ch_err ch_leaves_check_item(const ch_leaf *l)
{
	struct ch_rd r = ch_rd_of(l->bytes);
	ch_item it;
	ch_err e = ch_stmt_next_item(&it, NULL, &r, CH_K_PAPER_TEXT, ch_leaf_field(l->kind));

	if (e == CH_OK)
		e = ch_rd_done(&r);
	if (e == CH_OK && l->kind == CH_LEAF_ATTACHMENT &&
	    !ch_attachment_is_named(it.v[CH_AT_FILE], l->index))
		e = CH_E_FORMAT;
	return e;
}

/* Order, place and bytes of one leaf. */
static ch_err ch_leaves_check(struct ch_leaves_judge *j, ch_leaves *out, const ch_leaf *l)
{
	bool after = l->kind > j->prev.kind ||
	    (l->kind == j->prev.kind && l->index > j->prev.index);

	if (!after || (l->kind != CH_LEAF_PASSAGE && l->parent != 0))
		return CH_E_FORMAT;
	j->prev = *l;
	if (l->kind == CH_LEAF_HEAD)
		return ch_leaves_check_head(j, out, l);
	if (out->total[l->kind] == CH_TOTAL_HIDDEN || l->index >= out->total[l->kind])
		return CH_E_FORMAT;
	return l->kind == CH_LEAF_PASSAGE ? ch_leaves_check_passage(j, l) : ch_leaves_check_item(l);
}

static ch_err ch_leaves_judge(struct ch_leaves_judge *j, const ch_leaves *out, const ch_leaf *l)
{
	const ch_hash *want = &j->list[l->kind];
	ch_hash root;
	ch_err e = ch_leaf_root(&root, l, out->total[l->kind], out->exercise);

	if (e != CH_OK || !j->paper)
		return e;
	if (l->kind == CH_LEAF_HEAD)
		want = &j->head;
	if (l->kind == CH_LEAF_PASSAGE) {
		if (!j->body_known)
			j->body = root;
		j->body_known = true;
		want = &j->body;
	}
	return ch_hash_eq(&root, want) ? CH_OK : CH_E_AUTH;
}

/* Everything before the leaves. */
static void ch_leaves_rd_top(ch_leaves *out, struct ch_rd *r)
{
	for (unsigned k = 0; k < CH_LEAF_KINDS; k++)
		out->total[k] = CH_TOTAL_HIDDEN;
	out->total[CH_LEAF_HEAD] = CH_H_KEYS;
	ch_rd_lit(r, out->exercise ? CH_LIT("chancery-exercise/") : CH_LIT("chancery/"));
	CH_RD_LIT(r, "leaves@v1\nhead 24\npassages ");
	if (ch_rd_starts(r, CH_LIT("-"))) {
		CH_RD_LIT(r, "-\n");
	} else {
		out->total[CH_LEAF_PASSAGE] =
		    ch_leaves_rd_dec(r, ch_rd_until(r, ' '), CH_PASSAGES_MAX);
		ch_leaves_rd_hex(r, out->body_salt, sizeof out->body_salt, ch_rd_line1(r));
	}
	CH_RD_LIT(r, "leaves ");
	out->n_leaves = ch_leaves_rd_dec(r, ch_rd_line1(r), LEAVES_MAX);
}

_Static_assert(CH_H_KEYS == 24, "the line `head 24`");

static ch_err ch_leaves_body(const struct ch_leaves_judge *j, const ch_leaves *out)
{
	ch_hash got;

	/* Count and salt of the body are shown with a passage, never alone. */
	if ((out->total[CH_LEAF_PASSAGE] != CH_TOTAL_HIDDEN) != (out->n_shown[CH_LEAF_PASSAGE] > 0))
		return CH_E_FORMAT;
	if (!j->paper || out->n_shown[CH_LEAF_PASSAGE] == 0)
		return CH_OK;
	ch_body_commitment(&got, out->body_salt, out->total[CH_LEAF_PASSAGE], &j->body,
	    out->exercise);
	ch_hash want = ch_val_hash(j->paper->v[CH_PAPER_BODY]);

	return ch_hash_eq(&got, &want) ? CH_OK : CH_E_AUTH;
}

static ch_err ch_leaves_read(ch_leaves *out, ch_span in, bool exercise, const ch_stmt *paper)
{
	struct ch_leaves_judge j = { .paper = paper };
	struct ch_rd r = ch_rd_of(in);
	ch_leaf l;

	memset(out, 0, sizeof *out);
	out->exercise = exercise;
	if (paper)
		j.head = ch_val_hash(paper->v[CH_PAPER_HEAD]);
	ch_leaves_rd_top(out, &r);
	struct ch_rd block = r;

	for (uint32_t i = 0; i < out->n_leaves && r.err == CH_OK; i++) {
		ch_leaves_rd_leaf(&l, &r);
		ch_err e = r.err == CH_OK ? ch_leaves_check(&j, out, &l) : CH_OK;

		if (e == CH_OK && r.err == CH_OK)
			e = ch_leaves_judge(&j, out, &l);
		ch_rd_need(&r, e == CH_OK, e);
		if (r.err != CH_OK)
			break;
		ch_selection_add(&out->shown, l.kind, l.index);
		out->n_shown[l.kind]++;
	}
	ch_err e = ch_rd_done(&r);

	out->block = ch_rd_rest(&block);
	if (e == CH_OK)
		e = ch_leaves_body(&j, out);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

ch_err ch_leaves_parse(ch_leaves *out, ch_span in, bool exercise)
{
	return ch_leaves_read(out, in, exercise, NULL);
}

ch_err ch_leaves_verify(ch_leaves *out, ch_span in, const ch_stmt *paper)
{
	CH_ASSERT(paper->kind == CH_K_PAPER);
	return ch_leaves_read(out, in, paper->exercise, paper);
}
