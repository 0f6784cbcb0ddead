/*
 * Sizes of bundle and envelope, and the outer archive: see envelope.h. The checker passes body.age
 * on unjudged but for its header. Trusts nothing.
 */
#include "envelope.h"

#include "hex.h"
#include "rd.h"

static unsigned ch_log2(uint64_t n)
{
	unsigned e = 0;

	while (n >>= 1)
		e++;
	return e;
}

/* Padmé (PURBs, section 4): E = log2 n, S = log2 E + 1, the last E - S bits are zero. */
uint64_t ch_padme(uint64_t n)
{
	unsigned e = ch_log2(n), s = ch_log2(e) + 1;
	uint64_t mask;

	if (n < 2 || e <= s)
		return n;
	mask = ((uint64_t)1 << (e - s)) - 1;
	return n > UINT64_MAX - mask ? UINT64_MAX : (n + mask) & ~mask;
}

static uint64_t ch_outer_padded(uint64_t content)
{
	uint64_t n = ch_padme(content < CH_ENVELOPE_MIN ? CH_ENVELOPE_MIN : content);
	uint64_t mask = CH_TAR_BLOCK - 1;

	return n > UINT64_MAX - mask ? UINT64_MAX : (n + mask) & ~mask;
}

uint64_t ch_outer_size(uint64_t cover, uint64_t body)
{
	if (cover > CH_TAR_SIZE_MAX || body > CH_TAR_SIZE_MAX)
		return UINT64_MAX;
	return ch_outer_padded(ch_tar_member_size(cover) + ch_tar_member_size(body) +
	    CH_TAR_END_SIZE);
}

uint64_t ch_body_size(uint64_t bundle, const ch_age_recipient *k)
{
	return ch_seal_size(ch_seal_header_size(k, 1), bundle);
}

uint64_t ch_envelope_size(uint64_t cover, uint64_t body, const ch_age_recipient *to, size_t n_to)
{
	return ch_seal_size(ch_seal_header_size(to, n_to), ch_outer_size(cover, body));
}

/* ---- the outer archive ---- */

static ch_err ch_outer_begin(void *ctx, ch_span name, uint64_t size)
{
	struct ch_outer_reader *r = ctx;

	if (r->member == 0 && ch_span_eq(name, CH_LIT("cover.txt")) && size <= CH_COVER_MAX)
		return CH_OK;
	if (r->member == 1 && ch_span_eq(name, CH_LIT("body.age"))) {
		r->n_body = size;
		return CH_OK;
	}
	return CH_E_FORMAT;
}

static ch_age_type ch_outer_k_type(const ch_age_header *h)
{
	struct ch_rd r = ch_rd_of(h->stanzas);
	ch_age_stanza s;

	ch_age_stanza_rd(&s, &r);
	if (ch_span_eq(s.type, CH_LIT("mlkem768x25519")))
		return CH_AGE_HYBRID;
	return ch_span_eq(s.type, CH_LIT("X25519")) ? CH_AGE_X25519 : CH_AGE_NONE;
}

/* Collect the header of body.age until it can be judged: exactly one stanza, that of K. */
static ch_err ch_outer_header(struct ch_outer_reader *r, ch_span bytes)
{
	size_t room = sizeof r->head - r->n_head, n = bytes.n < room ? bytes.n : room;
	ch_age_header h;
	ch_err e;

	if (r->header_done)
		return CH_OK;
	if (n > 0)
		memcpy(&r->head[r->n_head], bytes.p, n);
	r->n_head += n;
	e = ch_age_header_find(&n, &r->seen, ch_span_of(r->head, r->n_head));
	if (e == CH_E_TRUNCATED)
		return r->n_head < sizeof r->head ? CH_OK : CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_age_header_parse(&h, ch_span_of(r->head, n));
	if (e != CH_OK || h.n_stanzas != 1)
		return CH_E_FORMAT;
	r->k_type = ch_outer_k_type(&h);
	r->header_done = true;
	return CH_OK;
}

static ch_err ch_outer_data(void *ctx, ch_span bytes)
{
	struct ch_outer_reader *r = ctx;
	ch_err e;

	if (r->member == 0) {
		CH_ASSERT(bytes.n <= sizeof r->cover - r->n_cover);
		memcpy(&r->cover[r->n_cover], bytes.p, bytes.n);
		r->n_cover += bytes.n;
		return CH_OK;
	}
	e = ch_outer_header(r, bytes);
	return e == CH_OK && r->body ? r->body(r->ctx, bytes) : e;
}

static ch_err ch_outer_end(void *ctx)
{
	struct ch_outer_reader *r = ctx;

	if (r->member == 1 && !r->header_done)
		return CH_E_FORMAT;
	r->member++;
	return CH_OK;
}

static const ch_tar_events outer_events = { ch_outer_begin, ch_outer_data, ch_outer_end };

void ch_outer_reader_init(struct ch_outer_reader *r, ch_emit body, void *ctx)
{
	memset(r, 0, sizeof *r);
	ch_tar_reader_init(&r->tar, &outer_events, r, CH_TAR_ZEROS);
	r->body = body;
	r->ctx = ctx;
}

ch_err ch_outer_reader_write(struct ch_outer_reader *r, ch_span bytes)
{
	return ch_tar_reader_write(&r->tar, bytes);
}

ch_err ch_outer_reader_emit(void *ctx, ch_span bytes)
{
	return ch_outer_reader_write(ctx, bytes);
}

ch_err ch_outer_reader_finish(struct ch_outer_reader *r)
{
	ch_err e = ch_tar_reader_finish(&r->tar);

	if (e != CH_OK)
		return e;
	if (r->member != 2)
		return CH_E_FORMAT;
	if (r->tar.total != ch_outer_padded(r->tar.content))
		return r->tar.total < ch_outer_padded(r->tar.content) ? CH_E_TRUNCATED
		    : CH_E_FORMAT;
	return CH_OK;
}

ch_span ch_outer_reader_cover(const struct ch_outer_reader *r)
{
	return ch_span_of(r->cover, r->n_cover);
}
