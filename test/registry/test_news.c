/* The long poll: who is told, when, and that thousands may wait. */
#include "play.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "proc.h"

#define MANY 4000

static const char *program;

static double seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A socket that waits for news of `party` after `after`. */
static int waiting(struct play *p, int party, unsigned long long after, unsigned wait)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)p->port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	char ask[300];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int n = snprintf(ask, sizeof ask,
	    "GET /v1/news?after=%llu&wait=%u HTTP/1.1\r\nHost: a\r\n"
	    "Authorization: Bearer %s\r\n\r\n", after, wait, p->token[party][0]);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(send(fd, ask, (size_t)n, MSG_NOSIGNAL), n);
	return fd;
}

static bool is_told(int fd, int ms)
{
	struct pollfd f = { .fd = fd, .events = POLLIN };

	return poll(&f, 1, ms) == 1;
}

static unsigned long long told(int fd)
{
	char text[1024];
	ssize_t n = 0, k;
	const char *at;

	while (n == 0 || !memmem(text, (size_t)n, "}\n", 2)) {
		assert_true(is_told(fd, 10000));
		k = recv(fd, &text[n], sizeof text - 1 - (size_t)n, 0);
		assert_true(k > 0);
		n += k;
	}
	text[n] = 0;
	assert_non_null(at = strstr(text, "{\"news\":"));
	close(fd);
	return strtoull(at + 8, NULL, 10);
}

static void send_one(struct play *p, struct world_delivery *d)
{
	ch_span envelope, pack;
	struct play_answer *a;

	play_write(p, d, NULL, &envelope, &pack);
	a = play_put(p, envelope);
	assert_int_equal(a->status, 201);
	free(a);
	a = play_ask(p, "POST", "/v1/submissions", p->token[0][0], pack);
	assert_int_equal(a->status, 201);
	free(a);
}

/* Told at once of what was there, after a while of nothing, in time of what comes. */
static void test_told(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d = { 0 };
	unsigned long long now = told(waiting(p, 1, 0, 60)), later;
	double begun = seconds();
	int one, other, past;

	(void)state;
	assert_true(now > 0);
	assert_int_equal(told(waiting(p, 1, now, 1)), now); /* nothing in a second */
	assert_true(seconds() - begun > 0.9);
	one = waiting(p, 0, now, 60);
	other = waiting(p, 1, now, 60);
	past = waiting(p, 1, now + 5, 60);
	assert_false(is_told(one, 100));
	begun = seconds();
	send_one(p, &d);
	later = told(other);
	assert_true(later > now && seconds() - begun < 5);
	assert_int_equal(told(one), later); /* its author, too */
	assert_false(is_told(past, 100));   /* which has seen more */
	assert_int_equal(told(waiting(p, 1, now, 60)), later);
	close(past);                        /* somebody who leaves */
	one = waiting(p, 1, later, 60);
	assert_false(is_told(one, 200));
	assert_int_equal(play_stop(p, SIGTERM), 0);
	assert_int_equal(told(one), later); /* the end is said, not slept through */
	play_free(p);
}

static void test_refused(void **state)
{
	struct play *p = play_opening(program);
	static const struct { const char *path; bool signed_in; int status; } c[] = {
		{ "/v1/news", false, 401 }, { "/v1/news?wait=61", true, 400 },
		{ "/v1/news?after=-1", true, 400 }, { "/v1/news?after=9x", true, 400 },
		{ "/v1/news?wait=", true, 400 }, { "/v1/news", true, 200 },
	};

	(void)state;
	for (size_t i = 0; i < CH_COUNT(c); i++) {
		struct play_answer *a = play_ask(p, "GET", c[i].path,
		    c[i].signed_in ? p->token[0][0] : NULL, (ch_span){ 0 });

		assert_int_equal(a->status, c[i].status);
		free(a);
	}
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_free(p);
}

static long memory_of(pid_t pid)
{
	char path[64];
	long pages = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
	assert_non_null(f = fopen(path, "r"));
	assert_int_equal(fscanf(f, "%*d %ld", &pages), 1);
	(void)fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

/* Each name has its type before its first line, and every line a number. */
static void metrics(struct play *p)
{
	struct play_answer *a = play_ask(p, "GET", "/metrics", NULL, (ch_span){ 0 });
	struct ch_rd r = ch_rd_of(a->body);
	char type[64] = "";
	unsigned n = 0;

	assert_int_equal(a->status, 200);
	assert_true(play_has(a, "\nchancery_register_entries 3\n"));
	assert_true(play_has(a, "\nchancery_waiting_for_news 4000\n"));
	assert_true(play_has(a, "\nchancery_batch_operations_bucket{le=\"+Inf\"} "));
	while (!ch_rd_at_end(&r)) {
		ch_span line = ch_rd_line1(&r);
		char text[200];

		assert_true(r.err == CH_OK && line.n < sizeof text);
		memcpy(text, line.p, line.n);
		text[line.n] = 0;
		if (sscanf(text, "# TYPE %63s", type) == 1 || text[0] == '#')
			continue;
		assert_memory_equal(text, type, strlen(type));
		assert_true(strspn(strrchr(text, ' ') + 1, "0123456789.") ==
		    strlen(strrchr(text, ' ') + 1));
		n++;
	}
	assert_true(n > 30);
	free(a);
}

static void test_thousands(void **state)
{
	struct play *p = play_opening(program);
	struct world_delivery d = { 0 };
	unsigned long long now = told(waiting(p, 1, 0, 60));
	long before = memory_of(p->pid);
	static int fd[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++)
		fd[i] = waiting(p, i % 2, now, 60);
	assert_int_equal(told(waiting(p, 1, 0, 60)), now); /* others are served meanwhile */
	metrics(p);
	print_message("%d wait in %ld KiB each\n", MANY,
	    (memory_of(p->pid) - before) / MANY / 1024);
	send_one(p, &d);
	for (int i = 0; i < MANY; i++)
		assert_true(told(fd[i]) > now);
	assert_int_equal(play_stop(p, SIGTERM), 0);
	play_free(p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_thousands),
	};

	if (argc != 2)
		return 2;
	program = argv[1];
	ch_proc_raise_files();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
