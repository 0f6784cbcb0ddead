/*
 * Signed notes (c2sp.org/signed-note): a text that ends in LF, an empty line, signature lines.
 * Canonical only: one spelling of the base64, UTF-8, no control character but LF.
 *
 * A note proves nothing until a line of a known key was verified. Whether unknown or spare lines
 * are welcome is the caller's rule: all lines are at hand, in order.
 */
#ifndef CH_NOTE_H
#define CH_NOTE_H

#include "vkey.h"

#define CH_NOTE_LINES_MAX 32
#define CH_NOTE_TEXT_MAX ((size_t)65536)         /* statements                           */
#define CH_NOTE_TEXT_MAX_ROSTER ((size_t)262144) /* rosters                              */
#define CH_NOTE_B64_MAX 8192                     /* characters of one signature, any kind */

typedef struct {
	ch_span name;
	ch_span b64; /* id and signature as written; ch_note_line_sig() decodes    */
	uint8_t id[4];
} ch_note_line;

typedef struct {
	ch_span text;
	size_t n; /* 1 to CH_NOTE_LINES_MAX */
	ch_note_line line[CH_NOTE_LINES_MAX];
} ch_note;

/*
 *   out       spans into `in`; zero on error
 *   in        hostile
 *   text_max  bound of the text: one of the two above
 * TRUNCATED, FORMAT: not a canonical note        LIMIT: text, name, line or count too large
 */
CH_MUST_USE ch_err ch_note_parse(ch_note *out, ch_span in, size_t text_max);

/* Whether `text` may stand in a note: ends in LF, UTF-8, no control character but LF. */
bool ch_note_text_is_valid(ch_span text);

/* The signature of a line without its id. LIMIT: more than cap bytes; *n is then 0. */
CH_MUST_USE ch_err ch_note_line_sig(uint8_t *out, size_t *n, size_t cap,
    const ch_note_line *line);

/* Whether the line claims to be by `key`: same name and same id. It proves nothing. */
bool ch_note_line_is_by(const ch_note_line *line, const ch_vkey *key);

/*
 * Check line i against a key of type ED25519.
 * ABSENT: the line is not by this key        AUTH: it claims to be, and does not verify
 */
CH_MUST_USE ch_err ch_note_line_verify(const ch_note *note, size_t i, const ch_vkey *key);

/* Every line by `key` must verify (AUTH), and there must be one (ABSENT). */
CH_MUST_USE ch_err ch_note_verify(const ch_note *note, const ch_vkey *key);

/* Text and empty line; the signature lines follow. FORMAT sticks when the text may not stand. */
void ch_note_put_text(struct ch_wr *w, ch_span text);

/* A line that came out of ch_note_parse(), byte for byte. */
void ch_note_put_line(struct ch_wr *w, const ch_note_line *line);

/* One line from its parts. FORMAT sticks when the name is not valid. */
void ch_note_put_sig(struct ch_wr *w, ch_span name, const uint8_t id[4], ch_span sig);

/* Sign the text and write the line, type ED25519. FORMAT sticks for a bad name or text. */
void ch_note_sign_line(struct ch_wr *w, ch_span name, ch_span text,
    const struct ch_edsecret *sec);

#endif
