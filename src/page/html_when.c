/* Times for persons: see html.h. */
#include <stdio.h>

#include "clock.h"
#include "html.h"
#include "when.h"

static const ch_msg months[12] = { CH_M_MONTH_1, CH_M_MONTH_2, CH_M_MONTH_3, CH_M_MONTH_4,
	CH_M_MONTH_5, CH_M_MONTH_6, CH_M_MONTH_7, CH_M_MONTH_8, CH_M_MONTH_9, CH_M_MONTH_10,
	CH_M_MONTH_11, CH_M_MONTH_12 };

static void datetime(struct ch_html *w, int64_t t)
{
	uint8_t text[CH_WHEN_LEN];
	struct ch_wr out = ch_wr_of(text, sizeof text);

	ch_when_put(&out, t);
	ch_html_put(w, "<time datetime=\"%.*s\"", CH_SPAN(ch_wr_span(&out)));
}

static void clock_text(char out[12], unsigned hour, unsigned minute)
{
	(void)snprintf(out, 12, "%02u:%02u", hour % 100, minute % 100);
}

/* 13:03 UTC, for a day whose zone is another one; empty where it is the same. */
static void utc(char out[12], int64_t t, const ch_clock_day *d)
{
	unsigned minute = (unsigned)(t / 60 % 1440);

	out[0] = '\0';
	if (d->offset != 0)
		clock_text(out, minute / 60, minute % 60);
}

static void whole(struct ch_html *w, int64_t t)
{
	ch_clock_day d = ch_clock_local(t);
	char day[12], year[12], at[12], there[12];
	const ch_args *args = CH_ARGS(day, ch_html_word(w, months[(d.month + 11) % 12]), year, at,
	    there);

	(void)snprintf(day, sizeof day, "%u", d.day);
	(void)snprintf(year, sizeof year, "%u", d.year);
	clock_text(at, d.hour, d.minute);
	utc(there, t, &d);
	ch_html_say_plain(w, there[0] ? CH_M_WHEN_ZONE : CH_M_WHEN_UTC, args);
}

void ch_html_when(struct ch_html *w, int64_t t)
{
	if (t == 0) {
		ch_html_put(w, "—");
		return;
	}
	datetime(w, t);
	ch_html_put(w, ">");
	whole(w, t);
	ch_html_put(w, "</time>");
}

void ch_html_when_short(struct ch_html *w, int64_t t)
{
	ch_clock_day d = ch_clock_local(t);
	char day[12], at[12], year[12];
	bool other_year = d.year != ch_clock_local(ch_clock_wall()).year;

	if (t == 0) {
		ch_html_put(w, "—");
		return;
	}
	(void)snprintf(day, sizeof day, "%u", d.day);
	(void)snprintf(year, sizeof year, "%u", d.year);
	clock_text(at, d.hour, d.minute);
	datetime(w, t);
	ch_html_put(w, " title=\"");
	whole(w, t);
	ch_html_put(w, "\">");
	ch_html_say_plain(w, other_year ? CH_M_WHEN_SHORT_YEAR : CH_M_WHEN_SHORT, CH_ARGS(day,
	    ch_html_word(w, months[(d.month + 11) % 12]), other_year ? year : at));
	ch_html_put(w, "</time>");
}

void ch_html_date(struct ch_html *w, ch_span date)
{
	int64_t t;
	char day[12], year[12];
	unsigned month, n;

	if (ch_when_parse_date(&t, date) != CH_OK) {
		ch_html_put(w, "%.*s", CH_SPAN(date));
		return;
	}
	month = (unsigned)(date.p[5] - '0') * 10u + (unsigned)(date.p[6] - '0');
	n = (unsigned)(date.p[8] - '0') * 10u + (unsigned)(date.p[9] - '0');
	(void)snprintf(day, sizeof day, "%u", n);
	(void)snprintf(year, sizeof year, "%u", ch_when_year(t));
	ch_html_put(w, "<time datetime=\"%.*s\">", CH_SPAN(date));
	ch_html_say_plain(w, CH_M_WHEN_SHORT_YEAR, CH_ARGS(day,
	    ch_html_word(w, months[month - 1]), year));
	ch_html_put(w, "</time>");
}

void ch_html_until(struct ch_html *w, int64_t t, int64_t now)
{
	bool ahead = t > now;
	uint64_t s = (uint64_t)(ahead ? t - now : now - t);

	if (s < 60)
		ch_html_say(w, ahead ? CH_M_IN_MOMENTS : CH_M_AGO_MOMENTS);
	else if (s < 3600)
		ch_html_say_count(w, ahead ? CH_M_IN_MINUTES_ONE : CH_M_AGO_MINUTES_ONE, s / 60);
	else if (s < (uint64_t)48 * 3600)
		ch_html_say_count(w, ahead ? CH_M_IN_HOURS_ONE : CH_M_AGO_HOURS_ONE, s / 3600);
	else
		ch_html_say_count(w, ahead ? CH_M_IN_DAYS_ONE : CH_M_AGO_DAYS_ONE, s / 86400);
}
