/* Plain words for papers and deliveries: see say.h. Never "read" for opened, never "accepted" for
 * received: a receipt takes delivery and says nothing else. */
#include "say.h"

#include <stdio.h>

#include "colleagues.h"
#include "standing.h"
#include "when.h"

static const struct {
	unsigned key;
	const char *json, *label;
} cover_keys[] = {
	{ CH_H_NUMBER, "number", "Number" }, { CH_H_FROM, "from", "From" },
	{ CH_H_BY, "by", "By" }, { CH_H_TO, "to", "To" }, { CH_H_FORM, "form", "Form" },
	{ CH_H_ACT, "act", "Act" }, { CH_H_BASIS, "basis", "Basis" },
	{ CH_H_RE, "re", "Answers" }, { CH_H_EFFECTIVE, "effective", "Effective on" },
	{ CH_H_SUBJECT, "subject", "Subject" }, { CH_H_CAVEAT, "caveat", "Caveat" },
	{ CH_H_CHARACTERISE, "characterise", "May characterise" },
	{ CH_H_MAY_CONFIRM, "may_confirm", "May confirm" },
	{ CH_H_ANSWER_BY, "answer_by", "Answer by" },
	{ CH_H_OPERATIVE, "operative", "Operative" },
};

/* `re` is a number and a hash: a person wants the number. */
static ch_span for_person(unsigned key, ch_span v)
{
	return key == CH_H_RE && v.n > 0 ? ch_val_re(v).number : v;
}

void ch_say_cover(struct ch_out *o, const ch_span v[CH_H_KEYS])
{
	for (size_t i = 0; i < CH_COUNT(cover_keys); i++) {
		ch_span value = for_person(cover_keys[i].key, v[cover_keys[i].key]);

		if (value.n > 0)
			ch_out_pair(o, cover_keys[i].json, cover_keys[i].label, value);
	}
}

static void line(struct ch_out *o, const char *key, const char *text)
{
	ch_out_list_item(o);
	ch_out_put_string(o, key, ch_span_str(text));
	ch_out_say(o, "  - %s", text);
}

void ch_say_provable(struct ch_out *o, const ch_span v[CH_H_KEYS])
{
	char text[700];
	int to_n = (int)v[CH_H_TO].n;
	const char *to = (const char *)v[CH_H_TO].p;
	ch_span may = v[CH_H_MAY_CONFIRM].n ? v[CH_H_MAY_CONFIRM] :
	    CH_LIT("from,to,form,act,date");

	ch_out_head(o, "What becomes visible and provable, and to whom:");
	ch_out_list_begin(o, "provable");
	line(o, "text", "The registry sees who sends to whom, when, and the size in steps; no "
	    "word of "
	    "the cover or the text.");
	(void)snprintf(text, sizeof text, "%.*s sees the cover above before signing, and nothing "
	    "of "
	    "the text.", to_n, to);
	line(o, "text", text);
	(void)snprintf(text, sizeof text, "When %.*s has signed for it, %.*s can show to anyone "
	    "that "
	    "you sent exactly this text; you can show that %.*s took delivery of exactly this "
	    "cover.",
	    to_n, to, to_n, to, to_n, to);
	line(o, "text", text);
	(void)snprintf(text, sizeof text, "%.*s may confirm in public: %.*s. The desk refuses "
	    "more; "
	    "a holder of a signed paper could still show it.", to_n, to, (int)may.n,
	    (const char *)may.p);
	line(o, "text", text);
	line(o, "text", "Until it is signed for you can take it back.");
	line(o, "text", "Signing for it accepts nothing. Sending it binds nobody.");
	ch_out_list_end(o);
}

const char *ch_say_when(char out[CH_SAY_WHEN], int64_t t)
{
	struct ch_wr w = ch_wr_of(out, CH_SAY_WHEN - 1);

	memset(out, 0, CH_SAY_WHEN);
	if (t != 0)
		ch_when_put(&w, t);
	return out;
}

/* ---- the record ---- */

static const struct {
	ch_step step;
	const char *what;
} steps[] = {
	{ CH_STEP_SUBMITTED, "Submitted: signed by its author" },
	{ CH_STEP_REGISTERED, "Registered" },
	{ CH_STEP_NOTICED, "Noticed: a delegate of the addressee fetched it, still sealed" },
	{ CH_STEP_RECEIPT, "Signed for: delivery taken, nothing accepted" },
	{ CH_STEP_HANDOVER, "Delivered: receipt and key handed over in one record" },
	{ CH_STEP_DECLINE, "Declined by the addressee" },
	{ CH_STEP_TAKE_BACK, "Taken back by its author" },
	{ CH_STEP_ENDED, "Ended" },
	{ CH_STEP_OPENED, "Opened: all inside fits the cover" },
	{ CH_STEP_DEFECT, "Defect pleaded by the addressee" },
	{ CH_STEP_KEY_MISSING, "Key missing, says the addressee" },
};

static void say_time(struct ch_out *o, const char *key, const char *word, int64_t t, ch_by by)
{
	char when[CH_SAY_WHEN];

	if (t == 0)
		return;
	ch_out_put_string(o, key, ch_span_str(ch_say_when(when, t)));
	ch_out_say(o, "      %s %s, by %s", word, when, ch_by_name(by));
}

