/* Words of the formats as a person says them; and what pages of talks and papers begin with. */
#include "page.h"

static const struct {
	const char *token;
	ch_msg id;
} terms[] = {
	{ "note", CH_M_FORM_NOTE }, { "note-verbale", CH_M_FORM_NOTE_VERBALE },
	{ "letter", CH_M_FORM_LETTER }, { "memorandum", CH_M_FORM_MEMORANDUM },
	{ "aide-memoire", CH_M_FORM_AIDE_MEMOIRE }, { "non-paper", CH_M_FORM_NON_PAPER },
	{ "proposal", CH_M_ACT_PROPOSAL }, { "offer", CH_M_ACT_OFFER },
	{ "counter-offer", CH_M_ACT_COUNTER_OFFER }, { "reply", CH_M_ACT_REPLY },
	{ "follow-up", CH_M_ACT_FOLLOW_UP }, { "holding-reply", CH_M_ACT_HOLDING_REPLY },
	{ "acceptance", CH_M_ACT_ACCEPTANCE }, { "rejection", CH_M_ACT_REJECTION },
	{ "withdrawal", CH_M_ACT_WITHDRAWAL }, { "objection", CH_M_ACT_OBJECTION },
	{ "statement", CH_M_ACT_STATEMENT }, { "request", CH_M_ACT_REQUEST },
	{ "notification", CH_M_ACT_NOTIFICATION }, { "invitation", CH_M_ACT_INVITATION },
	{ "consent", CH_M_ACT_CONSENT }, { "contestation", CH_M_ACT_CONTESTATION },
	{ "correction", CH_M_ACT_CORRECTION }, { "confidential", CH_M_BASIS_CONFIDENTIAL },
	{ "open", CH_M_BASIS_OPEN }, { "without-prejudice", CH_M_BASIS_WITHOUT_PREJUDICE },
	{ "sent-in-error", CH_M_ACT_SENT_IN_ERROR },
	{ "save-as-to-costs", CH_M_BASIS_SAVE_AS_TO_COSTS },
	{ "subject-to-contract", CH_M_BASIS_SUBJECT_TO_CONTRACT },
	{ "mediation", CH_M_BASIS_MEDIATION }, { "registration", CH_M_HEAD_REGISTRATION },
	{ "notice", CH_M_HEAD_NOTICE }, { "receipt", CH_M_HEAD_RECEIPT },
	{ "yes", CH_M_HEAD_YES }, { "no", CH_M_HEAD_NO },
};

void ch_page_term(struct ch_page *p, ch_span token)
{
	for (size_t i = 0; i < CH_COUNT(terms); i++)
		if (ch_span_eq(token, ch_span_str(terms[i].token))) {
			ch_html_say(&p->html, terms[i].id);
			return;
		}
	ch_html_put(&p->html, "<bdi>%.*s</bdi>", CH_SPAN(token));
}

ch_msg ch_page_standing(ch_standing s)
{
	static const ch_msg ids[CH_STANDING_COUNT] = {
		[CH_STANDING_NONE] = CH_M_STANDING_NONE,
		[CH_STANDING_SUBMITTED] = CH_M_STANDING_SUBMITTED,
		[CH_STANDING_REGISTERED] = CH_M_STANDING_REGISTERED,
		[CH_STANDING_NOTICED] = CH_M_STANDING_NOTICED,
		[CH_STANDING_WAITS] = CH_M_STANDING_WAITS,
		[CH_STANDING_WAITS_OTHER] = CH_M_STANDING_WAITS_OTHER,
		[CH_STANDING_SIGNED] = CH_M_STANDING_SIGNED,
		[CH_STANDING_OPENED] = CH_M_STANDING_OPENED,
		[CH_STANDING_DEFECT] = CH_M_STANDING_DEFECT,
		[CH_STANDING_KEY_OURS] = CH_M_STANDING_KEY_OURS,
		[CH_STANDING_KEY_THEIRS] = CH_M_STANDING_KEY_THEIRS,
		[CH_STANDING_DECLINED] = CH_M_STANDING_DECLINED,
		[CH_STANDING_LAPSED] = CH_M_STANDING_LAPSED,
		[CH_STANDING_LAPSED_UNTOLD] = CH_M_STANDING_LAPSED_UNTOLD,
		[CH_STANDING_TAKEN_BACK] = CH_M_STANDING_TAKEN_BACK,
	};

	return ids[s < CH_STANDING_COUNT ? s : CH_STANDING_NONE];
}

ch_msg ch_page_talks_state(ch_talks_state s)
{
	switch (s) {
	case CH_TALKS_DRAFT:
		return CH_M_TALKS_STATE_DRAFT;
	case CH_TALKS_INVITED:
		return CH_M_TALKS_STATE_INVITED;
	case CH_TALKS_SIGNING:
		return CH_M_TALKS_STATE_SIGNING;
	case CH_TALKS_FORCE:
		break;
	}
	return CH_M_TALKS_STATE_FORCE;
}

void ch_page_fingerprint(struct ch_page *p, ch_span vkey)
{
	char words[CH_WORDS_LEN + 1];

	ch_party_words(words, vkey);
	ch_html_put(&p->html, "<code class=\"words\"><bdi dir=\"ltr\">%s</bdi></code>", words);
}

bool ch_page_own_roster(struct ch_page *p, struct ch_roster_file *out)
{
	const struct ch_home *h = &p->home->home;
	struct ch_problem why = { 0 };
	ch_err e = ch_party_roster(out, h, ch_span_str(h->handle), 0, &why);

	if (e != CH_OK)
		ch_page_fault(p, e, &why);
	return e == CH_OK;
}

bool ch_page_talks(struct ch_page *p, struct ch_talks *out, ch_span name)
{
	struct ch_problem why = { 0 };
	ch_err e = ch_talks_load(out, &p->home->home, (const char *)name.p, &why);

	if (e != CH_OK) {
		ch_page_fault(p, e, &why);
		return false;
	}
	p->html.tongue.words = ch_lang_word_set(out->charter.v[CH_CHARTER_WORD_SET]);
	return true;
}

bool ch_page_paper(struct ch_page *p, struct ch_dossier *d, ch_delivery *v,
    const struct ch_talks *t, ch_span folder)
{
	struct ch_problem why = { 0 };
	ch_err e = v ? ch_dossier_open(d, &p->home->home, t, folder, &why) : CH_E_NOMEM;

	if (e == CH_OK)
		e = ch_dossier_judge(v, d, &why);
	if (e != CH_OK)
		ch_page_fault(p, e, &why);
	return e == CH_OK;
}
