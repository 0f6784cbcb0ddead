/* The log of a server: see log.h. One write() a line, so that lines do not mix. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "when.h"

#define CH_LOG_LINE 1024

static ch_log_level ch_log_least = CH_LOG_INFO; /* set once at the start */

void ch_log_set_level(ch_log_level least)
{
	ch_log_least = least;
}

void ch_log(ch_log_level level, const char *fmt, ...)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	char text[CH_LOG_LINE - 64], line[CH_LOG_LINE];
	struct ch_wr w = ch_wr_of(line, sizeof line);
	va_list ap;

	if (level < ch_log_least)
		return;
	va_start(ap, fmt);
	int k = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (k < 0)
		return;
	for (size_t i = 0; text[i]; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == 0x7f)
			text[i] = '?';
	}
	ch_when_put(&w, ch_clock_wall());
	CH_WR_LIT(&w, " ");
	ch_wr_str(&w, names[level]);
	CH_WR_LIT(&w, " ");
	ch_wr_str(&w, text);
	CH_WR_LIT(&w, "\n");
	if (ch_wr_done(&w) == CH_OK)
		(void)!ch_io_write(STDERR_FILENO, ch_wr_span(&w));
}
