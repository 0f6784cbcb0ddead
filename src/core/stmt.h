/*
 * Statements: everything that is signed is a text whose first line is its type and whose other
 * lines are fixed keys in fixed order, unused ones as `key -`. One reader and one writer serve
 * every kind; the kinds are data (kinds.h). A parsed statement formats to the same bytes.
 *
 * Format: doc/formats/statements.md. Public data, variable time, no allocation.
 */
#ifndef CH_STMT_H
#define CH_STMT_H

#include "crypto.h"
#include "kinds.h"
#include "rd.h"
#include "wr.h"

#define CH_STMT_MAX        (64u << 10)
#define CH_STMT_ROSTER_MAX (256u << 10) /* also the head of a paper */
#define CH_STMT_LINE_MAX   4096u

/* A reference `<number> <hash>`: a roster version, a place in a pair chain. */
typedef struct {
	uint64_t n;
	ch_hash hash;
} ch_ref;

/* A checkpoint seen: `<size> <root> <hash of the signed note as seen, with its cosignatures>`. */
typedef struct {
	uint64_t size;
	ch_hash root, note;
} ch_seen;

/* `RE`: the number and the D of the paper that is answered. */
typedef struct {
	ch_span number;
	ch_hash paper;
} ch_re;

/*
 * v[i] is the value of field i of the kind: empty when unset (`-`); for a list it is the block of
 * its items' lines and count[i] their number. Spans point into the parsed text.
 */
typedef struct {
	ch_kind kind;
	bool exercise;
	ch_span text; /* all of it; empty when built by hand */
	ch_span v[CH_FIELDS_MAX];
	uint32_t count[CH_FIELDS_MAX];
} ch_stmt;

/* One item of a list, by column. */
typedef struct {
	ch_span v[CH_COLUMNS_MAX];
} ch_item;

/*
 * Parse a statement's text (without signature lines) of any kind.
 * FORMAT: not canonical, unknown type, a field that breaks its type's rule   LIMIT: too large
 */
CH_MUST_USE ch_err ch_stmt_parse(ch_stmt *out, ch_span text);

/* The same; FORMAT also when kind or exercise flag is another: no object stands for another. */
CH_MUST_USE ch_err ch_stmt_parse_as(ch_stmt *out, ch_span text, ch_kind kind, bool exercise);

/*
 * Parse the longest statement at the start of r and leave r after it (a paper's head is followed
 * by passages). Same errors.
 */
CH_MUST_USE ch_err ch_stmt_read(ch_stmt *out, struct ch_rd *r, ch_kind kind, bool exercise);

/* Write a statement from kind, exercise, v and count. Every value is checked: what is written
 * parses. FORMAT sticks in w otherwise. */
CH_MUST_USE ch_err ch_stmt_format(struct ch_wr *w, const ch_stmt *s);

/* Item i of list field f. The statement was parsed, so i < count is all that can be wrong. */
CH_MUST_USE ch_err ch_stmt_item(ch_item *out, const ch_stmt *s, unsigned f, uint32_t i);

/*
 * The next item of a list block, in one pass: start with ch_rd_of(s->v[f]), s->count[f] times.
 * `lines` (may be NULL) are its lines as they stand, LF included. Failures stick in r.
 */
CH_MUST_USE ch_err ch_stmt_next_item(ch_item *out, ch_span *lines, struct ch_rd *r, ch_kind kind,
    unsigned f);

/* Append an item's lines to a list block under construction. */
CH_MUST_USE ch_err ch_stmt_put_item(struct ch_wr *w, ch_kind kind, unsigned f, const ch_item *it);

/* SHA-256 of the text: what other statements and the register name it by. */
void ch_stmt_hash(ch_hash *out, ch_span text);

/* The head line of field f as it stands (`key value`, a list: `key count`), without LF. */
void ch_stmt_put_line(struct ch_wr *w, const ch_stmt *s, unsigned f);

/* Typed views of a value that was parsed. Unset gives zero. */
ch_hash ch_val_hash(ch_span v);
uint64_t ch_val_dec(ch_span v);
int64_t ch_val_when(ch_span v);
ch_ref ch_val_ref(ch_span v);
ch_seen ch_val_seen(ch_span v);
ch_re ch_val_re(ch_span v);
/* Whether a comma-separated TOKENS value holds the token. */
bool ch_val_has(ch_span v, ch_span token);
/* The next token after *at (start with 0); empty at the end. */
ch_span ch_val_next(ch_span v, size_t *at);

/* Writers of compound values into a scratch writer; they return the written span. */
ch_span ch_val_put_hash(struct ch_wr *w, const ch_hash *h);
ch_span ch_val_put_dec(struct ch_wr *w, uint64_t n);
ch_span ch_val_put_when(struct ch_wr *w, int64_t t);
ch_span ch_val_put_ref(struct ch_wr *w, const ch_ref *r);
ch_span ch_val_put_seen(struct ch_wr *w, const ch_seen *s);
ch_span ch_val_put_re(struct ch_wr *w, const ch_re *r);

#endif
