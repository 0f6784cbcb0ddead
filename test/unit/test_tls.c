/* net/tls: bodies of every kind over TLS, both ways, and peers that do not finish a handshake. */
#include "check.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "dir.h"
#include "served.h"

#define HOST "HTTP/1.1\r\nHost: a\r\n"

static struct served s;
static struct ch_tls tls;
static char dir[] = "/tmp/chancery-tls-XXXXXX", cert[64], key[64];
static SSL_CTX *client;

static void make_certificate(void)
{
	EVP_PKEY *k = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	X509 *x = X509_new();
	FILE *f;

	assert_non_null(k);
	assert_true(X509_set_pubkey(x, k) && X509_gmtime_adj(X509_getm_notBefore(x), 0) &&
	    X509_gmtime_adj(X509_getm_notAfter(x), 3600) && X509_sign(x, k, NULL));
	assert_non_null(f = fopen(cert, "w"));
	assert_true(PEM_write_X509(f, x));
	fclose(f);
	assert_non_null(f = fopen(key, "w"));
	assert_true(PEM_write_PrivateKey(f, k, NULL, NULL, 0, NULL, NULL));
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(k);
}

static int begin(void **state)
{
	struct ch_outfile f = { 0 };
	static uint8_t piece[1 << 16];

	(void)state;
	memset(&s, 0, sizeof s);
	assert_non_null(mkdtemp(dir));
	snprintf(cert, sizeof cert, "%s/cert", dir);
	snprintf(key, sizeof key, "%s/key", dir);
	snprintf(s.big_path, sizeof s.big_path, "%s/big", dir);
	make_certificate();
	check_ok(ch_outfile_open(&f, s.big_path, 0600));
	for (size_t at = 0; at < SERVED_BIG; at += sizeof piece) {
		for (size_t i = 0; i < sizeof piece; i++)
			piece[i] = (uint8_t)((at + i) * 7);
		check_ok(ch_outfile_write(&f, ch_span_of(piece, sizeof piece)));
	}
	check_ok(ch_outfile_commit(&f));
	check_ok(ch_tls_open(&tls, cert, key, NULL));
	client = SSL_CTX_new(TLS_client_method());
	served_start(&s, (ch_http_config){ .head_ms = 400, .idle_ms = 1000, .body_ms = 600,
	    .max_conns = 32, .tls = &tls });
	return 0;
}

static int end(void **state)
{
	(void)state;
	served_stop(&s);
	SSL_CTX_free(client);
	ch_tls_close(&tls);
	assert_int_equal(unlink(cert) | unlink(key) | unlink(s.big_path) | rmdir(dir), 0);
	return 0;
}

static SSL *join(void)
{
	SSL *c = SSL_new(client);

	assert_non_null(c);
	SSL_set_fd(c, served_connect(&s));
	assert_int_equal(SSL_connect(c), 1);
	assert_int_equal(SSL_version(c), TLS1_3_VERSION);
	return c;
}

static void leave(SSL *c)
{
	int fd = SSL_get_fd(c);

	SSL_free(c);
	close(fd);
}

static void say(SSL *c, const char *text)
{
	assert_int_equal(SSL_write(c, text, (int)strlen(text)), strlen(text));
}

/* One answer with a length; the bytes are judged by their places. */
static size_t read_answer(SSL *c, bool pattern)
{
	static char head[4096];
	size_t n = 0, want, at = 0;
	static uint8_t piece[1 << 14];

	while (n < 4 || memcmp(&head[n - 4], "\r\n\r\n", 4) != 0)
		assert_int_equal(SSL_read(c, &head[n++], 1), 1);
	head[n] = 0;
	assert_non_null(strstr(head, "Content-Length: "));
	want = strtoul(strstr(head, "Content-Length: ") + 16, NULL, 10);
	while (at < want) {
		size_t left = want - at;
		int k = SSL_read(c, piece, left < sizeof piece ? (int)left : (int)sizeof piece);

		assert_true(k > 0);
		for (int i = 0; pattern && i < k; i++)
			if (piece[i] != (uint8_t)((at + (size_t)i) * 7))
				fail_msg("byte %zu is wrong", at + (size_t)i);
		at += (size_t)k;
	}
	return want;
}

static void test_bodies(void **state)
{
	SSL *c = join();

	(void)state;
	say(c, "GET /x " HOST "\r\nGET /file " HOST "\r\nGET /pull " HOST
	    "\r\nGET /x " HOST "\r\n");
	assert_int_equal(read_answer(c, false), 5);
	assert_int_equal(read_answer(c, true), SERVED_BIG);
	assert_int_equal(read_answer(c, true), SERVED_BIG);
	assert_int_equal(read_answer(c, false), 5);
	leave(c);
}

static void test_upload(void **state)
{
	static char piece[1 << 16];
	SSL *c = join();
	unsigned long long before = s.n_bytes;

	(void)state;
	say(c, "PUT /x " HOST "Content-Length: 4194304\r\n\r\n");
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(SSL_write(c, piece, sizeof piece), sizeof piece);
	assert_int_equal(read_answer(c, false), 6);
	assert_int_equal(s.n_bytes - before, 4194304);
	leave(c);
}

/* The end is said before the connection is closed, and what was owed came first. */
static void test_goodbye(void **state)
{
	SSL *c = join();
	char more;

	(void)state;
	say(c, "GET /file " HOST "Connection: close\r\n\r\n");
	assert_int_equal(read_answer(c, true), SERVED_BIG);
	assert_int_equal(SSL_read(c, &more, 1), 0);
	assert_int_equal(SSL_get_error(c, 0), SSL_ERROR_ZERO_RETURN);
	leave(c);
}

/* Who never finishes the handshake is let go, and so is who leaves without a word. */
static void test_half(void **state)
{
	int silent = served_connect(&s), torn = served_connect(&s);
	SSL *c = join();
	char byte;

	(void)state;
	SERVED_SAY(torn, "\x16\x03\x01\x40\x00");
	say(c, "GET /file " HOST "\r\n");
	leave(c);
	assert_true(recv(silent, &byte, 1, 0) <= 0);
	assert_true(recv(torn, &byte, 1, 0) <= 0);
	close(silent);
	close(torn);
	c = join();
	say(c, "GET /x " HOST "\r\n");
	assert_int_equal(read_answer(c, false), 5);
	leave(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_upload),
		cmocka_unit_test(test_goodbye),
		cmocka_unit_test(test_half),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
