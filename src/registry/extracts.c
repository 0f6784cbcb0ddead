/*
 * Public extracts beside public statements: what lets an outsider see of which paper a party spoke.
 * The party that made the statement puts one, once; anybody may have it. The registry looks at
 * nothing but that it is an extract around that statement, and holds neither L nor keybox.
 */
#include "handlers.h"
#include "hex.h"

#define CONFIRMATION_MAX ((size_t)1 << 20)

static ch_err extract_path(char out[CH_PATH_MAX], const struct ch_reg *reg, const ch_hash *h)
{
	char hex[65] = { 0 };
	struct ch_wr w = ch_wr_of(hex, 64);

	ch_hex_put(&w, ch_span_of(h->b, sizeof h->b));
	return ch_path(out, "%s/extracts/%s", reg->folder.dir, hex);
}

/* Whether a part has no business in a public extract. */
static bool is_private(ch_span name)
{
	return ch_span_eq(name, CH_LIT("submission")) || ch_span_eq(name, CH_LIT("keybox")) ||
	    ch_span_eq(name, CH_LIT("key")) || ch_span_eq(name, CH_LIT("cover"));
}

static bool fits(struct ch_reg *reg, struct ch_op *op, const ch_row_public *row)
{
	ch_part *part = ch_op_alloc(op, CH_PACK_PARTS_MAX * sizeof *part);
	const ch_part *own;
	ch_note note;
	ch_hash h;
	size_t n;
	ch_err e;

	if (!part)
		return false;
	if (row->kind != CH_K_DISCLOSURE && op->body.n > CONFIRMATION_MAX)
		return ch_refuse_err(op, CH_E_LIMIT);
	e = ch_pack_parse(part, &n, CH_PACK_PARTS_MAX, op->body, CH_PACK_EXTRACT,
	    reg->folder.exercise);
	if (e != CH_OK)
		return ch_refuse_err(op, e);
	for (size_t i = 0; i < n; i++)
		if (is_private(part[i].name))
			return ch_refuse(op, 422, "bad-request", "No extract holds such a part");
	own = ch_pack_find(part, n, ch_span_str(ch_kind_schema(row->kind)->name));
	if (!own || ch_note_parse(&note, own->bytes, CH_NOTE_TEXT_MAX) != CH_OK)
		return ch_refuse(op, 422, "bad-request", "The statement is not in the extract");
	ch_stmt_hash(&h, note.text);
	if (!ch_hash_eq(&h, &row->hash))
		return ch_refuse(op, 422, "bad-request", "The extract holds another statement");
	return true;
}

/* The same bytes again are fine; others are not. */
static bool keep(struct ch_reg *reg, struct ch_op *op, const ch_hash *h)
{
	char dir[CH_PATH_MAX], path[CH_PATH_MAX];
	struct ch_buf have;
	ch_err e = ch_path(dir, "%s/extracts", reg->folder.dir);

	if (e == CH_OK)
		e = ch_dir_make(dir);
	if (e == CH_OK)
		e = extract_path(path, reg, h);
	if (e == CH_OK)
		e = ch_file_create(path, op->body, 0600);
	if (e != CH_E_CONFLICT) {
		op->status = 201;
		if (e == CH_E_IO)
			ch_batch_stop(reg, e); /* a failed fsync: the disk cannot be believed */
		return e == CH_OK ? true : ch_fault(op, e);
	}
	ch_buf_init(&have, CH_PACK_MAX);
	e = ch_file_read(&have, path);
	op->status = 200;
	if (e == CH_OK && !ch_span_eq(ch_buf_span(&have), op->body))
		(void)ch_refuse(op, 409, "repeated", "Another extract to this statement is here");
	ch_buf_deinit(&have);
	if (e != CH_OK)
		return ch_fault(op, e);
	return op->status == 200;
}

bool ch_put_extract(struct ch_reg *reg, struct ch_op *op)
{
	ch_row_public row;
	ch_hash h;
	ch_err e;

	if (!ch_op_hash(&h, op, 0))
		return false;
	if ((e = ch_store_public(&row, reg->store, op->arena, &h)) != CH_OK)
		return ch_refuse_err(op, e);
	if (!ch_span_eq(row.party, op->who.party))
		return ch_refuse(op, 403, "not-permitted", "Another party made this statement");
	return fits(reg, op, &row) && keep(reg, op, &h);
}

bool ch_get_extract(struct ch_reg *reg, struct ch_op *op)
{
	char path[CH_PATH_MAX];
	ch_hash h;
	ch_err e;

	if (!ch_op_hash(&h, op, 0))
		return false;
	if ((e = extract_path(path, reg, &h)) == CH_OK)
		e = ch_infile_open(&op->file, path);
	if (e != CH_OK)
		return ch_refuse_err(op, e);
	op->status = 200;
	op->answer = CH_ANSWER_FILE;
	return true;
}
