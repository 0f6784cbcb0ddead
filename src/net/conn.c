/* A connection of the server: reading heads and bodies, limits of time, the end. See httpd.h. */
#include "httpd.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

void ch_conn_dirty(struct ch_http_conn *c)
{
	if (c->dirty)
		return;
	c->dirty = true;
	c->next_dirty = c->srv->dirty;
	c->srv->dirty = c;
}

static void ch_conn_undirty(struct ch_http_conn *c)
{
	struct ch_http_conn **at = &c->srv->dirty;

	while (*at && *at != c)
		at = &(*at)->next_dirty;
	if (*at)
		*at = c->next_dirty;
	c->dirty = false;
}

void ch_conn_free(struct ch_http_conn *c)
{
	struct ch_http_server *s = c->srv;
	struct ch_http_req *r;

	CH_ASSERT(!c->stepping);
	while ((r = c->first) != NULL) {
		c->first = r->after;
		r->owed = false;
		r->conn = NULL;
		if (r == c->reading) { /* the handler will hear no more of it */
			c->reading = NULL;
			ch_req_abort(r);
			r->answered = true;
		}
		if (r->answered)
			ch_req_free(r);
	}
	if (c->reading) /* answered early, its body never came */
		ch_req_free(c->reading);
	ch_conn_undirty(c);
	if (c->prev)
		c->prev->next = c->next;
	else
		s->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	s->n_conns--;
	if (c->out)
		evbuffer_free(c->out);
	if (c->readable)
		event_free(c->readable);
	if (c->in && !s->cfg.tls)
		evbuffer_free(c->in);
	if (c->bev)
		bufferevent_free(c->bev);
	ch_free(c, sizeof *c);
	ch_server_room(s);
}

/* ---- reading ---- */

void ch_conn_refuse(struct ch_http_conn *c, unsigned status)
{
	static const struct {
		unsigned status;
		const char *kebab, *title;
	} table[] = {
		{ 408, "too-slow", "The request did not come in time" },
		{ 413, "too-large", "The body is larger than allowed" },
		{ 414, "target-too-long", "The target is longer than allowed" },
		{ 417, "expectation", "The expectation is not known" },
		{ 431, "head-too-large", "The head is larger than allowed" },
		{ 501, "not-implemented", "The method or coding is not known" },
		{ 505, "http-version", "The HTTP version is not 1.1" },
		{ 400, "bad-request", "The request is not well formed" },
	};
	static const ch_http1_head none = { .close = true };
	struct ch_http_req *r = c->reading;
	size_t i = 0;

	c->closing = true;
	c->in_head = false;
	if (r) {
		ch_req_abort(r);
		if (r->answered) { /* early: the answer stands, the rest is not read */
			r->close = true;
			c->reading = NULL;
			if (!r->owed)
				ch_req_free(r);
			ch_conn_dirty(c);
			return;
		}
		c->reading = NULL;
		r->close = true;
	} else {
		r = ch_req_new(c, &none, (ch_span){ 0 });
	}
	if (r == NULL) {
		c->broken = true;
		ch_conn_dirty(c);
		return;
	}
	r->whole = true;
	while (i < CH_COUNT(table) - 1 && table[i].status != status)
		i++;
	ch_http_answer_problem(r, table[i].status, table[i].kebab, table[i].title);
}

/* The bytes at the front of the input that lie together in memory. */
static ch_span ch_conn_front(struct evbuffer *in)
{
	struct evbuffer_iovec v;

	if (evbuffer_peek(in, -1, NULL, &v, 1) < 1)
		return (ch_span){ 0 };
	return ch_span_of(v.iov_base, v.iov_len);
}

/* One piece of a body. False: nothing to do until more comes. */
static bool ch_conn_read_body(struct ch_http_conn *c, struct evbuffer *in)
{
	struct ch_http_req *r = c->reading;
	bool end = !r->head.chunked && r->got >= r->head.length;
	ch_span data, front = { 0 };
	size_t used;

	if (r->answered ? r->close : r->paused)
		return false;
	if (!end) {
		front = ch_conn_front(in);
		if (front.n == 0)
			return false;
	}
	if (r->head.chunked) {
		if (ch_http1_chunk(&data, &used, &end, &r->chunks, front) != CH_OK) {
			ch_conn_refuse(c, 400);
			return false;
		}
	} else {
		uint64_t left = r->head.length - r->got;

		used = left < front.n ? (size_t)left : front.n;
		data = ch_span_of(front.p, used);
		end = used == left;
	}
	if (r->got / CH_HTTPD_PACE != (r->got + data.n) / CH_HTTPD_PACE)
		c->moved_ms = ch_server_now(c->srv); /* not for each byte: they could drip on */
	if (data.n && !ch_req_feed(r, data)) {
		ch_conn_refuse(c, 413);
		return false;
	}
	evbuffer_drain(in, used);
	if (end)
		ch_req_whole(r);
	return true;
}

