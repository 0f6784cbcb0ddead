/* Opening and judging evidence: see verdict.h. Trusts the keys of the asker's trust file. */
#include "verdict.h"

static ch_err ch_verdict_refuse(struct ch_verdict *v, ch_err e, const char *what,
    const char *advice)
{
	v->what = what;
	v->advice = advice;
	return e;
}

ch_err ch_verdict_open(struct ch_verdict *v, ch_span in)
{
	bool own_trust = v->own_trust;
	ch_err e;

	memset(v, 0, sizeof *v);
	v->own_trust = own_trust;
	e = ch_pack_sniff(&v->kind, &v->exercise, in);
	if (e != CH_OK || (v->kind != CH_PACK_EXTRACT && v->kind != CH_PACK_RECORD &&
	    v->kind != CH_PACK_ANSWER && v->kind != CH_PACK_SPLIT))
		return ch_verdict_refuse(v, CH_E_FORMAT,
		    "neither an extract, a delivery record, a public statement nor a split view",
		    "give the file as you received it");
	e = ch_pack_parse(v->part, &v->n, CH_PACK_PARTS_MAX, in, v->kind, v->exercise);
	if (e != CH_OK)
		return ch_verdict_refuse(v, e, e == CH_E_TRUNCATED ? "the file is cut off"
		    : "the file is not in its one exact form", "ask for it again");
	if (v->kind == CH_PACK_ANSWER)
		v->kind = CH_PACK_EXTRACT;
	return CH_OK;
}

static ch_err ch_verdict_judge_extract(struct ch_verdict *v, const ch_evidence *ev)
{
	struct ch_diag diag = { 0 };
	ch_err e = ch_extract_judge(&v->extract, &v->work.extract, ev, &diag);

	if (e != CH_OK)
		return ch_verdict_refuse(v, e, diag.what ? diag.what : ch_err_text(e),
		    e == CH_E_AUTH ? "the file was altered; ask for it again"
				   : "the file is not sound; ask for it again");
	v->holds = ch_verdict_extract_holds(&v->extract);
	v->exercise = v->extract.exercise;
	return CH_OK;
}

static ch_err ch_verdict_judge_record(struct ch_verdict *v, const ch_evidence *ev)
{
	struct ch_diag diag = { 0 };
	ch_err e = ch_delivery_judge(&v->record, &v->work.record, ev, &diag);

	if (e != CH_OK)
		return ch_verdict_refuse(v, e, diag.what ? diag.what : ch_err_text(e),
		    "the record is not sound; ask for it again");
	v->holds = ch_verdict_record_holds(&v->record);
	v->exercise = v->record.exercise;
	return CH_OK;
}

static ch_err ch_verdict_judge_split(struct ch_verdict *v, const ch_evidence *ev)
{
	struct ch_diag diag = { 0 };
	ch_err e = ch_split_judge(&v->split, &v->work.split, ev, &diag);

	if (e != CH_OK)
		return ch_verdict_refuse(v, e, diag.what ? diag.what : ch_err_text(e),
		    "the file is not sound; ask for it again");
	v->holds = !v->split.why;
	return CH_OK;
}

ch_err ch_verdict_judge(struct ch_verdict *v, const ch_trust *trust)
{
	ch_evidence ev = { v->part, v->n, v->exercise, trust };

	v->holds = false;
	v->what = v->advice = NULL;
	if (v->kind == CH_PACK_SPLIT)
		return ch_verdict_judge_split(v, &ev);
	return v->kind == CH_PACK_RECORD ? ch_verdict_judge_record(v, &ev)
					 : ch_verdict_judge_extract(v, &ev);
}

const ch_fact *ch_verdict_statement(const ch_extract *x)
{
	if (x->step[CH_XS_CONFIRMATION].present)
		return &x->step[CH_XS_CONFIRMATION];
	if (x->step[CH_XS_DISCLOSURE].present)
		return &x->step[CH_XS_DISCLOSURE];
	return &x->step[CH_XS_STATEMENT];
}

bool ch_verdict_place(uint64_t *index, const struct ch_verdict *v)
{
	const ch_fact *f = &v->record.step[CH_STEP_REGISTERED];

	if (v->kind == CH_PACK_EXTRACT) {
		f = ch_verdict_statement(&v->extract);
		if (!f->logged)
			f = &v->extract.step[CH_XS_HANDOVER];
	}
	*index = f->logged ? f->index : 0;
	return f->logged;
}

ch_hash ch_verdict_paper(const struct ch_verdict *v)
{
	return v->kind == CH_PACK_RECORD ? v->record.paper : v->extract.paper;
}

ch_span ch_verdict_registry(const struct ch_verdict *v)
{
	if (v->kind == CH_PACK_SPLIT)
		return v->split.log.name;
	if (v->kind == CH_PACK_RECORD)
		return v->record.registry;
	return v->work.extract.ev.has_registry ? v->work.extract.ev.registry.name : (ch_span){ 0 };
}

void ch_verdict_tell(struct ch_tell *o, const struct ch_verdict *v, ch_span name)
{
	if (v->exercise)
		ch_tell(o, "EXERCISE: this is a drill. It proves nothing about real talks.\n");
	ch_tell_span(o, name);
	if (v->kind == CH_PACK_RECORD)
		ch_verdict_tell_record(o, v);
	else if (v->kind == CH_PACK_SPLIT)
		ch_verdict_tell_split(o, v);
	else
		ch_verdict_tell_extract(o, v);
	if (v->own_trust)
		ch_tell(o, "  - that the keys are those of these parties: they come from the folder"
		    " itself\n");
	ch_tell(o, v->holds ? "PROVEN as far as said above.\n"
			    : "NOT PROVEN in every point: see above.\n");
}
