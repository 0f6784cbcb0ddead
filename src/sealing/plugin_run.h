/*
 * A conversation with a plugin (c2sp.org/age-plugin): the program is found in PATH, started,
 * talked to, and ended. The person is asked on the terminal; without one the plugin is told so.
 */
#ifndef CH_PLUGIN_RUN_H
#define CH_PLUGIN_RUN_H

#include "age_plugin.h"
#include "problem.h"

#define CH_PLUGIN_PATIENCE 300 /* seconds of silence, when nothing else is said */

typedef struct {
	const char *name; /* of the plugin, in lower case                   */
	unsigned patience; /* seconds; 0: CH_PLUGIN_PATIENCE                */
	/* Nobody is there: its questions are answered `fail`, what it shows goes nowhere, and the
	 * patience is for the whole conversation. */
	bool silent;
	/* What the plugin wants shown, and that we wait: one line, marked. */
	void (*say)(void *ctx, const char *line);
	void *ctx;
} ch_plugin_ask;

/*
 * Wrap a file key: p->out and p->n_stanzas, p->labels. `p` is begun here; the caller wipes.
 * ABSENT: no such program in PATH     FORMAT, LIMIT: it broke the protocol
 * DENIED: it says it cannot, or went away, or kept silent; each with a sentence
 */
CH_MUST_USE ch_err ch_plugin_run_wrap(struct ch_plugin *p, const ch_plugin_ask *ask, ch_span text,
    bool identity, const struct ch_file_key *key, struct ch_problem *why);

/* Unwrap: p->has_key tells whether it could. */
CH_MUST_USE ch_err ch_plugin_run_unwrap(struct ch_plugin *p, const ch_plugin_ask *ask,
    ch_span identity, ch_span stanzas, struct ch_problem *why);

#endif
