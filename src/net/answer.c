/* Answers: heads, bodies from memory, files and sources, and their order. See server.h. */
#include "httpd.h"

#include <stdio.h>

#include "dec.h"

#define CH_ANSWER_PIECE (64u << 10)

size_t ch_answer_waiting(const struct ch_http_conn *c)
{
	return evbuffer_get_length(c->out) +
	    evbuffer_get_length(bufferevent_get_output(c->bev));
}

void ch_answer_source_done(struct ch_http_req *r)
{
	if (r->has_src && r->src.done)
		r->src.done(r->src.arg);
	r->has_src = false;
}

/* Let the source fill `out`; true when it has given all. */
static bool ch_answer_pull(struct ch_http_conn *c, struct ch_http_req *r)
{
	while (r->src_left && ch_answer_waiting(c) < CH_HTTPD_HIGH) {
		struct evbuffer_iovec v;
		size_t n = 0, want = CH_ANSWER_PIECE;

		if (evbuffer_reserve_space(c->out, CH_ANSWER_PIECE, &v, 1) == 1) {
			want = v.iov_len < want ? v.iov_len : want;
			want = r->src_left < want ? (size_t)r->src_left : want;
			n = r->src.pull(r->src.arg, v.iov_base, want);
		}
		CH_ASSERT(n <= want);
		v.iov_len = n;
		if (n == 0 || evbuffer_commit_space(c->out, &v, 1) < 0) {
			c->broken = true; /* a length was promised: cutting off is all we can do */
			return false;
		}
		r->src_left -= n;
	}
	return r->src_left == 0;
}

/* The connection ends with this answer: nobody will read those after it. */
static void ch_answer_drop_rest(struct ch_http_conn *c)
{
	struct ch_http_req *r;

	c->closing = true;
	while ((r = c->first) != NULL) {
		c->first = r->after;
		r->owed = false;
		r->conn = NULL;
		if (r == c->reading) {
			c->reading = NULL;
			ch_req_abort(r);
			r->answered = true;
		}
		if (r->answered)
			ch_req_free(r);
	}
	c->last = NULL;
	c->n_owed = 0;
}

void ch_answer_flush(struct ch_http_conn *c)
{
	struct ch_http_req *r;

	while ((r = c->first) != NULL && r->answered) {
		if (r->out)
			evbuffer_add_buffer(c->out, r->out);
		if (r->has_src && !ch_answer_pull(c, r))
			return;
		c->first = r->after;
		if (c->first == NULL)
			c->last = NULL;
		c->n_owed--;
		r->owed = false;
		bool close = r->close;
		if (r != c->reading)
			ch_req_free(r);
		if (close) {
			ch_answer_drop_rest(c);
			return;
		}
	}
}

/* Whether what is still to come of the body is worth reading for the sake of the connection. */
static bool ch_answer_must_close(const struct ch_http_req *r, const ch_http_answer_head *h)
{
	bool early = !r->whole && (r->expects || r->over || r->head.chunked ||
	    r->head.length - r->got > CH_HTTPD_SKIP);

	return r->close || h->close || r->head.close || early || r->srv->stopping;
}

static bool ch_answer_add(struct evbuffer *b, ch_span s)
{
	return s.n == 0 || evbuffer_add(b, s.p, s.n) == 0;
}

/* A whole answer in one piece. It leaves at once if the connection owes no other and none can have
 * come with it; else it gathers with them. False: no memory. */
static bool ch_answer_leave(struct evbuffer *b, const struct ch_http_req *r, ch_span s)
{
	struct ch_http_conn *c = r->conn;

	if (c->first == r && c->last == r && !c->stepping)
		s = ch_conn_send(c, s);
	return ch_answer_add(b, s);
}

