/*
 * age's ASCII armor (c2sp.org/age, "ASCII armor"; RFC 7468 section 3, figure 3), both ways, as
 * links of a chain: bytes are pushed in, bytes are pushed on to `emit`. Constant memory: the
 * structs are big (64 and 48 KiB), so they come from the shell's memory. Public data, variable
 * time, no secrets: what is armored is sealed already.
 *
 * The first error sticks, is returned by every later call, and nothing more is emitted.
 */
#ifndef CH_ARMOR_H
#define CH_ARMOR_H

#include "emit.h"

#define CH_ARMOR_LINE 64  /* characters of a full line ... */
#define CH_ARMOR_BYTES 48 /* ... and the bytes they carry  */
#define CH_ARMOR_LINES 1024
#define CH_ARMOR_WHITE 1024 /* white space before, and after, at most */
#define CH_ARMOR_PEEK 1058  /* how many first bytes ch_armor_is() wants to see, if there are */

/* Whether a file that begins so is armored: "-----BEGIN" behind nothing but white space. */
bool ch_armor_is(ch_span first);

/* ---- into armor ---- */

struct ch_armor_sink {
	ch_emit emit;
	void *ctx;
	ch_err err;
	size_t n, n_out; /* bytes in buf and out */
	uint8_t buf[CH_ARMOR_BYTES];
	uint8_t out[CH_ARMOR_LINES * (CH_ARMOR_LINE + 1)];
};

/* Nothing to release. Errors of all three below: those of emit. */
void ch_armor_sink_init(struct ch_armor_sink *s, ch_emit emit, void *ctx);
CH_MUST_USE ch_err ch_armor_sink_write(struct ch_armor_sink *s, ch_span bytes);
/* The last lines. It does not finish what stands behind `emit`. */
CH_MUST_USE ch_err ch_armor_sink_finish(struct ch_armor_sink *s);
/* This fits ch_emit: ctx is the struct ch_armor_sink. */
CH_MUST_USE ch_err ch_armor_sink_emit(void *ctx, ch_span bytes);

/* ---- out of armor ---- */

typedef enum {
	CH_DEARMOR_BEFORE, /* white space, then the BEGIN line */
	CH_DEARMOR_BODY,
	CH_DEARMOR_END,    /* a short line was seen: END must follow */
	CH_DEARMOR_AFTER,
} ch_dearmor_state;

/*
 * Strict: full lines of canonical base64, padded, the last one alone shorter; LF or CRLF, one of
 * them throughout; no header lines; whole lines of white space before and white space after, as
 * age takes them. All good lines before the damage are emitted, whatever the pieces were.
 */
struct ch_dearmor_sink {
	ch_emit emit;
	void *ctx;
	ch_err err;
	/* When the armor itself is damaged: what is wrong, and the number of the line, from 1. An
	 * error of emit leaves `what` NULL: so the two are told apart. */
	struct ch_diag diag;
	ch_dearmor_state state;
	bool crlf, indent; /* kind of line ends; white space began the line */
	size_t line_no, white;
	size_t n, n_out; /* bytes in line and out */
	uint8_t line[CH_ARMOR_LINE + 1]; /* room for a CR */
	uint8_t out[CH_ARMOR_LINES * CH_ARMOR_BYTES];
};

/* Nothing to release. */
void ch_dearmor_sink_init(struct ch_dearmor_sink *s, ch_emit emit, void *ctx);
/* FORMAT: damaged armor        LIMIT: too much white space        or an error of emit */
CH_MUST_USE ch_err ch_dearmor_sink_write(struct ch_dearmor_sink *s, ch_span bytes);
/* The input is over. TRUNCATED: the END line was not seen. Does not finish what stands behind. */
CH_MUST_USE ch_err ch_dearmor_sink_finish(struct ch_dearmor_sink *s);
/* This fits ch_emit: ctx is the struct ch_dearmor_sink. */
CH_MUST_USE ch_err ch_dearmor_sink_emit(void *ctx, ch_span bytes);

#endif
