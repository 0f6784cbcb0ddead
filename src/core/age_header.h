/*
 * The text before an age payload (c2sp.org/age, "Header"): version line, stanzas, MAC. Strict:
 * what parses is byte for byte what the writer here would write. Nothing is stored: stanzas are
 * walked with a reader, and all spans point into the header.
 */
#ifndef CH_AGE_HEADER_H
#define CH_AGE_HEADER_H

#include "crypto.h"
#include "rd.h"
#include "wr.h"

#define CH_AGE_HEADER_MAX 131072 /* our bound on a whole header: 64 hybrid recipients and some */

/* The 128-bit key of one file, wiped by whoever holds it. */
struct ch_file_key {
	uint8_t b[16];
};

typedef struct {
	ch_span stanzas; /* all of them, for ch_age_stanza_rd() */
	ch_span signed_; /* what the MAC covers                 */
	size_t n_stanzas;
	bool scrypt; /* one of them is of type "scrypt" */
	uint8_t mac[32];
} ch_age_header;

typedef struct {
	ch_span type;
	ch_span args; /* after the type, separated by single spaces; may be empty */
	size_t n_args;
	ch_span body; /* base64 lines, as written */
	size_t n_body; /* bytes they stand for    */
} ch_age_stanza;

/*
 * Find where the header at the start of `in` ends.
 *   n      its length, final LF included; 0 on error
 *   seen   in and out: start at 0, hand it back with a longer `in` to go on where it stopped
 * TRUNCATED: no end yet, ask again with more        FORMAT: this is not age v1
 * LIMIT: no end within CH_AGE_HEADER_MAX
 */
CH_MUST_USE ch_err ch_age_header_find(size_t *n, size_t *seen, ch_span in);

/* Parse exactly one header. FORMAT: not canonical        LIMIT: too long */
CH_MUST_USE ch_err ch_age_header_parse(ch_age_header *out, ch_span in);

/* Read the next stanza; failures stick in r, and then *out is empty. */
void ch_age_stanza_rd(ch_age_stanza *out, struct ch_rd *r);
/* Argument i < n_args. */
ch_span ch_age_stanza_arg(const ch_age_stanza *s, size_t i);
/* The body, when it has exactly n bytes; FORMAT otherwise. */
CH_MUST_USE ch_err ch_age_stanza_body(uint8_t *out, size_t n, const ch_age_stanza *s);

void ch_age_version_put(struct ch_wr *w);
/* `args` starts with the type: "X25519 ..."; the caller vouches for its form. */
void ch_age_stanza_put(struct ch_wr *w, ch_span args, ch_span body);
/* The body alone, behind a line of arguments that the caller wrote. */
void ch_age_body_put(struct ch_wr *w, ch_span body);
/* The last line, for the header that began in w at offset `from`. */
void ch_age_mac_put(struct ch_wr *w, size_t from, const struct ch_file_key *key);

/* AUTH when the MAC is not that of this file key. Constant time. */
CH_MUST_USE ch_err ch_age_mac_check(const ch_age_header *h, const struct ch_file_key *key);

#endif
