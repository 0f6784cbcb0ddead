/* See limits.h. */
#include "limits.h"

#include "clock.h"
#include "dec.h"
#include "reg.h"

#define TYPE "chancery/registry-limits@v1\n"
#define MOST INT64_MAX

static const struct ch_limits defaults = {
	.rate = 0, .burst = 500, .open = 10000, .bytes = UINT64_C(64) << 30,
};

static uint64_t number(struct ch_rd *r, ch_span key)
{
	uint64_t v = 0;

	ch_rd_lit(r, key);
	if (ch_dec_parse(&v, ch_rd_line1(r), MOST) != CH_OK && r->err == CH_OK)
		r->err = CH_E_FORMAT;
	return v;
}

ch_err ch_limits_parse(struct ch_limits *out, ch_span text)
{
	struct ch_rd r = ch_rd_of(text);
	ch_err e;

	CH_RD_LIT(&r, TYPE);
	out->rate = number(&r, CH_LIT("rate "));
	out->burst = number(&r, CH_LIT("burst "));
	out->open = number(&r, CH_LIT("open "));
	out->bytes = number(&r, CH_LIT("bytes "));
	e = ch_rd_done(&r);
	if (e == CH_OK && out->burst == 0)
		e = CH_E_FORMAT; /* nobody could ever write */
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e == CH_OK ? CH_OK : CH_E_FORMAT;
}

ch_err ch_limits_read(struct ch_limits *out, const struct ch_folder *f)
{
	char path[CH_PATH_MAX];
	uint8_t text[1024];
	size_t n;
	ch_err e;

	*out = defaults;
	if ((e = ch_path(path, "%s/limits", f->dir)) != CH_OK)
		return e;
	e = ch_file_read_into(text, &n, sizeof text, path);
	if (e == CH_E_ABSENT)
		return CH_OK;
	return e == CH_OK ? ch_limits_parse(out, ch_span_of(text, n)) : CH_E_FORMAT;
}

static struct ch_limits_place *place_of(struct ch_reg *reg, ch_span party)
{
	struct ch_limits_place *p;
	ch_hash h;

	ch_sha256(&h, party);
	p = &reg->account[(h.b[0] | (unsigned)h.b[1] << 8) % CH_LIMITS_PLACES];
	if (!ch_hash_eq(&p->party, &h))
		*p = (struct ch_limits_place){ .party = h };
	return p;
}

bool ch_limits_pace(struct ch_limits_place *p, const struct ch_limits *l, uint64_t now)
{
	uint64_t most = l->burst > UINT32_MAX ? UINT32_MAX : l->burst;
	uint64_t rate = l->rate > UINT32_MAX ? UINT32_MAX : l->rate;
	uint64_t rest = now - p->seen_ms;

	if (rate == 0)
		return true;
	/* A day at most, so that nothing overflows; one who was never seen may do all at once. */
	p->milli += rate * (rest > 86400000 ? 86400000 : rest);
	if (p->milli > 1000 * most || p->seen_ms == 0)
		p->milli = 1000 * most;
	p->seen_ms = now ? now : 1;
	if (p->milli < 1000)
		return false;
	p->milli -= 1000;
	return true;
}

bool ch_limits_admit(struct ch_reg *reg, struct ch_op *op)
{
	if (reg->limits.rate == 0 || op->who.party.n == 0 ||
	    ch_limits_pace(place_of(reg, op->who.party), &reg->limits, ch_clock_ms()))
		return true;
	return ch_refuse(op, 429, "too-many-requests",
	    "This party asks faster than the registry allows; ask again in a second");
}

/* Whether so many bytes more may be kept for a party, and one more open submission. */
static bool fits(struct ch_reg *reg, struct ch_op *op, ch_span party, uint64_t bytes, bool paper)
{
	ch_row_use use;
	ch_err e = ch_store_use(&use, reg->store, party);

	if (e != CH_OK)
		return ch_fault(op, e);
	if (paper && use.open >= reg->limits.open)
		return ch_refuse(op, 403, "over-limit",
		    "This party has too many papers that wait for their end");
	if (!paper && use.n_loose >= reg->limits.open)
		return ch_refuse(op, 403, "over-limit",
		    "This party has sent too many envelopes without a paper");
	if (paper && use.loose >= bytes)
		use.loose -= bytes; /* its own envelope */
	if (bytes <= reg->limits.bytes && use.bytes <= reg->limits.bytes - bytes &&
	    use.loose <= reg->limits.bytes - bytes - use.bytes)
		return true;
	return ch_refuse(op, 403, "over-limit",
	    "More is kept for this party than the registry allows");
}

bool ch_limits_may_send(struct ch_reg *reg, struct ch_op *op, uint64_t bytes)
{
	return fits(reg, op, op->who.party, bytes, false);
}

bool ch_limits_may_submit(struct ch_reg *reg, struct ch_op *op, ch_span party, uint64_t bytes)
{
	return fits(reg, op, party, bytes, true);
}
