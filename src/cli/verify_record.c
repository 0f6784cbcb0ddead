/* A delivery record in plain sentences: what is shown, and what is not. */
#include "verify.h"

static struct ch_delivery_work record_work;
static ch_delivery record;

static const char *ch_record_sentence(ch_step s)
{
	static const char *const text[CH_STEP_COUNT] = {
		[CH_STEP_CHARTER] = "The charter of the talks",
		[CH_STEP_SUBMITTED] = "The author submitted this paper",
		[CH_STEP_REGISTERED] = "The registry registered it",
		[CH_STEP_NOTICED] = "A delegate of the addressee fetched the sealed envelope",
		[CH_STEP_RECEIPT] = "The addressee signed for it",
		[CH_STEP_HANDOVER] = "The registry handed over the unlock key",
		[CH_STEP_DECLINE] = "The addressee declined delivery",
		[CH_STEP_TAKE_BACK] = "The author took it back",
		[CH_STEP_ENDED] = "The registry ended it",
		[CH_STEP_OPENED] = "The addressee states that it opened the paper",
		[CH_STEP_DEFECT] = "The addressee pleads a defect of the paper",
		[CH_STEP_KEY_MISSING] = "The addressee states that the key is missing",
		[CH_STEP_COVER] = "The cover is this paper's, with its author's signature",
	};

	return text[s];
}

static const char *ch_record_state(ch_state s)
{
	static const char *const text[] = {
		[CH_STATE_NONE] = "Nothing of this delivery is shown.",
		[CH_STATE_SUBMITTED] = "submitted: the author signed it; that the registry took it"
		    " is not shown.",
		[CH_STATE_REGISTERED] = "registered: the registry has it; no end is shown.",
		[CH_STATE_NOTICED] = "noticed: a delegate of the addressee fetched the sealed"
		    " envelope; no end is shown.",
		[CH_STATE_DELIVERED] = "delivered: the addressee signed for the paper, and the same"
		    " record holds the key for it. Signing for it agrees to nothing.",
		[CH_STATE_DECLINED] = "declined: the addressee refused to sign for it. The key was"
		    " not handed over, as far as is shown.",
		[CH_STATE_LAPSED] = "lapsed: nobody signed for it before the lapse time. The key"
		    " was not handed over, as far as is shown.",
		[CH_STATE_TAKEN_BACK] = "taken back: its author took it back before it was signed"
		    " for. The key was not handed over, as far as is shown.",
	};

	return text[s];
}

static bool ch_step_is_registry(ch_step s)
{
	return s == CH_STEP_REGISTERED || s == CH_STEP_NOTICED || s == CH_STEP_HANDOVER ||
	    s == CH_STEP_ENDED;
}

/* Charter: signed by several; the cover: judged whole. Neither counts delegates. */
static void ch_record_plain(const ch_fact *f, const char *what)
{
	if (!f->present && !f->why)
		return;
	ch_say("  ");
	ch_say(what);
	if (f->signed_) {
		ch_say(": shown\n");
		return;
	}
	ch_say(": NOT SHOWN, ");
	ch_say(f->why ? f->why : "it was not judged");
	ch_say("\n");
}

static void ch_record_steps(const ch_delivery *d)
{
	for (unsigned i = 0; i < CH_STEP_COUNT; i++) {
		ch_step s = (ch_step)i;

		if (s == CH_STEP_CHARTER || s == CH_STEP_COVER)
			ch_record_plain(&d->step[s], ch_record_sentence(s));
		else
			ch_say_fact(&d->step[s], ch_record_sentence(s), ch_step_is_registry(s));
	}
	if (d->reason.n) {
		ch_say("    reason given: ");
		ch_say_span(d->reason);
		ch_say("\n");
	}
	if (d->cause.n) {
		ch_say("    cause pleaded: ");
		ch_say_span(d->cause);
		ch_say("\n");
	}
}

static bool ch_record_has_time(const ch_delivery *d)
{
	for (unsigned i = 0; i < CH_STEP_COUNT; i++)
		if (ch_times_earliest(&d->step[i].before, NULL))
			return true;
	return false;
}

