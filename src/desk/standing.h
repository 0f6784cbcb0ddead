/*
 * Where a paper stands, in one word for programs and one sentence for persons: the one place from
 * which command and page take it. Never "read" for opened, never "accepted" for received.
 */
#ifndef CH_STANDING_H
#define CH_STANDING_H

#include "dossier.h"

typedef enum {
	CH_STANDING_NONE,
	CH_STANDING_SUBMITTED,
	CH_STANDING_REGISTERED,   /* ours, as the next one */
	CH_STANDING_NOTICED,
	CH_STANDING_WAITS,        /* theirs: for our signature */
	CH_STANDING_SIGNED,       /* delivered, not opened yet */
	CH_STANDING_OPENED,
	CH_STANDING_DEFECT,
	CH_STANDING_KEY_OURS,     /* the addressee says that the key is missing: ours */
	CH_STANDING_KEY_THEIRS,   /* the same, of one that we signed for */
	CH_STANDING_DECLINED,
	CH_STANDING_LAPSED,
	CH_STANDING_LAPSED_UNTOLD,
	CH_STANDING_TAKEN_BACK,
	CH_STANDING_WAITS_OTHER,  /* theirs: for the signature of another delegate */
	CH_STANDING_COUNT
} ch_standing;

ch_standing ch_standing_of(const ch_delivery *v, bool ours, ch_hold hold);
/* "waits for your signature" */
const char *ch_standing_text(ch_standing s);
/* Whether it ended without having been signed for. */
bool ch_standing_is_unsigned_end(ch_standing s);

#endif
