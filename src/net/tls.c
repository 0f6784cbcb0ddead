/* Certificates and what of TLS is allowed: see tls.h. */
#include "httpd.h"

#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

static int choose(SSL *ssl, const unsigned char **out, unsigned char *n, const unsigned char *in,
    unsigned int n_in, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *found;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&found, n, ours, sizeof ours - 1, in, n_in) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = found;
	return SSL_TLSEXT_ERR_OK;
}

/* A key with a passphrase is refused: nobody is there to type it. */
static int no_passphrase(char *out, int cap, int writing, void *arg)
{
	if (cap > 0)
		out[0] = '\0';
	(void)writing;
	(void)arg;
	return -1;
}

static SSL_CTX *bare(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (!ctx)
		return NULL;
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_num_tickets(ctx, 0) != 1) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_alpn_select_cb(ctx, choose, NULL);
	SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
	return ctx;
}

static ch_err readable(const char *path, struct ch_problem *why)
{
	if (access(path, R_OK) == 0)
		return CH_OK;
	return ch_problem_set(why, CH_E_FORMAT, "%s cannot be read. Give the certificate and its "
	    "key as files that this program may read.", path);
}

static ch_err load(SSL_CTX *ctx, const struct ch_tls *t, struct ch_problem *why)
{
	ch_err e = readable(t->cert, why);

	if (e == CH_OK)
		e = readable(t->key, why);
	if (e != CH_OK)
		return e;
	if (SSL_CTX_use_certificate_chain_file(ctx, t->cert) != 1)
		return ch_problem_set(why, CH_E_FORMAT,
		    "%s holds no certificate in PEM form.", t->cert);
	if (SSL_CTX_use_PrivateKey_file(ctx, t->key, SSL_FILETYPE_PEM) == 1 &&
	    SSL_CTX_check_private_key(ctx) == 1)
		return CH_OK;
	return ch_problem_set(why, CH_E_FORMAT, "%s holds no key in PEM form without a "
	    "passphrase, or not the key of %s.", t->key, t->cert);
}

static ch_err make(SSL_CTX **out, const struct ch_tls *t, struct ch_problem *why)
{
	SSL_CTX *ctx = bare();
	ch_err e = ctx ? load(ctx, t, why) : ch_problem_set(why, CH_E_NOMEM, "No memory for TLS.");

	ERR_clear_error();
	if (e != CH_OK) {
		SSL_CTX_free(ctx);
		ctx = NULL;
	}
	*out = ctx;
	return e;
}

ch_err ch_tls_open(struct ch_tls *t, const char *cert, const char *key, struct ch_problem *why)
{
	SSL_CTX *ctx = NULL;
	ch_err e;

	memset(t, 0, sizeof *t);
	if ((e = ch_path(t->cert, "%s", cert)) == CH_OK &&
	    (e = ch_path(t->key, "%s", key)) == CH_OK)
		e = make(&ctx, t, why);
	t->ctx = ctx;
	if (e != CH_OK)
		memset(t, 0, sizeof *t);
	return e;
}

ch_err ch_tls_reload(struct ch_tls *t, struct ch_problem *why)
{
	SSL_CTX *ctx;
	ch_err e = make(&ctx, t, why);

	if (e != CH_OK)
		return e;
	SSL_CTX_free(t->ctx); /* connections hold it until they end */
	t->ctx = ctx;
	return CH_OK;
}

void ch_tls_close(struct ch_tls *t)
{
	SSL_CTX_free(t->ctx);
	memset(t, 0, sizeof *t);
}

struct bufferevent *ch_tls_accept(const struct ch_tls *t, struct event_base *base, int fd)
{
	SSL *ssl = SSL_new(t->ctx);
	struct bufferevent *bev;

	if (!ssl)
		return NULL;
	bev = bufferevent_openssl_socket_new(base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
	    BEV_OPT_CLOSE_ON_FREE); /* frees ssl too */
	if (!bev) {
		SSL_free(ssl);
		return NULL;
	}
	/* A peer that leaves without a word is no danger: lengths of bodies are always known. */
	bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	return bev;
}

void ch_tls_goodbye(struct bufferevent *bev)
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);

	if (ssl && SSL_is_init_finished(ssl))
		(void)SSL_shutdown(ssl);
	ERR_clear_error();
}
