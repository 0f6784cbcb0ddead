/*
 * A bounded writer into the caller's memory. The first failure sticks (LIMIT: no room). With
 * p = NULL and cap = SIZE_MAX nothing is stored and n counts: one code path measures and writes.
 *
 * ch_wr_put() and ch_wr_room() turn an offset into a pointer, as ch_rd_take() does for reading;
 * nothing else of the house does.
 */
#ifndef CH_WR_H
#define CH_WR_H

#include "err.h"
#include "span.h"

struct ch_wr {
	uint8_t *p;
	size_t cap, n;
	ch_err err;
};

static inline struct ch_wr ch_wr_of(void *p, size_t cap)
{
	return (struct ch_wr){ .p = p, .cap = cap };
}

static inline struct ch_wr ch_wr_measure(void)
{
	return (struct ch_wr){ .cap = SIZE_MAX };
}

void ch_wr_put(struct ch_wr *w, ch_span s);
#define CH_WR_LIT(w, s) ch_wr_put((w), CH_LIT(s))
void ch_wr_str(struct ch_wr *w, const char *s);
void ch_wr_u8(struct ch_wr *w, uint8_t v);
void ch_wr_be16(struct ch_wr *w, uint16_t v);
void ch_wr_be32(struct ch_wr *w, uint32_t v);
void ch_wr_be64(struct ch_wr *w, uint64_t v);
void ch_wr_zeros(struct ch_wr *w, size_t n);

/* Reserve n > 0 bytes for the caller to fill at once, without a copy. NULL after a failure, when
 * there is no room (LIMIT sticks) and while measuring (n is counted). */
uint8_t *ch_wr_room(struct ch_wr *w, size_t n);

void ch_wr_fail(struct ch_wr *w, ch_err e);

/* What was written so far (empty while measuring or after a failure). Valid while p lives. */
static inline ch_span ch_wr_span(const struct ch_wr *w)
{
	return w->err == CH_OK && w->p ? (ch_span){ w->p, w->n } : (ch_span){ 0 };
}

/* The sticky error. On failure what was written is zeroed. */
CH_MUST_USE ch_err ch_wr_done(struct ch_wr *w);

#endif
