/*
 * A cursor over hostile bytes. The first failure sticks: every later read returns zero or an
 * empty span, and every question answers no. A parser reads all it wants and asks ch_rd_done()
 * once. Before that it branches only through ch_rd_* questions.
 *
 * ch_rd_take() turns an offset into a pointer; beside it only two functions of wr.h do.
 */
#ifndef CH_RD_H
#define CH_RD_H

#include "err.h"
#include "span.h"

struct ch_rd {
	ch_span in;
	size_t at;
	ch_err err;
};

static inline struct ch_rd ch_rd_of(ch_span in)
{
	return (struct ch_rd){ .in = in };
}

/* The next n bytes; TRUNCATED when fewer are left. */
ch_span ch_rd_take(struct ch_rd *r, size_t n);

/* Big-endian integers. */
uint8_t ch_rd_u8(struct ch_rd *r);
uint16_t ch_rd_be16(struct ch_rd *r);
uint32_t ch_rd_be32(struct ch_rd *r);
uint64_t ch_rd_be64(struct ch_rd *r);

/* Exactly these bytes; FORMAT when others stand there. */
void ch_rd_lit(struct ch_rd *r, ch_span lit);
#define CH_RD_LIT(r, s) ch_rd_lit((r), CH_LIT(s))

/* One line without its LF. It must end in LF (else TRUNCATED) and hold no CR or NUL (FORMAT). May
 * be empty: see ch_rd_line1(). */
ch_span ch_rd_line(struct ch_rd *r);

/* The same, and an empty line is FORMAT. */
ch_span ch_rd_line1(struct ch_rd *r);

/* The bytes before the next `stop`, which is consumed; TRUNCATED when there is none. */
ch_span ch_rd_until(struct ch_rd *r, uint8_t stop);

/* All that is left. */
ch_span ch_rd_rest(struct ch_rd *r);

/* Copy the next n bytes; zeros on failure. */
void ch_rd_copy(struct ch_rd *r, void *out, size_t n);

/* Questions. All answer false after a failure. */
bool ch_rd_starts(const struct ch_rd *r, ch_span lit);
bool ch_rd_at_end(const struct ch_rd *r);
size_t ch_rd_left(const struct ch_rd *r);

/* Fail with e unless a failure already stuck. */
void ch_rd_fail(struct ch_rd *r, ch_err e);

/* Fail with e unless ok. */
static inline void ch_rd_need(struct ch_rd *r, bool ok, ch_err e)
{
	if (!ok)
		ch_rd_fail(r, e);
}

/* CH_OK only if nothing failed and nothing is left over (FORMAT). */
CH_MUST_USE ch_err ch_rd_done(const struct ch_rd *r);

#endif