/* The head, and `body` with it: most in one piece. False: no memory. */
static bool ch_answer_put(struct evbuffer *b, const struct ch_http_req *r,
    const ch_http_answer_head *h, uint64_t size, ch_span body)
{
	struct ch_http_server *s = r->srv;
	ch_span extra = h->extra ? ch_span_str(h->extra) : (ch_span){ 0 };
	struct ch_wr w = ch_wr_of(s->room, sizeof s->room);

	CH_WR_LIT(&w, "HTTP/1.1 ");
	ch_dec_put(&w, h->status);
	CH_WR_LIT(&w, " ");
	ch_wr_str(&w, ch_http1_reason(h->status));
	CH_WR_LIT(&w, "\r\n");
	if (h->status != 204) {
		CH_WR_LIT(&w, "Content-Length: ");
		ch_dec_put(&w, size);
		CH_WR_LIT(&w, "\r\n");
	}
	if (h->type) {
		CH_WR_LIT(&w, "Content-Type: ");
		ch_wr_str(&w, h->type);
		CH_WR_LIT(&w, "\r\n");
	}
	CH_WR_LIT(&w, "Cache-Control: ");
	ch_wr_str(&w, h->cache ? h->cache : "no-store");
	CH_WR_LIT(&w, "\r\n");
	if (r->close)
		CH_WR_LIT(&w, "Connection: close\r\n");
	CH_ASSERT(w.err == CH_OK && w.n < 512); /* short words of the program */
	if (extra.n + body.n <= sizeof s->room - w.n - 2) {
		ch_wr_put(&w, extra);
		CH_WR_LIT(&w, "\r\n");
		ch_wr_put(&w, body);
		return size == body.n ? ch_answer_leave(b, r, ch_wr_span(&w)) :
		    ch_answer_add(b, ch_wr_span(&w));
	}
	return ch_answer_add(b, ch_wr_span(&w)) && ch_answer_add(b, extra) &&
	    ch_answer_add(b, CH_LIT("\r\n")) && ch_answer_add(b, body);
}

/*
 * Mark as answered and write the head, and what is here of the body. The buffer for more of it; or
 * NULL when there is none to write: the peer is gone, or the request was HEAD. In all cases
 * ch_answer_end() follows.
 */
static struct evbuffer *ch_answer_begin(struct ch_http_req *r, const ch_http_answer_head *h,
    uint64_t size, ch_span body)
{
	bool none = r->head.method == CH_HTTP1_HEAD || h->status == 204 || h->status == 304;

	CH_ASSERT(!r->answered && !r->dying);
	r->answered = true;
	r->kind = CH_BODY_SKIP;
	if (r->conn == NULL)
		return NULL;
	r->close = ch_answer_must_close(r, h);
	struct evbuffer *b = r->conn->out;
	if (r->conn->first != r) {
		b = r->out = evbuffer_new();
		if (b == NULL) {
			r->conn->broken = true;
			return NULL;
		}
		if (!r->srv->cfg.tls)
			evbuffer_set_flags(b, EVBUFFER_FLAG_DRAINS_TO_FD);
	}
	if (none)
		body = (ch_span){ 0 };
	if (!ch_answer_put(b, r, h, size, body))
		r->conn->broken = true;
	return none ? NULL : b;
}

static void ch_answer_end(struct ch_http_req *r)
{
	struct ch_http_conn *c = r->conn;

	if (c == NULL) {
		ch_req_free(r);
		return;
	}
	ch_conn_dirty(c);
	ch_answer_flush(c);
}

void ch_http_answer(struct ch_http_req *r, const ch_http_answer_head *h, ch_span body)
{
	(void)ch_answer_begin(r, h, body.n, body);
	ch_answer_end(r);
}

void ch_http_answer_file(struct ch_http_req *r, const ch_http_answer_head *h,
    struct ch_infile *f)
{
	uint64_t size = f->size;
	struct evbuffer *b = ch_answer_begin(r, h, size, (ch_span){ 0 });

	if (b && size) {
		struct evbuffer_file_segment *seg = evbuffer_file_segment_new(f->fd, 0,
		    (ev_off_t)size, EVBUF_FS_CLOSE_ON_FREE);

		if (seg) {
			f->open = false; /* moved: the segment closes it */
			if (evbuffer_add_file_segment(b, seg, 0, (ev_off_t)size) < 0)
				r->conn->broken = true;
			evbuffer_file_segment_free(seg);
		} else {
			r->conn->broken = true;
		}
	}
	ch_infile_close(f);
	ch_answer_end(r);
}

void ch_http_answer_pull(struct ch_http_req *r, const ch_http_answer_head *h, uint64_t size,
    const ch_http_source *src)
{
	struct evbuffer *b = ch_answer_begin(r, h, size, (ch_span){ 0 });

	r->src = *src;
	r->has_src = true;
	r->src_left = b ? size : 0;
	ch_answer_end(r);
}

void ch_http_answer_problem(struct ch_http_req *r, unsigned status, const char *kebab,
    const char *title)
{
	const ch_http_answer_head h = { .status = status, .type = "application/problem+json" };
	char text[512];
	int k = snprintf(text, sizeof text,
	    "{\"type\":\"urn:chancery:problem:%s\",\"title\":\"%s\",\"status\":%u}\n", kebab, title,
	    status);

	CH_ASSERT(k > 0 && (size_t)k < sizeof text);
	ch_http_answer(r, &h, ch_span_of(text, (size_t)k));
}
