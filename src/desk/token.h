/*
 * Hardware keys of delegates. The key never leaves the hardware: a home keeps the identity that the
 * hardware's plugin wants (AGE-PLUGIN-…), the roster names the recipient (age1tag…), and whatever
 * was sealed to it is opened in a conversation with the plugin (c2sp.org/age-plugin).
 *
 * A home's own keys are always tried first; earlier ones go on opening what was sealed to them.
 */
#ifndef CH_TOKEN_H
#define CH_TOKEN_H

#include "age_file.h"
#include "age_header.h"
#include "home.h"

/* What the file of a hardware key says. The identity is secret as far as its maker holds it so. */
struct ch_token {
	struct ch_home_token key;
	ch_age_recipient to;
};

/*
 * Read the text that age-plugin-* programs write at making a key: one identity AGE-PLUGIN-…, and
 * its recipient age1tagpq1… (hybrid) or age1tag1… as the last word of a comment, or a line.
 * FORMAT: not that, several, none of the suite; LIMIT: too long. `out` is zero then; else the
 * caller wipes it.
 */
CH_MUST_USE ch_err ch_token_parse(struct ch_token *out, ch_span text, bool hybrid,
    struct ch_problem *why);

/*
 * The file key of what was sealed to this home. `head` begins with the whole header; more may
 * follow. The caller wipes.
 * ABSENT: sealed to somebody else    LOCKED: the hardware key is needed and did not open; a
 * sentence says why, that nothing is lost, and what to do    FORMAT, AUTH, …: ch_open_start()
 */
CH_MUST_USE ch_err ch_token_file_key(struct ch_file_key *out, const struct ch_home *h, ch_span head,
    struct ch_problem *why);

/* Whether anything at all may need a hardware key here: a page then opens papers by a job. */
static inline bool ch_token_is_used(const struct ch_home *h)
{
	return h->keys.n_tokens > 0;
}

#endif