/* Hand a request to the handler. */
static void ch_conn_begin(struct ch_http_conn *c, const ch_http1_head *h, ch_span bytes)
{
	struct ch_http_req *r = ch_req_new(c, h, bytes);

	if (r == NULL) {
		c->broken = true;
		ch_conn_dirty(c);
		return;
	}
	c->reading = r;
	c->closing = h->close;
	c->moved_ms = ch_server_now(c->srv);
	c->srv->again = true;
	c->srv->cfg.on_head(c->srv->cfg.ctx, r);
	if (r->answered)
		return;
	if (r->over) {
		ch_conn_refuse(c, 413);
	} else if (r->expects && r->kind != CH_BODY_SKIP) {
		evbuffer_add(c->out, "HTTP/1.1 100 Continue\r\n\r\n", 25);
		r->expects = false;
		ch_conn_dirty(c);
	}
}

/* Whether an unfinished head can have become whole by what came since. */
static bool ch_conn_is_news(struct ch_http_conn *c, struct evbuffer *in, size_t n)
{
	struct evbuffer_ptr at;
	bool news = c->scanned == 0 || n >= CH_HTTP1_HEAD_MAX;

	if (!news && n > c->scanned && evbuffer_ptr_set(in, &at, c->scanned, EVBUFFER_PTR_SET) == 0)
		news = evbuffer_search(in, "\n", 1, &at).pos >= 0;
	c->scanned = n;
	return news;
}

static bool ch_conn_read_head(struct ch_http_conn *c, struct evbuffer *in)
{
	size_t n = evbuffer_get_length(in);
	ch_http1_head h;
	unsigned status;

	if (!c->in_head) {
		c->in_head = true;
		c->moved_ms = ch_server_now(c->srv);
	}
	if (!ch_conn_is_news(c, in, n))
		return false;
	ch_span front = ch_conn_front(in);
	ch_err e = ch_http1_parse(&h, &status, front);
	if (e == CH_E_TRUNCATED && n > front.n) { /* the head lies in pieces */
		size_t want = n < CH_HTTP1_HEAD_MAX ? n : CH_HTTP1_HEAD_MAX;

		front = ch_span_of(evbuffer_pullup(in, (ev_ssize_t)want), want);
		e = ch_http1_parse(&h, &status, front);
	}
	if (e == CH_E_TRUNCATED)
		return false;
	c->scanned = 0;
	c->in_head = false;
	if (e != CH_OK) {
		ch_conn_refuse(c, status);
		return false;
	}
	/* 100 Continue must not overtake an answer that is still owed. */
	if (h.expect_continue && c->first)
		return false;
	ch_conn_begin(c, &h, ch_span_of(front.p, h.n_head));
	evbuffer_drain(in, h.n_head);
	return true;
}

static bool ch_conn_is_blocked(const struct ch_http_conn *c)
{
	return c->n_owed >= c->srv->cfg.max_pipelined || ch_answer_waiting(c) > CH_HTTPD_HIGH;
}

static bool ch_conn_step_one(struct ch_http_conn *c)
{
	struct evbuffer *in = c->in;
	size_t n = evbuffer_get_length(in);

	if (c->broken)
		return false;
	if (c->lingering) {
		evbuffer_drain(in, n);
		return false;
	}
	if (c->reading)
		return ch_conn_read_body(c, in);
	if (c->srv->stopping)
		c->closing = true;
	if (c->closing || n == 0 || ch_conn_is_blocked(c))
		return false;
	return ch_conn_read_head(c, in);
}

/* Whether the kernel is to tell of bytes that came. False: it could not be told so. */
static bool ch_conn_hear(struct ch_http_conn *c, bool on)
{
	if (c->readable)
		return (on ? event_add(c->readable, NULL) : event_del(c->readable)) == 0;
	return (on ? bufferevent_enable(c->bev, EV_READ) :
	    bufferevent_disable(c->bev, EV_READ)) == 0;
}

