/* Statements of parties: parsed, and judged by the newest roster of their party. */
#include "reg.h"

#include "warm.h"

static bool fits(const ch_signed *in, struct ch_reg *reg, struct ch_op *op, ch_kind kind)
{
	if (kind != CH_K_COUNT && in->s.kind != kind)
		return ch_refuse(op, 400, "bad-request", "A statement of another kind is wanted");
	if (in->s.exercise != reg->folder.exercise)
		return ch_refuse(op, 422, "exercise-mismatch",
		    "Exercise and real statements are kept apart");
	return true;
}

bool ch_signed_parse(ch_signed *out, struct ch_reg *reg, struct ch_op *op, ch_span note,
    ch_kind kind)
{
	size_t max = kind == CH_K_ROSTER ? CH_NOTE_TEXT_MAX_ROSTER : CH_NOTE_TEXT_MAX;
	const ch_signed *known = ch_warm_signed(op, note);
	ch_err e;

	if (known) {
		*out = *known;
		return fits(out, reg, op, kind);
	}
	memset(out, 0, sizeof *out);
	if ((e = ch_note_parse(&out->note, note, max)) != CH_OK ||
	    (e = ch_stmt_parse(&out->s, out->note.text)) != CH_OK)
		return ch_refuse_err(op, e);
	ch_stmt_hash(&out->hash, out->note.text);
	out->from = note;
	return fits(out, reg, op, kind);
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
	reg->metrics.used[CH_USED_SIGNATURES] += e == CH_OK && ch_warm_lines(op);
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 403, "not-permitted", "Signatures are missing to the quorum");
	if (e == CH_E_FORMAT)
		return ch_refuse(op, 422, "bad-signature", "A signature line is unknown or spare");
	return e == CH_OK ? true : ch_refuse_err(op, e);
}
