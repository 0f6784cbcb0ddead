/*
 * The server's inside: what server.c (loop), conn.c (reading) and answer.c (writing) share.
 *
 * A connection reads one request at a time (`reading`) and owes answers in order (`first` to
 * `last`). Answers gather in `out`; one that is owed alone and given outside of reading leaves at
 * once. Connections that have something to write or to end wait in the server's `dirty` list and
 * are settled once a turn, after on_turn. A connection is freed only there and in the sweep of the
 * clock: never inside a handler's callback.
 */
#ifndef CH_HTTPD_H
#define CH_HTTPD_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "server.h"

#define CH_HTTPD_HIGH (256u << 10)  /* bytes waiting to leave above which nothing is read */
#define CH_HTTPD_INPUT (64u << 10)  /* bytes read and not yet handled */
#define CH_HTTPD_SKIP (64u << 10)   /* bytes of an unwanted body that we read rather than close */
#define CH_HTTPD_PACE (16u << 10)   /* bytes of a body that must come within body_ms */
#define CH_HTTPD_LINGER_MS 2000     /* how long a closed connection may go on sending */
#define CH_HTTPD_STOP_MS 10000
#define CH_HTTPD_ROOM 1024          /* of a request for its head: what most need */
#define CH_HTTPD_BODY 8192          /* of a body: made room for on its first byte */
#define CH_HTTPD_SPARE 512          /* requests kept for the next ones, each with a block of */
#define CH_HTTPD_BLOCKS 512         /* its arena; further blocks kept so: some 10 MiB in all */

typedef enum {
	CH_BODY_SKIP, /* read and thrown away */
	CH_BODY_MEMORY,
	CH_BODY_STREAM,
} ch_body_kind;

struct ch_http_req {
	struct ch_http_server *srv;
	struct ch_http_conn *conn;         /* NULL: gone */
	struct ch_http_req *prev, *next;   /* all requests of the server */
	struct ch_http_req *after;         /* the next one that the connection owes an answer */
	struct ch_arena arena;
	void *data;

	ch_body_kind kind;
	uint64_t max, got;                 /* of the body */
	struct ch_http1_chunks chunks;
	struct ch_buf body;
	void (*on_body)(void *ctx, struct ch_http_req *r, ch_span body);
	const ch_http_sink *sink;
	bool whole, paused, answered, owed, expects, over, dying;

	bool close;                        /* the connection ends with this answer */
	struct evbuffer *out;              /* the answer, when earlier ones are still owed */
	ch_http_source src;
	uint64_t src_left;
	bool has_src;

	size_t n_bytes, n_room;
	ch_http1_head head;                /* spans into bytes */
	uint8_t bytes[];
};

struct ch_http_conn {
	struct ch_http_server *srv;
	struct ch_http_conn *prev, *next;
	struct ch_http_conn *next_dirty;
	struct bufferevent *bev;
	struct event *readable;            /* NULL behind TLS: then bev reads */
	struct evbuffer *in;               /* bev's behind TLS */
	struct evbuffer *out;
	struct ch_http_req *reading;       /* its body is not yet whole */
	struct ch_http_req *first, *last;
	unsigned n_owed;
	size_t scanned;                    /* bytes of an unfinished head already judged */
	uint64_t moved_ms;                 /* body went on; begin of head or idling */
	uint64_t wrote_ms;                 /* last byte that left */
	uint64_t linger_ms;                /* when we closed our half */
	bool dirty, in_head, stepping;
	bool closing;                      /* takes no more requests */
	bool eof;                          /* the peer closed its half */
	bool broken;                       /* to be freed without more ado */
	bool lingering;
	bool muted;                        /* enough was read: the kernel must wait */
};

struct ch_http_server {
	ch_http_config cfg;
	struct event_base *base;
	struct evconnlistener *listener;
	struct event *sweep, *term, *intr, *hup, *waker;
	int wake_fd;
	uint16_t port;
	struct ch_http_conn *conns, *dirty;
	struct ch_http_req *reqs, *spare;  /* spare: wiped, to be used again */
	struct ch_pool *pool;              /* of the requests' arenas */
	unsigned n_conns, n_spare;
	uint64_t now_ms;                   /* 0: not asked since the last wait or turn */
	bool moved;                        /* something was read in this round */
	bool again;                        /* something was handled after on_turn: do not wait */
	bool stopping, failed;
	uint64_t stop_ms;
	uint8_t room[CH_HTTPD_INPUT];      /* read into and answered from, a piece at a time */
};

/* server.c */
void ch_server_room(struct ch_http_server *s);
/* The clock, asked once for all that is read or written in one go. */
uint64_t ch_server_now(struct ch_http_server *s);

/* tls.c: a connection that begins with a handshake; takes the descriptor over. Or NULL. */
struct bufferevent *ch_tls_accept(const struct ch_tls *t, struct event_base *base, int fd);
/* Say that no more comes, before the half is closed. */
void ch_tls_goodbye(struct bufferevent *bev);

/* conn.c */
void ch_conn_new(struct ch_http_server *s, int fd);
void ch_conn_free(struct ch_http_conn *c);
void ch_conn_dirty(struct ch_http_conn *c);
/* Handle what was read, as far as bounds allow. */
void ch_conn_step(struct ch_http_conn *c);
/* Write what the kernel takes at once, if nothing waits before it; the rest comes back. */
ch_span ch_conn_send(struct ch_http_conn *c, ch_span s);
/* Write, end or go on. May free c. */
void ch_conn_settle(struct ch_http_conn *c);
/* Judge the time limits. May free c. */
void ch_conn_clock(struct ch_http_conn *c, uint64_t now);
/* Answer with a problem of ours and close. */
void ch_conn_refuse(struct ch_http_conn *c, unsigned status);

/* request.c */
struct ch_http_req *ch_req_new(struct ch_http_conn *c, const ch_http1_head *h, ch_span bytes);
void ch_req_free(struct ch_http_req *r);
/* Let go of the spare ones. */
void ch_req_drop_spare(struct ch_http_server *s);
/* Some bytes of the body. False: over its bound. */
bool ch_req_feed(struct ch_http_req *r, ch_span bytes);
void ch_req_whole(struct ch_http_req *r);
/* It will never be whole: tell the handler if it must know. The request lives on as answered. */
void ch_req_abort(struct ch_http_req *r);

/* answer.c */
/* Move finished answers into the connection's `out`, in order. */
void ch_answer_flush(struct ch_http_conn *c);
/* Bytes that wait to leave. */
size_t ch_answer_waiting(const struct ch_http_conn *c);
void ch_answer_source_done(struct ch_http_req *r);

#endif
