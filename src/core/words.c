/* The words of this version: see words.h. Append only, and only with a new version of paper. */
#include "words.h"

#include "crypto.h"

static const char *const forms[] = {
	"note", "note-verbale", "letter", "memorandum", "aide-memoire", "non-paper", NULL,
};
static const char *const acts[] = {
	"proposal", "offer", "counter-offer", "reply", "follow-up", "holding-reply", "acceptance",
	"rejection", "withdrawal", "objection", "statement", "request", "notification",
	"invitation",
	"consent", "contestation", "correction", "sent-in-error", NULL,
};
static const char *const bases[] = {
	"confidential", "open", "without-prejudice", "save-as-to-costs", "subject-to-contract",
	"mediation", NULL,
};
static const char *const modes[] = { "signed", "off-record", NULL };
static const char *const positions[] = {
	"demand", "prefer", "open", "conditional", "nonstarter", "text-settled", "reserved", NULL,
};
static const char *const powers[] = {
	"send", "sign-for", "bind", "disclose", "speak", "enrol", "draft", NULL,
};

static const char *const *const lists[CH_WORDS_COUNT] = {
	[CH_WORDS_FORM] = forms, [CH_WORDS_ACT] = acts,           [CH_WORDS_BASIS] = bases,
	[CH_WORDS_MODE] = modes, [CH_WORDS_POSITION] = positions, [CH_WORDS_POWER] = powers,
};

const char *ch_word_at(ch_words list, unsigned i)
{
	unsigned k = 0;

	CH_ASSERT(list < CH_WORDS_COUNT);
	while (k < i && lists[list][k])
		k++;
	return lists[list][k];
}

bool ch_word_is_known(ch_words list, ch_span word)
{
	CH_ASSERT(list < CH_WORDS_COUNT);
	for (unsigned i = 0; lists[list][i]; i++)
		if (ch_span_eq(word, ch_span_str(lists[list][i])))
			return true;
	return false;
}

bool ch_act_is_known(ch_span act)
{
	return ch_word_is_known(CH_WORDS_ACT, act);
}

bool ch_form_is_known(ch_span form)
{
	return ch_word_is_known(CH_WORDS_FORM, form);
}

bool ch_basis_is_known(ch_span basis)
{
	return ch_word_is_known(CH_WORDS_BASIS, basis);
}

bool ch_mode_is_known(ch_span mode)
{
	return ch_word_is_known(CH_WORDS_MODE, mode);
}

bool ch_position_is_known(ch_span position)
{
	return ch_word_is_known(CH_WORDS_POSITION, position);
}

static uint8_t letter(ch_span letters, unsigned want)
{
	unsigned c = 0;

	for (unsigned i = 0; i < letters.n; i++)
		c |= letters.p[i] & (0u - (((i ^ want) - 1u) >> 31));
	return (uint8_t)c;
}

void ch_word_group(uint8_t out[CH_WORD_GROUP], unsigned v)
{
	const ch_span con = CH_LIT("bdfghjklmnprstvz"), vow = CH_LIT("aiou");

	out[0] = letter(con, v >> 12 & 15);
	out[1] = letter(vow, v >> 10 & 3);
	out[2] = letter(con, v >> 6 & 15);
	out[3] = letter(vow, v >> 4 & 3);
	out[4] = letter(con, v & 15);
}

void ch_party_words(char out[CH_WORDS_LEN + 1], ch_span vkey)
{
	ch_hash h;

	ch_sha256(&h, vkey);
	memset(out, '-', CH_WORDS_LEN);
	for (size_t i = 0; i < 5; i++)
		ch_word_group((uint8_t *)&out[6 * i], (unsigned)h.b[2 * i] << 8 | h.b[2 * i + 1]);
	out[CH_WORDS_LEN] = '\0';
}
