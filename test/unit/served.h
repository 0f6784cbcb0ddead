/* A server in a thread of the test, with handlers for each way to take and to answer. */
#ifndef CH_TEST_SERVED_H
#define CH_TEST_SERVED_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "clock.h"
#include "proc.h"
#include "server.h"

#define SERVED_BIG (8u << 20)
#define SERVED_UNUSED __attribute__((unused))

struct served {
	struct ch_http_server *server;
	pthread_t thread;
	struct ch_http_req *deferred[256], *paused;
	unsigned n_deferred;
	uint64_t pause_until;
	atomic_uint n_heads, n_turns, n_aborts, n_ended, n_batch, n_done;
	atomic_ullong sum, n_bytes;
	char big_path[CH_PATH_MAX];
	uint64_t pulled;
};

static void served_say(struct ch_http_req *r, unsigned status, ch_span body)
{
	const ch_http_answer_head h = { .status = status, .type = "text/plain" };

	ch_http_answer(r, &h, body);
}

static void served_on_body(void *ctx, struct ch_http_req *r, ch_span body)
{
	char text[64];
	int k = snprintf(text, sizeof text, "got %zu", body.n);

	(void)ctx;
	served_say(r, 200, ch_span_of(text, (size_t)k));
}

static void served_on_bytes(void *ctx, struct ch_http_req *r, ch_span bytes)
{
	struct served *s = ctx;

	for (size_t i = 0; i < bytes.n; i++)
		s->sum += bytes.p[i];
	s->n_bytes += bytes.n;
	if (ch_span_eq(ch_http_head(r)->path, CH_LIT("/slow")) && !s->paused) {
		s->paused = r;
		s->pause_until = ch_clock_ms() + 300;
		ch_http_pause(r);
	}
}

static void served_on_end(void *ctx, struct ch_http_req *r)
{
	struct served *s = ctx;

	s->n_ended++;
	s->paused = NULL;
	served_say(r, 201, CH_LIT("stored"));
}

static void served_on_abort(void *ctx, struct ch_http_req *r)
{
	struct served *s = ctx;

	(void)r;
	s->paused = NULL;
	s->n_aborts++;
}

static size_t served_pull(void *arg, uint8_t *out, size_t cap)
{
	struct served *s = arg;
	size_t n = cap < 50000 ? cap : 50000;

	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)((s->pulled + i) * 7);
	s->pulled += n;
	return n;
}

static size_t served_pull_breaks(void *arg, uint8_t *out, size_t cap)
{
	(void)arg;
	(void)out;
	(void)cap;
	return 0;
}

static void served_done(void *arg)
{
	struct served *s = arg;

	s->n_done++;
}

static void served_give(struct served *s, struct ch_http_req *r, ch_span path)
{
	const ch_http_answer_head h = { .status = 200, .type = "application/octet-stream",
		.cache = "max-age=9", .extra = "X-More: yes\r\n" };
	ch_http_source src = { .pull = served_pull, .done = served_done, .arg = s };
	struct ch_infile f;

	if (ch_span_eq(path, CH_LIT("/file"))) {
		if (ch_infile_open(&f, s->big_path) != CH_OK)
			abort();
		ch_http_answer_file(r, &h, &f);
		return;
	}
	if (ch_span_eq(path, CH_LIT("/breaks")))
		src.pull = served_pull_breaks;
	s->pulled = 0;
	ch_http_answer_pull(r, &h, SERVED_BIG, &src);
}

static void served_on_head(void *ctx, struct ch_http_req *r)
{
	static const ch_http_sink sink = { served_on_bytes, served_on_end, served_on_abort };
	struct served *s = ctx;
	const ch_http1_head *h = ch_http_head(r);

	s->n_heads++;
	if (ch_span_eq(h->path, CH_LIT("/early")))
		ch_http_answer_problem(r, 404, "not-found", "There is no such thing");
	else if (ch_span_eq(h->path, CH_LIT("/defer")))
		s->deferred[s->n_deferred++] = r;
	else if (ch_span_eq(h->path, CH_LIT("/file")) || ch_span_eq(h->path, CH_LIT("/pull")) ||
	    ch_span_eq(h->path, CH_LIT("/breaks")))
		served_give(s, r, h->path);
	else if (h->method == CH_HTTP1_PUT)
		ch_http_take_stream(r, UINT64_C(1) << 30, &sink);
	else if (h->method == CH_HTTP1_POST)
		ch_http_take_body(r, 8192, served_on_body);
	else
		served_say(r, 200, CH_LIT("hello"));
}

