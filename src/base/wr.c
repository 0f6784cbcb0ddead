/* The bounded writer: see wr.h. */
#include "wr.h"

/*
 * Code reviewers: THIS FUNCTION DOES POINTER MATH.
 * Safe because n <= cap always holds (it starts at 0 and grows only here, by s.n, after the
 * check), so cap - n does not wrap and p + n .. p + n + s.n lies inside the caller's cap bytes.
 */
void ch_wr_put(struct ch_wr *w, ch_span s)
{
	if (w->err != CH_OK)
		return;
	if (s.n > w->cap - w->n) {
		w->err = CH_E_LIMIT;
		return;
	}
	if (s.n && w->p)
		memcpy(w->p + w->n, s.p, s.n);
	w->n += s.n;
}

/*
 * Code reviewers: THIS FUNCTION DOES POINTER MATH.
 * Safe for the reason given at ch_wr_put(): the bytes w->n .. w->n + n lie inside the caller's
 * cap bytes, because n <= cap - w->n was checked before w->n grew.
 */
uint8_t *ch_wr_room(struct ch_wr *w, size_t n)
{
	uint8_t *at = NULL;

	if (w->err != CH_OK)
		return NULL;
	if (n > w->cap - w->n) {
		w->err = CH_E_LIMIT;
		return NULL;
	}
	if (w->p)
		at = w->p + w->n;
	w->n += n;
	return at;
}

void ch_wr_str(struct ch_wr *w, const char *s)
{
	ch_wr_put(w, ch_span_str(s));
}

void ch_wr_u8(struct ch_wr *w, uint8_t v)
{
	ch_wr_put(w, ch_span_of(&v, 1));
}

static void ch_wr_be(struct ch_wr *w, uint64_t v, unsigned n)
{
	while (n-- > 0)
		ch_wr_u8(w, (uint8_t)(v >> 8 * n));
}

void ch_wr_be16(struct ch_wr *w, uint16_t v)
{
	ch_wr_be(w, v, 2);
}

void ch_wr_be32(struct ch_wr *w, uint32_t v)
{
	ch_wr_be(w, v, 4);
}

void ch_wr_be64(struct ch_wr *w, uint64_t v)
{
	ch_wr_be(w, v, 8);
}

void ch_wr_zeros(struct ch_wr *w, size_t n)
{
	static const uint8_t zero[512];

	while (n > 0 && w->err == CH_OK) {
		size_t k = n < sizeof zero ? n : sizeof zero;

		ch_wr_put(w, ch_span_of(zero, k));
		n -= k;
	}
}

void ch_wr_fail(struct ch_wr *w, ch_err e)
{
	if (w->err == CH_OK)
		w->err = e;
}

ch_err ch_wr_done(struct ch_wr *w)
{
	if (w->err != CH_OK) {
		if (w->p && w->n)
			memset(w->p, 0, w->n);
		w->n = 0;
	}
	return w->err;
}
