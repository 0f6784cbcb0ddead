/* A delivery record in plain sentences: what is shown, and what is not. */
#include "verdict.h"

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

/* Charter: signed by several; the cover: judged whole. Neither counts delegates. */
static void ch_record_plain(struct ch_tell *o, const ch_fact *f, const char *what)
{
	if (!f->present && !f->why)
		return;
	ch_tell(o, "  ");
	ch_tell(o, what);
	if (f->signed_) {
		ch_tell(o, ": shown\n");
		return;
	}
	ch_tell(o, ": NOT SHOWN, ");
	ch_tell(o, f->why ? f->why : "it was not judged");
	ch_tell(o, "\n");
}

static void ch_record_steps(struct ch_tell *o, const ch_delivery *d)
{
	for (unsigned i = 0; i < CH_STEP_COUNT; i++) {
		ch_step s = (ch_step)i;

		if (s == CH_STEP_CHARTER || s == CH_STEP_COVER)
			ch_record_plain(o, &d->step[s], ch_record_sentence(s));
		else
			ch_tell_fact(o, &d->step[s], ch_record_sentence(s), ch_step_is_registry(s));
	}
	if (d->reason.n) {
		ch_tell(o, "    reason given: ");
		ch_tell_span(o, d->reason);
		ch_tell(o, "\n");
	}
	if (d->cause.n) {
		ch_tell(o, "    cause pleaded: ");
		ch_tell_span(o, d->cause);
		ch_tell(o, "\n");
	}
}

static bool ch_record_has_time(const ch_delivery *d)
{
	for (unsigned i = 0; i < CH_STEP_COUNT; i++)
		if (ch_times_earliest(&d->step[i].before, NULL))
			return true;
	return false;
}

static void ch_record_not_shown(struct ch_tell *o, const ch_delivery *d)
{
	ch_tell(o, "Not shown:\n");
	ch_tell(o, "  - the text of the paper: a record of delivery never holds it\n");
	ch_tell(o, "  - that any person opened it, understood it or agrees\n");
	if (!ch_record_has_time(d))
		ch_tell(o, "  - the time: no cosigned checkpoint stands behind these places\n");
	if (!d->receipt_counts)
		ch_tell(o, "  - delivery\n");
	if (!d->told)
		ch_tell(o, "  - that the addressee was told\n");
	if (!d->step[CH_STEP_CHARTER].signed_)
		ch_tell(o, "  - the charter of the talks, signed by all its parties\n");
	if (!d->step[CH_STEP_COVER].signed_)
		ch_tell(o, "  - what the cover said\n");
	for (unsigned i = 0; i < CH_FIND_COUNT; i++) {
		if (!(d->findings >> i & 1) || ch_finding_convicts((ch_finding)i))
			continue;
		ch_tell(o, "  - note: ");
		ch_tell(o, ch_finding_text((ch_finding)i));
		ch_tell(o, "\n");
	}
}

static void ch_record_convictions(struct ch_tell *o, const ch_delivery *d)
{
	bool any = false;

	for (unsigned i = 0; i < CH_FIND_COUNT; i++) {
		if (!(d->findings >> i & 1) || !ch_finding_convicts((ch_finding)i))
			continue;
		if (!any)
			ch_tell(o, "PROOF AGAINST THE REGISTRY: keep this record.\n");
		any = true;
		ch_tell(o, "  - ");
		ch_tell(o, ch_finding_text((ch_finding)i));
		ch_tell(o, "\n");
	}
}

bool ch_verdict_record_holds(const ch_delivery *d)
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

void ch_verdict_tell_record(struct ch_tell *o, const struct ch_verdict *v)
{
	const ch_delivery *d = &v->record;

	ch_tell(o, ": a delivery record\n  of paper ");
	ch_tell_dec(o, d->serial);
	ch_tell(o, " from ");
	ch_tell_span(o, d->author);
	ch_tell(o, " to ");
	ch_tell_span(o, d->addressee);
	ch_tell(o, ", through the registry ");
	ch_tell_span(o, d->registry);
	ch_tell(o, "\n  to lapse, if nobody signs for it, at ");
	ch_tell_when(o, d->lapse);
	ch_tell(o, "\nShown:\n");
	ch_record_steps(o, d);
	ch_tell(o, "How it ended: ");
	ch_tell(o, ch_record_state(d->state));
	ch_tell(o, "\n");
	ch_record_convictions(o, d);
	ch_record_not_shown(o, d);
}
