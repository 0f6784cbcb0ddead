/* Instants and dates of the proleptic Gregorian calendar: see when.h. */
#include "when.h"

#include "dec.h"

#define CH_WHEN_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

struct ch_when_civil {
	int64_t y;
	unsigned m, d;
};

static bool ch_when_leap(uint64_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

static unsigned ch_when_month_days(uint64_t y, unsigned m)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	CH_ASSERT(m >= 1 && m <= 12);
	return days[m - 1] + (m == 2 && ch_when_leap(y) ? 1u : 0u);
}

/* Days from 1970-01-01 to the first day of the year y >= 1970. */
static int64_t ch_when_year_days(int64_t y)
{
	int64_t p = y - 1;

	return 365 * (y - 1970) + (p / 4 - 492) - (p / 100 - 19) + (p / 400 - 4);
}

static struct ch_when_civil ch_when_civil(int64_t day)
{
	struct ch_when_civil c = { .y = 1970 + day / 366, .m = 1 };

	while (c.y < 9999 && ch_when_year_days(c.y + 1) <= day) /* at most a few steps a century */
		c.y++;
	day -= ch_when_year_days(c.y);
	while (c.m < 12 && day >= ch_when_month_days((uint64_t)c.y, c.m))
		day -= ch_when_month_days((uint64_t)c.y, c.m++);
	c.d = (unsigned)day + 1;
	return c;
}

/* Two or four digits, in lo..hi. */
static uint64_t ch_when_digits(struct ch_rd *r, size_t n, uint64_t lo, uint64_t hi)
{
	ch_span s = ch_rd_take(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		ch_rd_need(r, s.p[i] >= '0' && s.p[i] <= '9', CH_E_FORMAT);
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	ch_rd_need(r, v >= lo && v <= hi, CH_E_FORMAT);
	return r->err == CH_OK ? v : lo;
}

static int64_t ch_when_rd_date(struct ch_rd *r)
{
	uint64_t y = ch_when_digits(r, 4, 1970, 9999);
	CH_RD_LIT(r, "-");
	unsigned m = (unsigned)ch_when_digits(r, 2, 1, 12);
	CH_RD_LIT(r, "-");
	uint64_t d = ch_when_digits(r, 2, 1, ch_when_month_days(y, m));
	int64_t day = ch_when_year_days((int64_t)y);

	for (unsigned i = 1; i < m; i++)
		day += ch_when_month_days(y, i);
	return (day + (int64_t)d - 1) * 86400;
}

ch_err ch_when_parse(int64_t *out, ch_span in)
{
	struct ch_rd r = ch_rd_of(in);
	int64_t t = ch_when_rd_date(&r);

	CH_RD_LIT(&r, "T");
	t += 3600 * (int64_t)ch_when_digits(&r, 2, 0, 23);
	CH_RD_LIT(&r, ":");
	t += 60 * (int64_t)ch_when_digits(&r, 2, 0, 59);
	CH_RD_LIT(&r, ":");
	t += (int64_t)ch_when_digits(&r, 2, 0, 59);
	CH_RD_LIT(&r, "Z");

	*out = ch_rd_done(&r) == CH_OK ? t : 0;
	return ch_rd_done(&r) == CH_OK ? CH_OK : CH_E_FORMAT;
}

ch_err ch_when_parse_date(int64_t *out, ch_span in)
{
	struct ch_rd r = ch_rd_of(in);
	int64_t t = ch_when_rd_date(&r);

	*out = ch_rd_done(&r) == CH_OK ? t : 0;
	return ch_rd_done(&r) == CH_OK ? CH_OK : CH_E_FORMAT;
}

void ch_when_put_date(struct ch_wr *w, int64_t t)
{
	if (t < 0 || t > CH_WHEN_MAX) {
		ch_wr_fail(w, CH_E_LIMIT);
		return;
	}
	struct ch_when_civil c = ch_when_civil(t / 86400);

	ch_dec_put_fixed(w, (uint64_t)c.y, 4);
	CH_WR_LIT(w, "-");
	ch_dec_put_fixed(w, c.m, 2);
	CH_WR_LIT(w, "-");
	ch_dec_put_fixed(w, c.d, 2);
}

void ch_when_put(struct ch_wr *w, int64_t t)
{
	ch_when_put_date(w, t);
	if (w->err != CH_OK)
		return;
	CH_WR_LIT(w, "T");
	ch_dec_put_fixed(w, (uint64_t)(t % 86400 / 3600), 2);
	CH_WR_LIT(w, ":");
	ch_dec_put_fixed(w, (uint64_t)(t % 3600 / 60), 2);
	CH_WR_LIT(w, ":");
	ch_dec_put_fixed(w, (uint64_t)(t % 60), 2);
	CH_WR_LIT(w, "Z");
}

unsigned ch_when_year(int64_t t)
{
	CH_ASSERT(t >= 0 && t <= CH_WHEN_MAX);
	return (unsigned)ch_when_civil(t / 86400).y;
}
