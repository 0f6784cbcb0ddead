/* net/client against our own server, and against nobody. */
#include "check.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ahead.h"
#include "client.h"
#include "clock.h"
#include "served.h"
#include "thread.h"

static struct served s;
static struct ch_client c;
static struct ch_buf buf;
static char base[128], dir[64];
static _Atomic bool told;
static const _Atomic bool *stop;

static int begin(void **state)
{
	(void)state;
	memset(&s, 0, sizeof s);
	served_start(&s, (ch_http_config){ .idle_ms = 2000 });
	snprintf(base, sizeof base, "http://127.0.0.1:%u", ch_http_server_port(s.server));
	snprintf(s.big_path, sizeof s.big_path, "%s/big", dir);
	ch_buf_init(&buf, 10000);
	check_ok(ch_client_init(&c));
	return 0;
}

static int end(void **state)
{
	(void)state;
	ch_client_deinit(&c);
	ch_buf_deinit(&buf);
	served_stop(&s);
	return 0;
}

static ch_err ask(ch_client_answer *a, const char *method, const char *path, ch_span body)
{
	char url[256];
	const ch_client_ask q = { .method = method, .url = url, .body = body, .total_ms = 5000,
		.stop = stop };
	const ch_client_sink sink = { .buf = &buf };

	snprintf(url, sizeof url, "%s%s", base, path);
	ch_buf_reset(&buf);
	return ch_client_do(a, &c, &q, &sink);
}

static void test_simple(void **state)
{
	ch_client_answer a;

	(void)state;
	for (int i = 0; i < 3; i++) {
		check_ok(ask(&a, "GET", "/x", (ch_span){ 0 }));
		assert_int_equal(a.status, 200);
		assert_string_equal(a.type, "text/plain");
		assert_int_equal(a.n, 5);
		check_span(ch_buf_span(&buf), "hello");
		check_ok(ask(&a, "POST", "/x", CH_LIT("abc")));
		check_span(ch_buf_span(&buf), "got 3");
		check_ok(ask(&a, "POST", "/x", CH_LIT("")));
		check_span(ch_buf_span(&buf), "got 0");
		check_ok(ask(&a, "HEAD", "/x", CH_LIT("")));
		assert_int_equal(a.status, 200);
		check_ok(ask(&a, "DELETE", "/x", CH_LIT("")));
		check_span(ch_buf_span(&buf), "hello");
		check_ok(ask(&a, "GET", "/early", CH_LIT("")));
		assert_int_equal(a.status, 404);
		assert_string_equal(a.type, "application/problem+json");
	}
}

static const char *at(const char *path)
{
	static char url[256];

	snprintf(url, sizeof url, "%s%s", base, path);
	return url;
}

/* What was wanted comes whole or not at all, and once. */
static void test_ahead(void **state)
{
	struct ch_ahead *a;
	ch_client_answer answer;
	char path[16];

	(void)state;
	check_ok(ch_ahead_new(&a));
	ch_buf_reset(&buf);
	check_err(ch_ahead_take(&answer, &buf, a, at("/x")), CH_E_ABSENT);
	ch_ahead_want(a, at("/x"), 5, 5000);
	ch_ahead_want(a, at("/x"), 5, 5000);
	ch_ahead_want(a, at("/y"), 4, 5000);     /* a byte too small */
	ch_ahead_want(a, at("/early"), 99, 5000); /* 404 */
	ch_ahead_want(a, "http://127.0.0.1:1/x", 5, 5000);
	ch_ahead_want(a, "file:///etc/passwd", 9999, 5000);
	check_ok(ch_ahead_take(&answer, &buf, a, at("/x")));
	assert_true(answer.status == 200 && answer.n == 5);
	check_span(ch_buf_span(&buf), "hello");
	check_err(ch_ahead_take(&answer, &buf, a, at("/x")), CH_E_ABSENT);
	check_err(ch_ahead_take(&answer, &buf, a, at("/y")), CH_E_ABSENT);
	check_err(ch_ahead_take(&answer, &buf, a, at("/early")), CH_E_ABSENT);
	assert_true(check_is_zero(&answer, sizeof answer));
	check_err(ch_ahead_take(&answer, &buf, a, "http://127.0.0.1:1/x"), CH_E_ABSENT);
	check_err(ch_ahead_take(&answer, &buf, a, "file:///etc/passwd"), CH_E_ABSENT);
	check_span(ch_buf_span(&buf), "hello");
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < CH_AHEAD_MAX + 1; i++) {
			snprintf(path, sizeof path, "/%u", i);
			ch_ahead_want(a, at(path), 5, 5000);
		}
		for (unsigned i = 0; i < CH_AHEAD_MAX + 1; i++) {
			snprintf(path, sizeof path, "/%u", i);
			ch_buf_reset(&buf);
			check_err(ch_ahead_take(&answer, &buf, a, at(path)),
			    i < CH_AHEAD_MAX ? CH_OK : CH_E_ABSENT);
		}
	}
	ch_ahead_want(a, at("/x"), 5, 5000); /* let go of while it is on its way */
	ch_ahead_free(a);
}

