/* The person at the terminal: colours, width, passphrases, progress. */
#ifndef CH_TERM_H
#define CH_TERM_H

#include "err.h"
#include "span.h"

#define CH_PASS_MAX 1024

/* A passphrase as typed, without its LF. Wipe with ch_pass_wipe(). */
struct ch_pass {
	size_t n;
	uint8_t b[CH_PASS_MAX];
};

void ch_pass_wipe(struct ch_pass *p);

static inline ch_span ch_pass_span(const struct ch_pass *p)
{
	return (ch_span){ p->b, p->n };
}

bool ch_term_is_tty(int fd);

/* Whether to colour what goes to fd: a terminal, TERM not "dumb", NO_COLOR unset or empty. */
bool ch_term_colours(int fd);

/* Columns of the terminal behind fd; 80 when unknown, 20 to 400 always. */
unsigned ch_term_width(int fd);

/*
 * Ask on /dev/tty, with echo off. The terminal's state is restored on every path, also when a
 * signal ends the program while it waits.
 * ABSENT: no terminal   FORMAT: empty, or a NUL   LIMIT: too long   DENIED: interrupted or EOF
 */
CH_MUST_USE ch_err ch_pass_prompt(struct ch_pass *out, const char *prompt);

/*
 * The same for any line, echoed or not; an empty one is an answer (n = 0). `prompt` may end in a
 * text from outside: the caller marked it.
 */
CH_MUST_USE ch_err ch_term_ask(struct ch_pass *out, const char *prompt, bool echo);

/* Say something on /dev/tty, and nowhere else. ABSENT: no terminal. */
CH_MUST_USE ch_err ch_term_tell(const char *text);

/* The first line of a file or of an open descriptor. FORMAT: empty, CR or NUL. LIMIT: too long. */
CH_MUST_USE ch_err ch_pass_from_file(struct ch_pass *out, const char *path);
CH_MUST_USE ch_err ch_pass_from_fd(struct ch_pass *out, int fd);

/*
 * One line on stderr that rewrites itself: only on a terminal, only after the first second, at
 * most ten times a second. total = 0 when unknown. end() erases the line. What stands in `what`
 * is printed as it is: a literal of the program.
 */
struct ch_progress {
	const char *what;
	uint64_t total, begun_ms, shown_ms;
	bool tty, shown;
};

void ch_progress_begin(struct ch_progress *p, const char *what, uint64_t total);
void ch_progress_step(struct ch_progress *p, uint64_t done);
void ch_progress_end(struct ch_progress *p);

#endif
