/*
 * Holdings, the pack inside a welcome: parts `roster.N` with `roster.N.proof`, ours first and each
 * party's versions in order; `registry.N`, `url.N`, `checkpoint.N`; `charter.N`, `charter.N.proof`.
 * N counts from 1. Shared by the delegates_*.c files only.
 */
#ifndef CH_DELEGATES_HOLDINGS_H
#define CH_DELEGATES_HOLDINGS_H

#include "delegates_inner.h"
#include "talks.h"

/* Read and judged; spans point into the pack's bytes. */
struct ch_holdings {
	size_t n, n_rosters, n_registries, n_charters, n_parties; /* n_parties: ours, too */
	ch_part part[CH_PACK_HOLDINGS_MAX];
	ch_roster *roster;   /* n_rosters of them    */
	ch_watch_card *card; /* n_registries of them */
};

/*
 * Open and judge holdings of this home's party: every roster sound, each party's an unbroken chain;
 * cards signed, checkpoints signed by the card's key; charters signed by all their parties, us
 * among them, by rosters that are here, at a registry that is here; every proof holds in the
 * register of one of them.
 * FORMAT, AUTH, CONFLICT: not that, the sentence says what. *out is NULL on error.
 */
CH_MUST_USE ch_err ch_holdings_open(struct ch_holdings **out, const struct ch_home *h, ch_span in,
    struct ch_problem *why);
void ch_holdings_free(struct ch_holdings *in);

/* The bytes of a part, such as "roster", 3, ".proof"; empty when there is none. */
ch_span ch_holdings_part(const struct ch_holdings *in, const char *what, size_t number,
    const char *ending);

/* A copy of our newest roster, as one on file. */
CH_MUST_USE ch_err ch_holdings_newest(struct ch_roster_file *out, const struct ch_holdings *in);

/* Write all of it into the home: see the order at the top of delegates_install.c. */
CH_MUST_USE ch_err ch_holdings_install(const struct ch_holdings *in, struct ch_home *h,
    struct ch_problem *why);

#endif
