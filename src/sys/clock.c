/* Clocks: see clock.h. */
#include "clock.h"

#include <time.h>

#include "file.h"
#include "when.h"

int64_t ch_clock_wall(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec;
}

uint64_t ch_clock_ms(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t ch_clock_us(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

ch_clock_day ch_clock_local(int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm = { 0 };

	if (!localtime_r(&at, &tm))
		return (ch_clock_day){ 0 };
	return (ch_clock_day){
		.year = (unsigned)tm.tm_year + 1900, .month = (unsigned)tm.tm_mon + 1,
		.day = (unsigned)tm.tm_mday, .hour = (unsigned)tm.tm_hour,
		.minute = (unsigned)tm.tm_min, .offset = (int)(tm.tm_gmtoff / 60),
	};
}

ch_err ch_clock_now(int64_t *out, const char *virtual_path, bool exercise)
{
	uint8_t line[CH_WHEN_LEN + 1];
	size_t n;

	*out = 0;
	if (exercise && virtual_path) {
		ch_err e = ch_file_read_into(line, &n, sizeof line, virtual_path);

		if (e == CH_E_LIMIT || (e == CH_OK && n != sizeof line))
			return CH_E_FORMAT;
		if (e == CH_OK && line[CH_WHEN_LEN] != '\n')
			return CH_E_FORMAT;
		if (e == CH_OK)
			return ch_when_parse(out, ch_span_of(line, CH_WHEN_LEN));
		if (e != CH_E_ABSENT)
			return e;
	}
	*out = ch_clock_wall();
	return CH_OK;
}

ch_err ch_clock_set(const char *virtual_path, int64_t t)
{
	uint8_t line[CH_WHEN_LEN + 1];
	struct ch_wr w = ch_wr_of(line, sizeof line);

	ch_when_put(&w, t);
	CH_WR_LIT(&w, "\n");
	ch_err e = ch_wr_done(&w);
	return e == CH_OK ? ch_file_write(virtual_path, ch_span_of(line, sizeof line), 0600) : e;
}
