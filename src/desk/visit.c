/* Calling on a registry: see visit.h. */
#include "visit.h"

#include "party.h"

ch_err ch_visit(struct ch_watch *w, struct ch_link *l, struct ch_home *home, ch_span origin,
    bool sign_in, struct ch_problem *why)
{
	ch_err e;

	ch_watch_close(w);
	ch_link_close(l);
	e = ch_link_open(l, home, origin, why);
	if (e == CH_OK)
		e = ch_watch_open(w, home, l, why);
	if (e == CH_OK)
		e = ch_watch_look(w, why);
	if (e == CH_OK && sign_in)
		e = ch_link_sign_in(l, why);
	if (e != CH_OK && strcmp(why->type, "stale-roster") == 0) {
		memset(why, 0, sizeof *why);
		e = ch_party_fetch(w, ch_span_str(home->handle), why);
		if (e == CH_OK)
			e = ch_link_sign_in(l, why);
	}
	return e;
}
