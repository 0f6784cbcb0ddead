/*
 * Taking in what a registry says of one delivery. Each new part is judged together with all that
 * is on file, its proof is compared with the register as we know it, and only what holds is kept:
 * proofs first, so that a statement on file has its place; the handover last, so that it never
 * stands without receipt and keybox.
 */
#ifndef CH_INTAKE_H
#define CH_INTAKE_H

#include "dossier.h"
#include "watch.h"

/*
 * Parts, in memory that outlives the call (not the link's, which this uses). The dossier is loaded
 * anew afterwards.
 *   n_new   how many statements were new
 * AUTH: a part does not hold: nothing of this answer is kept but what had been stored before
 * CONFLICT: other bytes than on file; both are kept        NET: the register was not reached
 */
CH_MUST_USE ch_err ch_intake_parts(unsigned *n_new, struct ch_dossier *d, struct ch_watch *w,
    const ch_part *part, size_t n, struct ch_problem *why);

/* The same for a pack `answer` or `record`, as it stands in the link, with one more part of ours
 * (the statement that was answered), or NULL. */
CH_MUST_USE ch_err ch_intake_pack(unsigned *n_new, struct ch_dossier *d, struct ch_watch *w,
    ch_span pack, ch_pack_kind kind, const ch_part *ours, struct ch_problem *why);

/* Ask the registry for all it holds of this delivery, and take that in. */
CH_MUST_USE ch_err ch_intake_fetch(unsigned *n_new, struct ch_dossier *d, struct ch_watch *w,
    struct ch_problem *why);

/* Give the record times: where a proof has no cosigned time, make it anew under the first
 * cosigned checkpoint above. Nothing to do, or not yet possible, is CH_OK. */
CH_MUST_USE ch_err ch_intake_bounds(struct ch_dossier *d, struct ch_watch *w,
    struct ch_problem *why);

#endif
