/* See load.h. Requests are small: they are written at once; answers are read as they come. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct load_ask load_ask(const char *method, const char *path, const char *token, ch_span body,
    unsigned want)
{
	char head[1024];
	int n = snprintf(head, sizeof head,
	    "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%sContent-Length: %zu\r\n\r\n", method, path,
	    token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "", body.n);
	uint8_t *p;

	bench_need(n > 0 && (size_t)n < sizeof head, "a head too long");
	p = malloc((size_t)n + body.n);
	bench_need(p != NULL, "no memory");
	memcpy(p, head, (size_t)n);
	if (body.n)
		memcpy(&p[n], body.p, body.n);
	return (struct load_ask){ .bytes = ch_span_of(p, (size_t)n + body.n), .want = want };
}

void load_free(struct load_ask *a)
{
	union { const uint8_t *c; void *v; } p = { .c = a->bytes.p };

	free(p.v);
	*a = (struct load_ask){ 0 };
}

static int load_connect(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bench_need(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0,
	    "no connection to the registry");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

static void load_send(struct load_line *l)
{
	struct load_ask *a = l->now;
	size_t done = 0;

	a->from = bench_now();
	l->n_in = l->n_body = 0;
	l->in_body = false;
	while (done < a->bytes.n) {
		ssize_t k = send(l->fd, &a->bytes.p[done], a->bytes.n - done, MSG_NOSIGNAL);

		bench_need(k > 0, "the registry closed a connection");
		done += (size_t)k;
	}
}

/* The head is whole: status and length. */
static void load_head(struct load_line *l, const char *end)
{
	static const char length[] = "\r\nContent-Length: ";
	const struct load_ask *a = l->now;
	const char *n = memmem(l->in, l->n_in, length, sizeof length - 1);
	size_t n_head = (size_t)(end - l->in) + 4;
	unsigned status = (unsigned)strtoul(&l->in[9], NULL, 10);

	if (status != a->want) {
		(void)fprintf(stderr, "bench: %u instead of %u: %.*s\n", status, a->want,
		    (int)l->n_in, l->in);
		exit(1);
	}
	l->left = n && n < end ? strtoul(n + sizeof length - 1, NULL, 10) : 0;
	bench_need(l->left >= l->n_in - n_head, "an answer longer than it says");
	bench_need(!l->body || l->left <= LOAD_BODY, "an answer longer than expected");
	l->left -= l->n_in - n_head;
	l->in_body = true;
	l->n_body = l->n_in - n_head;
	if (l->body)
		memcpy(l->body, &l->in[n_head], l->n_body);
}

/* Read what is there; true when the answer is whole. */
static bool load_read(struct load_line *l)
{
	static char sink[LOAD_BODY];
	void *to = !l->in_body ? (void *)&l->in[l->n_in]
	    : l->body          ? (void *)&l->body[l->n_body]
			       : (void *)sink;
	size_t room = !l->in_body ? sizeof l->in - 1 - l->n_in
	    : l->left < sizeof sink ? l->left : sizeof sink;
	ssize_t k = recv(l->fd, to, room, MSG_DONTWAIT);
	const char *end;

	if (k < 0 && errno == EAGAIN)
		return false;
	bench_need(k > 0, "the registry closed a connection");
	if (l->in_body) {
		l->left -= (size_t)k;
		l->n_body += (size_t)k;
		return l->left == 0;
	}
	l->n_in += (size_t)k;
	l->in[l->n_in] = 0;
	end = memmem(l->in, l->n_in, "\r\n\r\n", 4);
	if (end)
		load_head(l, end);
	return l->in_body && l->left == 0;
}

static struct pollfd *load_open(struct load_line *line, size_t n, uint16_t port)
{
	struct pollfd *p = calloc(n, sizeof *p);

	bench_need(p != NULL, "no memory");
	for (size_t i = 0; i < n; i++) {
		line[i].fd = load_connect(port);
		line[i].at = 0;
		p[i] = (struct pollfd){ .fd = line[i].fd, .events = POLLIN };
	}
	return p;
}

/* The next request of a line, or its end; whether it was that. */
static bool load_go_on(struct load_line *l, struct pollfd *p, struct load_ask *next)
{
	l->now = next;
	if (next) {
		load_send(l);
		return false;
	}
	close(l->fd);
	p->fd = -1;
	return true;
}

double load_run(struct load_line *line, size_t n, uint16_t port)
{
	struct pollfd *p = load_open(line, n, port);
	double start = bench_now();
	size_t open = n;

	for (size_t i = 0; i < n; i++)
		(void)load_go_on(&line[i], &p[i], &line[i].ask[0]);
	while (open) {
		bench_need(poll(p, n, 60000) > 0, "the registry is silent");
		for (size_t i = 0; i < n; i++) {
			struct load_line *l = &line[i];

			if (!p[i].revents || !load_read(l))
				continue;
			l->now->to = bench_now();
			l->at++;
			open -= load_go_on(l, &p[i], l->at < l->n ? &l->ask[l->at] : NULL);
		}
	}
	free(p);
	return bench_now() - start;
}

double load_run_live(struct load_line *line, size_t n, uint16_t port, const struct load_live *live)
{
	struct pollfd *p = load_open(line, n, port);
	size_t *done = calloc(n, sizeof *done), open = n, k;
	double start = bench_now();

	bench_need(done != NULL, "no memory");
	for (size_t i = 0; i < n; i++) {
		line[i].body = malloc(LOAD_BODY);
		bench_need(line[i].body != NULL, "no memory");
		(void)load_go_on(&line[i], &p[i], live->next(live->ctx, i));
	}
	while (open) {
		bench_need(poll(p, n, 60000) > 0, "the registry is silent");
		k = 0;
		for (size_t i = 0; i < n; i++) {
			if (!p[i].revents || !load_read(&line[i]))
				continue;
			line[i].now->to = bench_now();
			live->take(live->ctx, i, ch_span_of(line[i].body, line[i].n_body));
			done[k++] = i;
		}
		if (k > 0)
			live->flush(live->ctx);
		while (k-- > 0)
			open -= load_go_on(&line[done[k]], &p[done[k]],
			    live->next(live->ctx, done[k]));
	}
	for (size_t i = 0; i < n; i++)
		free(line[i].body);
	free(done);
	free(p);
	return bench_now() - start;
}
