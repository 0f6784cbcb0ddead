/* Calling on a registry: what every command and every job does before it works with one. */
#ifndef CH_VISIT_H
#define CH_VISIT_H

#include "watch.h"

/*
 * Open a link to the pinned registry of this origin, look at its register (and cosign), and sign
 * in if asked. An earlier visit in these structs ends first. When another desk of our party
 * published a newer roster meanwhile, it is fetched and the sign-in tried again, and when the
 * registry lacks ours, it gets it; when a roster recalls our delegate, that is the sentence
 * (DENIED).
 * Errors as ch_watch_look() and ch_link_sign_in(). Close both in any case.
 */
CH_MUST_USE ch_err ch_visit(struct ch_watch *w, struct ch_link *l, struct ch_home *home,
    ch_span origin, bool sign_in, struct ch_problem *why);

#endif
