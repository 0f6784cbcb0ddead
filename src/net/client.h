/*
 * The HTTP client (libcurl): one request at a time, one connection kept open. http and https
 * only, no redirects, no cookies, no credentials, no proxy for loopback. Connect within 5 s; a
 * transfer that stays below 1 byte/s for 60 s is given up.
 */
#ifndef CH_CLIENT_H
#define CH_CLIENT_H

#include "file.h"
#include "mem.h"

/* Once, before any client and before threads. */
CH_MUST_USE ch_err ch_client_global_init(void);

struct ch_client {
	void *easy, *multi;
};

CH_MUST_USE ch_err ch_client_init(struct ch_client *c);
void ch_client_deinit(struct ch_client *c);

typedef struct {
	const char *method;         /* "GET", "HEAD", "POST", "PUT" ... */
	const char *url;
	const char *const *headers; /* "Name: value", then NULL; or NULL */
	ch_span body;               /* with POST and PUT */
	struct ch_infile *file;     /* instead of body: from where it stands; or NULL */
	unsigned total_ms;          /* 0: no limit on the whole */
	/* Becomes true, by another thread: give up (NET), within a quarter of a second; or NULL. */
	const _Atomic bool *stop;
} ch_client_ask;

/* Where the body of the answer goes. buf is needed; the rest may be NULL. */
typedef struct {
	struct ch_buf *buf;         /* every body, unless file is given and the status is 200 */
	struct ch_outfile *file;    /* open; the caller commits or aborts it */
	uint64_t file_max;
	/* The bytes on their way into file (to hash them, to show progress). */
	void (*on_bytes)(void *arg, ch_span bytes);
	void *arg;
} ch_client_sink;

typedef struct {
	unsigned status;
	char type[96];              /* Content-Type, cut to fit; "" when absent */
	char coding[16];            /* Content-Encoding, which was not asked for; "" when absent */
	uint64_t n;                 /* bytes of the body */
} ch_client_answer;

/*
 * Ask and wait. CH_OK: a whole answer came, whatever its status.
 * NET: not reached, cut off, too slow    LIMIT: larger than buf's max or file_max
 * IO, FULL: the files                    FORMAT: not a usable URL
 */
CH_MUST_USE ch_err ch_client_do(ch_client_answer *out, struct ch_client *c,
    const ch_client_ask *ask, const ch_client_sink *sink);

#endif
