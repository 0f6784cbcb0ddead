/* Inside of deposits: what their life (deposit.c) and the start (deposit_start.c) share. */
#ifndef CH_DEPOSIT_H
#define CH_DEPOSIT_H

#include "reg.h"
#include "seal.h"

#define CH_DEPOSIT_MAX 8192 /* as it comes */

/* One that the batch at hand took. */
struct ch_taken {
	uint64_t epoch, slot;
};

/* The key of an epoch. ABSENT: there is none. */
CH_MUST_USE ch_err ch_deposit_load_epoch(struct ch_age_identity *id, const struct ch_reg *reg,
    uint64_t n);
/* Destroy the key of a past epoch if nothing lies under it. */
CH_MUST_USE ch_err ch_deposit_destroy(struct ch_reg *reg, uint64_t n);

/* Open a deposit as it came, by its epoch's key, and read K out of it. Verdicts are the depositor's
 * fault. */
CH_MUST_USE ch_err ch_deposit_open(struct ch_age_identity *k, const struct ch_reg *reg,
    const struct ch_open_keys *epoch, ch_span sealed, const ch_hash *l, ch_span party);
/* K as a slot holds it. */
CH_MUST_USE ch_err ch_deposit_to_rest(ch_slot *out, const struct ch_age_identity *epoch,
    const ch_hash *l, const struct ch_age_identity *k);

#endif