void ch_conn_step(struct ch_http_conn *c)
{
	if (c->stepping)
		return;
	c->stepping = true;
	while (ch_conn_step_one(c))
		continue; /* bounded by the input, which grows only between turns */
	c->stepping = false;

	/* Not libevent's own high-water mark: above it, its read callback is run without end. */
	bool full = evbuffer_get_length(c->in) >= CH_HTTPD_INPUT;
	if (full != c->muted) {
		c->muted = full;
		if (!c->eof && !ch_conn_hear(c, !full))
			c->broken = true;
	}
	if (c->broken)
		ch_conn_dirty(c);
}

/* ---- writing and the end ---- */

ch_span ch_conn_send(struct ch_http_conn *c, ch_span s)
{
	struct ch_rd r = ch_rd_of(s);
	ssize_t k;

	if (c->srv->cfg.tls || c->broken || ch_answer_waiting(c) > 0)
		return s;
	c->wrote_ms = ch_server_now(c->srv);
	k = send(bufferevent_getfd(c->bev), s.p, s.n, MSG_NOSIGNAL);
	if (k < 0 && errno != EAGAIN && errno != EINTR)
		c->broken = true;
	if (k > 0)
		(void)ch_rd_take(&r, (size_t)k);
	return ch_rd_rest(&r);
}

/* Straight to the socket, which saves a turn; what does not fit goes through libevent. Twice: a
 * head and the file behind it do not leave in one. */
static void ch_conn_write(struct ch_http_conn *c)
{
	struct evbuffer *queue = bufferevent_get_output(c->bev);
	bool direct = evbuffer_get_length(queue) == 0 && !c->srv->cfg.tls;

	for (int i = 0; i < 2 && direct && evbuffer_get_length(c->out); i++) {
		c->wrote_ms = ch_server_now(c->srv);
		int k = evbuffer_write_atmost(c->out, bufferevent_getfd(c->bev), CH_HTTPD_HIGH);

		if (k < 0 && errno != EAGAIN && errno != EINTR) {
			c->broken = true;
			return;
		}
	}
	if (evbuffer_get_length(c->out) && bufferevent_write_buffer(c->bev, c->out) < 0)
		c->broken = true;
}

/* All that was owed is written and no more will be read: close our half, then wait for theirs, so
 * that the kernel does not throw the last answer away with a reset. */
static void ch_conn_linger(struct ch_http_conn *c)
{
	if (!c->lingering) {
		c->lingering = true;
		c->linger_ms = ch_server_now(c->srv);
		if (c->srv->cfg.tls)
			ch_tls_goodbye(c->bev);
		shutdown(bufferevent_getfd(c->bev), SHUT_WR);
	}
	ch_conn_step(c); /* drains */
	if (c->eof)
		ch_conn_free(c);
}

void ch_conn_settle(struct ch_http_conn *c)
{
	if (!c->broken)
		ch_answer_flush(c);
	if (!c->broken)
		ch_conn_write(c);
	if (!c->broken)
		ch_conn_step(c);
	if (c->eof && c->reading && !c->reading->answered && !c->reading->paused)
		c->broken = true; /* cut off in the middle of a body */
	if (c->broken) {
		ch_conn_free(c);
		return;
	}
	if (c->first && c->first->has_src && ch_answer_waiting(c) < CH_HTTPD_HIGH)
		ch_conn_dirty(c); /* the peer takes as fast as we give: others' turn, then on */
	if (c->first || ch_answer_waiting(c))
		return;
	if (c->eof && !c->closing) { /* what is left of the input is no whole request */
		ch_conn_free(c);
		return;
	}
	if (c->closing && (c->reading == NULL || c->reading->close))
		ch_conn_linger(c);
	else if (!c->in_head && c->reading == NULL)
		c->moved_ms = ch_server_now(c->srv); /* idling begins */
}