static void count(void *arg, ch_span bytes)
{
	*(uint64_t *)arg += bytes.n;
}

static void test_files(void **state)
{
	char url[256], path[CH_PATH_MAX];
	struct ch_outfile out;
	struct ch_infile in;
	ch_client_answer a;
	uint64_t n = 0;
	ch_client_ask q = { .method = "GET", .url = url };
	ch_client_sink sink = { .buf = &buf, .file = &out, .file_max = SERVED_BIG,
		.on_bytes = count, .arg = &n };

	(void)state;
	snprintf(url, sizeof url, "%s/pull", base);
	snprintf(path, sizeof path, "%s/got", dir);
	check_ok(ch_outfile_open(&out, path, 0600));
	check_ok(ch_client_do(&a, &c, &q, &sink));
	check_ok(ch_outfile_commit(&out));
	assert_true(n == SERVED_BIG && a.n == n);
	assert_int_equal(buf.n, 0);
	check_ok(ch_outfile_open(&out, path, 0600)); /* one byte too small */
	sink.file_max--;
	check_err(ch_client_do(&a, &c, &q, &sink), CH_E_LIMIT);
	assert_int_equal(a.status, 0);
	ch_outfile_abort(&out);

	snprintf(url, sizeof url, "%s/sink", base);
	check_ok(ch_infile_open(&in, path));
	q = (ch_client_ask){ .method = "PUT", .url = url, .file = &in };
	sink = (ch_client_sink){ .buf = &buf };
	check_ok(ch_client_do(&a, &c, &q, &sink));
	assert_int_equal(a.status, 201);
	assert_true(s.n_bytes == SERVED_BIG);
	ch_infile_close(&in);
}

static void test_refusals(void **state)
{
	ch_client_answer a;
	char was[sizeof base];

	(void)state;
	check_err(ask(&a, "GET", "/pull", (ch_span){ 0 }), CH_E_LIMIT);
	assert_int_equal(buf.n, 0);
	check_err(ask(&a, "GET", "/breaks", (ch_span){ 0 }), CH_E_NET);
	assert_int_equal(a.status, 0);
	memcpy(was, base, sizeof base);
	snprintf(base, sizeof base, "http://127.0.0.1:1");
	check_err(ask(&a, "GET", "/x", (ch_span){ 0 }), CH_E_NET);
	snprintf(base, sizeof base, "file:///etc/hostname");
	check_err(ask(&a, "GET", "", (ch_span){ 0 }), CH_E_FORMAT);
	memcpy(base, was, sizeof base);
	check_ok(ask(&a, "GET", "/x", (ch_span){ 0 }));
}

static void tell(void *ctx)
{
	(void)ctx;
	ch_thread_rest(100);
	told = true;
}

/* With somebody who may stop it all is the same until he does; then it ends soon, with nothing. */
static void test_stop(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	int mute = socket(AF_INET, SOCK_STREAM, 0);
	struct ch_thread t = { 0 };
	ch_client_answer answer;
	uint64_t begun;

	stop = &told;
	told = false;
	test_simple(state);
	test_refusals(state);
	told = true;
	check_err(ask(&answer, "GET", "/x", (ch_span){ 0 }), CH_E_NET);
	assert_int_equal(buf.n, 0);
	told = false;
	check_ok(ask(&answer, "GET", "/x", (ch_span){ 0 }));
	assert_int_equal(bind(mute, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(mute, 1), 0);
	assert_int_equal(getsockname(mute, (struct sockaddr *)&a, &n), 0);
	snprintf(base, sizeof base, "http://127.0.0.1:%u", ntohs(a.sin_port));
	begun = ch_clock_ms();
	check_ok(ch_thread_start(&t, tell, NULL));
	check_err(ask(&answer, "GET", "/x", (ch_span){ 0 }), CH_E_NET);
	assert_true(ch_clock_ms() - begun < 2000);
	ch_thread_join(&t);
	close(mute);
	stop = NULL;
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_files),
		T(test_refusals),
		T(test_simple),
		T(test_ahead),
		T(test_stop),
	};
	char cmd[CH_PATH_MAX + 16];

	snprintf(dir, sizeof dir, "/tmp/ch-test-XXXXXX");
	if (mkdtemp(dir) == NULL || ch_client_global_init() != CH_OK)
		return 1;
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
	return system(cmd) == 0 ? rc : 1;
}
