/* Shared by the delegates_*.c files only. */
#ifndef CH_DELEGATES_INNER_H
#define CH_DELEGATES_INNER_H

#include "delegates.h"

/* Item i of a roster's delegates, as it stands. */
CH_MUST_USE ch_err ch_delegate_item(ch_item *out, const ch_roster *r, uint32_t i);
/* The same delegate with the same keys: name, statement, sign-in, cosigning, sealing, auth. */
bool ch_delegate_same_keys(const ch_item *a, const ch_item *b);

/* A further version of `last` with `changed` in the place of delegate `at` (r->n: behind the last),
 * signed and on file. */
CH_MUST_USE ch_err ch_delegate_sign(const struct ch_home *h, const struct ch_roster_file *last,
    uint32_t at, const ch_item *changed, const struct ch_secret32 *seed, struct ch_problem *why);

/* The rest of ch_delegate_join_prepare(), once j->pack is the welcome as it was before sealing. */
CH_MUST_USE ch_err ch_delegate_join_read(struct ch_delegate_join *j, const struct ch_home *h,
    struct ch_problem *why);

/* The welcome for a delegate of our newest roster, sealed to it. LIMIT: too much to hold. */
CH_MUST_USE ch_err ch_delegate_welcome(struct ch_buf *out, const struct ch_home *h,
    const ch_item *to, const struct ch_secret32 *seed, struct ch_problem *why);

#endif