/* Answer the batch, last first: the order on the wire must be the order asked. */
static void served_on_turn(void *ctx)
{
	struct served *s = ctx;
	char text[1024];

	s->n_turns++;
	if (s->n_deferred > s->n_batch)
		s->n_batch = s->n_deferred;
	while (s->n_deferred) {
		struct ch_http_req *r = s->deferred[--s->n_deferred];
		ch_span q = ch_http_head(r)->query;
		int k = snprintf(text, sizeof text, "late %.*s", (int)q.n, (const char *)q.p);

		served_say(r, 200, ch_span_of(text, (size_t)k));
	}
	if (s->paused && s->pause_until && ch_clock_ms() > s->pause_until) {
		s->pause_until = 0;
		ch_http_resume(s->paused);
	}
}

static void *served_main(void *arg)
{
	struct served *s = arg;

	return ch_http_server_run(s->server) == CH_OK ? NULL : arg;
}

SERVED_UNUSED static void served_start(struct served *s, ch_http_config cfg)
{
	cfg.ctx = s;
	cfg.on_head = served_on_head;
	cfg.on_turn = served_on_turn;
	cfg.tick_ms = 20;
	check_ok(ch_proc_start(false)); /* as every program of the house: no SIGPIPE */
	check_ok(ch_http_server_new(&s->server, &cfg));
	assert_int_equal(pthread_create(&s->thread, NULL, served_main, s), 0);
}

SERVED_UNUSED static void served_stop(struct served *s)
{
	void *failed;

	ch_http_server_stop(s->server);
	assert_int_equal(pthread_join(s->thread, &failed), 0);
	assert_null(failed);
	ch_http_server_free(s->server);
}

/* A socket to the server; reads give up after 5 s. */
SERVED_UNUSED static int served_connect(const struct served *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(ch_http_server_port(s->server)),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	const struct timeval tv = { .tv_sec = 5 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv), 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

/* As much as the server takes; it may have closed on us. */
SERVED_UNUSED static size_t served_send(int fd, const void *p, size_t n)
{
	const uint8_t *b = p;
	size_t at = 0;

	while (at < n) {
		ssize_t k = send(fd, &b[at], n - at, MSG_NOSIGNAL);

		if (k <= 0)
			break;
		at += (size_t)k;
	}
	return at;
}

#define SERVED_SAY(fd, lit) served_send((fd), (lit), sizeof(lit) - 1)

/* One whole answer from the socket: its status, its body in out (NUL behind it). 0: none came. */
SERVED_UNUSED static unsigned served_answer(int fd, char *out, size_t cap, size_t *n_body,
    bool body)
{
	static char head[4096];
	size_t n = 0, want = 0;

	while (n < 4 || memcmp(&head[n - 4], "\r\n\r\n", 4) != 0) {
		if (n == sizeof head - 1 || recv(fd, &head[n], 1, 0) != 1)
			return 0;
		n++;
	}
	head[n] = 0;
	assert_memory_equal(head, "HTTP/1.1 ", 9);
	const char *len = strstr(head, "Content-Length: ");
	if (len)
		want = strtoul(len + 16, NULL, 10);
	assert_true(want < cap);
	for (n = 0; body && n < want;) {
		ssize_t k = recv(fd, &out[n], want - n, 0);

		if (k <= 0)
			return 0;
		n += (size_t)k;
	}
	out[n] = 0;
	if (n_body)
		*n_body = want;
	return (unsigned)strtoul(&head[9], NULL, 10);
}

/* The server has closed its half and nothing more came. */
SERVED_UNUSED static void served_expect_end(int fd)
{
	char c;

	assert_int_equal(recv(fd, &c, 1, 0), 0);
}

#endif
