/* Between the files of the public side: parts under construction, proofs anew. */
#ifndef CH_PUBLIC_INNER_H
#define CH_PUBLIC_INNER_H

#include "public.h"

/* Parts of a pack or a folder; names and bytes are copied into the arena. */
struct ch_parts {
	struct ch_arena *arena; /* borrowed */
	ch_part *part;          /* CH_PACK_PARTS_MAX */
	size_t n;
};

CH_MUST_USE ch_err ch_parts_begin(struct ch_parts *p, struct ch_arena *a);
/* A name that is there already stays as it is. LIMIT: too many. */
CH_MUST_USE ch_err ch_parts_add(struct ch_parts *p, ch_span name, ch_span bytes);
/* The roster that a party's statement names, with its proof. ABSENT: not on file. */
CH_MUST_USE ch_err ch_parts_roster_of(struct ch_parts *p, const struct ch_home *home,
    ch_span note_bytes);
/* The registry's own statement: it names its cosigner. */
CH_MUST_USE ch_err ch_parts_card(struct ch_parts *p, const struct ch_home *home,
    const struct ch_talks *talks);
CH_MUST_USE ch_err ch_parts_format(struct ch_buf *out, const struct ch_parts *p,
    ch_pack_kind kind, bool exercise);

/* Whether this is the part `<of>.proof`. */
bool ch_part_proves(ch_span *of, ch_span name);

/* A proof of the same entry under another checkpoint. */
CH_MUST_USE ch_err ch_proof_anew(struct ch_buf *out, struct ch_watch *w, ch_span note_bytes,
    ch_span old, ch_span under, struct ch_problem *why);

/* The same for all proofs among the parts. */
CH_MUST_USE ch_err ch_parts_renew(struct ch_parts *p, struct ch_watch *w, ch_span under,
    struct ch_problem *why);

#endif
