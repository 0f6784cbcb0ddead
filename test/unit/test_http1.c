/* net/http1: what a head may be, and that it makes no difference how it arrives. */
#include "check.h"

#include <stdio.h>

#include "http1.h"

static const char good[] = "POST /v1/a%20b/c?x=1&y=a+b%21&z= HTTP/1.1\r\nHost: localhost:8700\r\n"
    "content-length: 17\r\nX-Empty:\r\nX-Blank: \t a b \t\r\nConnection: keep-alive , Close\r\n"
    "Expect: 100-Continue\r\n\r\n";

static unsigned status_of(const char *text, size_t n)
{
	ch_http1_head h;
	unsigned status;
	ch_err e = ch_http1_parse(&h, &status, ch_span_of(text, n));

	if (e == CH_E_TRUNCATED)
		return 0;
	if (e == CH_OK)
		return 200;
	assert_int_equal(h.n_fields, 0);
	assert_null(h.path.p);
	return status;
}

static void test_good(void **state)
{
	ch_http1_head h;
	ch_span in = ch_span_of(good, sizeof good - 1);
	unsigned status;

	(void)state;
	assert_int_equal(ch_http1_parse(&h, &status, in), CH_OK);
	assert_int_equal(h.method, CH_HTTP1_POST);
	assert_true(ch_span_eq(h.path, CH_LIT("/v1/a%20b/c")));
	assert_true(ch_span_eq(h.query, CH_LIT("x=1&y=a+b%21&z=")));
	assert_true(ch_span_eq(h.host, CH_LIT("localhost:8700")));
	assert_true(h.has_length);
	assert_int_equal(h.length, 17);
	assert_false(h.chunked);
	assert_true(h.close);
	assert_true(h.expect_continue);
	assert_int_equal(h.n_fields, 6);
	assert_int_equal(h.n_head, in.n);
	assert_true(ch_span_eq(ch_http1_get(&h, "x-blank"), CH_LIT("a b")));
	assert_int_equal(ch_http1_get(&h, "X-EMPTY").n, 0);
	assert_non_null(ch_http1_get(&h, "X-EMPTY").p);
	assert_null(ch_http1_get(&h, "X-None").p);
}

static void test_prefixes(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof good - 1; n++)
		assert_int_equal(status_of(good, n), 0);
	assert_int_equal(status_of(good, sizeof good - 1), 200);
}

/* The verdict on the whole is that on the shortest prefix that has one. */
static void expect_same_bytewise(const char *text, size_t n)
{
	unsigned whole = status_of(text, n);

	for (size_t k = 0; k < n; k++) {
		unsigned s = status_of(text, k);

		if (s == 0)
			continue;
		assert_int_equal(s, whole);
		return;
	}
}

static void test_flips(void **state)
{
	char copy[sizeof good];

	(void)state;
	for (size_t i = 0; i < sizeof good - 1; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(copy, good, sizeof good);
			copy[i] = (char)(copy[i] ^ (1 << bit));
			expect_same_bytewise(copy, sizeof good - 1);
		}
	}
}

