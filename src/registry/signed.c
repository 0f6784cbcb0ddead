/* Statements of parties: parsed, and judged by the newest roster of their party. */
#include "reg.h"

#include "warm.h"

bool ch_signed_parse(ch_signed *out, struct ch_reg *reg, struct ch_op *op, ch_span note,
    ch_kind kind)
{
	size_t max = kind == CH_K_ROSTER ? CH_NOTE_TEXT_MAX_ROSTER : CH_NOTE_TEXT_MAX;
	ch_err e;

	memset(out, 0, sizeof *out);
	if ((e = ch_note_parse(&out->note, note, max)) != CH_OK ||
	    (e = ch_stmt_parse(&out->s, out->note.text)) != CH_OK)
		return ch_refuse_err(op, e);
	if (kind != CH_K_COUNT && out->s.kind != kind)
		return ch_refuse(op, 400, "bad-request", "A statement of another kind is wanted");
	if (out->s.exercise != reg->folder.exercise)
		return ch_refuse(op, 422, "exercise-mismatch",
		    "Exercise and real statements are kept apart");
	ch_stmt_hash(&out->hash, out->note.text);
	return true;
}

/*
 * Opened rosters. One costs three verifications a delegate and stands under thousands of
 * statements: its bytes are judged once and kept opened, in a table of fixed size. A full one is
 * emptied between two batches, when nothing points into it.
 */
static struct ch_opened **place_of(struct ch_reg *reg, const ch_hash *hash)
{
	unsigned at = hash->b[0] | (unsigned)hash->b[1] << 8;

	for (unsigned i = 0; i < 8; i++) {
		struct ch_opened **p = &reg->opened[(at + i) % CH_REG_OPENED];

		if (!*p || ch_hash_eq(&(*p)->r.hash, hash))
			return p;
	}
	return NULL;
}

const ch_roster *ch_reg_opened(struct ch_reg *reg, const ch_hash *hash)
{
	struct ch_opened **p = place_of(reg, hash);

	return p && *p ? &(*p)->r : NULL;
}

void ch_reg_opened_tidy(struct ch_reg *reg)
{
	if (!reg->opened_full)
		return;
	memset(reg->opened, 0, sizeof reg->opened);
	ch_arena_reset(&reg->opened_mem);
	reg->opened_full = false;
}

/* For want of room the roster is opened where its bytes lie, for once. */
static ch_err open_roster(ch_roster *out, struct ch_reg *reg, const ch_row_roster *row,
    ch_span pin)
{
	struct ch_opened **p = place_of(reg, &row->hash), *o;
	ch_vkey key;
	ch_err e;

	if (p && *p && ch_span_eq((*p)->note, row->note) && ch_span_eq((*p)->pin, pin)) {
		*out = (*p)->r;
		return CH_OK;
	}
	if (ch_vkey_parse(&key, pin) != CH_OK)
		return CH_E_DB;
	if (p && !*p && (o = ch_arena_alloc(&reg->opened_mem, sizeof *o))) {
		o->note = ch_arena_copy(&reg->opened_mem, row->note);
		o->pin = ch_arena_copy(&reg->opened_mem, pin);
		if (reg->opened_mem.err == CH_OK) {
			e = ch_roster_open(&o->r, o->note, &key, NULL);
			if (e == CH_OK && ch_hash_eq(&o->r.hash, &row->hash))
				*p = o;
			*out = o->r;
			return e;
		}
	}
	reg->opened_full = true;
	return ch_roster_open(out, row->note, &key, NULL);
}

bool ch_reg_roster(ch_roster *out, struct ch_reg *reg, struct ch_op *op, ch_span party,
    uint64_t version)
{
	ch_row_roster row;
	ch_span pin;
	ch_err e;

	memset(out, 0, sizeof *out);
	e = ch_store_account(&pin, reg->store, op->arena, party);
	if (e == CH_OK)
		e = ch_store_roster(&row, reg->store, op->arena, party, version);
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 403, "not-enrolled",
		    "This party has no roster here: enrol it, then send its roster");
	if (e != CH_OK)
		return ch_fault(op, e);
	e = open_roster(out, reg, &row, pin);
	return e == CH_OK ? true : ch_fault(op, ch_err_is_fault(e) ? e : CH_E_DB);
}

bool ch_signed_judge(ch_signers *who, ch_roster *r, const ch_signed *in, struct ch_reg *reg,
    struct ch_op *op, int64_t now)
{
	ch_err e;

	memset(who, 0, sizeof *who);
	if (!ch_reg_roster(r, reg, op, in->s.v[CH_ANY_PARTY], 0))
		return false;
	if (!ch_roster_is_current(r, now))
		return ch_refuse(op, 409, "stale-roster", "The party's roster is past its date");
	e = ch_roster_judge_known(who, &in->note, &in->s, r, ch_kind_power(in->s.kind),
	    ch_warm_lines(op));
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 403, "not-permitted", "Signatures are missing to the quorum");
	if (e == CH_E_FORMAT)
		return ch_refuse(op, 422, "bad-signature", "A signature line is unknown or spare");
	return e == CH_OK ? true : ch_refuse_err(op, e);
}
