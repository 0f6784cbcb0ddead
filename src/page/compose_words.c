/* One sentence for each form, act and basis, so that nobody has to guess what a word does. */
#include "compose.h"

static const struct {
	const char *token;
	ch_msg id;
} why[] = {
	{ "note", CH_M_WHY_NOTE }, { "note-verbale", CH_M_WHY_NOTE_VERBALE },
	{ "letter", CH_M_WHY_LETTER }, { "memorandum", CH_M_WHY_MEMORANDUM },
	{ "aide-memoire", CH_M_WHY_AIDE_MEMOIRE }, { "non-paper", CH_M_WHY_NON_PAPER },
	{ "proposal", CH_M_WHY_PROPOSAL }, { "offer", CH_M_WHY_OFFER },
	{ "counter-offer", CH_M_WHY_COUNTER_OFFER }, { "reply", CH_M_WHY_REPLY },
	{ "follow-up", CH_M_WHY_FOLLOW_UP }, { "holding-reply", CH_M_WHY_HOLDING_REPLY },
	{ "acceptance", CH_M_WHY_ACCEPTANCE }, { "rejection", CH_M_WHY_REJECTION },
	{ "withdrawal", CH_M_WHY_WITHDRAWAL }, { "objection", CH_M_WHY_OBJECTION },
	{ "statement", CH_M_WHY_STATEMENT }, { "request", CH_M_WHY_REQUEST },
	{ "notification", CH_M_WHY_NOTIFICATION }, { "invitation", CH_M_WHY_INVITATION },
	{ "consent", CH_M_WHY_CONSENT }, { "contestation", CH_M_WHY_CONTESTATION },
	{ "correction", CH_M_WHY_CORRECTION }, { "sent-in-error", CH_M_WHY_SENT_IN_ERROR },
	{ "confidential", CH_M_WHY_CONFIDENTIAL }, { "open", CH_M_WHY_OPEN },
	{ "without-prejudice", CH_M_WHY_WITHOUT_PREJUDICE },
	{ "save-as-to-costs", CH_M_WHY_SAVE_AS_TO_COSTS },
	{ "subject-to-contract", CH_M_WHY_SUBJECT_TO_CONTRACT },
	{ "mediation", CH_M_WHY_MEDIATION },
};

void ch_compose_why(struct ch_page *p, ch_span token)
{
	for (size_t i = 0; i < CH_COUNT(why); i++)
		if (ch_span_eq(token, ch_span_str(why[i].token)))
			ch_html_say(&p->html, why[i].id);
}
