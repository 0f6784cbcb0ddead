/* The cursor over hostile bytes: see rd.h. Trusts nothing but its own struct. */
#include "rd.h"

/*
 * Code reviewers: THIS FUNCTION DOES POINTER MATH.
 * Safe because at <= in.n always holds (it starts at 0 and grows only here, by n, after the
 * check), so in.n - at does not wrap, and at + n <= in.n bounds the result inside the input.
 */
ch_span ch_rd_take(struct ch_rd *r, size_t n)
{
	ch_span s = { 0 };

	if (r->err != CH_OK)
		return s;
	if (n > r->in.n - r->at) {
		r->err = CH_E_TRUNCATED;
		return s;
	}
	if (n == 0)
		return s;
	s = (ch_span){ r->in.p + r->at, n };
	r->at += n;
	return s;
}

static uint64_t ch_rd_be(struct ch_rd *r, size_t n)
{
	ch_span s = ch_rd_take(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	return v;
}

uint8_t ch_rd_u8(struct ch_rd *r)
{
	return (uint8_t)ch_rd_be(r, 1);
}

uint16_t ch_rd_be16(struct ch_rd *r)
{
	return (uint16_t)ch_rd_be(r, 2);
}

uint32_t ch_rd_be32(struct ch_rd *r)
{
	return (uint32_t)ch_rd_be(r, 4);
}

uint64_t ch_rd_be64(struct ch_rd *r)
{
	return ch_rd_be(r, 8);
}

void ch_rd_lit(struct ch_rd *r, ch_span lit)
{
	size_t left = ch_rd_left(r);
	size_t n = lit.n < left ? lit.n : left;
	ch_span s = ch_rd_take(r, n);

	/* A prefix of the literal is a cut-off input; anything else is a wrong one. */
	if (r->err == CH_OK && s.n && memcmp(s.p, lit.p, s.n) != 0)
		r->err = CH_E_FORMAT;
	if (r->err == CH_OK && n < lit.n)
		r->err = CH_E_TRUNCATED;
}

/* How many bytes stand before the next `stop`; the rest of the input when there is none. */
static size_t ch_rd_find(const struct ch_rd *r, uint8_t stop)
{
	struct ch_rd probe = *r;
	ch_span rest = ch_rd_rest(&probe);
	const uint8_t *hit = rest.n ? memchr(rest.p, stop, rest.n) : NULL;

	return hit ? (size_t)(hit - rest.p) : rest.n;
}

ch_span ch_rd_until(struct ch_rd *r, uint8_t stop)
{
	ch_span s = ch_rd_take(r, ch_rd_find(r, stop));

	(void)ch_rd_take(r, 1); /* the stop itself, or TRUNCATED */
	return r->err == CH_OK ? s : (ch_span){ 0 };
}

ch_span ch_rd_line(struct ch_rd *r)
{
	ch_span s = ch_rd_until(r, '\n');

	if (s.n && (memchr(s.p, '\r', s.n) || memchr(s.p, 0, s.n))) {
		ch_rd_fail(r, CH_E_FORMAT);
		return (ch_span){ 0 };
	}
	return s;
}

ch_span ch_rd_line1(struct ch_rd *r)
{
	ch_span s = ch_rd_line(r);

	if (s.n == 0)
		ch_rd_fail(r, CH_E_FORMAT);
	return s;
}

ch_span ch_rd_rest(struct ch_rd *r)
{
	return ch_rd_take(r, ch_rd_left(r));
}

void ch_rd_copy(struct ch_rd *r, void *out, size_t n)
{
	ch_span s = ch_rd_take(r, n);

	memset(out, 0, n);
	if (s.n)
		memcpy(out, s.p, s.n);
}

bool ch_rd_starts(const struct ch_rd *r, ch_span lit)
{
	struct ch_rd probe = *r;
	ch_span s = ch_rd_take(&probe, lit.n);

	return probe.err == CH_OK && ch_span_eq(s, lit);
}

bool ch_rd_at_end(const struct ch_rd *r)
{
	return r->err == CH_OK && r->at == r->in.n;
}

size_t ch_rd_left(const struct ch_rd *r)
{
	return r->err == CH_OK ? r->in.n - r->at : 0;
}

void ch_rd_fail(struct ch_rd *r, ch_err e)
{
	if (r->err == CH_OK)
		r->err = e;
}

ch_err ch_rd_done(const struct ch_rd *r)
{
	if (r->err != CH_OK)
		return r->err;
	return r->at == r->in.n ? CH_OK : CH_E_FORMAT;
}
