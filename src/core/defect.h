/*
 * What can be wrong with a paper once it is unlocked. A defect is a verdict beside `delivered`, a
 * pure function of envelope, keys and submission; only the addressee may plead it. The list is
 * closed: doc/formats/delivery.md, "Defects". What Markdown means is never a defect.
 */
#ifndef CH_DEFECT_H
#define CH_DEFECT_H

#include "span.h"

typedef enum {
	CH_DEFECT_NONE,
	CH_DEFECT_BODY_DOES_NOT_OPEN,  /* body.age does not open with K, to its end           */
	CH_DEFECT_BUNDLE_MALFORMED,    /* not the one archive form; a member missing or spare */
	CH_DEFECT_PAPER_MALFORMED,     /* paper.txt is not canonical                          */
	CH_DEFECT_SEEDS_MALFORMED,     /* seeds are not canonical, or of another paper        */
	CH_DEFECT_SIGNATURE_MISSING,   /* no member `signature`                               */
	CH_DEFECT_SIGNATURE_WRONG,     /* it is not the one that stands in the cover          */
	CH_DEFECT_SUMS_DIFFER,         /* SHA256SUMS is not that of the members               */
	CH_DEFECT_COMMITMENT_DIFFERS,  /* paper and seeds do not give D                       */
	CH_DEFECT_COVER_DIFFERS,       /* the head contradicts the cover or the submission    */
	CH_DEFECT_TEXT_DIFFERS,        /* the line `text` is not that of the text             */
	CH_DEFECT_ATTACHMENT_DIFFERS,  /* an attachment's name, size or digest                */
	CH_DEFECT_COUNT,
} ch_defect;

/* The token in the statement `defect`; "" for NONE. */
const char *ch_defect_name(ch_defect d);
/* NONE when the token is no cause of this version. */
ch_defect ch_defect_from(ch_span token);
/* A sentence for a person, without a full stop. */
const char *ch_defect_text(ch_defect d);

#endif
