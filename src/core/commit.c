/*
 * What a paper commits to: salts, leaves, trees, D. See paper.h; format: doc/formats/paper.md.
 * Secret here are seeds and salts: they are only hashed, and wiped from the frames.
 */
#include "paper.h"

#include "dec.h"
#include "hex.h"
#include "merkle.h"
#include "wipe.h"

/* Both labels of a hash: papers of a drill never share one with real papers. */
#define LABEL(exercise, s) ((exercise) ? CH_LIT("chancery-exercise/" s) : CH_LIT("chancery/" s))

unsigned ch_leaf_field(ch_leaf_kind kind)
{
	switch (kind) {
	case CH_LEAF_INFO:
		return CH_H_INFO;
	case CH_LEAF_POSITION:
		return CH_H_POSITIONS;
	case CH_LEAF_ATTACHMENT:
		return CH_H_ATTACHMENTS;
	default:
		return CH_H_KEYS;
	}
}

const char *ch_leaf_kind_name(ch_leaf_kind kind)
{
	static const char *const names[CH_LEAF_KINDS] = { "", "head", "passage", "info", "position",
		"attachment" };

	CH_ASSERT(kind < CH_LEAF_KINDS);
	return names[kind];
}

static void ch_commit_salt(uint8_t out[CH_SALT], const struct ch_secret32 *seed, uint8_t kind,
    uint32_t index, bool exercise)
{
	uint8_t info[64];
	struct ch_wr w = ch_wr_of(info, sizeof info);

	ch_wr_put(&w, LABEL(exercise, "salt@v1\n"));
	ch_wr_u8(&w, kind);
	ch_wr_be32(&w, index);
	ch_hkdf(out, CH_SALT, ch_span_of(seed->b, sizeof seed->b), (ch_span){ 0 }, ch_wr_span(&w));
}

void ch_leaf_salt(uint8_t out[CH_SALT], const struct ch_seeds *seeds, ch_leaf_kind kind,
    uint32_t index, bool exercise)
{
	CH_ASSERT(kind >= CH_LEAF_HEAD && kind < CH_LEAF_KINDS);
	ch_commit_salt(out, kind == CH_LEAF_PASSAGE ? &seeds->body : &seeds->head, (uint8_t)kind,
	    index, exercise);
}

void ch_body_salt(uint8_t out[CH_SALT], const struct ch_seeds *seeds, bool exercise)
{
	ch_commit_salt(out, &seeds->body, 0, 0, exercise);
}

/* Begin the hash of a leaf: everything before its bytes. */
static void ch_leaf_begin(struct ch_sha256 *s, ch_leaf_kind kind, uint32_t index,
    uint32_t parent, const uint8_t salt[CH_SALT], bool exercise)
{
	uint8_t buf[64];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);

	ch_wr_u8(&w, 0); /* RFC 6962: a leaf */
	ch_wr_put(&w, LABEL(exercise, "leaf@v1\n"));
	ch_wr_u8(&w, (uint8_t)kind);
	ch_wr_be32(&w, index);
	ch_wr_be32(&w, parent);
	ch_wr_put(&w, ch_span_of(salt, CH_SALT));
	ch_sha256_init(s);
	ch_sha256_update(s, ch_wr_span(&w));
	ch_wipe(buf, sizeof buf);
}

void ch_leaf_hash(ch_hash *out, ch_leaf_kind kind, uint32_t index, uint32_t parent,
    const uint8_t salt[CH_SALT], ch_span bytes, bool exercise)
{
	struct ch_sha256 s;

	ch_leaf_begin(&s, kind, index, parent, salt, exercise);
	ch_sha256_update(&s, bytes);
	ch_sha256_final(&s, out);
}

