/* The server's loop: accept, read all that is ready, on_turn, write. See server.h and httpd.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "httpd.h"

#define CH_SERVER_ROUNDS 4   /* of reading before on_turn: libevent takes only so many at once */
#define CH_SERVER_SWEEP_MS 250

static unsigned ch_server_or(unsigned v, unsigned otherwise)
{
	return v ? v : otherwise;
}

void ch_server_room(struct ch_http_server *s)
{
	if (s->listener == NULL || s->stopping)
		return;
	if (s->n_conns >= s->cfg.max_conns)
		evconnlistener_disable(s->listener);
	else
		evconnlistener_enable(s->listener);
}

static void ch_server_on_accept(struct evconnlistener *l, evutil_socket_t fd,
    struct sockaddr *peer, int n_peer, void *arg)
{
	struct ch_http_server *s = arg;

	(void)l;
	(void)peer;
	(void)n_peer;
	s->moved = true;
	ch_conn_new(s, fd);
	ch_server_room(s);
}

static void ch_server_on_accept_error(struct evconnlistener *l, void *arg)
{
	(void)arg;
	/* Out of descriptors: those who wait stay in the kernel's queue until the next sweep. */
	evconnlistener_disable(l);
}

static void ch_server_on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct ch_http_server *s = arg;
	uint64_t now = ch_server_now(s); /* of this round: our own delays are not theirs */

	(void)fd;
	(void)what;
	for (struct ch_http_conn *c = s->conns, *next; c; c = next) {
		next = c->next;
		ch_conn_clock(c, now);
	}
	ch_server_room(s);
}

static void ch_server_on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct ch_http_server *s = arg;
	uint64_t n = 0;

	(void)what;
	if (read(fd, &n, sizeof n) == sizeof n && n >= (UINT64_C(1) << 32))
		s->stopping = true;
}

static void ch_server_on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct ch_http_server *s = arg;

	(void)sig;
	(void)what;
	s->stopping = true;
}

static void ch_server_on_hup(evutil_socket_t sig, short what, void *arg)
{
	struct ch_http_server *s = arg;

	(void)sig;
	(void)what;
	s->cfg.on_hup(s->cfg.ctx);
}

static void ch_server_poke(struct ch_http_server *s, uint64_t v)
{
	(void)!write(s->wake_fd, &v, sizeof v); /* full means that it will wake anyway */
}

void ch_http_server_stop(struct ch_http_server *s)
{
	ch_server_poke(s, UINT64_C(1) << 32);
}

bool ch_http_server_is_stopping(const struct ch_http_server *s)
{
	return s->stopping;
}

void ch_http_server_wake(struct ch_http_server *s)
{
	ch_server_poke(s, 1);
}

static ch_err ch_server_address(struct sockaddr_storage *out, socklen_t *n, const char *address,
    uint16_t port)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	memset(out, 0, sizeof *out);
	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) {
		memcpy(out, &v4, *n = sizeof v4);
		return CH_OK;
	}
	if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1) {
		memcpy(out, &v6, *n = sizeof v6);
		return CH_OK;
	}
	return CH_E_FORMAT;
}

static ch_err ch_server_listen(struct ch_http_server *s)
{
	struct sockaddr_storage a;
	socklen_t n;
	ch_err e = ch_server_address(&a, &n, s->cfg.address, s->cfg.port);

	if (e != CH_OK)
		return e;
	errno = 0;
	s->listener = evconnlistener_new_bind(s->base, ch_server_on_accept, s,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, 1024,
	    (struct sockaddr *)&a, (int)n);
	if (s->listener == NULL)
		return errno == EADDRINUSE ? CH_E_CONFLICT :
		    errno == EACCES || errno == EADDRNOTAVAIL ? CH_E_DENIED : CH_E_INTERNAL;
	evconnlistener_set_error_cb(s->listener, ch_server_on_accept_error);
	n = sizeof a;
	if (getsockname(evconnlistener_get_fd(s->listener), (struct sockaddr *)&a, &n) < 0)
		return CH_E_INTERNAL;
	/* The port stands at the same place in both families. */
	struct sockaddr_in in;
	memcpy(&in, &a, sizeof in);
	s->port = ntohs(in.sin_port);
	return CH_OK;
}

static ch_err ch_server_events(struct ch_http_server *s)
{
	unsigned every = CH_SERVER_SWEEP_MS;

	if (s->cfg.tick_ms && s->cfg.tick_ms < every)
		every = s->cfg.tick_ms;
	const struct timeval tv = { .tv_usec = (suseconds_t)every * 1000 };

	s->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (s->wake_fd < 0)
		return CH_E_INTERNAL;
	s->sweep = event_new(s->base, -1, EV_PERSIST, ch_server_on_sweep, s);
	s->waker = event_new(s->base, s->wake_fd, EV_READ | EV_PERSIST, ch_server_on_wake, s);
	s->term = evsignal_new(s->base, SIGTERM, ch_server_on_signal, s);
	s->intr = evsignal_new(s->base, SIGINT, ch_server_on_signal, s);
	if (s->cfg.on_hup && !(s->hup = evsignal_new(s->base, SIGHUP, ch_server_on_hup, s)))
		return CH_E_NOMEM;
	if (!s->sweep || !s->waker || !s->term || !s->intr)
		return CH_E_NOMEM;
	/* Signals as well: who is told that we listen may send one before we run. */
	if (event_add(s->sweep, &tv) < 0 || event_add(s->waker, NULL) < 0 ||
	    event_add(s->term, NULL) < 0 || event_add(s->intr, NULL) < 0 ||
	    (s->hup && event_add(s->hup, NULL) < 0))
		return CH_E_INTERNAL;
	return CH_OK;
}

