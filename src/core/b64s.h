/* Canonical padded base64 of any length, decoded in pieces into a writer. Public data only. */
#ifndef CH_B64S_H
#define CH_B64S_H

#include "rd.h"
#include "wr.h"

/*
 * Decode all of b64 and write it without its first `skip` bytes (at most 16). FORMAT sticks in w
 * for any other spelling. With a measuring writer this is a check that needs no memory.
 */
void ch_b64s_put(struct ch_wr *w, ch_span b64, size_t skip);

#endif
