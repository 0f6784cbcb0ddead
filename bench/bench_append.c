/*
 * Appends over HTTP/1.1 on loopback: connections that each have one request under way, every entry
 * new. The same program loads our registry and another log's server.
 *
 * Usage: bench_append PORT CONNECTIONS SECONDS EACH PATH [DIR [ENTRIES]]
 *   EACH     entries of 32 bytes in a request
 *   PATH     /add of another's, or /v1/entries of our registry in DIR, a new register.example
 *   ENTRIES  the end when so many were asked for, if that is sooner
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "dec.h"
#include "rng.h"
#include "setting.h"

#define CONNS_MAX 4096
#define EACH_MAX 4096
#define ANSWER_MAX 131072
#define BUSY_US 10000
#define TIMES_MAX ((size_t)1 << 24)

struct line {
	int fd;
	size_t n, left; /* bytes of the answer's head so far; of its body to come */
	bool busy;      /* answered 503: nothing was taken, and it is asked again */
	double from;
	char head[1024];
};

static struct line line[CONNS_MAX];
static uint8_t request[1024 + 32 * EACH_MAX];
static size_t n_head, n_request;
static float *took;
static size_t n_took, failed, n_busy;

static uint64_t number(const char *s, uint64_t max)
{
	uint64_t v;

	bench_need(ch_dec_parse(&v, ch_span_str(s), max) == CH_OK && v, "a number is wanted");
	return v;
}

/* Every entry another: random once, then counted. */
static void renew(size_t each)
{
	static uint64_t count;

	for (size_t i = 0; i < each; i++) {
		count++;
		memcpy(&request[n_head + 32 * i], &count, sizeof count);
	}
}

static void ask(struct line *l, size_t each)
{
	renew(each);
	l->n = l->left = 0;
	l->from = bench_now();
	for (size_t at = 0; at < n_request;) {
		ssize_t k = send(l->fd, &request[at], n_request - at, MSG_NOSIGNAL);

		if (k < 0 && errno == EAGAIN)
			continue; /* a large body; the server reads */
		bench_need(k > 0, "the server closed a connection");
		at += (size_t)k;
	}
}

/* True when the answer is whole. */
static bool read_some(struct line *l)
{
	static char sink[ANSWER_MAX];
	static const char length[] = "ontent-Length: ";
	const char *end, *n;
	size_t head;
	ssize_t k;

	if (l->left) {
		k = recv(l->fd, sink, l->left < sizeof sink ? l->left : sizeof sink, 0);
		if (k < 0 && errno == EAGAIN)
			return false;
		bench_need(k > 0, "the server closed a connection");
		l->left -= (size_t)k;
		return l->left == 0;
	}
	k = recv(l->fd, &l->head[l->n], sizeof l->head - 1 - l->n, 0);
	if (k < 0 && errno == EAGAIN)
		return false;
	bench_need(k > 0, "the server closed a connection");
	l->n += (size_t)k;
	l->head[l->n] = '\0';
	if (!(end = memmem(l->head, l->n, "\r\n\r\n", 4)))
		return false;
	l->busy = strncmp(&l->head[9], "503", 3) == 0;
	if (!l->busy && strncmp(&l->head[9], "20", 2) != 0)
		failed++;
	head = (size_t)(end - l->head) + 4;
	n = memmem(l->head, head, length, sizeof length - 1);
	bench_need(n != NULL, "an answer without a length");
	l->left = strtoul(n + sizeof length - 1, NULL, 10) - (l->n - head);
	return l->left == 0;
}

static void connect_all(size_t conns, uint16_t port, int ep)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int one = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (size_t i = 0; i < conns; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.u64 = i };

		line[i].fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		bench_need(connect(line[i].fd, (struct sockaddr *)&to, sizeof to) == 0 &&
			setsockopt(line[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0 &&
			epoll_ctl(ep, EPOLL_CTL_ADD, line[i].fd, &e) == 0, "no connection");
	}
}

/* Until the time is up and every answer has come. */
static double run(size_t conns, double seconds, size_t each, uint64_t most, int ep)
{
	struct epoll_event e[512];
	double start = bench_now(), now = start;
	size_t open = conns;
	uint64_t asked = conns * each;

	for (size_t i = 0; i < conns; i++)
		ask(&line[i], each);
	while (open) {
		int n = epoll_wait(ep, e, 512, 30000);

		bench_need(n > 0, "the server is silent");
		now = bench_now();
		for (int i = 0; i < n; i++) {
			struct line *l = &line[e[i].data.u64];

			if (!read_some(l))
				continue;
			if (l->busy && now - start < seconds) {
				n_busy++;
				(void)usleep(BUSY_US);
				ask(l, each);
				continue;
			}
			if (n_took < TIMES_MAX)
				took[n_took++] = (float)(now - l->from);
			if (now - start >= seconds || asked >= most) {
				open--;
				continue;
			}
			asked += each;
			ask(l, each);
		}
	}
	return now - start;
}

static int by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static double cpu_used(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	static struct world w;
	char token[65] = { 0 };
	size_t conns, each;
	uint64_t most = UINT64_MAX;
	uint16_t port;
	double seconds, cpu;
	int n, ep = epoll_create1(EPOLL_CLOEXEC);

	bench_need(argc >= 6 && argc <= 8,
	    "usage: bench_append PORT CONNECTIONS SECONDS EACH PATH [DIR [ENTRIES]]");
	port = (uint16_t)number(argv[1], UINT16_MAX);
	conns = (size_t)number(argv[2], CONNS_MAX);
	seconds = (double)number(argv[3], 3600);
	each = (size_t)number(argv[4], EACH_MAX);
	took = malloc(TIMES_MAX * sizeof *took);
	bench_need(took != NULL && ep >= 0, "no memory");
	if (argc == 8)
		most = number(argv[7], INT64_MAX);
	if (argc >= 7) {
		setting_meet(&w, argv[6], port);
		setting_sign_in(token, &w, WORLD_ALPHA);
		setting_part(&w);
	}
	n = snprintf((char *)request, 1024,
	    "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%sContent-Length: %zu\r\n\r\n", argv[5],
	    token[0] ? "Authorization: Bearer " : "", token, token[0] ? "\r\n" : "", 32 * each);
	bench_need(n > 0 && n < 1024, "a head too long");
	n_head = (size_t)n;
	n_request = n_head + 32 * each;
	check_ok(ch_random(&request[n_head], 32 * each));
	connect_all(conns, port, ep);
	cpu = cpu_used();
	seconds = run(conns, seconds, each, most, ep);
	qsort(took, n_took, sizeof *took, by_size);
	(void)printf("{\"rate\": %.1f, \"p50\": %.3f, \"p99\": %.3f, \"load_us\": %.2f, "
		     "\"failed\": %zu, \"busy\": %zu, \"n\": %zu}\n",
	    (double)(n_took * each) / seconds,
	    1e3 * (double)took[n_took / 2], 1e3 * (double)took[n_took * 99 / 100],
	    1e6 * (cpu_used() - cpu) / (double)(n_took * each), failed, n_busy,
	    n_took * each);
	return 0;
}
