/*
 * What is said in public, and cosignatures of the register. A cosignature that dates a checkpoint
 * may end what lapsed: that is the only clock of deliveries, and the addressee has no part in it.
 */
#include "handlers.h"

#include "checkpoint.h"
#include "witnesses.h"

#define LIST_MAX 1000
#define LIST_ROOM (LIST_MAX * 500 + 64)
#define NOTE_ROOM 32768
#define LINES_EACH 4 /* of one party */
#define LINES_MAX 24 /* cosignatures in one note; 32 lines are the format's bound */

static bool is_public(ch_kind k)
{
	return k == CH_K_CONFIRMATION || k == CH_K_DISCLOSURE || k == CH_K_STATEMENT ||
	    k == CH_K_CONTESTATION;
}

static const char *kind_name(ch_kind k)
{
	return ch_kind_schema(k)->name;
}

static bool give_public(struct ch_reg *reg, struct ch_op *op, const ch_row_public *row)
{
	ch_row_entry entry;
	ch_err e = ch_reg_entry(&entry, reg, op, row->index);

	if (e != CH_OK)
		return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
	ch_give_logged(op, kind_name(row->kind), entry.note, row->index);
	return true;
}

static bool is_member(struct ch_reg *reg, struct ch_op *op, const ch_hash *talks, ch_span party)
{
	ch_row_charter row;
	ch_err e = ch_store_in_talks(reg->store, talks, party);

	if (e == CH_OK)
		e = ch_store_charter_newest(&row, reg->store, op->arena, talks, true);
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 422, "unknown-talks",
		    "No charter of these talks with this party is in force here");
	return e == CH_OK ? true : ch_fault(op, e);
}

static bool enter(struct ch_reg *reg, struct ch_op *op, const ch_signed *in)
{
	ch_row_public row = {
		.hash = in->hash,
		.talks = ch_val_hash(in->s.v[CH_ANY_TALKS]),
		.party = in->s.v[CH_ANY_PARTY],
		.kind = in->s.kind,
	};
	ch_roster r;
	ch_signers who;
	int64_t now;
	ch_err e;

	if (!ch_reg_now(&now, reg, op) || !ch_signed_judge(&who, &r, in, reg, op, now) ||
	    !is_member(reg, op, &row.talks, row.party))
		return false;
	e = ch_register_add(&row.index, reg->log, row.kind, op->body, in->note.text, NULL);
	if (e == CH_OK)
		e = ch_store_public_add(reg->store, &row);
	if (e != CH_OK)
		return ch_fault(op, e);
	op->status = 201;
	ch_give_logged(op, kind_name(row.kind), op->body, row.index);
	return true;
}

bool ch_post_statement(struct ch_reg *reg, struct ch_op *op)
{
	ch_signed in;
	ch_row_public row;
	ch_err e;

	if (!ch_signed_parse(&in, reg, op, op->body, CH_K_COUNT))
		return false;
	if (!is_public(in.s.kind))
		return ch_refuse(op, 400, "bad-request", "No statement of this kind is public");
	e = ch_store_public(&row, reg->store, op->arena, &in.hash);
	if (e == CH_OK) {
		op->status = 201;
		return give_public(reg, op, &row);
	}
	return e == CH_E_ABSENT ? enter(reg, op, &in) : ch_fault(op, e);
}

bool ch_get_statement(struct ch_reg *reg, struct ch_op *op)
{
	ch_row_public row;
	ch_hash h;
	ch_err e;

	if (!ch_op_hash(&h, op, 0))
		return false;
	if ((e = ch_store_public(&row, reg->store, op->arena, &h)) != CH_OK)
		return ch_refuse_err(op, e);
	op->newest = true;
	return give_public(reg, op, &row);
}

static ch_err on_public(void *ctx, const ch_row_public *r)
{
	struct ch_wr *w = ctx;

	ch_json_hash(w, "hash", &r->hash);
	ch_json_text(w, "kind", ch_span_str(kind_name(r->kind)));
	ch_json_text(w, "party", r->party);
	ch_json_dec(w, "index", r->index);
	CH_WR_LIT(w, "}");
	return w->err;
}

