/*
 * The log of a server, on stderr: one message a line, in one write(). A message has a time, a
 * level, an event (a word for machines, listed in the technician's page), a sentence, and fields.
 *
 *   plain   2026-11-26T10:00:00Z warn witness-failed: no cosignature witness="w1.example"
 *   json    {"time":"2026-11-26T10:00:00Z","level":"warn","event":"witness-failed",
 *            "text":"no cosignature","witness":"w1.example"}
 *
 * Event, sentence and names of fields are the program's own. Values may be anybody's bytes: what
 * controls, hides or is not UTF-8 becomes a mark such as <U+001B>, quotes and backslashes are
 * escaped, and long ones are cut, so that no value forges a line or a field. Never a secret, and
 * nothing that says who writes to whom.
 *
 * Under systemd, where stderr is the journal, each line begins with its priority, which the journal
 * takes off, and a plain one leaves out time and level, which the journal has.
 */
#ifndef CH_LOG_H
#define CH_LOG_H

#include "wr.h"

#define CH_LOG_FIELDS_MAX 6u  /* more are left out */
#define CH_LOG_NAME_MAX 24u   /* of an event or a field; the test of logs reads them all */
#define CH_LOG_VALUE_MAX 256u /* bytes of a value as they are written; of the sentence as well */
#define CH_LOG_LINE_MAX 2560u /* below what a pipe takes at once, so that lines do not mix */

typedef enum { CH_LOG_INFO, CH_LOG_WARN, CH_LOG_ERROR } ch_log_level;
typedef enum { CH_LOG_PLAIN, CH_LOG_JSON } ch_log_format;

typedef struct {
	const char *name; /* lower-case letters and `_` */
	ch_span text;
	uint64_t number;
	bool is_number;
} ch_log_field;

static inline ch_log_field ch_log_text(const char *name, ch_span text)
{
	return (ch_log_field){ .name = name, .text = text };
}

static inline ch_log_field ch_log_number(const char *name, uint64_t number)
{
	return (ch_log_field){ .name = name, .number = number, .is_number = true };
}

/* At the start: PLAIN. */
void ch_log_set_format(ch_log_format format);
/* What fits stderr as it is: PLAIN for a terminal and for the journal, else JSON. */
ch_log_format ch_log_fitting(void);
bool ch_log_is_json(void);

/* `with`: CH_LOG_WITH(...), or NULL. */
void ch_log(ch_log_level level, const char *event, const char *sentence,
    const ch_log_field *with);
#define CH_LOG_WITH(...) (const ch_log_field[]){ __VA_ARGS__, { .name = NULL } }

/* The line that ch_log writes, of any time; always fits CH_LOG_LINE_MAX. journal: see above. */
void ch_log_put(struct ch_wr *w, ch_log_format format, bool journal, int64_t time,
    ch_log_level level, const char *event, const char *sentence, const ch_log_field *with);

#endif
