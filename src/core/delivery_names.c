/* The words of the judge of delivery records, and the names of its parts: see delivery.h. */
#include "judge.h"

#include "dec.h"

const char *ch_state_name(ch_state s)
{
	static const char *const name[] = {
		"none", "submitted", "registered", "noticed", "delivered", "declined", "lapsed",
		"taken-back",
	};

	CH_ASSERT(s < CH_COUNT(name));
	return name[s];
}

const char *ch_step_name(ch_step s)
{
	static const char *const name[CH_STEP_COUNT] = {
		"charter", "submission", "registered", "notice", "receipt", "handover", "decline",
		"take-back", "ended", "opened", "defect", "key-missing", "cover",
	};

	CH_ASSERT(s < CH_STEP_COUNT);
	return name[s];
}

bool ch_step_is_registry(ch_step s)
{
	return s == CH_STEP_REGISTERED || s == CH_STEP_NOTICED || s == CH_STEP_HANDOVER ||
	    s == CH_STEP_ENDED;
}

bool ch_finding_convicts(ch_finding f)
{
	return f <= CH_FIND_LAST_CONVICTION;
}

const char *ch_finding_text(ch_finding f)
{
	static const char *const text[CH_FIND_COUNT] = {
		[CH_FIND_TWO_ENDS] = "the registry signed two ends for one submission",
		[CH_FIND_LAPSED_EARLY] =
		    "the registry signed `lapsed` before the lapse time was shown to have come",
		[CH_FIND_ENDED_LATE] =
		    "the registry ended it on a statement made after the lapse time",
		[CH_FIND_PAIR_MISFIT] =
		    "places in the chain of this pair of parties contradict each other",
		[CH_FIND_OLD_ROSTER] = ("the registry took a receipt under a roster that a newer"
		    " one, at a lower place of the register, had replaced"),
		[CH_FIND_HANDOVER_UNFOUNDED] = ("the registry signed a handover for a text that is"
		    " no receipt for this submission, or on too few signers"),
		[CH_FIND_ENDED_UNFOUNDED] =
		    "the registry signed an end that nobody's statement asks for",
		[CH_FIND_KEYBOX_UNSOUND] =
		    "the registry signed for a keybox that is no sealed file",
		[CH_FIND_TWO_TREES] = ("the registry signed two trees of one size: it shows its"
		    " register in two versions"),
		[CH_FIND_TWO_ENTRIES] = ("two different entries stand at one place of the"
		    " register, each proven by what the registry signed"),
		[CH_FIND_PLACES_SWAPPED] = ("a statement stands at a lower place of the register"
		    " than the one that it rests on"),
		[CH_FIND_BELOW_SEEN] = ("a statement stands at a place that the register had"
		    " filled before the statement was made: the register was wound back"),
		[CH_FIND_SIGNERS_DIFFER] =
		    "the handover lists other signers than the receipt here has",
		[CH_FIND_KEYBOX_DIFFERS] = "the keybox here is not the one that the handover names",
		[CH_FIND_KEYBOX_ABSENT] = "the keybox that the handover names is not here",
		[CH_FIND_KEY_ABSENT] = ("the addressee signed that the key is missing, and the key"
		    " itself is not shown: the receipt does not count"),
		[CH_FIND_KEY_DIFFERS] = "the key shown is not the one of this submission",
		[CH_FIND_NO_PROOF] = "a statement of the registry is here without its place",
		[CH_FIND_NOT_REGISTRY] =
		    "a statement said to be the registry's is not signed by it",
		[CH_FIND_TIME_NOT_SHOWN] = "nothing here shows that the lapse time had come",
		[CH_FIND_COVER_DIFFERS] = "the cover here is not the one of this submission",
		[CH_FIND_COSIGNED_BACK] = ("the registry's own cosigner dated a later checkpoint"
		    " before an earlier one"),
		[CH_FIND_TIME_FALSE] = ("the registry states a time outside the times at which its"
		    " own cosigner dated the register"),
		[CH_FIND_TIME_DOUBTED] = ("the time that the registry states lies outside the times"
		    " at which others dated the register"),
	};

	CH_ASSERT(f < CH_FIND_COUNT);
	return text[f];
}

bool ch_delivery_two_ends(const ch_delivery *a, const ch_delivery *b)
{
	static const ch_step end[] = { CH_STEP_HANDOVER, CH_STEP_ENDED };

	if (!ch_hash_eq(&a->l, &b->l))
		return false;
	for (size_t i = 0; i < CH_COUNT(end); i++)
		for (size_t k = 0; k < CH_COUNT(end); k++) {
			const ch_fact *x = &a->step[end[i]], *y = &b->step[end[k]];

			if (x->signed_ && y->signed_ && !ch_hash_eq(&x->hash, &y->hash))
				return true;
		}
	return false;
}

/* ---- names ---- */

/* The name without `.proof`; *had says whether it was there. */
static ch_span ch_record_stem(ch_span name, bool *had)
{
	struct ch_rd r = ch_rd_of(name);

	*had = false;
	if (name.n <= 6)
		return name;
	ch_span stem = ch_rd_take(&r, name.n - 6);

	*had = ch_span_eq(ch_rd_rest(&r), CH_LIT(".proof"));
	return *had ? stem : name;
}

bool ch_part_is_roster(ch_span name, uint64_t *version)
{
	struct ch_rd r = ch_rd_of(name);
	size_t dot = name.n;
	uint64_t v;

	while (dot > 0 && name.p[dot - 1] != '.')
		dot--;
	if (!ch_rd_starts(&r, CH_LIT("roster.")) || dot < 8)
		return false;
	(void)ch_rd_take(&r, dot);
	if (ch_dec_parse(&v, ch_rd_rest(&r), UINT64_MAX) != CH_OK)
		return false;
	if (version)
		*version = v;
	return true;
}

bool ch_part_is_checkpoint(ch_span name)
{
	struct ch_rd r = ch_rd_of(name);
	uint64_t v;

	CH_RD_LIT(&r, "checkpoint.");
	return r.err == CH_OK && ch_dec_parse(&v, ch_rd_rest(&r), UINT64_MAX) == CH_OK;
}

bool ch_record_knows(ch_span name)
{
	static const char *const plain[] = {
		"registry", "submission", "receipt", "keybox", "decline", "take-back", "key",
		"cover",
	};
	static const char *const logged[] = {
		"charter", "registered", "notice", "handover", "ended", "opened", "defect",
		"key-missing",
	};
	bool proof;
	ch_span stem = ch_record_stem(name, &proof);

	for (size_t i = 0; i < CH_COUNT(plain); i++)
		if (!proof && ch_span_eq(name, ch_span_str(plain[i])))
			return true;
	for (size_t i = 0; i < CH_COUNT(logged); i++)
		if (ch_span_eq(stem, ch_span_str(logged[i])))
			return true;
	return ch_part_is_roster(stem, NULL) || (!proof && ch_part_is_checkpoint(name));
}