bool ch_get_statements(struct ch_reg *reg, struct ch_op *op)
{
	struct ch_wr w = ch_wr_of(ch_op_alloc(op, LIST_ROOM), LIST_ROOM);
	uint64_t after;
	ch_hash talks;
	ch_err e;

	if (op->err != CH_OK || !ch_op_hash(&talks, op, 0) || !ch_op_after(&after, op, "after"))
		return false;
	if ((e = ch_store_in_talks(reg->store, &talks, op->who.party)) != CH_OK)
		return ch_refuse_err(op, e);
	CH_WR_LIT(&w, "[");
	e = ch_store_publics(reg->store, &talks, after, LIST_MAX, on_public, &w);
	CH_WR_LIT(&w, "]\n");
	if (e == CH_OK)
		e = w.err;
	return e == CH_OK ? ch_give_text(op, 200, "application/json", ch_wr_span(&w)) :
	    ch_fault(op, e);
}

/* ---- cosignatures ---- */

struct lines {
	struct ch_wr w;
	unsigned n, n_party;
	size_t n_last;
	uint8_t last[CH_NAME_MAX]; /* whose line came last; they come sorted */
};

/* Whether a party has as many lines in the note as it may: it must not crowd others out. */
static bool has_enough(struct lines *l, ch_span name)
{
	struct ch_rd r = ch_rd_of(name);
	ch_span party = ch_rd_until(&r, '/');

	if (r.err != CH_OK || party.n > sizeof l->last)
		return false;
	if (!ch_span_eq(party, ch_span_of(l->last, l->n_last))) {
		memcpy(l->last, party.p, party.n);
		l->n_last = party.n;
		l->n_party = 0;
	}
	return l->n_party++ >= LINES_EACH;
}

static ch_err on_line(void *ctx, ch_span name, int64_t time, ch_span line)
{
	struct lines *l = ctx;

	(void)time;
	if (!has_enough(l, name) && l->n++ < LINES_MAX)
		ch_wr_put(&l->w, line);
	return l->w.err;
}

bool ch_cosigned_note(ch_span *note, struct ch_reg *reg, struct ch_op *op,
    const ch_row_checkpoint *cp)
{
	struct lines l = { .w = ch_wr_of(ch_op_alloc(op, NOTE_ROOM), NOTE_ROOM) };
	ch_err e;

	if (op->err != CH_OK)
		return false;
	ch_wr_put(&l.w, cp->note);
	if ((e = ch_store_cosigns(reg->store, cp->size, on_line, &l)) != CH_OK)
		return ch_fault(op, ch_err_is_fault(e) ? e : CH_E_INTERNAL);
	*note = ch_wr_span(&l.w);
	return true;
}

bool ch_get_cosigned(struct ch_reg *reg, struct ch_op *op)
{
	ch_row_checkpoint cp = { 0 };
	uint64_t above;
	ch_span note;
	ch_err e;

	if (!ch_op_after(&above, op, "above"))
		return false;
	if (above == UINT64_MAX)
		return ch_refuse(op, 400, "bad-request", "`above` is wanted");
	e = ch_store_checkpoint_cosigned(&cp, reg->store, op->arena, above);
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 404, "not-yet", "No such checkpoint has been cosigned yet");
	if (e != CH_OK)
		return ch_fault(op, e);
	if (!ch_cosigned_note(&note, reg, op, &cp))
		return false;
	return ch_give_text(op, 200, "text/plain; charset=utf-8", note);
}

/* The key behind a line's name: a delegate's in its party's newest roster, a witness's of the
 * policy, or a neutral's. */
static bool cosigner_of(ch_vkey *out, struct ch_reg *reg, struct ch_op *op,
    const ch_note_line *line, ch_span full)
{
	struct ch_rd r = ch_rd_of(line->name);
	ch_span handle = ch_rd_until(&r, '/'), text;
	ch_roster roster;
	ch_delegate d;

	memset(out, 0, sizeof *out);
	if (r.err == CH_OK && ch_reg_roster(&roster, reg, op, handle, 0)) {
		if (ch_roster_find(&d, NULL, &roster, line->name) == CH_OK && !d.recalled) {
			*out = d.cosign;
			return true;
		}
	}
	if (op->err != CH_OK)
		return false;
	op->status = 0; /* not enrolled is no verdict here */
	if (ch_witnesses_find(out, reg, line))
		return true;
	return ch_store_neutral(&text, reg->store, op->arena, full) == CH_OK &&
	    ch_vkey_parse(out, text) == CH_OK;
}

