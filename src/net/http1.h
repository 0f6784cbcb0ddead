/*
 * The strict reader of HTTP/1.1 request heads (RFC 9112) and of chunked bodies. Pure: bytes in,
 * spans into those bytes out. What two readers might understand differently is refused.
 *
 *   CRLF only, no folded lines, no space before a colon, printable ASCII and tab in values;
 *   exactly one Host; Content-Length once, digits only; Transfer-Encoding only `chunked`, once,
 *   never beside Content-Length; a body only with POST, PUT and PATCH;
 *   target: `/path[?query]`, or `http(s)://<the Host value>/path[?query]`; valid percent codes,
 *   no %00, no `.` or `..` segment.
 */
#ifndef CH_HTTP1_H
#define CH_HTTP1_H

#include "err.h"
#include "rd.h"
#include "span.h"
#include "wr.h"

#define CH_HTTP1_HEAD_MAX 16384
#define CH_HTTP1_TARGET_MAX 4096
#define CH_HTTP1_FIELDS_MAX 64

typedef enum {
	CH_HTTP1_GET = 1,
	CH_HTTP1_HEAD,
	CH_HTTP1_POST,
	CH_HTTP1_PUT,
	CH_HTTP1_PATCH,
	CH_HTTP1_DELETE,
} ch_http1_method;

typedef struct {
	ch_span name, value; /* value without the blanks around it */
} ch_http1_field;

typedef struct {
	ch_http1_method method;
	ch_span path;        /* begins with '/', percent codes as sent */
	ch_span query;       /* after the '?'; empty when there is none */
	ch_span host;
	uint64_t length;     /* Content-Length, 0 when absent */
	bool has_length, chunked, close, expect_continue;
	size_t n_fields, n_head; /* n_head: bytes up to and with the empty line */
	ch_http1_field fields[CH_HTTP1_FIELDS_MAX];
} ch_http1_head;

/*
 * Read one head at the beginning of `in`.
 *   out     on CH_OK: spans into `in`, valid while it lives; else zero
 *   status  0, or when refused the status to answer before closing
 * TRUNCATED   need more (never with in.n >= CH_HTTP1_HEAD_MAX)
 * FORMAT      400 417 501 505         LIMIT   414 431 (413: a length above 2^53)
 * The verdict depends on the bytes alone, not on how they arrived.
 */
CH_MUST_USE ch_err ch_http1_parse(ch_http1_head *out, unsigned *status, ch_span in);

/* The value of the first field of that name (in any case), or an empty span with p = NULL. */
ch_span ch_http1_get(const ch_http1_head *h, const char *name);

/* The first of our languages that a value of Accept-Language names, in the order in which it names
 * them: its index. 0 when it names none. Regions and weights are not looked at. */
unsigned ch_http1_language(ch_span accept, const char *const *codes, unsigned n);

/* Undo percent codes (and '+' as space, if plus). FORMAT sticks in w: a broken code, or NUL. */
void ch_http1_unescape(struct ch_wr *w, ch_span in, bool plus);

/* The escaped value of `name` in a query or form body `a=b&c=d`; ABSENT when it is not there or
 * stands there twice (CONFLICT). Names are compared as sent. */
CH_MUST_USE ch_err ch_http1_param(ch_span *out, ch_span query, const char *name);

/*
 * A chunked body: sizes of 1 to 8 hexadecimal digits, no extensions, no trailers.
 * Feed bytes as they come; state is plain memory, zero at the start.
 */
struct ch_http1_chunks {
	uint64_t left;   /* bytes still to come of this chunk */
	unsigned state, digits;
};

/*
 * The next piece of data in `in`.
 *   data   empty when more input is needed or the body is over
 *   used   bytes of `in` that are done with, data included
 *   end    the body is over
 * FORMAT: not a chunked body.
 */
CH_MUST_USE ch_err ch_http1_chunk(ch_span *data, size_t *used, bool *end,
    struct ch_http1_chunks *c, ch_span in);

/* The standard phrase of a status, "Unknown" for one that the house never gives. */
const char *ch_http1_reason(unsigned status);

#endif