static void say_step(struct ch_out *o, const ch_fact *f, ch_step step, const char *what)
{
	char when[CH_SAY_WHEN];
	ch_by after = CH_BY_REGISTRY, before = CH_BY_REGISTRY;
	int64_t not_before = ch_times_latest(&f->after, &after);
	int64_t not_after = ch_times_earliest(&f->before, &before);

	ch_out_list_item(o);
	ch_out_put_string(o, "step", ch_span_str(ch_step_name(step)));
	ch_out_put_bool(o, "signed", f->signed_);
	ch_out_say(o, "  %s%s", what, f->signed_ ? "" : " (NOT proven)");
	if (f->logged) {
		ch_out_put_number(o, "index", f->index);
		ch_out_put_string(o, "level", ch_span_str(ch_level_name(ch_fact_level(f))));
		ch_out_say(o, "      place %llu in the register", (unsigned long long)f->index);
		ch_out_say(o, "      %s", ch_level_text(f));
	}
	say_time(o, "not_before", "not before", not_before, after);
	say_time(o, "not_after", "not after", not_after, before);
	if (f->claimed != 0) {
		ch_out_put_string(o, "claimed", ch_span_str(ch_say_when(when, f->claimed)));
		ch_out_say(o, "      %s by its signer's own clock (claimed)", when);
	}
	if (f->why)
		ch_out_say(o, "      %s", f->why);
}

void ch_say_record(struct ch_out *o, const ch_delivery *v)
{
	char when[CH_SAY_WHEN];

	ch_out_pair(o, "state", "State", ch_span_str(ch_state_name(v->state)));
	ch_out_pair(o, "lapses", "Lapses", ch_span_str(ch_say_when(when, v->lapse)));
	if (v->reason.n > 0)
		ch_out_pair(o, "reason", "Reason given", v->reason);
	if (v->cause.n > 0)
		ch_out_pair(o, "cause", "Cause", v->cause);
	ch_out_put_bool(o, "receipt_counts", v->receipt_counts);
	ch_out_head(o, "Delivery record");
	ch_out_list_begin(o, "steps");
	for (size_t i = 0; i < CH_COUNT(steps); i++)
		if (v->step[steps[i].step].present)
			say_step(o, &v->step[steps[i].step], steps[i].step, steps[i].what);
	ch_out_list_end(o);
	if (v->findings == 0)
		return;
	ch_out_head(o, "Findings");
	ch_out_list_begin(o, "findings");
	for (unsigned f = 0; f < CH_FIND_COUNT; f++)
		if (v->findings >> f & 1) {
			line(o, "text", ch_finding_text((ch_finding)f));
			ch_out_put_bool(o, "convicts", ch_finding_convicts((ch_finding)f));
		}
	ch_out_list_end(o);
}

const char *ch_say_state(const ch_delivery *v, bool ours, ch_hold hold)
{
	return ch_standing_text(ch_standing_of(v, ours, hold));
}

void ch_say_persons(struct ch_out *o, const struct ch_dossier *d, const ch_delivery *v)
{
	static const struct {
		const char *part, *json, *label;
	} rows[] = {
		{ "submission", "sent_by", "Sent by" },
		{ "receipt", "signed_for_by", "Signed for by" },
		{ "decline", "declined_by", "Declined by" },
		{ "take-back", "taken_back_by", "Taken back by" },
	};
	struct ch_problem where = { 0 };
	ch_persons who;

	for (size_t i = 0; i < CH_COUNT(rows); i++) {
		ch_colleagues_signed(&who, d, rows[i].part);
		if (who.n > 0)
			ch_out_pair(o, rows[i].json, rows[i].label, ch_span_str(who.text));
	}
	if (ch_colleagues_say(d, v, &where) != CH_OK)
		ch_out_pair(o, "elsewhere", "Its text", ch_span_str(where.text));
}

void ch_say_showable(struct ch_out *o, const ch_delivery *v, const struct ch_dossier *d)
{
	bool delivered = v->state == CH_STATE_DELIVERED && v->receipt_counts, ours = d->ours;

	ch_out_head(o, "What you can show, to anyone you choose");
	ch_out_list_begin(o, "showable");
	if (ours)
		line(o, "text", "that you sent it, and that the registry took it in, with its "
		    "place and "
		    "time");
	else
		line(o, "text", ch_dossier_part(d, "cover").n > 0 ? "that its author sent you this "
		    "cover" : "that its author sent it to you, and that the registry took it in, "
		    "with its place and time");
	if (delivered && ours)
		line(o, "text", "that the addressee signed for exactly this cover");
	if (delivered && !ours && d->hold == CH_HOLD_WHOLE)
		line(o, "text", "that its author sent you exactly this text, whole or by passages");
	if (v->state == CH_STATE_TAKEN_BACK || v->state == CH_STATE_DECLINED)
		line(o, "text", "that it was never signed for");
	line(o, "text", delivered ? "not that anyone agrees with it: delivery is not agreement" :
	    v->step[CH_STEP_KEY_MISSING].present ? "not that the addressee has it: the key is said "
	    "to be missing, and only its author can show it (chancery export --paper)" :
	    "not that the addressee has it: it is not signed for");
	ch_out_list_end(o);
}