static struct event_base *ch_server_base(void)
{
	struct event_config *ec = event_config_new();
	struct event_base *base = NULL;

	if (ec) {
		event_config_set_flag(ec, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
		event_config_set_flag(ec, EVENT_BASE_FLAG_NOLOCK);
		base = event_base_new_with_config(ec);
		event_config_free(ec);
	}
	return base;
}

ch_err ch_http_server_new(struct ch_http_server **out, const ch_http_config *cfg)
{
	*out = NULL;
	struct ch_http_server *s = ch_alloc(sizeof *s);
	if (s == NULL)
		return CH_E_NOMEM;
	s->wake_fd = -1;
	s->cfg = *cfg;
	s->cfg.address = cfg->address ? cfg->address : "127.0.0.1";
	s->cfg.max_conns = ch_server_or(cfg->max_conns, 1024);
	s->cfg.max_pipelined = ch_server_or(cfg->max_pipelined, 64);
	s->cfg.head_ms = ch_server_or(cfg->head_ms, 10000);
	s->cfg.idle_ms = ch_server_or(cfg->idle_ms, 60000);
	s->cfg.body_ms = ch_server_or(cfg->body_ms, 30000);
	s->cfg.stop_ms = ch_server_or(cfg->stop_ms, CH_HTTPD_STOP_MS);
	s->cfg.arena_max = cfg->arena_max ? cfg->arena_max : 1 << 20;
	s->base = ch_server_base();
	ch_err e = ch_pool_new(&s->pool, CH_HTTPD_BLOCKS);
	if (e == CH_OK)
		e = s->base ? ch_server_events(s) : CH_E_NOMEM;
	if (e == CH_OK)
		e = ch_server_listen(s);
	if (e != CH_OK) {
		ch_http_server_free(s);
		return e;
	}
	*out = s;
	return CH_OK;
}

uint16_t ch_http_server_port(const struct ch_http_server *s)
{
	return s->port;
}

/* Settle those that were dirty when we came: what becomes so meanwhile has its turn next. */
static void ch_server_settle(struct ch_http_server *s)
{
	struct ch_http_conn *c, *list = NULL, *next;

	/* Reversed, so that the first to ask is the first to be served. Only the connection in
	 * hand can be freed by settling it. */
	for (c = s->dirty; c; c = next) {
		next = c->next_dirty;
		c->next_dirty = list;
		list = c;
	}
	s->dirty = NULL;
	for (c = list; c; c = next) {
		next = c->next_dirty;
		c->next_dirty = NULL;
		c->dirty = false;
		ch_conn_settle(c);
	}
}

/* Everybody finishes what is under way. True when all have gone, or time is up. */
static bool ch_server_is_over(struct ch_http_server *s)
{
	if (!s->stopping)
		return false;
	if (s->stop_ms == 0) {
		s->stop_ms = ch_clock_ms();
		evconnlistener_disable(s->listener);
		for (struct ch_http_conn *c = s->conns; c; c = c->next) {
			if (c->reading == NULL)
				c->closing = true;
			ch_conn_dirty(c);
		}
	}
	return s->n_conns == 0 || ch_clock_ms() - s->stop_ms > s->cfg.stop_ms;
}

uint64_t ch_server_now(struct ch_http_server *s)
{
	if (s->now_ms == 0)
		s->now_ms = ch_clock_ms();
	return s->now_ms;
}

/* Wait, or not, and read what is there. */
static void ch_server_read(struct ch_http_server *s, int how)
{
	s->now_ms = 0;
	s->moved = false;
	if (event_base_loop(s->base, how) < 0)
		s->failed = true;
}

static void ch_server_turn(struct ch_http_server *s)
{
	bool wait = !s->again && s->dirty == NULL;

	s->again = false;
	ch_server_read(s, wait ? EVLOOP_ONCE : EVLOOP_NONBLOCK);
	for (unsigned i = 1; i < CH_SERVER_ROUNDS && s->moved && !s->failed; i++)
		ch_server_read(s, EVLOOP_NONBLOCK);
	s->again = false; /* what was handled until here is what on_turn is for */
	if (s->cfg.on_turn)
		s->cfg.on_turn(s->cfg.ctx);
	s->now_ms = 0; /* the disk took its time */
	ch_server_settle(s);
}

ch_err ch_http_server_run(struct ch_http_server *s)
{
	while (!s->failed && !ch_server_is_over(s))
		ch_server_turn(s);
	event_del(s->term);
	event_del(s->intr);
	if (s->hup)
		event_del(s->hup);
	return s->failed ? CH_E_INTERNAL : CH_OK;
}

void ch_http_server_free(struct ch_http_server *s)
{
	if (s == NULL)
		return;
	s->stopping = true;
	while (s->conns)
		ch_conn_free(s->conns);
	while (s->reqs)
		ch_req_free(s->reqs);
	ch_req_drop_spare(s);
	ch_pool_free(s->pool);
	struct event *const events[] = { s->sweep, s->term, s->intr, s->hup, s->waker };
	for (size_t i = 0; i < CH_COUNT(events); i++)
		if (events[i])
			event_free(events[i]);
	if (s->listener)
		evconnlistener_free(s->listener);
	if (s->wake_fd >= 0)
		close(s->wake_fd);
	if (s->base)
		event_base_free(s->base);
	ch_free(s, sizeof *s);
}
