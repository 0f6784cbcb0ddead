/* Opening a request: see request.h. Trusts nothing; its delegate is judged as one of a roster. */
#include "request.h"

#include "roster_inner.h"

static ch_err ch_request_say(struct ch_diag *diag, const char *what, ch_err e)
{
	if (diag)
		*diag = (struct ch_diag){ what, 0 };
	return e;
}

/* The plain fields, from a parsed statement. */
static ch_err ch_request_fields(ch_request *q, struct ch_diag *diag)
{
	const ch_span *v = q->stmt.v;
	struct ch_rd rd = ch_rd_of(v[CH_RQ_DELEGATES]);

	q->exercise = q->stmt.exercise;
	q->party = v[CH_RQ_PARTY];
	q->time = ch_val_when(v[CH_RQ_TIME]);
	q->hybrid = ch_span_eq(v[CH_RQ_SUITE], CH_LIT("hybrid"));
	if (!q->hybrid && !ch_span_eq(v[CH_RQ_SUITE], CH_LIT("classic")))
		return ch_request_say(diag, "an unknown sealing suite", CH_E_FORMAT);
	if (v[CH_RQ_TALKS].n > 0 || q->stmt.count[CH_RQ_DELEGATES] != 1)
		return ch_request_say(diag, "not exactly one delegate", CH_E_FORMAT);
	ch_roster_rd_item(&q->item, &rd);
	if (q->item.v[CH_DEL_POWERS].n > 0 || q->item.v[CH_DEL_RECALLED].n > 0)
		return ch_request_say(diag, "powers are given, not asked for", CH_E_FORMAT);
	return CH_OK;
}

/* As the only delegate of a roster that nobody signed. */
static CH_OWN_FRAME ch_err ch_request_keys(ch_request *q, struct ch_diag *diag)
{
	ch_roster r = { .party = q->party, .exercise = q->exercise, .hybrid = q->hybrid, .n = 1 };
	ch_err e;

	r.stmt.v[CH_ROSTER_DELEGATES] = q->stmt.v[CH_RQ_DELEGATES];
	if ((e = ch_roster_check(&r, diag)) == CH_OK)
		ch_roster_delegate(&q->who, &r, 0);
	return e;
}

static ch_err ch_request_open_into(ch_request *q, ch_span in, struct ch_diag *diag)
{
	ch_note note;
	ch_err e = ch_note_parse(&note, in, CH_NOTE_TEXT_MAX);

	if (e == CH_OK)
		e = ch_stmt_parse(&q->stmt, note.text);
	if (e == CH_OK && q->stmt.kind != CH_K_REQUEST)
		e = CH_E_FORMAT;
	if (e != CH_OK)
		return ch_request_say(diag, "not a request note", e);
	if ((e = ch_request_fields(q, diag)) != CH_OK || (e = ch_request_keys(q, diag)) != CH_OK)
		return e;
	if (note.n != 1 || ch_note_line_verify(&note, 0, &q->who.key) != CH_OK)
		return ch_request_say(diag, "not signed by exactly its statement key", CH_E_AUTH);
	return CH_OK;
}

ch_err ch_request_open(ch_request *out, ch_span note, struct ch_diag *diag)
{
	ch_err e;

	memset(out, 0, sizeof *out);
	if (diag)
		*diag = (struct ch_diag){ 0 };
	e = ch_request_open_into(out, note, diag);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}