void ch_body_commitment(ch_hash *out, const uint8_t salt[CH_SALT], uint32_t count,
    const ch_hash *root, bool exercise)
{
	uint8_t n[4];
	struct ch_wr w = ch_wr_of(n, sizeof n);
	struct ch_sha256 s;

	ch_wr_be32(&w, count);
	ch_sha256_init(&s);
	ch_sha256_update(&s, LABEL(exercise, "body@v1\n"));
	ch_sha256_update(&s, ch_span_of(salt, CH_SALT));
	ch_sha256_update(&s, ch_span_of(n, sizeof n));
	ch_sha256_update(&s, ch_span_of(root->b, sizeof root->b));
	ch_sha256_final(&s, out);
}

/* The value of head leaf i in scratch or in the head itself. */
#define HEAD_SCRATCH 96u
static ch_span ch_head_value(uint8_t scratch[HEAD_SCRATCH], const ch_stmt *head, unsigned i,
    const ch_hash *root)
{
	struct ch_wr w = ch_wr_of(scratch, HEAD_SCRATCH);

	if (ch_kind_schema(CH_K_PAPER_TEXT)->field[i].type != CH_T_LIST)
		return head->v[i].n ? head->v[i] : CH_LIT("-");
	ch_dec_put(&w, head->count[i]);
	CH_WR_LIT(&w, " ");
	if (head->count[i] == 0)
		CH_WR_LIT(&w, "-");
	else
		ch_hex_put(&w, ch_span_of(root->b, sizeof root->b));
	return ch_wr_span(&w);
}

void ch_head_leaf_put(struct ch_wr *w, const ch_stmt *head, unsigned i, const ch_hash *root)
{
	uint8_t scratch[HEAD_SCRATCH];

	ch_wr_str(w, ch_kind_schema(CH_K_PAPER_TEXT)->field[i].key);
	CH_WR_LIT(w, " ");
	ch_wr_put(w, ch_head_value(scratch, head, i, root));
}

static void ch_head_leaf_hash(ch_hash *out, const ch_stmt *head, unsigned i, const ch_hash *root,
    const struct ch_seeds *seeds)
{
	uint8_t scratch[HEAD_SCRATCH], salt[CH_SALT];
	struct ch_sha256 s;

	ch_leaf_salt(salt, seeds, CH_LEAF_HEAD, i, head->exercise);
	ch_leaf_begin(&s, CH_LEAF_HEAD, i, 0, salt, head->exercise);
	ch_sha256_update(&s, ch_span_str(ch_kind_schema(CH_K_PAPER_TEXT)->field[i].key));
	ch_sha256_update(&s, CH_LIT(" "));
	ch_sha256_update(&s, ch_head_value(scratch, head, i, root));
	ch_sha256_final(&s, out);
	ch_wipe(salt, sizeof salt);
}

ch_err ch_paper_list_root(ch_hash *root, const ch_stmt *head, ch_leaf_kind kind,
    const struct ch_seeds *seeds, struct ch_paper_work *work)
{
	unsigned f = ch_leaf_field(kind);
	uint8_t salt[CH_SALT];
	ch_span lines;
	ch_item it;
	ch_err e = CH_OK;

	CH_ASSERT(f < CH_H_KEYS);
	struct ch_rd r = ch_rd_of(head->v[f]);

	memset(root, 0, sizeof *root);
	if (head->count[f] > CH_ITEMS_MAX)
		return CH_E_LIMIT;
	for (uint32_t i = 0; i < head->count[f] && e == CH_OK; i++) {
		e = ch_stmt_next_item(&it, &lines, &r, CH_K_PAPER_TEXT, f);
		ch_leaf_salt(salt, seeds, kind, i, head->exercise);
		ch_leaf_hash(&work->item[i], kind, i, 0, salt, lines, head->exercise);
	}
	ch_wipe(salt, sizeof salt);
	if (e == CH_OK)
		e = ch_rd_done(&r);
	if (e == CH_OK && head->count[f] > 0)
		ch_merkle_root(root, work->item, head->count[f]);
	return e;
}