static const struct {
	unsigned status;
	const char *text;
} cases[] = {
	{ 200, "GET / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 200, "GET /... HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 200, "GET /.a/b. HTTP/1.1\r\nHost: [::1]:80\r\n\r\n" },
	{ 200, "GET /?a/../b HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 200, "GET http://A/x HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 200, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" },
	{ 200, "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n" },
	{ 400, "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n" },
	{ 400, "GET /\r\nHost: a\r\n\r\n" },
	{ 400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET / http/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n" },
	{ 505, "GET / HTTP/1.0\r\nHost: a\r\n\r\n" },
	{ 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n" },
	{ 501, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 501, "get / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 501, "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET x HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /#f HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /?%00 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /a/%2e%2E HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /a/. HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /\\ HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nX: \x1b[0m\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nX: \xe9\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 05\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
	    "Content-Length: 5\r\n\r\n" },
	{ 413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9007199254740993\r\n\r\n" },
	{ 413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	    "Content-Length: 5\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n" },
	{ 501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" },
	{ 501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" },
	{ 417, "PUT / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n" },
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < CH_COUNT(cases); i++) {
		size_t n = strlen(cases[i].text);

		if (status_of(cases[i].text, n) != cases[i].status)
			print_message("case %zu: %s", i, cases[i].text);
		assert_int_equal(status_of(cases[i].text, n), cases[i].status);
		expect_same_bytewise(cases[i].text, n);
	}
}

/* A head of n_fields fields, or one padded to n bytes in all. */
static size_t make_head(char *out, size_t n_fields, size_t n)
{
	size_t at = (size_t)sprintf(out, "GET / HTTP/1.1\r\nHost: a\r\n");

	for (size_t i = 1; i < n_fields; i++)
		at += (size_t)sprintf(&out[at], "X: a\r\n");
	if (n) {
		at += (size_t)sprintf(&out[at], "X: ");
		memset(&out[at], 'a', n - 4 - at);
		at = n - 4;
		at += (size_t)sprintf(&out[at], "\r\n");
	}
	return at + (size_t)sprintf(&out[at], "\r\n");
}

static void test_limits(void **state)
{
	static char head[2 * CH_HTTP1_HEAD_MAX];

	(void)state;
	assert_int_equal(status_of(head, make_head(head, CH_HTTP1_FIELDS_MAX, 0)), 200);
	assert_int_equal(status_of(head, make_head(head, CH_HTTP1_FIELDS_MAX + 1, 0)), 431);
	assert_int_equal(status_of(head, make_head(head, 1, CH_HTTP1_HEAD_MAX)), 200);
	assert_int_equal(status_of(head, make_head(head, 1, CH_HTTP1_HEAD_MAX + 1)), 431);
	assert_int_equal(status_of(head, make_head(head, 1, CH_HTTP1_HEAD_MAX) - 1), 0);
	memset(head, 'a', sizeof head);
	assert_int_equal(status_of(head, CH_HTTP1_HEAD_MAX - 1), 0);
	assert_int_equal(status_of(head, CH_HTTP1_HEAD_MAX), 414);
	assert_int_equal(status_of(head, sizeof head), 414);
	int k = sprintf(head, "GET /");
	memset(&head[k], 'a', CH_HTTP1_TARGET_MAX);
	strcpy(&head[k + CH_HTTP1_TARGET_MAX], " HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_int_equal(status_of(head, strlen(head)), 414);
	strcpy(&head[k + CH_HTTP1_TARGET_MAX - 1], " HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_int_equal(status_of(head, strlen(head)), 200);
}

/* Decode in pieces of `step` bytes into out; SIZE_MAX when refused. */
static size_t decode(char *out, bool *end, const char *text, size_t n, size_t step)
{
	struct ch_http1_chunks c = { 0 };
	size_t at = 0, done = 0;

	*end = false;
	while (at < n && !*end) {
		size_t k = n - at < step ? n - at : step, used;
		ch_span data;

		if (ch_http1_chunk(&data, &used, end, &c, ch_span_of(&text[at], k)) != CH_OK)
			return SIZE_MAX;
		if (data.n)
			memcpy(&out[done], data.p, data.n);
		done += data.n;
		at += used;
	}
	return done;
}

static void test_chunks(void **state)
{
	static const char ok[] = "3\r\nabc\r\n000a\r\n0123456789\r\n0\r\n\r\n";
	static const char *const bad[] = { "\r\n", "g\r\n", "3;x=1\r\nabc\r\n", "3 \r\nabc\r\n",
		"3\nabc\r\n", "3\r\nabcd\r\n", "3\r\nabc\n", "000000003\r\nabc\r\n",
		"0\r\nX: y\r\n\r\n",
		"-1\r\n", "0x3\r\n", "3\r\nabc\r\n\r\n", "10000000000001000\r\n", "0\r\n\n" };
	char out[sizeof ok];
	bool end;

	(void)state;
	for (size_t step = 1; step < sizeof ok; step++) {
		assert_int_equal(decode(out, &end, ok, sizeof ok - 1, step), 13);
		assert_true(end);
		assert_memory_equal(out, "abc0123456789", 13);
		for (size_t i = 0; i < CH_COUNT(bad); i++)
			assert_true(decode(out, &end, bad[i], strlen(bad[i]), step) == SIZE_MAX);
	}
	for (size_t n = 0; n < sizeof ok - 1; n++) { /* no prefix is an end */
		assert_true(decode(out, &end, ok, n, 64) != SIZE_MAX);
		assert_false(end);
	}
}

static void test_params(void **state)
{
	ch_span v;
	char out[16];
	struct ch_wr w = ch_wr_of(out, sizeof out);

	(void)state;
	ch_span q = CH_LIT("a=1&bb=x%2Fy+z&c=&a=2&d");
	assert_int_equal(ch_http1_param(&v, q, "bb"), CH_OK);
	ch_http1_unescape(&w, v, true);
	assert_int_equal(ch_wr_done(&w), CH_OK);
	assert_true(ch_span_eq(ch_wr_span(&w), CH_LIT("x/y z")));
	assert_int_equal(ch_http1_param(&v, q, "c"), CH_OK);
	assert_int_equal(v.n, 0);
	assert_int_equal(ch_http1_param(&v, q, "a"), CH_E_CONFLICT);
	assert_int_equal(ch_http1_param(&v, q, "b"), CH_E_ABSENT);
	assert_int_equal(ch_http1_param(&v, q, "d"), CH_E_ABSENT);
	assert_int_equal(ch_http1_param(&v, (ch_span){ 0 }, "d"), CH_E_ABSENT);
	static const char *const bad[] = { "%", "%4", "%4x", "%00", "a%" };
	for (size_t i = 0; i < CH_COUNT(bad); i++) {
		w = ch_wr_of(out, sizeof out);
		ch_http1_unescape(&w, ch_span_str(bad[i]), false);
		assert_int_equal(ch_wr_done(&w), CH_E_FORMAT);
	}
	w = ch_wr_of(out, 2);
	ch_http1_unescape(&w, CH_LIT("a+b"), false);
	assert_int_equal(ch_wr_done(&w), CH_E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
