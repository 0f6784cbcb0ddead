/*
 * The HTTP/1.1 server: one thread, one event loop, loopback by default. It knows nothing of what
 * it serves. The life of a request:
 *
 *   on_head   the head is read. The handler either answers, or says how it wants the body:
 *             ch_http_take_body() or ch_http_take_stream().
 *   ...       then the body's callbacks; an answer may be given in any of them or at any time
 *             later in the same thread: keep the pointer. Answers leave in the order of the
 *             requests of a connection, whatever the order in which they were given.
 *   answer    exactly one per request. The pointer is dead afterwards. When the peer went away
 *             meanwhile, the answer is dropped without a word.
 *
 * Answering before the body has come is allowed: the rest is then read and thrown away if it is
 * small, otherwise the connection is closed after the answer.
 */
#ifndef CH_SERVER_H
#define CH_SERVER_H

#include "file.h"
#include "http1.h"
#include "mem.h"
#include "tls.h"

struct ch_http_server;
struct ch_http_req;

typedef struct {
	const char *address;      /* NULL: 127.0.0.1 */
	uint16_t port;            /* 0: any free one, see ch_http_server_port() */
	unsigned max_conns;       /* 0: 1024; more wait in the kernel's queue */
	unsigned max_pipelined;   /* 0: 64 requests of one connection at a time */
	unsigned head_ms;         /* 0: 10 s for a head, from its first byte */
	unsigned idle_ms;         /* 0: 60 s between requests, and for a peer that does not read */
	unsigned body_ms;         /* 0: 30 s for each 16 KiB of a body */
	size_t arena_max;         /* 0: 1 MiB of ch_http_arena() for each request */
	void *ctx;
	void (*on_head)(void *ctx, struct ch_http_req *r);
	/* May be NULL. Once a turn of the loop, after every request that could be read was handled:
	 * the place to commit a batch and to answer its requests. Runs also on turns without. */
	void (*on_turn)(void *ctx);
	unsigned tick_ms;         /* 0: none; else on_turn runs at least this often */
	unsigned stop_ms;         /* how long answers owed are waited for at the end; 10 s */
	const struct ch_tls *tls; /* NULL: plain. Must outlive the server */
	void (*on_hup)(void *ctx); /* SIGHUP: read anew what may change. NULL: the end */
} ch_http_config;

/* DENIED, CONFLICT: the address is not ours to have, or taken. FORMAT: not an address. */
CH_MUST_USE ch_err ch_http_server_new(struct ch_http_server **out, const ch_http_config *cfg);
uint16_t ch_http_server_port(const struct ch_http_server *s);

/* Run until SIGTERM, SIGINT or stop(): then no new connection or request is taken, answers owed
 * are given (for at most stop_ms), and it returns. INTERNAL: the loop failed. */
CH_MUST_USE ch_err ch_http_server_run(struct ch_http_server *s);

/* From a callback, another thread or a signal handler. wake() makes on_turn run once more. */
void ch_http_server_stop(struct ch_http_server *s);
void ch_http_server_wake(struct ch_http_server *s);

/* Told to stop: who holds requests back must answer them now. */
bool ch_http_server_is_stopping(const struct ch_http_server *s);

/* Streams not yet whole get their on_abort, then everything is released. NULL is fine. */
void ch_http_server_free(struct ch_http_server *s);

/* ---- a request ---- */

/* Valid until answered. Spans point into memory of the request. */
const ch_http1_head *ch_http_head(const struct ch_http_req *r);

/* Memory that lives until the answer was given. */
struct ch_arena *ch_http_arena(struct ch_http_req *r);

/* A place for the handler's own state; NULL at first. */
void ch_http_set_data(struct ch_http_req *r, void *data);
void *ch_http_data(const struct ch_http_req *r);

/* Whether the peer is gone already: spare yourself the work. It must still be answered. */
bool ch_http_is_gone(const struct ch_http_req *r);

/* In on_head: collect the body in memory, then call on_body once; the span lives until the answer.
 * Over max the server answers 413 itself. Then, and when the rest never comes, the handler hears
 * no more of the request and must not answer it. */
void ch_http_take_body(struct ch_http_req *r, size_t max,
    void (*on_body)(void *ctx, struct ch_http_req *r, ch_span body));

typedef struct {
	/* Some bytes. To slow the peer down, call ch_http_pause() and later ch_http_resume(). */
	void (*on_bytes)(void *ctx, struct ch_http_req *r, ch_span bytes);
	/* The whole body came. */
	void (*on_end)(void *ctx, struct ch_http_req *r);
	/* It will never come whole (cut off, too slow, broken, over max): release what is yours.
	 * The request is dead after this and must not be answered. Not called once answered. */
	void (*on_abort)(void *ctx, struct ch_http_req *r);
} ch_http_sink;

/* In on_head: hand the body on in pieces, in constant memory. `sink` must outlive the request. */
void ch_http_take_stream(struct ch_http_req *r, uint64_t max, const ch_http_sink *sink);
void ch_http_pause(struct ch_http_req *r);
void ch_http_resume(struct ch_http_req *r);

/* ---- the answer ---- */

typedef struct {
	unsigned status;
	const char *type;         /* Content-Type; NULL: none */
	const char *cache;        /* Cache-Control; NULL: "no-store" */
	const char *extra;        /* more lines, each with CRLF; NULL: none. No hostile bytes */
	bool close;               /* close the connection after it */
} ch_http_answer_head;

/* The body is copied. A HEAD request gets the same head without the body. */
void ch_http_answer(struct ch_http_req *r, const ch_http_answer_head *h, ch_span body);

/* The body is the file from its beginning (sendfile). Takes f over and closes it. */
void ch_http_answer_file(struct ch_http_req *r, const ch_http_answer_head *h,
    struct ch_infile *f);

/*
 * The body is `size` bytes that the handler makes as the peer takes them. pull fills out[0..cap)
 * and returns how many (1..cap; never more than are due); 0 breaks the connection. done is called
 * once at the end, whole or not. Called until the answer is sent: arg must live that long.
 */
typedef struct {
	size_t (*pull)(void *arg, uint8_t *out, size_t cap);
	void (*done)(void *arg);
	void *arg;
} ch_http_source;
void ch_http_answer_pull(struct ch_http_req *r, const ch_http_answer_head *h, uint64_t size,
    const ch_http_source *src);

/* application/problem+json (RFC 9457): {"type":"urn:chancery:problem:<kebab>","title":…,
 * "status":…}. Both strings are literals of the program, without '"' and '\'. */
void ch_http_answer_problem(struct ch_http_req *r, unsigned status, const char *kebab,
    const char *title);

#endif