static ch_err ch_paper_head_root(ch_hash *out, const ch_stmt *head, const struct ch_seeds *seeds,
    struct ch_paper_work *work)
{
	static const ch_leaf_kind lists[] = { CH_LEAF_INFO, CH_LEAF_POSITION, CH_LEAF_ATTACHMENT };
	ch_hash root = { 0 };

	for (unsigned i = 0; i < CH_H_KEYS; i++)
		ch_head_leaf_hash(&work->head[i], head, i, &root, seeds);
	for (unsigned k = 0; k < CH_COUNT(lists); k++) {
		unsigned f = ch_leaf_field(lists[k]);
		ch_err e = ch_paper_list_root(&root, head, lists[k], seeds, work);

		if (e != CH_OK)
			return e;
		ch_head_leaf_hash(&work->head[f], head, f, &root, seeds);
	}
	ch_merkle_root(out, work->head, CH_H_KEYS);
	return CH_OK;
}

static void ch_paper_body(ch_hash *out, const ch_paper *p, const struct ch_seeds *seeds,
    struct ch_paper_work *work)
{
	bool exercise = p->head.exercise;
	uint8_t salt[CH_SALT];
	ch_hash root;

	for (uint32_t i = 0; i < p->n_passages; i++) {
		ch_leaf_salt(salt, seeds, CH_LEAF_PASSAGE, i, exercise);
		ch_leaf_hash(&work->passage[i], CH_LEAF_PASSAGE, i, p->passage[i].parent, salt,
		    p->passage[i].text, exercise);
	}
	ch_merkle_root(&root, work->passage, p->n_passages);
	ch_body_salt(salt, seeds, exercise);
	ch_body_commitment(out, salt, p->n_passages, &root, exercise);
	ch_wipe(salt, sizeof salt);
}

ch_err ch_paper_roots(ch_hash *head_root, ch_hash *body, const ch_paper *p,
    const struct ch_seeds *seeds, struct ch_paper_work *work)
{
	ch_err e;

	CH_ASSERT(p->n_passages >= 1 && p->n_passages <= CH_PASSAGES_MAX);
	memset(head_root, 0, sizeof *head_root);
	memset(body, 0, sizeof *body);
	e = ch_paper_head_root(head_root, &p->head, seeds, work);
	if (e == CH_OK)
		ch_paper_body(body, p, seeds, work);
	return e;
}

void ch_paper_text_line(ch_hash *out, const ch_stmt *head, ch_span body,
    const struct ch_secret32 *common)
{
	struct ch_rd r = ch_rd_of(head->v[CH_H_ATTACHMENTS]);
	uint8_t len[8];
	struct ch_wr w = ch_wr_of(len, sizeof len);
	struct ch_sha256 s;
	ch_item it;

	ch_wr_be64(&w, body.n);
	ch_sha256_init(&s);
	ch_sha256_update(&s, LABEL(head->exercise, "text@v1\n"));
	ch_sha256_update(&s, ch_span_of(common->b, sizeof common->b));
	ch_sha256_update(&s, ch_span_of(len, sizeof len));
	ch_sha256_update(&s, body);
	ch_sha256_update(&s, head->v[CH_H_POSITIONS]);
	for (uint32_t i = 0; i < head->count[CH_H_ATTACHMENTS]; i++) {
		if (ch_stmt_next_item(&it, NULL, &r, CH_K_PAPER_TEXT, CH_H_ATTACHMENTS) != CH_OK)
			break; /* a head that was not parsed: whatever comes out, nothing fits it */
		ch_hash h = ch_val_hash(it.v[CH_AT_DIGEST]);

		ch_sha256_update(&s, ch_span_of(h.b, sizeof h.b));
	}
	ch_sha256_final(&s, out);
}

/* Hash what stands in w since `from`; zero while measuring. */
static void ch_commit_since(ch_hash *out, const struct ch_wr *w, size_t from)
{
	struct ch_rd r = ch_rd_of(ch_wr_span(w));

	memset(out, 0, sizeof *out);
	(void)ch_rd_take(&r, from);
	if (r.err == CH_OK)
		ch_stmt_hash(out, ch_rd_rest(&r));
}