/* The checkpoint as we signed it: this size, this root. */
static bool is_ours(ch_row_checkpoint *row, ch_note *note, struct ch_reg *reg, struct ch_op *op)
{
	ch_checkpoint cp;
	ch_err e = ch_checkpoint_open(&cp, note, op->body, &reg->folder.vkey);

	if (e != CH_OK)
		return ch_refuse(op, 422, "bad-signature", "Not a checkpoint of this register");
	if (cp.size == 0)
		return ch_refuse(op, 422, "bad-request", "The empty register is not cosigned");
	e = ch_store_checkpoint_above(row, reg->store, op->arena, cp.size - 1);
	if (e != CH_OK && e != CH_E_ABSENT)
		return ch_fault(op, e);
	if ((e == CH_E_ABSENT || row->size != cp.size || !ch_hash_eq(&row->root, &cp.root)) &&
	    ch_witnesses_convict(reg, op->body))
		return ch_refuse(op, 503, "stopping", "The registry is stopping");
	if (e == CH_E_ABSENT || row->size != cp.size || !ch_hash_eq(&row->root, &cp.root))
		return ch_refuse(op, 422, "bad-signature",
		    "This register never published that checkpoint");
	return true;
}

/* Keep line i if a known cosigner made it; fresh: it says more than we knew. */
static bool take_line(unsigned *n, bool *fresh, struct ch_reg *reg, struct ch_op *op,
    const ch_note *note,
    size_t i, uint64_t size)
{
	ch_vkey key = { 0 };
	uint64_t time = 0;
	uint8_t room[1024];
	struct ch_wr w = ch_wr_of(room, sizeof room);
	ch_span full;
	ch_err e;

	if (!ch_op_key_name(&full, op, note->line[i].name, note->line[i].id) ||
	    !cosigner_of(&key, reg, op, &note->line[i], full))
		return op->err == CH_OK;
	e = ch_cosignature_line_verify(&time, note, i, &key);
	if (e == CH_E_ABSENT)
		return true;
	if (e != CH_OK || time > INT64_MAX)
		return ch_refuse(op, 422, "bad-signature", "A cosignature does not verify");
	ch_note_put_line(&w, &note->line[i]);
	if (w.err != CH_OK)
		return ch_refuse(op, 413, "too-large", "Larger than the format allows");
	e = ch_store_cosign_put(reg->store, size, full, (int64_t)time, ch_wr_span(&w));
	*fresh = e == CH_OK && ch_store_changed(reg->store);
	(*n)++;
	return e == CH_OK ? true : ch_fault(op, e);
}

bool ch_post_cosignatures(struct ch_reg *reg, struct ch_op *op)
{
	ch_row_checkpoint row;
	ch_note note;
	unsigned n = 0;
	bool any = false;

	if (!is_ours(&row, &note, reg, op))
		return false;
	for (size_t i = 0; i < note.n; i++) {
		struct ch_rd r = ch_rd_of(note.line[i].name);
		ch_span party = ch_rd_until(&r, '/');
		bool fresh = false;

		if (!take_line(&n, &fresh, reg, op, &note, i, row.size))
			return false;
		if (fresh && r.err == CH_OK && !ch_ends_lapse(reg, op, &row, party))
			return false;
		if (fresh)
			ch_witnesses_heard(reg, row.size);
		any = any || fresh; /* the same once more is cheap */
	}
	if (n == 0)
		return ch_refuse(op, 422, "bad-signature", "No line is by a cosigner known here");
	if (any && !ch_ends_lapse(reg, op, &row, (ch_span){ 0 }))
		return false;
	op->status = 200;
	op->answer = CH_ANSWER_EMPTY;
	return true;
}