static void ch_record_not_shown(const ch_delivery *d)
{
	ch_say("Not shown:\n");
	ch_say("  - the text of the paper: a record of delivery never holds it\n");
	ch_say("  - that any person opened it, understood it or agrees\n");
	if (!ch_record_has_time(d))
		ch_say("  - the time: no cosigned checkpoint stands behind these places\n");
	if (!d->receipt_counts)
		ch_say("  - delivery\n");
	if (!d->told)
		ch_say("  - that the addressee was told\n");
	if (!d->step[CH_STEP_CHARTER].signed_)
		ch_say("  - the charter of the talks, signed by all its parties\n");
	if (!d->step[CH_STEP_COVER].signed_)
		ch_say("  - what the cover said\n");
	for (unsigned i = 0; i < CH_FIND_COUNT; i++) {
		if (!(d->findings >> i & 1) || ch_finding_convicts((ch_finding)i))
			continue;
		ch_say("  - note: ");
		ch_say(ch_finding_text((ch_finding)i));
		ch_say("\n");
	}
}

static void ch_record_convictions(const ch_delivery *d)
{
	bool any = false;

	for (unsigned i = 0; i < CH_FIND_COUNT; i++) {
		if (!(d->findings >> i & 1) || !ch_finding_convicts((ch_finding)i))
			continue;
		if (!any)
			ch_say("PROOF AGAINST THE REGISTRY: keep this record.\n");
		any = true;
		ch_say("  - ");
		ch_say(ch_finding_text((ch_finding)i));
		ch_say("\n");
	}
}

bool ch_verify_record_holds(const ch_delivery *d)
{
	if (d->findings || d->state == CH_STATE_NONE)
		return false;
	for (unsigned i = 0; i < CH_STEP_COUNT; i++) {
		const ch_fact *f = &d->step[i];

		if ((f->present && !f->signed_) || f->why ||
		    (f->present && ch_step_is_registry((ch_step)i) && !f->logged))
			return false;
	}
	return true;
}

static void ch_record_say(const struct ch_verify *v, const char *path, const ch_delivery *d)
{
	if (d->exercise)
		ch_say("EXERCISE: this is a drill. It proves nothing about real talks.\n");
	ch_say_path(path);
	ch_say(": a delivery record\n  of paper ");
	ch_say_dec(d->serial);
	ch_say(" from ");
	ch_say_span(d->author);
	ch_say(" to ");
	ch_say_span(d->addressee);
	ch_say(", through the registry ");
	ch_say_span(d->registry);
	ch_say("\n  to lapse, if nobody signs for it, at ");
	ch_say_when(d->lapse);
	ch_say("\nShown:\n");
	ch_record_steps(d);
	ch_say("How it ended: ");
	ch_say(ch_record_state(d->state));
	ch_say("\n");
	ch_record_convictions(d);
	ch_record_not_shown(d);
	if (v->own_trust)
		ch_say("  - that the keys are those of these parties: they come from the folder"
		    " itself\n");
	ch_say(ch_verify_record_holds(d) ? "PROVEN as far as said above.\n"
					 : "NOT PROVEN in every point: see above.\n");
}

int ch_verify_record(struct ch_verify *v, const struct ch_verify_item *it,
    struct ch_verify_place *place, bool quiet)
{
	ch_evidence ev = { it->part, it->n, it->exercise, v->trust };
	struct ch_diag diag;
	ch_err e = ch_delivery_judge(&record, &record_work, &ev, &diag);
	bool holds;

	if (e != CH_OK) {
		if (!quiet)
			ch_verify_complain(it->path, diag.what ? diag.what : ch_err_text(e),
			    "the record is not sound; ask for it again");
		return CH_EXIT_INPUT;
	}
	holds = ch_verify_record_holds(&record);
	place->paper = record.paper;
	place->exercise = record.exercise;
	place->proven = holds;
	place->has_index = record.step[CH_STEP_REGISTERED].logged;
	place->index = record.step[CH_STEP_REGISTERED].index;
	if (!quiet && v->json)
		ch_json_record(v, it->path, &record, holds);
	else if (!quiet)
		ch_record_say(v, it->path, &record);
	return holds && (!record.exercise || v->exercise_ok) ? CH_EXIT_PROVEN : CH_EXIT_NOT;
}
