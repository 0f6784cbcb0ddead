/*
 * A registry on this machine, to try things with: `chancery registry run` as a child of the desk,
 * in $XDG_DATA_HOME/chancery/trial. It is one of an exercise always, so no real party ever meets
 * it. It ends with the desk and comes again with it.
 */
#ifndef CH_TRIAL_H
#define CH_TRIAL_H

#include <stdatomic.h>

#include "child.h"
#include "link.h"
#include "server.h"

struct ch_trial {
	/* fixed before `wanted` is set, by whoever makes it */
	char dir[CH_PATH_MAX];
	char origin[256];
	_Atomic bool wanted;
	_Atomic unsigned port;  /* 0: it is not ready yet */
	/* of the page's thread */
	struct ch_child child;
	bool runs;
	uint64_t next_ms;
};

/* The one of an earlier time, if there is one: it is wanted then. */
void ch_trial_find(struct ch_trial *t);
/* Start it when it is wanted, and again when it ended; see whether it is ready. */
void ch_trial_tick(struct ch_trial *t);
void ch_trial_end(struct ch_trial *t);

/* ---- for jobs ---- */

/* Make it if there is none, and wait until it answers; `http` is the server whose turns tick.
 * CONFLICT, IO, NET with a sentence. */
CH_MUST_USE ch_err ch_trial_have(struct ch_trial *t, struct ch_http_server *http,
    struct ch_problem *why);
/* Its address. Only when it is ready. */
void ch_trial_url(char out[CH_LINK_URL_MAX], const struct ch_trial *t);
/* Whether that registry is the one on trial. */
bool ch_trial_is(const struct ch_trial *t, ch_span origin);
/* Admit the party of a roster; the desk is its operator. */
CH_MUST_USE ch_err ch_trial_admit(const struct ch_trial *t, ch_span roster,
    struct ch_problem *why);

#endif
