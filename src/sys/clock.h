/*
 * Clocks. The wall clock in whole seconds since 1970 (see when.h), a monotonic one for waiting,
 * and the virtual clock of exercises.
 */
#ifndef CH_CLOCK_H
#define CH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

int64_t ch_clock_wall(void);

/* Milliseconds since some fixed moment; never goes back. For time limits and progress. */
uint64_t ch_clock_ms(void);
/* The same in microseconds. */
uint64_t ch_clock_us(void);

/* An instant on the calendar of this machine's zone. `offset`: minutes east of UTC. */
typedef struct {
	unsigned year, month /* 1 to 12 */, day, hour, minute;
	int offset;
} ch_clock_day;
ch_clock_day ch_clock_local(int64_t t);

/*
 * The time to write into papers. The virtual clock is one file that holds one instant
 * `YYYY-MM-DDTHH:MM:SSZ` and LF, read anew at each call. It is looked at only with exercise =
 * true and virtual_path not NULL; when the file does not exist the wall clock counts.
 * FORMAT: it holds something else. IO, DENIED: it cannot be read. *out is then 0.
 */
CH_MUST_USE ch_err ch_clock_now(int64_t *out, const char *virtual_path, bool exercise);

/* Set the virtual clock (whole-file replace). LIMIT: not in 1970..9999. */
CH_MUST_USE ch_err ch_clock_set(const char *virtual_path, int64_t t);

#endif
