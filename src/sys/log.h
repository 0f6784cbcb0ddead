/*
 * The log of a server: one line a message on stderr, `<UTC instant> <level> <text>`. Control
 * characters in the text become '?', long lines are cut. Never a secret, never hostile bytes
 * at length: say what and where, as ch_diag does.
 */
#ifndef CH_LOG_H
#define CH_LOG_H

#include "err.h"

typedef enum { CH_LOG_DEBUG, CH_LOG_INFO, CH_LOG_WARN, CH_LOG_ERROR } ch_log_level;

/* Messages below this level are dropped. At the start: INFO. */
void ch_log_set_level(ch_log_level least);

void ch_log(ch_log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
