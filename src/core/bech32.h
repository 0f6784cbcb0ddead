/*
 * Bech32 (BIP-173) without its length limit, as age uses it: all lower or all upper case, never
 * mixed; the checksum is that of the lower-case string. Constant time in the data, because
 * identities pass through; only the human-readable part and the verdict may show in the time.
 */
#ifndef CH_BECH32_H
#define CH_BECH32_H

#include "rd.h"
#include "wr.h"

#define CH_BECH32_MAX 8192 /* our bound on a whole string: plugins may have long ones */

typedef enum {
	CH_BECH32_LOWER, /* also strings without any letter */
	CH_BECH32_UPPER,
} ch_bech32_case;

typedef struct {
	ch_span hrp;  /* human-readable part, as written                   */
	ch_span data; /* digits of five bits, as written, without checksum */
	ch_bech32_case kind;
} ch_bech32;

/*
 * Split and check a string; the spans point into `in`.
 * FORMAT: not Bech32, mixed case or wrong checksum        LIMIT: above CH_BECH32_MAX
 */
CH_MUST_USE ch_err ch_bech32_parse(ch_bech32 *out, ch_span in);

/*
 * The data as bytes, n of them, at most cap.
 * FORMAT: spare bits that are not zero or make up a whole digit        LIMIT: more than cap
 */
CH_MUST_USE ch_err ch_bech32_bytes(uint8_t *out, size_t *n, size_t cap, const ch_bech32 *b);

/* Write bytes under `hrp`, which is given in lower case: 1 to 83 characters of '!'..'~'. */
void ch_bech32_put(struct ch_wr *w, ch_span hrp, ch_span bytes, ch_bech32_case kind);

#endif