void ch_conn_clock(struct ch_http_conn *c, uint64_t now)
{
	const ch_http_config *cfg = &c->srv->cfg;
	uint64_t still = now > c->moved_ms ? now - c->moved_ms : 0;
	uint64_t stuck = now > c->wrote_ms ? now - c->wrote_ms : 0;

	if (c->dirty) /* about to be settled: what waits in `out` has not had its chance to leave */
		return;
	if (c->lingering) {
		if (now - c->linger_ms > CH_HTTPD_LINGER_MS)
			ch_conn_free(c);
	} else if (ch_answer_waiting(c) > 0) {
		if (stuck > cfg->idle_ms)
			ch_conn_free(c);
	} else if (c->reading) {
		if (c->reading->paused && !c->reading->answered)
			c->moved_ms = now; /* the handler's time, not the peer's */
		else if (still > cfg->body_ms)
			ch_conn_refuse(c, 408);
	} else if (ch_conn_is_blocked(c)) {
		c->moved_ms = now;
	} else if (c->in_head) {
		if (still > cfg->head_ms)
			ch_conn_refuse(c, 408);
	} else if (c->first == NULL && still > cfg->idle_ms) {
		c->closing = true;
		ch_conn_dirty(c);
	}
}

/* ---- libevent's side ---- */

/* A plain connection is read here and not by libevent, which would ask before each time how much
 * there is. */
static void ch_conn_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct ch_http_conn *c = arg;
	struct ch_http_server *s = c->srv;
	ssize_t n = recv(fd, s->room, sizeof s->room, 0);

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && evbuffer_add(c->in, s->room, (size_t)n) == 0) {
		s->moved = true;
		ch_conn_step(c);
		return;
	}
	if (n == 0 && event_del(c->readable) == 0)
		c->eof = true;
	else
		c->broken = true;
	ch_conn_dirty(c);
}

static void ch_conn_on_read(struct bufferevent *bev, void *arg)
{
	struct ch_http_conn *c = arg;

	(void)bev;
	c->srv->moved = true;
	ch_conn_step(c);
}

static void ch_conn_on_write(struct bufferevent *bev, void *arg)
{
	(void)bev;
	ch_conn_dirty(arg);
}

static void ch_conn_on_event(struct bufferevent *bev, short what, void *arg)
{
	struct ch_http_conn *c = arg;

	(void)bev;
	/* An end met while writing: a file that shrank under its answer. */
	if (what & (BEV_EVENT_ERROR | BEV_EVENT_WRITING))
		c->broken = true;
	else if (what & BEV_EVENT_EOF)
		c->eof = true;
	ch_conn_dirty(c);
}

static void ch_conn_on_drain(struct evbuffer *b, const struct evbuffer_cb_info *info, void *arg)
{
	struct ch_http_conn *c = arg;

	(void)b;
	if (info->n_deleted)
		c->wrote_ms = ch_server_now(c->srv);
}

/* Where it is read from, and how. False: no memory. */
static bool ch_conn_open(struct ch_http_conn *c, int fd)
{
	struct ch_http_server *s = c->srv;

	c->out = evbuffer_new();
	c->bev = s->cfg.tls ? ch_tls_accept(s->cfg.tls, s->base, fd) :
	    bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c->bev == NULL)
		close(fd);
	if (c->out == NULL || c->bev == NULL)
		return false;
	if (s->cfg.tls) {
		c->in = bufferevent_get_input(c->bev);
		return true;
	}
	evbuffer_set_flags(c->out, EVBUFFER_FLAG_DRAINS_TO_FD);
	c->in = evbuffer_new();
	c->readable = event_new(s->base, fd, EV_READ | EV_PERSIST, ch_conn_on_readable, c);
	return c->in && c->readable;
}

void ch_conn_new(struct ch_http_server *s, int fd)
{
	struct ch_http_conn *c = ch_alloc(sizeof *c);
	int one = 1;

	if (c == NULL) {
		close(fd);
		return;
	}
	c->srv = s;
	c->moved_ms = ch_server_now(c->srv);
	c->next = s->conns;
	if (c->next)
		c->next->prev = c;
	s->conns = c;
	s->n_conns++;
	if (!ch_conn_open(c, fd)) {
		ch_conn_free(c);
		return;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	evbuffer_add_cb(bufferevent_get_output(c->bev), ch_conn_on_drain, c);
	bufferevent_setcb(c->bev, ch_conn_on_read, ch_conn_on_write, ch_conn_on_event, c);
	bufferevent_setwatermark(c->bev, EV_WRITE, CH_HTTPD_HIGH / 4, 0);
	bufferevent_set_max_single_read(c->bev, CH_HTTPD_INPUT);
	bufferevent_set_max_single_write(c->bev, 1 << 20);
	if (bufferevent_enable(c->bev, EV_WRITE) < 0 || !ch_conn_hear(c, true))
		ch_conn_free(c);
}
