/* Where a paper stands: see standing.h. */
#include "standing.h"

static const char *const texts[CH_STANDING_COUNT] = {
	[CH_STANDING_NONE] = "nothing is shown of it",
	[CH_STANDING_SUBMITTED] = "submitted, not known to be registered yet",
	[CH_STANDING_REGISTERED] = "registered; not signed for",
	[CH_STANDING_NOTICED] = "registered and noticed; not signed for",
	[CH_STANDING_WAITS] = "waits for your signature",
	[CH_STANDING_SIGNED] = "signed for, delivered; not opened yet",
	[CH_STANDING_OPENED] = "signed for, delivered, opened",
	[CH_STANDING_DEFECT] = "signed for, delivered, defect pleaded",
	[CH_STANDING_KEY_OURS] = "signed for; the addressee says that the key is missing",
	[CH_STANDING_KEY_THEIRS] = "signed for; we said that the key is missing",
	[CH_STANDING_DECLINED] = "declined: it was never signed for",
	[CH_STANDING_LAPSED] = "lapsed: it was never signed for",
	[CH_STANDING_LAPSED_UNTOLD] = "lapsed; nothing shows that the addressee was told",
	[CH_STANDING_WAITS_OTHER] = "waits for the signature of another delegate",
	[CH_STANDING_TAKEN_BACK] = "taken back: it was never signed for",
};

ch_standing ch_standing_of(const ch_delivery *v, bool ours, ch_hold hold)
{
	const ch_standing waits = hold == CH_HOLD_BEFORE ? CH_STANDING_WAITS_OTHER :
	    CH_STANDING_WAITS;

	/* Without the key its state is an earlier one, but nobody is to sign any more. */
	if (v->step[CH_STEP_HANDOVER].present && v->step[CH_STEP_KEY_MISSING].present)
		return ours ? CH_STANDING_KEY_OURS : CH_STANDING_KEY_THEIRS;
	switch (v->state) {
	case CH_STATE_SUBMITTED:
		return CH_STANDING_SUBMITTED;
	case CH_STATE_REGISTERED:
		return ours ? CH_STANDING_REGISTERED : waits;
	case CH_STATE_NOTICED:
		return ours ? CH_STANDING_NOTICED : waits;
	case CH_STATE_DELIVERED:
		return v->step[CH_STEP_OPENED].present ? CH_STANDING_OPENED :
		    v->step[CH_STEP_DEFECT].present ? CH_STANDING_DEFECT : CH_STANDING_SIGNED;
	case CH_STATE_DECLINED:
		return CH_STANDING_DECLINED;
	case CH_STATE_LAPSED:
		return v->told ? CH_STANDING_LAPSED : CH_STANDING_LAPSED_UNTOLD;
	case CH_STATE_TAKEN_BACK:
		return CH_STANDING_TAKEN_BACK;
	default:
		return CH_STANDING_NONE;
	}
}

const char *ch_standing_text(ch_standing s)
{
	return texts[s < CH_STANDING_COUNT ? s : CH_STANDING_NONE];
}

bool ch_standing_is_unsigned_end(ch_standing s)
{
	return s >= CH_STANDING_DECLINED && s <= CH_STANDING_TAKEN_BACK;
}
