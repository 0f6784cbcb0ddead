/*
 * Packs: several texts in one file, each at full length, so that no content can pass for
 * structure. Extracts, covers, delivery records, invitations, submissions, answers, split views,
 * welcomes and what these hold are packs.
 *
 * Format: doc/formats/extract.md, "Pack". Public data, variable time.
 */
#ifndef CH_PACK_H
#define CH_PACK_H

#include "rd.h"
#include "wr.h"

#define CH_PACK_PARTS_MAX 256u
#define CH_PACK_HOLDINGS_MAX 4096u /* of holdings alone */
#define CH_PACK_MAX       ((size_t)16 << 20)
/* `roster.<handle>.<version>.proof` at its longest: no handle may be too long to be judged. */
#define CH_PACK_NAME_MAX  288u

/* The word of the type line. */
typedef enum {
	CH_PACK_EXTRACT,
	CH_PACK_RECORD,
	CH_PACK_INVITATION,
	CH_PACK_SUBMISSION,
	CH_PACK_ANSWER,
	CH_PACK_SPLIT,
	CH_PACK_WELCOME,  /* of a new delegate                    */
	CH_PACK_HOLDINGS, /* in it: what a home of the party holds */
	CH_PACK_COUNT,
} ch_pack_kind;

typedef struct {
	ch_span name; /* as a token, but longer */
	ch_span bytes;
} ch_part;

/*
 * Split a pack into part[0..cap). Spans point into `in`.
 * FORMAT: not canonical, another kind or exercise flag, a name twice
 * TRUNCATED: cut off        LIMIT: larger than CH_PACK_MAX, or more than cap parts
 */
CH_MUST_USE ch_err ch_pack_parse(ch_part *part, size_t *n, size_t cap, ch_span in,
    ch_pack_kind kind, bool exercise);

/* Kind and flag that the first line names. FORMAT: it is no pack. */
CH_MUST_USE ch_err ch_pack_sniff(ch_pack_kind *kind, bool *exercise, ch_span in);

/* The part of that name; NULL when there is none. */
const ch_part *ch_pack_find(const ch_part *part, size_t n, ch_span name);

/* FORMAT sticks in w for a bad or doubled name, LIMIT for what ch_pack_parse() would refuse. */
CH_MUST_USE ch_err ch_pack_format(struct ch_wr *w, const ch_part *part, size_t n,
    ch_pack_kind kind, bool exercise);

#endif
