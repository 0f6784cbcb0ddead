/* Calling on a registry: see visit.h. */
#include "visit.h"

#include "delegates.h"

/*
 * Refused: perhaps a newer roster of ours recalls us, and then that is the reason; or the registry
 * lacks the one that added us, which whoever has it may bring.
 */
static ch_err refused(struct ch_watch *w, struct ch_link *l, struct ch_home *home, ch_err e,
    struct ch_problem *why)
{
	struct ch_problem mine = { 0 };

	if (ch_party_publish(w, &mine) != CH_OK)
		return e;
	e = ch_delegate_must_stand(home, &mine);
	if (e == CH_OK)
		e = ch_link_sign_in(l, &mine);
	*why = mine;
	return e;
}

ch_err ch_visit(struct ch_watch *w, struct ch_link *l, struct ch_home *home, ch_span origin,
    bool sign_in, struct ch_problem *why)
{
	ch_err e = sign_in ? ch_delegate_must_stand(home, why) : CH_OK;

	ch_watch_close(w);
	ch_link_close(l);
	if (e == CH_OK)
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
	if (e == CH_E_DENIED && sign_in && w->open && strcmp(why->type, "not-permitted") == 0)
		e = refused(w, l, home, e, why);
	return e;
}
