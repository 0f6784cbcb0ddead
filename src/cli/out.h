/*
 * What a command says: plain lines for a person, or one JSON object with --json, never both; errors
 * as one line on stderr. Text from outside is shown with marks for what would mislead.
 *
 *   plain only   ch_out_say
 *   JSON only    ch_out_put_string, _number, _bool, and the lists
 *   both         ch_out_pair: `Label     value` and "key": "value"
 */
#ifndef CH_OUT_H
#define CH_OUT_H

#include "opts.h"
#include "problem.h"
#include "span.h"

struct ch_out {
	bool json, colours;
	void *object, *list, *item; /* where JSON goes: item, if any, else object */
	const char *list_key;
};

void ch_out_begin(struct ch_out *o, const struct ch_opts *opts);

/* One line and its LF. */
void ch_out_say(struct ch_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same in bold on a terminal. */
void ch_out_head(struct ch_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Text of several lines from outside, marked. */
void ch_out_text(struct ch_out *o, ch_span text);
void ch_out_pair(struct ch_out *o, const char *key, const char *label, ch_span value);

void ch_out_put_string(struct ch_out *o, const char *key, ch_span value);
void ch_out_put_number(struct ch_out *o, const char *key, uint64_t value);
void ch_out_put_bool(struct ch_out *o, const char *key, bool value);
/* A list of objects: begin, then item before each, then end. Not nested. */
void ch_out_list_begin(struct ch_out *o, const char *key);
void ch_out_list_item(struct ch_out *o);
void ch_out_list_end(struct ch_out *o);

/* A line on stderr that is no error: what was left undone, what to mind. Also with --json. */
void ch_out_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Ask on the terminal; true for "yes" or with --yes, false without a terminal. */
bool ch_out_confirm(const struct ch_opts *opts, const char *question);

/*
 * The end: with CH_OK prints the JSON object; else `chancery: <sentence>` on stderr (of a server
 * whose log is JSON a line of that), and with --json {"error": …, "type": …, "exit": …} on stdout.
 * Returns the exit code.
 */
int ch_out_end(struct ch_out *o, ch_err e, const struct ch_problem *why);

/* Look for --json before the options are read, so that bad usage is said in JSON as well. */
void ch_out_expect(int argc, char **argv);

/* Bad usage: one line, with a pointer to --help. Returns CH_EXIT_USAGE. */
int ch_out_usage(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
