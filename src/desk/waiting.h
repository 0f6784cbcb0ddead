/*
 * Papers that came and wait for a hardware key, in the folder waiting/<L>/ of the home: E and L,
 * judged as far as that goes without opening E, and the number under which a person asks for one.
 */
#ifndef CH_WAITING_H
#define CH_WAITING_H

#include "dossier.h"
#include "watch.h"

/* number.txt of one. LIMIT: too long. */
CH_MUST_USE ch_err ch_waiting_text(char out[CH_PATH_MAX], const struct ch_talks *talks,
    const char *number);

/* How many there are. */
size_t ch_waiting_n(const struct ch_home *home);

/*
 * Take in the one that waits under this number. *number is then the one on its cover: around new
 * year its year may be another. Errors of ch_arrive(); ABSENT: no such one waits.
 */
CH_MUST_USE ch_err ch_waiting_take(char number[CH_NUMBER_MAX + 1], struct ch_watch *w,
    const struct ch_talks *talks, ch_span asked, struct ch_problem *why);

#endif
