/*
 * Writing HTML. What is not a literal of the program is always escaped, and what could mislead
 * (control, bidi and zero-width characters, broken UTF-8) is shown as a mark such as <U+202E>.
 * There is no way to write bytes from outside as they are.
 *
 * The first failure sticks (LIMIT, NOMEM); the page is then answered with a fault.
 */
#ifndef CH_HTML_H
#define CH_HTML_H

#include "lang.h"
#include "mem.h"

#define CH_HTML_MAX ((size_t)24 << 20)

struct ch_html {
	struct ch_buf b;
	ch_err err;
	ch_tongue tongue;
};

void ch_html_init(struct ch_html *w, ch_tongue tongue);
void ch_html_deinit(struct ch_html *w);

/*
 * Markup with values in it, as printf: `fmt` is a literal of the program and is written as it is;
 * every value of %s and %.*s is escaped and marked, good for text and for quoted attributes.
 * Further: %u %d %zu %llu %c %% without flags or widths. Spans: CH_SPAN(s) for %.*s.
 */
void ch_html_put(struct ch_html *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define CH_SPAN(s) (int)(s).n, (const char *)(s).p

/* A literal of the program (an attribute, mostly), if so. */
#define CH_HTML_IF(w, cond, literal) ((cond) ? ch_html_put((w), literal) : (void)0)

/* Text of any length and origin, escaped and marked; LF stays. */
void ch_html_text(struct ch_html *w, ch_span text);

/* The same without marks, for a field in which a person goes on writing: what comes back must be
 * what was typed (a Persian word has a zero-width sign in it). Never for what others wrote. */
void ch_html_own(struct ch_html *w, ch_span text);

/* HTML that the build made of our own files: the manual, and nothing else. */
void ch_html_made(struct ch_html *w, ch_span html);

/* A sentence. Arguments are set apart by <bdi>: a name in another direction turns nothing. */
void ch_html_say(struct ch_html *w, ch_msg id);
void ch_html_say_with(struct ch_html *w, ch_msg id, const ch_args *args);
/* The same without <bdi>, for attributes and titles. */
void ch_html_say_plain(struct ch_html *w, ch_msg id, const ch_args *args);
/* One sentence for 1, the next key for any other number, which is {0}: `x.one`, then `x.many`. */
void ch_html_say_count(struct ch_html *w, ch_msg one, uint64_t n);
/* The sentence as it stands, for %s of ch_html_put(). */
const char *ch_html_word(const struct ch_html *w, ch_msg id);

/* <h2> and the like with a sentence: tag is a literal, "h2". */
void ch_html_tag(struct ch_html *w, const char *tag, ch_msg id);

/* Percent codes for a value in an address. */
void ch_html_url(struct ch_html *w, ch_span value);

/*
 * Times, as a person says them: in this machine's zone, with UTC beside where they differ:
 * 25 November 2026, 14:03 (13:03 UTC). 0 is a dash. _short: `25 Nov, 14:03`, the rest as title.
 */
void ch_html_when(struct ch_html *w, int64_t t);
void ch_html_when_short(struct ch_html *w, int64_t t);
/* A date of a paper, 2026-11-25, as 25 November 2026. */
void ch_html_date(struct ch_html *w, ch_span date);
/* How long until t, or since: "in 3 days", "2 hours ago". */
void ch_html_until(struct ch_html *w, int64_t t, int64_t now);

#endif