ch_err ch_paper_commit(struct ch_wr *statement, ch_hash *d, const ch_paper *p,
    const struct ch_seeds *seeds, const ch_ref *roster, ch_span mode, struct ch_paper_work *work)
{
	ch_stmt s = { .kind = CH_K_PAPER, .exercise = p->head.exercise };
	uint8_t scratch[256];
	struct ch_wr w = ch_wr_of(scratch, sizeof scratch);
	size_t from = statement->n;
	ch_hash head, body;
	ch_err e = ch_paper_roots(&head, &body, p, seeds, work);

	memset(d, 0, sizeof *d);
	if (e != CH_OK) {
		ch_wr_fail(statement, e);
		return e;
	}
	s.v[CH_PAPER_TALKS] = p->head.v[CH_H_TALKS];
	s.v[CH_PAPER_PARTY] = p->head.v[CH_H_FROM];
	s.v[CH_PAPER_ROSTER] = ch_val_put_ref(&w, roster);
	s.v[CH_PAPER_MODE] = mode;
	s.v[CH_PAPER_HEAD] = ch_val_put_hash(&w, &head);
	s.v[CH_PAPER_BODY] = ch_val_put_hash(&w, &body);
	e = ch_stmt_format(statement, &s);
	if (e == CH_OK)
		ch_commit_since(d, statement, from);
	return e;
}

ch_err ch_seeds_format(struct ch_wr *w, const ch_stmt *head, const struct ch_seeds *seeds)
{
	ch_stmt s = { .kind = CH_K_SEEDS, .exercise = head->exercise };
	const struct ch_secret32 *const part[] = { &seeds->head, &seeds->body, &seeds->text };
	uint8_t hex[3 * 64];
	struct ch_wr h = ch_wr_of(hex, sizeof hex);
	struct ch_rd r;
	ch_err e;

	s.v[CH_SEEDS_TALKS] = head->v[CH_H_TALKS];
	s.v[CH_SEEDS_PARTY] = head->v[CH_H_FROM];
	for (unsigned i = 0; i < CH_COUNT(part); i++)
		ch_hex_put(&h, ch_span_of(part[i]->b, sizeof part[i]->b));
	r = ch_rd_of(ch_wr_span(&h));
	s.v[CH_SEEDS_HEAD] = ch_rd_take(&r, 64);
	s.v[CH_SEEDS_BODY] = ch_rd_take(&r, 64);
	s.v[CH_SEEDS_TEXT] = ch_rd_take(&r, 64);
	e = ch_stmt_format(w, &s);
	ch_wipe(hex, sizeof hex);
	return e;
}

ch_err ch_seeds_parse(struct ch_seeds *out, ch_span text, const ch_stmt *head)
{
	ch_stmt s;
	ch_err e = ch_stmt_parse_as(&s, text, CH_K_SEEDS, head->exercise);

	memset(out, 0, sizeof *out);
	if (e != CH_OK)
		return e;
	if (!ch_span_eq(s.v[CH_SEEDS_TALKS], head->v[CH_H_TALKS]) ||
	    !ch_span_eq(s.v[CH_SEEDS_PARTY], head->v[CH_H_FROM]))
		return CH_E_CONFLICT;
	e = ch_hex_parse(out->head.b, sizeof out->head.b, s.v[CH_SEEDS_HEAD]);
	if (e == CH_OK)
		e = ch_hex_parse(out->body.b, sizeof out->body.b, s.v[CH_SEEDS_BODY]);
	if (e == CH_OK)
		e = ch_hex_parse(out->text.b, sizeof out->text.b, s.v[CH_SEEDS_TEXT]);
	if (e != CH_OK)
		ch_wipe(out, sizeof *out);
	return e;
}
