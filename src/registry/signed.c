/* Statements of parties: parsed, and judged by the newest roster of their party. */
#include "reg.h"

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

/* A roster costs three verifications a delegate and stands under thousands of statements: its
 * bytes are judged once a run. The table has a fixed size; a digest that lost its place there is
 * earned again. */
static ch_err open_roster(ch_roster *out, struct ch_reg *reg, ch_span note, ch_span pin)
{
	struct ch_sha256 sha;
	ch_hash digest, *place;
	ch_vkey key;
	ch_err e;

	ch_sha256_init(&sha);
	ch_sha256_update(&sha, pin);
	ch_sha256_update(&sha, CH_LIT("\n"));
	ch_sha256_update(&sha, note);
	ch_sha256_final(&sha, &digest);
	place = &reg->known[(digest.b[0] | (unsigned)digest.b[1] << 8) % CH_REG_KNOWN];
	if (ch_hash_eq(place, &digest))
		return ch_roster_reopen(out, note);
	if (ch_vkey_parse(&key, pin) != CH_OK)
		return CH_E_DB;
	if ((e = ch_roster_open(out, note, &key, NULL)) == CH_OK)
		*place = digest;
	return e;
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
	e = open_roster(out, reg, row.note, pin);
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
	e = ch_roster_judge(who, &in->note, &in->s, r, ch_kind_power(in->s.kind));
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 403, "not-permitted", "Signatures are missing to the quorum");
	if (e == CH_E_FORMAT)
		return ch_refuse(op, 422, "bad-signature", "A signature line is unknown or spare");
	return e == CH_OK ? true : ch_refuse_err(op, e);
}
