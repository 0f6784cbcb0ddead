/* A home as a witness: its cosigner's key, and what it watched as the state. */
#ifndef CH_WITNESS_HOME_H
#define CH_WITNESS_HOME_H

#include "common.h"
#include "cosigner.h"

/* Unlocks c->home, then serves until told to stop. */
CH_MUST_USE ch_err ch_cli_witness_home(struct ch_cli *c, const ch_serve_opts *run);

#endif
