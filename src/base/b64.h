/*
 * Base64 of RFC 4648 section 4, canonical only: no white space, no unused bits set, and padding
 * exactly where the flavour wants it. Constant time in the bytes, so that keys may pass through.
 */
#ifndef CH_B64_H
#define CH_B64_H

#include "rd.h"
#include "wr.h"

typedef enum {
	CH_B64_PADDED, /* signed notes, checkpoints */
	CH_B64_RAW,    /* age headers: no '=' at all */
} ch_b64_kind;

/* Characters needed for n bytes. */
size_t ch_b64_len(size_t n, ch_b64_kind kind);

/*
 * Decode all of `in` into out[0..cap).
 *   n     number of bytes decoded; 0 on error
 * FORMAT: not canonical        LIMIT: more than cap bytes
 */
CH_MUST_USE ch_err ch_b64_parse(uint8_t *out, size_t *n, size_t cap, ch_span in, ch_b64_kind kind);

/* The same for exactly n bytes; FORMAT when there are more or fewer. */
CH_MUST_USE ch_err ch_b64_parse_n(uint8_t *out, size_t n, ch_span in, ch_b64_kind kind);

void ch_b64_put(struct ch_wr *w, ch_span bytes, ch_b64_kind kind);

#endif
